#pragma once
/* Tokens that clients carry and only we read: shard iterators, and where a listing goes on. One is a struct without padding whose last
 * SEAL_SIZE bytes are its seal, in base64: so no table of tokens is needed, and what is tampered with, or made elsewhere, is noticed.
 *
 * The key of the seals is drawn from the seed, so that the same calls give the same tokens; where data is kept, it is kept with them, so
 * that tokens outlive a restart. */

#include "base/database.h"
#include "base/random.h"
#include "base/status.h"

#include <stddef.h>

enum { SEAL_SIZE = 16, SEAL_KEY_SIZE = 32 };

struct seal_key {
    unsigned char bytes[SEAL_KEY_SIZE];
};

/* The key that the database keeps, or else one that is drawn, and kept there when it is on disk. */
enum status seal_key_open(struct seal_key *key, const struct random *random, struct database *database);

/* Seals the size_bytes of `token` (its last bytes are written), and writes its base64 and a NUL to text. `beside` is text that is sealed
 * too and does not travel inside: what the token is for, or what stands unhidden beside it. */
void seal_print(const struct seal_key *key, void *token, size_t size_bytes, const char *beside, char *text);

/* Reads the length characters of text into token; INVALID unless seal_print wrote them with the same key, size and `beside`. */
enum status seal_parse(const struct seal_key *key, const char *text, size_t length, const char *beside, void *token, size_t size_bytes);
