/* HTTP/2 by nghttp2: a session for each connection, which the library runs without sockets, threads or clocks. Each stream that has come
 * whole becomes one exchange, served by the same callback as an HTTP/1.1 request.
 *
 * The library's callbacks only take notes: what they found whole is served when the library has returned, so nothing behind the door runs
 * inside it. Answers are given to the library at once, or by the hook at the end of a turn, after the commit (as in http.c).
 *
 * What a client can make us hold is bounded: in each stream's head and body, in the bodies of a connection together, in the answers that
 * wait for its reading (above the bound, its next requests wait unserved), and in what is written ahead of its socket. */

#include "front/http2.h"

#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    STREAMS_MAX = 128,      /* open at once in a connection; more are refused, and clients know the number */
    WINDOW_BYTES = 1 << 20, /* of a stream's and a connection's body, on its way without our word */
    ACKNOWLEDGEMENTS = 256, /* of settings and pings that wait to be written */
    RESETS_BURST = 500,     /* by the client, */
    RESETS_PER_SECOND = 50, /* and what is regained; who resets more is sent away */
    SETTINGS_ENTRIES = 32,  /* in one frame */
    CONTINUATIONS = 8,      /* of one head */
    PIECE_BYTES = 16384,    /* of one read, and what is written ahead */
    READS_MAX = 4,          /* of one connection in a turn, so that others have theirs */
    WRITE_MAX_BYTES = 1 << 20,
    IDLE_MAX_MS = 900000, /* without a stream; the same times as in http.c */
    BODY_PAUSE_MAX_MS = 60000,
    ANSWER_MAX_MS = 300000
};

/* --- the socket --- */

static void end_streams(struct session *session)
{
    while (!list_is_empty(&session->streams))
        http2_stream_end(list_item(session->streams.next, struct stream, link));
}

static void end_session(struct session *session)
{
    struct http2 *http2 = session->http2;
    int fd = watch_fd(session->watch);

    end_streams(session);
    list_remove(&session->link);
    list_remove(&session->stirred);
    timer_stop(http2->front->ground->clock, &session->patience);
    loop_forget(&session->again);
    watch_close(session->watch);
    nghttp2_session_del(session->library);
    buffer_clear(&session->out);
    close(fd);
    free(session);
    if (list_is_empty(&http2->sessions))
        timer_stop(http2->front->ground->clock, &http2->sweep);
    door_socket_closed(http2->front);
}

static void on_patience_ends(struct timer *timer)
{
    end_session(list_item(timer, struct session, patience));
}

/* Who sends no more and waits for a later answer counts as gone. */
static void hear_end(struct session *session)
{
    session->is_over = true;
    if (!session->is_leaving)
        http2_serve_whole(session);
    list_each(link, following, &session->streams) {
        struct stream *stream = list_item(link, struct stream, link);

        if (!stream->visit || stream->visit->is_answered)
            continue;
        list_remove(&stream->whole);
        http2_stream_reset(stream, NGHTTP2_CANCEL);
        http2_stream_detach(stream);
    }
}

static void read_once(struct session *session, const uint8_t *bytes, size_t size_bytes)
{
    if (session->is_leaving) {
        session->dropped_bytes += size_bytes;
        session->is_dead |= session->dropped_bytes > FAREWELL_DRAIN_BYTES;
    } else if (nghttp2_session_mem_recv(session->library, bytes, size_bytes) < 0)
        session->is_dead = true;
}

static void read_socket(struct session *session)
{
    uint8_t piece[PIECE_BYTES];

    for (int i = 0; i < READS_MAX && !session->is_dead && !session->is_over; i++) {
        ssize_t size = recv(watch_fd(session->watch), piece, sizeof piece, MSG_DONTWAIT);

        if (size > 0)
            read_once(session, piece, (size_t)size);
        else if (size == 0)
            hear_end(session);
        else if (errno != EINTR) {
            session->is_dead |= errno != EAGAIN;
            return;
        }
    }
}

/* Takes from the library what it has to say, a piece at a time; false when there is no more of it. */
static bool refill(struct session *session)
{
    while (session->out.size < PIECE_BYTES) {
        const uint8_t *bytes;
        ssize_t size = nghttp2_session_mem_send(session->library, &bytes);

        session->is_dead |= size < 0;
        if (size <= 0)
            break;
        buffer_add(&session->out, bytes, (size_t)size);
    }
    return session->out.size > 0 && !session->is_dead;
}

static void write_socket(struct session *session)
{
    size_t written = 0;

    while (written < WRITE_MAX_BYTES && !session->is_leaving && refill(session)) {
        ssize_t size = send(watch_fd(session->watch), session->out.data, session->out.size, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0) {
            session->is_dead |= errno != EAGAIN;
            return;
        }
        buffer_drop(&session->out, (size_t)size);
        written += (size_t)size;
    }
    if (!session->out.size)
        buffer_clear(&session->out); /* an idle connection costs nothing */
}

