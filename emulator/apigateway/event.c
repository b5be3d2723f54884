/* Writing the events. They are written, not built: one buffer, the members in order. */

#include "apigateway/event.h"

#include "apigateway/stage.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* ---- texts ---- */

void apigateway_add_string(struct buffer *event, const char *text)
{
    size_t size = strlen(text);
    struct buffer clean = { 0 };

    if (text_is_utf8(text, size)) {
        buffer_add_json_string(event, text, size);
        return;
    }
    while (*text) {
        size_t length = 1;

        while (length < 4 && text[length] && !text_is_utf8(text, length))
            length++;
        if (text_is_utf8(text, length)) {
            buffer_add(&clean, text, length);
            text += length;
        } else {
            buffer_add_text(&clean, "\xef\xbf\xbd");
            text++;
        }
    }
    buffer_add_json_string(event, clean.data, clean.size);
    buffer_clear(&clean);
}

static void add_member(struct buffer *event, const char *name, const char *value)
{
    buffer_print(event, "\"%s\":", name);
    apigateway_add_string(event, value);
    buffer_add_char(event, ',');
}

/* The comma behind the last member becomes the closing bracket. */
static void close_with(struct buffer *event, char bracket)
{
    if (event->data[event->size - 1] == ',')
        event->data[event->size - 1] = bracket;
    else
        buffer_add_char(event, bracket);
}

/* "11/Nov/2024:11:35:24 +0000" */
static void add_request_time(struct buffer *event, int64_t time_ms)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm parts;

    gmtime_r(&seconds, &parts);
    buffer_print(event, "\"requestTime\":\"%02d/%.3s/%04d:%02d:%02d:%02d +0000\",", parts.tm_mday, months + parts.tm_mon * 3,
                 parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/* ---- names and values: headers and query parameters ---- */

struct pair {
    const char *name;
    const char *value;
    size_t turn; /* among those of the same name */
};

struct pairs {
    struct pair *items;
    size_t count;
    int (*compare)(const char *a, const char *b); /* of names: those of headers ignore case */
};

static int by_name(const void *a, const void *b, void *context)
{
    const struct pair *first = a, *second = b;
    const struct pairs *pairs = context;
    int order = pairs->compare(first->name, second->name);

    return order ? order : first->turn < second->turn ? -1 : first->turn > second->turn;
}

static bool is_same_name(const struct pairs *pairs, size_t a, size_t b)
{
    return a < pairs->count && b < pairs->count && !pairs->compare(pairs->items[a].name, pairs->items[b].name);
}

/* "headers":{...},"multiValueHeaders":{...}, in order of name: the single map has the last value of each name, the other all of them. */
static void add_pairs(struct buffer *event, const char *single, const char *multi, struct pairs *pairs)
{
    if (pairs->count)
        qsort_r(pairs->items, pairs->count, sizeof *pairs->items, by_name, pairs);
    buffer_print(event, "\"%s\":{", single);
    for (size_t i = 0; i < pairs->count; i++) {
        if (!i || !is_same_name(pairs, i - 1, i)) {
            apigateway_add_string(event, pairs->items[i].name);
            buffer_add_char(event, ':');
        }
        if (is_same_name(pairs, i, i + 1))
            continue;
        apigateway_add_string(event, pairs->items[i].value);
        buffer_add_char(event, ',');
    }
    close_with(event, '}');
    buffer_print(event, ",\"%s\":{", multi);
    for (size_t i = 0; i < pairs->count; i++) {
        if (!i || !is_same_name(pairs, i - 1, i)) {
            apigateway_add_string(event, pairs->items[i].name);
            buffer_add_text(event, ":[");
        }
        apigateway_add_string(event, pairs->items[i].value);
        buffer_add_text(event, is_same_name(pairs, i, i + 1) ? "," : "],");
    }
    close_with(event, '}');
    buffer_add_char(event, ',');
}

/* The service writes the names of well-known headers in one way, however the client did. */
static const char *header_name(const char *name)
{
    static const char *const known[] = { "Accept-Encoding",
                                         "Accept-Language",
                                         "Authorization",
                                         "Cache-Control",
                                         "Connection",
                                         "Cookie",
                                         "Host",
                                         "Origin",
                                         "Pragma",
                                         "Sec-WebSocket-Extensions",
                                         "Sec-WebSocket-Key",
                                         "Sec-WebSocket-Protocol",
                                         "Sec-WebSocket-Version",
                                         "Upgrade",
                                         "User-Agent" };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcasecmp(known[i], name))
            return known[i];
    return name;
}

