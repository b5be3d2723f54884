#pragma once
/* Reference data: a file that stands for the S3 object which AWS would load. Which file: LOWCLOUD_S3_DIR/<bucket>/<key> when that
 * environment variable is set and the file is there, otherwise the one that analytics_reference_file named. */

#include "analytics/engine.h"
#include "analytics/schema.h"

struct analytics;

enum { REFERENCE_FILE_MAX = 128 * 1024 * 1024 }; /* bytes; AWS takes a gigabyte */

/* Loads the file of a ReferenceDataSource into its table. INVALID: it cannot be found or read, or a row of it does not fit the schema; then
 * *message (in arena) says which file and why. */
enum status analytics_reference_load(const struct analytics *room, const json_t *source, const struct analytics_schema *schema,
                                     struct sql_engine *engine, const struct sql_relation *table, struct arena *arena,
                                     const char **message);
