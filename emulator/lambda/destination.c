#include "lambda/destination.h"

#include "base/log.h"
#include "base/text.h"
#include "lambda/function.h"
#include "lambda/retry.h"
#include "lambda/room.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- functions ---- */

static bool is_function(const char *arn)
{
    return strstr(arn, ":lambda:") != NULL;
}

/* A function that is a destination is invoked asynchronously; false when it is not there. */
static bool invoke(struct lambda *room, const struct destination_note *note)
{
    struct function_name name;
    struct function *function = function_name_read(note->arn, &name) ? function_find(room, name.name) : NULL;
    struct function_version *version = function ? function_drawn(function, name.qualifier) : NULL;
    char request_id[37];

    if (!version)
        return false;
    random_uuid(&room->ids, request_id);
    return retry_start(&(struct invocation_order){
        .version = version,
        .payload = note->body,
        .size_bytes = note->size_bytes,
        .arn = note->arn,
        .request_id = request_id,
        .cause = note->cause,
    });
}

/* ---- all others ---- */

static void print_text(struct buffer *line, const char *name, const char *text)
{
    buffer_print(line, ",\"%s\":", name);
    buffer_add_json_string(line, text, strlen(text));
}

static void print_line(struct buffer *line, const struct lambda *room, uint64_t id, const struct destination_note *note)
{
    struct arena arena = { 0 };
    char *attributes = note->attributes ? json_dumps(note->attributes, JSON_COMPACT) : NULL;

    buffer_print(line, "{\"id\":%" PRIu64, id);
    print_text(line, "time", text_iso_time(&arena, clock_now_ms(room->ground->clock)));
    print_text(line, "destination", note->arn);
    print_text(line, "source", note->source);
    if (note->key)
        print_text(line, "key", note->key);
    if (attributes)
        buffer_print(line, ",\"attributes\":%s", attributes);
    buffer_add_text(line, ",\"body\":");
    buffer_add(line, note->body, note->size_bytes);
    buffer_add_text(line, "}\n");
    free(attributes);
    arena_clear(&arena);
}

static void keep(struct lambda *room, const struct destination_note *note)
{
    struct buffer line = { 0 };

    print_line(&line, room, room->notes.newest + 1, note);
    ledger_add(&room->notes, &line);
}

void destination_send(struct lambda *room, const struct destination_note *note)
{
    bool is_delivered = is_function(note->arn) && invoke(room, note);

    trace_add(room->ground->trace, TRACE_DESTINATION, note->cause, note->arn, (int64_t)note->size_bytes, is_delivered ? "invoked" : "kept");
    if (is_delivered)
        return;
    keep(room, note);
    log_info("a record of %s is for %s, which is not here: read it at /_lowcloud/destinations?since=%" PRIu64, note->source, note->arn,
             room->notes.newest - 1);
}
