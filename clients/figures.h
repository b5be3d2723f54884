#pragma once
/* Many measured values, kept as a histogram of fixed size: a percentile is right to 1 %, however many values there were. Values are whole
 * numbers from 0 on (microseconds, mostly). A zeroed struct figures is an empty one. */

#include <stdint.h>

enum { FIGURES_STEPS = 128, FIGURES_OCTAVES = 40, FIGURES_BUCKETS = FIGURES_STEPS * FIGURES_OCTAVES };

struct figures {
    uint64_t count;
    int64_t least;
    int64_t greatest;
    double sum;
    uint32_t buckets[FIGURES_BUCKETS];
};

/* Counts value; a negative one counts as 0. */
void figures_add(struct figures *figures, int64_t value);

/* The value that `percent` (0 to 100) of the values do not exceed, by nearest rank; 0 when there are none. */
int64_t figures_percentile(const struct figures *figures, double percent);

double figures_mean(const struct figures *figures);
