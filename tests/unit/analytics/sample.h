#pragma once
/* Runs application code over JSON rows without an application around it, and gives back what came out as one line of JSON per row. */

#include "analytics/engine.h"
#include "analytics/schema.h"

struct sample {
    struct arena arena;
    struct sql_engine *engine;
    struct analytics_schema input;
    struct analytics_schema fences;
    struct sql_error error;
    char *text; /* of the last sample_output */
};

/* The time of the first batch: half a second after 2024-05-06 07:08:09, at which its records arrived. */
enum { SAMPLE_SECONDS = 1714979289 };

/* Opens code over SOURCE_SQL_STREAM_001 (id, ts, seq, lat, lon, speedMps, headingDeg, accuracyM, NOTE, FLAG, AT) and the table FENCES
 * (fenceId, name, centerLat, centerLon, radiusM), filled with fences (JSON objects one after the other; NULL: none). INVALID when the code
 * is refused. */
enum status sample_open(struct sample *sample, const char *code, const char *fences);

/* Runs one batch of JSON records (one after the other); they come from partition "p", sequence "1", shard "shardId-000000000000". */
void sample_run(struct sample *sample, const char *records);

/* The rows of a stream in the last batch, one JSON object per line; good until the next call. */
const char *sample_output(struct sample *sample, const char *stream);

void sample_close(struct sample *sample);
