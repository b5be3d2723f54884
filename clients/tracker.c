#include "tracker.h"

#include "base/buffer.h"
#include "base/list.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HANDSHAKES_MAX = 64,
    URL_MAX_BYTES = 4096, /* as long as API Gateway takes */
    PAUSE_FIRST_MS = 100,
    PAUSE_LONGEST_MS = 5000,
    LIBRARY_BUFFER_BYTES = 65536,
};

enum tracker_state { IDLE, WAITING_TURN, CONNECTING, OPEN, LEAVING };

struct outgoing {
    struct list link;
    size_t size_bytes;
    char *frame; /* LWS_PRE bytes of room for the library, then the text */
};

struct tracker {
    struct list link;
    struct list turn; /* in trackers.queue while WAITING_TURN */
    struct trackers *trackers;
    struct lws *wsi;
    enum tracker_state state;
    int number;
    int failures; /* in a row */
    bool has_left;
    int close_code;
    char close_reason[128];
    char *path; /* with the query */
    struct timer pause;
    struct buffer message;
    struct list outgoing;
};

struct trackers {
    struct loop *loop;
    struct clock *clock;
    struct trackers_options options;
    struct random_stream chance;
    struct lws_context *library;
    struct list all;
    struct list queue; /* those who wait for their turn to connect */
    int count;
    int handshakes;
    bool is_closing;
    struct deferred connecting; /* handshakes begin at the end of the turn, so that none fails while its tracker is still being opened */
    char host[256];
    char authority[300]; /* host with its port, for the Host header */
    char path[URL_MAX_BYTES];
    int port;
    bool is_secure;
};

static void connect_next(struct trackers *trackers);

static enum status read_url(struct trackers *trackers, const char *url, char *problem)
{
    const char *host = strstr(url, "://");
    size_t host_length;
    size_t length;
    int64_t port;
    char *colon;

    trackers->is_secure = text_begins(url, "wss://") || text_begins(url, "https://");
    if (!trackers->is_secure && !text_begins(url, "ws://") && !text_begins(url, "http://")) {
        snprintf(problem, 256, "%.100s: begins with neither ws:// nor wss://", url);
        return INVALID;
    }
    host += 3;
    length = strcspn(host, "/?#");
    if (!length || length >= sizeof trackers->host || strlen(host) >= URL_MAX_BYTES) {
        snprintf(problem, 256, "%.100s: %s", url, length ? "is too long" : "names no host");
        return INVALID;
    }
    snprintf(trackers->authority, sizeof trackers->authority, "%.*s", (int)length, host);
    snprintf(trackers->path, sizeof trackers->path, "%s%.*s", host[length] == '/' ? "" : "/", (int)strcspn(host + length, "#"),
             host + length);
    host_length = *host == '[' ? strcspn(host, "]") + 1 : strcspn(trackers->authority, ":");
    snprintf(trackers->host, sizeof trackers->host, "%.*s", (int)host_length, host);
    colon = host_length < length ? trackers->authority + host_length : NULL;
    trackers->port = trackers->is_secure ? 443 : 80;
    if (!colon)
        return OK;
    if (*colon != ':' || !text_to_int64(colon + 1, &port) || port < 1 || port > 65535) {
        snprintf(problem, 256, "%.100s: has no port that can be read", url);
        return INVALID;
    }
    trackers->port = (int)port;
    return OK;
}

/* The path with the query of this tracker: {n} becomes its number. */
static char *make_path(const struct trackers *trackers, const char *query, int number)
{
    struct buffer path = { 0 };

    buffer_add_text(&path, trackers->path);
    if (query && *query)
        buffer_add_char(&path, strchr(trackers->path, '?') ? '&' : '?');
    for (; query && *query; query++) {
        if (text_begins(query, "{n}")) {
            buffer_print(&path, "%d", number);
            query += 2;
        } else {
            buffer_add_char(&path, *query);
        }
    }
    return buffer_take(&path);
}

static void drop_outgoing(struct tracker *tracker)
{
    list_each(link, following, &tracker->outgoing) {
        struct outgoing *outgoing = list_item(link, struct outgoing, link);

        list_remove(link);
        free(outgoing->frame);
        free(outgoing);
    }
}

