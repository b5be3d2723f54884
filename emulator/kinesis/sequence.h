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
    int64_t second;   /* of the record; 0 in AWS's oldest form, which does not tell */
    int version;      /* 2: the form of today, in which numbers are printed; 1 and 0: AWS's older ones, which are only read */
};

void sequence_print(const struct sequence *sequence, char text[KINESIS_SEQUENCE_SIZE]);

/* INVALID when text is no sequence number, by what an older suite has seen AWS refuse. Every number below 2^129, "0" too, is of the oldest
 * form. Of older forms counter is 0. An index of 2^31 or more is the service's negative one. */
enum status sequence_parse(const char *text, struct sequence *sequence);
