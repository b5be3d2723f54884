#include "gateway.h"

#include "apigateway/connection.h"
#include "base/log.h"
#include "base/memory.h"
#include "front/front.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { INVOCATIONS_MAX = 64, CLIENTS_MAX = 16, TEXTS = 64 };

struct invocation {
    char *function;
    char *event;
    struct deferred deferred;
    struct invocation_result result;
    char *payload;
    invocation_done *done;
    void *context;
    bool is_held, is_told, is_asked_for;
};

struct scripted {
    char function[64];
    struct invocation_result result;
    char *payload;
    bool is_held;
};

struct apigateway *gateway_room;
const struct service *gateway_service;
int gateway_port;
static struct front *front;
static struct ground ground;
static struct invocation invocations[INVOCATIONS_MAX];
static size_t invocation_count;
static struct scripted scripts[16];
static int clients[CLIENTS_MAX];
static size_t client_count;
static struct buffer heard, frame;
static char texts[TEXTS][256];
static size_t text_count;

static char *quoted(const char *text)
{
    char *copy = memory_copy_text(text);

    for (char *at = copy; *at; at++)
        if (*at == '\'')
            *at = '"';
    return copy;
}

/* ---- functions ---- */

static struct scripted *script_of(const char *function)
{
    struct scripted *free_one = NULL;

    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        if (!strcmp(scripts[i].function, function))
            return &scripts[i];
        if (!free_one && !*scripts[i].function)
            free_one = &scripts[i];
    }
    ck_assert_ptr_nonnull(free_one);
    snprintf(free_one->function, sizeof free_one->function, "%s", function);
    return free_one;
}

static void script(const char *function, struct invocation_result result, const char *payload, bool is_held)
{
    struct scripted *scripted = script_of(function);

    free(scripted->payload);
    scripted->payload = payload ? quoted(payload) : NULL;
    scripted->result = result;
    scripted->is_held = is_held;
}

void gateway_script(const char *function, const char *payload)
{
    script(function, (struct invocation_result){ .end = INVOCATION_DONE }, payload, false);
}

void gateway_script_end(const char *function, struct invocation_result result)
{
    script(function, result, result.payload, false);
}

void gateway_script_hold(const char *function)
{
    script(function, (struct invocation_result){ .end = INVOCATION_DONE }, NULL, true);
}

static void tell(struct invocation *invocation)
{
    const char *payload = invocation->payload ? invocation->payload : invocation->result.is_timed_out ? "" : "null";

    invocation->is_told = true;
    invocation->result.payload = payload;
    invocation->result.size_bytes = strlen(payload);
    invocation->result.event = trace_add(ground.trace, TRACE_RESULT, 0, invocation->function, -1, NULL);
    invocation->done(invocation->context, &invocation->result);
}

static void tell_later(struct deferred *deferred)
{
    tell(list_item(deferred, struct invocation, deferred));
}

/* The function's name: the last part of its ARN. */
static void invoke(void *room, const char *function, const char *payload, size_t size_bytes, uint64_t cause, int64_t timeout_ms,
                   invocation_done *done, void *context)
{
    struct invocation *invocation = &invocations[invocation_count++];
    const char *name = strrchr(function, ':');
    struct scripted *scripted = script_of(name ? name + 1 : function);

    (void)room;
    (void)cause;
    ck_assert_uint_lt(invocation_count, INVOCATIONS_MAX);
    ck_assert_int_gt(timeout_ms, 0);
    invocation->function = memory_copy_text(scripted->function);
    invocation->event = memory_copy(payload, size_bytes);
    invocation->result = scripted->result;
    invocation->payload = memory_copy_text(scripted->payload);
    invocation->done = done;
    invocation->context = context;
    invocation->is_held = scripted->is_held;
    if (!invocation->is_held)
        loop_defer(ground.loop, &invocation->deferred, tell_later);
}

void gateway_release(const char *payload)
{
    for (size_t i = 0; i < invocation_count; i++)
        if (invocations[i].is_held && !invocations[i].is_told) {
            invocations[i].payload = quoted(payload);
            tell(&invocations[i]);
        }
    gateway_settle();
}

