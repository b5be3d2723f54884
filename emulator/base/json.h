#pragma once
/* Reads JSON text into jansson's values, several times as fast as jansson's own reader, which looks at every character through four
 * functions: requests are read on the hot path, answers are not. What is accepted is the same (RFC 8259, strictly: no trailing commas, no
 * raw control characters, well-formed UTF-8, no lone surrogates), except that \u0000 is allowed in strings and names, the last of repeated
 * members counts, and whole numbers beyond 64 bits become reals. */

#include "base/status.h"

#include <jansson.h>
#include <stddef.h>

enum { JSON_DEPTH_MAX = 512 };

/* Reads one value that is the whole of text, up to white space. *value is a new reference. INVALID when it is malformed, nested deeper than
 * JSON_DEPTH_MAX, or has a number beyond a double. */
enum status json_read(const char *text, size_t size_bytes, json_t **value);

/* The text of an object's member called name; NULL when there is none, or it is no text, or json is no object. */
const char *json_text_in(const json_t *json, const char *name);
