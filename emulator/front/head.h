#pragma once
/* A request head as it arrives: is it whole, is it sound, does it ask for a WebSocket. The HTTP library parses the same bytes again; this
 * reader is the stricter one, and refuses what that library would read wrongly (folded lines, doubled lengths, foreign transfer encodings).
 */

#include "aws/exchange.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a head, line and fields together: DynamoDB's bound, and that of an upgrade at API Gateway (quotas page). */
enum { HEAD_MAX_BYTES = 16384, HEAD_UPGRADE_MAX_BYTES = 10240 };

enum head_state {
    HEAD_PARTIAL, /* more must come */
    HEAD_WHOLE,
    HEAD_REFUSED /* the connection cannot go on */
};

struct head {
    size_t size_bytes; /* where the body begins */
    int refusal;       /* the HTTP status to refuse with */
    bool is_old;       /* HTTP/1.0 */
};

/* Reads the head at the beginning of bytes into request (texts in arena). */
enum head_state head_read(struct arena *arena, const char *bytes, size_t size_bytes, struct request *request, struct head *head);

/* Splits target into path and query; false when it is no path of ours ("*", "host:port", an encoded NUL). The absolute form is accepted. */
bool head_split_target(struct arena *arena, struct request *request);

/* Whether the head is within its bound, and its body's framing such that one reading of it exists: 0, or the status to refuse with.
 * *content_length is what was announced, -1 when nothing was. */
int head_check(const struct request *request, int64_t *content_length);

/* Whether the request asks to become a WebSocket ("Upgrade: websocket"). */
bool head_is_upgrade(const struct request *request);

/* Whether header name holds token in its comma-separated list, in any case. */
bool head_has_token(const struct request *request, const char *name, const char *token);

/* 0 when the upgrade is well-formed, else the status to refuse it with (RFC 6455, 4.2.1). */
int head_check_upgrade(const struct request *request, const struct head *head);
