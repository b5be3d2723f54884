/* Find, copy, change, adopt, answer. */

#include "analytics/change.h"

bool analytics_is_v2(const struct call *call)
{
    const struct analytics *room = room_of(call);

    return call->service == &room->v2;
}

struct application *analytics_application(struct call *call)
{
    const char *name = call_string(call, "ApplicationName");
    struct application *application = application_find(room_of(call), name);

    if (!application)
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "Application %s not found.", name);
    return application;
}

struct application *analytics_application_to_change(struct call *call)
{
    struct application *application = analytics_application(call);
    int64_t version = call_integer(call, "CurrentApplicationVersionId", 0);

    if (!application)
        return NULL;
    if (application->status != APPLICATION_READY && application->status != APPLICATION_RUNNING) {
        call_fail(call, ERR_RESOURCE_IN_USE, "Application %s cannot be changed while it is in %s state.", application->name,
                  application_status_text(application));
        return NULL;
    }
    if (call_has(call, "CurrentApplicationVersionId") && version != application->version) {
        call_fail(call, ERR_CONCURRENT_MODIFICATION, "Invalid application version id: %lld. The current version of application %s is %lld.",
                  (long long)version, application->name, (long long)application->version);
        return NULL;
    }
    return application;
}

json_t *analytics_copy_configuration(const struct application *application)
{
    return json_deep_copy(application->configuration);
}

enum outcome analytics_refuse(struct call *call, const struct program_error *error)
{
    return call_fail(call, error->id, error->message ? "%s" : NULL, error->message);
}

enum outcome analytics_adopt(struct call *call, struct application *application, json_t *configuration)
{
    struct program_error error = { ERR_INTERNAL_FAILURE, NULL };

    if (!application_adopt(application, configuration, call->arena, &error))
        return analytics_refuse(call, &error);
    trace_add(call->ground->trace, TRACE_CALL, call->cause, application->arn, -1, call->operation->name);
    return DONE;
}

void analytics_answer_part(struct call *call, const struct application *application, enum part part, bool is_described)
{
    static const char *const names[] = { "InputDescriptions", "OutputDescriptions", "ReferenceDataSourceDescriptions",
                                         "CloudWatchLoggingOptionDescriptions" };

    if (!analytics_is_v2(call))
        return;
    call->output = json_pack("{s:s, s:I}", "ApplicationARN", application->arn, "ApplicationVersionId", (json_int_t)application->version);
    if (is_described)
        json_object_set_new(call->output, names[part], describe_parts(application, part));
}

enum outcome analytics_add_part(struct call *call, enum part part, const char *member)
{
    struct application *application = analytics_application_to_change(call);
    json_t *configuration;

    if (!application)
        return FAILED;
    configuration = analytics_copy_configuration(application);
    part_add(configuration, part, json_deep_copy(call_member(call, member)), application->version + 1);
    if (analytics_adopt(call, application, configuration) != DONE)
        return FAILED;
    analytics_answer_part(call, application, part, true);
    return DONE;
}

enum outcome analytics_remove_part(struct call *call, enum part part)
{
    struct application *application = analytics_application_to_change(call);
    const char *id = call_string(call, part_id(part));
    int index = application ? part_find(application->configuration, part, id) : -1;
    json_t *configuration;

    if (!application)
        return FAILED;
    if (index < 0)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Application %s has no %s %s.", application->name, part_id(part), id);
    configuration = analytics_copy_configuration(application);
    json_array_remove(json_object_get(configuration, part_list(part)), (size_t)index);
    if (analytics_adopt(call, application, configuration) != DONE)
        return FAILED;
    analytics_answer_part(call, application, part, part == PART_LOGGING);
    return DONE;
}