static void wait_turn(struct tracker *tracker)
{
    tracker->state = WAITING_TURN;
    list_add(&tracker->trackers->queue, &tracker->turn);
}

static void pause_is_over(struct timer *timer)
{
    struct tracker *tracker = list_item(timer, struct tracker, pause);

    wait_turn(tracker);
    connect_next(tracker->trackers);
}

/* 100, 200, 400, ... milliseconds up to five seconds, each between half and all of it. */
static void rest(struct tracker *tracker)
{
    struct trackers *trackers = tracker->trackers;
    int64_t longest_ms = tracker->failures < 7 ? PAUSE_FIRST_MS << tracker->failures : PAUSE_LONGEST_MS;

    if (longest_ms > PAUSE_LONGEST_MS)
        longest_ms = PAUSE_LONGEST_MS;
    tracker->failures++;
    timer_start(trackers->clock, &tracker->pause, longest_ms / 2 + (int64_t)random_below(&trackers->chance, (uint64_t)longest_ms / 2),
                pause_is_over);
}

static void end(struct tracker *tracker, enum tracker_end how, int code, const char *reason)
{
    struct trackers *trackers = tracker->trackers;
    bool is_last = tracker->has_left || !trackers->options.is_persistent;

    if (tracker->state == CONNECTING)
        trackers->handshakes--;
    tracker->state = IDLE;
    tracker->wsi = NULL;
    tracker->message.size = 0;
    drop_outgoing(tracker);
    if (trackers->is_closing)
        return;
    if (!is_last)
        rest(tracker);
    trackers->options.ended(tracker, how, code, reason, is_last, trackers->options.context);
    connect_next(trackers);
}

static void refused(struct tracker *tracker, struct lws *wsi, const char *reason)
{
    unsigned status = lws_http_client_http_response(wsi);
    char text[160];

    if (status >= 200 && status < 600)
        snprintf(text, sizeof text, "the handshake was answered with HTTP status %u", status);
    else
        snprintf(text, sizeof text, "%.80s%s", reason ? reason : "no connection",
                 tracker->trackers->is_secure ? " (is the certificate's authority trusted? --ca names it)" : "");
    end(tracker, TRACKER_REFUSED, status >= 200 && status < 600 ? (int)status : 0, text);
}

static void take_message(struct tracker *tracker, struct lws *wsi, const char *bytes, size_t size_bytes)
{
    struct trackers *trackers = tracker->trackers;

    if (lws_is_first_fragment(wsi))
        tracker->message.size = 0;
    if (tracker->message.size + size_bytes > TRACKER_MESSAGE_MAX_BYTES)
        size_bytes = TRACKER_MESSAGE_MAX_BYTES - tracker->message.size; /* the rest of such a message is cut off */
    buffer_add(&tracker->message, bytes, size_bytes);
    if (lws_is_final_fragment(wsi) && !lws_remaining_packet_payload(wsi))
        trackers->options.message(tracker, tracker->message.data, tracker->message.size, trackers->options.context);
}

static int write_one(struct tracker *tracker, struct lws *wsi)
{
    struct outgoing *outgoing;
    int written;

    if (list_is_empty(&tracker->outgoing)) {
        if (tracker->state != LEAVING)
            return 0;
        lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
        tracker->close_code = LWS_CLOSE_STATUS_NORMAL;
        return -1;
    }
    outgoing = list_item(tracker->outgoing.next, struct outgoing, link);
    list_remove(&outgoing->link);
    written = lws_write(wsi, (unsigned char *)outgoing->frame + LWS_PRE, outgoing->size_bytes, LWS_WRITE_TEXT);
    free(outgoing->frame);
    free(outgoing);
    lws_callback_on_writable(wsi);
    return written < 0 ? -1 : 0;
}

static void note_close(struct tracker *tracker, const unsigned char *bytes, size_t size_bytes)
{
    tracker->close_code = size_bytes >= 2 ? bytes[0] << 8 | bytes[1] : 1005;
    snprintf(tracker->close_reason, sizeof tracker->close_reason, "%.*s", size_bytes > 2 ? (int)size_bytes - 2 : 0,
             size_bytes > 2 ? (const char *)bytes + 2 : "");
}

