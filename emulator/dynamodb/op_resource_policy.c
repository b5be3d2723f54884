/* PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy: of tables. A policy is there at once; the service takes a second or two, and
 * refuses another change for fifteen. */

#include "base/memory.h"
#include "base/text.h"
#include "dynamodb/operations.h"
#include "dynamodb/policy.h"
#include "dynamodb/resource.h"

#include <inttypes.h>
#include <stdlib.h>

#define EXPECTED_REVISION                                  \
    {                                                      \
        "ExpectedRevisionId", STRING, .min = 1, .max = 255 \
    }

const struct member dynamodb_put_resource_policy_input[] = {
    RESOURCE_ARN_MEMBER, { "Policy", STRING, .required = true }, EXPECTED_REVISION, { "ConfirmRemoveSelfResourceAccess", BOOLEAN }, { 0 },
};
const struct member dynamodb_get_resource_policy_input[] = { RESOURCE_ARN_MEMBER, { 0 } };
const struct member dynamodb_delete_resource_policy_input[] = { RESOURCE_ARN_MEMBER, EXPECTED_REVISION, { 0 } };

/* The time of the last change, in milliseconds. */
static const char *revision(const struct intake *intake, const struct table *table)
{
    return arena_print(intake->arena, "%" PRId64, table->policy_since_ms);
}

static bool refuse_missing(struct intake *intake)
{
    return fault_raise(&intake->fault, FAULT_POLICY_NOT_FOUND, "Resource-based policy not found for the provided ResourceArn: %s",
                       call_string(intake->call, "ResourceArn"));
}

/* NO_POLICY expects that there is none. */
static bool check_revision(struct intake *intake, const struct table *table)
{
    const char *expected = call_string(intake->call, "ExpectedRevisionId");

    if (!expected || (table->policy ? text_is(expected, revision(intake, table)) : text_is(expected, "NO_POLICY")))
        return true;
    if (!table->policy)
        return refuse_missing(intake);
    return fault_raise(&intake->fault, FAULT_POLICY_NOT_FOUND,
                       "Resource-based policy not found for the provided ResourceArn: The revision id of the policy of %s did not match",
                       call_string(intake->call, "ResourceArn"));
}

/* Takes the policy (NULL: none) over. */
static bool change(struct intake *intake, struct table *table, char *policy)
{
    free(table->policy);
    table->policy = policy;
    table->policy_since_ms = clock_now_ms(intake->room->ground->clock);
    return store_keep_definition(intake->room->store, table) == OK || fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
}

/* A document that says the same as the one before changes nothing. */
static bool put(struct intake *intake, struct table *table)
{
    char *policy = policy_canonical(call_string(intake->call, "Policy"), &intake->fault);

    if (!policy)
        return false;
    if (!text_is(policy, table->policy))
        return change(intake, table, policy);
    free(policy);
    return true;
}

enum outcome dynamodb_put_resource_policy(struct call *call)
{
    struct intake intake;
    struct table *table;

    intake_open(&intake, call);
    table = resource_table_by_name(&intake);
    if (!table || !check_revision(&intake, table) || !put(&intake, table))
        return intake_refuse(&intake);
    call->output = json_pack("{s:s}", "RevisionId", revision(&intake, table));
    return DONE;
}

enum outcome dynamodb_get_resource_policy(struct call *call)
{
    struct intake intake;
    struct table *table;

    intake_open(&intake, call);
    table = resource_table_by_name(&intake);
    if (!table || (!table->policy && !refuse_missing(&intake)))
        return intake_refuse(&intake);
    call->output = json_pack("{s:s, s:s}", "Policy", table->policy, "RevisionId", revision(&intake, table));
    return DONE;
}

/* Where there is no policy, nothing is done and little is said. */
enum outcome dynamodb_delete_resource_policy(struct call *call)
{
    struct intake intake;
    struct table *table;

    intake_open(&intake, call);
    table = resource_table_by_name(&intake);
    if (!table || !check_revision(&intake, table) || (table->policy && !change(&intake, table, NULL)))
        return intake_refuse(&intake);
    call->output = table->policy_since_ms ? json_pack("{s:s}", "RevisionId", revision(&intake, table)) : json_object();
    return DONE;
}
