#pragma once
/* Base64 as AWS's wires use it: the standard alphabet, padded, strict. */

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes that the encoded form of size_bytes takes, without a NUL. */
size_t base64_encoded_size(size_t size_bytes);

/* Writes the encoded form and a NUL to text, which has room for base64_encoded_size(size_bytes) + 1. */
void base64_encode(const void *bytes, size_t size_bytes, char *text);

/* The same with the URL alphabet ('-' and '_'), padded. */
void base64_encode_url(const void *bytes, size_t size_bytes, char *text);

/* Decodes text of length characters into bytes, which has room for length / 4 * 3; the number of bytes goes to size_bytes. INVALID unless
 * the length is a multiple of four, each character is of the alphabet, and the unused bits of the last one are zero. */
enum status base64_decode(const char *text, size_t length, void *bytes, size_t *size_bytes);

/* Whether base64_decode would take it. */
bool base64_is_valid(const char *text, size_t length);