/* All is said: the client has a while to close from its side, so that no reset tears our last words away. */
static void take_leave(struct session *session)
{
    session->is_leaving = true;
    end_streams(session);
    shutdown(watch_fd(session->watch), SHUT_WR);
    timer_start(session->http2->front->ground->clock, &session->patience, FAREWELL_TIMEOUT_MS, on_patience_ends);
}

static bool has_more_to_say(const struct session *session)
{
    return session->out.size || nghttp2_session_want_write(session->library);
}

static bool awaits_commit(const struct session *session)
{
    list_each(link, following, &session->streams) {
        if (list_item(link, struct stream, link)->visit)
            return true;
    }
    return false;
}

static bool is_done(const struct session *session)
{
    if (session->is_leaving || has_more_to_say(session))
        return false;
    return session->is_over ? !awaits_commit(session) : !nghttp2_session_want_read(session->library);
}

/* Watches for what can happen next; the session may be gone afterwards. */
static void settle(struct session *session)
{
    if (!session->is_dead && is_done(session))
        take_leave(session);
    if (session->is_dead || (session->is_leaving && session->is_over))
        end_session(session);
    else if (!session->is_leaving && has_more_to_say(session))
        watch_set(session->watch, WATCH_WRITE); /* who does not read is not read from either: so its pings cannot pile up here */
    else
        watch_set(session->watch, session->is_over ? 0 : WATCH_READ);
}

static void advance(struct session *session);

static void advance_again(struct deferred *deferred)
{
    advance(list_item(deferred, struct session, again));
}

/* Writes what can be written; what still waits to be served may be, then. */
static void speak(struct session *session)
{
    if (!session->is_dead)
        write_socket(session);
    if (!session->is_dead && !list_is_empty(&session->whole) && !http2_is_full(session))
        loop_defer(session->http2->front->ground->loop, &session->again, advance_again);
    settle(session);
}

static void advance(struct session *session)
{
    if (!session->is_dead && !session->is_over)
        http2_serve_whole(session);
    speak(session);
}

static void on_ready(struct watch *watch, int events, void *context)
{
    struct session *session = context;

    (void)watch;
    if (events & WATCH_READ)
        read_socket(session);
    advance(session);
}

/* --- life of a session --- */

static void greet(struct session *session)
{
    const nghttp2_settings_entry ours[] = {
        { NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS_MAX },
        { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW_BYTES },
        { NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1 }, /* so a flood of priorities leaves nothing behind */
    };

    nghttp2_submit_settings(session->library, NGHTTP2_FLAG_NONE, ours, sizeof ours / sizeof *ours);
    nghttp2_session_set_local_window_size(session->library, NGHTTP2_FLAG_NONE, 0, WINDOW_BYTES);
}

static void on_sweep(struct timer *timer);

void http2_admit(struct http2 *http2, struct visitor *visitor)
{
    struct session *session = memory_new(sizeof *session);
    struct front *front = http2->front;

    session->http2 = http2;
    session->is_tls = visitor->is_tls;
    strcpy(session->address, visitor->address);
    list_init(&session->streams);
    list_init(&session->whole);
    session->watch = watch_open(front->ground->loop, visitor->fd, WATCH_READ, on_ready, session);
    visitor_leave(visitor);
    http2_touch(session);
    if (nghttp2_session_server_new2(&session->library, http2->callbacks, session, http2->options) < 0) {
        end_session(session);
        return;
    }
    greet(session);
    if (!timer_is_running(&http2->sweep))
        timer_start(front->ground->clock, &http2->sweep, FLOW_SWEEP_MS, on_sweep);
}

/* No more streams are taken; those that there are, are finished. */
static void say_goodbye(struct session *session)
{
    nghttp2_submit_goaway(session->library, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session->library), NGHTTP2_NO_ERROR,
                          NULL, 0);
}

/* A body that does not come, or an answer that is not taken. What is being answered, or waits to be, has all the time it wants. */
static bool is_overdue(struct stream *stream)
{
    int64_t quiet_ms = http2_now_ms(stream->session) - stream->moved_ms;

    if (stream->is_flowing)
        return flow_has_stalled(&stream->flow, stream->session->http2->turns);
    if (stream->is_replied)
        return quiet_ms > ANSWER_MAX_MS;
    return !stream->is_ended && !stream->refusal && quiet_ms > BODY_PAUSE_MAX_MS;
}

/* A stream that the client neglects is reset; when not even that can be written, the connection ends. */
static void sweep_session(struct session *session)
{
    bool is_idle = list_is_empty(&session->streams) && http2_now_ms(session) - session->quiet_since_ms > IDLE_MAX_MS;

    list_each(link, following, &session->streams) {
        struct stream *stream = list_item(link, struct stream, link);

        if (!is_overdue(stream))
            continue;
        session->is_dead |= session->out.size > 0;
        http2_stream_reset(stream, NGHTTP2_CANCEL);
    }
    session->is_dead |= is_idle && session->out.size > 0;
    if (is_idle)
        say_goodbye(session);
    advance(session);
}

