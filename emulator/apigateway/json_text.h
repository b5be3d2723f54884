#pragma once
/* Reading JSON in place: values are slices of the text, nothing is built. It takes all JSON that AWS takes from WebSocket clients and
 * functions: numbers of any length, lone surrogates in escapes (they read as U+FFFD), a key twice (the last one counts). A text is checked
 * once, by apigateway_json_text_open; the walkers then trust it. Depth is bounded by APIGATEWAY_JSON_TEXT_DEPTH, and nothing here recurses.
 */

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { APIGATEWAY_JSON_TEXT_DEPTH = 1000 };

/* One value. kind: '{', '[', '"', '0' (a number), 't', 'f' or 'n'. */
struct apigateway_json_slice {
    const char *text;
    size_t size_bytes; /* with its quotes or brackets, without the blanks around it */
    char kind;
};

/* The one value that text holds. INVALID: it is not JSON, or nested more deeply than APIGATEWAY_JSON_TEXT_DEPTH. */
enum status apigateway_json_text_open(const char *text, size_t size_bytes, struct apigateway_json_slice *value);

/* Walks an object (each member's key and value) or an array (key is left alone): start with *cursor = NULL; false at the end. Values of
 * other kinds have no members. */
bool apigateway_json_text_next(const struct apigateway_json_slice *container, const char **cursor, struct apigateway_json_slice *key,
                               struct apigateway_json_slice *value);

/* The member called name (size_bytes of it); false when there is none or the value is no object. */
bool apigateway_json_text_member(const struct apigateway_json_slice *object, const char *name, size_t size_bytes,
                                 struct apigateway_json_slice *value);

/* The element at index; false when there is none or the value is no array. */
bool apigateway_json_text_element(const struct apigateway_json_slice *array, size_t index, struct apigateway_json_slice *value);

/* What a string says, unescaped, in arena, with a NUL behind it; its length goes to size_bytes unless that is NULL. */
char *apigateway_json_text_string(const struct apigateway_json_slice *string, struct arena *arena, size_t *size_bytes);

/* Whether a string (a key) says name. */
bool apigateway_json_text_is(const struct apigateway_json_slice *string, const char *name, size_t size_bytes);
