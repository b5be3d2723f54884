/* The management API, /{stage}/@connections/{id}: handlers push to clients, ask for them, and close them. POST is the hot path of the whole
 * pipeline: it reads the path, finds the connection, sends, and answers within the same turn (facts: API Gateway, E). */

#include "apigateway/address.h"
#include "apigateway/connection.h"
#include "apigateway/event.h"
#include "aws/authorization.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct visit {
    struct apigateway *room;
    struct exchange *exchange;
    const char *id; /* as asked for; NULL: there is no id yet */
    uint64_t cause;
};

/* ---- answers ---- */

static void trace_visit(struct visit *visit, int status)
{
    char note[72];

    snprintf(note, sizeof note, "%s %d", visit->exchange->request.method, status);
    visit->cause =
        trace_add(visit->room->ground->trace, TRACE_MANAGEMENT, visit->cause, visit->id, (int64_t)visit->exchange->request.body_size, note);
}

static void send_answer(struct visit *visit, int status)
{
    struct exchange *exchange = visit->exchange;
    char uuid[37], id[APIGATEWAY_IDENTIFIER_SIZE];

    apigateway_identifier_uuid(&visit->room->identifiers, uuid);
    apigateway_identifier_request(&visit->room->identifiers, id);
    exchange->answer.status = status;
    exchange_header(exchange, "x-amzn-RequestId", uuid);
    exchange_header(exchange, "x-amz-apigw-id", id);
    if (status != 204)
        exchange_header(exchange, "Content-Type", "application/json");
    exchange_send(exchange);
}

static void add_trace_id(struct visit *visit)
{
    char trace[48];

    apigateway_identifier_trace(&visit->room->identifiers, trace);
    exchange_header(visit->exchange, "X-Amzn-Trace-Id", trace);
}

/* SDKs tell errors apart by x-amzn-ErrorType. message NULL: an empty body, as the service sends with 410. */
static void send_error(struct visit *visit, int status, const char *error, const char *message)
{
    struct buffer *body = &visit->exchange->answer.body;

    exchange_header(visit->exchange, "x-amzn-ErrorType", error);
    if (message) {
        buffer_add_text(body, "{\"message\":");
        apigateway_add_string(body, message);
        buffer_add_char(body, '}');
    }
    send_answer(visit, status);
}

static void send_gone(struct visit *visit)
{
    add_trace_id(visit);
    send_error(visit, 410, "GoneException", NULL);
}

/* What REST APIs answer to anything that is not a method of theirs. */
static void send_no_method(struct visit *visit)
{
    send_error(visit, 403, "MissingAuthenticationTokenException", "Missing Authentication Token");
}

/* ---- the three methods ---- */

/* A reader that was too slow is being closed, and a client that is leaving takes no more: both are gone. */
static void post(struct visit *visit, struct apigateway_connection *connection)
{
    const struct request *request = &visit->exchange->request;

    if (apigateway_connection_push(connection, request->body, request->body_size) != OK) {
        trace_visit(visit, 410);
        send_gone(visit);
        return;
    }
    trace_visit(visit, 200);
    trace_add(visit->room->ground->trace, TRACE_FRAME_OUT, visit->cause, visit->id, (int64_t)request->body_size, NULL);
    add_trace_id(visit);
    send_answer(visit, 200);
}

static void get(struct visit *visit, struct apigateway_connection *connection)
{
    struct arena *arena = &visit->exchange->arena;
    struct buffer *body = &visit->exchange->answer.body;

    trace_visit(visit, 200);
    buffer_print(body, "{\n  \"identity\" : {\n    \"sourceIp\" : \"%s\",\n    \"userAgent\" : ", connection->address);
    if (connection->agent)
        apigateway_add_string(body, connection->agent);
    else
        buffer_add_text(body, "null");
    buffer_print(body, "\n  },\n  \"connectedAt\" : \"%s\",\n  \"lastActiveAt\" : \"%s\"\n}",
                 text_iso_time(arena, connection->connected_ms), text_iso_time(arena, connection->active_ms));
    add_trace_id(visit);
    send_answer(visit, 200);
}

/* There is no way to give a close code: $disconnect hears 1000 (facts: API Gateway, D2). */
static void delete (struct visit *visit, struct apigateway_connection *connection)
{
    trace_visit(visit, 204);
    apigateway_connection_end(connection, 1000, "Connection Closed Normally", "", visit->cause);
    add_trace_id(visit);
    send_answer(visit, 204);
}

