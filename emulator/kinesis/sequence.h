#pragma once
/* Sequence numbers: 56 decimal digits that are 47 hexadecimal ones in disguise (facts: Kinesis, 5):
 * '2' | 9 shard's creation second | 1 low digit of the shard's index | 16 counter | 2 zeros | 9 second of the record | 8 shard index | '2'.
 * Within a shard they grow with the counter, as numbers and as text. */

#include "base/status.h"
#include "kinesis/kinesis.h"

#include <stdint.h>

struct sequence {
    int64_t shard_made_s; /* seconds since the epoch */
    uint32_t shard_index;
    uint64_t counter; /* 0: the shard's start */
    int64_t second;   /* of the record */
};

void sequence_print(const struct sequence *sequence, char text[KINESIS_SEQUENCE_SIZE]);

/* INVALID when text is no number of this form. "0" and other short numbers are AWS's older forms, which nothing here has issued: INVALID
 * too. */
enum status sequence_parse(const char *text, struct sequence *sequence);
