/* Enhanced monitoring: which shard-level metrics are wanted. The metrics themselves are CloudWatch's. */

#include "base/text.h"
#include "kinesis/describe.h"
#include "kinesis/room.h"
#include "kinesis/shapes.h"

static const char *const metrics[] = { "IncomingBytes",
                                       "IncomingRecords",
                                       "OutgoingBytes",
                                       "OutgoingRecords",
                                       "WriteProvisionedThroughputExceeded",
                                       "ReadProvisionedThroughputExceeded",
                                       "IteratorAgeMilliseconds",
                                       "ALL",
                                       NULL };
static const struct member metric[] = { { "member", STRING, .values = metrics }, { 0 } };
#define MONITORING_MEMBERS                                                                                                         \
    STREAM_NAME_MEMBER, { "ShardLevelMetrics", LIST, .required = true, .min = 1, .max = 7, .members = metric }, STREAM_ARN_MEMBER, \
        STREAM_ID_MEMBER,                                                                                                          \
    {                                                                                                                              \
        0                                                                                                                          \
    }
const struct member kinesis_enable_enhanced_monitoring_input[] = { MONITORING_MEMBERS };
const struct member kinesis_disable_enhanced_monitoring_input[] = { MONITORING_MEMBERS };

static unsigned bits_of(const json_t *names)
{
    unsigned bits = 0;
    json_t *name;
    size_t i;

    json_array_foreach((json_t *)names, i, name)
    {
        if (text_is(json_string_value(name), "ALL"))
            return METRICS_ALL;
        for (unsigned at = 0; at < METRIC_COUNT; at++)
            if (text_is(kinesis_metric_names[at], json_string_value(name)))
                bits |= 1u << at;
    }
    return bits;
}

static enum outcome set(struct call *call, bool is_enabled)
{
    struct kinesis_stream *stream = kinesis_stream_idle(call);
    unsigned bits = bits_of(call_member(call, "ShardLevelMetrics"));
    unsigned wanted;

    if (!stream)
        return FAILED;
    wanted = is_enabled ? stream->metrics | bits : stream->metrics & ~bits;
    call->output = json_pack("{s:s, s:s, s:o, s:o}", "StreamName", stream->name, "StreamARN", stream->arn, "CurrentShardLevelMetrics",
                             kinesis_metrics_json(stream->metrics), "DesiredShardLevelMetrics", kinesis_metrics_json(wanted));
    stream->metrics = wanted;
    return kinesis_changed(call, stream);
}

enum outcome kinesis_enable_enhanced_monitoring(struct call *call)
{
    return set(call, true);
}

enum outcome kinesis_disable_enhanced_monitoring(struct call *call)
{
    return set(call, false);
}
