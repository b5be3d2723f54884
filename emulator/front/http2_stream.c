/* The streams of HTTP/2: what the library tells of them becomes exchanges, and their answers go to the library. */

#include "front/http2.h"

#include "base/log.h"
#include "base/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    HEAD_FLOOD_HEADS = 10 /* a head so many times too large ends the connection (a few bytes can name a table's entry many times) */
};

static size_t body_max(const struct session *session)
{
    return session->http2->front->options.body_max_bytes;
}

void http2_touch(struct session *session)
{
    session->quiet_since_ms = http2_now_ms(session);
    list_remove(&session->link);
    list_add(&session->http2->sessions, &session->link);
}

/* --- visits and streams --- */

static void free_visit(struct visit *visit)
{
    loop_forget(&visit->drained);
    buffer_clear(&visit->exchange.answer.body);
    buffer_clear(&visit->body);
    arena_clear(&visit->exchange.arena);
    free(visit);
}

static void awake(struct deferred *deferred)
{
    (void)deferred; /* that it was deferred has kept the loop from sleeping before the hook ran again */
}

static void release(struct stream *stream)
{
    struct http2 *http2 = stream->session->http2;

    list_remove(&stream->released); /* pieces may come one after the other */
    list_add(&http2->released, &stream->released);
    loop_defer(http2->front->ground->loop, &http2->wake, awake);
}

static void send_answer(struct exchange *exchange)
{
    struct visit *visit = (struct visit *)exchange;

    visit->is_out = false;
    visit->is_answered = true;
    if (!visit->stream)
        free_visit(visit);
    else if (!visit->is_serving)
        release(visit->stream);
}

static void send_pieces(struct exchange *exchange)
{
    struct visit *visit = (struct visit *)exchange;

    if (visit->stream && !visit->is_serving)
        release(visit->stream);
}

static void on_drained(struct deferred *deferred)
{
    struct exchange *exchange = &list_item(deferred, struct visit, drained)->exchange;

    if (exchange->drained)
        exchange->drained(exchange, exchange->context);
}

static void forget_body(struct stream *stream)
{
    if (!stream->visit)
        return;
    stream->session->body_bytes -= stream->visit->body.size;
    buffer_clear(&stream->visit->body);
}

/* The stream has no more to do with its visit; who still works on the answer is told. */
void http2_stream_detach(struct stream *stream)
{
    struct visit *visit = stream->visit;

    if (!visit)
        return;
    list_remove(&stream->released);
    stream->session->body_bytes -= visit->body.size;
    stream->visit = NULL;
    visit->stream = NULL;
    if (!visit->is_out) {
        free_visit(visit);
        return;
    }
    exchange_leave(&visit->exchange);
}

static struct stream *begin_stream(struct session *session, int32_t id)
{
    struct stream *stream = memory_new(sizeof *stream);
    struct visit *visit = memory_new(sizeof *visit);
    struct request *request = &visit->exchange.request;

    stream->session = session;
    stream->id = id;
    stream->visit = visit;
    stream->moved_ms = http2_now_ms(session);
    visit->stream = stream;
    visit->exchange.send = send_answer;
    visit->exchange.flow = send_pieces;
    request->body = "";
    request->remote_address = arena_text(&visit->exchange.arena, session->address);
    request->is_tls = session->is_tls;
    list_add(&session->streams, &stream->link);
    http2_touch(session);
    return stream;
}

void http2_stream_end(struct stream *stream)
{
    struct session *session = stream->session;

    list_remove(&stream->link);
    list_remove(&stream->whole);
    session->unsent_bytes -= flow_waiting(&stream->flow);
    http2_stream_detach(stream);
    flow_clear(&stream->flow);
    free(stream);
    http2_touch(session);
}

/* --- answers --- */

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

static nghttp2_nv make_field(const char *name, const char *value)
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

        if (answer_header_is_ours(header.name) || is_connections(header.name))
            continue;
        header.name = lower(arena, header.name);
        if (can_be_sent(&header))
            fields[count++] = make_field(header.name, header.value);
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

    fields[0] = make_field(":status", arena_print(arena, "%d", answer_status(answer)));
    fields[1] = make_field("date", http_date(session->http2->front->http));
    count += write_fields(arena, &answer->headers, fields + count);
    if (length)
        fields[count++] = make_field("content-length", length);
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

