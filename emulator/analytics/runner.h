#pragma once
/* A running application: see application.h. */

#include "analytics/application.h"

/* Begins to run. False: error says why. */
bool runner_open(struct application *application, const char *position, struct arena *arena, struct program_error *error);

/* Where each shard is read next, for a later start; *readers is the caller's to free. */
size_t runner_places(const struct runner *runner, struct kinesis_reader **readers);

void runner_close(struct runner *runner);
