#include "lambda/event_record.h"

#include "base/text.h"
#include "lambda/destination.h"
#include "lambda/function.h"
#include "lambda/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_succeeded(const struct event_record *record)
{
    return text_is(record->condition, "Success");
}

static void add_json(struct buffer *body, const char *name, const char *json, size_t size_bytes)
{
    buffer_print(body, "\"%s\":", name);
    buffer_add(body, size_bytes ? json : "{}", size_bytes ? size_bytes : 2);
}

/* The function's ARN with its qualifier, $LATEST when it has none. */
static const char *qualified(const struct function *function, const struct event_record *record, struct arena *arena)
{
    struct function_name name;

    function_name_read(record->arn, &name);
    return arena_print(arena, "%s:%s", function->arn, *name.qualifier ? name.qualifier : "$LATEST");
}

static void print(const struct function *function, const struct event_record *record, struct arena *arena, struct buffer *body)
{
    const char *now = text_iso_time(arena, clock_now_ms(function->room->ground->clock));

    buffer_print(body,
                 "{\"version\":\"1.0\",\"timestamp\":\"%s\",\"requestContext\":{\"requestId\":\"%s\",\"functionArn\":\"%s\","
                 "\"condition\":\"%s\",\"approximateInvokeCount\":%d},",
                 now, record->request_id, qualified(function, record, arena), record->condition, record->invoke_count);
    add_json(body, "requestPayload", record->payload, record->payload_bytes);
    if (record->version) {
        buffer_print(body, ",\"responseContext\":{\"statusCode\":200,\"executedVersion\":\"%s\"", record->version);
        if (record->error)
            buffer_print(body, ",\"functionError\":\"%s\"", record->error);
        buffer_add_text(body, "},");
        add_json(body, "responsePayload", record->answer, record->answer_bytes);
    }
    buffer_add_char(body, '}');
}

/* An event bus gets the record as the detail of an event. */
static void wrap_for_bus(const struct function *function, const struct event_record *record, const char *bus, struct arena *arena,
                         struct buffer *body)
{
    const struct ground *ground = function->room->ground;
    struct buffer event = { 0 };
    char id[37];

    random_uuid(&function->room->ids, id);
    buffer_print(&event,
                 "{\"version\":\"0\",\"id\":\"%s\",\"detail-type\":\"Lambda Function Invocation Result - %s\",\"source\":\"lambda\","
                 "\"account\":\"%s\",\"time\":\"%.19sZ\",\"region\":\"%s\",\"resources\":[\"%s\",\"%s\"],\"detail\":",
                 id, has_succeeded(record) ? "Success" : "Failure", ground->account, text_iso_time(arena, clock_now_ms(ground->clock)),
                 ground->region, bus, qualified(function, record, arena));
    buffer_add(&event, body->data, body->size);
    buffer_add_char(&event, '}');
    buffer_clear(body);
    *body = event;
}

static void tell_destination(const struct function *function, const struct event_record *record)
{
    const json_t *config = json_object_get(function->event_invoke, "DestinationConfig");
    const json_t *on_end = json_object_get(config, has_succeeded(record) ? "OnSuccess" : "OnFailure");
    const char *arn = json_string_value(json_object_get(on_end, "Destination"));
    struct arena arena = { 0 };
    struct buffer body = { 0 };

    if (!arn)
        return;
    print(function, record, &arena, &body);
    if (strstr(arn, ":events:"))
        wrap_for_bus(function, record, arn, &arena, &body);
    destination_send(function->room, &(struct destination_note){
                                         .arn = arn,
                                         .source = function->arn,
                                         .body = body.data,
                                         .size_bytes = body.size,
                                         .cause = record->cause,
                                     });
    buffer_clear(&body);
    arena_clear(&arena);
}

/* {"RequestID": {"DataType": "String", "StringValue": "..."}, ...} */
static json_t *message_attributes(const struct event_record *record)
{
    json_t *answer = record->answer ? json_loadb(record->answer, record->answer_bytes, JSON_DECODE_ANY, NULL) : NULL;
    const char *message = json_string_value(json_object_get(answer, "errorMessage"));
    json_t *attributes = json_pack("{s:{s:s, s:s}, s:{s:s, s:s}, s:{s:s, s:s}}", "RequestID", "DataType", "String", "StringValue",
                                   record->request_id, "ErrorCode", "DataType", "Number", "StringValue", "200", "ErrorMessage", "DataType",
                                   "String", "StringValue", message ? message : record->condition);

    json_decref(answer);
    return attributes;
}

/* A dead-letter queue gets the event itself. */
static void tell_dead_letters(const struct function *function, const struct event_record *record)
{
    const json_t *config = json_object_get(function->latest->configuration, "DeadLetterConfig");
    const char *arn = json_string_value(json_object_get(config, "TargetArn"));
    json_t *attributes;

    if (!arn || !*arn || has_succeeded(record))
        return;
    attributes = message_attributes(record);
    destination_send(function->room, &(struct destination_note){
                                         .arn = arn,
                                         .source = function->arn,
                                         .body = record->payload_bytes ? record->payload : "{}",
                                         .size_bytes = record->payload_bytes ? record->payload_bytes : 2,
                                         .attributes = attributes,
                                         .cause = record->cause,
                                     });
    json_decref(attributes);
}

void event_record_tell(const struct function *function, const struct event_record *record)
{
    tell_destination(function, record);
    tell_dead_letters(function, record);
}
