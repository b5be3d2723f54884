#pragma once
/* Tokens that clients carry and only we read: shard iterators. One is a struct without padding whose last SEAL_SIZE bytes are its seal, in
 * base64: so no table of tokens is needed, and a tampered one is noticed. The seal is no secret. */

#include "base/status.h"

#include <stddef.h>

enum { SEAL_SIZE = 16 };

/* Seals the size_bytes of `token` (its last bytes are written), and writes its base64 and a NUL to text. `beside` is text that travels
 * unhidden with it and is sealed too; "" for none. */
void seal_print(void *token, size_t size_bytes, const char *beside, char *text);

/* Reads the length characters of text into token; INVALID unless seal_print wrote them for the same size and `beside`. */
enum status seal_parse(const char *text, size_t length, const char *beside, void *token, size_t size_bytes);
