/* The listener, its connections, and the routes. A connection takes one request at a time; while it waits for an invocation, what its
 * client pipelines behind stays in the socket. */

#include "lambda/runtime_api.h"

#include "base/list.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "lambda/runtime_http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct runtime_api {
    struct loop *loop;
    const struct runtime_events *events;
    void *owner;
    struct watch *listener;
    struct list connections;
    int connection_count;
    struct connection *waiting; /* the one whose `next` is not answered yet, or NULL */
    char address[RUNTIME_ADDRESS_SIZE];
};

struct connection {
    struct list link;
    struct runtime_api *api;
    struct watch *watch;
    int fd;
    struct runtime_parser parser;
    struct buffer out; /* not sent yet */
    bool is_ending;    /* close once `out` is sent */
};

static void close_connection(struct connection *connection)
{
    struct runtime_api *api = connection->api;

    list_remove(&connection->link);
    watch_close(connection->watch);
    close(connection->fd);
    runtime_parser_clear(&connection->parser);
    buffer_clear(&connection->out);
    if (api->connection_count-- == RUNTIME_CONNECTIONS_MAX)
        watch_set(api->listener, WATCH_READ);
    if (api->waiting == connection) {
        api->waiting = NULL;
        api->events->lost(api->owner);
    }
    free(connection);
}

static void set_watch(struct connection *connection)
{
    /* A connection that waits is still read, so that its end is noticed. */
    watch_set(connection->watch, connection->out.size ? WATCH_WRITE : WATCH_READ);
}

/* Sends what waits; false when the connection broke. */
static bool flush(struct connection *connection)
{
    while (connection->out.size) {
        ssize_t sent = send(connection->fd, connection->out.data, connection->out.size, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return errno == EAGAIN;
        buffer_drop(&connection->out, (size_t)sent);
    }
    if (connection->out.capacity > 1 << 16)
        buffer_clear(&connection->out);
    return !connection->is_ending;
}

static const char *reason_of(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 202:
        return "Accepted";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 413:
        return "Request Entity Too Large";
    }
    return "Internal Server Error";
}

static void answer(struct connection *connection, int status, const char *body)
{
    if (!connection->parser.request.keeps_alive)
        connection->is_ending = true;
    buffer_print(&connection->out, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n%s", status,
                 reason_of(status), connection->is_ending ? "Connection: close\r\n" : "", strlen(body), body);
}

static void answer_error(struct connection *connection, int status, const char *type, const char *message)
{
    char body[256];

    snprintf(body, sizeof body, "{\"errorMessage\":\"%s\",\"errorType\":\"%s\"}", message, type);
    answer(connection, status, body);
}

