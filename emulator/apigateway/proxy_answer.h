#pragma once
/* What a function answers to a proxy integration: {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"} and nothing
 * else. API Gateway refuses anything with an unknown key, without a status code, or with members of the wrong type as a "malformed Lambda
 * proxy response" (facts: API Gateway, A3, C5, C6). */

#include "base/arena.h"
#include "base/status.h"

#include <stddef.h>

struct apigateway_proxy_answer {
    int status;       /* 100 to 599 */
    const char *body; /* decoded from base64 when the answer says so; NULL: none */
    size_t body_size_bytes;
    const char *subprotocol; /* the header Sec-WebSocket-Protocol, in any case; NULL: none */
};

/* Reads payload; the answer's texts are in arena. INVALID: malformed; `fault` then says why, for the log. */
enum status apigateway_proxy_answer_read(const char *payload, size_t size_bytes, struct arena *arena,
                                         struct apigateway_proxy_answer *answer, const char **fault);