static void on_sweep(struct timer *timer)
{
    struct http2 *http2 = list_item(timer, struct http2, sweep);

    timer_start(http2->front->ground->clock, timer, FLOW_SWEEP_MS, on_sweep);
    list_each(link, following, &http2->sessions) {
        struct session *session = list_item(link, struct session, link);

        if (!session->is_leaving)
            sweep_session(session);
    }
}

bool http2_make_room(struct http2 *http2)
{
    list_each(link, following, &http2->sessions) {
        struct session *session = list_item(link, struct session, link);

        if (!list_is_empty(&session->streams))
            continue;
        say_goodbye(session);
        write_socket(session);
        end_session(session);
        return true;
    }
    return false;
}

/* --- the turn --- */

static void send_released(struct http2 *http2)
{
    struct list ready;
    struct list stirred;

    /* What is released from now on may have been written after the commit. */
    list_init(&ready);
    list_init(&stirred);
    list_each(link, following, &http2->released) {
        list_remove(link);
        list_add(&ready, link);
    }
    while (!list_is_empty(&ready)) {
        struct stream *stream = list_item(ready.next, struct stream, released);

        list_remove(&stream->session->stirred);
        list_add(&stirred, &stream->session->stirred);
        http2_stream_reply(stream);
    }
    while (!list_is_empty(&stirred)) {
        struct session *session = list_item(stirred.next, struct session, stirred);

        list_remove(&session->stirred);
        speak(session);
    }
}

static bool on_turn_end(struct turn_hook *hook)
{
    struct http2 *http2 = list_item(hook, struct http2, hook);

    http2->turns++;
    if (!answer_must_wait(http2->front))
        send_released(http2);
    return !list_is_empty(&http2->released);
}

void http2_fail_answers(struct http2 *http2)
{
    list_each(link, following, &http2->released) {
        struct stream *stream = list_item(link, struct stream, released);
        struct exchange *exchange = &stream->visit->exchange;

        if (exchange->is_flowing) {
            buffer_clear(&exchange->answer.body);
            http2_stream_reset(stream, NGHTTP2_INTERNAL_ERROR);
        } else
            answer_fail(exchange);
    }
}

/* --- life --- */

static nghttp2_option *make_options(void)
{
    nghttp2_option *options;

    nghttp2_option_new(&options);
    nghttp2_option_set_max_outbound_ack(options, ACKNOWLEDGEMENTS);
    nghttp2_option_set_max_settings(options, SETTINGS_ENTRIES);
    nghttp2_option_set_stream_reset_rate_limit(options, RESETS_BURST, RESETS_PER_SECOND);
    nghttp2_option_set_max_continuations(options, CONTINUATIONS);
    nghttp2_option_set_no_closed_streams(options, 1);
    return options;
}

void http2_open(struct http2 **out, struct front *front)
{
    struct http2 *http2 = memory_new(sizeof *http2);

    *out = http2;
    http2->front = front;
    http2->callbacks = http2_make_callbacks();
    http2->options = make_options();
    list_init(&http2->sessions);
    list_init(&http2->released);
    loop_add_hook(front->ground->loop, &http2->hook, on_turn_end);
}

static void begin_close(struct session *session)
{
    list_each(link, following, &session->streams) {
        struct stream *stream = list_item(link, struct stream, link);

        if (!stream->is_ended || !stream->visit || stream->visit->is_answered || stream->is_reset)
            continue;
        list_remove(&stream->whole);
        if (stream->visit->exchange.is_flowing)
            http2_stream_finish(stream);
        else
            http2_stream_refuse(stream, 503);
    }
    say_goodbye(session);
    advance(session);
}

void http2_begin_close(struct http2 *http2)
{
    list_each(link, following, &http2->sessions) {
        struct session *session = list_item(link, struct session, link);

        if (!session->is_leaving)
            begin_close(session);
    }
}

static bool is_quiet(const struct session *session)
{
    list_each(link, following, &session->streams) {
        if (list_item(link, struct stream, link)->is_ended)
            return false;
    }
    return session->is_leaving || !has_more_to_say(session);
}

bool http2_is_quiet(const struct http2 *http2)
{
    list_each(link, following, &http2->sessions) {
        if (!is_quiet(list_item(link, struct session, link)))
            return false;
    }
    return true;
}

void http2_close(struct http2 *http2)
{
    if (!http2)
        return;
    while (!list_is_empty(&http2->sessions))
        end_session(list_item(http2->sessions.next, struct session, link));
    loop_remove_hook(&http2->hook);
    loop_forget(&http2->wake);
    timer_stop(http2->front->ground->clock, &http2->sweep);
    nghttp2_session_callbacks_del(http2->callbacks);
    nghttp2_option_del(http2->options);
    free(http2);
}
