#pragma once
/* An application's configuration, made ready to run: the schemas of its input and its reference data, and the engine with its code.
 *
 * A configuration is one JSON object with CreateApplication's members in the form of v1 (RoleARN may be absent), each part with its id:
 * Inputs (InputId), Outputs (OutputId), ReferenceDataSources (ReferenceId), CloudWatchLoggingOptions (CloudWatchLoggingOptionId),
 * ApplicationCode, ApplicationDescription, and of v2 ServiceExecutionRole and EnvironmentProperties. */

#include "analytics/engine.h"
#include "analytics/schema.h"
#include "aws/error.h"

struct analytics;

enum { PROGRAM_STREAMS_MAX = 64 };

struct program {
    struct arena arena;
    struct sql_engine *engine;
    struct analytics_schema input_schema;             /* no columns: the application has no input */
    struct sql_relation *inputs[PROGRAM_STREAMS_MAX]; /* the in-application streams of the input: "<prefix>_001", ... */
    size_t input_count;
};

/* Why a configuration was refused. */
struct program_error {
    enum error_id id;
    const char *message; /* in the arena that was given */
};

/* Checks that a configuration makes sense, as far as it is complete: reference data or an input may still be missing. */
bool program_check(const json_t *configuration, struct arena *arena, struct program_error *error);

/* Makes a configuration ready; reference data is loaded now. NULL: then error says why. */
struct program *program_open(const struct analytics *room, const json_t *configuration, struct arena *arena, struct program_error *error);

/* The stream that an output of that name reads: one that the code creates, or error_stream; NULL when there is none. */
struct sql_relation *program_output(const struct program *program, const char *name);

void program_close(struct program *program);
