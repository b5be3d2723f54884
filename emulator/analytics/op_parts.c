/* Adding and deleting the parts of an application, and changing them: Add..., DeleteApplication..., UpdateApplication. Each raises the
 * version, and a running application runs on with the new configuration. */

#include "analytics/named.h"
#include "analytics/part.h"
#include "analytics/shapes.h"

#include <string.h>

/* ---- shapes ---- */

#define ADD_SHAPES(operation, name, shape)                                                                                           \
    const struct member analytics_##operation##_v1_input[] = {                                                                       \
        APPLICATION_NAME_MEMBER, VERSION_MEMBER, { name, STRUCTURE, .required = true, .members = analytics_shape_v1_##shape }, { 0 } \
    };                                                                                                                               \
    const struct member analytics_##operation##_v2_input[] = {                                                                       \
        APPLICATION_NAME_MEMBER, VERSION_MEMBER, { name, STRUCTURE, .required = true, .members = analytics_shape_v2_##shape }, { 0 } \
    };
ADD_SHAPES(add_input, "Input", input)
ADD_SHAPES(add_output, "Output", output)
ADD_SHAPES(add_reference_data_source, "ReferenceDataSource", reference)
ADD_SHAPES(add_logging_option, "CloudWatchLoggingOption", logging)
#undef ADD_SHAPES

#define PROCESSING_SHAPE(version)                                                                                           \
    const struct member analytics_add_input_processing_##version##_input[] = {                                              \
        APPLICATION_NAME_MEMBER,                                                                                            \
        VERSION_MEMBER,                                                                                                     \
        ID_MEMBER("InputId"),                                                                                               \
        { "InputProcessingConfiguration", STRUCTURE, .required = true, .members = analytics_shape_##version##_processing }, \
        { 0 }                                                                                                               \
    };
PROCESSING_SHAPE(v1)
PROCESSING_SHAPE(v2)
#undef PROCESSING_SHAPE

#define DELETE_SHAPE(operation, id) \
    const struct member analytics_##operation##_input[] = { APPLICATION_NAME_MEMBER, VERSION_MEMBER, ID_MEMBER(id), { 0 } };
DELETE_SHAPE(delete_output, "OutputId")
DELETE_SHAPE(delete_reference_data_source, "ReferenceId")
DELETE_SHAPE(delete_logging_option, "CloudWatchLoggingOptionId")
DELETE_SHAPE(delete_input_processing, "InputId")
#undef DELETE_SHAPE

static const struct member v1_update[] = { { "InputUpdates", LIST, .members = analytics_shape_input_updates },
                                           { "ApplicationCodeUpdate", STRING, .max = 102400 },
                                           { "OutputUpdates", LIST, .members = analytics_shape_output_updates },
                                           { "ReferenceDataSourceUpdates", LIST, .members = analytics_shape_reference_updates },
                                           { "CloudWatchLoggingOptionUpdates", LIST, .members = analytics_shape_logging_updates },
                                           { 0 } };
const struct member analytics_update_application_v1_input[] = {
    APPLICATION_NAME_MEMBER,
    VERSION_MEMBER,
    { "ApplicationUpdate", STRUCTURE, .required = true, .members = v1_update },
    { 0 },
};

static const struct member sql_update[] = { { "InputUpdates", LIST, .members = analytics_shape_input_updates },
                                            { "OutputUpdates", LIST, .members = analytics_shape_output_updates },
                                            { "ReferenceDataSourceUpdates", LIST, .members = analytics_shape_reference_updates },
                                            { 0 } };
static const struct member content_update[] = { { "TextContentUpdate", STRING, .max = 102400 }, { 0 } };
static const struct member code_update[] = { { "CodeContentTypeUpdate", STRING },
                                             { "CodeContentUpdate", STRUCTURE, .members = content_update },
                                             { 0 } };
static const struct member configuration_update[] = { { "SqlApplicationConfigurationUpdate", STRUCTURE, .members = sql_update },
                                                      { "ApplicationCodeConfigurationUpdate", STRUCTURE, .members = code_update },
                                                      { 0 } };
const struct member analytics_update_application_v2_input[] = {
    APPLICATION_NAME_MEMBER,
    VERSION_MEMBER,
    { "ApplicationConfigurationUpdate", STRUCTURE, .members = configuration_update },
    ARN_MEMBER("ServiceExecutionRoleUpdate", false),
    { "CloudWatchLoggingOptionUpdates", LIST, .members = analytics_shape_logging_updates },
    { 0 },
};

/* ---- adding ---- */

static enum outcome add(struct call *call, enum part_kind_id kind, const char *member)
{
    struct application *application = analytics_named_version(call);
    json_t *configuration;

    if (!application)
        return FAILED;
    configuration = json_deep_copy(application->configuration);
    json_array_append_new(part_list(configuration, kind), json_deep_copy(call_member(call, member)));
    return analytics_change(call, application, configuration);
}

enum outcome analytics_add_input(struct call *call)
{
    return add(call, PART_INPUT, "Input");
}

enum outcome analytics_add_output(struct call *call)
{
    return add(call, PART_OUTPUT, "Output");
}

