/* Create, Get, List, Update, DeleteEventSourceMapping. Every member that is given comes back, whether it has an effect here or not, because
 * tools compare. */

#include "base/text.h"
#include "lambda/filter.h"
#include "lambda/mapping.h"
#include "lambda/operations.h"
#include "lambda/page.h"
#include "lambda/store.h"
#include "lambda/target.h"
#include "lambda/wire.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH_SIZE_DEFAULT = 100 };

static const char *const positions[] = { "LATEST", "AT_TIMESTAMP", "TRIM_HORIZON", NULL };
static const char *const response_types_values[] = { "ReportBatchItemFailures", NULL };
static const struct member response_types[] = { { "member", STRING, .values = response_types_values }, { 0 } };
static const struct member one_filter[] = { { "Pattern", STRING, .max = 4096 }, { 0 } };
static const struct member filters[] = { { "member", STRUCTURE, .members = one_filter }, { 0 } };
static const struct member filter_criteria[] = { { "Filters", LIST, .members = filters }, { 0 } };
static const struct member on_failure[] = { { "Destination", STRING, .max = 350 }, { 0 } };
static const struct member destination[] = { { "OnSuccess", STRUCTURE, .members = on_failure },
                                             { "OnFailure", STRUCTURE, .members = on_failure },
                                             { 0 } };

#define SETTINGS                                                                                                                           \
    { "Enabled", BOOLEAN }, { "BatchSize", INTEGER, .min = 1, .max = 10000 }, { "FilterCriteria", STRUCTURE, .members = filter_criteria }, \
        { "MaximumBatchingWindowInSeconds", INTEGER, .min_is_zero = true, .max = 300 },                                                    \
        { "ParallelizationFactor", INTEGER, .min = 1, .max = 10 }, { "DestinationConfig", STRUCTURE, .members = destination },             \
        { "MaximumRecordAgeInSeconds", INTEGER, .min = -1, .max = 604800 }, { "BisectBatchOnFunctionError", BOOLEAN },                     \
        { "MaximumRetryAttempts", INTEGER, .min = -1, .max = 10000 },                                                                      \
        { "TumblingWindowInSeconds", INTEGER, .min_is_zero = true, .max = 900 },                                                           \
        { "FunctionResponseTypes", LIST, .max = 1, .members = response_types }, { "SourceAccessConfigurations", DOCUMENT },                \
        { "ScalingConfig", DOCUMENT }, { "KMSKeyArn", STRING }, { "MetricsConfig", DOCUMENT },                                             \
    {                                                                                                                                      \
        "ProvisionedPollerConfig", DOCUMENT                                                                                                \
    }

const struct member lambda_create_event_source_mapping_input[] = {
    { "EventSourceArn", STRING },
    { "FunctionName", STRING, .required = true, .min = 1, .max = 140 },
    SETTINGS,
    { "StartingPosition", STRING, .values = positions },
    { "StartingPositionTimestamp", TIMESTAMP },
    { "Tags", DOCUMENT },
    { 0 },
};
const struct member lambda_update_event_source_mapping_input[] = {
    { "UUID", STRING, .required = true },
    { "FunctionName", STRING, .min = 1, .max = 140 },
    SETTINGS,
    { 0 },
};
const struct member lambda_get_event_source_mapping_input[] = { { "UUID", STRING, .required = true }, { 0 } };
const struct member lambda_delete_event_source_mapping_input[] = { { "UUID", STRING, .required = true }, { 0 } };
const struct member lambda_list_event_source_mappings_input[] = {
    { "EventSourceArn", STRING, .where = IN_QUERY },
    { "FunctionName", STRING, .min = 1, .max = 140, .where = IN_QUERY },
    PAGE_MEMBERS,
    { 0 },
};

/* ---- what is given ---- */

static const char *const kept[] = { "BatchSize",
                                    "FilterCriteria",
                                    "MaximumBatchingWindowInSeconds",
                                    "ParallelizationFactor",
                                    "DestinationConfig",
                                    "MaximumRecordAgeInSeconds",
                                    "BisectBatchOnFunctionError",
                                    "MaximumRetryAttempts",
                                    "TumblingWindowInSeconds",
                                    "FunctionResponseTypes",
                                    "SourceAccessConfigurations",
                                    "ScalingConfig",
                                    "KMSKeyArn",
                                    "MetricsConfig",
                                    "ProvisionedPollerConfig",
                                    "StartingPosition",
                                    "StartingPositionTimestamp",
                                    "Enabled" };