const char *gateway_event(const char *function)
{
    for (int turn = 0; turn < 200; turn++) {
        for (size_t i = 0; i < invocation_count; i++)
            if (!invocations[i].is_asked_for && !strcmp(invocations[i].function, function)) {
                invocations[i].is_asked_for = true;
                return invocations[i].event;
            }
        loop_turn(ground.loop, 10);
    }
    ck_abort_msg("%s was not invoked", function);
    return NULL;
}

size_t gateway_invocations(void)
{
    return invocation_count;
}

/* ---- life ---- */

static void serve(void *context, struct exchange *exchange)
{
    (void)context;
    if (!apigateway_serves(gateway_room, exchange))
        service_serve(gateway_service, &ground, exchange);
}

static void upgrade(void *context, struct upgrade *held)
{
    (void)context;
    apigateway_upgrade(gateway_room, held);
}

void gateway_open(void)
{
    struct invoker invoker = { .invoke = invoke };
    struct front_options options = { .host = "127.0.0.1", .port = 0, .body_max_bytes = (16 << 20) + 1, .serve = serve, .upgrade = upgrade };

    log_set_level(LOG_ERROR); /* refusals are what these tests are about */
    fixture_open();
    ground = fixture_world.ground;
    ck_assert_int_eq(apigateway_open(&gateway_room, &ground, &invoker), OK);
    gateway_service = apigateway_service(gateway_room);
    ck_assert_int_eq(front_open(&front, &ground, &options), OK);
    ground.port = gateway_port = front_port(front);
}

void gateway_close_door(void)
{
    front_close(front);
    front = NULL;
}

void gateway_close(void)
{
    while (client_count)
        close(clients[--client_count]);
    gateway_close_door();
    apigateway_close(gateway_room);
    for (size_t i = 0; i < invocation_count; i++) {
        loop_forget(&invocations[i].deferred);
        free(invocations[i].function);
        free(invocations[i].event);
        free(invocations[i].payload);
    }
    memset(invocations, 0, sizeof invocations);
    invocation_count = 0;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        free(scripts[i].payload);
    memset(scripts, 0, sizeof scripts);
    buffer_clear(&heard);
    buffer_clear(&frame);
    fixture_close();
}

void gateway_settle(void)
{
    for (int i = 0; i < 8; i++)
        loop_turn(ground.loop, 1);
}

/* ---- the control plane ---- */

static const char *keep_text(const char *text)
{
    char *kept = texts[text_count++ % TEXTS];

    snprintf(kept, sizeof texts[0], "%s", text);
    return kept;
}

static const char *id_in(const json_t *output, const char *name)
{
    const char *id = json_string_value(json_object_get(output, name));

    ck_assert_ptr_nonnull(id);
    return keep_text(id);
}

json_t *gateway_call(const char *operation, const char *input, ...)
{
    char text[4096];
    va_list list;

    va_start(list, input);
    vsnprintf(text, sizeof text, input, list);
    va_end(list);
    return fixture_done(gateway_service, operation, text);
}

const char *gateway_make_integration(const char *api, const char *function)
{
    return id_in(gateway_call("CreateIntegration",
                              "{'apiId':'%s','integrationType':'AWS_PROXY','integrationUri':'arn:aws:apigateway:us-east-1:lambda:path/"
                              "2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:%s/invocations'}",
                              api, function),
                 "integrationId");
}

static void make_route(const char *api, const char *key)
{
    bool is_two_way = *key == '2';
    const char *integration = gateway_make_integration(api, key + is_two_way);
    const char *route =
        id_in(gateway_call("CreateRoute", "{'apiId':'%s','routeKey':'%s','target':'integrations/%s'%s}", api, key + is_two_way, integration,
                           is_two_way ? ",'routeResponseSelectionExpression':'$default'" : ""),
              "routeId");

    if (is_two_way)
        gateway_call("CreateRouteResponse", "{'apiId':'%s','routeId':'%s','routeResponseKey':'$default'}", api, route);
}