static int add_header(struct lws *wsi, const char *header, unsigned char **at, unsigned char *end_of_room)
{
    char name[128];
    size_t length = strcspn(header, ":");
    const char *value = header + length + strspn(header + length, ": ");

    snprintf(name, sizeof name, "%.*s:", (int)length, header);
    return lws_add_http_header_by_name(wsi, (const unsigned char *)name, (const unsigned char *)value, (int)strlen(value), at, end_of_room);
}

static int add_headers(struct tracker *tracker, struct lws *wsi, unsigned char **at, size_t room)
{
    const char *const *headers = tracker->trackers->options.headers;
    unsigned char *end_of_room = *at + room;

    /* Not by the library's own option: it would put "http://" before what begins with it already. */
    if (tracker->trackers->options.origin) {
        const char *origin = tracker->trackers->options.origin;

        if (lws_add_http_header_by_name(wsi, (const unsigned char *)"Origin:", (const unsigned char *)origin, (int)strlen(origin), at,
                                        end_of_room))
            return -1;
    }
    for (size_t i = 0; headers && headers[i]; i++)
        if (add_header(wsi, headers[i], at, end_of_room))
            return -1;
    return 0;
}

static void opened(struct tracker *tracker, struct lws *wsi)
{
    struct trackers *trackers = tracker->trackers;

    trackers->handshakes--;
    tracker->wsi = wsi;
    tracker->state = OPEN;
    tracker->failures = 0;
    tracker->close_code = 1006;
    tracker->close_reason[0] = '\0';
    if (tracker->has_left)
        tracker_leave(tracker);
    else
        trackers->options.opened(tracker, trackers->options.context);
    connect_next(trackers);
}

/* The library's one callback. */
static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
    struct tracker *tracker = wsi ? lws_get_opaque_user_data(wsi) : NULL;

    (void)user;
    if (!tracker)
        return 0;
    switch ((int)reason) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        return add_headers(tracker, wsi, in, size);
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        opened(tracker, wsi);
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE:
        take_message(tracker, wsi, in, size);
        return 0;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return write_one(tracker, wsi);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        note_close(tracker, in, size);
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        lws_set_opaque_user_data(wsi, NULL);
        refused(tracker, wsi, in);
        return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
        lws_set_opaque_user_data(wsi, NULL);
        end(tracker, TRACKER_CLOSED, tracker->close_code, tracker->close_reason);
        return 0;
    }
    return 0;
}

static const struct lws_protocols protocols[] = {
    { .name = "", .callback = on_event, .rx_buffer_size = LIBRARY_BUFFER_BYTES, .tx_packet_size = 262144 },
    { 0 },
};

/* Both zero: the library sends no pings of its own. */
static const lws_retry_bo_t no_pings = { 0 };

static void pass_log(int level, const char *line)
{
    (void)level;
    log_debug("libwebsockets: %.*s", (int)strcspn(line, "\n"), line);
}

static void begin_handshake(struct tracker *tracker)
{
    struct trackers *trackers = tracker->trackers;
    struct lws_client_connect_info info = {
        .context = trackers->library,
        .address = trackers->host,
        .port = trackers->port,
        .ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT | (trackers->is_secure ? LCCSCF_USE_SSL : 0),
        .path = tracker->path,
        .host = trackers->authority,
        .local_protocol_name = "",
        .alpn = "http/1.1",
        .opaque_user_data = tracker,
        .retry_and_idle_policy = &no_pings,
    };

    tracker->state = CONNECTING;
    trackers->handshakes++;
    if (!lws_client_connect_via_info(&info) && tracker->state == CONNECTING)
        end(tracker, TRACKER_REFUSED, 0, "no connection"); /* unless the callback has said so already */
}

static void connect_waiting(struct deferred *deferred)
{
    struct trackers *trackers = list_item(deferred, struct trackers, connecting);

    while (trackers->handshakes < HANDSHAKES_MAX && !list_is_empty(&trackers->queue)) {
        struct tracker *tracker = list_item(trackers->queue.next, struct tracker, turn);

        list_remove(&tracker->turn);
        begin_handshake(tracker);
    }
}

