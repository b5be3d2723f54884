#pragma once
/* An application: its configuration, which operations read and replace as a whole, and, while it runs, its program, input and outputs. */

#include "analytics/input.h"
#include "analytics/output.h"
#include "analytics/program.h"
#include "aws/call.h"

struct analytics;

enum application_status { APPLICATION_READY, APPLICATION_STARTING, APPLICATION_RUNNING, APPLICATION_STOPPING };

struct application {
    struct analytics *room;
    char *name;
    char *arn;
    json_t *configuration; /* program.h tells its form */
    json_t *tags;          /* [{"Key","Value"}] */
    int64_t version;       /* ApplicationVersionId: from 1, one more with each change */
    int64_t created_ms;
    int64_t updated_ms;
    enum application_status status;
    struct program *program; /* NULL: not running */
    struct input input;
    enum input_position position; /* of the last start */
    bool was_started;
    struct list outputs; /* struct output, in the configuration's order */
    struct deferred settle;
};

struct application *application_find(const struct analytics *room, const char *name);

/* A new application, in the room's map, in status READY. configuration (taken) has been checked. */
struct application *application_new(struct analytics *room, const char *name, json_t *configuration);

/* "READY", "RUNNING", ... */
const char *application_status_text(const struct application *application);

/* Replaces the configuration (taken) and counts the version up, if it makes sense; a running application goes on with it, from where it is.
 * False: then error (its text in arena) says why, and nothing changed. */
bool application_adopt(struct application *application, json_t *configuration, struct arena *arena, struct program_error *error);

/* Starts a READY application. False: then error says why. */
bool application_start(struct application *application, enum input_position position, struct arena *arena, struct program_error *error);

/* Stops a running one: STOPPING until deliveries under way have been answered, then READY. */
void application_stop(struct application *application);

/* Takes it out of the room and frees it. */
void application_delete(struct application *application);

/* Frees it alone: the room closes. */
void application_close(struct application *application);

/* ---- for its parts ---- */

/* A micro-batch: begun, filled from records, run through the pumps, its rows handed to the outputs. */
void application_begin_batch(struct application *application);
void application_add_record(struct application *application, size_t stream, const void *data, size_t size_bytes,
                            const struct sql_origin *origin);
void application_run_batch(struct application *application);

/* Whether an output has so much waiting that no more should be read. */
bool application_is_full(const struct application *application);

/* Whether everything that was made of what was read has been delivered. */
bool application_is_idle(const struct application *application);

/* An output's delivery was answered: there may be room again, or the application may have stopped. */
void application_output_moved(struct application *application);
