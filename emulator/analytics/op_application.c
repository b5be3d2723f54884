/* The life of an application: CreateApplication, DescribeApplication, ListApplications, StartApplication, StopApplication,
 * DeleteApplication. */

#include "analytics/named.h"
#include "analytics/part.h"
#include "analytics/shapes.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CODE_MAX = 102400, APPLICATIONS_MAX = 50 };

/* ---- shapes ---- */

const struct member analytics_create_application_v1_input[] = {
    APPLICATION_NAME_MEMBER,
    { "ApplicationDescription", STRING, .max = 1024 },
    { "Inputs", LIST, .members = analytics_shape_v1_inputs },
    { "Outputs", LIST, .members = analytics_shape_v1_outputs },
    { "CloudWatchLoggingOptions", LIST, .members = analytics_shape_v1_loggings },
    { "ApplicationCode", STRING, .max = CODE_MAX },
    { "Tags", LIST, .min = 1, .max = 200, .members = analytics_shape_tags },
    { 0 },
};

static const char *const runtimes[] = { "SQL-1_0",    "FLINK-1_6",          "FLINK-1_8",  "ZEPPELIN-FLINK-1_0", "FLINK-1_11",
                                        "FLINK-1_13", "ZEPPELIN-FLINK-2_0", "FLINK-1_15", "ZEPPELIN-FLINK-3_0", "FLINK-1_18",
                                        "FLINK-1_19", "FLINK-1_20",         NULL };
static const char *const content_types[] = { "PLAINTEXT", "ZIPFILE", NULL };
static const struct member content[] = {
    { "TextContent", STRING, .max = CODE_MAX }, { "ZipFileContent", BLOB }, { "S3ContentLocation", DOCUMENT }, { 0 }
};
static const struct member code[] = { { "CodeContent", STRUCTURE, .members = content },
                                      { "CodeContentType", STRING, .required = true, .values = content_types },
                                      { 0 } };
static const struct member sql[] = { { "Inputs", LIST, .members = analytics_shape_v2_inputs },
                                     { "Outputs", LIST, .members = analytics_shape_v2_outputs },
                                     { "ReferenceDataSources", LIST, .members = analytics_shape_v2_references },
                                     { 0 } };
static const struct member configuration[] = { { "SqlApplicationConfiguration", STRUCTURE, .members = sql },
                                               { "FlinkApplicationConfiguration", DOCUMENT },
                                               { "EnvironmentProperties", DOCUMENT },
                                               { "ApplicationCodeConfiguration", STRUCTURE, .members = code },
                                               { 0 } };
const struct member analytics_create_application_v2_input[] = {
    APPLICATION_NAME_MEMBER,
    { "ApplicationDescription", STRING, .max = 1024 },
    { "RuntimeEnvironment", STRING, .required = true, .values = runtimes },
    ARN_MEMBER("ServiceExecutionRole", true),
    { "ApplicationConfiguration", STRUCTURE, .members = configuration },
    { "CloudWatchLoggingOptions", LIST, .members = analytics_shape_v2_loggings },
    { "Tags", LIST, .min = 1, .max = 200, .members = analytics_shape_tags },
    { "ApplicationMode", STRING },
    { 0 },
};

