#include "deploy/code.h"

#include "base/base64.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "./src/" is src, and "." is the folder itself. */
static const char *join(const char *folder, const char *location, struct arena *arena)
{
    char *path;

    while (location[0] == '.' && (location[1] == '/' || !location[1]))
        location += 1 + (location[1] == '/');
    path = *location == '/' ? arena_text(arena, location) : arena_print(arena, "%s/%s", folder, location);
    for (size_t length = strlen(path); length > 1 && path[length - 1] == '/'; length--)
        path[length - 1] = '\0';
    return path;
}

enum code_kind deploy_code_find(const char *folder, const char *location, struct arena *arena, const char **path)
{
    struct stat about;

    *path = join(folder, location, arena);
    if (stat(*path, &about) < 0)
        return CODE_ABSENT;
    if (S_ISDIR(about.st_mode))
        return CODE_FOLDER;
    return S_ISREG(about.st_mode) ? CODE_PACKAGE : CODE_ABSENT;
}

const char *deploy_code_object(const char *folder, const char *bucket, const char *key, struct arena *arena)
{
    const char *slash = strrchr(key, '/');
    const char *const places[] = { arena_print(arena, "%s/%s/%s", folder, bucket, key), arena_print(arena, "%s/%s", folder, key),
                                   arena_print(arena, "%s/%s", folder, slash ? slash + 1 : key) };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (*key && access(places[i], R_OK) == 0)
            return places[i];
    return NULL;
}

static bool exists(const char *folder, const char *name, const char *ending, struct arena *arena)
{
    return access(arena_print(arena, "%s/%s%s", folder, name, ending), F_OK) == 0;
}

/* "pkg/mod.fn" is pkg/mod.py or pkg/mod/__init__.py; dots before the last one separate packages (facts: Lambda, A7). */
static const char *missing_python(const char *folder, const char *handler, struct arena *arena)
{
    const char *dot = strrchr(handler, '.');
    char *module = arena_copy(arena, handler, dot ? (size_t)(dot - handler) : strlen(handler));

    for (char *c = module; *c; c++)
        if (*c == '.')
            *c = '/';
    if (exists(folder, module, ".py", arena) || exists(folder, module, "/__init__.py", arena) || exists(folder, module, ".pyc", arena))
        return NULL;
    return arena_print(arena, "%s.py", module);
}

/* "dir/file.export.sub": the file ends at the first dot behind the last slash (facts: Lambda, A8). */
static const char *missing_node(const char *folder, const char *handler, struct arena *arena)
{
    static const char *const endings[] = { "", ".js", ".mjs", ".cjs" };
    const char *slash = strrchr(handler, '/');
    const char *base = slash ? slash + 1 : handler;
    const char *file = arena_copy(arena, handler, (size_t)(base - handler) + strcspn(base, "."));

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (exists(folder, file, endings[i], arena))
            return NULL;
    return arena_print(arena, "%s.js", file);
}

const char *deploy_code_missing_file(const char *folder, const char *runtime, const char *handler, struct arena *arena)
{
    if (text_begins(runtime, "python") && handler)
        return missing_python(folder, handler, arena);
    if (text_begins(runtime, "nodejs") && handler)
        return missing_node(folder, handler, arena);
    if (text_begins(runtime, "provided") && !exists(folder, "bootstrap", "", arena))
        return "bootstrap";
    return NULL;
}

const char *deploy_code_inline_name(const char *runtime)
{
    if (runtime && text_begins(runtime, "python"))
        return "index.py";
    return runtime && text_begins(runtime, "nodejs") ? "index.js" : NULL;
}

bool deploy_code_write_inline(const char *parent, const char *name, const char *file, const char *text, struct arena *arena,
                              const char **folder)
{
    const char *path;
    FILE *stream;
    bool is_written;

    *folder = arena_print(arena, "%s/%s", parent, name);
    path = arena_print(arena, "%s/%s", *folder, file);
    if (mkdir(*folder, 0700) < 0 && errno != EEXIST)
        return false;
    stream = fopen(path, "we");
    if (!stream)
        return false;
    is_written = fputs(text, stream) >= 0;
    return fclose(stream) == 0 && is_written;
}

static char *encode(FILE *stream, size_t size)
{
    char *bytes = memory_new(size + 1);
    char *text = NULL;

    if (fread(bytes, 1, size, stream) == size) {
        text = memory_new(base64_encoded_size(size) + 1);
        base64_encode(bytes, size, text);
    } else {
        errno = EIO;
    }
    free(bytes);
    return text;
}

char *deploy_code_read_package(const char *path)
{
    FILE *stream = fopen(path, "re");
    char *text = NULL;
    struct stat about;

    if (!stream)
        return NULL;
    if (fstat(fileno(stream), &about) == 0 && about.st_size <= CODE_PACKAGE_BYTES_MAX)
        text = encode(stream, (size_t)about.st_size);
    else
        errno = EFBIG;
    fclose(stream);
    return text;
}
