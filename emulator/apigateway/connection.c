/* The life of a connection: what the websocket tells, and its two timers. */

#include "apigateway/connection.h"

#include "apigateway/stage.h"
#include "base/log.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *keep(char **at, const char *text)
{
    const char *kept = *at;

    if (!text)
        return NULL;
    *at = stpcpy(*at, text) + 1;
    return kept;
}

struct apigateway_connection *apigateway_connection_new(struct apigateway *room, struct apigateway_stage *stage, const char *domain,
                                                        const char *address, const char *agent)
{
    size_t names_size = strlen(domain) + strlen(address) + (agent ? strlen(agent) : 0) + 3;
    struct apigateway_connection *connection = memory_new(sizeof *connection + names_size);
    char *names = connection->names;

    connection->room = room;
    connection->stage = stage;
    connection->domain = keep(&names, domain);
    connection->address = keep(&names, address);
    connection->agent = keep(&names, agent);
    connection->connected_ms = connection->active_ms = clock_now_ms(room->ground->clock);
    do
        apigateway_identifier_connection(&room->identifiers, connection->id);
    while (map_find(&room->connections, connection->id));
    list_add(&stage->connections, &connection->link);
    return connection;
}

struct apigateway_connection *apigateway_connection_find(const struct apigateway *room, const char *id)
{
    return map_find(&room->connections, id);
}

void apigateway_connection_free(struct apigateway_connection *connection)
{
    timer_stop(connection->room->ground->clock, &connection->timer);
    list_remove(&connection->link);
    free(connection->authorizer);
    free(connection);
}

/* It can not be reached from now on. */
static void retire(struct apigateway_connection *connection)
{
    connection->is_ending = true;
    map_remove(&connection->room->connections, connection->id);
    timer_stop(connection->room->ground->clock, &connection->timer);
}

/* ---- time ---- */

static void check_age(struct timer *timer);

/* The timer is not moved at each message: when it fires, it looks how long the client was really idle. */
static void start_timer(struct apigateway_connection *connection)
{
    struct clock *clock = connection->room->ground->clock;
    int64_t idle_until = connection->active_ms + APIGATEWAY_IDLE_MS;
    int64_t live_until = connection->connected_ms + APIGATEWAY_LIFETIME_MS;
    int64_t until = idle_until < live_until ? idle_until : live_until;

    timer_start(clock, &connection->timer, until - clock_now_ms(clock), check_age);
}

static void check_age(struct timer *timer)
{
    struct apigateway_connection *connection = list_item(timer, struct apigateway_connection, timer);
    int64_t now = clock_now_ms(connection->room->ground->clock);

    if (now - connection->active_ms >= APIGATEWAY_IDLE_MS || now - connection->connected_ms >= APIGATEWAY_LIFETIME_MS)
        apigateway_connection_end(connection, 1001, "Going away", "Going away", 0);
    else
        start_timer(connection);
}

/* ---- what the websocket tells ---- */

static void got_message(struct websocket *websocket, void *owner, const char *text, size_t size_bytes)
{
    struct apigateway_connection *connection = owner;

    connection->websocket = websocket; /* the first message may come while the upgrade is still being accepted */
    if (connection->is_ending)
        return;
    connection->active_ms = clock_now_ms(connection->room->ground->clock);
    apigateway_message(connection, text, size_bytes);
}

/* Whether the front door closes all that is open because lowcloud ends: then no function is started any more. */
static bool is_farewell(int code, bool by_us)
{
    return by_us && code == 1001;
}

/* A client that closes without a code gets a reason in the event all the same, as the service writes it (facts: API Gateway, D2). */
static void got_closed(struct websocket *websocket, void *owner, int code, const char *reason, bool by_us)
{
    struct apigateway_connection *connection = owner;

    (void)websocket;
    connection->websocket = NULL;
    if (!connection->is_ending) {
        retire(connection);
        if (!is_farewell(code, by_us))
            apigateway_disconnect(connection, code, code == 1005 ? "Client-side close frame status not set" : reason, 0);
    }
    apigateway_connection_free(connection);
}

static const struct websocket_events events = { got_message, got_closed };

static const struct websocket_limits limits = { APIGATEWAY_FRAME_MAX, APIGATEWAY_MESSAGE_MAX, APIGATEWAY_QUEUE_MAX };

/* It is in the map before the handshake is completed, because messages may come from within. There is no websocket, and nobody will say
 * `closed`, when the front door closes meanwhile. */
void apigateway_connection_open(struct apigateway_connection *connection, struct upgrade *upgrade, const char *subprotocol)
{
    struct apigateway *room = connection->room;
    char id[APIGATEWAY_IDENTIFIER_SIZE];
    struct websocket *websocket;

    memcpy(id, connection->id, sizeof id);
    map_put(&room->connections, id, connection);
    start_timer(connection);
    websocket = upgrade_accept(upgrade, subprotocol, &limits, &events, connection);
    connection = map_find(&room->connections, id); /* it may have ended meanwhile */
    if (!connection)
        return;
    connection->websocket = websocket;
    if (!websocket) {
        retire(connection);
        apigateway_connection_free(connection);
    }
}

/* ---- acting on it ---- */

enum status apigateway_connection_push(struct apigateway_connection *connection, const char *text, size_t size_bytes)
{
    if (!connection->websocket || connection->is_ending)
        return ABSENT;
    connection->active_ms = clock_now_ms(connection->room->ground->clock);
    return websocket_send(connection->websocket, text, size_bytes);
}

enum status apigateway_connection_send(struct apigateway_connection *connection, const char *text, size_t size_bytes, uint64_t cause)
{
    struct trace *trace = connection->room->ground->trace;
    char id[APIGATEWAY_IDENTIFIER_SIZE];
    enum status status;

    memcpy(id, connection->id, sizeof id);
    status = apigateway_connection_push(connection, text, size_bytes);
    if (status == OK)
        trace_add(trace, TRACE_FRAME_OUT, cause, id, (int64_t)size_bytes, NULL);
    return status;
}

void apigateway_connection_end(struct apigateway_connection *connection, int code, const char *reason, const char *reason_sent,
                               uint64_t cause)
{
    if (connection->is_ending)
        return;
    retire(connection);
    apigateway_disconnect(connection, code, reason, cause);
    if (connection->websocket)
        websocket_close(connection->websocket, code, reason_sent);
}

void apigateway_connection_expel(struct apigateway_connection *connection)
{
    list_remove(&connection->link);
    connection->stage = NULL;
    if (!connection->websocket || connection->is_ending)
        return;
    retire(connection);
    trace_add(connection->room->ground->trace, TRACE_DISCONNECT, 0, connection->id, -1, "1001 the stage was deleted");
    websocket_close(connection->websocket, 1001, "Going away");
}
