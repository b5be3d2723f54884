#pragma once
/* The one source of chance. Every id, key and jitter comes from a named stream of a seeded source, so the same seed gives the same
 * ids in the same order, and one room's drawing does not disturb another's. Nothing here is fit for secrets that must hold against an
 * attacker, except random_secret_bytes, which asks the machine and is used for private keys alone. */

#include <stddef.h>
#include <stdint.h>

struct random {
    uint64_t seed;
};

struct random_stream {
    uint64_t state[4]; /* xoshiro256** */
};

/* A source for seed; a negative seed draws one from the machine. */
void random_open(struct random *random, int64_t seed);

/* The stream called name ("kinesis", "apigateway connection", ...): the same for the same seed and name. */
struct random_stream random_stream(const struct random *random, const char *name);

uint64_t random_u64(struct random_stream *stream);

/* A number from 0 to below - 1; below is at least 1. */
uint64_t random_below(struct random_stream *stream, uint64_t below);

/* A number from 0 (included) to 1 (excluded). */
double random_fraction(struct random_stream *stream);

void random_bytes(struct random_stream *stream, void *bytes, size_t size_bytes);

/* "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx" with its NUL. */
void random_uuid(struct random_stream *stream, char uuid[37]);

/* length characters drawn from alphabet, and a NUL. */
void random_text(struct random_stream *stream, const char *alphabet, char *text, size_t length);

/* length capital letters and digits, and a NUL: twelve of each number drawn, for ids that are made at each request. */
void random_code(struct random_stream *stream, char *text, size_t length);

/* Bytes from the machine's own source; ends the process when it has none. */
void random_secret_bytes(void *bytes, size_t size_bytes);