enum outcome analytics_add_reference_data_source(struct call *call)
{
    return add(call, PART_REFERENCE, "ReferenceDataSource");
}

enum outcome analytics_add_logging_option(struct call *call)
{
    return add(call, PART_LOGGING, "CloudWatchLoggingOption");
}

/* ---- deleting ---- */

/* The index of the part that the call names; -1 after call_fail. */
static int find(struct call *call, const struct application *application, enum part_kind_id kind)
{
    const char *id = call_string(call, analytics_part_kinds[kind].id);
    int index = part_find(application->configuration, kind, id);

    if (index < 0)
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "The application %s has no part with the %s %s", application->name,
                  analytics_part_kinds[kind].id, id);
    return index;
}

static enum outcome delete_part(struct call *call, enum part_kind_id kind)
{
    struct application *application = analytics_named_version(call);
    int index = application ? find(call, application, kind) : -1;
    json_t *configuration;

    if (index < 0)
        return FAILED;
    configuration = json_deep_copy(application->configuration);
    json_array_remove(part_list(configuration, kind), (size_t)index);
    return analytics_change(call, application, configuration);
}

enum outcome analytics_delete_output(struct call *call)
{
    return delete_part(call, PART_OUTPUT);
}

enum outcome analytics_delete_reference_data_source(struct call *call)
{
    return delete_part(call, PART_REFERENCE);
}

enum outcome analytics_delete_logging_option(struct call *call)
{
    return delete_part(call, PART_LOGGING);
}

/* ---- the input's pre-processor ---- */

enum outcome analytics_add_input_processing(struct call *call)
{
    struct application *application = analytics_named_version(call);
    int index = application ? find(call, application, PART_INPUT) : -1;
    json_t *configuration;

    if (index < 0)
        return FAILED;
    configuration = json_deep_copy(application->configuration);
    json_object_set_new(json_array_get(part_list(configuration, PART_INPUT), (size_t)index), "InputProcessingConfiguration",
                        json_deep_copy(call_member(call, "InputProcessingConfiguration")));
    return analytics_change(call, application, configuration);
}

enum outcome analytics_delete_input_processing(struct call *call)
{
    struct application *application = analytics_named_version(call);
    int index = application ? find(call, application, PART_INPUT) : -1;
    json_t *configuration;

    if (index < 0)
        return FAILED;
    configuration = json_deep_copy(application->configuration);
    json_object_del(json_array_get(part_list(configuration, PART_INPUT), (size_t)index), "InputProcessingConfiguration");
    return analytics_change(call, application, configuration);
}

/* ---- updating ---- */

/* Merges each update of a kind into the part that it names. */
static enum outcome update_parts(struct call *call, json_t *configuration, enum part_kind_id kind, const json_t *updates)
{
    json_t *update;
    size_t i;

    json_array_foreach((json_t *)updates, i, update)
    {
        const char *id = json_string_value(json_object_get(update, analytics_part_kinds[kind].id));
        int index = part_find(configuration, kind, id);

        if (index < 0)
            return call_fail(call, ERR_RESOURCE_NOT_FOUND, "The application has no part with the %s %s", analytics_part_kinds[kind].id, id);
        part_merge(json_array_get(part_list(configuration, kind), (size_t)index), update);
    }
    return DONE;
}

static enum outcome update_all(struct call *call, json_t *configuration)
{
    const json_t *changes = call_member(call, analytics_is_v2(call) ? "ApplicationConfigurationUpdate" : "ApplicationUpdate");
    const json_t *lists = analytics_is_v2(call) ? json_object_get(changes, "SqlApplicationConfigurationUpdate") : changes;
    const json_t *content = json_object_get(json_object_get(changes, "ApplicationCodeConfigurationUpdate"), "CodeContentUpdate");
    json_t *text =
        analytics_is_v2(call) ? json_object_get(content, "TextContentUpdate") : json_object_get(changes, "ApplicationCodeUpdate");

    for (int kind = 0; kind < PART_KIND_COUNT; kind++) {
        const char *name = analytics_part_kinds[kind].updates;
        const json_t *updates = kind == PART_LOGGING && analytics_is_v2(call) ? call_member(call, name) : json_object_get(lists, name);

        if (update_parts(call, configuration, (enum part_kind_id)kind, updates) != DONE)
            return FAILED;
    }
    if (json_is_string(text))
        json_object_set(configuration, "ApplicationCode", text);
    if (call_has(call, "ServiceExecutionRoleUpdate"))
        json_object_set(configuration, "ServiceExecutionRole", call_member(call, "ServiceExecutionRoleUpdate"));
    return DONE;
}

enum outcome analytics_update_application(struct call *call)
{
    struct application *application = analytics_named_version(call);
    json_t *configuration;

    if (!application)
        return FAILED;
    configuration = json_deep_copy(application->configuration);
    if (update_all(call, configuration) != DONE) {
        json_decref(configuration);
        return FAILED;
    }
    if (analytics_change(call, application, configuration) != DONE)
        return FAILED;
    if (analytics_is_v2(call)) {
        json_decref(call->output);
        call->output = json_pack("{s:o}", "ApplicationDetail", analytics_detail(call, application));
    }
    return DONE;
}
