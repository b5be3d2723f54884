#include "lambda/window.h"

#include "base/arena.h"
#include "base/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void window_open(struct window *window, int64_t length_ms, int64_t moment_ms, uint64_t first)
{
    window_close(window);
    window->is_open = true;
    window->start_ms = moment_ms - moment_ms % length_ms;
    window->end_ms = window->start_ms + length_ms;
    window->first = first;
}

bool window_holds(const struct window *window, int64_t moment_ms)
{
    return moment_ms >= window->start_ms && moment_ms < window->end_ms;
}

/* Whole seconds, as AWS writes the bounds: 2020-12-09T07:04:00Z. */
static void print_bound(struct buffer *event, const char *name, int64_t time_ms)
{
    struct arena arena = { 0 };

    buffer_print(event, "\"%s\":\"%.19sZ\"", name, text_iso_time(&arena, time_ms));
    arena_clear(&arena);
}

void window_print(const struct window *window, struct buffer *event, const char *shard, const char *source_arn, bool is_final)
{
    buffer_add_text(event, "\"window\":{");
    print_bound(event, "start", window->start_ms);
    buffer_add_char(event, ',');
    print_bound(event, "end", window->end_ms);
    buffer_add_text(event, "},\"state\":");
    buffer_add_text(event, window->state ? window->state : "{}");
    buffer_print(event, ",\"shardId\":\"%s\",\"eventSourceARN\":", shard);
    buffer_add_json_string(event, source_arn, strlen(source_arn));
    buffer_print(event, ",\"isFinalInvokeForWindow\":%s,\"isWindowTerminatedEarly\":%s", is_final ? "true" : "false",
                 is_final && window->is_too_large ? "true" : "false");
}

bool window_read_state(struct window *window, const char *answer, size_t size_bytes)
{
    json_t *report = size_bytes ? json_loadb(answer, size_bytes, JSON_DECODE_ANY, NULL) : NULL;
    const json_t *state = json_object_get(report, "state");

    if (state) {
        free(window->state);
        window->state = json_is_null(state) ? NULL : json_dumps(state, JSON_COMPACT | JSON_ENCODE_ANY);
        window->is_too_large = window->state && strlen(window->state) > WINDOW_STATE_MAX_BYTES;
    }
    json_decref(report);
    return state != NULL;
}

void window_close(struct window *window)
{
    free(window->state);
    *window = (struct window){ 0 };
}
