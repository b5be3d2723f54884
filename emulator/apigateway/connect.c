/* A client asks to come in: API and stage are found, the authorizer and $connect are asked while the upgrade is held, and only then does
 * the client see 101, or AWS's refusal (facts: API Gateway, A). */

#include "apigateway/address.h"
#include "apigateway/authorizer.h"
#include "apigateway/errand.h"
#include "apigateway/event.h"
#include "apigateway/proxy_answer.h"
#include "aws/authorization.h"
#include "base/log.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AUTHORIZER_TIMEOUT_MS = 10000 };

struct handshake {
    struct apigateway_errand errand; /* first */
    struct upgrade *upgrade;         /* NULL: the client left */
    struct apigateway_connection *connection;
    uint64_t cause; /* of what happens next: the last result */
    char request_id[APIGATEWAY_IDENTIFIER_SIZE];
    char trace[48];
};

/* ---- refusing ---- */

struct refusal {
    int status;
    const char *error;   /* x-amzn-ErrorType */
    const char *message; /* NULL: null */
};

static const struct refusal forbidden = { 403, "ForbiddenException", "Forbidden" };

/* The texts of statuses that a $connect function answers, by analogy with REST APIs. */
static struct refusal refusal_of(int status)
{
    static const struct refusal known[] = {
        { 400, "BadRequestException", "Bad Request" },
        { 401, "UnauthorizedException", "Unauthorized" },
        { 403, "ForbiddenException", "Forbidden" },
        { 429, "TooManyRequestsException", "Too Many Requests" },
        { 500, "InternalServerErrorException", "Internal server error" },
        { 502, "InternalServerErrorException", "Internal server error" },
        { 504, "InternalServerErrorException", "Endpoint request timed out" },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return known[i];
    return (struct refusal){ status, NULL, NULL };
}

static void refuse(struct apigateway *room, struct upgrade *upgrade, const char *subject, uint64_t cause, struct refusal refusal)
{
    struct arena arena = { 0 };
    struct header_list headers = { 0 };
    struct buffer body = { 0 };
    char uuid[37], id[APIGATEWAY_IDENTIFIER_SIZE], status[16];

    apigateway_identifier_uuid(&room->identifiers, uuid);
    apigateway_identifier_request(&room->identifiers, id);
    header_add(&headers, &arena, "Content-Type", "application/json");
    header_add(&headers, &arena, "x-amzn-RequestId", uuid);
    if (refusal.error)
        header_add(&headers, &arena, "x-amzn-ErrorType", refusal.error);
    header_add(&headers, &arena, "x-amz-apigw-id", id);
    buffer_add_text(&body, "{\"message\":");
    if (refusal.message)
        apigateway_add_string(&body, refusal.message);
    else
        buffer_add_text(&body, "null");
    buffer_add_char(&body, '}');
    snprintf(status, sizeof status, "%d", refusal.status);
    trace_add(room->ground->trace, TRACE_CONNECT, cause, subject, -1, status);
    upgrade_refuse(upgrade, refusal.status, &headers, body.data, body.size);
    buffer_clear(&body);
    arena_clear(&arena);
}

/* ---- the handshake under way ---- */

static void free_handshake(struct handshake *handshake)
{
    if (handshake->connection)
        apigateway_connection_free(handshake->connection);
    free(handshake);
}

static void drop(struct apigateway_errand *errand)
{
    free_handshake((struct handshake *)errand);
}

static void end_refused(struct handshake *handshake, struct refusal refusal)
{
    struct upgrade *upgrade = handshake->upgrade;

    upgrade->left = NULL;
    refuse(handshake->connection->room, upgrade, handshake->connection->id, handshake->cause, refusal);
    free_handshake(handshake);
}

/* body: what a two-way $connect answered, as the first message; NULL: nothing. */
static void end_accepted(struct handshake *handshake, const char *subprotocol, const char *body, size_t size_bytes)
{
    struct apigateway_connection *connection = handshake->connection;
    struct apigateway *room = connection->room;
    char id[APIGATEWAY_IDENTIFIER_SIZE];
    uint64_t event = trace_add(room->ground->trace, TRACE_CONNECT, handshake->cause, connection->id, -1, "101");

    memcpy(id, connection->id, sizeof id);
    handshake->upgrade->left = NULL;
    apigateway_connection_open(connection, handshake->upgrade, subprotocol);
    connection = apigateway_connection_find(room, id);
    if (connection && body)
        apigateway_connection_send(connection, body, size_bytes, event);
    handshake->connection = NULL;
    free_handshake(handshake);
}

/* The client does not wait any more. What was sent comes back to nobody; no $disconnect follows. */
static void client_left(struct upgrade *upgrade, void *context)
{
    struct handshake *handshake = context;
    struct apigateway_connection *connection = handshake->connection;

    (void)upgrade;
    handshake->upgrade = NULL;
    trace_add(connection->room->ground->trace, TRACE_CONNECT, handshake->cause, connection->id, -1, "the client left");
}

/* Whether a result that came back still has somebody to tell; else the handshake is gone. */
static bool is_awaited(struct handshake *handshake, const struct invocation_result *result)
{
    if (result->event)
        handshake->cause = result->event;
    if (!handshake->upgrade) {
        free_handshake(handshake);
        return false;
    }
    if (!handshake->connection->stage) {
        end_refused(handshake, forbidden);
        return false;
    }
    return true;
}

static struct apigateway_occasion occasion_of(const struct handshake *handshake)
{
    return (struct apigateway_occasion){ .connection = handshake->connection,
                                         .route_key = "$connect",
                                         .request_id = handshake->request_id,
                                         .time_ms = clock_now_ms(handshake->connection->room->ground->clock),
                                         .trace = handshake->trace };
}

static const struct apigateway_route *route_of(const struct handshake *handshake)
{
    return apigateway_plan_route(handshake->connection->stage->plan, "$connect");
}

static void send_event(struct handshake *handshake, const char *function, const struct buffer *event, int timeout_ms,
                       void (*done)(struct apigateway_errand *errand, const struct invocation_result *result))
{
    struct arena arena = { 0 };

    handshake->errand.done = done;
    apigateway_errand_send(&handshake->errand, apigateway_stage_function(handshake->connection->stage, function, &arena), event, timeout_ms,
                           handshake->cause);
    arena_clear(&arena);
}

/* ---- $connect ---- */

static void refuse_as_failed(struct handshake *handshake, int status, const char *why)
{
    const struct apigateway_stage *stage = handshake->connection->stage;

    log_warn("%s/%s $connect: the client is refused with %d: %s", stage->api->id, stage->name, status, why);
    end_refused(handshake, refusal_of(status));
}

/* A client is in by any status from 200 to 299, and sees any other one itself. */
static void end_by_status(struct handshake *handshake, int status, const char *subprotocol, const char *body, size_t size_bytes)
{
    const struct apigateway_route *route = route_of(handshake);

    if (status < 200)
        refuse_as_failed(handshake, 502, "its statusCode is not the final one of a response");
    else if (status > 299)
        end_refused(handshake, refusal_of(status));
    else
        end_accepted(handshake, subprotocol, route && route->is_two_way ? body : NULL, size_bytes);
}

static void got_answer(struct handshake *handshake, const struct invocation_result *result)
{
    struct arena arena = { 0 };
    struct apigateway_proxy_answer answer;
    const char *fault;

    if (apigateway_proxy_answer_read(result->payload, result->size_bytes, &arena, &answer, &fault) == OK)
        end_by_status(handshake, answer.status, answer.subprotocol, answer.body, answer.body_size_bytes);
    else
        refuse_as_failed(handshake, 502, arena_print(&arena, "the function's answer is malformed: %s", fault));
    arena_clear(&arena);
}

static void connect_done(struct apigateway_errand *errand, const struct invocation_result *result)
{
    struct handshake *handshake = (struct handshake *)errand;

    if (!is_awaited(handshake, result))
        return;
    switch (apigateway_outcome_of(result)) {
    case APIGATEWAY_ANSWERED:
        got_answer(handshake, result);
        return;
    case APIGATEWAY_FAILED:
        refuse_as_failed(handshake, 502, "the function failed");
        return;
    case APIGATEWAY_MISPLACED:
        refuse_as_failed(handshake, 500, "there is no such function, or it is throttled");
        return;
    case APIGATEWAY_TIMED_OUT:
        refuse_as_failed(handshake, 504, "the integration's time is over");
        return;
    }
}

/* Without a $connect route everybody is let in. */
static void integrate(struct handshake *handshake)
{
    const struct apigateway_route *route = route_of(handshake);
    struct apigateway_occasion occasion = occasion_of(handshake);
    struct buffer event = { 0 };

    if (!route) {
        end_accepted(handshake, NULL, NULL, 0);
    } else if (!route->has_integration) {
        refuse_as_failed(handshake, 500, "the route has no integration");
    } else if (route->integration.type == APIGATEWAY_MOCK) {
        end_by_status(handshake, route->integration.mock_status ? route->integration.mock_status : 500, NULL, route->integration.mock_body,
                      route->integration.mock_body ? strlen(route->integration.mock_body) : 0);
    } else {
        apigateway_event_connect(&event, &occasion, &handshake->upgrade->request);
        send_event(handshake, route->integration.function, &event, route->integration.timeout_ms, connect_done);
        buffer_clear(&event);
    }
}

/* ---- the authorizer ---- */

static const char *method_arn(const struct handshake *handshake, struct arena *arena)
{
    const struct apigateway_stage *stage = handshake->connection->stage;
    const struct ground *ground = handshake->connection->room->ground;

    return arena_print(arena, "arn:aws:execute-api:%s:%s:%s/%s/$connect", ground->region, ground->account, stage->api->id, stage->name);
}

static struct refusal refusal_by(enum apigateway_decision decision)
{
    switch (decision) {
    case APIGATEWAY_UNAUTHORIZED:
        return refusal_of(401);
    case APIGATEWAY_DENIED:
        return (struct refusal){ 403, "AccessDeniedException", "User is not authorized to access this resource with an explicit deny" };
    case APIGATEWAY_NOT_ALLOWED:
        return (struct refusal){ 403, "AccessDeniedException", "User is not authorized to access this resource" };
    case APIGATEWAY_UNDECIDED:
    case APIGATEWAY_ALLOWED:
        break;
    }
    return (struct refusal){ 500, "AuthorizerConfigurationException", NULL };
}

static void authorizer_done(struct apigateway_errand *errand, const struct invocation_result *result)
{
    struct handshake *handshake = (struct handshake *)errand;
    struct apigateway_connection *connection = handshake->connection;
    struct arena arena = { 0 };
    enum apigateway_decision decision;
    const char *fault;

    if (!is_awaited(handshake, result))
        return;
    decision = apigateway_authorizer_decide(result, method_arn(handshake, &arena), &connection->authorizer, &fault);
    arena_clear(&arena);
    if (decision == APIGATEWAY_ALLOWED) {
        integrate(handshake);
        return;
    }
    log_info("%s/%s $connect: the authorizer does not let the client in: %s", connection->stage->api->id, connection->stage->name, fault);
    end_refused(handshake, refusal_by(decision));
}

static void ask_authorizer(struct handshake *handshake, const struct apigateway_authorizer *authorizer)
{
    struct apigateway_occasion occasion = occasion_of(handshake);
    struct arena arena = { 0 };
    struct buffer event = { 0 };

    if (!apigateway_authorizer_is_identified(authorizer, &handshake->upgrade->request, handshake->connection)) {
        end_refused(handshake, refusal_of(401));
        return;
    }
    if (!authorizer->function) {
        refuse_as_failed(handshake, 500, "the route's authorizer does not exist");
        return;
    }
    apigateway_event_authorize(&event, &occasion, &handshake->upgrade->request, method_arn(handshake, &arena));
    send_event(handshake, authorizer->function, &event, AUTHORIZER_TIMEOUT_MS, authorizer_done);
    buffer_clear(&event);
    arena_clear(&arena);
}

/* IAM authorization asks for a signature; whose it is, nobody checks here. */
static void check_signature(struct handshake *handshake)
{
    struct upgrade *upgrade = handshake->upgrade;
    struct authorization authorization;
    const char *message = NULL;
    enum error_id id = authorization_read(&upgrade->request, &upgrade->arena, &authorization, &message);

    if (id == ERR_NONE)
        integrate(handshake);
    else
        end_refused(handshake, (struct refusal){ 403, error_name(id), message });
}

static void begin(struct handshake *handshake)
{
    const struct apigateway_route *route = route_of(handshake);

    switch (route ? route->authorization : APIGATEWAY_OPEN) {
    case APIGATEWAY_OPEN:
        integrate(handshake);
        return;
    case APIGATEWAY_SIGNED:
        check_signature(handshake);
        return;
    case APIGATEWAY_CUSTOM:
        ask_authorizer(handshake, &route->authorizer);
        return;
    }
}

/* ---- arriving ---- */

static struct handshake *new_handshake(struct apigateway *room, struct apigateway_stage *stage, struct upgrade *upgrade)
{
    struct handshake *handshake = memory_new(sizeof *handshake);
    const struct request *request = &upgrade->request;

