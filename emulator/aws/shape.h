#pragma once
/* The declared shape of an operation's input: data that one checker reads, so that every service refuses a bad request in AWS's words.
 *
 * An array of members ends with a zeroed one. Lengths are characters for STRING, bytes for BLOB, elements for LIST and MAP; values for
 * numbers. The order of members is the order in which AWS counts their violations. */

#include "base/arena.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum shape_type {
    SHAPE_END = 0,
    STRING,
    INTEGER, /* 32 bits */
    LONG,    /* 64 bits */
    DOUBLE,
    BOOLEAN,
    BLOB,      /* base64 text in JSON */
    TIMESTAMP, /* seconds since the epoch, with a fraction */
    LIST,      /* of members[0] */
    MAP,       /* from STRING keys to members[0]; members[1], when given, constrains the keys */
    STRUCTURE, /* of members */
    DOCUMENT   /* any JSON: the room checks it itself */
};

/* Where a member of a REST operation travels. */
enum location { IN_BODY = 0, IN_PATH, IN_QUERY, IN_HEADER, IS_BODY /* the raw body is this member */ };

struct member {
    const char *name;
    enum shape_type type;
    bool required;
    bool min_is_zero;          /* the minimum is 0 (0 in `min` alone means none) */
    int64_t min;               /* 0: none */
    int64_t max;               /* 0: none */
    const char *pattern;       /* a POSIX extended expression for the whole text, printed as it stands */
    const char *const *values; /* enum: in AWS's order; NULL ends it */
    const struct member *members;
    const char *class; /* STRUCTURE: AWS's name of it ("AttributeValue"), which texts about a wrong type or value show */
    bool is_opaque;    /* STRUCTURE: has no constraints inside, and texts show that it is one, not what is in it */
    bool shows_json;   /* MAP: texts show it as the JSON that was sent */
    bool yields;       /* MAP: keys that do not fit are told of when nothing before it is wrong */
    bool takes_arn;    /* STRING, as a map's key: an ARN fits too, whatever the rest says */
    enum location where;
    const char *wire_name; /* of the header or query parameter; NULL: name */
};

/* How a service's texts differ. */
struct shape_manners {
    bool keeps_case;          /* paths are printed as named; otherwise with a lower-case first letter ('streamName') */
    bool older_type_texts;    /* "class java.lang.String can not be converted to an Integer", as Kinesis says, and not
                                 "STRING_VALUE cannot be converted to Integer", as DynamoDB does */
    bool reads_boolean_texts; /* "true", "yes", "1" and their opposites, in any case, count as booleans: DynamoDB */
    const char *package; /* before a class's name in those texts: "com.amazonaws.dynamodb.v20120810."; NULL when no member has a class */
};

/* The first member of the wrong JSON type, in AWS's words of a SerializationException, in arena; NULL when all types fit. Where the manners
 * read texts as booleans, the input holds the booleans afterwards. */
const char *shape_type_fault(const struct member *members, const json_t *input, const struct shape_manners *manners, struct arena *arena);

/* What Kinesis says of a byte string (of CBOR) in the place of a member that is no BLOB. Made after what it says of other values: the
 * class is that of Java's for one, as its constraints print it. */
const char *shape_bytes_fault(const struct member *member, struct arena *arena);

/* The member of that name, or NULL. A name may hold a NUL: then it is no member's, whatever stands before that. */
const struct member *shape_find(const struct member *members, const char *name, size_t size);

/* "2 validation errors detected: Value ... ; Value ..." in arena, at most ten of them; NULL when all constraints hold.
 * Unknown members and null ones are as absent. */
const char *shape_constraint_fault(const struct member *members, const json_t *input, const struct shape_manners *manners,
                                   struct arena *arena);

/* The whole part of a number, held to what 64 bits can say: a client may send any. */
int64_t shape_whole(double number);
