/* UpdateTable: replicas in other regions. There is one region here, and every table is of it alone: so each request for replicas is
 * refused, in the words in which the service refuses it of such a table. */

#include "base/text.h"
#include "dynamodb/table_update.h"

/* What one element of ReplicaUpdates asks for. */
struct action {
    const char *name; /* NULL: nothing */
    const char *region;
};

static size_t count_actions(const json_t *update)
{
    return json_is_object(json_object_get(update, "Create")) + json_is_object(json_object_get(update, "Update")) +
           json_is_object(json_object_get(update, "Delete"));
}

static struct action action_of(const json_t *update)
{
    static const char *const names[] = { "Create", "Update", "Delete" };

    for (size_t i = 0; i < 3; i++)
        if (json_is_object(json_object_get(update, names[i])))
            return (struct action){ names[i], table_member_text(json_object_get(update, names[i]), "RegionName") };
    return (struct action){ 0 };
}

static bool check_actions(const json_t *updates, struct fault *fault)
{
    const char *first = action_of(json_array_get(updates, 0)).name;

    for (size_t i = 0; i < json_array_size(updates); i++) {
        const json_t *update = json_array_get(updates, i);

        if (!count_actions(update))
            return fault_raise(fault, FAULT_REQUEST, "There are no actions specified in the Replica Update Action of the request.");
        if (count_actions(update) > 1 || !text_is(action_of(update).name, first))
            return fault_raise(fault, FAULT_REQUEST, "Update table operation with more than one type of replica actions not allowed.");
    }
    if (json_array_size(updates) > 1 && !text_is(first, "Update"))
        return fault_raise(fault, FAULT_REQUEST, "Update table operation with more than one create or delete replica actions not allowed");
    return true;
}

bool table_update_check_replicas(const json_t *input, const char *region, struct fault *fault)
{
    const json_t *updates = json_object_get(input, "ReplicaUpdates");
    struct action action = action_of(json_array_get(updates, 0));

    if (!table_update_has(input, "ReplicaUpdates"))
        return true;
    if (!check_actions(updates, fault))
        return false;
    if (!text_is(action.name, "Update") && text_is(action.region, region))
        return fault_raise(fault, FAULT_REQUEST,
                           "Cannot add or delete the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as "
                           "required.");
    if (text_is(action.name, "Create"))
        return fault_raise(fault, FAULT_REQUEST,
                           "Region %s is not supported. The latest version of global tables are only supported in the following regions: "
                           "[%s]",
                           action.region, region);
    return fault_raise(fault, FAULT_REQUEST,
                       "Update global table operation failed because one or more replicas were not part of the global table. Please retry "
                       "the request without these replicas: [%s].",
                       action.region);
}
