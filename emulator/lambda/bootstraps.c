/* The bootstraps' texts lie beside this file and are compiled in; interpreters are looked for along PATH. */

#include "lambda/bootstraps.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EMBED(symbol, file)                                                                                                      \
    __asm__(".section .rodata\n" #symbol "_begin: .incbin \"emulator/lambda/" file "\"\n" #symbol "_end: .byte 0\n.previous\n"); \
    extern const char symbol##_begin[], symbol##_end[]

EMBED(embedded_python, "bootstrap.py");
EMBED(embedded_node, "bootstrap.js");
EMBED(embedded_redirect, "redirect.js");
EMBED(embedded_resolve, "resolve.mjs");

struct bootstraps {
    const struct ground *ground;
    char *directory;   /* where the texts were written; NULL: not yet */
    char *authorities; /* path of the bundle; NULL: not yet */
};

struct bootstraps *bootstraps_open(const struct ground *ground)
{
    struct bootstraps *bootstraps = memory_new(sizeof *bootstraps);

    bootstraps->ground = ground;
    return bootstraps;
}

/* ---- files ---- */

static enum status write_file(const char *path, const char *bytes, size_t size_bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool is_whole = fd >= 0 && write(fd, bytes, size_bytes) == (ssize_t)size_bytes;

    if (!is_whole)
        log_error("cannot write %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return is_whole ? OK : BROKEN;
}

static enum status write_text(const char *directory, const char *name, const char *begin, const char *end)
{
    char *path = memory_print("%s/%s", directory, name);
    enum status status = write_file(path, begin, (size_t)(end - begin));

    free(path);
    return status;
}

static enum status write_texts(struct bootstraps *bootstraps)
{
    char *directory;

    if (bootstraps->directory)
        return OK;
    directory = memory_print("%s/runtime", bootstraps->ground->state_directory);
    if ((mkdir(directory, 0700) && errno != EEXIST) ||
        write_text(directory, "bootstrap.py", embedded_python_begin, embedded_python_end) != OK ||
        write_text(directory, "bootstrap.js", embedded_node_begin, embedded_node_end) != OK ||
        write_text(directory, "redirect.js", embedded_redirect_begin, embedded_redirect_end) != OK ||
        write_text(directory, "resolve.mjs", embedded_resolve_begin, embedded_resolve_end) != OK) {
        free(directory);
        return BROKEN;
    }
    bootstraps->directory = directory;
    return OK;
}

/* Adds what the file at path holds; a missing file adds nothing. */
static void add_file(struct buffer *buffer, const char *path)
{
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t got = 0;

    if (fd < 0)
        return;
    while ((got = read(fd, buffer_reserve(buffer, 65536), 65536)) > 0 && buffer->size < 16 << 20)
        buffer->size += (size_t)got;
    close(fd);
}

const char *bootstraps_authorities(struct bootstraps *bootstraps)
{
    static const char *const places[] = { "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem" };
    struct buffer bundle = { 0 };
    const char *given = getenv("SSL_CERT_FILE");

    if (bootstraps->authorities)
        return bootstraps->authorities;
    add_file(&bundle, given);
    for (size_t i = 0; i < sizeof places / sizeof *places && !bundle.size; i++)
        add_file(&bundle, places[i]);
    buffer_add_char(&bundle, '\n');
    add_file(&bundle, bootstraps->ground->ca_file);
    bootstraps->authorities = memory_print("%s/authorities.pem", bootstraps->ground->state_directory);
    write_file(bootstraps->authorities, bundle.data, bundle.size);
    buffer_clear(&bundle);
    return bootstraps->authorities;
}

/* ---- interpreters ---- */

static bool is_runnable(const char *path)
{
    struct stat about;

    return !stat(path, &about) && S_ISREG(about.st_mode) && !access(path, X_OK);
}

/* The program called name along PATH, in arena, or NULL. Folders called "shims" hold the version managers' stand-ins, which start a shell
 * and may stand for a version that is not installed: they are looked into only when is_last_resort. */
static const char *find_program(const char *name, bool is_last_resort, struct arena *arena)
{
    const char *path = getenv("PATH");

    for (const char *at = path ? path : "/usr/local/bin:/usr/bin:/bin"; *at;) {
        size_t length = strcspn(at, ":");
        bool is_shim = length >= 6 && !memcmp(at + length - 6, "/shims", 6);
        const char *program = arena_print(arena, "%.*s/%s", (int)length, at, name);

        if (length && is_shim <= is_last_resort && is_runnable(program))
            return program;
        at += length + (at[length] == ':');
    }
    return NULL;
}

/* The one that the variable names, or else the first, or else the second; real ones before shims. */
static const char *find_interpreter(const char *variable, const char *first, const char *second, struct arena *arena)
{
    const char *given = getenv(variable);
    const char *found = NULL;

    if (given && *given)
        return strchr(given, '/') ? (is_runnable(given) ? given : NULL) : find_program(given, true, arena);
    for (int i = 0; i < 4 && !found; i++)
        found = find_program(i % 2 ? second : first, i >= 2, arena);
    return found;
}

/* ---- commands ---- */

/* Says what is missing, and what to do about it. */
static enum status say_missing(const char *runtime, const char *language, const char *program, const char *variable, struct arena *arena,
                               const char **message)
{
    const char *given = getenv(variable);

    if (given && *given)
        *message =
            arena_print(arena, "%s names %s, which cannot be run as the %s interpreter for runtime %s", variable, given, language, runtime);
    else
        *message =
            arena_print(arena,
                        "No %s interpreter for runtime %s on this machine: %s is not in PATH. Install it (Debian: apt install %s), or "
                        "name one in %s",
                        language, runtime, program, text_is(program, "node") ? "nodejs" : program, variable);
    return ABSENT;
}

static enum status python_command(struct bootstraps *bootstraps, const char *runtime, struct arena *arena, const char **arguments,
                                  const char **message)
{
    const char *python = find_interpreter("LOWCLOUD_PYTHON", runtime, "python3", arena);

    if (!python)
        return say_missing(runtime, "Python", "python3", "LOWCLOUD_PYTHON", arena, message);
    arguments[0] = python;
    arguments[1] = "-u";
    arguments[2] = arena_print(arena, "%s/bootstrap.py", bootstraps->directory);
    arguments[3] = NULL;
    return OK;
}

static enum status node_command(struct bootstraps *bootstraps, const char *runtime, struct arena *arena, const char **arguments,
                                const char **message)
{
    const char *node = find_interpreter("LOWCLOUD_NODE", "node", "nodejs", arena);

    if (!node)
        return say_missing(runtime, "Node", "node", "LOWCLOUD_NODE", arena, message);
    arguments[0] = node;
    arguments[1] = "--require";
    arguments[2] = arena_print(arena, "%s/redirect.js", bootstraps->directory);
    arguments[3] = arena_print(arena, "%s/bootstrap.js", bootstraps->directory);
    arguments[4] = NULL;
    return OK;
}

static enum status custom_command(const char *task_root, struct arena *arena, const char **arguments, const char **message)
{
    const char *program = arena_print(arena, "%s/bootstrap", task_root);

    if (!is_runnable(program)) {
        *message = arena_print(arena, "Couldn't find valid bootstrap(s): [%s /opt/bootstrap]", program);
        return ABSENT;
    }
    arguments[0] = program;
    arguments[1] = NULL;
    return OK;
}

bool bootstraps_is_managed(const char *runtime)
{
    return runtime && (text_begins(runtime, "python3") || text_begins(runtime, "nodejs"));
}

bool bootstraps_is_known(const char *runtime)
{
    return bootstraps_is_managed(runtime) || (runtime && (text_begins(runtime, "provided") || text_is(runtime, "go1.x")));
}

enum status bootstraps_command(struct bootstraps *bootstraps, const char *runtime, const char *task_root, struct arena *arena,
                               const char *arguments[BOOTSTRAP_ARGUMENTS_MAX], const char **message)
{
    if (!bootstraps_is_known(runtime)) {
        *message = arena_print(arena, "Runtime %s cannot be run here: lowcloud runs python3.x, nodejs*.x and provided.*",
                               runtime ? runtime : "of a container image");
        return ABSENT;
    }
    if (!bootstraps_is_managed(runtime))
        return custom_command(task_root, arena, arguments, message);
    if (write_texts(bootstraps) != OK) {
        *message = arena_print(arena, "The runtime's own files could not be written to %s", bootstraps->ground->state_directory);
        return ABSENT;
    }
    if (text_begins(runtime, "python"))
        return python_command(bootstraps, runtime, arena, arguments, message);
    return node_command(bootstraps, runtime, arena, arguments, message);
}

void bootstraps_close(struct bootstraps *bootstraps)
{
    if (!bootstraps)
        return;
    free(bootstraps->directory);
    free(bootstraps->authorities);
    free(bootstraps);
}
