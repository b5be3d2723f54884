/* UpdateTable: what does not fit the table as it is now. */

#include "base/text.h"
#include "dynamodb/index_check.h"
#include "dynamodb/table_update.h"

#include <string.h>

bool table_update_is_on_demand(const struct table *table, const json_t *input)
{
    const char *mode = json_string_value(json_object_get(input, "BillingMode"));

    return mode ? !strcmp(mode, "PAY_PER_REQUEST") : table->is_on_demand;
}

static bool refuse_in_use(struct fault *fault, const char *why)
{
    return fault_raise(fault, FAULT_IN_USE, "Attempt to change a resource which is still in use: %s", why);
}

/* The Update, Create or Delete of the i-th of the updates, or NULL. */
static const json_t *action(const json_t *input, size_t i, const char *name)
{
    const json_t *json = json_object_get(json_array_get(json_object_get(input, "GlobalSecondaryIndexUpdates"), i), name);

    return json_is_object(json) ? json : NULL;
}

static size_t update_count(const json_t *input)
{
    return json_array_size(json_object_get(input, "GlobalSecondaryIndexUpdates"));
}

static bool has_index_work(const json_t *input)
{
    for (size_t i = 0; i < update_count(input); i++)
        if (action(input, i, "Create") || action(input, i, "Delete"))
            return true;
    return false;
}

/* ---- what is under way ---- */

/* The index that is being added and has not got its resources yet. */
static const struct table_index *allocating(const struct table *table)
{
    for (size_t i = 0; i < table->index_count; i++)
        if (table->indexes[i]->is_added && !table->indexes[i]->is_backfilling)
            return table->indexes[i];
    return NULL;
}

static bool check_units_work(const struct table *table, struct fault *fault)
{
    const struct table_index *index = table->leaving ? table->leaving : allocating(table);

    if (table->work == WORK_THROUGHPUT)
        return refuse_in_use(fault, arena_print(fault->arena, "Table IOPS are currently being updated. Table: %s", table->name));
    if (index)
        return refuse_in_use(fault, arena_print(fault->arena, "Can't change table IOPS when an index is being %s. Table: %s Indexes: [%s]",
                                                table->leaving ? "deleted" : "created", table->name, index->name));
    return true;
}

static bool check_stream_work(const struct table *table, struct fault *fault)
{
    if (table->work == WORK_CLASS)
        return refuse_in_use(fault, arena_print(fault->arena,
                                                "Can't change stream status when a table class update is in progress. Table: %s "
                                                "TableClassUpdateInProgress: %s",
                                                table->name, table->wanted_class));
    if (table->work == WORK_INDEX)
        return refuse_in_use(fault, arena_print(fault->arena, "Can't change stream status when an index is being %s",
                                                table->leaving ? "deleted" : "created"));
    if (table->work != WORK_NONE)
        return refuse_in_use(fault, arena_print(fault->arena, "Table is being updated: %s", table->name));
    return true;
}

static bool check_class_work(const struct table *table, struct fault *fault)
{
    if (table->work == WORK_CLASS)
        return refuse_in_use(fault, arena_print(fault->arena,
                                                "Can't update table class when a table class update is in progress. Table: %s "
                                                "TableClassUpdateInProgress: %s",
                                                table->name, table->wanted_class));
    if (table->work == WORK_STREAM)
        return refuse_in_use(
            fault, arena_print(fault->arena, "Can't update table class when stream status is being updated. Table: %s", table->name));
    if (table->work != WORK_NONE)
        return refuse_in_use(fault, arena_print(fault->arena, "Table is being updated: %s", table->name));
    return true;
}

static bool check_on_demand_work(const struct table *table, struct fault *fault)
{
    const struct table_index *index = table->leaving ? table->leaving : allocating(table);

    if (index)
        return refuse_in_use(fault, arena_print(fault->arena,
                                                "OnDemandThroughput cannot be updated while index %s is in progress for indexes: [%s]",
                                                table->leaving ? "deletion" : "creation", index->name));
    if (table->work == WORK_CLASS)
        return refuse_in_use(fault, arena_print(fault->arena,
                                                "OnDemandThroughput cannot be updated while TableClass update is in progress. "
                                                "TableClassUpdateInProgress: %s",
                                                table->wanted_class));
    if (table->work == WORK_STREAM)
        return refuse_in_use(fault, "OnDemandThroughput cannot be updated while stream status update is in progress");
    return table->work == WORK_NONE || check_units_work(table, fault);
}

static bool check_index_work(const struct table *table, struct fault *fault)
{
    switch (table->work) {
    case WORK_THROUGHPUT:
        return refuse_in_use(
            fault, arena_print(fault->arena, "Can't create or delete indexes while table IOPS are being updated. Table: %s", table->name));
    case WORK_STREAM:
        return refuse_in_use(fault, "Can't create or delete an index when stream status is being updated.");
    case WORK_CLASS:
        return refuse_in_use(fault, "Can't create or delete an index when a table class update is in progress.");
    case WORK_INDEX:
    case WORK_NONE:
        break;
    }
    return true;
}

