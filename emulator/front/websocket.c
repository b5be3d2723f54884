/* WebSockets by libwebsockets. Its own handshake reader has limits that browsers' heads exceed, so it is given the socket of an accepted
 * upgrade together with a minimal request of ours, and only has to answer 101 to that.
 *
 * Frames go out at once, straight from whoever sends; what the kernel does not take waits here, bounded. Everything that ends a connection
 * goes one way: it is noted, what waits is sent, and the library's "writable" callback closes with the noted code. */

#include "front/inside.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <libwebsockets.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    FRAME_BYTES = 32768,          /* a longer message goes out as continuation frames of this size, as on AWS */
    RECEIVE_BYTES = 4096,         /* held by the library for each connection; a longer frame comes in pieces */
    LIBRARY_BUFFER_BYTES = 32768, /* shared by all connections; the 101 with its subprotocol must fit */
    WRITES_MAX = 16,              /* in one callback */
    REASON_BYTES = 124,           /* of a close frame, and a NUL */
    CLOSE_TIMEOUT_MS = 5000       /* for a peer to read what waits and answer the close frame */
};

enum close_code {
    CLOSE_GOING_AWAY = 1001,
    CLOSE_UNSUPPORTED_DATA = 1003,
    CLOSE_NO_STATUS = 1005,
    CLOSE_ABNORMAL = 1006,
    CLOSE_INVALID_TEXT = 1007,
    CLOSE_POLICY = 1008,
    CLOSE_TOO_BIG = 1009
};

struct websockets {
    struct front *front;
    struct lws_context *library;
    struct lws_vhost *host;
    struct list all;
    struct websocket *arriving; /* being adopted: the library calls back before it has told us its handle */
    const char *subprotocol;    /* of the one arriving */
    unsigned char frame[LWS_PRE + FRAME_BYTES];
};

/* A frame that waits for the reader. */
struct parcel {
    struct list link;
    size_t size_bytes;
    int kind; /* enum lws_write_protocol */
    unsigned char bytes[];
};

struct websocket {
    struct websockets *all;
    struct list link;
    struct lws *library; /* NULL: not adopted, or gone */
    const struct websocket_events *events;
    void *owner;
    struct websocket_limits limits;
    struct list parcels;
    size_t parcel_bytes;   /* in all parcels */
    size_t library_bytes;  /* at most so many of the last frame wait in the library */
    struct buffer message; /* the fragments so far */
    struct timer timer;    /* bounds closing */
    struct deferred gone;
    int fd;
    int code; /* that we close with, or that the peer gave; 0: none yet */
    char *reason;
    bool is_in_frame;    /* more of the frame is to come */
    bool is_closing;     /* we began to end it: nothing more is taken in or queued */
    bool is_close_said;  /* the close frame has been handed over */
    bool is_peer_closed; /* the peer began */
};

static struct websocket *websocket_of(struct lws *library)
{
    return lws_get_opaque_user_data(library);
}

/* --- out --- */

static void drop_parcels(struct websocket *websocket)
{
    while (!list_is_empty(&websocket->parcels)) {
        struct parcel *parcel = list_item(websocket->parcels.next, struct parcel, link);

        list_remove(&parcel->link);
        free(parcel);
    }
    websocket->parcel_bytes = 0;
}

static bool must_wait(struct websocket *websocket)
{
    return !list_is_empty(&websocket->parcels) || lws_partial_buffered(websocket->library);
}

/* A write fails only on a line that is dead already; the library notices by reading. */
static void write_frame(struct websocket *websocket, unsigned char *bytes, size_t size_bytes, int kind)
{
    if (lws_write(websocket->library, bytes, size_bytes, (enum lws_write_protocol)kind) < 0)
        shutdown(websocket->fd, SHUT_RDWR);
    websocket->library_bytes = lws_partial_buffered(websocket->library) ? size_bytes : 0;
}

static void queue_frame(struct websocket *websocket, const char *bytes, size_t size_bytes, int kind)
{
    struct parcel *parcel = memory_new(sizeof *parcel + LWS_PRE + size_bytes);

    parcel->size_bytes = size_bytes;
    parcel->kind = kind;
    memcpy(parcel->bytes + LWS_PRE, bytes, size_bytes);
    list_add(&websocket->parcels, &parcel->link);
    websocket->parcel_bytes += size_bytes;
    lws_callback_on_writable(websocket->library);
}

