/* StartApplication, StopApplication, DeleteApplication. */

#include "analytics/change.h"
#include "base/text.h"

#include <math.h>

static const struct member v1_input_configuration[] = {
    ID_MEMBER("Id"),
    { "InputStartingPositionConfiguration", STRUCTURE, .required = true, .members = analytics_shape_position },
    { 0 },
};
static const struct member v1_input_configurations[] = { { "member", STRUCTURE, .members = v1_input_configuration }, { 0 } };
static const struct member v2_input_configuration[] = {
    ID_MEMBER("InputId"),
    { "InputStartingPositionConfiguration", STRUCTURE, .required = true, .members = analytics_shape_position },
    { 0 },
};
static const struct member v2_input_configurations[] = { { "member", STRUCTURE, .members = v2_input_configuration }, { 0 } };
static const struct member run_configuration[] = { { "SqlRunConfigurations", LIST, .members = v2_input_configurations }, { 0 } };

const struct member analytics_start_application_v1_input[] = {
    APPLICATION_NAME_MEMBER,
    { "InputConfigurations", LIST, .required = true, .members = v1_input_configurations },
    { 0 },
};
const struct member analytics_start_application_v2_input[] = {
    APPLICATION_NAME_MEMBER,
    { "RunConfiguration", STRUCTURE, .members = run_configuration },
    { 0 },
};
const struct member analytics_stop_application_input[] = { APPLICATION_NAME_MEMBER, { "Force", BOOLEAN }, { 0 } };
const struct member analytics_delete_application_input[] = { APPLICATION_NAME_MEMBER,
                                                             { "CreateTimestamp", TIMESTAMP, .required = true },
                                                             { 0 } };

static enum input_position read_position(const json_t *start)
{
    const char *text =
        json_string_value(json_object_get(json_object_get(start, "InputStartingPositionConfiguration"), "InputStartingPosition"));

    if (text_is(text, "TRIM_HORIZON"))
        return INPUT_TRIM_HORIZON;
    return text_is(text, "LAST_STOPPED_POINT") ? INPUT_LAST_STOPPED_POINT : INPUT_NOW;
}

/* The starting position of the input; NOW when none is given, as on AWS. */
static enum outcome find_position(struct call *call, const struct application *application, enum input_position *position)
{
    bool is_v2 = analytics_is_v2(call);
    const json_t *starts =
        is_v2 ? json_object_get(call_member(call, "RunConfiguration"), "SqlRunConfigurations") : call_member(call, "InputConfigurations");

    *position = INPUT_NOW;
    for (size_t i = 0; i < json_array_size(starts); i++) {
        const json_t *start = json_array_get(starts, i);
        const char *id = json_string_value(json_object_get(start, is_v2 ? "InputId" : "Id"));

        if (part_find(application->configuration, PART_INPUT, id) < 0)
            return call_fail(call, ERR_INVALID_ARGUMENT, "Application %s has no input with id %s.", application->name, id ? id : "");
        *position = read_position(start);
    }
    return DONE;
}

enum outcome analytics_start_application(struct call *call)
{
    struct application *application = analytics_application(call);
    struct program_error error = { ERR_INTERNAL_FAILURE, NULL };
    enum input_position position;

    if (!application)
        return FAILED;
    if (application->status != APPLICATION_READY)
        return call_fail(call, ERR_RESOURCE_IN_USE, "Application %s cannot be started while it is in %s state.", application->name,
                         application_status_text(application));
    if (find_position(call, application, &position) != DONE)
        return FAILED;
    if (!application_start(application, position, call->arena, &error)) {
        /* StartApplication has no CodeValidationException: code that lacks what it reads is a configuration that cannot run. */
        if (error.id == ERR_CODE_VALIDATION)
            error.id = ERR_INVALID_APPLICATION_CONFIGURATION;
        return analytics_refuse(call, &error);
    }
    trace_add(call->ground->trace, TRACE_CALL, call->cause, application->arn, -1, "StartApplication");
    return DONE;
}

enum outcome analytics_stop_application(struct call *call)
{
    struct application *application = analytics_application(call);

    if (!application)
        return FAILED;
    if (application->status != APPLICATION_RUNNING)
        return call_fail(call, ERR_RESOURCE_IN_USE, "Application %s cannot be stopped while it is in %s state.", application->name,
                         application_status_text(application));
    application_stop(application);
    trace_add(call->ground->trace, TRACE_CALL, call->cause, application->arn, -1, "StopApplication");
    return DONE;
}

/* The time of creation guards against deleting another application of the same name. It travels in whole seconds. */
enum outcome analytics_delete_application(struct call *call)
{
    struct application *application = analytics_application(call);

    if (!application)
        return FAILED;
    if (floor(call_number(call, "CreateTimestamp", 0)) != (double)(application->created_ms / 1000))
        return call_fail(call, ERR_INVALID_ARGUMENT, "CreateTimestamp does not match the time at which application %s was created.",
                         application->name);
    trace_add(call->ground->trace, TRACE_CALL, call->cause, application->arn, -1, "DeleteApplication");
    application_delete(application);
    return DONE;
}
