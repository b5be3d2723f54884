#include "base/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { CODE_LETTERS = 12 }; /* 36^12 is under 2^63 */

void random_secret_bytes(void *bytes, size_t size_bytes)
{
    char *end = bytes;

    while (size_bytes) {
        ssize_t got = getrandom(end, size_bytes, 0);

        if (got <= 0) {
            fprintf(stderr, "lowcloud: the machine gives no random bytes\n");
            abort();
        }
        end += got;
        size_bytes -= (size_t)got;
    }
}

void random_open(struct random *random, int64_t seed)
{
    if (seed < 0)
        random_secret_bytes(&random->seed, sizeof random->seed);
    else
        random->seed = (uint64_t)seed;
}

static uint64_t split_mix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

struct random_stream random_stream(const struct random *random, const char *name)
{
    struct random_stream stream;
    uint64_t mixed = random->seed;

    for (; *name; name++) {
        mixed ^= (unsigned char)*name;
        split_mix(&mixed);
    }
    for (int i = 0; i < 4; i++)
        stream.state[i] = split_mix(&mixed);
    return stream;
}

static uint64_t rotated(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

uint64_t random_u64(struct random_stream *stream)
{
    uint64_t *s = stream->state;
    uint64_t result = rotated(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotated(s[3], 45);
    return result;
}

uint64_t random_below(struct random_stream *stream, uint64_t below)
{
    return (uint64_t)(((unsigned __int128)random_u64(stream) * below) >> 64);
}

double random_fraction(struct random_stream *stream)
{
    return (double)(random_u64(stream) >> 11) * 0x1.0p-53;
}

void random_bytes(struct random_stream *stream, void *bytes, size_t size_bytes)
{
    char *end = bytes;

    while (size_bytes) {
        uint64_t word = random_u64(stream);
        size_t some = size_bytes < sizeof word ? size_bytes : sizeof word;

        memcpy(end, &word, some);
        end += some;
        size_bytes -= some;
    }
}

void random_uuid(struct random_stream *stream, char uuid[37])
{
    static const char digits[] = "0123456789abcdef";
    uint64_t halves[2] = { (random_u64(stream) & 0xffffffffffff0fffu) | 0x4000u,
                           (random_u64(stream) & 0x3fffffffffffffffu) | 0x8000000000000000u };
    char *at = uuid;

    for (int i = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            *at++ = '-';
        *at++ = digits[halves[i / 16] >> (60 - i % 16 * 4) & 15];
    }
    *at = '\0';
}

void random_text(struct random_stream *stream, const char *alphabet, char *text, size_t length)
{
    size_t letters = strlen(alphabet);

    for (size_t i = 0; i < length; i++)
        text[i] = alphabet[random_below(stream, letters)];
    text[length] = '\0';
}

void random_code(struct random_stream *stream, char *text, size_t length)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    char *end = text + length;

    while (text < end) {
        uint64_t fraction = random_u64(stream);

        for (int i = 0; i < CODE_LETTERS && text < end; i++) {
            unsigned __int128 product = (unsigned __int128)fraction * (sizeof letters - 1);

            *text++ = letters[(size_t)(product >> 64)];
            fraction = (uint64_t)product;
        }
    }
    *end = '\0';
}