const struct member analytics_describe_application_v1_input[] = { APPLICATION_NAME_MEMBER, { 0 } };
const struct member analytics_describe_application_v2_input[] = { APPLICATION_NAME_MEMBER, { "IncludeAdditionalDetails", BOOLEAN }, { 0 } };
const struct member analytics_list_applications_v1_input[] = {
    { "Limit", INTEGER, .min = 1, .max = 50 },
    { "ExclusiveStartApplicationName", STRING, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    { 0 },
};
const struct member analytics_list_applications_v2_input[] = {
    { "Limit", INTEGER, .min = 1, .max = 50 },
    { "NextToken", STRING, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    { 0 },
};

static const struct member input_start[] = {
    ID_MEMBER("Id"),
    { "InputStartingPositionConfiguration", STRUCTURE, .required = true, .members = analytics_shape_position },
    { 0 },
};
static const struct member input_starts[] = { { "member", STRUCTURE, .members = input_start }, { 0 } };
const struct member analytics_start_application_v1_input[] = {
    APPLICATION_NAME_MEMBER,
    { "InputConfigurations", LIST, .required = true, .members = input_starts },
    { 0 },
};
static const struct member sql_run[] = {
    ID_MEMBER("InputId"),
    { "InputStartingPositionConfiguration", STRUCTURE, .required = true, .members = analytics_shape_position },
    { 0 },
};
static const struct member sql_runs[] = { { "member", STRUCTURE, .members = sql_run }, { 0 } };
static const struct member run_configuration[] = { { "SqlRunConfigurations", LIST, .members = sql_runs }, { 0 } };
const struct member analytics_start_application_v2_input[] = {
    APPLICATION_NAME_MEMBER,
    { "RunConfiguration", STRUCTURE, .members = run_configuration },
    { 0 },
};
const struct member analytics_stop_application_input[] = { APPLICATION_NAME_MEMBER, { "Force", BOOLEAN }, { 0 } };
const struct member analytics_delete_application_input[] = {
    APPLICATION_NAME_MEMBER,
    { "CreateTimestamp", TIMESTAMP, .required = true },
    { 0 },
};

/* ---- create ---- */

static void copy(json_t *to, const char *name, const json_t *value)
{
    if (value && !json_is_null(value))
        json_object_set_new(to, name, json_deep_copy(value));
}

/* The configuration of a new application (program.h), from either version's input; new reference. */
static json_t *configuration_of(const struct call *call)
{
    static const char *const lists[] = { "Inputs", "Outputs", "ReferenceDataSources" };
    const json_t *given = call_member(call, "ApplicationConfiguration");
    const json_t *from = analytics_is_v2(call) ? json_object_get(given, "SqlApplicationConfiguration") : call->input;
    const json_t *text =
        json_object_get(json_object_get(json_object_get(given, "ApplicationCodeConfiguration"), "CodeContent"), "TextContent");
    json_t *made = json_object();

    for (size_t i = 0; i < 3; i++)
        copy(made, lists[i], json_object_get(from, lists[i]));
    copy(made, "CloudWatchLoggingOptions", call_member(call, "CloudWatchLoggingOptions"));
    copy(made, "ApplicationDescription", call_member(call, "ApplicationDescription"));
    copy(made, "ApplicationCode", analytics_is_v2(call) ? text : call_member(call, "ApplicationCode"));
    copy(made, "ServiceExecutionRole", call_member(call, "ServiceExecutionRole"));
    copy(made, "EnvironmentProperties", json_object_get(given, "EnvironmentProperties"));
    if (!json_object_get(made, "ApplicationCode"))
        json_object_set_new(made, "ApplicationCode", json_string(""));
    part_name_all(made, 1);
    return made;
}

static enum outcome check_kind(struct call *call)
{
    const char *runtime = call_string(call, "RuntimeEnvironment");
    const json_t *given = json_object_get(call_member(call, "ApplicationConfiguration"), "ApplicationCodeConfiguration");
    const char *type = json_string_value(json_object_get(given, "CodeContentType"));

    if (runtime && strcmp(runtime, "SQL-1_0"))
        return call_fail(call, ERR_UNSUPPORTED_OPERATION, "lowcloud runs SQL applications (RuntimeEnvironment SQL-1_0), not %s", runtime);
    if (type && strcmp(type, "PLAINTEXT"))
        return call_fail(call, ERR_INVALID_ARGUMENT, "The code of a SQL application is PLAINTEXT, not %s", type);
    return DONE;
}

enum outcome analytics_create_application(struct call *call)
{
    struct analytics *room = room_of(call);
    const char *name = call_string(call, "ApplicationName");
    struct program_error error = { 0 };
    struct application *application;
    json_t *made;

    if (check_kind(call) != DONE)
        return FAILED;
    if (map_find(&room->applications, name))
        return call_fail(call, ERR_RESOURCE_IN_USE, "Application %s for account %s already exists", name, call->ground->account);
    if (room->applications.count >= APPLICATIONS_MAX)
        return call_fail(call, ERR_LIMIT_EXCEEDED, "The account %s has reached its limit of %d applications", call->ground->account,
                         APPLICATIONS_MAX);
    made = configuration_of(call);
    if (!program_check(made, call->arena, &error)) {
        json_decref(made);
        return call_fail(call, error.id, error.message ? "%s" : NULL, error.message);
    }
    application = application_new(room, name, made, call_member(call, "Tags"));
    trace_add(call->ground->trace, TRACE_CALL, call->cause, application->arn, -1, "CreateApplication");
    call->output = analytics_is_v2(call) ? json_pack("{s:o}", "ApplicationDetail", analytics_detail(call, application))
                                         : json_pack("{s:o}", "ApplicationSummary", analytics_summary(call, application));
    return DONE;
}

/* ---- describe, list ---- */

enum outcome analytics_describe_application(struct call *call)
{
    const struct application *application = analytics_named(call);

    if (!application)
        return FAILED;
    call->output = json_pack("{s:o}", "ApplicationDetail", analytics_detail(call, application));
    return DONE;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(struct application *const *)a)->name, (*(struct application *const *)b)->name);
}

