/* CreateApplication: v1 takes the parts side by side, v2 inside an ApplicationConfiguration. The code is parsed and checked now, as far as
 * what it reads is known: reference data is often added afterwards (facts: analytics, D7). */

#include "analytics/change.h"
#include "analytics/store.h"

#include <string.h>

static const char *const runtimes[] = { "SQL-1_0",    "FLINK-1_6",          "FLINK-1_8",  "ZEPPELIN-FLINK-1_0", "FLINK-1_11",
                                        "FLINK-1_13", "ZEPPELIN-FLINK-2_0", "FLINK-1_15", "ZEPPELIN-FLINK-3_0", "FLINK-1_18",
                                        "FLINK-1_19", "FLINK-1_20",         NULL };
static const char *const content_types[] = { "PLAINTEXT", "ZIPFILE", NULL };

const struct member analytics_create_application_v1_input[] = {
    APPLICATION_NAME_MEMBER,
    { "ApplicationDescription", STRING, .max = 1024 },
    { "Inputs", LIST, .members = analytics_shape_v1_inputs },
    { "Outputs", LIST, .members = analytics_shape_v1_outputs },
    { "CloudWatchLoggingOptions", LIST, .members = analytics_shape_v1_loggings },
    { "ApplicationCode", STRING, .max = 102400 },
    { "Tags", LIST, .min = 1, .max = 200, .members = analytics_shape_tags },
    { 0 },
};

static const struct member sql_configuration[] = { { "Inputs", LIST, .members = analytics_shape_v2_inputs },
                                                   { "Outputs", LIST, .members = analytics_shape_v2_outputs },
                                                   { "ReferenceDataSources", LIST, .members = analytics_shape_v2_references },
                                                   { 0 } };
static const struct member code_content[] = { { "TextContent", STRING, .max = 102400 }, { 0 } };
static const struct member code_configuration[] = { { "CodeContent", STRUCTURE, .members = code_content },
                                                    { "CodeContentType", STRING, .required = true, .values = content_types },
                                                    { 0 } };
static const struct member configuration_shape[] = { { "SqlApplicationConfiguration", STRUCTURE, .members = sql_configuration },
                                                     { "ApplicationCodeConfiguration", STRUCTURE, .members = code_configuration },
                                                     { "EnvironmentProperties", DOCUMENT },
                                                     { 0 } };

const struct member analytics_create_application_v2_input[] = {
    APPLICATION_NAME_MEMBER,
    { "ApplicationDescription", STRING, .max = 1024 },
    { "RuntimeEnvironment", STRING, .required = true, .values = runtimes },
    ARN_MEMBER("ServiceExecutionRole", true),
    { "ApplicationConfiguration", STRUCTURE, .members = configuration_shape },
    { "CloudWatchLoggingOptions", LIST, .members = analytics_shape_v2_loggings },
    { "Tags", LIST, .min = 1, .max = 200, .members = analytics_shape_tags },
    { 0 },
};

static void add_all(json_t *configuration, enum part part, const json_t *from)
{
    const json_t *list = json_object_get(from, part_list(part));

    for (size_t i = 0; i < json_array_size(list); i++)
        part_add(configuration, part, json_deep_copy(json_array_get(list, i)), 1);
}

static void copy_member(json_t *configuration, const json_t *from, const char *name)
{
    json_t *value = json_object_get(from, name);

    if (value && !json_is_null(value))
        json_object_set(configuration, name, value);
}

/* The one form in which configurations are kept (program.h). */
static json_t *read_configuration(const struct call *call)
{
    const json_t *input = call->input;
    const json_t *v2 = json_object_get(input, "ApplicationConfiguration");
    const json_t *code = json_object_get(json_object_get(v2, "ApplicationCodeConfiguration"), "CodeContent");
    const json_t *parts = analytics_is_v2(call) ? json_object_get(v2, "SqlApplicationConfiguration") : input;
    const char *text =
        json_string_value(analytics_is_v2(call) ? json_object_get(code, "TextContent") : json_object_get(input, "ApplicationCode"));
    json_t *configuration = json_pack("{s:[], s:[], s:[], s:[], s:s}", "Inputs", "Outputs", "ReferenceDataSources",
                                      "CloudWatchLoggingOptions", "ApplicationCode", text ? text : "");

    add_all(configuration, PART_INPUT, parts);
    add_all(configuration, PART_OUTPUT, parts);
    if (analytics_is_v2(call))
        add_all(configuration, PART_REFERENCE, parts);
    add_all(configuration, PART_LOGGING, input);
    copy_member(configuration, input, "ApplicationDescription");
    copy_member(configuration, input, "ServiceExecutionRole");
    copy_member(configuration, v2, "EnvironmentProperties");
    return configuration;
}

static enum outcome check_runtime(struct call *call)
{
    const char *runtime = call_string(call, "RuntimeEnvironment");
    const json_t *code = json_object_get(call_member(call, "ApplicationConfiguration"), "ApplicationCodeConfiguration");
    const char *type = json_string_value(json_object_get(code, "CodeContentType"));

    if (runtime && strcmp(runtime, "SQL-1_0"))
        return call_fail(call, ERR_UNSUPPORTED_OPERATION, "RuntimeEnvironment %s is not supported by lowcloud: SQL-1_0 is", runtime);
    if (type && strcmp(type, "PLAINTEXT"))
        return call_fail(call, ERR_INVALID_ARGUMENT, "The code of a SQL application is PLAINTEXT, in TextContent");
    return DONE;
}

static void answer(struct call *call, const struct application *application)
{
    if (analytics_is_v2(call))
        call->output = json_pack("{s:o}", "ApplicationDetail", describe_application(application, true));
    else
        call->output = json_pack("{s:o}", "ApplicationSummary", describe_summary(application, false));
}

enum outcome analytics_create_application(struct call *call)
{
    struct analytics *room = room_of(call);
    const char *name = call_string(call, "ApplicationName");
    struct program_error error = { ERR_INTERNAL_FAILURE, NULL };
    struct application *application;
    json_t *configuration;

    if (check_runtime(call) != DONE)
        return FAILED;
    if (json_array_size(call_member(call, "Tags")) > 50)
        return call_fail(call, ERR_TOO_MANY_TAGS, "A resource has at most 50 tags.");
    if (application_find(room, name))
        return call_fail(call, ERR_RESOURCE_IN_USE, "Application with name %s already exists.", name);
    configuration = read_configuration(call);
    if (!program_check(configuration, call->arena, &error)) {
        json_decref(configuration);
        return analytics_refuse(call, &error);
    }
    application = application_new(room, name, configuration);
    json_array_extend(application->tags, call_member(call, "Tags"));
    if (analytics_store_put(room->store, application) != OK) {
        application_delete(application);
        return call_fail(call, ERR_INTERNAL_FAILURE, NULL);
    }
    trace_add(call->ground->trace, TRACE_CALL, call->cause, application->arn, -1, "CreateApplication");
    answer(call, application);
    return DONE;
}
