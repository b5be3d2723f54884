#pragma once
/* A world for unit tests: in memory, without a front door, its clock standing at FIXTURE_TIME_MS, its seed 1; so that the same calls give
 * the same ids. Use fixture_open and fixture_close as the checked fixture of a test case. */

#include "world.h"
#include "world_rooms.h"

#define FIXTURE_TIME_MS INT64_C(1700000000000)

extern struct world fixture_world;

void fixture_open(void);
void fixture_close(void);

/* What a call answered. */
struct fixture_answer {
    enum error_id error; /* ERR_NONE: it succeeded */
    char message[2048];  /* of the error; "" when it has none */
    json_t *output;      /* NULL: none; owned by the fixture, good until the next fixture_call */
};

/* Calls an operation of service in-process with input (JSON text, where ' may stand for "), and waits for its answer by turning the loop,
 * at most 5 seconds; a call that never answers fails the test. */
struct fixture_answer fixture_call(const struct service *service, const char *operation, const char *input);

/* The same, for a call that must succeed: fails the test with the error otherwise. */
json_t *fixture_done(const struct service *service, const char *operation, const char *input);

/* The same, for a call that must be refused with that error and that message. */
void fixture_refused(const struct service *service, const char *operation, const char *input, enum error_id error, const char *message);

/* How long a test waits for what must come: so long that a busy machine and sanitizers get there too, for only a test that fails waits it
 * out. It lies below the time that a test has as a whole (tests/unit/main.c). */
enum { FIXTURE_PATIENCE_S = 60 };

/* The moment on the stopwatch at which patience with what is begun now ends. */
int64_t fixture_deadline_us(void);

/* Turns the loop until *done is true; fails the test when patience ends. */
void fixture_wait(const bool *done);

/* Compares value, printed compactly with sorted keys, with expected (where ' stands for "). */
void fixture_expect(const json_t *value, const char *expected);
