#include "deploy/table_update.h"

#include "base/json.h"
#include "base/text.h"
#include "deploy/table_compare.h"

#include <string.h>

struct update {
    struct deployment *deployment;
    struct resource *resource;
    const json_t *wanted; /* CreateTable's input */
    json_t *table;        /* DescribeTable's, as it is now; owned */
};

/* ---- as it is, and a change of it ---- */

static bool is_settled(const json_t *output)
{
    const json_t *table = json_object_get(output, "Table");
    json_t *index;
    size_t i;

    json_array_foreach(json_object_get(table, "GlobalSecondaryIndexes"), i, index)
    {
        if (!text_is(json_text_in(index, "IndexStatus"), "ACTIVE"))
            return false;
    }
    return text_is(json_text_in(table, "TableStatus"), "ACTIVE");
}

static bool look(struct update *update)
{
    json_t *input = json_pack("{s:s}", "TableName", update->resource->physical_id);
    json_t *output = deployment_await_that(update->deployment, update->resource, update->deployment->rooms->dynamodb, "DescribeTable",
                                           input, is_settled, "ACTIVE with its indexes");

    json_decref(update->table);
    update->table = json_incref(json_object_get(output, "Table"));
    json_decref(input);
    json_decref(output);
    return update->table != NULL;
}

void table_update_note(struct deployment *deployment, struct resource *resource, const char *part)
{
    const char *note = resource->note ? resource->note : "kept from an earlier run, changed: ";

    if (!strstr(note, part))
        resource->note = arena_print(&deployment->arena, "%s%s%s", note, resource->note ? ", " : "", part);
}

/* UpdateTable with that input (taken), which changes `part`; then waits until it is done. */
static bool change_unless(struct update *update, const char *part, json_t *input, enum error_id tolerated)
{
    bool is_tolerated;
    json_t *output;

    json_object_set_new(input, "TableName", json_string(update->resource->physical_id));
    output = deployment_try(update->deployment, update->resource, update->deployment->rooms->dynamodb, "UpdateTable", input, tolerated,
                            &is_tolerated);
    if (output)
        table_update_note(update->deployment, update->resource, part);
    json_decref(output);
    return (output || is_tolerated) && look(update);
}

static bool change(struct update *update, const char *part, json_t *input)
{
    return change_unless(update, part, input, ERR_NONE);
}

/* ---- what cannot be changed ---- */

/* CloudFormation would make another table in its stead, and drop this one. */
static bool refuse_replacement(const struct update *update, const char *property, const char *what)
{
    deployment_fail(update->deployment, update->resource, property,
                    "the table %s is kept from an earlier run with %s, which only a new table can have: delete it (start `lowcloud serve` "
                    "on the same --data, and call DeleteTable), give the table another name, or start with another --data",
                    update->resource->physical_id, what);
    return false;
}

static bool check_locals(const struct update *update)
{
    static const char kind[] = "LocalSecondaryIndexes";
    const json_t *wanted = json_object_get(update->wanted, kind);
    bool is_same = json_array_size(wanted) == json_array_size(json_object_get(update->table, kind));

    for (size_t i = 0; is_same && i < json_array_size(wanted); i++) {
        const json_t *index = json_array_get(wanted, i);
        const json_t *given = table_compare_find_index(update->table, kind, json_text_in(index, "IndexName"));

        is_same = given && table_compare_is_same_index(update->wanted, index, update->table, given);
    }
    return is_same || refuse_replacement(update, kind, "other local secondary indexes");
}

static bool check_globals(const struct update *update)
{
    static const char kind[] = "GlobalSecondaryIndexes";
    json_t *index;
    size_t i;

    json_array_foreach(json_object_get(update->wanted, kind), i, index)
    {
        const char *name = json_text_in(index, "IndexName");
        const json_t *given = table_compare_find_index(update->table, kind, name);

        if (!given || table_compare_is_same_index(update->wanted, index, update->table, given))
            continue;
        deployment_fail(update->deployment, update->resource, kind,
                        "the index %s of the kept table %s has other keys or another projection, which cannot be changed: give the index "
                        "another name, or leave it out for one run",
                        name, update->resource->physical_id);
        return false;
    }
    return true;
}

static bool check_replacements(const struct update *update)
{
    if (!table_compare_has_same_keys(update->wanted, update->wanted, update->table, update->table))
        return refuse_replacement(update, "KeySchema", "another key");
    return check_locals(update) && check_globals(update);
}

/* ---- billing and throughput ---- */

static bool is_on_demand(const json_t *table)
{
    const json_t *summary = json_object_get(table, "BillingModeSummary");

    return text_is(json_text_in(summary ? summary : table, "BillingMode"), "PAY_PER_REQUEST");
}

