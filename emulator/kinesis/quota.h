#pragma once
/* How often a stream may be changed in one way within any 24 hours. Every change is noted; whether a stream is held to the bound is the
 * same switch as its throughput's (throttle.h), because tests change more in a minute than production does in a day. */

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { QUOTA_MAX = 10, QUOTA_SCALINGS = 10, QUOTA_SWITCHES = 2, QUOTA_PERIOD_MS = 24 * 3600 * 1000 };

/* A zeroed one has noted nothing. */
struct quota {
    int64_t at_ms[QUOTA_MAX]; /* of the last changes, the newest first; 0: there were none before */
};

/* Whether `most` (up to QUOTA_MAX) changes lie within the 24 hours before now_ms. */
bool quota_is_used_up(const struct quota *quota, unsigned most, int64_t now_ms);

void quota_note(struct quota *quota, int64_t now_ms);

/* As a list of times for the store (new reference), and back. */
json_t *quota_json(const struct quota *quota);
void quota_read(struct quota *quota, const json_t *times);
