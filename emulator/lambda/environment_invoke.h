#pragma once
/* The INVOKE phase of an environment: an invocation is given to the runtime, which answers it and asks for the next. The invocation is over
 * with that asking, when the process ends, or when its time does. */

#include "lambda/environment.h"

/* Hands an invocation (taken) to an idle environment. */
void environment_give(struct environment *environment, struct invocation *invocation);

/* The process ended: an invocation that had no answer yet fails with these words; an answer that it gave before stays given. */
void environment_invoke_fail(struct environment *environment, const char *words);

/* The invocation at hand is over its time: it fails, and the environment ends. */
void environment_invoke_time_out(struct environment *environment);

/* ---- told by the Runtime API; the owner is an environment ---- */

enum runtime_verdict environment_invoke_next(void *owner);
void environment_invoke_lost(void *owner);
enum runtime_verdict environment_invoke_response(void *owner, const struct runtime_post *post);
enum runtime_verdict environment_invoke_error(void *owner, const struct runtime_post *post);