static bool has_member(const json_t *wanted, const json_t *given, const char *object, const char *member, json_int_t fallback)
{
    const json_t *a = json_object_get(json_object_get(wanted, object), member);
    const json_t *b = json_object_get(json_object_get(given, object), member);

    return (a ? json_integer_value(a) : fallback) == (b ? json_integer_value(b) : fallback);
}

static bool has_same_units(const json_t *wanted, const json_t *given)
{
    return has_member(wanted, given, "ProvisionedThroughput", "ReadCapacityUnits", 0) &&
           has_member(wanted, given, "ProvisionedThroughput", "WriteCapacityUnits", 0);
}

/* -1 is no bound. */
static bool has_same_bounds(const json_t *wanted, const json_t *given)
{
    return has_member(wanted, given, "OnDemandThroughput", "MaxReadRequestUnits", -1) &&
           has_member(wanted, given, "OnDemandThroughput", "MaxWriteRequestUnits", -1);
}

static json_t *bounds_of(const json_t *wanted)
{
    const json_t *bounds = json_object_get(wanted, "OnDemandThroughput");
    const json_t *reads = json_object_get(bounds, "MaxReadRequestUnits");
    const json_t *writes = json_object_get(bounds, "MaxWriteRequestUnits");

    return json_pack("{s:I, s:I}", "MaxReadRequestUnits", reads ? json_integer_value(reads) : (json_int_t)-1, "MaxWriteRequestUnits",
                     writes ? json_integer_value(writes) : (json_int_t)-1);
}

/* What is warmed up never cools down. */
static bool is_warm_enough(const json_t *wanted, const json_t *given)
{
    static const char *const members[] = { "ReadUnitsPerSecond", "WriteUnitsPerSecond" };

    for (size_t i = 0; i < 2; i++)
        if (json_integer_value(json_object_get(json_object_get(wanted, "WarmThroughput"), members[i])) >
            json_integer_value(json_object_get(json_object_get(given, "WarmThroughput"), members[i])))
            return false;
    return true;
}

/* What the table or index is to have under that name. A new reference, or NULL. */
static json_t *member_of(const json_t *wanted, const char *member)
{
    return text_is(member, "OnDemandThroughput") ? bounds_of(wanted) : json_incref(json_object_get(wanted, member));
}

/* The Update of each index that is not as is wanted (or of all of them), with the member that it is to have. A new reference. */
static json_t *index_updates(const struct update *update, const char *member, bool is_for_all,
                             bool (*is_same)(const json_t *wanted, const json_t *given))
{
    json_t *updates = json_array();
    json_t *index;
    size_t i;

    json_array_foreach(json_object_get(update->table, "GlobalSecondaryIndexes"), i, index)
    {
        const char *name = json_text_in(index, "IndexName");
        const json_t *wanted = table_compare_find_index(update->wanted, "GlobalSecondaryIndexes", name);

        if (is_for_all || !is_same(wanted, index))
            json_array_append_new(updates, json_pack("{s:{s:s, s:o*}}", "Update", "IndexName", name, member, member_of(wanted, member)));
    }
    return updates;
}

/* Puts the updates, taken, into input where there are any; answers whether there are. */
static bool add_updates(json_t *input, json_t *updates)
{
    bool is_any = json_array_size(updates) > 0;

    if (is_any)
        json_object_set(input, "GlobalSecondaryIndexUpdates", updates);
    json_decref(updates);
    return is_any;
}

static bool change_units(struct update *update)
{
    bool is_switched = is_on_demand(update->table);
    json_t *input = json_object();

    if (is_switched)
        json_object_set_new(input, "BillingMode", json_string("PROVISIONED"));
    if (is_switched || !has_same_units(update->wanted, update->table))
        json_object_set(input, "ProvisionedThroughput", json_object_get(update->wanted, "ProvisionedThroughput"));
    add_updates(input, index_updates(update, "ProvisionedThroughput", is_switched, has_same_units));
    if (json_object_size(input))
        return change(update, is_switched ? "BillingMode" : "ProvisionedThroughput", input);
    json_decref(input);
    return true;
}

/* OnDemandThroughput or WarmThroughput, of the table and then of its indexes. */
static bool change_limits(struct update *update, const char *member, bool (*is_same)(const json_t *wanted, const json_t *given))
{
    json_t *input;

    if (!is_same(update->wanted, update->table) && !change(update, member, json_pack("{s:o}", member, member_of(update->wanted, member))))
        return false;
    input = json_object();
    if (add_updates(input, index_updates(update, member, false, is_same)))
        return change(update, member, input);
    json_decref(input);
    return true;
}

