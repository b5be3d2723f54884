#pragma once
/* One invocation with a lane's records: the event that is sent, and what the function's answer means for them (facts C5). */

#include "base/buffer.h"

#include <stddef.h>

struct mapping_lane;
struct source_record;

/* Sends these records, the first that are pending in the lane; not all when they do not fit. Its answer moves the lane on. */
void mapping_attempt_send(struct mapping_lane *lane, const struct source_record *records, size_t count);

/* Adds the event of these records, as far as they fit; answers how many are in it. */
size_t mapping_attempt_print(const struct mapping_lane *lane, const struct source_record *records, size_t count, struct buffer *event);

/* Sends the last event of the lane's window, which has no records. */
void mapping_attempt_send_final(struct mapping_lane *lane);
