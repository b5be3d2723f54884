#include "deploy/remarks.h"

#include "base/buffer.h"

#include <string.h>

static void add_path(struct buffer *text, const struct path *path)
{
    if (path->parent)
        add_path(text, path->parent);
    if (!path->key)
        buffer_print(text, "[%zu]", path->index);
    else
        buffer_print(text, text->size ? ".%s" : "%s", path->key);
}

const char *path_text(struct arena *arena, const struct path *path)
{
    struct buffer text = { 0 };
    const char *kept;

    if (!path)
        return "";
    add_path(&text, path);
    kept = arena_text(arena, text.data ? text.data : "");
    buffer_clear(&text);
    return kept;
}

static const char *line_of(struct remarks *remarks, int line, const struct path *path, const char *format, va_list list)
{
    const char *words = arena_vprint(remarks->arena, format, list);
    const char *place = path_text(remarks->arena, path);
    const char *separator = *place ? ": " : "";

    if (line > 0)
        return arena_print(remarks->arena, "%s:%d: %s%s%s", remarks->file, line, place, separator, words);
    return arena_print(remarks->arena, "%s: %s%s%s", remarks->file, place, separator, words);
}

void remarks_fail(struct remarks *remarks, int line, const struct path *path, const char *format, ...)
{
    va_list list;

    if (remarks->error)
        return;
    va_start(list, format);
    remarks->error = line_of(remarks, line, path, format, list);
    va_end(list);
}

void remarks_warn(struct remarks *remarks, int line, const struct path *path, const char *format, ...)
{
    va_list list;

    if (remarks->warning_count == REMARKS_WARNINGS_MAX)
        return;
    if (remarks->warning_count == remarks->warning_capacity) {
        size_t capacity = remarks->warning_capacity ? remarks->warning_capacity * 2 : 16;
        const char **warnings = arena_take(remarks->arena, capacity * sizeof *warnings);

        if (remarks->warning_count)
            memcpy(warnings, remarks->warnings, remarks->warning_count * sizeof *warnings);
        remarks->warnings = warnings;
        remarks->warning_capacity = capacity;
    }
    va_start(list, format);
    remarks->warnings[remarks->warning_count++] = line_of(remarks, line, path, format, list);
    va_end(list);
}
