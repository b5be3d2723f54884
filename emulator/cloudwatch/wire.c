/* The two forms of CloudWatch's API that are not JSON: what comes is read into the input of an operation, which runs as any other, and what
 * it answers is dressed here. */

#include "aws/cbor.h"
#include "aws/coding.h"
#include "base/text.h"
#include "cloudwatch/query.h"
#include "cloudwatch/room.h"

#include <string.h>
#include <strings.h>

#define VERSION "2010-08-01"
#define NAMESPACE "http://monitoring.amazonaws.com/doc/2010-08-01/"

static const char rpc_path[] = "/service/GraniteServiceVersion20100801/operation/";

/* ---- Query ---- */

const char *cloudwatch_query_code(enum error_id id)
{
    switch ((int)id) {
    case ERR_INVALID_PARAMETER_VALUE:
        return "InvalidParameterValue";
    case ERR_INVALID_PARAMETER_COMBINATION:
        return "InvalidParameterCombination";
    case ERR_MISSING_REQUIRED_PARAMETER:
        return "MissingParameter";
    case ERR_VALIDATION:
        return "ValidationError";
    case ERR_SERIALIZATION:
        return "MalformedInput";
    case ERR_UNKNOWN_OPERATION:
        return "InvalidAction";
    default:
        return error_name(id);
    }
}

static void add_xml_text(struct buffer *body, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<':
            buffer_add_text(body, "&lt;");
            break;
        case '>':
            buffer_add_text(body, "&gt;");
            break;
        case '&':
            buffer_add_text(body, "&amp;");
            break;
        default:
            buffer_add_char(body, *text);
        }
}

static void answer_query_error(struct exchange *exchange, enum error_id id, const char *message, const char *request_id)
{
    struct buffer *body = &exchange->answer.body;

    exchange->answer.status = error_status(id);
    buffer_print(body, "<ErrorResponse xmlns=\"" NAMESPACE "\"><Error><Type>%s</Type><Code>%s</Code><Message>",
                 error_status(id) < 500 ? "Sender" : "Receiver", cloudwatch_query_code(id));
    add_xml_text(body, message ? message : "");
    buffer_print(body, "</Message></Error><RequestId>%s</RequestId></ErrorResponse>", request_id);
}

static void finish_query(struct call *call, void *context)
{
    struct exchange *exchange = context;

    if (call->error.id) {
        answer_query_error(exchange, call->error.id, call->error.message, call->request_id);
    } else {
        exchange->answer.status = 200;
        buffer_print(&exchange->answer.body,
                     "<%sResponse xmlns=\"" NAMESPACE "\"><ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata></%sResponse>",
                     call->operation->name, call->request_id, call->operation->name);
    }
    exchange_header(exchange, "Content-Type", "text/xml");
    exchange_header(exchange, "x-amzn-RequestId", call->request_id);
    exchange_send(exchange);
}

static void serve_query(struct cloudwatch *room, struct exchange *exchange, const char *form, size_t size_bytes)
{
    const char *action = query_parameter(form, size_bytes, "Action", &exchange->arena);
    const struct operation *operation = action ? service_operation(&room->service, action) : NULL;
    char request_id[37];

    if (operation) {
        service_call(&room->service, room->ground, action, query_read(form, size_bytes, operation->input, &exchange->arena), finish_query,
                     exchange);
        return;
    }
    random_uuid(room->ground->request_ids, request_id);
    answer_query_error(exchange, ERR_UNKNOWN_OPERATION,
                       arena_print(&exchange->arena, "Could not find operation %s for version " VERSION, action ? action : ""), request_id);
    exchange_header(exchange, "Content-Type", "text/xml");
    exchange_send(exchange);
}

/* ---- Smithy's RPC v2 ---- */

static void answer_rpc_error(const struct cloudwatch *room, struct exchange *exchange, enum error_id id, const char *message)
{
    json_t *error = json_pack("{s:s, s:s*}", "__type", error_name(id), "message", message);

    exchange->answer.status = error_status(id);
    exchange_header(exchange, "Content-Type", "application/cbor");
    service_add_query_error(&room->service, exchange, id);
    cbor_write(&exchange->answer.body, error, NULL);
    json_decref(error);
}

static void finish_rpc(struct call *call, void *context)
{
    struct exchange *exchange = context;

    exchange_header(exchange, "smithy-protocol", "rpc-v2-cbor");
    exchange_header(exchange, "x-amzn-RequestId", call->request_id);
    if (call->error.id)
        answer_rpc_error(room_of(call), exchange, call->error.id, call->error.message);
    else
        exchange->answer.status = 200; /* an operation without output has no body */
    exchange_send(exchange);
}

static void serve_rpc(struct cloudwatch *room, struct exchange *exchange, const char *body, size_t size_bytes)
{
    const char *name = exchange->request.path + sizeof rpc_path - 1;
    const struct operation *operation = service_operation(&room->service, name);
    json_t *input = NULL;

    if (operation && !size_bytes)
        input = json_object();
    else if (operation && cbor_read_rpc(body, size_bytes, &input) != OK)
        input = NULL;
    if (json_is_object(input)) {
        service_call(&room->service, room->ground, name, input, finish_rpc, exchange);
        return;
    }
    json_decref(input);
    exchange_header(exchange, "smithy-protocol", "rpc-v2-cbor");
    answer_rpc_error(room, exchange, operation ? ERR_SERIALIZATION : ERR_UNKNOWN_OPERATION, NULL);
    exchange_send(exchange);
}

/* ---- whose is it ---- */

static bool is_form(const struct request *request)
{
    const char *type = request_header(request, "Content-Type");

    return type && text_begins(type, "application/x-www-form-urlencoded");
}

bool cloudwatch_serves(struct cloudwatch *room, struct exchange *exchange)
{
    struct request *request = &exchange->request;
    const char *coding = request_header(request, "Content-Encoding");
    bool is_rpc = text_begins(request->path, rpc_path);
    const char *body = request->body;
    size_t size_bytes = request->body_size;

    if (!text_is(request->method, "POST") || (!is_rpc && !is_form(request)))
        return false;
    /* SDKs compress what is over 10 KiB; what cannot be unpacked is read as it is, and refused. */
    if (coding && coding_undo(coding, body, size_bytes, CLOUDWATCH_BODY_MAX_BYTES, &exchange->arena, &body, &size_bytes) != CODING_DONE) {
        body = request->body;
        size_bytes = request->body_size;
    }
    if (is_rpc)
        serve_rpc(room, exchange, body, size_bytes);
    else if (text_is(query_parameter(body, size_bytes, "Version", &exchange->arena), VERSION))
        serve_query(room, exchange, body, size_bytes);
    else
        return false;
    return true;
}