static void send_frame(struct websocket *websocket, const char *bytes, size_t size_bytes, int kind)
{
    unsigned char *frame = websocket->all->frame;

    if (must_wait(websocket)) {
        queue_frame(websocket, bytes, size_bytes, kind);
        return;
    }
    memcpy(frame + LWS_PRE, bytes, size_bytes);
    write_frame(websocket, frame + LWS_PRE, size_bytes, kind);
}

size_t websocket_queued(const struct websocket *websocket)
{
    return websocket->parcel_bytes + websocket->library_bytes;
}

enum status websocket_send(struct websocket *websocket, const char *text, size_t size_bytes)
{
    size_t sent = 0;

    if (!websocket->library || websocket->is_closing || websocket->is_peer_closed)
        return ABSENT;
    do {
        size_t size = size_bytes - sent < FRAME_BYTES ? size_bytes - sent : FRAME_BYTES;
        int kind = (sent ? LWS_WRITE_CONTINUATION : LWS_WRITE_TEXT) | (sent + size < size_bytes ? LWS_WRITE_NO_FIN : 0);

        if (websocket_queued(websocket) + size > websocket->limits.queue_max_bytes && must_wait(websocket)) {
            drop_parcels(websocket);
            websocket_close(websocket, CLOSE_POLICY, "");
            return FULL;
        }
        send_frame(websocket, text + sent, size, kind);
        sent += size;
    } while (sent < size_bytes);
    return OK;
}

/* --- the end --- */

static void note(struct websocket *websocket, int code, const char *reason, size_t size_bytes)
{
    size_t size = size_bytes < REASON_BYTES ? size_bytes : REASON_BYTES - 1;

    free(websocket->reason);
    while (size && !text_is_utf8(reason, size))
        size--;
    websocket->reason = size ? memory_copy(reason, size) : NULL;
    websocket->code = code;
}

static void on_close_timeout(struct timer *timer)
{
    shutdown(list_item(timer, struct websocket, timer)->fd, SHUT_RDWR);
}

static void begin_close(struct websocket *websocket, int code, const char *reason)
{
    struct clock *clock = websocket->all->front->ground->clock;

    if (websocket->is_closing || websocket->is_peer_closed)
        return;
    websocket->is_closing = true;
    note(websocket, code, reason, strlen(reason));
    buffer_clear(&websocket->message);
    if (!websocket->library)
        return;
    timer_start(clock, &websocket->timer, CLOSE_TIMEOUT_MS, on_close_timeout);
    lws_callback_on_writable(websocket->library);
}

void websocket_close(struct websocket *websocket, int code, const char *reason)
{
    begin_close(websocket, code, reason ? reason : "");
}

void websocket_abort(struct websocket *websocket)
{
    begin_close(websocket, CLOSE_ABNORMAL, "");
    note(websocket, CLOSE_ABNORMAL, "", 0);
    websocket->is_close_said = true;
    drop_parcels(websocket);
    if (websocket->library)
        shutdown(websocket->fd, SHUT_RDWR);
}

/* The library closes by itself on protocol errors; then the code that it chose lies here. */
static void note_library_code(struct websocket *websocket)
{
    const unsigned char *payload = lws_get_close_payload(websocket->library);

    if (lws_get_close_length(websocket->library) < 2)
        return;
    websocket->is_closing = true;
    note(websocket, payload[0] << 8 | payload[1], "", 0);
}

static void free_websocket(struct websocket *websocket)
{
    timer_stop(websocket->all->front->ground->clock, &websocket->timer);
    loop_forget(&websocket->gone);
    list_remove(&websocket->link);
    drop_parcels(websocket);
    buffer_clear(&websocket->message);
    free(websocket->reason);
    free(websocket);
}

static void end(struct websocket *websocket)
{
    int code = websocket->code ? websocket->code : CLOSE_ABNORMAL;

    websocket->library = NULL;
    websocket->events->closed(websocket, websocket->owner, code, websocket->reason ? websocket->reason : "", websocket->is_closing);
    free_websocket(websocket);
}

static void on_gone(struct deferred *deferred)
{
    end(list_item(deferred, struct websocket, gone));
}

/* --- in --- */

static void deliver(struct websocket *websocket)
{
    struct buffer whole = websocket->message;

    websocket->message = (struct buffer){ 0 };
    if (text_is_utf8(whole.data, whole.size))
        websocket->events->message(websocket, websocket->owner, whole.data, whole.size);
    else
        begin_close(websocket, CLOSE_INVALID_TEXT, "");
    buffer_clear(&whole);
}

