/* Finds the file of an S3 object and fills a table from it. */

#include "analytics/reference.h"

#include "analytics/room.h"
#include "analytics/store.h"
#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status analytics_reference_file(struct analytics *room, const char *bucket, const char *key, const char *path)
{
    char *place = memory_print("%s/%s", bucket, key);

    free(map_put(&room->files, place, memory_copy_text(path)));
    analytics_store_file(room->store, place, path);
    free(place);
    return access(path, R_OK) == 0 ? OK : ABSENT;
}

/* "fences" in "arn:aws:s3:::fences". */
static const char *bucket_name(const json_t *object)
{
    const char *arn = json_string_value(json_object_get(object, "BucketARN"));
    const char *colon = arn ? strrchr(arn, ':') : NULL;

    return colon ? colon + 1 : "";
}

/* A key or bucket that climbs out of the folder names nothing in it. */
static bool climbs(const char *text)
{
    for (const char *at = text; *at; at += strcspn(at, "/"), at += *at == '/')
        if (!strncmp(at, "..", 2) && (at[2] == '/' || !at[2]))
            return true;
    return false;
}

static const char *find_file(const struct analytics *room, const char *bucket, const char *key, struct arena *arena)
{
    const char *folder = getenv("LOWCLOUD_S3_DIR");
    const char *place = arena_print(arena, "%s/%s", bucket, key);

    if (folder && *folder && *bucket && !climbs(place)) {
        const char *path = arena_print(arena, "%s/%s", folder, place);

        if (access(path, R_OK) == 0)
            return path;
    }
    return map_find(&room->files, place);
}

/* The whole file; NULL with errno set when it cannot be read, EFBIG when it is too large. */
static char *read_file(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    char *content = NULL;

    *size = 0;
    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size > REFERENCE_FILE_MAX) {
        errno = S_ISREG(status.st_mode) ? EFBIG : EISDIR;
        close(fd);
        return NULL;
    }
    content = memory_new((size_t)status.st_size + 1);
    for (ssize_t got; *size < (size_t)status.st_size; *size += (size_t)got) {
        got = read(fd, content + *size, (size_t)status.st_size - *size);
        if (got <= 0)
            break;
    }
    close(fd);
    return content;
}

struct loading {
    struct arena arena; /* of one row */
    struct sql_engine *engine;
    const struct sql_relation *table;
    size_t row_count;
    struct arena *message_arena;
    const char *message; /* of the first fault */
};

static void fill(void *context, const struct value *values)
{
    struct loading *loading = context;

    loading->row_count++;
    if (sql_engine_fill(loading->engine, loading->table, values) != OK && !loading->message)
        loading->message = "the row could not be kept";
    arena_clear(&loading->arena);
}

static void fault(void *context, const char *message, const void *data, size_t size_bytes)
{
    struct loading *loading = context;

    if (!loading->message)
        loading->message =
            arena_print(loading->message_arena, "%s, in: %.*s", message, (int)(size_bytes < 120 ? size_bytes : 120), (const char *)data);
}

enum status analytics_reference_load(const struct analytics *room, const json_t *source, const struct analytics_schema *schema,
                                     struct sql_engine *engine, const struct sql_relation *table, struct arena *arena, const char **message)
{
    const json_t *object = json_object_get(source, "S3ReferenceDataSource");
    const char *bucket = bucket_name(object);
    const char *key = json_string_value(json_object_get(object, "FileKey"));
    const char *path = key ? find_file(room, bucket, key, arena) : NULL;
    struct loading loading = { .engine = engine, .table = table, .message_arena = arena };
    struct analytics_schema_reader reader = { &loading.arena, SIZE_MAX, 64 << 20, fill, fault, &loading };
    size_t size = 0;
    char *content = path ? read_file(path, &size) : NULL;

    if (!content) {
        *message =
            path
                ? arena_print(arena, "the reference data s3://%s/%s cannot be read from %s: %s", bucket, key, path, strerror(errno))
                : arena_print(arena, "the reference data s3://%s/%s is not there: put it at $LOWCLOUD_S3_DIR/%s/%s, or beside the template",
                              bucket, key ? key : "", bucket, key ? key : "");
        return INVALID;
    }
    analytics_schema_read(schema, content, size, &reader);
    free(content);
    arena_clear(&loading.arena);
    if (loading.message)
        *message = arena_print(arena, "the reference data of %s does not fit its schema: %s", path, loading.message);
    else
        log_debug("analytics: %zu rows of reference data from %s", loading.row_count, path);
    return loading.message ? INVALID : OK;
}
