#include "aws/call.h"

#include "aws/service.h"
#include "base/base64.h"

#include <string.h>

json_t *call_member(const struct call *call, const char *name)
{
    json_t *value = json_object_get(call->input, name);

    return json_is_null(value) ? NULL : value;
}

bool call_has(const struct call *call, const char *name)
{
    return call_member(call, name) != NULL;
}

const char *call_string(const struct call *call, const char *name)
{
    return json_string_value(call_member(call, name));
}

int64_t call_integer(const struct call *call, const char *name, int64_t fallback)
{
    json_t *value = call_member(call, name);

    return json_is_integer(value) ? json_integer_value(value) : json_is_real(value) ? shape_whole(json_real_value(value)) : fallback;
}

bool call_boolean(const struct call *call, const char *name, bool fallback)
{
    json_t *value = call_member(call, name);

    return json_is_boolean(value) ? json_is_true(value) : fallback;
}

double call_number(const struct call *call, const char *name, double fallback)
{
    json_t *value = call_member(call, name);

    return json_is_number(value) ? json_number_value(value) : fallback;
}

static bool is_raw_body(const struct call *call, const char *name)
{
    for (const struct member *member = call->operation->input; member && member->name; member++)
        if (member->where == IS_BODY && !strcmp(member->name, name))
            return call->exchange != NULL;
    return false;
}

struct blob call_blob(struct call *call, const char *name)
{
    json_t *value = call_member(call, name);
    struct blob blob = { "", 0 };
    char *bytes;

    if (is_raw_body(call, name))
        return (struct blob){ call->exchange->request.body, call->exchange->request.body_size };
    if (!json_is_string(value))
        return blob;
    bytes = arena_take(call->arena, json_string_length(value) / 4 * 3 + 1);
    base64_decode(json_string_value(value), json_string_length(value), bytes, &blob.size_bytes);
    blob.bytes = bytes;
    return blob;
}

enum outcome call_fail(struct call *call, enum error_id id, const char *format, ...)
{
    va_list list;

    if (call->error.id)
        return FAILED;
    call->error.id = id;
    if (format) {
        va_start(list, format);
        call->error.message = arena_vprint(call->arena, format, list);
        va_end(list);
    }
    return FAILED;
}

void call_header(struct call *call, const char *name, const char *value)
{
    if (call->exchange)
        exchange_header(call->exchange, name, value);
}

char *call_print(struct call *call, const char *format, ...)
{
    va_list list;
    char *text;

    va_start(list, format);
    text = arena_vprint(call->arena, format, list);
    va_end(list);
    return text;
}

void call_finish(struct call *call)
{
    call->left = NULL;
    call->finish(call);
}
