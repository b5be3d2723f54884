/* UpdateApplication: each part is named by its id; members whose names end with "Update" give the new values. A running application goes on
 * with the new code, and reads its reference data anew. */

#include "analytics/change.h"
#include "base/text.h"

#include <string.h>

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
static const struct member v2_update[] = { { "SqlApplicationConfigurationUpdate", STRUCTURE, .members = sql_update },
                                           { "ApplicationCodeConfigurationUpdate", STRUCTURE, .members = code_update },
                                           { "EnvironmentPropertyUpdates", DOCUMENT },
                                           { 0 } };
const struct member analytics_update_application_v2_input[] = {
    APPLICATION_NAME_MEMBER,
    { "CurrentApplicationVersionId", LONG, .min = 1, .max = 999999999 },
    { "ApplicationConfigurationUpdate", STRUCTURE, .members = v2_update },
    ARN_MEMBER("ServiceExecutionRoleUpdate", false),
    { "CloudWatchLoggingOptionUpdates", LIST, .members = analytics_shape_logging_updates },
    { 0 },
};

/* "ResourceARN" for "ResourceARNUpdate", "RecordColumns" for "RecordColumnUpdates"; NULL for a name that is no update. */
static const char *updated_name(struct call *call, const char *name)
{
    size_t length = strlen(name);

    if (text_ends(name, "Updates"))
        return call_print(call, "%.*ss", (int)(length - 7), name);
    return text_ends(name, "Update") ? call_print(call, "%.*s", (int)(length - 6), name) : NULL;
}

/* An object whose members are updates themselves is merged; any other value replaces the old one. */
static bool is_merged(const json_t *value)
{
    const char *name = json_object_iter_key(json_object_iter((json_t *)value));

    return name && (text_ends(name, "Update") || text_ends(name, "Updates"));
}

static void merge(struct call *call, json_t *target, const json_t *update)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)update, name, value)
    {
        const char *member = updated_name(call, name);

        if (!member || json_is_null(value))
            continue;
        if (!is_merged(value)) {
            json_object_set_new(target, member, json_deep_copy(value));
            continue;
        }
        if (!json_is_object(json_object_get(target, member)))
            json_object_set_new(target, member, json_object());
        merge(call, json_object_get(target, member), value);
    }
}

/* A part has one destination or source: the one that is updated replaces one of another kind. */
static void keep_one_resource(json_t *element, const json_t *update)
{
    static const char *const kinds[] = { "KinesisStreamsOutput", "KinesisFirehoseOutput", "LambdaOutput", "KinesisStreamsInput",
                                         "KinesisFirehoseInput" };
    bool is_changed = false;

    for (size_t i = 0; i < 5; i++) {
        char name[40];

        snprintf(name, sizeof name, "%sUpdate", kinds[i]);
        is_changed |= json_object_get(update, name) != NULL;
    }
    for (size_t i = 0; i < 5 && is_changed; i++) {
        char name[40];

        snprintf(name, sizeof name, "%sUpdate", kinds[i]);
        if (!json_object_get(update, name))
            json_object_del(element, kinds[i]);
    }
}

static bool update_parts(struct call *call, json_t *configuration, enum part part, const json_t *updates)
{
    for (size_t i = 0; i < json_array_size(updates); i++) {
        const json_t *update = json_array_get(updates, i);
        const char *id = json_string_value(json_object_get(update, part_id(part)));
        int index = part_find(configuration, part, id);
        json_t *element;

        if (index < 0) {
            call_fail(call, ERR_RESOURCE_NOT_FOUND, "Application %s has no %s %s.", call_string(call, "ApplicationName"), part_id(part),
                      id);
            return false;
        }
        element = json_array_get(json_object_get(configuration, part_list(part)), (size_t)index);
        merge(call, element, update);
        keep_one_resource(element, update);
    }
    return true;
}

static void set_text(json_t *configuration, const char *member, json_t *value)
{
    if (json_is_string(value))
        json_object_set(configuration, member, value);
}

static bool update(struct call *call, json_t *configuration)
{
    const json_t *v1 = call_member(call, "ApplicationUpdate");
    const json_t *v2 = call_member(call, "ApplicationConfigurationUpdate");
    const json_t *parts = v1 ? v1 : json_object_get(v2, "SqlApplicationConfigurationUpdate");
    const json_t *logging = json_object_get(v1 ? v1 : call->input, "CloudWatchLoggingOptionUpdates");
    const json_t *content = json_object_get(json_object_get(v2, "ApplicationCodeConfigurationUpdate"), "CodeContentUpdate");

    set_text(configuration, "ApplicationCode",
             v1 ? json_object_get(v1, "ApplicationCodeUpdate") : json_object_get(content, "TextContentUpdate"));
    set_text(configuration, "ServiceExecutionRole", call_member(call, "ServiceExecutionRoleUpdate"));
    if (json_is_object(json_object_get(v2, "EnvironmentPropertyUpdates")))
        json_object_set(configuration, "EnvironmentProperties", json_object_get(v2, "EnvironmentPropertyUpdates"));
    return update_parts(call, configuration, PART_INPUT, json_object_get(parts, "InputUpdates")) &&
           update_parts(call, configuration, PART_OUTPUT, json_object_get(parts, "OutputUpdates")) &&
           update_parts(call, configuration, PART_REFERENCE, json_object_get(parts, "ReferenceDataSourceUpdates")) &&
           update_parts(call, configuration, PART_LOGGING, logging);
}

enum outcome analytics_update_application(struct call *call)
{
    struct application *application = analytics_application_to_change(call);
    json_t *configuration;

    if (!application)
        return FAILED;
    configuration = analytics_copy_configuration(application);
    if (!update(call, configuration)) {
        json_decref(configuration);
        return FAILED;
    }
    if (analytics_adopt(call, application, configuration) != DONE)
        return FAILED;
    if (analytics_is_v2(call))
        call->output = json_pack("{s:o}", "ApplicationDetail", describe_application(application, true));
    return DONE;
}
