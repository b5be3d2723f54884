#pragma once
/* How a runtime's process is started: our own bootstraps for Python and Node, which are part of this program and written to the state
 * directory at first use, and the user's own executable for custom runtimes. */

#include "aws/ground.h"
#include "base/arena.h"

#include <stdbool.h>

enum { BOOTSTRAP_ARGUMENTS_MAX = 8 };

struct bootstraps;

struct bootstraps *bootstraps_open(const struct ground *ground);

/* The program and its arguments (in arena, ended by NULL) for runtime ("python3.12", "nodejs20.x", "provided.al2023") and the code in
 * task_root. ABSENT when it cannot be: then `message` (in arena) says what is missing, and what to do about it. */
enum status bootstraps_command(struct bootstraps *bootstraps, const char *runtime, const char *task_root, struct arena *arena,
                               const char *arguments[BOOTSTRAP_ARGUMENTS_MAX], const char **message);

bool bootstraps_is_managed(const char *runtime); /* python3.x or nodejs*.x: not a custom runtime */
bool bootstraps_is_known(const char *runtime);   /* one that can be run here at all, when its interpreter is installed */

/* The path of a file with the machine's certificate authorities and ours; our own alone, when the machine has none. */
const char *bootstraps_authorities(struct bootstraps *bootstraps);

void bootstraps_close(struct bootstraps *bootstraps); /* accepts NULL */
