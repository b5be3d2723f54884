/* PutMetricData. A datum has one value, several with their counts, or a summary of many. */

#include "base/text.h"
#include "cloudwatch/operations.h"
#include "cloudwatch/room.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DATA_MAX = 1000 };

static const char *const units[] = { "Seconds",
                                     "Microseconds",
                                     "Milliseconds",
                                     "Bytes",
                                     "Kilobytes",
                                     "Megabytes",
                                     "Gigabytes",
                                     "Terabytes",
                                     "Bits",
                                     "Kilobits",
                                     "Megabits",
                                     "Gigabits",
                                     "Terabits",
                                     "Percent",
                                     "Count",
                                     "Bytes/Second",
                                     "Kilobytes/Second",
                                     "Megabytes/Second",
                                     "Gigabytes/Second",
                                     "Terabytes/Second",
                                     "Bits/Second",
                                     "Kilobits/Second",
                                     "Megabits/Second",
                                     "Gigabits/Second",
                                     "Terabits/Second",
                                     "Count/Second",
                                     "None",
                                     NULL };
static const struct member dimension[] = { { "Name", STRING, .required = true, .min = 1, .max = 255 },
                                           { "Value", STRING, .required = true, .min = 1, .max = 1024 },
                                           { 0 } };
static const struct member dimensions[] = { { "member", STRUCTURE, .members = dimension }, { 0 } };
static const struct member summary[] = { { "SampleCount", DOUBLE, .required = true },
                                         { "Sum", DOUBLE, .required = true },
                                         { "Minimum", DOUBLE, .required = true },
                                         { "Maximum", DOUBLE, .required = true },
                                         { 0 } };
static const struct member numbers[] = { { "member", DOUBLE }, { 0 } };
static const struct member datum[] = {
    { "MetricName", STRING, .required = true, .min = 1, .max = 255 },
    { "Dimensions", LIST, .max = 30, .members = dimensions },
    { "Timestamp", TIMESTAMP },
    { "Value", DOUBLE },
    { "StatisticValues", STRUCTURE, .members = summary },
    { "Values", LIST, .members = numbers },
    { "Counts", LIST, .members = numbers },
    { "Unit", STRING, .values = units },
    { "StorageResolution", INTEGER, .min = 1 },
    { 0 },
};
static const struct member data[] = { { "member", STRUCTURE, .members = datum }, { 0 } };
static const struct member entity_metric_data[] = { { "Entity", DOCUMENT }, { "MetricData", LIST, .members = data }, { 0 } };
static const struct member entities[] = { { "member", STRUCTURE, .members = entity_metric_data }, { 0 } };

const struct member cloudwatch_put_metric_data_input[] = {
    { "Namespace", STRING, .required = true, .min = 1, .max = 255, .pattern = "[^:].*" },
    { "MetricData", LIST, .members = data },
    { "EntityMetricData", LIST, .members = entities },
    { "StrictEntityValidation", BOOLEAN },
    { 0 },
};

/* One way of saying the value, and as many counts as values; false after call_fail. */
static bool check_datum(struct call *call, const json_t *metric, size_t number)
{
    static const char *const ways[] = { "Value", "StatisticValues", "Values" };
    const json_t *counts = json_object_get(metric, "Counts");
    const char *found = NULL;

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (!json_object_get(metric, ways[i]))
            continue;
        if (found)
            return call_fail(call, ERR_INVALID_PARAMETER_COMBINATION,
                             "The parameters MetricData.member.%zu.%s and MetricData.member.%zu.%s are mutually exclusive and you have "
                             "specified both.",
                             number, found, number, ways[i]) == DONE;
        found = ways[i];
    }
    if (!found)
        return call_fail(call, ERR_MISSING_REQUIRED_PARAMETER, "The parameter MetricData.member.%zu.Value is required.", number) == DONE;
    if (counts && json_array_size(counts) != json_array_size(json_object_get(metric, "Values")))
        return call_fail(call, ERR_INVALID_PARAMETER_VALUE,
                         "The parameters MetricData.member.%zu.Values and MetricData.member.%zu.Counts must be of the same size.", number,
                         number) == DONE;
    return true;
}

static bool check(struct call *call, const json_t *given)
{
    json_t *metric;
    size_t i;

    json_array_foreach((json_t *)given, i, metric) if (!check_datum(call, metric, i + 1)) return false;
    return true;
}

static void keep(struct call *call, const json_t *given)
{
    struct cloudwatch *room = room_of(call);
    const char *namespace = call_string(call, "Namespace");
    char *text = json_dumps(given, JSON_COMPACT);
    struct buffer line = { 0 };

    buffer_print(&line, "{\"id\":%" PRIu64 ",\"time\":\"%s\",\"namespace\":", room->calls.newest + 1,
                 text_iso_time(call->arena, clock_now_ms(call->ground->clock)));
    buffer_add_json_string(&line, namespace, strlen(namespace));
    buffer_print(&line, ",\"data\":%s}\n", text);
    ledger_add(&room->calls, &line);
    free(text);
}

enum outcome cloudwatch_put_metric_data(struct call *call)
{
    json_t *given = json_array();
    json_t *entity;
    size_t i;

    if (call_member(call, "MetricData"))
        json_array_extend(given, call_member(call, "MetricData"));
    json_array_foreach(call_member(call, "EntityMetricData"), i, entity)
    {
        json_t *more = json_object_get(entity, "MetricData");

        if (json_is_array(more))
            json_array_extend(given, more);
    }
    if (!json_array_size(given))
        call_fail(call, ERR_MISSING_REQUIRED_PARAMETER, "The parameter MetricData is required.");
    else if (json_array_size(given) > DATA_MAX)
        call_fail(call, ERR_INVALID_PARAMETER_VALUE, "The collection MetricData must not have a size greater than %d.", DATA_MAX);
    else if (check(call, given))
        keep(call, given);
    json_decref(given);
    return call->error.id ? FAILED : DONE;
}
