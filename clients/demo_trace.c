#include "demo_trace.h"

#include "base/memory.h"
#include "base/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A demo makes some thousands; what lies beyond this is not kept. */
enum { EVENTS_MAX = 1 << 22 };

enum kind { OTHER, RECORD, BATCH, INVOCATION, RESULT, MANAGEMENT, FRAME_OUT, FAULT, KIND_COUNT };

static const char *const kind_names[] = { "", "record", "batch", "invocation", "result", "management", "frame-out", "fault" };

struct demo_event {
    uint64_t cause;
    int64_t time_us;
    enum kind kind;
};

static enum kind kind_of(const char *name)
{
    for (int i = 1; i < KIND_COUNT; i++)
        if (text_is(name, kind_names[i]))
            return (enum kind)i;
    return OTHER;
}

static struct demo_event *find(const struct demo_trace *trace, uint64_t id)
{
    return id && id < trace->capacity ? &trace->events[id] : NULL;
}

static struct demo_event *make_room(struct demo_trace *trace, uint64_t id)
{
    size_t wanted = trace->capacity ? trace->capacity : 4096;

    while (wanted <= id)
        wanted *= 2;
    if (wanted > trace->capacity) {
        trace->events = memory_resize(trace->events, wanted * sizeof *trace->events);
        memset(trace->events + trace->capacity, 0, (wanted - trace->capacity) * sizeof *trace->events);
        trace->capacity = wanted;
    }
    return &trace->events[id];
}

/* Goes from a frame to the causes before it. A stage may have several events of its kind (a batch of a batch): the last one counts. Only a
 * frame that leads back to a record is a push; others answer a client's message. */
static void follow(struct demo_trace *trace, const struct demo_event *frame)
{
    static const enum kind ways[] = { BATCH, INVOCATION, MANAGEMENT, FRAME_OUT };
    int64_t times_us[KIND_COUNT] = { 0 };
    const struct demo_event *event = frame;

    for (int depth = 0; event && depth < 16; depth++) {
        if (!times_us[event->kind] || event->kind == RECORD)
            times_us[event->kind] = event->time_us;
        event = find(trace, event->cause);
    }
    for (int i = 0; i < STAGE_COUNT; i++)
        if (!times_us[ways[i]] || !times_us[RECORD])
            return;
    trace->traced++;
    for (int i = 0; i < STAGE_COUNT; i++)
        figures_add(&trace->stages[i], times_us[ways[i]] - times_us[i ? ways[i - 1] : RECORD]);
}

static void count(struct demo_trace *trace, const struct demo_event *event, const char *note)
{
    switch (event->kind) {
    case OTHER:
    case KIND_COUNT:
        break;
    case RECORD:
        trace->records++;
        break;
    case BATCH:
        trace->batches++;
        break;
    case INVOCATION:
        trace->invocations++;
        break;
    case RESULT:
        trace->results++;
        trace->failures += !text_is(note, "ok");
        break;
    case MANAGEMENT:
        trace->managements++;
        break;
    case FRAME_OUT:
        trace->frames++;
        follow(trace, event);
        break;
    case FAULT:
        trace->failures++;
        break;
    }
}

static bool read_line(struct demo_trace *trace, const char *line, size_t length)
{
    json_t *root = json_loadb(line, length, 0, NULL);
    json_int_t id = json_integer_value(json_object_get(root, "id"));
    bool is_event = id > 0 && id < EVENTS_MAX;

    if (is_event && (uint64_t)id > trace->newest) {
        struct demo_event *event = make_room(trace, (uint64_t)id);

        *event = (struct demo_event){ .cause = (uint64_t)json_integer_value(json_object_get(root, "cause")),
                                      .time_us = json_integer_value(json_object_get(root, "timeUs")),
                                      .kind = kind_of(json_string_value(json_object_get(root, "kind"))) };
        trace->missed += (uint64_t)id - trace->newest - 1;
        trace->newest = (uint64_t)id;
        count(trace, event, json_string_value(json_object_get(root, "note")));
    }
    json_decref(root);
    return is_event;
}

bool demo_trace_read(struct demo_trace *trace, const char *lines, size_t size_bytes)
{
    const char *end = lines + size_bytes;

    while (lines < end) {
        const char *newline = memchr(lines, '\n', (size_t)(end - lines));
        const char *stop = newline ? newline : end;

        if (stop > lines && !read_line(trace, lines, (size_t)(stop - lines)))
            return false;
        lines = stop + 1;
    }
    return true;
}

void demo_trace_clear(struct demo_trace *trace)
{
    free(trace->events);
    memset(trace, 0, sizeof *trace);
}
