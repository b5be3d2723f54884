/* Invoke: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */

#include "aws/invoker.h"
#include "base/base64.h"
#include "base/text.h"
#include "lambda/invocation.h"
#include "lambda/operations.h"
#include "lambda/retry.h"
#include "lambda/target.h"
#include "lambda/wire.h"

#include <stdlib.h>
#include <string.h>

enum { SYNCHRONOUS_MAX_BYTES = 6291456, ASYNCHRONOUS_MAX_BYTES = 1048576, CLIENT_CONTEXT_MAX_BYTES = 3583 };

static const char *const invocation_types[] = { "Event", "RequestResponse", "DryRun", NULL };
static const char *const log_types[] = { "None", "Tail", NULL };

const struct member lambda_invoke_input[] = {
    { "FunctionName", STRING, .required = true, .min = 1, .max = 170 },
    { "InvocationType", STRING, .values = invocation_types, .where = IN_HEADER, .wire_name = "X-Amz-Invocation-Type" },
    { "LogType", STRING, .values = log_types, .where = IN_HEADER, .wire_name = "X-Amz-Log-Type" },
    { "ClientContext", STRING, .where = IN_HEADER, .wire_name = "X-Amz-Client-Context" },
    { "Payload", BLOB, .where = IS_BODY },
    { "Qualifier", STRING, .min = 1, .max = 128, .where = IN_QUERY },
    { 0 },
};

static void answer_log(struct call *call, const struct invocation_result *result)
{
    char text[LOG_TAIL_BYTES / 3 * 4 + 8];

    if (!result->log_tail)
        return;
    base64_encode(result->log_tail, result->log_tail_bytes, text);
    call_header(call, "X-Amz-Log-Result", text);
}

static void answer_throttled(struct call *call, const char *reason)
{
    call_fail(call, ERR_TOO_MANY_REQUESTS, "Rate Exceeded.");
    call->error.extra = json_pack("{s:s}", "Reason", reason);
    call_header(call, "Retry-After", "1");
}

static void on_done(void *context, const struct invocation_result *result)
{
    struct call *call = context;

    switch (result->end) {
    case INVOCATION_ABSENT:
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "Function not found: %s", (const char *)call->context);
        break;
    case INVOCATION_THROTTLED:
        answer_throttled(call, result->payload);
        break;
    case INVOCATION_DONE:
    case INVOCATION_BROKEN:
        call_header(call, "X-Amz-Executed-Version", result->executed_version);
        if (result->error)
            call_header(call, "X-Amz-Function-Error", result->error);
        answer_log(call, result);
        call_header(call, "Content-Type", "application/json");
        buffer_add(&call->text, result->payload, result->size_bytes);
        call->has_no_body = !result->size_bytes;
    }
    call_finish(call);
}

/* The client context as the function sees it: base64 in the header, JSON text behind it. */
static bool read_client_context(struct call *call, const char **text)
{
    const char *encoded = call_string(call, "ClientContext");
    size_t size_bytes;
    char *bytes;

    *text = NULL;
    if (!encoded || !*encoded)
        return true;
    if (strlen(encoded) > CLIENT_CONTEXT_MAX_BYTES) {
        call_fail(call, ERR_INVALID_REQUEST_CONTENT, "Client context must be no more than %d bytes.", CLIENT_CONTEXT_MAX_BYTES);
        return false;
    }
    bytes = arena_take(call->arena, strlen(encoded) + 1);
    if (base64_decode(encoded, strlen(encoded), bytes, &size_bytes) != OK || strpbrk(bytes, "\r\n")) {
        call_fail(call, ERR_INVALID_REQUEST_CONTENT, "Client context must be a valid Base64-encoded JSON object.");
        return false;
    }
    *text = bytes;
    return true;
}

/* An event must be JSON of a bounded size; an empty one is {}. */
static bool check_payload(struct call *call, struct blob *payload, const char *type)
{
    size_t max = text_is(type, "Event") ? ASYNCHRONOUS_MAX_BYTES : SYNCHRONOUS_MAX_BYTES;
    json_error_t why;
    json_t *value;

    if (payload->size_bytes > max) {
        call_fail(call, ERR_REQUEST_TOO_LARGE, "%zu byte payload is too large for the %s invocation type (limit %zu bytes)",
                  payload->size_bytes, type, max);
        return false;
    }
    if (!payload->size_bytes) {
        *payload = (struct blob){ "{}", 2 };
        return true;
    }
    value = json_loadb(payload->bytes, payload->size_bytes, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    if (!value)
        call_fail(call, ERR_INVALID_REQUEST_CONTENT, "Could not parse request body into json: %s", why.text);
    json_decref(value);
    return value != NULL;
}

static enum outcome invoke_later(struct call *call, const struct invocation_order *order)
{
    if (!retry_start(order)) {
        answer_throttled(call, "ConcurrentInvocationLimitExceeded");
        return FAILED;
    }
    call->status = 202;
    call->has_no_body = true;
    return DONE;
}

enum outcome lambda_invoke(struct call *call)
{
    struct function_name name;
    struct function_version *version = target_version(call, &name, true);
    const char *type = call_string(call, "InvocationType");
    struct blob payload = call_blob(call, "Payload");
    struct invocation_order order = { .version = version ? function_drawn(version->function, name.qualifier) : NULL };
    char *arn;

    type = type ? type : "RequestResponse";
    if (!version || !check_payload(call, &payload, type) || !read_client_context(call, &order.client_context))
        return FAILED;
    if (text_is(type, "DryRun")) {
        call->status = 204;
        call->has_no_body = true;
        return DONE;
    }
    arn = wire_arn(version->function, name.qualifier);
    order.arn = arena_text(call->arena, arn);
    free(arn);
    order.payload = payload.bytes;
    order.size_bytes = payload.size_bytes;
    order.request_id = call->request_id;
    order.cause = call->cause;
    if (text_is(type, "Event"))
        return invoke_later(call, &order);
    call->context = (void *)order.arn;
    order.wants_log = text_is(call_string(call, "LogType"), "Tail");
    order.done = on_done;
    order.context = call;
    invocation_start(&order);
    return LATER;
}