/* Those that the gateway itself writes, and what $connect does not see. */
static bool is_left_out(const char *name, bool for_authorizer)
{
    static const char *const ours[] = { "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto", "Host" };
    static const char *const hops[] = { "Connection", "Upgrade", "content-length" };

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (!strcasecmp(ours[i], name))
            return true;
    for (size_t i = 0; !for_authorizer && i < sizeof hops / sizeof *hops; i++)
        if (!strcasecmp(hops[i], name))
            return true;
    return false;
}

static void add_pair(struct pairs *pairs, const char *name, const char *value)
{
    pairs->items[pairs->count] = (struct pair){ name, value, pairs->count };
    pairs->count++;
}

/* The port that the client reached us by: the one in the domain's name, or that of https. */
static const char *port_of(const char *domain)
{
    const char *colon = strrchr(domain, ':');

    return colon && !strchr(colon, ']') ? colon + 1 : "443";
}

static void add_headers(struct buffer *event, const struct apigateway_occasion *occasion, const struct request *request,
                        bool for_authorizer)
{
    const struct apigateway_connection *connection = occasion->connection;
    const char *forwarded = request_header(request, "X-Forwarded-For");
    struct arena arena = { 0 };
    struct pairs pairs = { .items = arena_take(&arena, (request->headers.count + 6) * sizeof *pairs.items), .compare = strcasecmp };

    for (size_t i = 0; i < request->headers.count; i++)
        if (!is_left_out(request->headers.items[i].name, for_authorizer))
            add_pair(&pairs, header_name(request->headers.items[i].name), request->headers.items[i].value);
    if (for_authorizer && !request_header(request, "content-length"))
        add_pair(&pairs, "content-length", "0");
    add_pair(&pairs, "Host", connection->domain);
    add_pair(&pairs, "X-Amzn-Trace-Id", occasion->trace);
    add_pair(&pairs, "X-Forwarded-For", forwarded ? arena_print(&arena, "%s, %s", forwarded, connection->address) : connection->address);
    add_pair(&pairs, "X-Forwarded-Port", port_of(connection->domain));
    add_pair(&pairs, "X-Forwarded-Proto", "https");
    add_pairs(event, "headers", "multiValueHeaders", &pairs);
    arena_clear(&arena);
}

static size_t count_parameters(const char *query)
{
    size_t count = *query != '\0';

    for (; *query; query++)
        count += *query == '&';
    return count;
}

static void gather_parameters(struct pairs *pairs, const char *query, struct arena *arena)
{
    pairs->items = arena_take(arena, count_parameters(query) * sizeof *pairs->items + 1);
    while (*query) {
        size_t length = strcspn(query, "&");
        size_t name_length = strcspn(query, "=&");
        size_t value_at = name_length < length ? name_length + 1 : length;

        if (length)
            add_pair(pairs, text_url_decode(arena, query, name_length, true),
                     text_url_decode(arena, query + value_at, length - value_at, true));
        query += length + (query[length] == '&');
    }
}

/* Absent when there are none; the authorizer gets empty ones instead. */
static void add_parameters(struct buffer *event, const struct request *request, bool for_authorizer)
{
    struct arena arena = { 0 };
    struct pairs pairs = { .compare = strcmp };

    gather_parameters(&pairs, request->query, &arena);
    if (pairs.count || for_authorizer)
        add_pairs(event, "queryStringParameters", "multiValueQueryStringParameters", &pairs);
    arena_clear(&arena);
}

/* ---- the parts that events share ---- */

static void add_variable(struct buffer *event, const char *name, const char *value)
{
    apigateway_add_string(event, name);
    buffer_add_char(event, ':');
    apigateway_add_string(event, value);
    buffer_add_char(event, ',');
}

static void add_stage_variables(struct buffer *event, const struct apigateway_stage *stage, bool for_authorizer)
{
    json_t *variables = json_object_get(stage->view, "stageVariables");
    const char *name;
    json_t *value;

    if (!json_object_size(variables) && !for_authorizer)
        return;
    buffer_add_text(event, "\"stageVariables\":{");
    json_object_foreach(variables, name, value) if (json_is_string(value)) /* a null one is none */
        add_variable(event, name, json_string_value(value));
    close_with(event, '}');
    buffer_add_char(event, ',');
}

