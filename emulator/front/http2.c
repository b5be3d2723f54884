/* HTTP/2 by nghttp2: a session for each connection, which the library runs without sockets, threads or clocks. Each stream that has come
 * whole becomes one exchange, served by the same callback as an HTTP/1.1 request.
 *
 * The library's callbacks only take notes: what they found whole is served when the library has returned, so nothing behind the door runs
 * inside it. Answers are given to the library at once, or by the hook at the end of a turn, after the commit (as in http.c).
 *
 * What a client can make us hold is bounded: in each stream's head and body, in the bodies of a connection together, in the answers that
 * wait for its reading (above the bound, its next requests wait unserved), and in what is written ahead of its socket. */

#include "front/inside.h"

#include "base/log.h"
#include "base/memory.h"

#include <ctype.h>
#include <errno.h>
#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    STREAMS_MAX = 128,      /* open at once in a connection; more are refused, and clients know the number */
    WINDOW_BYTES = 1 << 20, /* of a stream's and a connection's body, on its way without our word */
    HELD_BODIES = 4,        /* bodies of the largest size that a connection may make us hold, as requests and as answers */
    HEAD_FLOOD_HEADS = 16,  /* a head so many times too large ends the connection (a few bytes can name a table's entry many times) */
    ACKNOWLEDGEMENTS = 256, /* of settings and pings that wait to be written */
    RESETS_BURST = 500,     /* by the client, */
    RESETS_PER_SECOND = 50, /* and what is regained; who resets more is sent away */
    SETTINGS_ENTRIES = 32,  /* in one frame */
    CONTINUATIONS = 8,      /* of one head */
    PIECE_BYTES = 16384,    /* of one read, and what is written ahead */
    READS_MAX = 4,          /* of one connection in a turn, so that others have theirs */
    WRITE_MAX_BYTES = 1 << 20,
    SWEEP_MS = 5000,
    IDLE_MAX_MS = 900000, /* without a stream; the same times as in http.c */
    BODY_PAUSE_MAX_MS = 60000,
    ANSWER_MAX_MS = 300000
};

struct http2 {
    struct front *front;
    struct turn_hook hook;
    struct deferred wake;
    struct timer sweep;
    struct list sessions; /* the longest quiet first */
    struct list released; /* streams whose answer leaves at this turn's end */
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *options;
};

struct session {
    struct http2 *http2;
    struct list link; /* in http2->sessions */
    nghttp2_session *library;
    struct watch *watch;
    struct list stirred;   /* while the turn's answers are sent: it has some */
    struct deferred again; /* there is more to do without anything happening outside */
    struct timer patience; /* while it is leaving */
    struct list streams;
    struct list whole;      /* streams that are to be served or refused, in the order they came */
    struct buffer out;      /* given by the library, not yet taken by the socket */
    int64_t quiet_since_ms; /* the last stream began or ended */
    size_t body_bytes;      /* of requests, held in all streams */
    size_t unsent_bytes;    /* of answers that the library was given */
    size_t dropped_bytes;   /* while it is leaving */
    bool is_dead;           /* the line is broken, or the client has misbehaved */
    bool is_over;           /* the client sends no more */
    bool is_leaving;        /* we send no more; only the client's own close is awaited */
    bool is_tls;
    char address[INET6_ADDRSTRLEN];
};

/* One request on its way through; with whoever answers it, it may outlive its stream. */
struct visit {
    struct exchange exchange;
    struct stream *stream; /* NULL: the client has left, the answer goes to nobody */
    struct buffer body;
    const char *cookie;
    bool is_serving; /* inside options.serve */
    bool is_out;     /* with whoever answers it; until then it is ours to free */
    bool is_answered;
};

struct stream {
    struct session *session;
    struct list link;     /* in session->streams */
    struct list whole;    /* in session->whole */
    struct list released; /* in http2->released */
    int32_t id;
    struct visit *visit;  /* NULL once it is answered */
    struct buffer unsent; /* the answer's body */
    size_t sent_bytes;
    size_t head_bytes;
    size_t received_bytes;
    int64_t moved_ms; /* the last time that bytes of it came or went */
    int refusal;      /* the status that it is refused with, or 0 */
    bool is_headed;   /* its head is whole */
    bool is_ended;    /* the client sends no more of it */
    bool is_replied;  /* the library has the answer */
    bool is_reset;    /* by us: the library has the word */
};

static int64_t now_ms(const struct session *session)
{
    return clock_now_ms(session->http2->front->ground->clock);
}

static size_t body_max(const struct session *session)
{
    return session->http2->front->options.body_max_bytes;
}

static void touch(struct session *session)
{
    session->quiet_since_ms = now_ms(session);
    list_remove(&session->link);
    list_add(&session->http2->sessions, &session->link);
}

