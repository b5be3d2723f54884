#pragma once
/* Functions for tests: a directory of code, deployed into the fixture's world, and invocations that are waited for. */

#include "fixture.h"

#include <check.h>

struct workshop_result {
    bool is_done;
    enum invocation_end end;
    bool is_error;
    bool is_timed_out;
    char payload[8192]; /* cut when longer */
    size_t size_bytes;
    char log[4097];
    char request_id[37];
    char version[16];
};

/* A fresh directory for one function's code, removed by workshop_close. */
const char *workshop_directory(void);

/* Writes a file into the directory; mode 0755 makes it runnable. */
void workshop_write(const char *name, const char *text, int mode);

/* Deploys the directory as the function called name. more: further members of its configuration, beginning with a comma ("" for none),
 * where ' may stand for ". Fails the test when it is refused. */
void workshop_deploy(const char *name, const char *runtime, const char *handler, const char *more);

/* A custom runtime in bash that speaks HTTP by itself: `handle` is the body of a shell function that sees $event and $id and sets $answer
 * (and $path: "response" or "error"). */
void workshop_deploy_shell(const char *name, const char *handle, const char *more);

/* Invokes and waits; begin does not wait. The result must stay where it is until it is done. */
struct workshop_result workshop_invoke(const char *name, const char *payload);
void workshop_begin(const char *name, const char *payload, int64_t timeout_ms, struct workshop_result *result);
struct workshop_result workshop_invoke_log(const char *name, const char *payload); /* asks for the log tail */

/* Waits until the result is done while the clock stands; fails the test when patience ends. */
void workshop_wait(const struct workshop_result *result);

/* The function called name, or NULL. */
struct function *workshop_function(const char *name);

/* Environments of $LATEST in any state. */
int workshop_environments(const char *name);

/* Waits until all of them are idle. */
void workshop_rest(const char *name);

/* Whether a program is there; when not, says so on standard output, and the test is to end. */
bool workshop_has(const char *program);

/* Puts "?" in the place of texts that are drawn or counted, wherever a member has one of these names (NULL behind the last): that they are
 * there, and of some length, is what can be said. */
void workshop_blur(json_t *value, const char *const *drawn);

/* To be called instead of fixture_close: removes the directory too. */
void workshop_open(void);
void workshop_close(void);
