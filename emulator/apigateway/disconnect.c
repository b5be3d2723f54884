/* A client is gone, or is being closed: $disconnect is told once, and its answer means nothing (facts: API Gateway, D). */

#include "apigateway/errand.h"
#include "apigateway/event.h"
#include "apigateway/stage.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

static void drop(struct apigateway_errand *errand)
{
    free(errand);
}

static void told(struct apigateway_errand *errand, const struct invocation_result *result)
{
    (void)result;
    free(errand);
}

static void invoke(const struct apigateway_connection *connection, const struct apigateway_route *route, const struct buffer *event,
                   uint64_t cause)
{
    struct apigateway_errand *errand = memory_new(sizeof *errand);
    struct arena arena = { 0 };

    *errand = (struct apigateway_errand){ .room = connection->room, .done = told, .drop = drop };
    apigateway_errand_send(errand, apigateway_stage_function(connection->stage, route->integration.function, &arena), event,
                           route->integration.timeout_ms, cause);
    arena_clear(&arena);
}

void apigateway_disconnect(struct apigateway_connection *connection, int code, const char *reason, uint64_t cause)
{
    struct apigateway *room = connection->room;
    const struct apigateway_route *route = connection->stage ? apigateway_plan_route(connection->stage->plan, "$disconnect") : NULL;
    char request_id[APIGATEWAY_IDENTIFIER_SIZE], note[72];
    struct apigateway_occasion occasion = {
        .connection = connection, .route_key = "$disconnect", .request_id = request_id, .time_ms = clock_now_ms(room->ground->clock)
    };
    struct buffer event = { 0 };

    snprintf(note, sizeof note, "%d %s", code, reason);
    cause = trace_add(room->ground->trace, TRACE_DISCONNECT, cause, connection->id, -1, note);
    if (!route || !route->has_integration || route->integration.type != APIGATEWAY_AWS_PROXY)
        return;
    apigateway_identifier_request(&room->identifiers, request_id);
    apigateway_event_disconnect(&event, &occasion, code, reason);
    invoke(connection, route, &event, cause);
    buffer_clear(&event);
}
