#include "dynamodb/alias.h"

#include "base/buffer.h"
#include "dynamodb/wire.h"

#include <stdlib.h>

enum { KEY_CHARACTERS_MAX = 255, ALIAS_BYTES_MAX = 2 << 20 };

static const char names_word[] = "ExpressionAttributeNames";
static const char values_word[] = "ExpressionAttributeValues";

static bool is_key(struct bytes key, char sign)
{
    if (key.size < 2 || key.size > KEY_CHARACTERS_MAX || key.data[0] != sign)
        return false;
    for (size_t i = 1; i < key.size; i++) {
        char c = key.data[i];

        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '_')
            return false;
    }
    return true;
}

static int compare(const void *a, const void *b)
{
    return bytes_compare((*(struct alias *const *)a)->key, (*(struct alias *const *)b)->key);
}

static bool check_key(struct bytes key, char sign, const char *word, struct fault *fault)
{
    if (is_key(key, sign))
        return true;
    return fault_raise(fault, FAULT_REQUEST, "%s contains invalid key: Syntax error; key: \"%.*s\"", word, (int)key.size, key.data);
}

/* A null is no name either. */
static bool read_name(const json_t *json, struct alias *alias, struct fault *fault)
{
    const char *why = wire_name_fault(json_string_length(json));

    alias->name = (struct bytes){ json_string_value(json), json_string_length(json) };
    return !why || fault_raise(fault, FAULT_REQUEST, "ExpressionAttributeNames contains invalid value: %s for key %.*s", why,
                               (int)alias->key.size, alias->key.data);
}

/* What is wrong with a value is told with the alias that has it, by the older reader; a wrong JSON type is told as everywhere. */
static bool read_value(const json_t *json, struct alias *alias, struct fault *fault)
{
    struct fault inner = { .arena = fault->arena, .has_newer_words = fault->has_newer_words };

    if (wire_read_value(json, &alias->value, &inner))
        return true;
    if (inner.kind == FAULT_SERIALIZATION || inner.has_newer_words)
        return fault_raise(fault, inner.kind, "%s", inner.message);
    return fault_raise(fault, inner.kind, "ExpressionAttributeValues contains invalid value: %s for key %.*s", inner.message,
                       (int)alias->key.size, alias->key.data);
}

static bool read_key(void *entry, bool is_names, struct alias *alias, struct fault *fault)
{
    alias->key = (struct bytes){ json_object_iter_key(entry), json_object_iter_key_len(entry) };
    return check_key(alias->key, is_names ? '#' : ':', is_names ? names_word : values_word, fault);
}

/* All keys are looked at before any of what they stand for. */
static bool read_keys(struct alias_list *list, const json_t *json, bool is_names, struct fault *fault)
{
    for (void *entry = json_object_iter((json_t *)json); entry; entry = json_object_iter_next((json_t *)json, entry)) {
        struct alias *alias = &list->aliases[list->count];

        if (!read_key(entry, is_names, alias, fault))
            return false;
        list->sorted[list->count++] = alias;
    }
    return true;
}

static bool read_list(struct alias_list *list, const json_t *json, bool is_names, struct fault *fault)
{
    struct alias *alias;
    size_t bytes = 0;

    if (!json)
        return true;
    if (!json_object_size(json))
        return fault_raise(fault, FAULT_REQUEST, "%s must not be empty", is_names ? names_word : values_word);
    list->aliases = arena_take(fault->arena, json_object_size(json) * sizeof *list->aliases);
    list->sorted = arena_take(fault->arena, json_object_size(json) * sizeof(struct alias *));
    if (!read_keys(list, json, is_names, fault))
        return false;
    alias = list->aliases;
    for (void *entry = json_object_iter((json_t *)json); entry; entry = json_object_iter_next((json_t *)json, entry), alias++) {
        const json_t *meaning = json_object_iter_value(entry);

        if (!(is_names ? read_name(meaning, alias, fault) : read_value(meaning, alias, fault)))
            return false;
        bytes += alias->key.size + (is_names ? alias->name.size : value_size(&alias->value));
    }
    if (bytes > ALIAS_BYTES_MAX)
        return fault_raise(fault, FAULT_REQUEST, "%s exceeds max size", is_names ? names_word : values_word);
    qsort(list->sorted, list->count, sizeof(struct alias *), compare);
    return true;
}

bool aliases_read(struct aliases *aliases, const json_t *names, const json_t *values, struct fault *fault)
{
    return read_list(&aliases->names, names, true, fault) && read_list(&aliases->values, values, false, fault);
}

struct alias *aliases_use(struct alias_list *list, struct bytes key)
{
    struct alias wanted = { .key = key };
    struct alias *pointer = &wanted;
    struct alias **found = list->count ? bsearch(&pointer, list->sorted, list->count, sizeof(struct alias *), compare) : NULL;

    if (!found)
        return NULL;
    (*found)->is_used = true;
    return *found;
}

static bool check_used(const struct alias_list *list, const char *word, struct fault *fault)
{
    struct buffer keys = { 0 };

    for (size_t i = 0; i < list->count; i++)
        if (!list->aliases[i].is_used)
            buffer_print(&keys, "%s%.*s", keys.size ? ", " : "", (int)list->aliases[i].key.size, list->aliases[i].key.data);
    if (keys.size)
        fault_raise(fault, FAULT_REQUEST, "Value provided in %s unused in expressions: keys: {%s}", word, keys.data);
    buffer_clear(&keys);
    return !fault->kind;
}

bool aliases_check_used(const struct aliases *aliases, struct fault *fault)
{
    return check_used(&aliases->names, names_word, fault) && check_used(&aliases->values, values_word, fault);
}
