#pragma once
/* An application: its configuration, its version, its state, and, while it runs, the program that its records go through.
 *
 *     stream --(readers, one per shard)--> micro-batch through the program --> outputs (functions, streams)
 *
 * It is woken when records come, takes a batch, and takes the next one when every output has delivered the last: so what is slow behind it
 * slows it down, and nothing piles up. */

#include "analytics/program.h"
#include "analytics/room.h"

enum application_state { APPLICATION_READY, APPLICATION_RUNNING };

struct runner;

struct application {
    struct analytics *room;
    char *name;
    char *arn;
    json_t *configuration; /* program.h */
    json_t *tags;          /* [{Key, Value}] */
    int64_t version;
    int64_t made_ms;
    int64_t updated_ms;
    enum application_state state;
    struct runner *runner;          /* while it runs */
    struct kinesis_reader *stopped; /* where the last run left off: one reader a shard */
    size_t stopped_count;
};

/* Adds an application to the room, READY, at version 1; configuration is taken. */
struct application *application_new(struct analytics *room, const char *name, json_t *configuration, json_t *tags);

/* Stops it, takes it out of the room, and frees it. */
void application_remove(struct application *application);

/* "READY", "RUNNING" */
const char *application_state_text(const struct application *application);

/* Starts it with its input at `position` ("NOW", "TRIM_HORIZON", "LAST_STOPPED_POINT"). False: error says why, its text in arena. */
bool application_start(struct application *application, const char *position, struct arena *arena, struct program_error *error);

/* Stops it where it is: what it has taken but not delivered is dropped, as on AWS, and read again from LAST_STOPPED_POINT on. */
void application_stop(struct application *application);

/* Puts a new configuration (taken) in the place of the old one, raises the version, and restarts a running application where it is. False:
 * it does not make sense (error says why), and nothing has changed. */
bool application_change(struct application *application, json_t *configuration, struct arena *arena, struct program_error *error);
