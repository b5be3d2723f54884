/* Answers go to the library: their heads as its fields, their bodies through a flow that it takes from when there is room. */

#include "front/http2.h"

#include "base/log.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static void on_drained(struct deferred *deferred)
{
    struct exchange *exchange = &list_item(deferred, struct visit, drained)->exchange;

    if (exchange->drained)
        exchange->drained(exchange, exchange->context);
}

static void note_taken(struct stream *stream)
{
    struct visit *visit = stream->visit;

    stream->moved_ms = http2_now_ms(stream->session);
    if (!visit)
        return;
    visit->exchange.untaken_bytes = flow_waiting(&stream->flow);
    if (!visit->exchange.untaken_bytes && visit->exchange.drained)
        loop_defer(stream->session->http2->front->ground->loop, &visit->drained, on_drained);
}

static ssize_t give_body(nghttp2_session *library, int32_t id, uint8_t *into, size_t room, uint32_t *flags, nghttp2_data_source *source,
                         void *context)
{
    struct stream *stream = source->ptr;
    size_t size = flow_take(&stream->flow, into, room);

    (void)library;
    (void)id;
    (void)context;
    stream->session->unsent_bytes -= size;
    note_taken(stream);
    if (stream->flow.is_ended && !flow_waiting(&stream->flow))
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    else if (!size)
        stream->is_deferred = true;
    return stream->is_deferred ? NGHTTP2_ERR_DEFERRED : (ssize_t)size;
}

/* Moves bytes of the answer to where the library takes them from. */
static void pour(struct stream *stream, struct buffer *bytes)
{
    stream->session->unsent_bytes += bytes->size;
    flow_add(&stream->flow, bytes);
}

nghttp2_nv http2_field(const char *name, const char *value)
{
    return (nghttp2_nv){ (uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name), strlen(value), NGHTTP2_NV_FLAG_NONE };
}

static const char *lower(struct arena *arena, const char *name)
{
    char *copy = arena_text(arena, name);

    for (char *at = copy; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy;
}

/* What speaks of a connection has no place in a stream (RFC 9113, 8.2.2). */
static bool is_connections(const char *name)
{
    return !strcasecmp(name, "Connection") || !strcasecmp(name, "Keep-Alive") || !strcasecmp(name, "Proxy-Connection") ||
           !strcasecmp(name, "Upgrade");
}

static bool can_be_sent(const struct header *header)
{
    return nghttp2_check_header_name((const uint8_t *)header->name, strlen(header->name)) && *header->name != ':' &&
           nghttp2_check_header_value((const uint8_t *)header->value, strlen(header->value));
}

static size_t write_fields(struct arena *arena, const struct header_list *headers, nghttp2_nv *fields)
{
    size_t count = 0;

    for (size_t i = 0; i < headers->count; i++) {
        struct header header = headers->items[i];

        if (answer_header_is_ours(&header) || is_connections(header.name))
            continue;
        header.name = lower(arena, header.name);
        if (can_be_sent(&header))
            fields[count++] = http2_field(header.name, header.value);
        else
            log_debug("the answer's header %s cannot be sent", header.name);
    }
    return count;
}

void http2_stream_reset(struct stream *stream, uint32_t why)
{
    if (!stream->is_reset)
        nghttp2_submit_rst_stream(stream->session->library, NGHTTP2_FLAG_NONE, stream->id, why);
    stream->is_reset = true;
}

/* Gives the answer's head to the library, which copies it, and tells it of the body when there will be one. */
static void submit_head(struct stream *stream, struct arena *arena, const struct answer *answer, const char *length, bool has_body)
{
    struct session *session = stream->session;
    nghttp2_nv *fields = arena_take(arena, (answer->headers.count + 3) * sizeof *fields);
    nghttp2_data_provider body = { .source.ptr = stream, .read_callback = give_body };
    size_t count = 2;

    fields[0] = http2_field(":status", arena_print(arena, "%d", answer_status(answer)));
    fields[1] = http2_field("date", http_date(session->http2->front->http));
    count += write_fields(arena, &answer->headers, fields + count);
    if (length)
        fields[count++] = http2_field("content-length", length);
    stream->is_replied = true;
    stream->moved_ms = http2_now_ms(session);
    if (nghttp2_submit_response(session->library, stream->id, fields, count, has_body ? &body : NULL) < 0)
        http2_stream_reset(stream, NGHTTP2_INTERNAL_ERROR);
}

/* Gives a whole answer to the library; its body moves to the stream. */
static void submit(struct stream *stream, struct arena *arena, struct answer *answer, bool is_head)
{
    bool has_no_body = answer_has_no_body(answer);
    size_t size = has_no_body ? 0 : answer->body.size;

    if (size && !is_head)
        pour(stream, &answer->body);
    stream->flow.is_ended = true;
    submit_head(stream, arena, answer, has_no_body ? NULL : arena_print(arena, "%zu", size), size && !is_head);
}

static bool is_head(const struct visit *visit)
{
    return visit->exchange.request.method && !strcmp(visit->exchange.request.method, "HEAD");
}

/* The library asks again for what it was told to wait for. */
static void go_on(struct stream *stream)
{
    if (stream->is_deferred)
        nghttp2_session_resume_data(stream->session->library, stream->id);
    stream->is_deferred = false;
}

static void reply_in_pieces(struct stream *stream)
{
    struct visit *visit = stream->visit;
    struct exchange *exchange = &visit->exchange;

    pour(stream, &exchange->answer.body);
    exchange->untaken_bytes = flow_waiting(&stream->flow);
    stream->flow.is_ended = visit->is_answered;
    stream->is_flowing = true;
    if (!stream->is_replied)
        submit_head(stream, &exchange->arena, &exchange->answer, NULL, !is_head(visit));
    go_on(stream);
    if (visit->is_answered)
        http2_stream_detach(stream);
}

void http2_stream_reply(struct stream *stream)
{
    struct exchange *exchange = &stream->visit->exchange;

    list_remove(&stream->released);
    if (exchange->is_flowing && !stream->is_reset) {
        reply_in_pieces(stream);
    } else if (!exchange->is_flowing) {
        submit(stream, &exchange->arena, &exchange->answer, is_head(stream->visit));
        http2_stream_detach(stream);
    }
}

void http2_stream_finish(struct stream *stream)
{
    exchange_leave(&stream->visit->exchange);
    if (stream->visit->is_answered)
        return;
    stream->flow.is_ended = true;
    go_on(stream);
    http2_stream_detach(stream);
}

void http2_stream_refuse(struct stream *stream, int status)
{
    struct arena arena = { 0 };
    struct answer answer = { .status = status };

    header_add(&answer.headers, &arena, "Content-Type", "application/json");
    buffer_add_text(&answer.body, farewell_body(status));
    submit(stream, &arena, &answer, is_head(stream->visit));
    http2_stream_detach(stream);
    buffer_clear(&answer.body);
    arena_clear(&arena);
}
