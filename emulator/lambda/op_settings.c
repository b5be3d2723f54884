/* Small things that are kept beside a function: reserved concurrency, the configuration of asynchronous invocation, tags, and the account's
 * settings. */

#include "base/text.h"
#include "lambda/operations.h"
#include "lambda/target.h"

#include <string.h>

enum { UNRESERVED_MIN = 100 };

#define ONE_RESOURCE                                               \
    {                                                              \
        "Resource", STRING, .required = true, .min = 1, .max = 256 \
    }

static const struct member names[] = { { "member", STRING }, { 0 } };
static const struct member tags[] = { { "value", STRING, .max = 256 }, { "key", STRING, .min = 1, .max = 128 }, { 0 } };

const struct member lambda_put_function_concurrency_input[] = {
    TARGET_FUNCTION,
    { "ReservedConcurrentExecutions", INTEGER, .required = true, .min_is_zero = true },
    { 0 },
};
const struct member lambda_delete_function_concurrency_input[] = { TARGET_FUNCTION, { 0 } };
const struct member lambda_get_function_concurrency_input[] = { TARGET_FUNCTION, { 0 } };
const struct member lambda_put_function_event_invoke_config_input[] = {
    TARGET_FUNCTION,
    TARGET_QUALIFIER,
    { "MaximumRetryAttempts", INTEGER, .min_is_zero = true, .max = 2 },
    { "MaximumEventAgeInSeconds", INTEGER, .min = 60, .max = 21600 },
    { "DestinationConfig", DOCUMENT },
    { 0 },
};
const struct member lambda_get_function_event_invoke_config_input[] = { TARGET_FUNCTION, TARGET_QUALIFIER, { 0 } };
const struct member lambda_delete_function_event_invoke_config_input[] = { TARGET_FUNCTION, TARGET_QUALIFIER, { 0 } };
const struct member lambda_get_function_code_signing_config_input[] = { TARGET_FUNCTION, { 0 } };
const struct member lambda_get_account_settings_input[] = { { 0 } };
const struct member lambda_list_tags_input[] = { ONE_RESOURCE, { 0 } };
const struct member lambda_tag_resource_input[] = { ONE_RESOURCE, { "Tags", MAP, .required = true, .members = tags }, { 0 } };
const struct member lambda_untag_resource_input[] = {
    ONE_RESOURCE,
    { "TagKeys", LIST, .required = true, .where = IN_QUERY, .wire_name = "tagKeys", .members = names },
    { 0 },
};

/* ---- reserved concurrency ---- */

/* What all functions but one reserve of the account's concurrency. */
static int64_t reserved_by_others(const struct lambda *room, const struct function *but)
{
    int64_t sum = 0;
    struct map_entry *entry;
    size_t cursor = 0;

    while ((entry = map_next(&room->functions, &cursor))) {
        const struct function *function = entry->value;

        sum += function != but && function->reserved > 0 ? function->reserved : 0;
    }
    return sum;
}

enum outcome lambda_put_function_concurrency(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, true);
    int64_t wanted = call_integer(call, "ReservedConcurrentExecutions", 0);

    if (!function)
        return FAILED;
    if (wanted > LAMBDA_ACCOUNT_CONCURRENCY - UNRESERVED_MIN - reserved_by_others(room_of(call), function))
        return call_fail(call, ERR_INVALID_PARAMETER_VALUE,
                         "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its "
                         "minimum value of [%d].",
                         UNRESERVED_MIN);
    function->reserved = (int)wanted;
    call->output = json_pack("{s:i}", "ReservedConcurrentExecutions", function->reserved);
    return target_keep(call, function);
}

enum outcome lambda_delete_function_concurrency(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);

    call->has_no_body = true;
    if (!function)
        return FAILED;
    function->reserved = -1;
    return target_keep(call, function);
}

enum outcome lambda_get_function_concurrency(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);

    if (!function)
        return FAILED;
    call->output = json_object();
    if (function->reserved >= 0)
        json_object_set_new(call->output, "ReservedConcurrentExecutions", json_integer(function->reserved));
    return DONE;
}

/* ---- asynchronous invocation ---- */

static json_t *event_invoke_output(const struct function *function)
{
    json_t *output = json_deep_copy(function->event_invoke);

    json_object_set_new(output, "FunctionArn", json_sprintf("%s:$LATEST", function->arn));
    return output;
}

