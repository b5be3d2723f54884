#pragma once
/* What a push says about the moment it was caused. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The "ts", or else the "sentAt", at the top of a JSON object: milliseconds since the epoch. False when there is none. */
bool push_sent_at(const char *text, size_t size_bytes, int64_t *time_ms);