/* Answers by ourselves: for what never reaches the rooms, or whose answer will not come. */
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

/* --- serving --- */

static void serve(struct stream *stream)
{
    struct front *front = stream->session->http2->front;
    struct visit *visit = stream->visit;
    struct exchange *exchange = &visit->exchange;

    if (visit->cookie)
        header_add(&exchange->request.headers, &exchange->arena, "cookie", visit->cookie);
    exchange->request.body = visit->body.data ? visit->body.data : "";
    exchange->request.body_size = visit->body.size;
    visit->is_out = true;
    visit->is_serving = true;
    front->options.serve(front->options.context, exchange);
    visit->is_serving = false;
    if (!visit->is_answered && !exchange->is_flowing)
        return;
    /* What was written in this turn is not safe before the commit; an answer that says it is must wait for that. */
    if (answer_must_wait(front))
        release(stream);
    else
        http2_stream_reply(stream);
}

/* Whether so many bytes of answers wait for the client that its next requests have to. */
bool http2_is_full(const struct session *session)
{
    return session->unsent_bytes >= HTTP2_HELD_BODIES * body_max(session);
}

void http2_serve_whole(struct session *session)
{
    while (!list_is_empty(&session->whole) && !http2_is_full(session)) {
        struct stream *stream = list_item(session->whole.next, struct stream, whole);

        list_remove(&stream->whole);
        if (stream->refusal)
            http2_stream_refuse(stream, stream->refusal);
        else
            serve(stream);
    }
}

/* --- what the library tells --- */

static struct stream *stream_of(nghttp2_session *library, int32_t id)
{
    return nghttp2_session_get_stream_user_data(library, id);
}

static int on_head_begins(nghttp2_session *library, const nghttp2_frame *frame, void *context)
{
    struct session *session = context;

    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
        nghttp2_session_set_stream_user_data(library, frame->hd.stream_id, begin_stream(session, frame->hd.stream_id));
    return 0;
}

/* The parts into which a client may cut its cookies are joined again (RFC 9113, 8.2.3). */
static void add_cookie(struct visit *visit, const char *value)
{
    struct arena *arena = &visit->exchange.arena;

    visit->cookie = visit->cookie ? arena_print(arena, "%s; %s", visit->cookie, value) : value;
}

static void add_field(struct visit *visit, const char *name, const char *value)
{
    struct exchange *exchange = &visit->exchange;

    if (!strcmp(name, ":method"))
        exchange->request.method = value;
    else if (!strcmp(name, ":path"))
        exchange->request.target = value;
    else if (!strcmp(name, ":authority"))
        header_add(&exchange->request.headers, &exchange->arena, "host", value);
    else if (!strcmp(name, "cookie"))
        add_cookie(visit, value);
    else if (*name != ':' && (strcmp(name, "host") || !request_header(&exchange->request, "host")))
        header_add(&exchange->request.headers, &exchange->arena, name, value);
}

static int on_field(nghttp2_session *library, const nghttp2_frame *frame, const uint8_t *name, size_t name_size, const uint8_t *value,
                    size_t value_size, uint8_t flags, void *context)
{
    struct stream *stream = stream_of(library, frame->hd.stream_id);
    struct arena *arena;

    (void)flags;
    (void)context;
    if (!stream || stream->is_reset)
        return 0;
    stream->head_bytes += name_size + value_size + 4; /* as ": " and the line's end would take in HTTP/1.1 */
    if (stream->head_bytes > HEAD_FLOOD_HEADS * HEAD_MAX_BYTES)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    if (stream->head_bytes > HEAD_MAX_BYTES && !stream->is_headed)
        stream->refusal = 400;
    if (stream->refusal || stream->is_headed) /* what comes behind the body is read and dropped, as in HTTP/1.1 */
        return 0;
    arena = &stream->visit->exchange.arena;
    add_field(stream->visit, arena_copy(arena, name, name_size), arena_copy(arena, value, value_size));
    return 0;
}

static int on_bad_field(nghttp2_session *library, const nghttp2_frame *frame, const uint8_t *name, size_t name_size, const uint8_t *value,
                        size_t value_size, uint8_t flags, void *context)
{
    struct stream *stream = stream_of(library, frame->hd.stream_id);

    if (stream && !stream->refusal && !stream->is_headed)
        stream->refusal = 400;
    return on_field(library, frame, name, name_size, value, value_size, flags, context);
}

