/* One inotify descriptor per code directory; subdirectories are added as they appear. */

#include "lambda/watch.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { DEPTH_MAX = 32 };

struct code_watch {
    int fd;
    char *directory;
    char **paths; /* of the watched directories, by watch descriptor */
    size_t path_count;
    int watched_count;
};

/* Names that change without the code's changing. */
static bool is_skipped(const char *name)
{
    return text_is(name, "__pycache__") || text_is(name, "node_modules") || (name[0] == '.' && text_is(name, ".git")) ||
           text_is(name, ".pytest_cache") || text_is(name, ".mypy_cache") || text_is(name, ".venv");
}

/* What editors leave beside a file while it is open. */
static bool is_scratch(const char *name)
{
    return text_ends(name, ".swp") || text_ends(name, ".swx") || text_ends(name, "~") || text_ends(name, ".pyc") || text_is(name, "4913");
}

static void remember(struct code_watch *watch, int descriptor, const char *path)
{
    if ((size_t)descriptor >= watch->path_count) {
        size_t count = (size_t)descriptor + 16;

        watch->paths = memory_resize(watch->paths, count * sizeof *watch->paths);
        memset(watch->paths + watch->path_count, 0, (count - watch->path_count) * sizeof *watch->paths);
        watch->path_count = count;
    }
    free(watch->paths[descriptor]);
    watch->paths[descriptor] = memory_copy_text(path);
}

static void add(struct code_watch *watch, const char *path, int depth)
{
    static const uint32_t what =
        IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_ONLYDIR | IN_EXCL_UNLINK;
    int descriptor;
    DIR *directory;

    if (depth > DEPTH_MAX || watch->watched_count >= CODE_WATCH_DIRECTORIES_MAX)
        return;
    descriptor = inotify_add_watch(watch->fd, path, what);
    if (descriptor < 0)
        return;
    watch->watched_count++;
    remember(watch, descriptor, path);
    directory = opendir(path);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        char *below;

        if ((entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN) || text_is(entry->d_name, ".") || text_is(entry->d_name, "..") ||
            is_skipped(entry->d_name))
            continue;
        below = memory_print("%s/%s", path, entry->d_name);
        add(watch, below, depth + 1);
        free(below);
    }
    if (directory)
        closedir(directory);
}

struct code_watch *code_watch_open(const char *directory)
{
    struct code_watch *watch = memory_new(sizeof *watch);

    watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch->fd < 0) {
        log_warn("cannot watch %s for changes: %s", directory, strerror(errno));
        free(watch);
        return NULL;
    }
    watch->directory = memory_copy_text(directory);
    add(watch, directory, 0);
    return watch;
}

/* Whether the event speaks of code; a new directory is watched too. */
static bool take_event(struct code_watch *watch, const struct inotify_event *event)
{
    const char *name = event->len ? event->name : "";
    const char *place = (size_t)event->wd < watch->path_count ? watch->paths[event->wd] : NULL;
    char *path;

    if (event->mask & IN_Q_OVERFLOW)
        return true;
    if (event->mask & IN_IGNORED) {
        watch->watched_count--;
        return false;
    }
    if (is_skipped(name) || is_scratch(name))
        return false;
    if (event->mask & IN_ISDIR && event->mask & (IN_CREATE | IN_MOVED_TO) && place) {
        path = memory_print("%s/%s", place, name);
        add(watch, path, 0);
        free(path);
    }
    return *name != '\0';
}

bool code_watch_changed(struct code_watch *watch)
{
    char events[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
    bool changed = false;
    ssize_t got;

    while ((got = read(watch->fd, events, sizeof events)) > 0)
        for (char *at = events; at < events + got;) {
            const struct inotify_event *event = (const void *)at;

            changed |= take_event(watch, event);
            at += sizeof *event + event->len;
        }
    return changed;
}

void code_watch_close(struct code_watch *watch)
{
    if (!watch)
        return;
    close(watch->fd);
    for (size_t i = 0; i < watch->path_count; i++)
        free(watch->paths[i]);
    free(watch->paths);
    free(watch->directory);
    free(watch);
}