static json_t *defaults(void)
{
    return json_pack("{s:i, s:i, s:i, s:b, s:i, s:i, s:i, s:{s:{}}, s:[]}", "BatchSize", BATCH_SIZE_DEFAULT,
                     "MaximumBatchingWindowInSeconds", 0, "ParallelizationFactor", 1, "BisectBatchOnFunctionError", 0,
                     "MaximumRetryAttempts", -1, "MaximumRecordAgeInSeconds", -1, "TumblingWindowInSeconds", 0, "DestinationConfig",
                     "OnFailure", "FunctionResponseTypes");
}

static void keep(json_t *settings, const json_t *input)
{
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        json_t *value = json_object_get(input, kept[i]);

        if (value && !json_is_null(value))
            json_object_set_new(settings, kept[i], json_deep_copy(value));
    }
    /* An empty criterion takes the filter away. */
    if (!json_array_size(json_object_get(json_object_get(settings, "FilterCriteria"), "Filters")))
        json_object_del(settings, "FilterCriteria");
}

static int64_t number(const json_t *settings, const char *name)
{
    return json_integer_value(json_object_get(settings, name));
}

static const char *on_failure_arn(const json_t *settings)
{
    return json_string_value(json_object_get(json_object_get(json_object_get(settings, "DestinationConfig"), "OnFailure"), "Destination"));
}

/* What AWS takes for a failure destination of a mapping: not, as of asynchronous invocations, a function or an event bus. */
static bool is_destination(const char *arn)
{
    static const char *const services[] = { ":sqs:", ":sns:", ":s3:", ":kafka:" };
    bool is_one = !arn || !*arn || text_begins(arn, "kafka://");

    for (size_t i = 0; i < sizeof services / sizeof *services && !is_one; i++)
        is_one = strstr(arn, services[i]) != NULL;
    return is_one;
}

/* What the shape cannot say about the settings; false after call_fail. */
static bool check_settings(struct call *call, const json_t *settings)
{
    json_t *patterns = filter_compile(json_object_get(settings, "FilterCriteria"));

    json_decref(patterns);
    if (!patterns)
        return call_fail(call, ERR_INVALID_PARAMETER_VALUE, "Invalid filter pattern definition.") == DONE;
    if (!is_destination(on_failure_arn(settings)))
        return call_fail(call, ERR_INVALID_PARAMETER_VALUE,
                         "Unsupported destination: %s. Give a queue, a topic, a bucket or a Kafka topic.",
                         on_failure_arn(settings)) == DONE;
    if (number(settings, "TumblingWindowInSeconds") && number(settings, "ParallelizationFactor") > 1)
        return call_fail(call, ERR_INVALID_PARAMETER_VALUE,
                         "Parallelization factor must be equal to 1 when tumbling window period is configured") == DONE;
    return true;
}

/* The ARN of the function that the call names, as it was qualified (in the arena); NULL after call_fail. */
static const char *function_arn(struct call *call)
{
    struct lambda *room = room_of(call);
    struct function_name name;
    struct function *function = function_name_read(call_string(call, "FunctionName"), &name) ? function_find(room, name.name) : NULL;

    if (!function || !function_qualified(function, name.qualifier)) {
        call_fail(call, ERR_INVALID_PARAMETER_VALUE, "Function does not exist");
        return NULL;
    }
    return call_print(call, "%s%s%s", function->arn, *name.qualifier ? ":" : "", name.qualifier);
}

/* The source's ARN, or NULL after call_fail. */
static const char *stream_arn(struct call *call)
{
    struct lambda *room = room_of(call);
    const char *source = call_string(call, "EventSourceArn");

    const struct source_type *type = source ? source_type_of(source) : NULL;

    if (!type) {
        call_fail(call, ERR_INVALID_PARAMETER_VALUE, "Unrecognized event source.");
        return NULL;
    }
    if (!call_has(call, "StartingPosition")) {
        call_fail(call, ERR_INVALID_PARAMETER_VALUE,
                  "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.");
        return NULL;
    }
    if (text_is(call_string(call, "StartingPosition"), "AT_TIMESTAMP") && !call_has(call, "StartingPositionTimestamp")) {
        call_fail(call, ERR_INVALID_PARAMETER_VALUE, "Timestamp must not be null for AT_TIMESTAMP starting position.");
        return NULL;
    }
    if (type == &source_table && text_is(call_string(call, "StartingPosition"), "AT_TIMESTAMP")) {
        call_fail(call, ERR_INVALID_PARAMETER_VALUE, "Unsupported starting position for arn type: %s", source);
        return NULL;
    }
    if (!type->exists(room, source)) {
        call_fail(call, ERR_INVALID_PARAMETER_VALUE, "Stream not found: %s", source);
        return NULL;
    }
    return source;
}

