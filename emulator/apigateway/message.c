/* A message from a client: which route it takes, what its function answers, and the error frames that the client gets otherwise (facts: API
 * Gateway, C). Each message is an invocation of its own; none waits for another. */

#include "apigateway/errand.h"
#include "apigateway/event.h"
#include "apigateway/proxy_answer.h"
#include "apigateway/stage.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct delivery {
    struct apigateway_errand errand; /* first */
    bool is_two_way;
    uint64_t cause; /* the message's event, then the result's */
    char connection_id[APIGATEWAY_IDENTIFIER_SIZE];
    char request_id[APIGATEWAY_IDENTIFIER_SIZE];
};

/* The spacing is the service's own: a blank behind the first colon alone. */
static void send_error(struct apigateway_connection *connection, const char *request_id, const char *message, uint64_t cause)
{
    struct buffer frame = { 0 };

    buffer_print(&frame, "{\"message\": \"%s\", \"connectionId\":\"%s\", \"requestId\":\"%s\"}", message, connection->id, request_id);
    apigateway_connection_send(connection, frame.data, frame.size, cause);
    buffer_clear(&frame);
}

static void explain(const struct apigateway_connection *connection, const char *why)
{
    const struct apigateway_stage *stage = connection->stage;

    log_warn("%s/%s: a message of %s failed: %s", stage ? stage->api->id : "?", stage ? stage->name : "?", connection->id, why);
}

/* The status code of a message's answer means nothing; a body goes to the client on a two-way route, an absent one as an empty message. */
static void got_answer(struct apigateway_connection *connection, const struct delivery *delivery, const struct invocation_result *result)
{
    struct arena arena = { 0 };
    struct apigateway_proxy_answer answer;
    const char *fault;

    if (apigateway_proxy_answer_read(result->payload, result->size_bytes, &arena, &answer, &fault) != OK) {
        explain(connection, arena_print(&arena, "the function's answer is malformed: %s", fault));
        send_error(connection, delivery->request_id, "Internal server error", delivery->cause);
    } else if (delivery->is_two_way && answer.body_size_bytes > APIGATEWAY_MESSAGE_MAX) {
        explain(connection, "the function's answer is longer than a message may be, 128 KB");
        send_error(connection, delivery->request_id, "Internal server error", delivery->cause);
    } else if (delivery->is_two_way) {
        apigateway_connection_send(connection, answer.body ? answer.body : "", answer.body_size_bytes, delivery->cause);
    }
    arena_clear(&arena);
}

static void tell(struct apigateway_connection *connection, const struct delivery *delivery, const struct invocation_result *result)
{
    switch (apigateway_outcome_of(result)) {
    case APIGATEWAY_ANSWERED:
        got_answer(connection, delivery, result);
        return;
    case APIGATEWAY_FAILED:
        send_error(connection, delivery->request_id, "Internal server error", delivery->cause);
        return;
    case APIGATEWAY_MISPLACED:
        explain(connection, "there is no such function, or it is throttled");
        send_error(connection, delivery->request_id, "Internal server error", delivery->cause);
        return;
    case APIGATEWAY_TIMED_OUT:
        send_error(connection, delivery->request_id, "Endpoint request timed out", delivery->cause);
        return;
    }
}

static void drop(struct apigateway_errand *errand)
{
    free(errand);
}

static void delivery_done(struct apigateway_errand *errand, const struct invocation_result *result)
{
    struct delivery *delivery = (struct delivery *)errand;
    struct apigateway_connection *connection = apigateway_connection_find(errand->room, delivery->connection_id);

    if (result->event)
        delivery->cause = result->event;
    if (connection)
        tell(connection, delivery, result);
    free(delivery);
}

static void invoke(struct apigateway_connection *connection, const struct apigateway_route *route, const struct buffer *event,
                   const char *request_id, uint64_t cause)
{
    struct delivery *delivery = memory_new(sizeof *delivery);
    struct arena arena = { 0 };

    delivery->errand = (struct apigateway_errand){ .room = connection->room, .done = delivery_done, .drop = drop };
    delivery->is_two_way = route->is_two_way;
    delivery->cause = cause;
    memcpy(delivery->connection_id, connection->id, sizeof connection->id);
    memcpy(delivery->request_id, request_id, sizeof delivery->request_id);
    apigateway_errand_send(&delivery->errand, apigateway_stage_function(connection->stage, route->integration.function, &arena), event,
                           route->integration.timeout_ms, cause);
    arena_clear(&arena);
}

static void answer_mock(struct apigateway_connection *connection, const struct apigateway_route *route, const char *request_id,
                        uint64_t cause)
{
    const char *body = route->integration.mock_body;

    if (!route->integration.mock_status)
        send_error(connection, request_id, "Internal server error", cause);
    else if (route->is_two_way)
        apigateway_connection_send(connection, body ? body : "", body ? strlen(body) : 0, cause);
}

static void deliver(struct apigateway_connection *connection, const struct apigateway_route *route,
                    const struct apigateway_occasion *occasion, const char *text, size_t size_bytes, uint64_t cause)
{
    char message_id[APIGATEWAY_IDENTIFIER_SIZE];
    struct buffer event = { 0 };

    if (!route->has_integration) {
        explain(connection, "the route has no integration");
        send_error(connection, occasion->request_id, "Internal server error", cause);
    } else if (route->integration.type == APIGATEWAY_MOCK) {
        answer_mock(connection, route, occasion->request_id, cause);
    } else {
        apigateway_identifier_message(&connection->room->identifiers, connection->id, message_id);
        apigateway_event_message(&event, occasion, message_id, text, size_bytes);
        invoke(connection, route, &event, occasion->request_id, cause);
        buffer_clear(&event);
    }
}

/* The variables of a selection expression that do not come from the message. */
static const char *look_up(void *context, const char *name)
{
    const struct apigateway_occasion *occasion = context;
    const struct apigateway_connection *connection = occasion->connection;
    const struct {
        const char *name;
        const char *value;
    } known[] = {
        { "context.apiId", connection->stage->api->id }, { "context.connectionId", connection->id },
        { "context.domainName", connection->domain },    { "context.eventType", "MESSAGE" },
        { "context.requestId", occasion->request_id },   { "context.stage", connection->stage->name },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].name, name))
            return known[i].value;
    return text_begins(name, "stageVariables.") ? apigateway_stage_variable(connection->stage, name + strlen("stageVariables.")) : NULL;
}

void apigateway_message(struct apigateway_connection *connection, const char *text, size_t size_bytes)
{
    struct apigateway *room = connection->room;
    char request_id[APIGATEWAY_IDENTIFIER_SIZE];
    struct apigateway_occasion occasion = { .connection = connection, .request_id = request_id, .time_ms = connection->active_ms };
    const struct apigateway_route *route;
    uint64_t cause;

    apigateway_identifier_request(&room->identifiers, request_id);
    route = apigateway_plan_select(connection->stage->plan, text, size_bytes, look_up, &occasion);
    cause = trace_add(room->ground->trace, TRACE_FRAME_IN, 0, connection->id, (int64_t)size_bytes, route ? route->key : "no route");
    if (!route) {
        send_error(connection, request_id, "Forbidden", cause);
        return;
    }
    occasion.route_key = route->key;
    deliver(connection, route, &occasion, text, size_bytes, cause);
}
