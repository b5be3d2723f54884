#pragma once
/* Every action answered here: AWS's name and ours. Both versions of the API speak of the same applications; where their inputs have the
 * same form they share a function, which asks the call's service for the form of the answer. */

#include "aws/service.h"

#define ANALYTICS_SHARED_OPERATIONS(row)                                                                                             \
    row(DeleteApplication, delete_application) row(DeleteApplicationCloudWatchLoggingOption, delete_logging_option)                  \
        row(DeleteApplicationInputProcessingConfiguration, delete_input_processing) row(DeleteApplicationOutput, delete_output)      \
            row(DeleteApplicationReferenceDataSource, delete_reference_data_source) row(ListTagsForResource, list_tags_for_resource) \
                row(StopApplication, stop_application) row(TagResource, tag_resource) row(UntagResource, untag_resource)

/* Those whose inputs differ have an input shape for each version: analytics_<function>_v1_input, ..._v2_input. */
#define ANALYTICS_TWIN_OPERATIONS(row)                                                                                   \
    row(AddApplicationCloudWatchLoggingOption, add_logging_option) row(AddApplicationInput, add_input)                   \
        row(AddApplicationInputProcessingConfiguration, add_input_processing) row(AddApplicationOutput, add_output)      \
            row(AddApplicationReferenceDataSource, add_reference_data_source) row(CreateApplication, create_application) \
                row(DescribeApplication, describe_application) row(ListApplications, list_applications)                  \
                    row(StartApplication, start_application) row(UpdateApplication, update_application)

#define ANALYTICS_SHARED(name, function)                       \
    extern const struct member analytics_##function##_input[]; \
    operation_function analytics_##function;
#define ANALYTICS_TWIN(name, function)                            \
    extern const struct member analytics_##function##_v1_input[]; \
    extern const struct member analytics_##function##_v2_input[]; \
    operation_function analytics_##function;
ANALYTICS_SHARED_OPERATIONS(ANALYTICS_SHARED)
ANALYTICS_TWIN_OPERATIONS(ANALYTICS_TWIN)
#undef ANALYTICS_SHARED
#undef ANALYTICS_TWIN