const char *gateway_make_api(const char *routes)
{
    const char *api = id_in(
        gateway_call("CreateApi", "{'name':'chat','protocolType':'WEBSOCKET','routeSelectionExpression':'$request.body.action'}"), "apiId");
    char *copy = memory_copy_text(routes);

    for (char *at = NULL, *key = strtok_r(copy, " ", &at); key; key = strtok_r(NULL, " ", &at))
        make_route(api, key);
    free(copy);
    gateway_call("CreateStage", "{'apiId':'%s','stageName':'prod','autoDeploy':true}", api);
    return api;
}

/* ---- clients ---- */

int gateway_dial(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)gateway_port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int client = socket(AF_INET, SOCK_STREAM, 0);

    ck_assert_int_eq(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_uint_lt(client_count, CLIENTS_MAX);
    clients[client_count++] = client;
    return client;
}

void gateway_say(int client, const char *bytes, size_t size_bytes)
{
    for (int turn = 0; size_bytes && turn < 20000; turn++) {
        ssize_t sent = send(client, bytes, size_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (sent > 0) {
            bytes += sent;
            size_bytes -= (size_t)sent;
        } else if (errno != EAGAIN) {
            return; /* the other side has hung up: what it said last is what the test looks at */
        }
        loop_turn(ground.loop, 0);
    }
    ck_assert_uint_eq(size_bytes, 0);
}

void gateway_ask(int client, const char *target, const char *headers)
{
    char head[4096];
    int size = snprintf(head, sizeof head,
                        "GET %s HTTP/1.1\r\n%sUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        "Sec-WebSocket-Version: 13\r\n%s\r\n",
                        target, strstr(headers, "Host:") ? "" : "Host: localhost\r\n", headers);

    gateway_say(client, head, (size_t)size);
}

/* size_bytes more of client, or what there is until the line ends. */
static void hear_exactly(int client, struct buffer *into, size_t size_bytes)
{
    for (int turn = 0; size_bytes && turn < 5000; turn++) {
        ssize_t size = recv(client, buffer_reserve(into, size_bytes), size_bytes, MSG_DONTWAIT);

        if (size > 0) {
            into->size += (size_t)size;
            into->data[into->size] = '\0';
            size_bytes -= (size_t)size;
        } else if (!size || errno != EAGAIN) {
            return;
        } else {
            loop_turn(ground.loop, 1);
        }
    }
}

const char *gateway_hear(int client)
{
    const char *length;

    buffer_clear(&heard);
    buffer_add_text(&heard, "");
    while (!strstr(heard.data, "\r\n\r\n")) {
        size_t before = heard.size;

        hear_exactly(client, &heard, 1);
        if (heard.size == before)
            return heard.data;
    }
    length = strcasestr(heard.data, "\r\nContent-Length:");
    if (length)
        hear_exactly(client, &heard, strtoul(length + strlen("\r\nContent-Length:"), NULL, 10));
    return heard.data;
}

int gateway_enter(const char *target)
{
    int client = gateway_dial();
    const char *answer;

    gateway_ask(client, target, "");
    answer = gateway_hear(client);
    ck_assert_msg(gateway_has_status(answer, 101), "%s", answer);
    return client;
}

void gateway_send(int client, int opcode, const char *payload, size_t size_bytes)
{
    struct buffer bytes = { 0 };

    buffer_add_char(&bytes, (char)(0x80 ^ opcode));
    if (size_bytes < 126) {
        buffer_add_char(&bytes, (char)(0x80 | size_bytes));
    } else if (size_bytes < 65536) {
        buffer_add_char(&bytes, (char)(0x80 | 126));
        buffer_add_char(&bytes, (char)(size_bytes >> 8));
        buffer_add_char(&bytes, (char)size_bytes);
    } else {
        buffer_add_char(&bytes, (char)(0x80 | 127));
        for (int shift = 56; shift >= 0; shift -= 8)
            buffer_add_char(&bytes, (char)((uint64_t)size_bytes >> shift));
    }
    buffer_add(&bytes, "\0\0\0\0", 4); /* the mask that changes nothing */
    buffer_add(&bytes, payload, size_bytes);
    gateway_say(client, bytes.data, bytes.size);
    buffer_clear(&bytes);
}

void gateway_send_text(int client, const char *text)
{
    gateway_send(client, 1, text, strlen(text));
}

const char *gateway_hear_frame(int client, int *opcode, size_t *size_bytes)
{
    struct buffer head = { 0 };
    size_t size = 0;

    *opcode = -1;
    *size_bytes = 0;
    buffer_clear(&frame);
    buffer_add_text(&frame, "");
    hear_exactly(client, &head, 2);
    if (head.size < 2) {
        buffer_clear(&head);
        return "EOF";
    }
    *opcode = head.data[0] & 0x0f;
    size = (size_t)(head.data[1] & 0x7f);
    if (size >= 126) {
        size_t digits = size == 126 ? 2 : 8;

        hear_exactly(client, &head, digits);
        size = 0;
        for (size_t i = 0; i < digits; i++)
            size = size << 8 | (unsigned char)head.data[2 + i];
    }
    hear_exactly(client, &frame, size);
    ck_assert_uint_eq(frame.size, size);
    *size_bytes = size;
    buffer_clear(&head);
    return frame.data;
}

const char *gateway_hear_text(int client)
{
    int opcode;
    size_t size;
    const char *text = gateway_hear_frame(client, &opcode, &size);

    ck_assert_msg(opcode == 1, "a frame of opcode %d came: %s", opcode, text);
    return text;
}

const char *gateway_manage(const char *method, const char *path, const char *headers, const char *body, size_t size_bytes)
{
    char head[4096];
    int client = gateway_dial();
    int size = snprintf(head, sizeof head,
                        "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS4-HMAC-SHA256 Credential=a/20231114/us-east-1/execute-api/"
                        "aws4_request, SignedHeaders=host, Signature=0\r\nX-Amz-Date: 20231114T000000Z\r\n%sContent-Length: %zu\r\n"
                        "Connection: close\r\n\r\n",
                        method, path, headers, size_bytes);

    gateway_say(client, head, (size_t)size);
    gateway_say(client, body, size_bytes);
    gateway_hear(client);
    close(client);
    client_count--;
    return heard.data;
}

bool gateway_has_status(const char *answer, int status)
{
    char start[32];

    snprintf(start, sizeof start, "HTTP/1.1 %d ", status);
    return !strncmp(answer, start, strlen(start));
}

const char *gateway_header(const char *answer, const char *name)
{
    static char value[1024];
    const char *end = strstr(answer, "\r\n\r\n");

    for (const char *line = strstr(answer, "\r\n"); line && line < end; line = strstr(line + 2, "\r\n")) {
        size_t length = strlen(name);

        if (strncasecmp(line + 2, name, length) || line[2 + length] != ':')
            continue;
        line += 2 + length + 1;
        line += strspn(line, " ");
        snprintf(value, sizeof value, "%.*s", (int)strcspn(line, "\r"), line);
        return value;
    }
    return NULL;
}

const char *gateway_body(const char *answer)
{
    const char *end = strstr(answer, "\r\n\r\n");

    return end ? end + 4 : "";
}

void gateway_expect_connections(size_t count)
{
    for (int turn = 0; turn < 200 && gateway_room->connections.count != count; turn++)
        loop_turn(ground.loop, 10);
    ck_assert_uint_eq(gateway_room->connections.count, count);
}

const char *gateway_connection(size_t n)
{
    size_t cursor = 0;
    struct map_entry *entry;

    for (int turn = 0; turn < 100 && !gateway_room->connections.count; turn++)
        loop_turn(ground.loop, 10);
    while ((entry = map_next(&gateway_room->connections, &cursor)))
        if (!n--)
            return keep_text(entry->key);
    ck_abort_msg("there is no such connection");
    return NULL;
}