static bool change_throughput(struct update *update)
{
    if (!is_on_demand(update->wanted))
        return change_units(update) && change_limits(update, "WarmThroughput", is_warm_enough);
    if (!is_on_demand(update->table) && !change(update, "BillingMode", json_pack("{s:s}", "BillingMode", "PAY_PER_REQUEST")))
        return false;
    return change_limits(update, "OnDemandThroughput", has_same_bounds) && change_limits(update, "WarmThroughput", is_warm_enough);
}

/* ---- indexes ---- */

/* The first index of `table` that `other` has not; NULL: it has all. */
static const json_t *index_beyond(const json_t *table, const json_t *other)
{
    const json_t *indexes = json_object_get(table, "GlobalSecondaryIndexes");

    for (size_t i = 0; i < json_array_size(indexes); i++)
        if (!table_compare_find_index(other, "GlobalSecondaryIndexes", json_text_in(json_array_get(indexes, i), "IndexName")))
            return json_array_get(indexes, i);
    return NULL;
}

static bool drop_indexes(struct update *update)
{
    const json_t *index;

    while ((index = index_beyond(update->table, update->wanted)))
        if (!change(update, "GlobalSecondaryIndexes",
                    json_pack("{s:[{s:{s:s}}]}", "GlobalSecondaryIndexUpdates", "Delete", "IndexName", json_text_in(index, "IndexName"))))
            return false;
    return true;
}

static bool add_indexes(struct update *update)
{
    const json_t *index;

    while ((index = index_beyond(update->wanted, update->table)))
        if (!change(update, "GlobalSecondaryIndexes",
                    json_pack("{s:O, s:[{s:O}]}", "AttributeDefinitions", json_object_get(update->wanted, "AttributeDefinitions"),
                              "GlobalSecondaryIndexUpdates", "Create", index)))
            return false;
    return true;
}

/* ---- the rest ---- */

/* The view type, or NULL where there is no stream. */
static const char *view_of(const json_t *table)
{
    const json_t *stream = json_object_get(table, "StreamSpecification");

    return json_is_true(json_object_get(stream, "StreamEnabled")) ? json_text_in(stream, "StreamViewType") : NULL;
}

/* Another view is another stream. */
static bool change_stream(struct update *update)
{
    const char *wanted = view_of(update->wanted);

    if (text_is(wanted, view_of(update->table)))
        return true;
    if (view_of(update->table) &&
        !change(update, "StreamSpecification", json_pack("{s:{s:b}}", "StreamSpecification", "StreamEnabled", false)))
        return false;
    return !wanted || change(update, "StreamSpecification",
                             json_pack("{s:{s:b, s:s}}", "StreamSpecification", "StreamEnabled", true, "StreamViewType", wanted));
}

static bool change_class(struct update *update)
{
    const char *wanted = json_text_in(update->wanted, "TableClass");
    const char *given = json_text_in(json_object_get(update->table, "TableClassSummary"), "TableClass");

    wanted = wanted ? wanted : "STANDARD";
    return text_is(wanted, given ? given : "STANDARD") || change(update, "TableClass", json_pack("{s:s}", "TableClass", wanted));
}

static bool change_protection(struct update *update)
{
    bool wanted = json_is_true(json_object_get(update->wanted, "DeletionProtectionEnabled"));

    return wanted == json_is_true(json_object_get(update->table, "DeletionProtectionEnabled")) ||
           change(update, "DeletionProtectionEnabled", json_pack("{s:b}", "DeletionProtectionEnabled", wanted));
}

/* Only the service knows which key an alias names: it refuses to change to the key that the table has. */
static bool change_encryption(struct update *update)
{
    const json_t *wanted = json_object_get(update->wanted, "SSESpecification");
    bool is_wanted = json_is_true(json_object_get(wanted, "Enabled"));
    bool is_given = json_object_get(update->table, "SSEDescription") != NULL;

    if (!is_wanted && !is_given)
        return true;
    if (!is_wanted)
        return change(update, "SSESpecification", json_pack("{s:{s:b}}", "SSESpecification", "Enabled", false));
    if (is_given && !json_object_get(wanted, "KMSMasterKeyId"))
        return true;
    return change_unless(update, "SSESpecification", json_pack("{s:O}", "SSESpecification", wanted), is_given ? ERR_VALIDATION : ERR_NONE);
}

bool table_update(struct deployment *deployment, struct resource *resource, const json_t *wanted)
{
    struct update update = { .deployment = deployment, .resource = resource, .wanted = wanted };
    bool is_done = look(&update) && check_replacements(&update) && drop_indexes(&update) && change_throughput(&update) &&
                   add_indexes(&update) && change_stream(&update) && change_class(&update) && change_encryption(&update) &&
                   change_protection(&update);

    json_decref(update.table);
    return is_done;
}