/* --- visits and streams --- */

static void free_visit(struct visit *visit)
{
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

static void forget_body(struct stream *stream)
{
    if (!stream->visit)
        return;
    stream->session->body_bytes -= stream->visit->body.size;
    buffer_clear(&stream->visit->body);
}

/* The stream has no more to do with its visit; who still works on the answer is told. */
static void detach(struct stream *stream)
{
    struct visit *visit = stream->visit;
    void (*left)(struct exchange *, void *);

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
    left = visit->exchange.left;
    visit->exchange.left = NULL;
    if (left)
        left(&visit->exchange, visit->exchange.context);
}

static struct stream *begin_stream(struct session *session, int32_t id)
{
    struct stream *stream = memory_new(sizeof *stream);
    struct visit *visit = memory_new(sizeof *visit);
    struct request *request = &visit->exchange.request;

    stream->session = session;
    stream->id = id;
    stream->visit = visit;
    stream->moved_ms = now_ms(session);
    visit->stream = stream;
    visit->exchange.send = send_answer;
    request->body = "";
    request->remote_address = arena_text(&visit->exchange.arena, session->address);
    request->is_tls = session->is_tls;
    list_add(&session->streams, &stream->link);
    touch(session);
    return stream;
}

static void end_stream(struct stream *stream)
{
    struct session *session = stream->session;

    list_remove(&stream->link);
    list_remove(&stream->whole);
    session->unsent_bytes -= stream->unsent.size;
    detach(stream);
    buffer_clear(&stream->unsent);
    free(stream);
    touch(session);
}

/* --- answers --- */

static ssize_t give_body(nghttp2_session *library, int32_t id, uint8_t *into, size_t room, uint32_t *flags, nghttp2_data_source *source,
                         void *context)
{
    struct stream *stream = source->ptr;
    size_t size = stream->unsent.size - stream->sent_bytes;

    (void)library;
    (void)id;
    (void)context;
    if (size > room)
        size = room;
    memcpy(into, stream->unsent.data + stream->sent_bytes, size);
    stream->sent_bytes += size;
    stream->moved_ms = now_ms(stream->session);
    if (stream->sent_bytes == stream->unsent.size)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)size;
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

static void reset(struct stream *stream, uint32_t why)
{
    if (!stream->is_reset)
        nghttp2_submit_rst_stream(stream->session->library, NGHTTP2_FLAG_NONE, stream->id, why);
    stream->is_reset = true;
}

/* Gives the answer to the library, which copies the headers; the body moves to the stream. */
static void submit(struct stream *stream, struct arena *arena, struct answer *answer, bool is_head)
{
    struct session *session = stream->session;
    bool has_no_body = answer_has_no_body(answer);
    size_t size = has_no_body ? 0 : answer->body.size;
    nghttp2_nv *fields = arena_take(arena, (answer->headers.count + 3) * sizeof *fields);
    nghttp2_data_provider body = { .source.ptr = stream, .read_callback = give_body };
    size_t count = 2;

    fields[0] = make_field(":status", arena_print(arena, "%d", answer_status(answer)));
    fields[1] = make_field("date", http_date(session->http2->front->http));
    count += write_fields(arena, &answer->headers, fields + count);
    if (!has_no_body)
        fields[count++] = make_field("content-length", arena_print(arena, "%zu", size));
    stream->is_replied = true;
    stream->moved_ms = now_ms(session);
    if (size && !is_head) {
        stream->unsent = answer->body;
        answer->body = (struct buffer){ 0 };
        session->unsent_bytes += size;
    }
    if (nghttp2_submit_response(session->library, stream->id, fields, count, stream->unsent.size ? &body : NULL) < 0)
        reset(stream, NGHTTP2_INTERNAL_ERROR);
}

static void reply(struct stream *stream)
{
    struct exchange *exchange = &stream->visit->exchange;

    submit(stream, &exchange->arena, &exchange->answer, !strcmp(exchange->request.method, "HEAD"));
    detach(stream);
}

/* Answers by ourselves: for what never reaches the rooms, or whose answer will not come. */
static void refuse(struct stream *stream, int status)
{
    const char *method = stream->visit->exchange.request.method;
    struct arena arena = { 0 };
    struct answer answer = { .status = status };

    header_add(&answer.headers, &arena, "Content-Type", "application/json");
    buffer_add_text(&answer.body, farewell_body(status));
    submit(stream, &arena, &answer, method && !strcmp(method, "HEAD"));
    detach(stream);
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
    if (!visit->is_answered)
        return;
    /* What was written in this turn is not safe before the commit; an answer that says it is must wait for that. */
    if (answer_must_wait(front))
        release(stream);
    else
        reply(stream);
}

/* Whether so many bytes of answers wait for the client that its next requests have to. */
static bool is_full(const struct session *session)
{
    return session->unsent_bytes >= HELD_BODIES * body_max(session);
}

static void serve_whole(struct session *session)
{
    while (!list_is_empty(&session->whole) && !is_full(session)) {
        struct stream *stream = list_item(session->whole.next, struct stream, whole);

        list_remove(&stream->whole);
        if (stream->refusal)
            refuse(stream, stream->refusal);
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
        stream->refusal = 431;
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
    stream->moved_ms = now_ms(session);
    if (stream->received_bytes / 2 > body_max(session))
        reset(stream, NGHTTP2_CANCEL);
    if (!stream->visit || stream->refusal)
        return 0;
    if (stream->received_bytes > body_max(session)) {
        stream->visit->exchange.request.is_too_large = true;
        forget_body(stream);
    } else if (session->body_bytes + size_bytes > HELD_BODIES * body_max(session)) {
        reset(stream, NGHTTP2_REFUSED_STREAM);
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
        end_stream(stream);
    return 0;
}

/* The answer is out while the client still sends: it is told that the rest is not wanted, and that nothing was wrong (RFC 9113, 8.1). */
static int on_frame_sent(nghttp2_session *library, const nghttp2_frame *frame, void *context)
{
    struct stream *stream = stream_of(library, frame->hd.stream_id);

    (void)context;
    if (stream && !stream->is_ended && (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        reset(stream, NGHTTP2_NO_ERROR);
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
    reset(stream, NGHTTP2_INTERNAL_ERROR);
    return 0;
}

/* --- the socket --- */

static void end_streams(struct session *session)
{
    while (!list_is_empty(&session->streams))
        end_stream(list_item(session->streams.next, struct stream, link));
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
        serve_whole(session);
    list_each(link, following, &session->streams) {
        struct stream *stream = list_item(link, struct stream, link);

        if (stream->is_replied || stream->visit->is_answered)
            continue;
        list_remove(&stream->whole);
        reset(stream, NGHTTP2_CANCEL);
        detach(stream);
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
    if (!session->is_dead && !list_is_empty(&session->whole) && !is_full(session))
        loop_defer(session->http2->front->ground->loop, &session->again, advance_again);
    settle(session);
}

static void advance(struct session *session)
{
    if (!session->is_dead && !session->is_over)
        serve_whole(session);
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
    touch(session);
    if (nghttp2_session_server_new2(&session->library, http2->callbacks, session, http2->options) < 0) {
        end_session(session);
        return;
    }
    greet(session);
    if (!timer_is_running(&http2->sweep))
        timer_start(front->ground->clock, &http2->sweep, SWEEP_MS, on_sweep);
}

/* No more streams are taken; those that there are, are finished. */
static void say_goodbye(struct session *session)
{
    nghttp2_submit_goaway(session->library, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session->library), NGHTTP2_NO_ERROR,
                          NULL, 0);
}

/* A body that does not come, or an answer that is not taken. What is being answered, or waits to be, has all the time it wants. */
static bool is_overdue(const struct stream *stream)
{
    int64_t quiet_ms = now_ms(stream->session) - stream->moved_ms;

    if (stream->is_replied)
        return quiet_ms > ANSWER_MAX_MS;
    return !stream->is_ended && !stream->refusal && quiet_ms > BODY_PAUSE_MAX_MS;
}

/* A stream that the client neglects is reset; when not even that can be written, the connection ends. */
static void sweep_session(struct session *session)
{
    bool is_idle = list_is_empty(&session->streams) && now_ms(session) - session->quiet_since_ms > IDLE_MAX_MS;

    list_each(link, following, &session->streams) {
        struct stream *stream = list_item(link, struct stream, link);

        if (!is_overdue(stream))
            continue;
        session->is_dead |= session->out.size > 0;
        reset(stream, NGHTTP2_CANCEL);
    }
    session->is_dead |= is_idle && session->out.size > 0;
    if (is_idle)
        say_goodbye(session);
    advance(session);
}

static void on_sweep(struct timer *timer)
{
    struct http2 *http2 = list_item(timer, struct http2, sweep);

    timer_start(http2->front->ground->clock, timer, SWEEP_MS, on_sweep);
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
        reply(stream);
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

    if (!answer_must_wait(http2->front))
        send_released(http2);
    return !list_is_empty(&http2->released);
}

void http2_fail_answers(struct http2 *http2)
{
    list_each(link, following, &http2->released) {
        answer_fail(&list_item(link, struct stream, released)->visit->exchange);
    }
}

/* --- life --- */

static nghttp2_session_callbacks *make_callbacks(void)
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
    http2->callbacks = make_callbacks();
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
        refuse(stream, 503);
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
