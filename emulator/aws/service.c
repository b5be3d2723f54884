/* A request becomes a call, is decoded and checked in AWS's order, runs, and is dressed for the wire that it came by. What is particular to
 * REST (paths, query, headers) stands in rest.c. */

#include "aws/service.h"

#include "aws/authorization.h"
#include "aws/cbor.h"
#include "aws/coding.h"
#include "aws/event_stream.h"
#include "aws/rest.h"
#include "base/base64.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

enum { LARGE_BYTES = 4 << 20 }; /* a body that may have become many times as much in values */

const struct operation *service_operation(const struct service *service, const char *name)
{
    for (const struct operation *operation = service->operations; operation->name; operation++)
        if (!strcmp(operation->name, name))
            return operation;
    return NULL;
}

/* ---- the answer ---- */

static void name_request(struct call *call)
{
    struct random_stream *ids = call->ground->request_ids;

    if (call->service->is_dynamodb)
        random_code(ids, call->request_id, 52);
    else
        random_uuid(ids, call->request_id);
}

static void add_extended_id(struct call *call)
{
    char bytes[72];
    char text[100];

    random_bytes(call->ground->request_ids, bytes, sizeof bytes);
    base64_encode(bytes, sizeof bytes, text);
    exchange_header(call->exchange, "x-amz-id-2", text);
}

/* "application/x-amz-json-1.1; charset=utf-8": what stands before the parameters. */
static bool content_type_is(const struct request *request, const char *wanted)
{
    const char *type = request_header(request, "Content-Type");
    size_t length = type ? strcspn(type, "; ") : 0;

    return length == strlen(wanted) && !strncasecmp(type, wanted, length);
}

/* DynamoDB answers in the type that it was asked in. */
static void add_ids(struct call *call)
{
    exchange_header(call->exchange, "x-amzn-RequestId", call->request_id);
    if (call->service->is_kinesis)
        add_extended_id(call);
}

static const char *content_type(const struct call *call)
{
    if (call->is_cbor)
        return "application/x-amz-cbor-1.1";
    switch (call->service->protocol) {
    case PROTOCOL_JSON_1_0:
        return content_type_is(&call->exchange->request, "application/x-amz-json-1.0") ? "application/x-amz-json-1.0" : "application/json";
    case PROTOCOL_JSON_1_1:
        return "application/x-amz-json-1.1";
    case PROTOCOL_REST_JSON:
        break;
    }
    return "application/json";
}

static int write_json(const char *text, size_t size, void *buffer)
{
    buffer_add(buffer, text, size);
    return 0;
}

