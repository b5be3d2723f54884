#include "loop/child.h"

#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
    ev_child library;
    struct loop *loop;
    pid_t pid;
    void (*ended)(struct child *child, int exit_status, int signal_number, void *context);
    void *context;
};

static void on_end(struct ev_loop *library, ev_child *watcher, int events)
{
    struct child *child = watcher->data;
    int status = watcher->rstatus;

    (void)events;
    ev_child_stop(library, watcher);
    kill(-child->pid, SIGKILL); /* what it left running in its group */
    if (child->ended)
        child->ended(child, WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0, child->context);
    free(child);
}

/* Runs in the new process: never returns. The reason for a failure goes to the parent as errno. */
static void become(const struct child_options *options, pid_t parent, int report_fd)
{
    sigset_t none;
    int null_fd = open("/dev/null", O_RDONLY);
    int error;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int i = 1; i < 32; i++)
        signal(i, SIG_DFL);
    dup2(null_fd, 0);
    if (options->output_fd >= 0)
        dup2(options->output_fd, 1);
    if (options->error_fd >= 0)
        dup2(options->error_fd, 2);
    if (options->file_limit) {
        struct rlimit limit = { (rlim_t)options->file_limit, (rlim_t)options->file_limit };

        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (!options->directory || chdir(options->directory) == 0) {
        if (options->environment)
            execvpe(options->arguments[0], (char *const *)options->arguments, (char *const *)options->environment);
        else
            execvp(options->arguments[0], (char *const *)options->arguments);
    }
    error = errno;
    if (write(report_fd, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

enum status child_start(struct child **out, struct loop *loop, const struct child_options *options)
{
    struct child *child;
    pid_t parent = getpid();
    int report[2];
    int error = 0;
    pid_t pid;
    ssize_t got;

    if (pipe2(report, O_CLOEXEC) < 0)
        return BROKEN;
    pid = fork();
    if (pid < 0) {
        log_error("cannot start a process: %s", strerror(errno));
        close(report[0]);
        close(report[1]);
        return BROKEN;
    }
    if (!pid)
        become(options, parent, report[1]);
    close(report[1]);
    setpgid(pid, pid);
    do
        got = read(report[0], &error, sizeof error);
    while (got < 0 && errno == EINTR);
    close(report[0]);
    if (got == sizeof error) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
        errno = error;
        return ABSENT;
    }
    child = memory_new(sizeof *child);
    child->loop = loop;
    child->pid = pid;
    child->ended = options->ended;
    child->context = options->context;
    ev_child_init(&child->library, on_end, pid, 0);
    child->library.data = child;
    ev_child_start(loop_library(loop), &child->library);
    *out = child;
    return OK;
}

pid_t child_pid(const struct child *child)
{
    return child->pid;
}

void child_kill(struct child *child, int signal_number)
{
    kill(-child->pid, signal_number);
}

void child_close(struct child *child)
{
    if (!child)
        return;
    ev_child_stop(loop_library(child->loop), &child->library);
    kill(-child->pid, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    free(child);
}
