/* UpdateTable: what is wrong with the request in itself. */

#include "base/text.h"
#include "dynamodb/table_update.h"

#include <string.h>

bool table_update_has(const json_t *input, const char *member)
{
    const json_t *json = json_object_get(input, member);

    return json && !json_is_null(json) && !(json_is_array(json) && !json_array_size(json));
}

/* ---- something to do ---- */

/* Each change that a request can ask for. */
static const char *const changes[] = { "ProvisionedThroughput",
                                       "BillingMode",
                                       "StreamSpecification",
                                       "GlobalSecondaryIndexUpdates",
                                       "SSESpecification",
                                       "ReplicaUpdates",
                                       "DeletionProtectionEnabled",
                                       "OnDemandThroughput",
                                       "WarmThroughput",
                                       "TableClass",
                                       NULL };

/* What there is no second region for. */
static const char *const of_global_tables[] = { "MultiRegionConsistency", "GlobalTableWitnessUpdates", "GlobalTableSettingsReplicationMode",
                                                NULL };

static int count_changes(const json_t *input)
{
    int count = 0;

    for (const char *const *change = changes; *change; change++)
        count += table_update_has(input, *change);
    return count;
}

static bool check_any(const json_t *input, struct fault *fault)
{
    for (const char *const *member = of_global_tables; *member; member++)
        if (table_update_has(input, *member))
            return fault_raise(fault, FAULT_REQUEST, "lowcloud does not serve global tables: {%s}", *member);
    if (!count_changes(input))
        return fault_raise(fault, FAULT_REQUEST,
                           "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
                           "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
                           "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required");
    if (json_is_array(json_object_get(input, "GlobalSecondaryIndexUpdates")) && !table_update_has(input, "GlobalSecondaryIndexUpdates"))
        return fault_parameter(fault, FAULT_REQUEST, "List of GlobalSecondaryIndexUpdates is empty");
    return true;
}

/* ---- what must come alone ---- */

static size_t count_actions(const json_t *updates, const char *action)
{
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(updates); i++)
        count += json_is_object(json_object_get(json_array_get(updates, i), action));
    return count;
}

/* In the order in which the service names them when several are there. */
static bool check_alone(const json_t *input, struct fault *fault)
{
    static const struct {
        const char *member;
        const char *text;
    } rows[] = {
        { "SSESpecification", "Server-Side Encryption modification must be the only operation in the request" },
        { "TableClass", "TableClass modification must be the only operation in the request" },
        { "DeletionProtectionEnabled", "DeletionProtection modification must be the only operation in the request" },
        { "ReplicaUpdates", "Replica modification must be the only operation in the request" },
        { "WarmThroughput", "WarmThroughput must be the only operation in the request" },
    };
    int count = count_changes(input);

    if (table_update_has(input, "WarmThroughput") && count_actions(json_object_get(input, "GlobalSecondaryIndexUpdates"), "Create"))
        return fault_parameter(fault, FAULT_REQUEST, "Create global secondary index cannot be specified when updating WarmThroughput");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (count > 1 && table_update_has(input, rows[i].member))
            return fault_parameter(fault, FAULT_REQUEST, "%s", rows[i].text);
    if (table_update_has(input, "OnDemandThroughput") && count > 1 + table_update_has(input, "BillingMode"))
        return fault_parameter(fault, FAULT_REQUEST, "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request");
    return true;
}

static bool check_pairs(const json_t *input, struct fault *fault)
{
    const json_t *updates = json_object_get(input, "GlobalSecondaryIndexUpdates");
    bool has_units = table_update_has(input, "ProvisionedThroughput");
    bool has_stream = table_update_has(input, "StreamSpecification");
    bool has_index = count_actions(updates, "Create") || count_actions(updates, "Delete");

    if (has_stream && has_units)
        return fault_parameter(fault, FAULT_REQUEST, "You cannot modify stream status while updating table IOPS");
    if (has_index && has_units)
        return fault_parameter(fault, FAULT_REQUEST, "You cannot create or delete index while updating table IOPS");
    if (has_index && has_stream)
        return fault_parameter(fault, FAULT_REQUEST, "You cannot create or delete index while changing stream status");
    return true;
}

/* ---- one change after the other ---- */

static bool check_billing(const json_t *input, struct fault *fault)
{
    const char *mode = json_string_value(json_object_get(input, "BillingMode"));
    bool has_units = table_update_has(input, "ProvisionedThroughput");

    if (text_is(mode, "PROVISIONED") && !has_units)
        return fault_parameter(fault, FAULT_REQUEST, "ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
    if (text_is(mode, "PAY_PER_REQUEST") && has_units)
        return fault_parameter(fault, FAULT_REQUEST,
                               "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    return throughput_check_bounds(json_object_get(input, "ProvisionedThroughput"), fault);
}

static const char *name_in(const json_t *update)
{
    static const char *const actions[] = { "Update", "Create", "Delete" };
    const char *name = "";

    for (int i = 0; i < 3 && !*name; i++)
        name = table_member_text(json_object_get(update, actions[i]), "IndexName");
    return name;
}

static bool check_index_update(const json_t *updates, size_t i, struct fault *fault)
{
    const json_t *update = json_array_get(updates, i);
    int count = json_is_object(json_object_get(update, "Update")) + json_is_object(json_object_get(update, "Create")) +
                json_is_object(json_object_get(update, "Delete"));

    if (!count)
        return fault_parameter(fault, FAULT_REQUEST,
                               "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                               "GlobalSecondaryIndexUpdate.Delete must not be null");
    if (count > 1)
        return fault_parameter(fault, FAULT_REQUEST,
                               "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object");
    for (size_t j = 0; j < i; j++)
        if (!strcmp(name_in(json_array_get(updates, j)), name_in(update)))
            return fault_parameter(fault, FAULT_REQUEST,
                                   "Only one global secondary index update per index is allowed simultaneously. Index: %s",
                                   name_in(update));
    return true;
}

static bool check_index_updates(const json_t *input, struct fault *fault)
{
    const json_t *updates = json_object_get(input, "GlobalSecondaryIndexUpdates");

    for (size_t i = 0; i < json_array_size(updates); i++)
        if (!check_index_update(updates, i, fault))
            return false;
    return true;
}

static bool check_stream(const json_t *input, struct fault *fault)
{
    const json_t *stream = json_object_get(input, "StreamSpecification");
    bool has_view = json_is_string(json_object_get(stream, "StreamViewType"));

    if (!json_is_object(stream))
        return true;
    if (json_is_true(json_object_get(stream, "StreamEnabled")) && !has_view)
        return fault_parameter(fault, FAULT_REQUEST, "If stream is being enabled then UpdateViewType is required");
    if (!json_is_true(json_object_get(stream, "StreamEnabled")) && has_view)
        return fault_parameter(fault, FAULT_REQUEST, "If stream is being disabled, then UpdateViewType must not be specified");
    return true;
}

bool table_update_check(const json_t *input, struct fault *fault)
{
    return check_any(input, fault) && check_billing(input, fault) && check_index_updates(input, fault) && check_alone(input, fault) &&
           check_pairs(input, fault) && check_stream(input, fault) && table_check_encryption(input, fault);
}
