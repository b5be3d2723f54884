#include "dynamodb/legacy_key_condition.h"

#include "dynamodb/legacy_condition.h"

bool legacy_key_condition_read(struct key_condition *terms, const json_t *conditions, struct fault *fault)
{
    struct condition *condition;
    size_t count = json_object_size(conditions);

    *terms = (struct key_condition){ 0 };
    for (void *entry = json_object_iter((json_t *)conditions); entry; entry = json_object_iter_next((json_t *)conditions, entry)) {
        struct bytes name = legacy_entry_name(entry);

        if (!legacy_condition_read(&condition, name, json_object_iter_value(entry), fault))
            return false;
        if (count <= KEY_TERMS_MAX)
            key_condition_add(terms, name, condition);
    }
    if (!count || count > KEY_TERMS_MAX)
        return fault_raise(fault, FAULT_REQUEST, "Conditions can be of length 1 or 2 only");
    return true;
}