/* A piece of a frame. The first one tells the whole frame's size, so a frame that is too large is refused before it has come. */
static void take_piece(struct websocket *websocket, const char *bytes, size_t size_bytes)
{
    size_t left = lws_remaining_packet_payload(websocket->library);
    bool is_first = !websocket->is_in_frame;

    websocket->is_in_frame = left > 0;
    if (websocket->is_closing)
        return;
    if (lws_frame_is_binary(websocket->library)) {
        begin_close(websocket, CLOSE_UNSUPPORTED_DATA, "");
        return;
    }
    if ((is_first && left > websocket->limits.frame_max_bytes - size_bytes) || size_bytes > websocket->limits.frame_max_bytes ||
        left + size_bytes > websocket->limits.message_max_bytes - websocket->message.size) {
        begin_close(websocket, CLOSE_TOO_BIG, "");
        return;
    }
    buffer_add(&websocket->message, bytes, size_bytes);
    if (!left && lws_is_final_fragment(websocket->library))
        deliver(websocket);
}

/* --- the library's callbacks --- */

/* A handler's text must not end the header and begin another. */
static bool is_field_value(const char *text)
{
    for (; text && *text; text++)
        if ((unsigned char)*text < ' ' || *text == 127)
            return false;
    return text != NULL;
}

static int add_headers(struct websockets *all, struct lws *library, struct lws_process_html_args *place)
{
    unsigned char **at = (unsigned char **)&place->p;
    unsigned char *end_of_room = *at + place->max_len;
    const char *date = http_date(all->front->http);

    if (lws_add_http_header_by_name(library, (const unsigned char *)"Date:", (const unsigned char *)date, (int)strlen(date), at,
                                    end_of_room))
        return -1;
    if (!all->subprotocol)
        return 0;
    return lws_add_http_header_by_name(library, (const unsigned char *)"Sec-WebSocket-Protocol:", (const unsigned char *)all->subprotocol,
                                       (int)strlen(all->subprotocol), at, end_of_room);
}

static int on_writable(struct websocket *websocket)
{
    websocket->library_bytes = 0;
    if (websocket->is_close_said)
        return 0; /* called again while the peer's answer to the close frame is awaited: a second -1 would cut it short */
    for (int i = 0; i < WRITES_MAX && !list_is_empty(&websocket->parcels) && !lws_partial_buffered(websocket->library); i++) {
        struct parcel *parcel = list_item(websocket->parcels.next, struct parcel, link);

        list_remove(&parcel->link);
        websocket->parcel_bytes -= parcel->size_bytes;
        write_frame(websocket, parcel->bytes + LWS_PRE, parcel->size_bytes, parcel->kind);
        free(parcel);
    }
    if (must_wait(websocket) || !websocket->is_closing) {
        if (must_wait(websocket))
            lws_callback_on_writable(websocket->library);
        return 0;
    }
    websocket->is_close_said = true;
    lws_close_reason(websocket->library, (enum lws_close_status)websocket->code, (unsigned char *)websocket->reason,
                     websocket->reason ? strlen(websocket->reason) : 0);
    return -1;
}

static int on_peer_close(struct websocket *websocket, const unsigned char *payload, size_t size_bytes)
{
    websocket->is_peer_closed = true;
    drop_parcels(websocket);
    if (websocket->is_closing)
        return 0; /* both began at once: ours counts */
    if (size_bytes >= 2)
        note(websocket, payload[0] << 8 | payload[1], (const char *)payload + 2, size_bytes - 2);
    else
        note(websocket, CLOSE_NO_STATUS, "", 0);
    return 0;
}

static void on_closed(struct websocket *websocket)
{
    struct front *front = websocket->all->front;

    if (websocket->all->arriving == websocket) {
        websocket->library = NULL; /* its owner does not know it yet: websocket_open tells later */
        return;
    }
    if (!websocket->code)
        note_library_code(websocket);
    lws_set_opaque_user_data(websocket->library, NULL);
    door_socket_closed(front);
    end(websocket);
}

