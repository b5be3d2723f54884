/* DescribeLimits, DescribeEndpoints: what tools ask before they work; the account's defaults are the answers. */

#include "dynamodb/operations.h"
#include "dynamodb/throughput.h"

#include <string.h>

const struct member dynamodb_describe_limits_input[] = { { 0 } };
const struct member dynamodb_describe_endpoints_input[] = { { 0 } };

enum outcome dynamodb_describe_limits(struct call *call)
{
    call->output = json_pack("{s:i, s:i, s:i, s:i}", "AccountMaxReadCapacityUnits", 80000, "AccountMaxWriteCapacityUnits", 80000,
                             "TableMaxReadCapacityUnits", THROUGHPUT_UNITS_MAX, "TableMaxWriteCapacityUnits", THROUGHPUT_UNITS_MAX);
    return DONE;
}

enum outcome dynamodb_describe_endpoints(struct call *call)
{
    const char *endpoint = call->ground->endpoint ? call->ground->endpoint : "";
    const char *host = strstr(endpoint, "://");

    call->output = json_pack("{s:[{s:s, s:i}]}", "Endpoints", "Address", host ? host + 3 : endpoint, "CachePeriodInMinutes", 1440);
    return DONE;
}
