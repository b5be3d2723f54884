#pragma once
/* API Gateway's WebSocket APIs: clients are let in by $connect, their messages are routed to integrations, and the management API
 * (@connections) pushes to them. APIs are made through the control plane's operations (apigatewayv2, /v2/apis/...). */

#include "aws/ground.h"
#include "aws/invoker.h"
#include "aws/service.h"
#include "front/websocket.h"

struct apigateway;

/* Opens the room; integrations invoke functions with invoker. */
enum status apigateway_open(struct apigateway **room, const struct ground *ground, const struct invoker *invoker);

/* The control plane: service "apigateway", REST-JSON, /v2/apis/... */
const struct service *apigateway_service(const struct apigateway *room);

/* A client's upgrade: let in or refused by this room, from host and path. */
void apigateway_upgrade(struct apigateway *room, struct upgrade *upgrade);

/* True when the exchange is the management API's (its path holds /@connections/) or comes to a WebSocket API's own address (host
 * {apiId}.execute-api..., path /_aws/execute-api/...); then it is this room's, and answered. */
bool apigateway_serves(struct apigateway *room, struct exchange *exchange);

/* Calls each(context, API name, API id, stage) for every deployed stage, in order of creation. For the table that `lowcloud up` prints. */
void apigateway_each_stage(const struct apigateway *room,
                           void (*each)(void *context, const char *name, const char *api_id, const char *stage), void *context);

void apigateway_close(struct apigateway *room);
