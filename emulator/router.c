#include "router.h"

#include "aws/authorization.h"
#include "base/text.h"
#include "control/control.h"
#include "guard.h"
#include "world_rooms.h"

#include <string.h>

static bool target_is(const char *target, const struct service *service)
{
    size_t length = service ? strlen(service->target_prefix) : 0;

    return service && !strncmp(target, service->target_prefix, length) && target[length] == '.';
}

static const struct service *by_target(struct world *world, const char *target)
{
    const struct service *const services[] = { dynamodb_service(world->dynamodb),      dynamodb_streams_service(world->dynamodb),
                                               kinesis_service(world->kinesis),        analytics_service_v1(world->analytics),
                                               analytics_service_v2(world->analytics), cloudwatch_service(world->cloudwatch) };

    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (target_is(target, services[i]))
            return services[i];
    return NULL;
}

static const struct service *by_name(struct world *world, const char *name)
{
    if (text_is(name, "dynamodb"))
        return dynamodb_service(world->dynamodb);
    if (text_is(name, "kinesis"))
        return kinesis_service(world->kinesis);
    if (text_is(name, "lambda"))
        return lambda_service(world->lambda);
    if (text_is(name, "apigateway"))
        return apigateway_service(world->apigateway);
    if (text_is(name, "kinesisanalytics"))
        return analytics_service_v2(world->analytics);
    return NULL;
}

/* "/2015-03-31/functions": all of Lambda's paths begin with the date of an API version. */
static bool has_version_date(const char *path)
{
    static const char form[] = "/dddd-dd-dd/";

    for (size_t i = 0; form[i]; i++)
        if (form[i] == 'd' ? path[i] < '0' || path[i] > '9' : path[i] != form[i])
            return false;
    return true;
}

static bool content_type_begins(const struct request *request, const char *type)
{
    const char *sent = request_header(request, "Content-Type");

    return sent && text_begins(sent, type);
}

/* Services of the older, form-encoded protocol (CloudFormation, STS, ...) speak XML: their clients cannot read anything else. */
static bool speaks_xml(const struct request *request)
{
    return content_type_begins(request, "application/x-www-form-urlencoded");
}

/* Whoever names no service at "/" meets DynamoDB: its page says that all is well, and its refusals are those that others expect of an
 * emulator. */
static const struct service *by_manner(struct world *world, const struct request *request)
{
    bool speaks_otherwise = speaks_xml(request) || content_type_begins(request, "application/x-amz-json-1.1") ||
                            content_type_begins(request, "application/x-amz-cbor");

    return text_is(request->path, "/") && !speaks_otherwise ? dynamodb_service(world->dynamodb) : NULL;
}

static const struct service *find_service(struct world *world, struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    const char *target = request_header(request, "X-Amz-Target");
    const struct service *service = target ? by_target(world, target) : NULL;
    struct authorization authorization;
    const char *message;

    if (target)
        return service ? service : by_manner(world, request);
    if (has_version_date(request->path))
        return lambda_service(world->lambda);
    if (text_begins(request->path, "/v2/apis") || text_begins(request->path, "/v2/tags"))
        return apigateway_service(world->apigateway);
    authorization_read(request, &exchange->arena, &authorization, &message);
    if (!authorization.service)
        return by_manner(world, request);
    return by_name(world, authorization.service);
}

/* What no service of ours owns. */
static void answer_unknown(struct exchange *exchange)
{
    if (request_header(&exchange->request, "X-Amz-Target")) {
        exchange_header(exchange, "x-amzn-ErrorType", "UnknownOperationException");
        exchange_reply(exchange, 400, "application/x-amz-json-1.1", "{\"__type\":\"UnknownOperationException\"}");
    } else if (speaks_xml(&exchange->request)) {
        exchange_reply(exchange, 404, "text/xml",
                       "<ErrorResponse><Error><Type>Sender</Type><Code>UnknownOperationException</Code>"
                       "<Message>lowcloud knows no service that this request is for</Message></Error></ErrorResponse>");
    } else {
        exchange_header(exchange, "x-amzn-ErrorType", "UnknownOperationException");
        exchange_reply(exchange, 404, "application/json",
                       "{\"__type\":\"UnknownOperationException\",\"message\":\"lowcloud knows no service that this request is for\"}");
    }
}

void router_serve(struct world *world, struct exchange *exchange)
{
    const struct service *service;

    if (!guard_admits(exchange, world->options.allowed_origins, world->options.host))
        return;
    if (control_serves(world->control, exchange) || apigateway_serves(world->apigateway, exchange) ||
        cloudwatch_serves(world->cloudwatch, exchange))
        return;
    service = find_service(world, exchange);
    if (service)
        service_serve(service, &world->ground, exchange);
    else
        answer_unknown(exchange);
}
