/* Adding and removing inputs, outputs, reference data, preprocessing and log options. */

#include "analytics/change.h"

#define ADDITION(function, member_name, shape)                                                            \
    const struct member analytics_##function##_v1_input[] = { APPLICATION_NAME_MEMBER,                    \
                                                              VERSION_MEMBER,                             \
                                                              { member_name, STRUCTURE, .required = true, \
                                                                .members = analytics_shape_v1_##shape },  \
                                                              { 0 } };                                    \
    const struct member analytics_##function##_v2_input[] = { APPLICATION_NAME_MEMBER,                    \
                                                              VERSION_MEMBER,                             \
                                                              { member_name, STRUCTURE, .required = true, \
                                                                .members = analytics_shape_v2_##shape },  \
                                                              { 0 } };
ADDITION(add_input, "Input", input)
ADDITION(add_output, "Output", output)
ADDITION(add_reference_data_source, "ReferenceDataSource", reference)
ADDITION(add_logging_option, "CloudWatchLoggingOption", logging)
#undef ADDITION

#define REMOVAL(function, id) \
    const struct member analytics_##function##_input[] = { APPLICATION_NAME_MEMBER, VERSION_MEMBER, ID_MEMBER(id), { 0 } };
REMOVAL(delete_output, "OutputId")
REMOVAL(delete_reference_data_source, "ReferenceId")
REMOVAL(delete_logging_option, "CloudWatchLoggingOptionId")
REMOVAL(delete_input_processing, "InputId")
#undef REMOVAL

const struct member analytics_add_input_processing_v1_input[] = {
    APPLICATION_NAME_MEMBER,
    VERSION_MEMBER,
    ID_MEMBER("InputId"),
    { "InputProcessingConfiguration", STRUCTURE, .required = true, .members = analytics_shape_v1_processing },
    { 0 },
};
const struct member analytics_add_input_processing_v2_input[] = {
    APPLICATION_NAME_MEMBER,
    VERSION_MEMBER,
    ID_MEMBER("InputId"),
    { "InputProcessingConfiguration", STRUCTURE, .required = true, .members = analytics_shape_v2_processing },
    { 0 },
};

enum outcome analytics_add_input(struct call *call)
{
    return analytics_add_part(call, PART_INPUT, "Input");
}

enum outcome analytics_add_output(struct call *call)
{
    return analytics_add_part(call, PART_OUTPUT, "Output");
}

enum outcome analytics_add_reference_data_source(struct call *call)
{
    return analytics_add_part(call, PART_REFERENCE, "ReferenceDataSource");
}

enum outcome analytics_add_logging_option(struct call *call)
{
    return analytics_add_part(call, PART_LOGGING, "CloudWatchLoggingOption");
}

enum outcome analytics_delete_output(struct call *call)
{
    return analytics_remove_part(call, PART_OUTPUT);
}

enum outcome analytics_delete_reference_data_source(struct call *call)
{
    return analytics_remove_part(call, PART_REFERENCE);
}

enum outcome analytics_delete_logging_option(struct call *call)
{
    return analytics_remove_part(call, PART_LOGGING);
}

/* Sets (or with NULL removes) the preprocessing of the input that the call names. */
static enum outcome set_processing(struct call *call, json_t *processing)
{
    struct application *application = analytics_application_to_change(call);
    const char *id = call_string(call, "InputId");
    int index = application ? part_find(application->configuration, PART_INPUT, id) : -1;
    json_t *configuration, *input;

    if (!application)
        return FAILED;
    if (index < 0)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Application %s has no InputId %s.", application->name, id);
    configuration = analytics_copy_configuration(application);
    input = json_array_get(json_object_get(configuration, "Inputs"), (size_t)index);
    if (processing)
        json_object_set_new(input, "InputProcessingConfiguration", json_deep_copy(processing));
    else
        json_object_del(input, "InputProcessingConfiguration");
    if (analytics_adopt(call, application, configuration) != DONE)
        return FAILED;
    analytics_answer_part(call, application, PART_INPUT, false);
    return DONE;
}

enum outcome analytics_add_input_processing(struct call *call)
{
    return set_processing(call, call_member(call, "InputProcessingConfiguration"));
}

enum outcome analytics_delete_input_processing(struct call *call)
{
    return set_processing(call, NULL);
}
