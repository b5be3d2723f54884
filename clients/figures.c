#include "figures.h"

#include <math.h>

/* Values below FIGURES_STEPS have a bucket each; above, every doubling is cut into FIGURES_STEPS equal steps. */
static int bucket_of(int64_t value)
{
    int octave = 0;
    int bucket;

    while (value >> octave >= 2 * FIGURES_STEPS)
        octave++;
    bucket = octave * FIGURES_STEPS + (int)(value >> octave);
    return bucket < FIGURES_BUCKETS ? bucket : FIGURES_BUCKETS - 1;
}

/* The middle of what falls into the bucket. */
static int64_t value_of(int bucket)
{
    int octave = bucket < 2 * FIGURES_STEPS ? 0 : bucket / FIGURES_STEPS - 1;
    int64_t low = (int64_t)(bucket - octave * FIGURES_STEPS) << octave;

    return low + ((INT64_C(1) << octave) - 1) / 2;
}

void figures_add(struct figures *figures, int64_t value)
{
    if (value < 0)
        value = 0;
    if (!figures->count || value < figures->least)
        figures->least = value;
    if (!figures->count || value > figures->greatest)
        figures->greatest = value;
    figures->count++;
    figures->sum += (double)value;
    figures->buckets[bucket_of(value)]++;
}

int64_t figures_percentile(const struct figures *figures, double percent)
{
    uint64_t rank = (uint64_t)ceil(percent / 100 * (double)figures->count);
    uint64_t seen = 0;

    if (!figures->count)
        return 0;
    if (rank <= 1)
        return figures->least;
    if (rank >= figures->count)
        return figures->greatest;
    for (int i = 0; i < FIGURES_BUCKETS; i++) {
        seen += figures->buckets[i];
        if (seen >= rank)
            return value_of(i) < figures->greatest ? value_of(i) : figures->greatest;
    }
    return figures->greatest;
}

double figures_mean(const struct figures *figures)
{
    return figures->count ? figures->sum / (double)figures->count : 0;
}
