/* Resource policies of streams and consumers: kept and given back, not enforced. */

#include "base/memory.h"
#include "base/text.h"
#include "kinesis/resource.h"
#include "kinesis/room.h"
#include "kinesis/shapes.h"

#include <stdlib.h>

const struct member kinesis_put_resource_policy_input[] = {
    RESOURCE_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { "Policy", STRING, .required = true, .max = 20480 },
    { 0 },
};
const struct member kinesis_get_resource_policy_input[] = { RESOURCE_ARN_MEMBER, STREAM_ID_MEMBER, { 0 } };
const struct member kinesis_delete_resource_policy_input[] = { RESOURCE_ARN_MEMBER, STREAM_ID_MEMBER, { 0 } };

/* Effect, Action, Resource and Principal (or what denies them): without one of each a statement says nothing. */
static bool is_statement(const json_t *statement)
{
    const char *effect = json_string_value(json_object_get(statement, "Effect"));

    return (text_is(effect, "Allow") || text_is(effect, "Deny")) &&
           (json_object_get(statement, "Action") || json_object_get(statement, "NotAction")) &&
           (json_object_get(statement, "Resource") || json_object_get(statement, "NotResource")) &&
           (json_object_get(statement, "Principal") || json_object_get(statement, "NotPrincipal"));
}

/* One statement, or a list of them. */
static bool is_policy(const json_t *policy)
{
    const json_t *statements = json_object_get(policy, "Statement");
    const json_t *statement;
    size_t i;

    if (json_is_object(statements))
        return is_statement(statements);
    json_array_foreach((json_t *)statements, i, statement) if (!is_statement(statement)) return false;
    return json_array_size(statements) > 0;
}

enum outcome kinesis_put_resource_policy(struct call *call)
{
    json_t *policy = json_loads(call_string(call, "Policy"), JSON_REJECT_DUPLICATES, NULL);
    bool is_sound = is_policy(policy);
    struct kinesis_resource resource;

    json_decref(policy);
    if (kinesis_resource_named(call, &resource) != DONE)
        return FAILED;
    if (!is_sound)
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "The policy is not valid: it needs statements with Effect, Principal, Action and Resource.");
    free(*resource.policy);
    *resource.policy = memory_copy_text(call_string(call, "Policy"));
    return kinesis_noted(call, resource.stream);
}

/* What has no policy answers an empty one. */
enum outcome kinesis_get_resource_policy(struct call *call)
{
    struct kinesis_resource resource;

    if (kinesis_resource_named(call, &resource) != DONE)
        return FAILED;
    call->output = json_pack("{s:s}", "Policy", *resource.policy ? *resource.policy : "{}");
    return DONE;
}

enum outcome kinesis_delete_resource_policy(struct call *call)
{
    struct kinesis_resource resource;

    if (kinesis_resource_named(call, &resource) != DONE)
        return FAILED;
    if (!*resource.policy)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "No resource policy found for resource ARN %s", call_string(call, "ResourceARN"));
    free(*resource.policy);
    *resource.policy = NULL;
    return kinesis_noted(call, resource.stream);
}
