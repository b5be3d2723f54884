#include "deploy/table_compare.h"

#include "base/json.h"
#include "base/text.h"

const json_t *table_compare_find_index(const json_t *table, const char *kind, const char *name)
{
    const json_t *indexes = json_object_get(table, kind);

    for (size_t i = 0; i < json_array_size(indexes); i++)
        if (text_is(json_text_in(json_array_get(indexes, i), "IndexName"), name))
            return json_array_get(indexes, i);
    return NULL;
}

static const char *type_of(const json_t *table, const char *attribute)
{
    const json_t *definitions = json_object_get(table, "AttributeDefinitions");

    for (size_t i = 0; i < json_array_size(definitions); i++)
        if (text_is(json_text_in(json_array_get(definitions, i), "AttributeName"), attribute))
            return json_text_in(json_array_get(definitions, i), "AttributeType");
    return NULL;
}

bool table_compare_has_same_keys(const json_t *wanted_table, const json_t *wanted, const json_t *given_table, const json_t *given)
{
    const json_t *schema = json_object_get(wanted, "KeySchema");

    if (!json_equal((json_t *)schema, json_object_get(given, "KeySchema")))
        return false;
    for (size_t i = 0; i < json_array_size(schema); i++) {
        const char *name = json_text_in(json_array_get(schema, i), "AttributeName");

        if (!text_is(type_of(wanted_table, name), type_of(given_table, name)))
            return false;
    }
    return true;
}

static bool holds_all(const json_t *texts, const json_t *others)
{
    for (size_t i = 0; i < json_array_size(texts); i++) {
        size_t j = 0;

        while (j < json_array_size(others) && !json_equal(json_array_get(texts, i), json_array_get(others, j)))
            j++;
        if (j == json_array_size(others))
            return false;
    }
    return true;
}

static bool has_same_projection(const json_t *wanted, const json_t *given)
{
    const json_t *a = json_object_get(wanted, "Projection");
    const json_t *b = json_object_get(given, "Projection");
    const json_t *names = json_object_get(a, "NonKeyAttributes");
    const json_t *others = json_object_get(b, "NonKeyAttributes");

    return text_is(json_text_in(a, "ProjectionType"), json_text_in(b, "ProjectionType")) && holds_all(names, others) &&
           holds_all(others, names);
}

bool table_compare_is_same_index(const json_t *wanted_table, const json_t *wanted, const json_t *given_table, const json_t *given)
{
    return table_compare_has_same_keys(wanted_table, wanted, given_table, given) && has_same_projection(wanted, given);
}