static void add_identity(struct buffer *event, const struct apigateway_connection *connection)
{
    buffer_add_text(event, "\"identity\":{");
    if (connection->agent)
        add_member(event, "userAgent", connection->agent);
    add_member(event, "sourceIp", connection->address);
    close_with(event, '}');
    buffer_add_char(event, ',');
}

/* How a request context begins; what only one kind of event has stands between this and finish_context. */
static void begin_context(struct buffer *event, const struct apigateway_occasion *occasion)
{
    buffer_add_text(event, "\"requestContext\":{");
    add_member(event, "routeKey", occasion->route_key);
    if (occasion->connection->authorizer)
        buffer_print(event, "\"authorizer\":%s,", occasion->connection->authorizer);
}

static void finish_context(struct buffer *event, const struct apigateway_occasion *occasion, const char *type, const char *reason)
{
    const struct apigateway_connection *connection = occasion->connection;

    add_member(event, "eventType", type);
    add_member(event, "extendedRequestId", occasion->request_id);
    add_request_time(event, occasion->time_ms);
    add_member(event, "messageDirection", "IN");
    if (reason)
        add_member(event, "disconnectReason", reason);
    add_member(event, "stage", connection->stage->name);
    buffer_print(event, "\"connectedAt\":%" PRId64 ",\"requestTimeEpoch\":%" PRId64 ",", connection->connected_ms, occasion->time_ms);
    add_identity(event, connection);
    add_member(event, "requestId", occasion->request_id);
    add_member(event, "domainName", connection->domain);
    add_member(event, "connectionId", connection->id);
    add_member(event, "apiId", connection->stage->api->id);
    close_with(event, '}');
    buffer_add_char(event, ',');
}

/* ---- the events ---- */

static void add_handshake(struct buffer *event, const struct apigateway_occasion *occasion, const struct request *request,
                          bool for_authorizer)
{
    add_headers(event, occasion, request, for_authorizer);
    add_parameters(event, request, for_authorizer);
    add_stage_variables(event, occasion->connection->stage, for_authorizer);
    begin_context(event, occasion);
    finish_context(event, occasion, "CONNECT", NULL);
}

void apigateway_event_connect(struct buffer *event, const struct apigateway_occasion *occasion, const struct request *request)
{
    buffer_add_char(event, '{');
    add_handshake(event, occasion, request, false);
    buffer_add_text(event, "\"isBase64Encoded\":false}");
}

void apigateway_event_authorize(struct buffer *event, const struct apigateway_occasion *occasion, const struct request *request,
                                const char *method_arn)
{
    buffer_add_char(event, '{');
    add_member(event, "type", "REQUEST");
    add_member(event, "methodArn", method_arn);
    add_handshake(event, occasion, request, true);
    close_with(event, '}');
}

void apigateway_event_message(struct buffer *event, const struct apigateway_occasion *occasion, const char *message_id, const char *text,
                              size_t size_bytes)
{
    buffer_add_char(event, '{');
    add_stage_variables(event, occasion->connection->stage, false);
    begin_context(event, occasion);
    add_member(event, "messageId", message_id);
    finish_context(event, occasion, "MESSAGE", NULL);
    buffer_add_text(event, "\"body\":");
    buffer_add_json_string(event, text, size_bytes);
    buffer_add_text(event, ",\"isBase64Encoded\":false}");
}

/* The empty headers are real: the service sends them. */
void apigateway_event_disconnect(struct buffer *event, const struct apigateway_occasion *occasion, int code, const char *reason)
{
    struct pair items[] = {
        { "Host", occasion->connection->domain, 0 }, { "x-api-key", "", 0 }, { "X-Forwarded-For", "", 0 }, { "x-restapi", "", 0 }
    };
    struct pairs pairs = { items, sizeof items / sizeof *items, strcasecmp };

    buffer_add_char(event, '{');
    add_pairs(event, "headers", "multiValueHeaders", &pairs);
    add_stage_variables(event, occasion->connection->stage, false);
    begin_context(event, occasion);
    buffer_print(event, "\"disconnectStatusCode\":%d,", code);
    finish_context(event, occasion, "DISCONNECT", reason);
    buffer_add_text(event, "\"isBase64Encoded\":false}");
}