static bool check_work(const struct table *table, const json_t *input, struct fault *fault)
{
    bool has_units = table_update_has(input, "ProvisionedThroughput") ||
                     (table_update_has(input, "BillingMode") && table_update_is_on_demand(table, input) != table->is_on_demand);

    if (table->state == TABLE_CREATING || table->state == TABLE_DELETING)
        return refuse_in_use(
            fault, arena_print(fault->arena, "Table is being %s: %s", table->state == TABLE_CREATING ? "created" : "deleted", table->name));
    return (!has_units || check_units_work(table, fault)) &&
           (!table_update_has(input, "StreamSpecification") || check_stream_work(table, fault)) &&
           (!table_update_has(input, "TableClass") || check_class_work(table, fault)) &&
           (!table_update_has(input, "OnDemandThroughput") || check_on_demand_work(table, fault)) &&
           (!has_index_work(input) || check_index_work(table, fault));
}

/* ---- throughput ---- */

static bool refuse_same(struct fault *fault, const char *index, struct units units)
{
    return fault_raise(fault, FAULT_VALIDATION,
                       "The provisioned throughput for the %s will not change. The requested value equals the current value. "
                       "Current ReadCapacityUnits provisioned for %s: %lld. Requested ReadCapacityUnits: %lld. "
                       "Current WriteCapacityUnits provisioned for %s: %lld. Requested WriteCapacityUnits: %lld. "
                       "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
                       index ? arena_print(fault->arena, "index %s", index) : "table",
                       index ? arena_print(fault->arena, "index %s", index) : "the table", (long long)units.read, (long long)units.read,
                       index ? arena_print(fault->arena, "index %s", index) : "the table", (long long)units.write, (long long)units.write);
}

/* The indexes that will be provisioned, without a word on their units. */
static bool check_indexes_named(const struct table *table, const json_t *input, struct fault *fault)
{
    const char *missing = "";

    for (size_t i = 0; i < table->index_count; i++) {
        bool is_named = !table->indexes[i]->is_global;

        for (size_t j = 0; j < update_count(input); j++)
            is_named |= !strcmp(table_member_text(action(input, j, "Update"), "IndexName"), table->indexes[i]->name);
        if (!is_named)
            missing = arena_print(fault->arena, "%s%s%s", missing, *missing ? "," : "", table->indexes[i]->name);
    }
    return !*missing || fault_parameter(fault, FAULT_VALIDATION, "ProvisionedThroughput must be specified for index: %s", missing);
}

