#pragma once
/* Moments as track files write them. */

#include <stdbool.h>
#include <stdint.h>

/* Reads a moment into milliseconds since the epoch: "2014-09-10T06:54:07Z", with a fraction, with an offset ("+0200", "+02:00", "+02"), a
 * blank for the T, and nothing else; without an offset it is UTC. Also bare seconds ("1410324847", "1410324847.5") or, from 1e11 on,
 * milliseconds since the epoch. False when text is none of these. */
bool moment_read(const char *text, int64_t *time_ms);