static int check(struct stream *stream)
{
    struct exchange *exchange = &stream->visit->exchange;
    int64_t length = -1;

    if (stream->session->http2->front->is_closing)
        return 503;
    if (!exchange->request.method || !exchange->request.target || !head_split_target(&exchange->arena, &exchange->request) ||
        head_check(&exchange->request, &length))
        return 400;
    return length > 0 && (uint64_t)length > 2 * (uint64_t)body_max(stream->session) ? 413 : 0;
}

static void take_head(struct stream *stream)
{
    const nghttp2_nv go_on = make_field(":status", "100");

    stream->is_headed = true;
    if (!stream->refusal)
        stream->refusal = check(stream);
    if (stream->refusal)
        list_add(&stream->session->whole, &stream->whole);
    else if (!stream->is_ended && head_has_token(&stream->visit->exchange.request, "Expect", "100-continue"))
        nghttp2_submit_headers(stream->session->library, NGHTTP2_FLAG_NONE, stream->id, NULL, &go_on, 1, NULL);
}

static int on_frame(nghttp2_session *library, const nghttp2_frame *frame, void *context)
{
    struct stream *stream = stream_of(library, frame->hd.stream_id);

    (void)context;
    if (!stream || stream->is_reset || (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA))
        return 0;
    stream->is_ended |= (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (!stream->is_headed)
        take_head(stream);
    if (stream->is_ended && !stream->refusal)
        list_add(&stream->session->whole, &stream->whole);
    return 0;
}

/* As in HTTP/1.1, a body over the bound is read on and dropped, and beyond twice the bound no more. One that is more than this connection
 * may make us hold is refused in the way that tells the client to try again. */
static int on_body(nghttp2_session *library, uint8_t flags, int32_t id, const uint8_t *bytes, size_t size_bytes, void *context)
{
    struct session *session = context;
    struct stream *stream = stream_of(library, id);

    (void)flags;
    if (!stream || stream->is_reset)
        return 0;
    stream->received_bytes += size_bytes;
    stream->moved_ms = http2_now_ms(session);
    if (stream->received_bytes / 2 > body_max(session))
        http2_stream_reset(stream, NGHTTP2_CANCEL);
    if (!stream->visit || stream->refusal)
        return 0;
    if (stream->received_bytes > body_max(session)) {
        stream->visit->exchange.request.is_too_large = true;
        forget_body(stream);
    } else if (session->body_bytes + size_bytes > HTTP2_HELD_BODIES * body_max(session)) {
        http2_stream_reset(stream, NGHTTP2_REFUSED_STREAM);
        forget_body(stream);
    } else {
        buffer_add(&stream->visit->body, bytes, size_bytes);
        session->body_bytes += size_bytes;
    }
    return 0;
}

static int on_stream_closed(nghttp2_session *library, int32_t id, uint32_t why, void *context)
{
    struct stream *stream = stream_of(library, id);

    (void)why;
    (void)context;
    if (stream)
        http2_stream_end(stream);
    return 0;
}

/* The answer is out while the client still sends: it is told that the rest is not wanted, and that nothing was wrong (RFC 9113, 8.1). */
static int on_frame_sent(nghttp2_session *library, const nghttp2_frame *frame, void *context)
{
    struct stream *stream = stream_of(library, frame->hd.stream_id);

    (void)context;
    if (stream && !stream->is_ended && (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        http2_stream_reset(stream, NGHTTP2_NO_ERROR);
    return 0;
}

/* Headers larger than the library sends. */
static int on_frame_unsent(nghttp2_session *library, const nghttp2_frame *frame, int why, void *context)
{
    struct stream *stream = stream_of(library, frame->hd.stream_id);

    (void)context;
    if (!stream || frame->hd.type != NGHTTP2_HEADERS)
        return 0;
    log_debug("an HTTP/2 answer cannot be sent: %s", nghttp2_strerror(why));
    http2_stream_reset(stream, NGHTTP2_INTERNAL_ERROR);
    return 0;
}

nghttp2_session_callbacks *http2_make_callbacks(void)
{
    nghttp2_session_callbacks *callbacks;

    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_head_begins);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_field);
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_bad_field);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_body);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_closed);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, on_frame_unsent);
    return callbacks;
}