static bool check_throughput(const struct table *table, const json_t *input, struct fault *fault)
{
    const json_t *throughput = json_object_get(input, "ProvisionedThroughput");
    struct units units = throughput_units(throughput);

    if (table_update_has(input, "ProvisionedThroughput") && table_update_is_on_demand(table, input))
        return fault_parameter(fault, FAULT_VALIDATION,
                               "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    if (!table_update_has(input, "ProvisionedThroughput"))
        return true;
    if (table->is_on_demand)
        return check_indexes_named(table, input, fault);
    if (units.read == table->throughput.provisioned.read && units.write == table->throughput.provisioned.write)
        return refuse_same(fault, NULL, units);
    return true;
}

/* ---- indexes ---- */

static const struct table_index *find_index(const struct table *table, const char *name, const char *verb, struct fault *fault)
{
    const struct table_index *index = table_find_index(table, name);

    if (!index && table->leaving && !strcmp(table->leaving->name, name))
        refuse_in_use(fault, arena_print(fault->arena, "Index is being deleted.  Table: %s Index: %s", table->name, name));
    else if (!index)
        fault_raise(fault, FAULT_NOT_FOUND, "Requested resource not found: Index %s for table %s", name, table->name);
    else if (!index->is_global)
        fault_raise(fault, FAULT_VALIDATION, "Cannot %s an index that is not a GlobalSecondaryIndex: %s", verb, name);
    return fault->kind ? NULL : index;
}

static bool check_update(const struct table *table, const json_t *input, const json_t *update, struct fault *fault)
{
    const struct table_index *index = find_index(table, table_member_text(update, "IndexName"), "update", fault);
    const json_t *throughput = json_object_get(update, "ProvisionedThroughput");
    struct units units = throughput_units(throughput);

    if (!index)
        return false;
    if (index->state != TABLE_ACTIVE)
        return refuse_in_use(fault, arena_print(fault->arena, "Index is being %s.  Table: %s Index: %s",
                                                index->state == TABLE_CREATING ? "created" : "updated", table->name, index->name));
    if (!throughput_check(update, &index->throughput, table_update_is_on_demand(table, input),
                          arena_print(fault->arena, "index : %s", index->name), fault))
        return false;
    if (!json_is_object(throughput))
        return true;
    if (table_update_is_on_demand(table, input))
        return fault_parameter(fault, FAULT_VALIDATION,
                               "The only Updates for index: %s when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, "
                               "WarmThroughput",
                               index->name);
    if (units.read == index->throughput.provisioned.read && units.write == index->throughput.provisioned.write)
        return refuse_same(fault, index->name, units);
    return true;
}

static bool check_create(const struct table *table, const json_t *input, const json_t *create, struct fault *fault)
{
    int globals = 0;

    if (table_find_index(table, table_member_text(create, "IndexName")))
        return fault_raise(fault, FAULT_VALIDATION, "Attempting to create an index which already exists");
    if (!index_check_new(table, create, json_object_get(input, "AttributeDefinitions"), table_update_is_on_demand(table, input), fault))
        return false;
    for (size_t i = 0; i < table->index_count; i++)
        globals += table->indexes[i]->is_global;
    return globals < GLOBAL_INDEXES_MAX ||
           fault_raise(fault, FAULT_LIMIT, "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of 20");
}

static bool check_delete(const struct table *table, const json_t *deletion, struct fault *fault)
{
    const struct table_index *index = find_index(table, table_member_text(deletion, "IndexName"), "delete", fault);

    if (!index)
        return false;
    if (index == allocating(table))
        return refuse_in_use(fault, arena_print(fault->arena,
                                                "Index creation is in resource allocation phase. Retry deletion during backfilling phase "
                                                "or when the index is active. Table: %s Index: %s",
                                                table->name, index->name));
    return true;
}

/* One index is added or taken away at a time; an index that is still being filled may be taken away again. */
static bool check_one_at_a_time(const struct table *table, const json_t *input, struct fault *fault)
{
    size_t count = table->leaving != NULL;
    bool is_new;

    for (size_t i = 0; i < update_count(input); i++)
        count += action(input, i, "Create") || action(input, i, "Delete");
    is_new = count > (table->leaving != NULL);
    for (size_t i = 0; i < table->index_count; i++) {
        const struct table_index *index = table->indexes[i];
        bool is_meant = false;

        for (size_t j = 0; j < update_count(input); j++)
            is_meant |= !strcmp(table_member_text(action(input, j, "Delete"), "IndexName"), index->name) ||
                        !strcmp(table_member_text(action(input, j, "Create"), "IndexName"), index->name);
        count += index->is_added && !is_meant;
    }
    if (is_new && count > 1)
        return fault_raise(fault, FAULT_LIMIT,
                           "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table");
    return true;
}

static bool check_indexes(const struct table *table, const json_t *input, struct fault *fault)
{
    for (size_t i = 0; i < update_count(input); i++) {
        struct units units = throughput_units(json_object_get(action(input, i, "Update"), "ProvisionedThroughput"));

        if (units.read > THROUGHPUT_UNITS_BOUND || units.write > THROUGHPUT_UNITS_BOUND)
            return fault_raise(fault, FAULT_VALIDATION,
                               "This operation cannot be performed with given input values. Please contact DynamoDB service team for more "
                               "info: Action Blocked: IndexUpdate");
    }
    for (size_t i = 0; i < update_count(input); i++) {
        const json_t *update = action(input, i, "Update");
        const json_t *create = action(input, i, "Create");
        const json_t *deletion = action(input, i, "Delete");

        if ((update && !check_update(table, input, update, fault)) || (create && !check_create(table, input, create, fault)) ||
            (deletion && !check_delete(table, deletion, fault)))
            return false;
    }
    return true;
}

/* ---- the rest ---- */

static bool check_stream(const struct table *table, const json_t *input, struct fault *fault)
{
    const json_t *stream = json_object_get(input, "StreamSpecification");
    bool is_enabled = json_is_true(json_object_get(stream, "StreamEnabled"));

    if (!json_is_object(stream) || is_enabled == !table->stream)
        return true;
    return fault_raise(fault, FAULT_VALIDATION,
                       is_enabled ? "Table already has an enabled stream: TableName: %s" : "Table has no stream to disable: TableName: %s",
                       table->name);
}

static bool check_encryption(const struct table *table, const json_t *input, struct fault *fault)
{
    const json_t *encryption = json_object_get(input, "SSESpecification");
    const json_t *enabled = json_object_get(encryption, "Enabled");
    bool is_off = json_is_false(enabled) || (!json_is_true(enabled) && !json_is_string(json_object_get(encryption, "SSEType")));
    const char *key = json_string_value(json_object_get(encryption, "KMSMasterKeyId"));

    if (!json_is_object(encryption))
        return true;
    if (is_off && !table->encryption_key)
        return fault_parameter(fault, FAULT_VALIDATION, "Table is already encrypted by default");
    if (key && text_is(key, table->encryption_key))
        return fault_parameter(fault, FAULT_VALIDATION,
                               "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you want to change "
                               "Master Key");
    return true;
}

bool table_update_fits(const struct table *table, const json_t *input, struct fault *fault)
{
    return check_work(table, input, fault) && check_one_at_a_time(table, input, fault) && check_throughput(table, input, fault) &&
           throughput_check(input, &table->throughput, table_update_is_on_demand(table, input), "table", fault) &&
           check_indexes(table, input, fault) && check_stream(table, input, fault) && check_encryption(table, input, fault);
}
