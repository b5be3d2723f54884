/* AddPermission, GetPolicy, RemovePermission: the resource policy is kept and answered, and not enforced: every caller is the account's
 * own. */

#include "base/text.h"
#include "lambda/operations.h"
#include "lambda/target.h"

#include <stdlib.h>
#include <string.h>

const struct member lambda_add_permission_input[] = {
    TARGET_FUNCTION,
    { "StatementId", STRING, .required = true, .min = 1, .max = 100 },
    { "Action", STRING, .required = true },
    { "Principal", STRING, .required = true },
    { "SourceArn", STRING },
    { "SourceAccount", STRING, .max = 12 },
    { "EventSourceToken", STRING, .max = 256 },
    { "PrincipalOrgID", STRING },
    { "FunctionUrlAuthType", STRING },
    { "InvokedViaFunctionUrl", BOOLEAN },
    { "RevisionId", STRING },
    TARGET_QUALIFIER,
    { 0 },
};
const struct member lambda_get_policy_input[] = { TARGET_FUNCTION, TARGET_QUALIFIER, { 0 } };
const struct member lambda_remove_permission_input[] = {
    TARGET_FUNCTION,
    { "StatementId", STRING, .required = true, .min = 1, .max = 100 },
    TARGET_QUALIFIER,
    { "RevisionId", STRING, .where = IN_QUERY },
    { 0 },
};

static json_t *principal_of(const char *principal)
{
    if (text_is(principal, "*"))
        return json_string("*");
    if (strspn(principal, "0123456789") == strlen(principal))
        return json_pack("{s:o}", "AWS", json_sprintf("arn:aws:iam::%s:root", principal));
    return text_begins(principal, "arn:") ? json_pack("{s:s}", "AWS", principal) : json_pack("{s:s}", "Service", principal);
}

static json_t *condition_of(const struct call *call)
{
    json_t *condition = json_object();

    if (call_has(call, "SourceAccount"))
        json_object_set_new(condition, "StringEquals", json_pack("{s:O}", "AWS:SourceAccount", call_member(call, "SourceAccount")));
    if (call_has(call, "SourceArn"))
        json_object_set_new(condition, "ArnLike", json_pack("{s:O}", "AWS:SourceArn", call_member(call, "SourceArn")));
    return condition;
}

static json_t *statement_of(const struct call *call, const struct function *function, const char *qualifier)
{
    json_t *condition = condition_of(call);
    json_t *statement = json_pack("{s:O, s:s, s:o, s:O, s:o}", "Sid", call_member(call, "StatementId"), "Effect", "Allow", "Principal",
                                  principal_of(call_string(call, "Principal")), "Action", call_member(call, "Action"), "Resource",
                                  json_sprintf("%s%s%s", function->arn, *qualifier ? ":" : "", qualifier));

    if (json_object_size(condition))
        json_object_set(statement, "Condition", condition);
    json_decref(condition);
    return statement;
}

/* The place of the statement called sid in the policy, or -1. */
static int find_statement(const struct function *function, const char *sid)
{
    for (size_t i = 0; i < json_array_size(function->policy); i++)
        if (text_is(json_string_value(json_object_get(json_array_get(function->policy, i), "Sid")), sid))
            return (int)i;
    return -1;
}

enum outcome lambda_add_permission(struct call *call)
{
    struct lambda *room = room_of(call);
    struct function_name name;
    struct function_version *version = target_version(call, &name, false);
    struct function *function = version ? version->function : NULL;
    json_t *statement;
    char *text;

    if (!function)
        return FAILED;
    if (find_statement(function, call_string(call, "StatementId")) >= 0)
        return call_fail(
            call, ERR_RESOURCE_CONFLICT,
            "The statement id (%s) provided already exists. Please provide a new statement id, or remove the existing statement.",
            call_string(call, "StatementId"));
    statement = statement_of(call, function, name.qualifier);
    if (!function->policy)
        function->policy = json_array();
    json_array_append_new(function->policy, statement);
    random_uuid(&room->ids, function->policy_revision);
    text = json_dumps(statement, JSON_COMPACT);
    call->output = json_pack("{s:s}", "Statement", text);
    free(text);
    return target_keep(call, function);
}

enum outcome lambda_get_policy(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);
    json_t *policy;
    char *text;

    if (!function)
        return FAILED;
    if (!json_array_size(function->policy))
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "The resource you requested does not exist.");
    policy = json_pack("{s:s, s:s, s:O}", "Version", "2012-10-17", "Id", "default", "Statement", function->policy);
    text = json_dumps(policy, JSON_COMPACT);
    call->output = json_pack("{s:s, s:s}", "Policy", text, "RevisionId", function->policy_revision);
    free(text);
    json_decref(policy);
    return DONE;
}

enum outcome lambda_remove_permission(struct call *call)
{
    struct lambda *room = room_of(call);
    struct function_name name;
    struct function *function = target_function(call, &name, false);
    int at;

    call->has_no_body = true;
    if (!function)
        return FAILED;
    at = find_statement(function, call_string(call, "StatementId"));
    if (at < 0)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Statement %s is not found in resource policy.", call_string(call, "StatementId"));
    json_array_remove(function->policy, (size_t)at);
    random_uuid(&room->ids, function->policy_revision);
    return target_keep(call, function);
}
