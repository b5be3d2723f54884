#pragma once
/* This service's value forms on the wire: {"S":"text"}, {"N":"1.5"}, {"M":{"a":{"BOOL":true}}} and the rest, read into values and written
 * from them. Reading checks all that AWS checks of a value in itself. */

#include "base/buffer.h"
#include "dynamodb/fault.h"
#include "dynamodb/value.h"

#include <jansson.h>

/* The member of a JSON object; NULL when it is missing, or null, which is as good as missing. */
const json_t *wire_member(const json_t *from, const char *name);

/* Whether the JSON nests more objects and arrays into one another than levels; it is one itself. */
bool wire_nests_deeper(const json_t *json, int levels);

/* Reads one attribute value. Its texts point into json where they can, which must live as long; the rest goes to fault->arena. */
bool wire_read_value(const json_t *json, struct value *value, struct fault *fault);

/* Whether an item or a key nests more levels than an item may, before it is read. */
bool wire_is_item_too_deep(const json_t *item);

/* Reads a map of attribute values: an item or a key. */
bool wire_read_item(const json_t *json, struct value *item, struct fault *fault);

/* What is wrong with an attribute's name of so many bytes, or NULL. */
const char *wire_name_fault(size_t size_bytes);

/* Reads the text of a number into its normal form; is false with AWS's words in the fault. */
bool wire_read_number(struct bytes text, struct bytes *normal, struct fault *fault);

void wire_write_value(struct buffer *buffer, const struct value *value);
void wire_write_item(struct buffer *buffer, const struct value *item);

/* As errors show a value: {N:1}, {S:text}, {B:YQ==}. */
const char *wire_print_value(const struct value *value, struct arena *arena);
