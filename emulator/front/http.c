/* Plain HTTP by libmicrohttpd, in its external epoll mode: the library waits for nothing and has no thread. All its work is done in one
 * place, the hook at the end of each turn, which the world runs after the commit: first the answers that waited leave, then the library
 * reads, calls us with whole requests, and writes.
 *
 * The answers of a turn leave together, after its commit when something has to be committed first: a client with many connections is woken
 * once and not by each. A request that is answered in a later turn is suspended; the library then looks at its socket no more, so we do,
 * and notice the client that leaves. */

#include "front/flow.h"
#include "front/inside.h"

#include "base/log.h"
#include "base/memory.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

enum {
    POOL_BYTES = 20480, /* of each connection, cleared by the library at each request: larger costs time, smaller bounds later heads */
    BODY_FIRST_BYTES = 65536, /* a client's word on its body's length is taken for this much */
    PIECE_BYTES = 1024,       /* of an answer in pieces, to a client that knows no chunks */
    ROUNDS_MAX = 6,           /* of the library in one turn, so that others have theirs */
    IDLE_MAX_MS = 900000,     /* between two requests */
    BODY_PAUSE_MAX_MS = 60000,
    ANSWER_MAX_MS = 300000,    /* for a client to read its answer */
    SUSPEND_WITHOUT_ITC = 8192 /* MHD_ALLOW_SUSPEND_RESUME without its pipe, which one thread does not need */
};

struct http {
    struct front *front;
    struct MHD_Daemon *library;
    struct watch *watch;
    struct turn_hook hook;
    struct deferred wake;
    struct timer sweep;
    struct list connections; /* the longest quiet first */
    struct list released;    /* suspended ones whose answer leaves at this turn's end */
    struct list leaving;     /* those whose client sends no more */
    struct list flows;       /* those whose answer comes in pieces */
    struct visitor *arriving;
    size_t busy_count; /* requests that are whole and not fully answered */
    uint64_t turns;    /* that the loop has made */
    bool is_ready;     /* the library has something to do */
    int64_t date_second;
    char date[32];
};

struct connection {
    struct http *http;
    struct list link;     /* in http->connections */
    struct list released; /* in http->released */
    struct list leaving;  /* in http->leaving */
    struct list flowing;  /* in http->flows */
    struct flow flow;     /* of an answer in pieces */
    struct MHD_Connection *library;
    struct sentry sentry; /* has the client left? */
    struct visit *visit;  /* the request in hand; NULL between requests */
    struct arena spare;   /* the last request's memory, for the next one */
    int64_t quiet_since_ms;
    int fd;
    bool is_tls;
    bool is_busy; /* its request is whole and not fully answered */
    bool is_suspended;
    bool is_flowing; /* the library has the head of an answer in pieces */
    bool is_cut;     /* the pieces that there are were the last, and not the end */
    char address[INET6_ADDRSTRLEN];
};

/* One request on its way through. The exchange is what is behind the door sees of it. */
struct visit {
    struct exchange exchange;
    struct connection *connection; /* NULL: the client has left, the answer goes to nobody */
    struct buffer body;
    struct deferred drained;
    size_t received_bytes;
    bool has_begun;  /* its head is read */
    bool is_serving; /* inside options.serve */
    bool is_out;     /* with whoever answers it; until then it is ours to free */
    bool is_answered;
    bool is_queued; /* the library was given its answer */
};

