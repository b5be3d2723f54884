/* Resource policies: kept and given back, not enforced. */

#include "base/memory.h"
#include "kinesis/room.h"
#include "kinesis/shapes.h"

#include <stdlib.h>

const struct member kinesis_put_resource_policy_input[] = {
    RESOURCE_ARN_MEMBER,
    { "Policy", STRING, .required = true, .max = 20480 },
    { 0 },
};
const struct member kinesis_get_resource_policy_input[] = { RESOURCE_ARN_MEMBER, { 0 } };
const struct member kinesis_delete_resource_policy_input[] = { RESOURCE_ARN_MEMBER, { 0 } };

enum outcome kinesis_put_resource_policy(struct call *call)
{
    struct kinesis_stream *stream = kinesis_stream_named(call);
    json_t *policy = json_loads(call_string(call, "Policy"), 0, NULL);
    bool is_object = json_is_object(policy);

    json_decref(policy);
    if (!stream)
        return FAILED;
    if (!is_object)
        return call_fail(call, ERR_INVALID_ARGUMENT, "The policy is not valid JSON.");
    free(stream->policy);
    stream->policy = memory_copy_text(call_string(call, "Policy"));
    return kinesis_noted(call, stream);
}

/* A stream without a policy answers an empty one. */
enum outcome kinesis_get_resource_policy(struct call *call)
{
    const struct kinesis_stream *stream = kinesis_stream_named(call);

    if (!stream)
        return FAILED;
    call->output = json_pack("{s:s}", "Policy", stream->policy ? stream->policy : "{}");
    return DONE;
}

enum outcome kinesis_delete_resource_policy(struct call *call)
{
    struct kinesis_stream *stream = kinesis_stream_named(call);

    if (!stream)
        return FAILED;
    if (!stream->policy)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "No resource policy found for resource ARN %s", call_string(call, "ResourceARN"));
    free(stream->policy);
    stream->policy = NULL;
    return kinesis_noted(call, stream);
}
