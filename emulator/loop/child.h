#pragma once
/* Child processes: each in a process group of its own, with standard input from /dev/null, killed by the kernel when lowcloud itself dies
 * (even by SIGKILL), and reported exactly once when it has ended. */

#include "base/status.h"
#include "loop/loop.h"

#include <sys/types.h>

struct child;

struct child_options {
    const char *const *arguments;   /* program first (looked up along PATH when it has no slash); NULL ends the list */
    const char *const *environment; /* "NAME=value", the whole environment; NULL ends the list; NULL altogether: ours */
    const char *directory;          /* to start in; NULL: ours */
    int output_fd;                  /* becomes its standard output, or -1 for ours */
    int error_fd;                   /* becomes its standard error, or -1 for ours */
    int file_limit;                 /* RLIMIT_NOFILE; 0: ours */
    /* Told once when the process has ended: exit_status is 0..255, or -1 when signal_number ended it. The child is freed afterwards. */
    void (*ended)(struct child *child, int exit_status, int signal_number, void *context);
    void *context;
};

/* Starts a process. ABSENT when the program cannot be run (errno tells why), BROKEN when the machine has no more processes. */
enum status child_start(struct child **child, struct loop *loop, const struct child_options *options);

pid_t child_pid(const struct child *child);

/* Sends the signal to the child's whole process group. */
void child_kill(struct child *child, int signal_number);

/* Forgets the child: kills its group with SIGKILL, reaps it, and tells nobody. Accepts NULL. */
void child_close(struct child *child);
