#pragma once
/* A room of its own on the fixture's world, with functions that the test plays: each invocation is noted and waits for play_answer. */

#include "analytics/analytics.h"
#include "fixture.h"

struct play_invocation {
    char *function;
    json_t *payload;
    uint64_t cause;
    invocation_done *done;
    void *context;
};

extern struct analytics *play_room;

void play_open(void); /* fixture_open, the room, and the stream "fixes" with one shard */
void play_close(void);

const struct service *play_v1(void);
const struct service *play_v2(void);

/* CreateApplication "app" (v1): SOURCE_SQL_STREAM_001 (id, seq, lat, lon) from "fixes", the code, and these further members
 * (", 'Outputs': [...]" or ""). */
void play_create(const char *code, const char *more);

/* StartApplication from a position ("NOW", ...), and turns until it runs. */
void play_start(const char *position);

/* PutRecord with these bytes as data; turns the loop. */
void play_put(const char *data);

/* Turns the loop a few times. */
void play_turn(void);

/* How many invocations wait; the first of them. */
size_t play_waiting(void);
struct play_invocation *play_first(void);

/* The plain data of the first waiting invocation's record; good until the next call. */
const char *play_data(size_t record);

/* Answers the first one with this payload (' for "), or with an error ("Unhandled"), or, with both NULL, with Ok for every record. */
void play_answer(const char *payload, const char *error);

/* "READY", as v1 describes it. */
const char *play_status(void);