const char *http_date(struct http *http)
{
    int64_t second = clock_now_ms(http->front->ground->clock) / 1000;
    time_t time = (time_t)second;
    struct tm parts;

    if (second != http->date_second) {
        gmtime_r(&time, &parts);
        strftime(http->date, sizeof http->date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
        http->date_second = second;
    }
    return http->date;
}

static void touch(struct connection *connection)
{
    connection->quiet_since_ms = clock_now_ms(connection->http->front->ground->clock);
    list_remove(&connection->link);
    list_add(&connection->http->connections, &connection->link);
}

/* --- answers --- */

static struct MHD_Response *make_response(struct answer *answer)
{
    size_t size = answer_has_no_body(answer) ? 0 : answer->body.size;

    if (size)
        return MHD_create_response_from_buffer(size, buffer_take(&answer->body), MHD_RESPMEM_MUST_FREE);
    return MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
}

static void add_headers(struct http *http, const struct answer *answer, struct MHD_Response *response)
{
    MHD_add_response_header(response, "Date", http_date(http));
    for (size_t i = 0; i < answer->headers.count; i++) {
        const struct header *header = &answer->headers.items[i];

        if (answer_header_is_ours(header))
            continue;
        if (MHD_add_response_header(response, header->name, header->value) != MHD_YES)
            log_debug("the answer's header %s cannot be sent", header->name);
    }
}

static enum MHD_Result queue_response(struct connection *connection, struct answer *answer, struct MHD_Response *response)
{
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    add_headers(connection->http, answer, response);
    result = MHD_queue_response(connection->library, (unsigned)answer_status(answer), response);
    MHD_destroy_response(response);
    touch(connection);
    return result;
}

static enum MHD_Result queue(struct connection *connection, struct answer *answer)
{
    return queue_response(connection, answer, make_response(answer));
}

/* Answers by ourselves, and lets the connection end: for what never reaches the rooms. */
static enum MHD_Result refuse(struct connection *connection, int status)
{
    struct arena arena = { 0 };
    struct answer answer = { .status = status };
    enum MHD_Result result;

    header_add(&answer.headers, &arena, "Content-Type", "application/json");
    header_add(&answer.headers, &arena, "Connection", "close");
    buffer_add_text(&answer.body, farewell_body(status));
    result = queue(connection, &answer);
    buffer_clear(&answer.body);
    arena_clear(&arena);
    return result;
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

static void release(struct connection *connection)
{
    list_remove(&connection->released); /* pieces may come one after the other */
    list_add(&connection->http->released, &connection->released);
    loop_defer(connection->http->front->ground->loop, &connection->http->wake, awake);
}

static void send_answer(struct exchange *exchange)
{
    struct visit *visit = (struct visit *)exchange;

    visit->is_out = false;
    visit->is_answered = true;
    if (!visit->connection)
        free_visit(visit);
    else if (!visit->is_serving)
        release(visit->connection);
}

/* The connection has no more to do with its visit; who still works on the answer is told. */
static void part(struct connection *connection)
{
    struct visit *visit = connection->visit;

    connection->visit = NULL;
    visit->connection = NULL;
    exchange_leave(&visit->exchange);
}

static void suspend(struct connection *connection)
{
    connection->is_suspended = true;
    MHD_suspend_connection(connection->library);
}

/* Ends a connection from outside the library, which then finds that its client has gone. */
static void hang_up(struct connection *connection)
{
    touch(connection);
    shutdown(connection->fd, SHUT_RDWR);
}

/* An answer in pieces is cut: nothing more of it goes out, not even its end. The library forgets a connection whose content reader fails
 * (it is closed and never freed), so it is the socket that fails. */
static void detach(struct connection *connection)
{
    connection->is_cut = connection->is_flowing;
    if (connection->is_cut)
        hang_up(connection);
    if (!connection->is_cut || connection->is_suspended)
        release(connection);
    part(connection);
}

/* --- answers in pieces --- */

static void send_pieces(struct exchange *exchange)
{
    struct visit *visit = (struct visit *)exchange;

    if (visit->connection && !visit->is_serving)
        release(visit->connection);
}

static void on_drained(struct deferred *deferred)
{
    struct exchange *exchange = &list_item(deferred, struct visit, drained)->exchange;

    if (exchange->drained)
        exchange->drained(exchange, exchange->context);
}

static void note_taken(struct connection *connection)
{
    struct visit *visit = connection->visit;

    if (!visit)
        return;
    visit->exchange.untaken_bytes = flow_waiting(&connection->flow);
    if (!visit->exchange.untaken_bytes && visit->exchange.drained)
        loop_defer(connection->http->front->ground->loop, &visit->drained, on_drained);
}

/* The library wants more of the body. When there is none yet, it is not to ask again before there is. */
static ssize_t give_pieces(void *context, uint64_t position, char *into, size_t room)
{
    struct connection *connection = context;
    size_t size = flow_take(&connection->flow, into, room);

    (void)position;
    if (size) {
        note_taken(connection);
        return (ssize_t)size;
    }
    if (connection->is_cut || connection->flow.is_ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    suspend(connection);
    return 0;
}

/* Moves what the turn's commit has made good to where the library takes it from. */
static void pour(struct connection *connection)
{
    struct visit *visit = connection->visit;

    if (visit) {
        flow_add(&connection->flow, &visit->exchange.answer.body);
        visit->exchange.untaken_bytes = flow_waiting(&connection->flow);
    }
    if (!visit || visit->is_answered) {
        connection->flow.is_ended = true;
        touch(connection);
    }
}

static void begin_flow(struct connection *connection)
{
    struct answer *answer = &connection->visit->exchange.answer;
    struct http *http = connection->http;

    pour(connection);
    connection->is_flowing = true;
    list_add(&http->flows, &connection->flowing);
    queue_response(connection, answer, MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_BYTES, give_pieces, connection, NULL));
}

static void end_flow(struct connection *connection)
{
    list_remove(&connection->flowing);
    list_remove(&connection->released);
    flow_clear(&connection->flow);
    connection->flow = (struct flow){ 0 };
    connection->is_flowing = false;
    connection->is_cut = false;
}

/* We close: who answers in pieces is told that nobody listens any more, and what it has given so far is sent, with its end. */
static void finish_flow(struct connection *connection)
{
    struct visit *visit = connection->visit;

    exchange_leave(&visit->exchange);
    if (visit->is_answered)
        return;
    release(connection);
    part(connection);
}

static struct connection *connection_of(struct MHD_Connection *library)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(library, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

/* --- requests --- */

static enum MHD_Result add_header(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size, const char *value,
                                  size_t value_size)
{
    struct exchange *exchange = context;
    struct arena *arena = &exchange->arena;

    (void)kind;
    while (value_size && (value[value_size - 1] == ' ' || value[value_size - 1] == '\t'))
        value_size--;
    header_add(&exchange->request.headers, arena, arena_copy(arena, name, name_size), arena_copy(arena, value, value_size));
    return MHD_YES;
}

static enum MHD_Result begin(struct visit *visit, const char *method)
{
    struct exchange *exchange = &visit->exchange;
    struct request *request = &exchange->request;
    struct connection *connection = visit->connection;
    size_t body_max = connection->http->front->options.body_max_bytes;
    int64_t length = -1;

    visit->has_begun = true;
    request->method = arena_text(&exchange->arena, method);
    MHD_get_connection_values_n(connection->library, MHD_HEADER_KIND, add_header, exchange);
    if (connection->http->front->is_closing)
        return refuse(connection, 503); /* nothing may be suspended any more when the library stops */
    if (!head_split_target(&exchange->arena, request) || head_check(request, &length) || head_is_upgrade(request))
        return refuse(connection, 400);
    if (length > 0 && (uint64_t)length > 2 * (uint64_t)body_max)
        return refuse(connection, 413);
    if (length > 0)
        buffer_reserve(&visit->body, length < BODY_FIRST_BYTES ? (size_t)length : BODY_FIRST_BYTES);
    return MHD_YES;
}

/* A body over the bound is read on and dropped, because many clients only listen once they have sent it all; beyond twice the bound nobody
 * is that patient. */
static enum MHD_Result take_body(struct visit *visit, const char *bytes, size_t *size_bytes)
{
    struct connection *connection = visit->connection;
    size_t body_max = connection->http->front->options.body_max_bytes;

    visit->received_bytes += *size_bytes;
    if (visit->received_bytes > body_max) {
        visit->exchange.request.is_too_large = true;
        buffer_clear(&visit->body);
    } else
        buffer_add(&visit->body, bytes, *size_bytes);
    *size_bytes = 0;
    touch(connection);
    return visit->received_bytes / 2 > body_max ? MHD_NO : MHD_YES;
}

static enum MHD_Result wait_for_answer(struct visit *visit)
{
    struct connection *connection = visit->connection;

    if (!visit->is_answered || visit->exchange.is_flowing)
        suspend(connection);
    if (visit->is_answered || visit->exchange.is_flowing)
        release(connection);
    return MHD_YES;
}

static enum MHD_Result serve(struct visit *visit)
{
    struct front *front = visit->connection->http->front;
    struct exchange *exchange = &visit->exchange;

    if (visit->is_answered && !exchange->is_flowing && !visit->is_queued)
        return MHD_YES; /* it waits for the turn's end; the library asks in each of its runs */
    if (visit->is_out || visit->is_answered)
        return MHD_NO; /* it could not be suspended, or its answer not be queued */
    exchange->request.body = visit->body.data ? visit->body.data : "";
    exchange->request.body_size = visit->body.size;
    visit->connection->http->busy_count++;
    visit->connection->is_busy = true;
    visit->is_out = true;
    visit->is_serving = true;
    front->options.serve(front->options.context, exchange);
    visit->is_serving = false;
    return wait_for_answer(visit);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *library, const char *url, const char *method, const char *version,
                                  const char *upload, size_t *upload_size, void **state)
{
    struct connection *connection = connection_of(library);
    struct visit *visit = connection ? connection->visit : NULL;

    (void)context;
    (void)state;
    (void)url; /* decoded, and cut at an encoded NUL: the target as sent is what we go by */
    (void)version;
    if (!visit)
        return MHD_NO;
    if (!visit->has_begun)
        return begin(visit, method);
    if (*upload_size)
        return take_body(visit, upload, upload_size);
    return serve(visit);
}

/* The first that is heard of a request: its target, as sent. */
static void *on_target(void *context, const char *target, struct MHD_Connection *library)
{
    struct connection *connection = connection_of(library);
    struct visit *visit;

    (void)context;
    if (!connection || !target)
        return NULL;
    visit = memory_new(sizeof *visit);
    visit->connection = connection;
    visit->exchange.arena = connection->spare;
    connection->spare = (struct arena){ 0 };
    visit->exchange.send = send_answer;
    visit->exchange.flow = send_pieces;
    visit->exchange.request.target = arena_text(&visit->exchange.arena, target);
    visit->exchange.request.remote_address = arena_text(&visit->exchange.arena, connection->address);
    visit->exchange.request.is_tls = connection->is_tls;
    connection->visit = visit;
    touch(connection);
    return visit;
}

static void on_completed(void *context, struct MHD_Connection *library, void **state, enum MHD_RequestTerminationCode how)
{
    struct connection *connection = connection_of(library);
    struct visit *visit = *state;

    (void)context;
    (void)how;
    if (!connection || !visit)
        return;
    *state = NULL;
    touch(connection);
    connection->http->busy_count -= connection->is_busy;
    connection->is_busy = false;
    if (connection->is_flowing)
        end_flow(connection);
    /* One that is out belongs to whoever still answers it. */
    if (connection->visit && connection->visit->is_out)
        part(connection);
    else if (connection->visit) {
        arena_reset(&connection->visit->exchange.arena);
        connection->spare = connection->visit->exchange.arena;
        connection->visit->exchange.arena = (struct arena){ 0 };
        free_visit(connection->visit);
    }
    connection->visit = NULL;
}

/* --- connections --- */

static void on_sweep(struct timer *timer);

/* The client sends no more. The library would not see that of a suspended connection, nor when it came together with the request. */
static void on_client_left(struct sentry *sentry, uint32_t events)
{
    struct connection *connection = list_item(sentry, struct connection, sentry);

    (void)events;
    list_remove(&connection->leaving);
    list_add(&connection->http->leaving, &connection->leaving);
}

static void begin_connection(struct http *http, struct MHD_Connection *library, void **place)
{
    struct connection *connection = memory_new(sizeof *connection);

    connection->http = http;
    connection->library = library;
    connection->fd = http->arriving->fd;
    connection->is_tls = http->arriving->is_tls;
    strcpy(connection->address, http->arriving->address);
    http->arriving = NULL;
    *place = connection;
    touch(connection);
    sentry_post(&http->front->lookout, &connection->sentry, connection->fd, 0, on_client_left);
    if (!timer_is_running(&http->sweep))
        timer_start(http->front->ground->clock, &http->sweep, FLOW_SWEEP_MS, on_sweep);
}

static void end_connection(struct http *http, void **place)
{
    struct connection *connection = *place;

    if (!connection)
        return;
    *place = NULL;
    list_remove(&connection->link);
    list_remove(&connection->released);
    list_remove(&connection->leaving);
    list_remove(&connection->flowing);
    flow_clear(&connection->flow);
    sentry_withdraw(&http->front->lookout, &connection->sentry);
    arena_clear(&connection->spare);
    free(connection);
    if (list_is_empty(&http->connections))
        timer_stop(http->front->ground->clock, &http->sweep);
    door_socket_closed(http->front);
}

static void on_connection(void *context, struct MHD_Connection *library, void **place, enum MHD_ConnectionNotificationCode what)
{
    struct http *http = context;

    if (what == MHD_CONNECTION_NOTIFY_STARTED && http->arriving)
        begin_connection(http, library, place);
    else if (what == MHD_CONNECTION_NOTIFY_CLOSED)
        end_connection(http, place);
}

void http_admit(struct http *http, struct visitor *visitor)
{
    struct sockaddr_in unnamed = { .sin_family = AF_INET };
    struct front *front = http->front;

    sentry_withdraw(&front->lookout, &visitor->sentry);
    http->arriving = visitor;
    MHD_add_connection(http->library, visitor->fd, (struct sockaddr *)&unnamed, sizeof unnamed);
    if (http->arriving)
        door_socket_closed(front); /* the library has closed it */
    http->arriving = NULL;
    http->is_ready = true;
    visitor_leave(visitor);
}

static bool is_overdue(const struct connection *connection, int64_t now_ms)
{
    int64_t quiet_ms = now_ms - connection->quiet_since_ms;

    if (!connection->visit)
        return quiet_ms > IDLE_MAX_MS;
    if (connection->visit->is_out || (connection->is_flowing && !connection->flow.is_ended))
        return false;
    return quiet_ms > (connection->visit->is_answered ? ANSWER_MAX_MS : BODY_PAUSE_MAX_MS);
}

static void on_sweep(struct timer *timer)
{
    struct http *http = list_item(timer, struct http, sweep);
    int64_t now_ms = clock_now_ms(http->front->ground->clock);

    list_each(link, following, &http->connections) {
        struct connection *connection = list_item(link, struct connection, link);

        if (now_ms - connection->quiet_since_ms <= BODY_PAUSE_MAX_MS)
            break;
        if (is_overdue(connection, now_ms))
            hang_up(connection);
    }
    list_each(link, following, &http->flows) {
        struct connection *connection = list_item(link, struct connection, flowing);

        if (flow_has_stalled(&connection->flow, http->turns))
            hang_up(connection);
    }
    timer_start(http->front->ground->clock, timer, FLOW_SWEEP_MS, on_sweep);
}

bool http_make_room(struct http *http)
{
    list_each(link, following, &http->connections) {
        struct connection *connection = list_item(link, struct connection, link);

        if (connection->visit || connection->is_busy)
            continue;
        hang_up(connection);
        return true;
    }
    return false;
}

/* --- the turn --- */

/* Gives the library what it waits for: an answer, the beginning of one, or its next pieces. */
static void answer_released(struct connection *connection)
{
    struct visit *visit = connection->visit;

    if (connection->is_flowing)
        pour(connection);
    else if (visit && visit->exchange.is_flowing)
        begin_flow(connection);
    else if (visit) {
        visit->is_queued = true;
        queue(connection, &visit->exchange.answer);
    } else
        refuse(connection, 503); /* to nobody, or to those who still wait when we close */
}

static void send_released(struct http *http)
{
    while (!list_is_empty(&http->released)) {
        struct connection *connection = list_item(http->released.next, struct connection, released);

        list_remove(&connection->released);
        answer_released(connection);
        http->is_ready = true;
        if (!connection->is_suspended)
            continue;
        connection->is_suspended = false;
        MHD_resume_connection(connection->library);
    }
}

static bool has_unread(const struct connection *connection)
{
    int size = 0;

    return ioctl(connection->fd, FIONREAD, &size) == 0 && size > 0;
}

/* Who sends no more and waits for a later answer counts as gone; who asked all that it wanted is hung up on when all is answered, and who
 * stopped in the middle of a request, at once. */
static void see_off(struct http *http)
{
    list_each(link, following, &http->leaving) {
        struct connection *connection = list_item(link, struct connection, leaving);

        if (connection->visit && connection->visit->is_out)
            detach(connection);
        else if (http->is_ready || connection->is_busy || has_unread(connection))
            continue; /* what it has asked may still be on its way to us */
        else
            hang_up(connection);
        list_remove(link);
    }
}

void http_fail_answers(struct http *http)
{
    list_each(link, following, &http->released) {
        struct connection *connection = list_item(link, struct connection, released);
        struct visit *visit = connection->visit;

        if (visit && visit->exchange.is_flowing) {
            buffer_clear(&visit->exchange.answer.body);
            hang_up(connection);
        } else if (visit)
            answer_fail(&visit->exchange);
    }
}

static bool on_turn_end(struct turn_hook *hook)
{
    struct http *http = list_item(hook, struct http, hook);
    MHD_UNSIGNED_LONG_LONG wait_ms;

    http->turns++;
    if (!answer_must_wait(http->front))
        send_released(http);
    for (int round = 0; http->is_ready && round < ROUNDS_MAX; round++) {
        MHD_run(http->library);
        http->is_ready = MHD_get_timeout(http->library, &wait_ms) == MHD_YES && !wait_ms;
        if (!answer_must_wait(http->front))
            send_released(http);
    }
    see_off(http);
    return http->is_ready || !list_is_empty(&http->released);
}

static void on_ready(struct watch *watch, int events, void *context)
{
    struct http *http = context;

    (void)watch;
    (void)events;
    http->is_ready = true;
}

/* --- life --- */

static struct MHD_Daemon *start_library(struct http *http)
{
    unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_SUPPRESS_DATE_NO_CLOCK | SUSPEND_WITHOUT_ITC;
    size_t connections = http->front->socket_max + http->front->socket_max / 8;

    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, http, MHD_OPTION_URI_LOG_CALLBACK, on_target, http,
                            MHD_OPTION_NOTIFY_COMPLETED, on_completed, http, MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,
                            MHD_OPTION_CONNECTION_TIMEOUT, 0U, MHD_OPTION_END);
}

enum status http_open(struct http **out, struct front *front)
{
    struct http *http = memory_new(sizeof *http);
    const union MHD_DaemonInfo *info;

    *out = http;
    http->front = front;
    http->date_second = -1;
    list_init(&http->connections);
    list_init(&http->released);
    list_init(&http->leaving);
    list_init(&http->flows);
    http->library = start_library(http);
    info = http->library ? MHD_get_daemon_info(http->library, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info) {
        log_error("cannot start the HTTP library");
        return BROKEN;
    }
    http->watch = watch_open(front->ground->loop, info->epoll_fd, WATCH_READ, on_ready, http);
    loop_add_hook(front->ground->loop, &http->hook, on_turn_end);
    return OK;
}

void http_begin_close(struct http *http)
{
    list_each(link, following, &http->connections) {
        struct connection *connection = list_item(link, struct connection, link);

        if (!connection->visit || !connection->visit->is_out)
            continue;
        if (connection->visit->exchange.is_flowing)
            finish_flow(connection);
        else
            detach(connection);
    }
}

bool http_is_quiet(const struct http *http)
{
    return http->busy_count == 0;
}

void http_close(struct http *http)
{
    if (!http)
        return;
    if (http->library) {
        /* The library ends the process when one is still suspended. */
        http_begin_close(http);
        send_released(http);
        MHD_run(http->library);
        MHD_stop_daemon(http->library);
    }
    watch_close(http->watch);
    loop_remove_hook(&http->hook);
    loop_forget(&http->wake);
    timer_stop(http->front->ground->clock, &http->sweep);
    free(http);
}
