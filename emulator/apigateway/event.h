#pragma once
/* The JSON events that functions get: CONNECT, MESSAGE, DISCONNECT and the authorizer's, with AWS's members in AWS's order (facts: API
 * Gateway, A5, C1, D1, F1). */

#include "apigateway/connection.h"
#include "aws/exchange.h"

/* What all events of one request share. */
struct apigateway_occasion {
    const struct apigateway_connection *connection; /* with its stage */
    const char *route_key;
    const char *request_id;
    int64_t time_ms;
    const char *trace; /* X-Amzn-Trace-Id of a handshake; NULL otherwise */
};

/* $connect: the handshake's headers and query. */
void apigateway_event_connect(struct buffer *event, const struct apigateway_occasion *occasion, const struct request *request);

/* The authorizer, before $connect: the same with its type, method_arn, and the headers that $connect does not see. */
void apigateway_event_authorize(struct buffer *event, const struct apigateway_occasion *occasion, const struct request *request,
                                const char *method_arn);

/* A message: text is size_bytes of UTF-8. */
void apigateway_event_message(struct buffer *event, const struct apigateway_occasion *occasion, const char *message_id, const char *text,
                              size_t size_bytes);

/* $disconnect. */
void apigateway_event_disconnect(struct buffer *event, const struct apigateway_occasion *occasion, int code, const char *reason);

/* Adds text as a JSON string. What is not UTF-8 in it (a header, an escape in a query) becomes U+FFFD byte by byte, so that what we write
 * is always JSON. */
void apigateway_add_string(struct buffer *event, const char *text);
