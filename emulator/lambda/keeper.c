#include "lambda/keeper.h"

#include "base/log.h"
#include "base/memory.h"
#include "lambda/directory.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENVIRONMENT_MAX_BYTES = 65536, ROUNDS_MAX = 5 };

struct keeper {
    pid_t pid;
    int fd; /* the pipe's writing end: its closing is our end */
};

/* ---- looking for processes ---- */

static bool is_marked(const char *pid, const char *mark, char *bytes)
{
    char path[64];
    ssize_t got = 0;
    size_t size = 0;
    int fd;

    snprintf(path, sizeof path, "/proc/%.20s/environ", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    while (size < ENVIRONMENT_MAX_BYTES && (got = read(fd, bytes + size, ENVIRONMENT_MAX_BYTES - size)) > 0)
        size += (size_t)got;
    close(fd);
    return size && memmem(bytes, size, mark, strlen(mark));
}

/* One look at all processes; whether one was killed. */
static bool kill_marked(const char *mark)
{
    static char bytes[ENVIRONMENT_MAX_BYTES];
    DIR *processes = opendir("/proc");
    bool found = false;

    for (struct dirent *entry; processes && (entry = readdir(processes));) {
        pid_t pid = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : 0;

        if (pid > 1 && pid != getpid() && is_marked(entry->d_name, mark, bytes))
            found |= !kill(pid, SIGKILL);
    }
    if (processes)
        closedir(processes);
    return found;
}

void keeper_sweep(const char *mark)
{
    for (int round = 0; round < ROUNDS_MAX && kill_marked(mark); round++)
        continue;
}

/* ---- the keeper ---- */

/* In the keeper's process: holds nothing of ours open, heeds no terminal, waits for our end. Never returns. */
static void keep(int fd, const char *directory)
{
    sigset_t none;
    char byte;

    setsid();
    prctl(PR_SET_NAME, "lowcloud-keeper");
    for (int i = 1; i < 32; i++)
        signal(i, i == SIGINT || i == SIGTERM || i == SIGHUP || i == SIGPIPE ? SIG_IGN : SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (chdir("/") < 0 || dup2(fd, 0) < 0)
        _exit(1);
    close_range(1, UINT_MAX, 0);
    while (read(0, &byte, 1) < 0 && errno == EINTR)
        continue;
    keeper_sweep(directory);
    directory_remove(directory);
    _exit(0);
}

struct keeper *keeper_open(const char *directory)
{
    struct keeper *keeper;
    int ends[2];
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return NULL;
    pid = fork();
    if (!pid)
        keep(ends[0], directory);
    close(ends[0]);
    if (pid < 0) {
        log_warn("cannot start the process that tidies up after a kill: %s", strerror(errno));
        close(ends[1]);
        return NULL;
    }
    keeper = memory_new(sizeof *keeper);
    keeper->pid = pid;
    keeper->fd = ends[1];
    return keeper;
}

void keeper_close(struct keeper *keeper)
{
    if (!keeper)
        return;
    kill(keeper->pid, SIGKILL);
    while (waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    close(keeper->fd);
    free(keeper);
}
