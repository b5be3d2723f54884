#pragma once
/* Attribute values: the tree that an item is.
 *
 * Values live in an arena; texts point into whatever they were read from (the request, a stored row), which lives as long. Two things are
 * always true of a finished value, whoever made it: the attributes of a map are sorted by name, and the members of a set are sorted by
 * value and distinct; so finding is a binary search, and equality ignores the order in which sets and maps were written, as the service's
 * does. Numbers are kept in their normal text. */

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that are not ended by a NUL: names and texts may hold any. */
struct bytes {
    const char *data;
    size_t size;
};

enum value_type { VALUE_S, VALUE_N, VALUE_B, VALUE_SS, VALUE_NS, VALUE_BS, VALUE_BOOL, VALUE_NULL, VALUE_L, VALUE_M, VALUE_TYPES };

/* A list element that an update takes out: only inside update.c, between its first and its last step. */
enum { VALUE_REMOVED = VALUE_TYPES };

struct attribute;

struct value {
    unsigned char type; /* enum value_type */
    bool boolean;       /* BOOL */
    uint32_t count;     /* L, M, SS, NS, BS */
    uint32_t capacity;  /* of items or attributes; 0: they may not be grown in place */
    union {
        struct bytes text;            /* S, N, B (decoded) */
        struct value *items;          /* L; SS, NS, BS: values of the type S, N, B */
        struct attribute *attributes; /* M */
    };
};

struct attribute {
    struct bytes name;
    struct value value;
};

enum {
    VALUE_DEPTH_MAX = 32,          /* nested levels, the item itself included */
    VALUE_ITEM_BYTES_MAX = 409600, /* the size of an item, as AWS counts it */
};

struct bytes bytes_of(const char *text); /* of a NUL-terminated text */
bool bytes_are(struct bytes a, struct bytes b);
int bytes_compare(struct bytes a, struct bytes b);

/* "S", "N", ... */
const char *value_type_name(enum value_type type);

/* The type called name, or VALUE_TYPES. */
enum value_type value_type_of_name(struct bytes name);

bool value_is_set(const struct value *value);

/* S, N and B: what has an order, and may be a key. */
bool value_type_is_scalar(enum value_type type);

/* The type of a set's members. */
enum value_type value_member_type(enum value_type set);

/* Orders two values of one type S, N or B: strings by their UTF-8 bytes, numbers by value, binaries by unsigned bytes. */
int value_compare(const struct value *a, const struct value *b);

bool value_equals(const struct value *a, const struct value *b);

/* The attribute of a map called name, or NULL. */
struct value *value_find(const struct value *map, struct bytes name);

/* Puts a value into a map at name, growing it in arena; keeps the map sorted. */
void value_put(struct value *map, struct bytes name, struct value value, struct arena *arena);

/* Takes name out of a map; false when it was not there. */
bool value_take_out(struct value *map, struct bytes name);

/* Appends to a list, growing it in arena. */
void value_append(struct value *list, struct value value, struct arena *arena);

/* Whether the sorted set has the member. */
bool value_set_has(const struct value *set, const struct value *member);

/* Sorts the members of a set; false when two are equal. */
bool value_sort_set(struct value *set);

/* Sorts the attributes of a map, whose names are distinct, by name. */
void value_sort_map(struct value *map);

/* How many levels of maps and lists the value nests: 0 for a scalar. */
int value_depth(const struct value *value);

/* The size that AWS counts: of a value, and of an item with its names. */
size_t value_size(const struct value *value);
size_t value_item_size(const struct value *item);