static const struct {
    const char *method;
    void (*serve)(struct visit *visit, struct apigateway_connection *connection);
} methods[] = { { "POST", post }, { "GET", get }, { "DELETE", delete } };

/* ---- finding the connection ---- */

/* Ids are unique over all APIs, so the plain form of the path need not tell which API is meant: the stage has to be right. */
static struct apigateway_connection *find(const struct visit *visit, const struct apigateway_address *address)
{
    struct apigateway_connection *connection = apigateway_connection_find(visit->room, visit->id);

    if (!connection || strcmp(connection->stage->name, address->stage) != 0)
        return NULL;
    return !address->api_id || text_is(address->api_id, connection->stage->api->id) ? connection : NULL;
}

static bool is_signed(struct visit *visit)
{
    struct authorization authorization;
    const char *message = NULL;
    enum error_id id = authorization_read(&visit->exchange->request, &visit->exchange->arena, &authorization, &message);

    if (id != ERR_NONE)
        send_error(visit, 403, error_name(id), message);
    return id == ERR_NONE;
}

static bool has_stage(const struct visit *visit, const struct apigateway_address *address)
{
    bool is_ambiguous;

    return apigateway_address_stage(visit->room, address, &is_ambiguous) || is_ambiguous;
}

static void serve(struct visit *visit, const struct apigateway_address *address)
{
    const struct request *request = &visit->exchange->request;
    struct apigateway_connection *connection;
    size_t method = 0;

    while (method < 3 && strcmp(methods[method].method, request->method) != 0)
        method++;
    if (method == 3 || !*visit->id) {
        send_no_method(visit);
        return;
    }
    if (!is_signed(visit))
        return;
    connection = find(visit, address);
    if (!connection && !has_stage(visit, address)) {
        send_error(visit, 403, "ForbiddenException", "Forbidden");
    } else if (!connection && !apigateway_identifier_is_connection(visit->id)) {
        send_error(visit, 400, "BadRequestException", arena_print(&visit->exchange->arena, "Invalid connectionId: %s", visit->id));
    } else if (method == 0 && (request->is_too_large || request->body_size > APIGATEWAY_MESSAGE_MAX)) {
        send_error(visit, 413, "PayloadTooLargeException", "Message too long");
    } else if (!connection) {
        trace_visit(visit, 410);
        send_gone(visit);
    } else {
        methods[method].serve(visit, connection);
    }
}

/* What follows "/@connections/" in what follows the stage; NULL: something else stands there. */
static const char *connection_part(const char *rest)
{
    static const char plain[] = "/@connections/", encoded[] = "/%40connections/";

    if (text_begins(rest, plain))
        return rest + sizeof plain - 1;
    return text_begins(rest, encoded) ? rest + sizeof encoded - 1 : NULL;
}

/* An API's own address answers nothing but upgrades and the management API. */
static void serve_other(struct visit *visit)
{
    if (!strcmp(visit->exchange->request.method, "GET"))
        send_error(visit, 426, "UpgradeRequiredException", "Upgrade Required");
    else
        send_error(visit, 403, "ForbiddenException", "Forbidden");
}

/* Most requests of a busy lowcloud are another room's: they are told by two looks, and nothing is copied for them. */
static bool may_be_ours(const struct request *request)
{
    return strstr(request->path, "connections/") || text_begins(request->path, "/_aws/execute-api/") ||
           apigateway_address_host_names_api(request_header(request, "Host"));
}

bool apigateway_serves(struct apigateway *room, struct exchange *exchange)
{
    struct apigateway_address address;
    struct visit visit = { .room = room, .exchange = exchange };
    const char *id;

    if (!may_be_ours(&exchange->request))
        return false;
    apigateway_address_read(&exchange->request, &exchange->arena, &address);
    id = connection_part(address.rest);
    if (!id && !address.api_id)
        return false;
    visit.cause = trace_cause(room->ground->trace, request_header(&exchange->request, "X-Amzn-Trace-Id"));
    visit.id = id ? text_url_decode(&exchange->arena, id, strlen(id), false) : NULL;
    if (id)
        serve(&visit, &address);
    else
        serve_other(&visit);
    return true;
}
