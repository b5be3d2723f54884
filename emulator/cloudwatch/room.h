#pragma once
/* What the CloudWatch room owns. */

#include "base/ledger.h"
#include "cloudwatch/cloudwatch.h"

enum { CLOUDWATCH_BODY_MAX_BYTES = 16 << 20 };

struct cloudwatch {
    const struct ground *ground;
    struct service service;
    struct ledger calls;
};

/* What the Query protocol calls an error. */
const char *cloudwatch_query_code(enum error_id id);
