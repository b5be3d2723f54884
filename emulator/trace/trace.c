#include "trace/trace.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Eight digits in the middle of our trace ids, so that a foreign header is not taken for one of ours. */
#define OUR_MARK "10c10dd0"

struct trace {
    const struct clock *clock;
    struct trace_event *ring; /* event id is at id % TRACE_CAPACITY */
    uint64_t newest;
    struct list listeners;
};

#define TRACE_NAME(name, text) text,
static const char *const kind_names[] = { TRACE_KINDS(TRACE_NAME) };
#undef TRACE_NAME

struct trace *trace_open(const struct clock *clock)
{
    struct trace *trace = memory_new(sizeof *trace);

    trace->clock = clock;
    trace->ring = memory_new(TRACE_CAPACITY * sizeof *trace->ring);
    list_init(&trace->listeners);
    return trace;
}

static void copy_cut(char *to, size_t room, const char *from)
{
    size_t length = from ? strnlen(from, room - 1) : 0;

    if (length == room - 1)
        while (length && ((unsigned char)from[length] & 0xc0) == 0x80)
            length--; /* not in the middle of a character */
    if (length)
        memcpy(to, from, length);
    to[length] = '\0';
}

/* Who listens again while being woken waits for the next event. */
static void wake_listeners(struct trace *trace)
{
    struct list now;

    list_init(&now);
    while (!list_is_empty(&trace->listeners)) {
        struct list *link = trace->listeners.next;

        list_remove(link);
        list_add(&now, link);
    }
    while (!list_is_empty(&now)) {
        struct trace_listener *listener = list_item(now.next, struct trace_listener, link);

        list_remove(&listener->link);
        listener->woken(listener);
    }
}

uint64_t trace_add(struct trace *trace, enum trace_kind kind, uint64_t cause, const char *subject, int64_t size_bytes, const char *note)
{
    uint64_t id = ++trace->newest;
    struct trace_event *event = &trace->ring[id % TRACE_CAPACITY];

    event->id = id;
    event->cause = cause;
    event->time_us = clock_now_us(trace->clock);
    event->kind = kind;
    event->size_bytes = size_bytes;
    copy_cut(event->subject, sizeof event->subject, subject);
    copy_cut(event->note, sizeof event->note, note);
    wake_listeners(trace);
    return id;
}

uint64_t trace_newest(const struct trace *trace)
{
    return trace->newest;
}

const struct trace_event *trace_find(const struct trace *trace, uint64_t id)
{
    const struct trace_event *event = &trace->ring[id % TRACE_CAPACITY];

    return id && event->id == id ? event : NULL;
}

void trace_event_print(const struct trace_event *event, struct buffer *line)
{
    buffer_print(line, "{\"id\":%" PRIu64 ",\"cause\":%" PRIu64 ",\"timeUs\":%" PRId64 ",\"kind\":\"%s\",\"subject\":", event->id,
                 event->cause, event->time_us, kind_names[event->kind]);
    buffer_add_json_string(line, event->subject, strlen(event->subject));
    if (event->size_bytes >= 0)
        buffer_print(line, ",\"size\":%" PRId64, event->size_bytes);
    if (event->note[0]) {
        buffer_add_text(line, ",\"note\":");
        buffer_add_json_string(line, event->note, strlen(event->note));
    }
    buffer_add_text(line, "}\n");
}

void trace_listen(struct trace *trace, struct trace_listener *listener)
{
    list_remove(&listener->link);
    list_add(&trace->listeners, &listener->link);
}

void trace_header(const struct trace *trace, uint64_t id, char text[96])
{
    snprintf(text, 96, "Root=1-%08x-" OUR_MARK "%016" PRIx64 ";Parent=%016" PRIx64 ";Sampled=0",
             (unsigned)(clock_now_ms(trace->clock) / 1000), id, id);
}

uint64_t trace_cause(const struct trace *trace, const char *header)
{
    const char *root = header ? strstr(header, "Root=1-") : NULL;
    uint64_t id;

    if (!root || strlen(root) < 7 + 8 + 1 + 24 || memcmp(root + 16, OUR_MARK, 8))
        return 0;
    if (sscanf(root + 24, "%16" SCNx64, &id) != 1)
        return 0;
    return id <= trace->newest ? id : 0;
}

void trace_close(struct trace *trace)
{
    if (!trace)
        return;
    free(trace->ring);
    free(trace);
}
