#pragma once
/* The records that a mapping gives up, as its failure destination is told of them (facts C6). */

#include <stddef.h>

struct mapping_lane;
struct source_record;

/* Tells the mapping's OnFailure destination, if it has one, that these records are given up. condition: AWS's word for the reason. */
void discard_tell(const struct mapping_lane *lane, const struct source_record *records, size_t count, const char *condition);