static const struct mapping *find_double(struct lambda *room, const char *source, const char *function)
{
    struct map_entry *entry;
    size_t cursor = 0;

    while ((entry = map_next(&room->mappings, &cursor))) {
        const struct mapping *mapping = entry->value;

        if (text_is(mapping->source_arn, source) && text_is(mapping->function, function))
            return mapping;
    }
    return NULL;
}

/* ---- operations ---- */

enum outcome lambda_create_event_source_mapping(struct call *call)
{
    struct lambda *room = room_of(call);
    const char *source = stream_arn(call);
    const char *function = source ? function_arn(call) : NULL;
    const struct mapping *twin = function ? find_double(room, source, function) : NULL;
    struct mapping *mapping;
    json_t *settings;

    if (!function)
        return FAILED;
    if (twin)
        return call_fail(call, ERR_RESOURCE_CONFLICT,
                         "The event source arn (\" %s \") and function (\" %s \") provided mapping already exists. Please update or delete "
                         "the existing mapping with UUID %s",
                         source, strstr(function, ":function:") + strlen(":function:"), twin->uuid);
    settings = defaults();
    keep(settings, call->input);
    if (!check_settings(call, settings)) {
        json_decref(settings);
        return FAILED;
    }
    mapping = mapping_new(room, function, source, settings);
    if (lambda_store_put_mapping(room->store, mapping) != OK)
        return call_fail(call, ERR_SERVICE, "The mapping could not be stored");
    call->output = mapping_describe(mapping, "Creating");
    json_object_set_new(call->output, "LastProcessingResult", json_string("No records processed"));
    return DONE;
}

static struct mapping *target_mapping(struct call *call)
{
    struct lambda *room = room_of(call);
    struct mapping *mapping = map_find(&room->mappings, call_string(call, "UUID"));

    if (!mapping)
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "The resource you requested does not exist.");
    return mapping;
}

enum outcome lambda_get_event_source_mapping(struct call *call)
{
    struct mapping *mapping = target_mapping(call);

    if (!mapping)
        return FAILED;
    call->output = mapping_describe(mapping, NULL);
    return DONE;
}

enum outcome lambda_update_event_source_mapping(struct call *call)
{
    struct mapping *mapping = target_mapping(call);
    const char *function = mapping ? mapping->function : NULL;
    bool is_enabled;
    json_t *settings;

    if (mapping && call_has(call, "FunctionName"))
        function = function_arn(call);
    if (!function)
        return FAILED;
    function = arena_text(call->arena, function);
    settings = json_deep_copy(mapping->settings);
    keep(settings, call->input);
    if (!check_settings(call, settings)) {
        json_decref(settings);
        return FAILED;
    }
    is_enabled = call_boolean(call, "Enabled", mapping->is_enabled);
    mapping_change(mapping, function, settings, is_enabled);
    if (lambda_store_put_mapping(mapping->room->store, mapping) != OK)
        return call_fail(call, ERR_SERVICE, "The mapping could not be stored");
    call->output = mapping_describe(mapping, call_has(call, "Enabled") ? (is_enabled ? "Enabling" : "Disabling") : "Updating");
    return DONE;
}

enum outcome lambda_delete_event_source_mapping(struct call *call)
{
    struct mapping *mapping = target_mapping(call);

    if (!mapping)
        return FAILED;
    call->output = mapping_describe(mapping, "Deleting");
    mapping_delete(mapping);
    return DONE;
}

/* Whether the mapping's function is the one asked for: by name, and by qualifier when one is given. */
static bool is_for(const struct mapping *mapping, const struct function_name *wanted)
{
    struct function_name name;

    return function_name_read(mapping->function, &name) && text_is(name.name, wanted->name) &&
           (!*wanted->qualifier || text_is(name.qualifier, wanted->qualifier));
}

enum outcome lambda_list_event_source_mappings(struct call *call)
{
    struct lambda *room = room_of(call);
    const char *source = call_string(call, "EventSourceArn");
    const char *function = call_string(call, "FunctionName");
    json_t *list = json_array();
    struct function_name wanted;
    struct map_entry *entry;
    struct page page;
    size_t cursor = 0;

    call->output = json_pack("{s:o}", "EventSourceMappings", list);
    if (!page_begin(call, &page, 100))
        return FAILED;
    if (function && !function_name_read(function, &wanted))
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Function not found: %s", function);
    while ((entry = map_next(&room->mappings, &cursor))) {
        const struct mapping *mapping = entry->value;

        if ((!source || text_is(source, mapping->source_arn)) && (!function || is_for(mapping, &wanted)) && page_has(&page))
            json_array_append_new(list, mapping_describe(mapping, NULL));
    }
    page_end(call, &page);
    return DONE;
}
