#include "kinesis/sequence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMBS = 6, HEX_DIGITS = 47, OLDEST_DIGITS = 32, DECIMAL_DIGITS = 56 };

/* A shard is not made in this second or later, says the service. */
#define MADE_LIMIT_S INT64_C(16025175000)

/* A number of 192 bits, most significant limb first. */
struct wide {
    uint32_t limbs[LIMBS];
};

static uint32_t divide(struct wide *wide, uint32_t by)
{
    uint64_t rest = 0;

    for (int i = 0; i < LIMBS; i++) {
        uint64_t now = rest << 32 | wide->limbs[i];

        wide->limbs[i] = (uint32_t)(now / by);
        rest = now % by;
    }
    return (uint32_t)rest;
}

/* False when it grows beyond 192 bits. */
static bool multiply_add(struct wide *wide, uint32_t by, uint32_t add)
{
    uint64_t carry = add;

    for (int i = LIMBS - 1; i >= 0; i--) {
        uint64_t now = (uint64_t)wide->limbs[i] * by + carry;

        wide->limbs[i] = (uint32_t)now;
        carry = now >> 32;
    }
    return !carry;
}

void sequence_print(const struct sequence *sequence, char text[KINESIS_SEQUENCE_SIZE])
{
    struct wide wide = { { 0 } };
    unsigned __int128 high = 2; /* digits 47..29 of the form: kind, creation second, low digit, upper half of the counter */
    uint64_t low_high;
    unsigned __int128 low;

    high = high << 36 | (uint64_t)(sequence->shard_made_s & 0xfffffffffll);
    high = high << 4 | (sequence->shard_index & 0xf);
    /* counter(64) 00(8) second(36) index(32) 2(4) = 144 bits below `high` (42 bits): 186 bits in all */
    low = (unsigned __int128)(uint64_t)(sequence->second & 0xfffffffffll) << 36 | (uint64_t)sequence->shard_index << 4 | 2;
    low |= (unsigned __int128)(sequence->counter & 0xfffffffffffffu) << 80; /* low 52 bits: up to bit 131, cut at 128 below */
    low_high = (uint64_t)(sequence->counter >> 48);
    wide.limbs[5] = (uint32_t)low;
    wide.limbs[4] = (uint32_t)(low >> 32);
    wide.limbs[3] = (uint32_t)(low >> 64);
    wide.limbs[2] = (uint32_t)(low >> 96);
    high = high << 16 | (low_high & 0xffff);
    wide.limbs[1] = (uint32_t)high;
    wide.limbs[0] = (uint32_t)(high >> 32);
    for (int at = DECIMAL_DIGITS; at > 0;) {
        uint32_t part = divide(&wide, 1000000000u);

        for (int i = 0; i < 9 && at > 0; i++, part /= 10)
            text[--at] = (char)('0' + part % 10);
    }
    text[DECIMAL_DIGITS] = '\0';
}

/* The number in the count digits of hex from `at` on; of at most 16 digits. */
static uint64_t part(const char *hex, int at, int count)
{
    char digits[17];

    snprintf(digits, sizeof digits, "%.*s", count, hex + at);
    return strtoull(digits, NULL, 16);
}

static enum status read_newest(const char *hex, struct sequence *sequence)
{
    sequence->shard_made_s = (int64_t)part(hex, 1, 9);
    sequence->counter = part(hex, 11, 16);
    sequence->second = (int64_t)part(hex, 29, 9);
    sequence->shard_index = (uint32_t)part(hex, 38, 8);
    return sequence->counter > INT64_MAX || sequence->shard_made_s >= MADE_LIMIT_S ? INVALID : OK;
}

static enum status read_second(const char *hex, struct sequence *sequence)
{
    sequence->shard_made_s = (int64_t)part(hex, 1, 9);
    sequence->second = (int64_t)part(hex, 13, 9);
    sequence->shard_index = (uint32_t)part(hex, 38, 8);
    return OK;
}

/* Small numbers are those of 1970, without the leading one. */
static enum status read_oldest(const char *hex, struct sequence *sequence)
{
    char padded[OLDEST_DIGITS + 1] = "10000000000000000000000000000000";

    if (strlen(hex) < OLDEST_DIGITS) {
        strcpy(padded + OLDEST_DIGITS - strlen(hex), hex);
        hex = padded;
    }
    sequence->shard_made_s = (int64_t)part(hex, 1, 9);
    sequence->shard_index = (uint32_t)part(hex, 28, 4);
    return sequence->shard_made_s >= MADE_LIMIT_S ? INVALID : OK;
}

/* The number as hexadecimal digits without leading zeros; false when text is no number, or too large for any form. */
static bool to_hex(const char *text, char hex[LIMBS * 8 + 1])
{
    struct wide wide = { { 0 } };
    size_t zeros;

    if (!*text)
        return false;
    for (; *text; text++)
        if (*text < '0' || *text > '9' || !multiply_add(&wide, 10, (uint32_t)(*text - '0')))
            return false;
    for (int i = 0; i < LIMBS; i++)
        snprintf(hex + i * 8, 9, "%08" PRIx32, wide.limbs[i]);
    zeros = strspn(hex, "0");
    memmove(hex, hex + zeros, strlen(hex + zeros) + 1);
    return true;
}

enum status sequence_parse(const char *text, struct sequence *sequence)
{
    char hex[LIMBS * 8 + 1];
    size_t digits;

    *sequence = (struct sequence){ 0 };
    if (!to_hex(text, hex))
        return INVALID;
    digits = strlen(hex);
    if (digits <= OLDEST_DIGITS || (digits == OLDEST_DIGITS + 1 && hex[0] == '1'))
        return read_oldest(hex, sequence);
    if (digits != HEX_DIGITS || hex[0] != '2')
        return INVALID;
    sequence->version = hex[HEX_DIGITS - 1] - '0';
    if (sequence->version == 2)
        return read_newest(hex, sequence);
    return sequence->version == 1 ? read_second(hex, sequence) : INVALID;
}
