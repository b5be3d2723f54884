#include "kinesis/sequence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LIMBS = 6, HEX_DIGITS = 47, DECIMAL_DIGITS = 56 };

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

enum status sequence_parse(const char *text, struct sequence *sequence)
{
    struct wide wide = { { 0 } };
    char hex[LIMBS * 8 + 1];
    const char *at = hex + LIMBS * 8 - HEX_DIGITS;
    unsigned low_digit;
    uint64_t made;
    uint64_t second;

    if (strlen(text) != DECIMAL_DIGITS)
        return INVALID;
    for (; *text; text++)
        if (*text < '0' || *text > '9' || !multiply_add(&wide, 10, (uint32_t)(*text - '0')))
            return INVALID;
    for (int i = 0; i < LIMBS; i++)
        snprintf(hex + i * 8, 9, "%08" PRIx32, wide.limbs[i]);
    if (sscanf(at, "2%9" SCNx64 "%1x%16" SCNx64 "00%9" SCNx64 "%8" SCNx32 "2", &made, &low_digit, &sequence->counter, &second,
               &sequence->shard_index) != 5 ||
        hex[LIMBS * 8 - 1] != '2' || low_digit != (sequence->shard_index & 0xf))
        return INVALID;
    sequence->shard_made_s = (int64_t)made;
    sequence->second = (int64_t)second;
    return OK;
}