    handshake->errand.room = room;
    handshake->errand.drop = drop;
    handshake->upgrade = upgrade;
    handshake->connection = apigateway_connection_new(room, stage, apigateway_address_domain(room, request, &upgrade->arena),
                                                      request->remote_address, request_header(request, "User-Agent"));
    apigateway_identifier_request(&room->identifiers, handshake->request_id);
    apigateway_identifier_trace(&room->identifiers, handshake->trace);
    return handshake;
}

/* The log tells why, because the client is told no more than on AWS. */
static void explain(const char *path, const struct apigateway_address *address, const struct apigateway_stage *stage, bool is_ambiguous)
{
    if (is_ambiguous)
        log_warn("a client of %s is refused: several APIs have that stage; connect to /_aws/execute-api/{apiId}/{stage} instead", path);
    else if (!stage)
        log_info("a client of %s is refused: there is no such stage%s", path, address->api_id ? " of that API" : "");
    else if (*address->rest)
        log_info("a client of %s is refused: nothing may follow the stage in the path", path);
    else
        log_info("a client of %s is refused: nothing was deployed to the stage yet", path);
}

void apigateway_upgrade(struct apigateway *room, struct upgrade *upgrade)
{
    struct apigateway_address address;
    struct apigateway_stage *stage;
    struct handshake *handshake;
    bool is_ambiguous;

    apigateway_address_read(&upgrade->request, &upgrade->arena, &address);
    stage = apigateway_address_stage(room, &address, &is_ambiguous);
    if (!stage || !stage->plan || (*address.rest && strcmp(address.rest, "/") != 0)) {
        explain(upgrade->request.path, &address, stage, is_ambiguous);
        refuse(room, upgrade, upgrade->request.path, 0, forbidden);
        return;
    }
    handshake = new_handshake(room, stage, upgrade);
    upgrade->left = client_left;
    upgrade->context = handshake;
    begin(handshake);
}
