/* WebSockets by libwebsockets. Its own handshake reader has limits that browsers' heads exceed, so it is given the socket of an accepted
 * upgrade together with a minimal request of ours, and only has to answer 101 to that. */

#include "front/websockets.h"

#include "base/log.h"
#include "base/memory.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RECEIVE_BYTES = 4096,        /* held by the library for each connection; a longer frame comes in pieces */
    LIBRARY_BUFFER_BYTES = 32768 /* shared by all connections; the 101 with its subprotocol must fit */
};

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

static int on_event(struct lws *library, enum lws_callback_reasons reason, void *user, void *in, size_t size_bytes)
{
    struct websocket *websocket = lws_get_opaque_user_data(library);
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
        websocket_take_piece(websocket, in, size_bytes);
    if (reason == LWS_CALLBACK_SERVER_WRITEABLE)
        return websocket_write_waiting(websocket);
    if (reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE)
        websocket_note_peer_close(websocket, in, size_bytes);
    if (reason == LWS_CALLBACK_CLOSED)
        websocket_lost(websocket);
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

static void on_gone(struct deferred *deferred)
{
    websocket_end(list_item(deferred, struct websocket, gone));
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
        websocket_end(list_item(all->all.next, struct websocket, link));
    front->websockets = NULL;
    free(all);
}
