#pragma once
/* Hash keys: 128-bit numbers that place a record into a shard. A partition key's is its MD5, read as a big-endian number (facts: Kinesis,
 * 5). */

#include "base/status.h"

#include <stddef.h>

typedef unsigned __int128 hash_key;

enum { HASH_KEY_SIZE = 40 }; /* 39 digits and a NUL */

/* The MD5 of the key's bytes. */
hash_key hash_key_of(const char *partition_key, size_t size_bytes);

/* Decimal text: "0" or up to 39 digits without a leading zero; INVALID otherwise or beyond 2^128 - 1. */
enum status hash_key_parse(const char *text, hash_key *key);

void hash_key_print(hash_key key, char text[HASH_KEY_SIZE]);

/* Where the range of shard `index` of `count` begins: equal steps of floor(2^128 / count); the last range takes the rest. */
hash_key hash_key_range_start(unsigned index, unsigned count);
