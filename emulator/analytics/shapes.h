#pragma once
/* Members that many inputs share, as the two service models give them. In v1 each resource comes with the role that reaches it; in v2 the
 * application has one role. */

#include "aws/shape.h"

#define ARN_MEMBER(name, is_required)                                                     \
    {                                                                                     \
        name, STRING, .required = is_required, .min = 1, .max = 2048, .pattern = "arn:.*" \
    }
#define APPLICATION_NAME_MEMBER                                                                         \
    {                                                                                                   \
        "ApplicationName", STRING, .required = true, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" \
    }
#define VERSION_MEMBER                                                                    \
    {                                                                                     \
        "CurrentApplicationVersionId", LONG, .required = true, .min = 1, .max = 999999999 \
    }
#define ID_MEMBER(name)                                                                   \
    {                                                                                     \
        name, STRING, .required = true, .min = 1, .max = 50, .pattern = "[a-zA-Z0-9_.-]+" \
    }

/* An Input, an Output, a ReferenceDataSource, an InputProcessingConfiguration, a CloudWatchLoggingOption, and lists of them. */
extern const struct member analytics_shape_v1_input[], analytics_shape_v2_input[];
extern const struct member analytics_shape_v1_inputs[], analytics_shape_v2_inputs[];
extern const struct member analytics_shape_v1_output[], analytics_shape_v2_output[];
extern const struct member analytics_shape_v1_outputs[], analytics_shape_v2_outputs[];
extern const struct member analytics_shape_v1_reference[], analytics_shape_v2_reference[];
extern const struct member analytics_shape_v2_references[];
extern const struct member analytics_shape_v1_processing[], analytics_shape_v2_processing[];
extern const struct member analytics_shape_v1_logging[], analytics_shape_v2_logging[];
extern const struct member analytics_shape_v1_loggings[], analytics_shape_v2_loggings[];
extern const struct member analytics_shape_tags[];

/* The three starting positions. */
extern const struct member analytics_shape_position[];

/* InputUpdates, OutputUpdates, ReferenceDataSourceUpdates and CloudWatchLoggingOptionUpdates; an update names what it changes and gives the
 * new values under names that end with "Update". */
extern const struct member analytics_shape_input_updates[];
extern const struct member analytics_shape_output_updates[];
extern const struct member analytics_shape_reference_updates[];
extern const struct member analytics_shape_logging_updates[];