static void connect_next(struct trackers *trackers)
{
    if (!trackers->is_closing)
        loop_defer(trackers->loop, &trackers->connecting, connect_waiting);
}

static bool start_library(struct trackers *trackers)
{
    void *loops[] = { loop_library(trackers->loop) };
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .options = LWS_SERVER_OPTION_LIBEV | (trackers->is_secure ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0),
        .foreign_loops = loops,
        .gid = -1,
        .uid = -1,
        .pt_serv_buf_size = LIBRARY_BUFFER_BYTES,
        .max_http_header_pool = HANDSHAKES_MAX + 1,
        .protocols = protocols,
        .retry_and_idle_policy = &no_pings,
        .client_ssl_ca_filepath = trackers->options.ca_file,
        .user = trackers,
    };

    lws_set_log_level(LLL_ERR | LLL_WARN, pass_log);
    trackers->library = lws_create_context(&info);
    return trackers->library;
}

enum status trackers_open(struct trackers **result, struct loop *loop, struct clock *clock, const struct trackers_options *options,
                          char problem[256])
{
    struct trackers *trackers = memory_new(sizeof *trackers);
    enum status status;

    trackers->loop = loop;
    trackers->clock = clock;
    trackers->options = *options;
    trackers->chance = random_stream(options->random, "tracker pauses");
    list_init(&trackers->all);
    list_init(&trackers->queue);
    status = read_url(trackers, options->url, problem);
    if (status == OK && !start_library(trackers)) {
        snprintf(problem, 256, "the WebSocket library does not start (is libwebsockets-evlib-ev installed%s?)",
                 trackers->is_secure ? ", and is --ca a PEM file" : "");
        status = BROKEN;
    }
    if (status == OK)
        *result = trackers;
    else
        free(trackers);
    return status;
}

struct tracker *tracker_open(struct trackers *trackers, const char *query)
{
    struct tracker *tracker = memory_new(sizeof *tracker);

    tracker->trackers = trackers;
    tracker->number = ++trackers->count;
    tracker->path = make_path(trackers, query ? query : trackers->options.query, tracker->number);
    list_init(&tracker->outgoing);
    list_add(&trackers->all, &tracker->link);
    wait_turn(tracker);
    connect_next(trackers);
    return tracker;
}

int tracker_number(const struct tracker *tracker)
{
    return tracker->number;
}

bool tracker_is_open(const struct tracker *tracker)
{
    return tracker->state == OPEN;
}

void tracker_send(struct tracker *tracker, const char *text, size_t size_bytes)
{
    struct outgoing *outgoing;

    if (tracker->state != OPEN)
        return;
    outgoing = memory_new(sizeof *outgoing);
    outgoing->size_bytes = size_bytes;
    outgoing->frame = memory_new(LWS_PRE + size_bytes);
    memcpy(outgoing->frame + LWS_PRE, text, size_bytes);
    list_add(&tracker->outgoing, &outgoing->link);
    lws_callback_on_writable(tracker->wsi);
}

void tracker_leave(struct tracker *tracker)
{
    tracker->has_left = true;
    timer_stop(tracker->trackers->clock, &tracker->pause);
    list_remove(&tracker->turn);
    if (tracker->state == WAITING_TURN)
        tracker->state = IDLE;
    if (tracker->state != OPEN)
        return;
    tracker->state = LEAVING;
    lws_callback_on_writable(tracker->wsi);
}

void trackers_close(struct trackers *trackers)
{
    if (!trackers)
        return;
    trackers->is_closing = true;
    loop_forget(&trackers->connecting);
    lws_context_destroy(trackers->library);
    for (int i = 0; i < 3; i++)
        loop_turn(trackers->loop, 0); /* the library takes its watchers out of the loop */
    list_each(link, following, &trackers->all) {
        struct tracker *tracker = list_item(link, struct tracker, link);

        timer_stop(trackers->clock, &tracker->pause);
        drop_outgoing(tracker);
        buffer_clear(&tracker->message);
        free(tracker->path);
        free(tracker);
    }
    free(trackers);
}