static void answer_verdict(struct connection *connection, enum runtime_verdict verdict)
{
    switch (verdict) {
    case RUNTIME_ACCEPTED:
        if (connection->parser.request.is_too_large)
            answer_error(connection, 413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (6291556 bytes).");
        else
            answer(connection, 202, "{\"status\":\"OK\"}\n");
        return;
    case RUNTIME_WRONG_REQUEST_ID:
        answer_error(connection, 400, "InvalidRequestID", "Invalid request ID");
        return;
    case RUNTIME_WRONG_STATE:
        answer_error(connection, 403, "InvalidStateTransition", "State transition is not allowed");
        return;
    case RUNTIME_WRONG_RESPONSE_MODE:
        answer_error(connection, 400, "InvalidFunctionResponseMode", "Invalid function response mode");
        return;
    }
}

static void serve_next(struct connection *connection)
{
    struct runtime_api *api = connection->api;
    enum runtime_verdict verdict;

    if (api->waiting) {
        answer_verdict(connection, RUNTIME_WRONG_STATE);
        return;
    }
    api->waiting = connection;
    verdict = api->events->next(api->owner);
    if (verdict != RUNTIME_ACCEPTED) {
        api->waiting = NULL;
        answer_verdict(connection, verdict);
    }
}

static struct runtime_post read_post(const struct connection *connection, const char *request_id)
{
    const struct runtime_parser *parser = &connection->parser;

    return (struct runtime_post){
        .request_id = request_id,
        .body = parser->request.body,
        .size_bytes = parser->request.body_size,
        .is_too_large = parser->request.is_too_large,
        .content_type = runtime_parser_header(parser, "Content-Type"),
        .error_type = runtime_parser_header(parser, "Lambda-Runtime-Function-Error-Type"),
        .response_mode = runtime_parser_header(parser, "Lambda-Runtime-Function-Response-Mode"),
    };
}

/* .../runtime/invocation/{id}/response and .../error */
static void serve_invocation(struct connection *connection, const char *rest)
{
    const struct runtime_events *events = connection->api->events;
    size_t id_length = strcspn(rest, "/");
    const char *action = rest + id_length;
    struct runtime_post post;
    char id[64];

    if (id_length >= sizeof id) {
        answer_verdict(connection, RUNTIME_WRONG_REQUEST_ID);
        return;
    }
    memcpy(id, rest, id_length);
    id[id_length] = '\0';
    post = read_post(connection, id);
    if (text_is(action, "/response"))
        answer_verdict(connection, events->response(connection->api->owner, &post));
    else if (text_is(action, "/error"))
        answer_verdict(connection, events->error(connection->api->owner, &post));
    else
        answer(connection, 404, "404 page not found\n");
}

/* "127.0.0.1" or "127.0.0.1:40123", and no longer name. */
static bool is_host(const char *host, const char *name)
{
    size_t length = strlen(name);

    return !strncasecmp(host, name, length) && (!host[length] || host[length] == ':');
}

/* Whether the Host header names the loopback address that we listen on. A browser that was led here by a foreign name says that name. */
static bool is_for_us(const struct connection *connection)
{
    const char *host = runtime_parser_header(&connection->parser, "Host");

    return !runtime_parser_header(&connection->parser, "Origin") && (!host || is_host(host, "127.0.0.1") || is_host(host, "localhost"));
}

static void serve(struct connection *connection)
{
    const struct runtime_request *request = &connection->parser.request;
    const char *path = request->path;
    bool is_get = text_is(request->method, "GET");
    bool is_post = text_is(request->method, "POST");

    if (!is_for_us(connection)) {
        answer(connection, 403, "{\"message\":\"this address is for execution environments alone\"}");
    } else if (text_begins(path, "/2020-08-15/logs") || text_begins(path, "/2022-07-01/telemetry")) {
        answer_error(connection, 202, "Telemetry.NotSupported", "Telemetry API is not supported");
    } else if (!text_begins(path, "/2018-06-01/")) {
        answer(connection, 404, "404 page not found\n");
    } else if (path += strlen("/2018-06-01/"), is_get && text_is(path, "runtime/invocation/next")) {
        serve_next(connection);
    } else if (is_get && text_is(path, "ping")) {
        answer(connection, 200, "pong");
    } else if (is_post && text_begins(path, "runtime/invocation/")) {
        serve_invocation(connection, path + strlen("runtime/invocation/"));
    } else if (is_post && text_is(path, "runtime/init/error")) {
        struct runtime_post post = read_post(connection, NULL);

        answer_verdict(connection, connection->api->events->init_error(connection->api->owner, &post));
    } else {
        answer(connection, is_get || is_post ? 404 : 405, "404 page not found\n");
    }
}

/* Serves all whole requests that arrived; false when the connection is at its end. */
static bool serve_arrived(struct connection *connection)
{
    while (connection->api->waiting != connection && !connection->is_ending) {
        switch (runtime_parser_step(&connection->parser)) {
        case RUNTIME_MORE:
            return flush(connection);
        case RUNTIME_CONTINUE:
            buffer_add_text(&connection->out, "HTTP/1.1 100 Continue\r\n\r\n");
            break;
        case RUNTIME_WHOLE:
            serve(connection);
            if (connection->api->waiting != connection)
                runtime_parser_next(&connection->parser);
            break;
        case RUNTIME_BAD:
            connection->is_ending = true;
            answer_error(connection, 400, "TruncatedHTTPRequest", "HTTP request could not be read");
            break;
        }
    }
    return flush(connection);
}

/* While a client waits for its invocation it has nothing to say; what it sends all the same is bounded by not being parsed. */
static bool read_some(struct connection *connection)
{
    char bytes[65536];
    ssize_t got = recv(connection->fd, bytes, sizeof bytes, MSG_DONTWAIT);

    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    if (!got || connection->parser.in.size > RUNTIME_HEAD_MAX_BYTES + sizeof bytes)
        return false;
    runtime_parser_feed(&connection->parser, bytes, (size_t)got);
    return true;
}

static void on_ready(struct watch *watch, int events, void *context)
{
    struct connection *connection = context;
    bool lives = true;

    (void)watch;
    if (events & WATCH_READ)
        lives = read_some(connection);
    if (lives)
        lives = events & WATCH_WRITE ? flush(connection) : true;
    if (lives)
        lives = serve_arrived(connection);
    if (lives)
        set_watch(connection);
    else
        close_connection(connection);
}

static void on_connect(struct watch *watch, int events, void *context)
{
    struct runtime_api *api = context;
    int fd = accept4(watch_fd(watch), NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct connection *connection;
    int on = 1;

    (void)events;
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection = memory_new(sizeof *connection);
    connection->api = api;
    connection->fd = fd;
    connection->watch = watch_open(api->loop, fd, WATCH_READ, on_ready, connection);
    list_add(&api->connections, &connection->link);
    if (++api->connection_count == RUNTIME_CONNECTIONS_MAX)
        watch_set(api->listener, 0);
}

/* A listening socket on a free port of 127.0.0.1; -1 when there is none. */
static int listen_somewhere(struct runtime_api *api)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 16) || getsockname(fd, (struct sockaddr *)&address, &size)) {
        close(fd);
        return -1;
    }
    snprintf(api->address, sizeof api->address, "127.0.0.1:%d", ntohs(address.sin_port));
    return fd;
}

