/* Reading a function's answer to a proxy integration. */

#include "apigateway/proxy_answer.h"

#include "apigateway/json_text.h"
#include "base/base64.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct reading {
    struct apigateway_proxy_answer *answer;
    struct arena *arena;
    bool is_base64;
    const char *fault;
};

static bool fail(struct reading *reading, const char *fault)
{
    if (!reading->fault)
        reading->fault = fault;
    return false;
}

/* A number without a fraction, or a text of digits: the service takes both. */
static bool read_status(struct reading *reading, const struct apigateway_json_slice *value)
{
    const char *text = NULL;
    int64_t status;

    if (value->kind == '0')
        text = arena_copy(reading->arena, value->text, value->size_bytes);
    else if (value->kind == '"')
        text = apigateway_json_text_string(value, reading->arena, NULL);
    if (!text_to_int64(text, &status) || status < 100 || status > 599)
        return fail(reading, "its statusCode is not a whole number from 100 to 599");
    reading->answer->status = (int)status;
    return true;
}

static void note_header(struct reading *reading, const struct apigateway_json_slice *key, const struct apigateway_json_slice *value)
{
    const char *name = apigateway_json_text_string(key, reading->arena, NULL);

    if (value->kind == '"' && !strcasecmp(name, "Sec-WebSocket-Protocol"))
        reading->answer->subprotocol = apigateway_json_text_string(value, reading->arena, NULL);
}

static bool read_headers(struct reading *reading, const struct apigateway_json_slice *value)
{
    const char *cursor = NULL;
    struct apigateway_json_slice key, header;

    if (value->kind == 'n')
        return true;
    if (value->kind != '{')
        return fail(reading, "its headers are not an object");
    while (apigateway_json_text_next(value, &cursor, &key, &header)) {
        if (header.kind == '{' || header.kind == '[')
            return fail(reading, "a value of its headers is not a text");
        note_header(reading, &key, &header);
    }
    return true;
}

static bool read_multi_headers(struct reading *reading, const struct apigateway_json_slice *value)
{
    const char *cursor = NULL;
    struct apigateway_json_slice key, list, last;

    if (value->kind == 'n')
        return true;
    if (value->kind != '{')
        return fail(reading, "its multiValueHeaders are not an object");
    while (apigateway_json_text_next(value, &cursor, &key, &list)) {
        const char *inner = NULL;
        struct apigateway_json_slice none;

        if (list.kind != '[')
            return fail(reading, "a value of its multiValueHeaders is not a list");
        while (apigateway_json_text_next(&list, &inner, &none, &last))
            note_header(reading, &key, &last);
    }
    return true;
}

static bool read_body(struct reading *reading, const struct apigateway_json_slice *value)
{
    if (value->kind == 'n')
        return true;
    if (value->kind != '"')
        return fail(reading, "its body is not a text");
    reading->answer->body = apigateway_json_text_string(value, reading->arena, &reading->answer->body_size_bytes);
    return true;
}

static bool read_is_base64(struct reading *reading, const struct apigateway_json_slice *value)
{
    if (value->kind != 't' && value->kind != 'f' && value->kind != 'n')
        return fail(reading, "its isBase64Encoded is not a boolean");
    reading->is_base64 = value->kind == 't';
    return true;
}

static const struct {
    const char *name;
    bool (*read)(struct reading *reading, const struct apigateway_json_slice *value);
} members[] = {
    { "statusCode", read_status }, { "headers", read_headers },           { "multiValueHeaders", read_multi_headers },
    { "body", read_body },         { "isBase64Encoded", read_is_base64 },
};

static bool read_member(struct reading *reading, const struct apigateway_json_slice *key, const struct apigateway_json_slice *value)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (apigateway_json_text_is(key, members[i].name, strlen(members[i].name)))
            return members[i].read(reading, value);
    return fail(reading, "it has a member other than statusCode, headers, multiValueHeaders, body and isBase64Encoded");
}

static bool decode_body(struct reading *reading)
{
    struct apigateway_proxy_answer *answer = reading->answer;
    char *bytes;

    if (!reading->is_base64 || !answer->body)
        return true;
    bytes = arena_take(reading->arena, answer->body_size_bytes / 4 * 3 + 1);
    if (base64_decode(answer->body, answer->body_size_bytes, bytes, &answer->body_size_bytes) != OK)
        return fail(reading, "its body is not base64, though it says so");
    answer->body = bytes;
    return true;
}

enum status apigateway_proxy_answer_read(const char *payload, size_t size_bytes, struct arena *arena,
                                         struct apigateway_proxy_answer *answer, const char **fault)
{
    struct reading reading = { .answer = answer, .arena = arena };
    const char *cursor = NULL;
    struct apigateway_json_slice whole, key, value;

    *answer = (struct apigateway_proxy_answer){ 0 };
    if (apigateway_json_text_open(payload, size_bytes, &whole) != OK || whole.kind != '{')
        fail(&reading, "it is not a JSON object");
    else
        while (apigateway_json_text_next(&whole, &cursor, &key, &value) && read_member(&reading, &key, &value))
            ;
    if (!reading.fault && !answer->status)
        fail(&reading, "it has no statusCode");
    if (!reading.fault)
        decode_body(&reading);
    *fault = reading.fault;
    return reading.fault ? INVALID : OK;
}
