#pragma once
/* Every action answered here: AWS's name and ours. */

#include "aws/service.h"

#define CLOUDWATCH_OPERATIONS(row) row(PutMetricData, put_metric_data)

#define CLOUDWATCH_DECLARATION(name, function)                  \
    extern const struct member cloudwatch_##function##_input[]; \
    operation_function cloudwatch_##function;
CLOUDWATCH_OPERATIONS(CLOUDWATCH_DECLARATION)
#undef CLOUDWATCH_DECLARATION