enum status runtime_api_open(struct runtime_api **out, struct loop *loop, const struct runtime_events *events, void *owner)
{
    struct runtime_api *api = memory_new(sizeof *api);
    int fd = listen_somewhere(api);

    if (fd < 0) {
        log_error("cannot listen for an execution environment: %s", strerror(errno));
        free(api);
        return BROKEN;
    }
    api->loop = loop;
    api->events = events;
    api->owner = owner;
    list_init(&api->connections);
    api->listener = watch_open(loop, fd, WATCH_READ, on_connect, api);
    *out = api;
    return OK;
}

const char *runtime_api_address(const struct runtime_api *api)
{
    return api->address;
}

static void print_header(struct buffer *out, const char *name, const char *value)
{
    if (value && *value && !strpbrk(value, "\r\n"))
        buffer_print(out, "%s: %s\r\n", name, value);
}

void runtime_api_give(struct runtime_api *api, const struct runtime_delivery *delivery)
{
    struct connection *connection = api->waiting;
    struct buffer *out = &connection->out;

    api->waiting = NULL;
    buffer_add_text(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
    print_header(out, "Lambda-Runtime-Aws-Request-Id", delivery->request_id);
    buffer_print(out, "Lambda-Runtime-Deadline-Ms: %" PRId64 "\r\n", delivery->deadline_ms);
    print_header(out, "Lambda-Runtime-Invoked-Function-Arn", delivery->function_arn);
    print_header(out, "Lambda-Runtime-Trace-Id", delivery->trace_id);
    print_header(out, "Lambda-Runtime-Client-Context", delivery->client_context);
    if (!connection->parser.request.keeps_alive) {
        connection->is_ending = true;
        buffer_add_text(out, "Connection: close\r\n");
    }
    buffer_print(out, "Content-Length: %zu\r\n\r\n", delivery->size_bytes);
    buffer_add(out, delivery->body, delivery->size_bytes);
    runtime_parser_next(&connection->parser);
    /* Sent at once: a warm invocation waits for nothing. A broken or ending connection shows itself to its watch. */
    flush(connection);
    set_watch(connection);
    /* What was pipelined behind the call was read already: only the watch for writing leads back to it. */
    if (connection->parser.in.size)
        watch_set(connection->watch, WATCH_READ | WATCH_WRITE);
    if (connection->is_ending && !connection->out.size)
        shutdown(connection->fd, SHUT_RDWR);
}

void runtime_api_close(struct runtime_api *api)
{
    int fd;

    if (!api)
        return;
    api->waiting = NULL;
    fd = watch_fd(api->listener);
    list_each(link, following, &api->connections)
        close_connection(list_item(link, struct connection, link));
    watch_close(api->listener);
    close(fd);
    free(api);
}