enum outcome analytics_list_applications(struct call *call)
{
    const struct analytics *room = room_of(call);
    const char *after = call_string(call, analytics_is_v2(call) ? "NextToken" : "ExclusiveStartApplicationName");
    struct application **applications = arena_take(call->arena, (room->applications.count + 1) * sizeof *applications);
    size_t limit = (size_t)call_integer(call, "Limit", 50);
    json_t *summaries = json_array();
    size_t count = 0;
    size_t cursor = 0;
    size_t i = 0;

    for (struct map_entry *entry; (entry = map_next(&room->applications, &cursor));)
        applications[count++] = entry->value;
    qsort(applications, count, sizeof *applications, by_name);
    while (after && i < count && strcmp(applications[i]->name, after) <= 0)
        i++;
    for (; i < count && json_array_size(summaries) < limit; i++)
        json_array_append_new(summaries, analytics_summary(call, applications[i]));
    call->output = json_pack("{s:o}", "ApplicationSummaries", summaries);
    if (!analytics_is_v2(call))
        json_object_set_new(call->output, "HasMoreApplications", json_boolean(i < count));
    else if (i < count)
        json_object_set_new(call->output, "NextToken", json_string(applications[i - 1]->name));
    return DONE;
}

/* ---- start, stop, delete ---- */

/* The starting position that the call gives for the input; NULL after call_fail when it names another input. */
static const char *position_of(struct call *call, const struct application *application)
{
    const char *list = analytics_is_v2(call) ? "SqlRunConfigurations" : "InputConfigurations";
    const json_t *from = analytics_is_v2(call) ? call_member(call, "RunConfiguration") : call->input;
    const json_t *start = json_array_get(json_object_get(from, list), 0);
    const char *id = json_string_value(json_object_get(start, analytics_is_v2(call) ? "InputId" : "Id"));
    const char *position =
        json_string_value(json_object_get(json_object_get(start, "InputStartingPositionConfiguration"), "InputStartingPosition"));

    if (id && part_find(application->configuration, PART_INPUT, id) < 0) {
        call_fail(call, ERR_INVALID_ARGUMENT, "The application %s has no input with the id %s", application->name, id);
        return NULL;
    }
    return position ? position : application->stopped_count ? "LAST_STOPPED_POINT" : "NOW";
}

enum outcome analytics_start_application(struct call *call)
{
    struct application *application = analytics_named(call);
    struct program_error error = { 0 };
    const char *position;

    if (!application)
        return FAILED;
    if (application->state != APPLICATION_READY)
        return call_fail(call, ERR_RESOURCE_IN_USE, "Application %s cannot be started: it is in state %s", application->name,
                         application_state_text(application));
    if (!json_array_size(json_object_get(application->configuration, "Inputs")))
        return call_fail(call, ERR_INVALID_APPLICATION_CONFIGURATION, "Application %s has no input", application->name);
    position = position_of(call, application);
    if (!position)
        return FAILED;
    if (!application_start(application, position, call->arena, &error))
        return call_fail(call, error.id, error.message ? "%s" : NULL, error.message);
    trace_add(call->ground->trace, TRACE_CALL, call->cause, application->arn, -1, "StartApplication");
    call->output = json_object();
    return DONE;
}

enum outcome analytics_stop_application(struct call *call)
{
    struct application *application = analytics_named(call);

    if (!application)
        return FAILED;
    if (application->state != APPLICATION_RUNNING)
        return call_fail(call, ERR_RESOURCE_IN_USE, "Application %s cannot be stopped: it is in state %s", application->name,
                         application_state_text(application));
    application_stop(application);
    trace_add(call->ground->trace, TRACE_CALL, call->cause, application->arn, -1, "StopApplication");
    call->output = json_object();
    return DONE;
}

enum outcome analytics_delete_application(struct call *call)
{
    struct application *application = analytics_named(call);

    if (!application)
        return FAILED;
    if (llround(call_number(call, "CreateTimestamp", 0)) != application->made_ms / 1000)
        return call_fail(call, ERR_INVALID_ARGUMENT, "The CreateTimestamp is not that of the application %s", application->name);
    trace_add(call->ground->trace, TRACE_CALL, call->cause, application->arn, -1, "DeleteApplication");
    application_remove(application);
    call->output = json_object();
    return DONE;
}
