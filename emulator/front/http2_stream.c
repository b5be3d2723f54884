/* The streams of HTTP/2, and the visits that they bring: begun, served, ended. */

#include "front/http2.h"

#include "base/memory.h"

#include <stdlib.h>

void http2_touch(struct session *session)
{
    session->quiet_since_ms = http2_now_ms(session);
    list_remove(&session->link);
    list_add(&session->http2->sessions, &session->link);
}

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

struct stream *http2_stream_begin(struct session *session, int32_t id)
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

bool http2_is_full(const struct session *session)
{
    return session->unsent_bytes >= HTTP2_HELD_BODIES * http2_body_max(session);
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
