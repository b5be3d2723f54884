#pragma once
/* Small questions about text, asked in many rooms. */

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool text_is(const char *a, const char *b); /* equal; NULL equals only NULL */
bool text_begins(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/* Whether the bytes are well-formed UTF-8 (no overlong forms, no surrogates). */
bool text_is_utf8(const char *bytes, size_t size_bytes);

/* How many of the first bytes stand in a JSON string as they are: up to a quote, a backslash, a control character, or all size_bytes.
 * *is_ascii becomes false when one of them is not ASCII, and is left alone otherwise. */
size_t text_plain_size(const char *bytes, size_t size_bytes, bool *is_ascii);

/* A whole decimal number with an optional sign, and nothing else: false when text is not one or does not fit. */
bool text_to_int64(const char *text, int64_t *number);

/* The decimal digits of number with their NUL: what printf's "%lu" makes, in a tenth of the time. Answers text. */
enum { TEXT_DIGITS_BYTES = 21 };
char *text_digits(uint64_t number, char text[TEXT_DIGITS_BYTES]);

/* Percent-decoding of `size_bytes` of text; with plus_is_space also '+' as in a query string. A bad escape stays as it is. NUL bytes that
 * an escape yields are kept out: the text ends before them. */
char *text_url_decode(struct arena *arena, const char *text, size_t size_bytes, bool plus_is_space);

/* Percent-encoding as SigV4 asks: all but A-Z a-z 0-9 - _ . ~ (and '/' when keep_slash). */
char *text_url_encode(struct arena *arena, const char *text, bool keep_slash);

/* "1970-01-01T00:00:00.000Z" for milliseconds since the epoch. */
char *text_iso_time(struct arena *arena, int64_t time_ms);
