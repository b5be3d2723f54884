/* What the library tells of streams: heads field by field, bodies, ends. */

#include "front/http2.h"

#include "base/log.h"

#include <string.h>

enum {
    HEAD_FLOOD_HEADS = 10 /* a head so many times too large ends the connection (a few bytes can name a table's entry many times) */
};

static struct stream *stream_of(nghttp2_session *library, int32_t id)
{
    return nghttp2_session_get_stream_user_data(library, id);
}

static int on_head_begins(nghttp2_session *library, const nghttp2_frame *frame, void *context)
{
    struct session *session = context;

    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
        nghttp2_session_set_stream_user_data(library, frame->hd.stream_id, http2_stream_begin(session, frame->hd.stream_id));
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
    return length > 0 && (uint64_t)length > 2 * (uint64_t)http2_body_max(stream->session) ? 413 : 0;
}

static void take_head(struct stream *stream)
{
    const nghttp2_nv go_on = http2_field(":status", "100");

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

static void forget_body(struct stream *stream)
{
    if (!stream->visit)
        return;
    stream->session->body_bytes -= stream->visit->body.size;
    buffer_clear(&stream->visit->body);
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
    if (stream->received_bytes / 2 > http2_body_max(session))
        http2_stream_reset(stream, NGHTTP2_CANCEL);
    if (!stream->visit || stream->refusal)
        return 0;
    if (stream->received_bytes > http2_body_max(session)) {
        stream->visit->exchange.request.is_too_large = true;
        forget_body(stream);
    } else if (session->body_bytes + size_bytes > HTTP2_HELD_BODIES * http2_body_max(session)) {
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