enum outcome lambda_put_function_event_invoke_config(struct call *call)
{
    static const char *const members[] = { "MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig" };
    struct function_name name;
    struct function *function = target_function(call, &name, false);

    if (!function)
        return FAILED;
    json_decref(function->event_invoke);
    function->event_invoke = json_pack("{s:f, s:{s:{}, s:{}}}", "LastModified", (double)clock_now_ms(call->ground->clock) / 1e3,
                                       "DestinationConfig", "OnSuccess", "OnFailure");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (call_has(call, members[i]))
            json_object_set(function->event_invoke, members[i], call_member(call, members[i]));
    call->output = event_invoke_output(function);
    return target_keep(call, function);
}

enum outcome lambda_get_function_event_invoke_config(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);

    if (!function)
        return FAILED;
    if (!function->event_invoke)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "The function %s:%s doesn't have an EventInvokeConfig", function->arn,
                         *name.qualifier ? name.qualifier : "$LATEST");
    call->output = event_invoke_output(function);
    return DONE;
}

enum outcome lambda_delete_function_event_invoke_config(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);

    call->has_no_body = true;
    if (!function)
        return FAILED;
    if (!function->event_invoke)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "The function %s:%s doesn't have an EventInvokeConfig", function->arn,
                         *name.qualifier ? name.qualifier : "$LATEST");
    json_decref(function->event_invoke);
    function->event_invoke = NULL;
    return target_keep(call, function);
}

/* ---- tags ---- */

static struct function *tagged(struct call *call)
{
    struct lambda *room = room_of(call);
    const char *resource = call_string(call, "Resource");
    struct function_name name;
    struct function *function = NULL;

    if (text_begins(resource, "arn:") && function_name_read(resource, &name))
        function = function_find(room, name.name);
    if (!function)
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "Function not found: %s", resource);
    return function;
}

enum outcome lambda_list_tags(struct call *call)
{
    struct function *function = tagged(call);

    if (!function)
        return FAILED;
    call->output = json_pack("{s:o}", "Tags", function->tags ? json_deep_copy(function->tags) : json_object());
    return DONE;
}

enum outcome lambda_tag_resource(struct call *call)
{
    struct function *function = tagged(call);

    call->has_no_body = true;
    if (!function)
        return FAILED;
    if (!function->tags)
        function->tags = json_object();
    json_object_update(function->tags, call_member(call, "Tags"));
    return target_keep(call, function);
}

enum outcome lambda_untag_resource(struct call *call)
{
    struct function *function = tagged(call);
    json_t *key;
    size_t i;

    call->has_no_body = true;
    if (!function)
        return FAILED;
    json_array_foreach(call_member(call, "TagKeys"), i, key) if (function->tags) json_object_del(function->tags, json_string_value(key));
    return target_keep(call, function);
}

/* ---- the rest ---- */

enum outcome lambda_get_function_code_signing_config(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);

    if (!function)
        return FAILED;
    call->output = json_pack("{s:s}", "FunctionName", function->name);
    return DONE;
}

enum outcome lambda_get_account_settings(struct call *call)
{
    struct lambda *room = room_of(call);
    int64_t size_bytes = 0;
    struct map_entry *entry;
    size_t cursor = 0;

    while ((entry = map_next(&room->functions, &cursor))) {
        struct function *function = entry->value;

        size_bytes += function->latest->code ? function->latest->code->size_bytes : 0;
    }
    call->output = json_pack("{s:{s:I, s:I, s:I, s:i, s:i}, s:{s:I, s:I}}", "AccountLimit", "TotalCodeSize", (json_int_t)80530636800,
                             "CodeSizeUnzipped", (json_int_t)262144000, "CodeSizeZipped", (json_int_t)52428800, "ConcurrentExecutions",
                             LAMBDA_ACCOUNT_CONCURRENCY, "UnreservedConcurrentExecutions",
                             (int)(LAMBDA_ACCOUNT_CONCURRENCY - reserved_by_others(room, NULL)), "AccountUsage", "TotalCodeSize",
                             (json_int_t)size_bytes, "FunctionCount", (json_int_t)room->functions.count);
    return DONE;
}