/* Fifteen digits say every time of day to the microsecond as it was meant; the two more that a double has only show how it is kept. */
static void print_json(struct buffer *body, const json_t *value)
{
    json_dump_callback(value, write_json, body, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
}

/* The names of members that Lambda prints with a capital in ResourceNotFoundException are sent in both cases: SDKs read either. */
static json_t *error_body(struct call *call)
{
    const struct call_error *error = &call->error;
    const struct service *service = call->service;
    json_t *body = json_object();
    bool says_capital = (error->id == ERR_SERIALIZATION || error->id == ERR_TRANSACTION_CANCELED || error->id == ERR_ACCESS_DENIED) &&
                        service->protocol != PROTOCOL_REST_JSON;

    if (service->says_type)
        json_object_set_new(body, "Type", json_string(error_status(error->id) >= 500 ? "Service" : "User"));
    if (service->protocol != PROTOCOL_REST_JSON)
        json_object_set_new(body, "__type",
                            json_string(service->error_type ? service->error_type(call, error->id) : error_name(error->id)));
    if (error->message)
        json_object_set_new(body, says_capital ? "Message" : "message", json_string(error->message));
    if (error->message && service->says_type)
        json_object_set_new(body, "Message", json_string(error->message));
    if (error->extra)
        json_object_update(body, error->extra);
    return body;
}

void service_add_query_error(const struct service *service, struct exchange *exchange, enum error_id id)
{
    const char *side = error_status(id) < 500 ? "Sender" : "Receiver";

    exchange_header(exchange, "x-amzn-query-error", arena_print(&exchange->arena, "%s;%s", service->query_code(id), side));
}

static void dress_error(struct call *call)
{
    struct exchange *exchange = call->exchange;
    int status = error_status(call->error.id);
    json_t *body = error_body(call);

    if (call->service->protocol != PROTOCOL_REST_JSON)
        status = status >= 500 ? 500 : status == 413 ? 413 : 400;
    exchange->answer.status = status;
    if (!call->service->is_dynamodb)
        exchange_header(exchange, "x-amzn-ErrorType", error_name(call->error.id));
    if (call->service->query_code)
        service_add_query_error(call->service, exchange, call->error.id);
    print_json(&exchange->answer.body, body);
    json_decref(body);
}

static bool answers_nothing(const struct call *call)
{
    return call->has_no_body || (!call->output && !call->text.size && call->service->empty_without_output);
}

static void dress_output(struct call *call)
{
    struct exchange *exchange = call->exchange;
    int success = call->operation && call->operation->success ? call->operation->success : 200;

    exchange->answer.status = call->status ? call->status : success;
    if (answers_nothing(call))
        return;
    if (call->text.size) {
        exchange->answer.body = call->text;
        call->text = (struct buffer){ 0 };
    } else if (call->output) {
        print_json(&exchange->answer.body, call->output);
    } else {
        buffer_add_text(&exchange->answer.body, "{}");
    }
}

/* What is said was written as JSON, whatever the wire: here it becomes CBOR. */
static void turn_into_cbor(const struct call *call, struct buffer *body)
{
    json_t *value = json_loadb(body->data, body->size, JSON_ALLOW_NUL, NULL);

    body->size = 0;
    if (value)
        cbor_write(body, value, call->service->cbor_kinds);
    json_decref(value);
}

static void drop(struct call *call)
{
    bool was_large = call->exchange && call->exchange->request.body_size > LARGE_BYTES;

    json_decref(call->input);
    json_decref(call->output);
    json_decref(call->error.extra);
    buffer_clear(&call->text);
    call->input = NULL;
    call->output = NULL;
    call->error.extra = NULL;
    if (was_large)
        memory_trim();
}

/* DynamoDB's own manners. The checksum is that of the bytes as they are sent. */
static void dress_for_dynamodb(struct call *call)
{
    struct exchange *exchange = call->exchange;
    const char *coding = coding_apply(request_header(&exchange->request, "Accept-Encoding"), &exchange->answer.body);
    unsigned long crc;
    char digits[TEXT_DIGITS_BYTES];

    if (coding)
        exchange_header(exchange, "Content-Encoding", coding);
    exchange_header(exchange, "Server", "Server");
    crc = crc32(0, (const Bytef *)exchange->answer.body.data, (uInt)exchange->answer.body.size);
    exchange_header(exchange, "x-amz-crc32", text_digits(crc, digits));
}

static void dress(struct call *call)
{
    struct exchange *exchange = call->exchange;

    if (call->error.id)
        dress_error(call);
    else
        dress_output(call);
    if (call->is_cbor && exchange->answer.body.size)
        turn_into_cbor(call, &exchange->answer.body);
    add_ids(call);
    if (exchange->answer.body.size || call->service->protocol != PROTOCOL_REST_JSON)
        if (!header_find(&exchange->answer.headers, "Content-Type", strlen("Content-Type")))
            exchange_header(exchange, "Content-Type", content_type(call));
    if (call->service->is_dynamodb)
        dress_for_dynamodb(call);
    drop(call);
}

static void send_answer(struct call *call)
{
    dress(call);
    exchange_send(call->exchange);
}

/* What the call has written was lost before its answer left: it becomes a failure of the service, in the service's own name for that. */
static void spoil_answer(struct exchange *exchange)
{
    struct call *call = exchange->context;

    call->error = (struct call_error){ call->service->is_dynamodb ? ERR_INTERNAL_SERVER_ERROR
                                       : call->service->says_type ? ERR_SERVICE
                                                                  : ERR_INTERNAL_FAILURE,
                                       "The data could not be kept: the disk is full or failing.", NULL };
    dress(call);
}

/* ---- the answer that is an event stream ---- */

static const char *event_content_type(const struct call *call)
{
    return call->is_cbor ? content_type(call) : "application/json";
}

static void client_drained(struct exchange *exchange, void *context)
{
    struct call *call = context;

    (void)exchange;
    if (call->drained)
        call->drained(call, call->context);
}

static void say(struct call *call, const char *type, struct buffer *payload,
                void (*add)(struct buffer *, const char *, const char *, const void *, size_t))
{
    if (call->is_cbor)
        turn_into_cbor(call, payload);
    add(&call->exchange->answer.body, type, event_content_type(call), payload->data, payload->size);
    buffer_clear(payload);
    exchange_flow(call->exchange);
}

void call_begin_events(struct call *call)
{
    struct exchange *exchange = call->exchange;
    struct buffer nothing = { 0 };

    exchange->drained = client_drained;
    exchange->answer.status = 200;
    add_ids(call);
    exchange_header(exchange, "Content-Type", "application/vnd.amazon.eventstream");
    exchange_begin(exchange);
    buffer_add_text(&nothing, "{}");
    say(call, "initial-response", &nothing, event_stream_add_event);
}

void call_say_event(struct call *call, const char *type, struct buffer *payload)
{
    say(call, type, payload, event_stream_add_event);
}

size_t call_waiting_bytes(const struct call *call)
{
    return exchange_waiting(call->exchange);
}

/* Inside a stream the failure of the service has the name that the model gives it there. */
static void say_error(struct call *call)
{
    struct buffer payload = { 0 };
    enum error_id id = call->error.id;
    json_t *body = json_pack("{s:s?}", "message", call->error.message);

    print_json(&payload, body);
    json_decref(body);
    say(call, id == ERR_INTERNAL_FAILURE ? "InternalFailureException" : error_name(id), &payload, event_stream_add_exception);
}

void call_end_events(struct call *call)
{
    struct exchange *exchange = call->exchange;

    if (call->error.id)
        say_error(call);
    drop(call);
    exchange_end(exchange);
}

/* ---- the request ---- */

static void client_left(struct exchange *exchange, void *context)
{
    struct call *call = context;

    (void)exchange;
    if (call->left)
        call->left(call, call->context);
}

static void run(struct call *call)
{
    switch (call->operation->run(call)) {
    case DONE:
    case FAILED:
        call_finish(call);
        return;
    case LATER:
        return;
    }
}

/* Runs what is decoded; the checks are the same for every wire. */
static void check_and_run(struct call *call)
{
    const struct service *service = call->service;
    const struct member *shape = call->operation->input;
    const char *fault = call->misplaced ? shape_bytes_fault(call->misplaced, call->arena)
                        : shape         ? shape_type_fault(shape, call->input, &service->manners, call->arena)
                                        : NULL;

    if (fault) {
        call_fail(call, ERR_SERIALIZATION, "%s", fault);
        call_finish(call);
        return;
    }
    if (service->look_first && !service->look_first(call)) {
        call_finish(call);
        return;
    }
    fault = shape ? shape_constraint_fault(shape, call->input, &service->manners, call->arena) : NULL;
    if (fault) {
        call_fail(call, service->validation_error ? service->validation_error : ERR_VALIDATION, "%s", fault);
        call_finish(call);
        return;
    }
    run(call);
}

static struct call *new_call(const struct service *service, const struct ground *ground, struct arena *arena, struct exchange *exchange)
{
    struct call *call = arena_take(arena, sizeof *call);

    call->arena = arena;
    call->service = service;
    call->ground = ground;
    call->exchange = exchange;
    call->region = ground->region;
    if (exchange) {
        call->finish = send_answer;
        call->cause = trace_cause(ground->trace, request_header(&exchange->request, "X-Amzn-Trace-Id"));
        exchange->left = client_left;
        exchange->spoil = spoil_answer;
        exchange->context = call;
    }
    name_request(call);
    return call;
}

static void refuse(struct call *call, enum error_id id, const char *message)
{
    call_fail(call, id, message ? "%s" : NULL, message);
    call_finish(call);
}

/* What is no API call at all is answered with a page. */
static void answer_page(struct call *call, int status, const char *type, const char *page)
{
    call->is_cbor = false;
    call->status = status;
    buffer_add_text(&call->text, page);
    call_header(call, "Content-Type", type);
    call_finish(call);
}

/* AWS's old front ends say of themselves that they are well, and know nothing else but calls. */
static void answer_visitor(struct call *call)
{
    const struct request *request = &call->exchange->request;
    const char *host = request_header(request, "Host");

    if (call->service->is_dynamodb && !strcmp(request->method, "GET") && !strcmp(request->path, "/"))
        answer_page(call, 200, "text/plain", call_print(call, "healthy: %s ", host ? host : call->ground->region));
    else
        answer_page(call, 404, "text/xml", "<UnknownOperationException/>\n");
}

/* Kinesis takes what is called application/json for a call of a protocol before all that are spoken today, in which it knows nothing. */
static void answer_oldest(struct call *call)
{
    const struct request *request = &call->exchange->request;
    json_t *value = NULL;
    bool is_object = json_read(request->body, request->body_size, &value) == OK && json_is_object(value);

    json_decref(value);
    if (is_object)
        answer_page(call, 404, "application/json",
                    "{\"Output\":{\"__type\":\"com.amazon.coral.service#UnknownOperationException\"},\"Version\":\"1.0\"}");
    else
        answer_page(call, 400, "application/json",
                    "{\"Output\":{\"__type\":\"com.amazon.coral.service#SerializationException\"},\"Version\":\"1.0\"}");
}

/* DynamoDB is strict in where it is called, and in which version. */
static bool is_json(const struct service *service, const struct request *request)
{
    if (service->is_dynamodb && strcmp(request->path, "/"))
        return false;
    if (content_type_is(request, "application/x-amz-json-1.0"))
        return true;
    if (service->is_dynamodb)
        return content_type_is(request, "application/json") || (!request->body_size && !request->is_too_large);
    return content_type_is(request, "application/x-amz-json-1.1");
}

static bool is_cbor(const struct service *service, const struct request *request)
{
    return service->cbor_kinds && content_type_is(request, "application/x-amz-cbor-1.1");
}

/* Without a body and of no known type: Kinesis answers in CBOR. */
static bool is_bare(const struct request *request)
{
    return !request->body_size && !request->is_too_large && !content_type_is(request, "application/x-amz-json-1.1");
}

static const struct operation *find_target(const struct service *service, const struct request *request)
{
    const char *target = request_header(request, "X-Amz-Target");
    size_t length = strlen(service->target_prefix);

    if (!target || strncmp(target, service->target_prefix, length) || target[length] != '.')
        return NULL;
    return service_operation(service, target + length + 1);
}

/* The body as a value, NULL when it is malformed. In JSON NUL escapes are allowed, and a repeated member's last value counts, as AWS reads.
 */
static json_t *parse(struct call *call)
{
    const struct request *request = &call->exchange->request;
    json_t *value = NULL;

    if (call->is_cbor)
        return cbor_read_input(request->body, request->body_size, call->operation ? call->operation->input : NULL, &value,
                               &call->misplaced) == OK
                   ? value
                   : NULL;
    return json_read(request->body, request->body_size, &value) == OK ? value : NULL;
}

/* Whether the body is nothing that an operation could read: an empty one, or a value that is no object. Kinesis refuses it before it asks
 * who sends, and one that is not empty even before it looks for the operation. */
static bool is_refused_early(const struct call *call)
{
    return call->service->is_kinesis && !json_is_object(call->input);
}

static enum error_id check_sender(struct call *call, const char **message)
{
    struct authorization authorization;
    const struct request *request = &call->exchange->request;
    enum error_id id = call->service->is_kinesis ? authorization_read_any(request, call->arena, &authorization, message)
                                                 : authorization_read(request, call->arena, &authorization, message);

    if (authorization.region)
        call->region = authorization.region;
    if (id == ERR_MISSING_AUTHENTICATION_TOKEN && call->service->is_dynamodb)
        *message = "Request is missing Authentication Token";
    return id;
}

/* Kinesis asks whoever sends it no call that it could read who that is, and says what it thinks of the call after that; all in XML. */
static void answer_stranger(struct call *call)
{
    const char *target = request_header(&call->exchange->request, "X-Amz-Target");
    const char *message = NULL;
    enum error_id id = check_sender(call, &message);

    if (!id && call->operation) {
        answer_page(call, 404, "text/xml", "<UnknownOperationException/>\n");
        return;
    }
    if (!id && target) {
        answer_page(call, 500, "text/xml", "<InternalFailure/>\n");
        return;
    }
    if (!id) {
        id = ERR_ACCESS_DENIED;
        message = "Unable to determine service/operation name to be authorized";
    }
    answer_page(call, 403, "text/xml", call_print(call, "<%s>\n  <Message>%s</Message>\n</%s>\n", error_name(id), message, error_name(id)));
}

/* A compressed request of DynamoDB or CloudWatch is read as if it had come plain; other services know no codings, and find no JSON in it.
 * What cannot be unpacked is, as on AWS, a failure of the service. */
static enum error_id unpack(const struct service *service, struct exchange *exchange)
{
    struct request *request = &exchange->request;
    const char *coding = service->is_dynamodb || service->takes_codings ? request_header(request, "Content-Encoding") : NULL;

    if (!coding)
        return ERR_NONE;
    switch (coding_undo(coding, request->body, request->body_size, service->body_max_bytes, &exchange->arena, &request->body,
                        &request->body_size)) {
    case CODING_DONE:
        break;
    case CODING_BROKEN:
        return ERR_INTERNAL_FAILURE;
    case CODING_TOO_LARGE:
        return ERR_REQUEST_ENTITY_TOO_LARGE;
    }
    return ERR_NONE;
}

/* Size, method, content type, syntax, target, sender, types, values: AWS's order (facts: Kinesis, 2; DynamoDB, 1). */
static void serve_rpc(const struct service *service, const struct ground *ground, struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    struct call *call;
    const char *message = NULL;
    enum error_id id;

    call = new_call(service, ground, &exchange->arena, exchange);
    call->is_cbor = is_cbor(service, request) || (service->is_kinesis && is_bare(request));
    call->operation = find_target(service, request);
    if (request->is_too_large || (service->body_max_bytes && request->body_size > service->body_max_bytes)) {
        refuse(call, ERR_REQUEST_ENTITY_TOO_LARGE, NULL);
        return;
    }
    if (strcmp(request->method, "POST") || (!is_json(service, request) && !call->is_cbor)) {
        if (service->is_kinesis && !strcmp(request->method, "POST") && content_type_is(request, "application/json"))
            answer_oldest(call);
        else if (service->is_kinesis)
            answer_stranger(call);
        else
            answer_visitor(call);
        return;
    }
    id = unpack(service, exchange);
    if (id) {
        refuse(call, id, NULL);
        return;
    }
    call->input = parse(call);
    if (request->body_size && (!call->input || is_refused_early(call))) {
        refuse(call, ERR_SERIALIZATION, NULL);
        return;
    }
    if (!call->operation) {
        refuse(call, ERR_UNKNOWN_OPERATION, NULL);
        return;
    }
    if (is_refused_early(call)) {
        refuse(call, ERR_SERIALIZATION, NULL);
        return;
    }
    id = check_sender(call, &message);
    if (id) {
        refuse(call, id, message);
        return;
    }
    if (!json_is_object(call->input)) {
        refuse(call, ERR_SERIALIZATION, NULL);
        return;
    }
    check_and_run(call);
}

static void serve_rest(const struct service *service, const struct ground *ground, struct exchange *exchange)
{
    struct call *call = new_call(service, ground, &exchange->arena, exchange);
    const char *message = NULL;
    enum error_id id;

    if (!rest_find(call)) {
        refuse(call, service->says_type ? ERR_UNKNOWN_OPERATION : ERR_NOT_FOUND,
               "Unable to determine service/operation name to be authorized");
        return;
    }
    if (exchange->request.is_too_large || (service->body_max_bytes && exchange->request.body_size > service->body_max_bytes)) {
        refuse(call, ERR_REQUEST_ENTITY_TOO_LARGE, "Request must be smaller than the service's limit");
        return;
    }
    id = check_sender(call, &message);
    if (id) {
        refuse(call, id, message);
        return;
    }
    if (!rest_decode(call, &message)) {
        refuse(call, ERR_SERIALIZATION, message);
        return;
    }
    check_and_run(call);
}

void service_serve(const struct service *service, const struct ground *ground, struct exchange *exchange)
{
    if (service->protocol == PROTOCOL_REST_JSON)
        serve_rest(service, ground, exchange);
    else
        serve_rpc(service, ground, exchange);
}

/* ---- calls from inside ---- */

struct call_origin {
    struct arena arena;
    service_done *done;
    void *context;
};

static void tell_origin(struct call *call)
{
    struct call_origin *origin = (struct call_origin *)call->origin;
    struct arena arena;

    origin->done(call, origin->context);
    drop(call);
    arena = origin->arena;
    free(origin);
    arena_clear(&arena);
}

void service_call_caused(const struct service *service, const struct ground *ground, const char *operation, json_t *input, uint64_t cause,
                         service_done *done, void *context)
{
    struct call_origin *origin = memory_new(sizeof *origin);
    struct call *call = new_call(service, ground, &origin->arena, NULL);

    origin->done = done;
    origin->context = context;
    call->origin = origin;
    call->cause = cause;
    call->finish = tell_origin;
    call->input = input ? input : json_object();
    call->operation = service_operation(service, operation);
    if (!call->operation)
        refuse(call, ERR_UNKNOWN_OPERATION, NULL);
    else
        check_and_run(call);
}

void service_call(const struct service *service, const struct ground *ground, const char *operation, json_t *input, service_done *done,
                  void *context)
{
    service_call_caused(service, ground, operation, input, 0, done, context);
}