static int on_event(struct lws *library, enum lws_callback_reasons reason, void *user, void *in, size_t size_bytes)
{
    struct websocket *websocket = websocket_of(library);
    struct websockets *all = lws_context_user(lws_get_context(library));

    (void)user;
    if (!all)
        return 0;
    if (reason == LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION)
        lws_set_opaque_user_data(library, all->arriving);
    if (reason == LWS_CALLBACK_ADD_HEADERS && all->arriving)
        return add_headers(all, library, in);
    if (reason == LWS_CALLBACK_ESTABLISHED && websocket)
        websocket->library = library;
    if (!websocket || !websocket->library)
        return 0;
    if (reason == LWS_CALLBACK_RECEIVE)
        take_piece(websocket, in, size_bytes);
    if (reason == LWS_CALLBACK_SERVER_WRITEABLE)
        return on_writable(websocket);
    if (reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE)
        return on_peer_close(websocket, in, size_bytes);
    if (reason == LWS_CALLBACK_CLOSED)
        on_closed(websocket);
    return 0;
}

/* --- life --- */

static const struct lws_protocols protocols[] = {
    { .name = "", .callback = on_event, .rx_buffer_size = RECEIVE_BYTES, .tx_packet_size = 262144 },
    { 0 },
};

/* Both zero: the library sends no pings of its own, as AWS does not. */
static const lws_retry_bo_t no_pings = { 0 };

static void drop_log(int level, const char *line)
{
    (void)level;
    log_debug("libwebsockets: %.*s", (int)strcspn(line, "\n"), line);
}

static bool start_library(struct websockets *all)
{
    void *loops[] = { loop_library(all->front->ground->loop) };
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_LIBEV,
        .foreign_loops = loops,
        .gid = -1,
        .uid = -1,
        .pt_serv_buf_size = LIBRARY_BUFFER_BYTES,
        .protocols = protocols,
        .retry_and_idle_policy = &no_pings,
        .user = all,
    };

    lws_set_log_level(LLL_ERR | LLL_WARN, drop_log);
    all->library = lws_create_context(&info);
    if (all->library)
        all->host = lws_create_vhost(all->library, &info);
    return all->host;
}

static struct websockets *websockets_of(struct front *front)
{
    struct websockets *all = front->websockets;

    if (all)
        return all;
    all = memory_new(sizeof *all);
    all->front = front;
    list_init(&all->all);
    if (!start_library(all))
        log_error("cannot start the WebSocket library (is libwebsockets-evlib-ev installed?)");
    front->websockets = all;
    return all;
}

static void adopt(struct websockets *all, struct websocket *websocket, const char *key, const char *subprotocol)
{
    char head[256];
    int yes = 1;
    int size = snprintf(head, sizeof head,
                        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n",
                        key);

    setsockopt(websocket->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    all->arriving = websocket;
    all->subprotocol = is_field_value(subprotocol) ? subprotocol : NULL;
    lws_adopt_socket_vhost_readbuf(all->host, websocket->fd, head, (size_t)size);
    all->arriving = NULL;
    all->subprotocol = NULL;
}

struct websocket *websocket_open(struct front *front, int fd, const char *key, const char *subprotocol,
                                 const struct websocket_limits *limits, const struct websocket_events *events, void *owner)
{
    struct websockets *all = websockets_of(front);
    struct websocket *websocket = memory_new(sizeof *websocket);

    websocket->all = all;
    websocket->events = events;
    websocket->owner = owner;
    websocket->limits = *limits;
    websocket->fd = fd;
    list_init(&websocket->parcels);
    list_add(&all->all, &websocket->link);
    if (fd >= 0 && all->host)
        adopt(all, websocket, key, subprotocol);
    else if (fd >= 0)
        close(fd);
    if (websocket->library)
        return websocket;
    /* The client left in between: the owner hears of it when it has taken note of the connection. */
    if (fd >= 0)
        door_socket_closed(front);
    loop_defer(front->ground->loop, &websocket->gone, on_gone);
    return websocket;
}

void websockets_begin_close(struct front *front)
{
    if (!front->websockets)
        return;
    list_each(link, following, &front->websockets->all)
        websocket_close(list_item(link, struct websocket, link), CLOSE_GOING_AWAY, "Going away");
}

bool websockets_are_closed(const struct front *front)
{
    return !front->websockets || list_is_empty(&front->websockets->all);
}

void websockets_close(struct front *front)
{
    struct websockets *all = front->websockets;

    if (!all)
        return;
    if (all->library)
        lws_context_destroy(all->library); /* tells `closed` of all that are left */
    while (!list_is_empty(&all->all))
        end(list_item(all->all.next, struct websocket, link));
    front->websockets = NULL;
    free(all);
}
