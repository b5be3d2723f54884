#include "dynamodb/policy.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const document_order[] = { "Version", "Id", "Statement", NULL };
static const char *const statement_order[] = { "Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
                                               "NotAction", "Resource", "NotResource", "Condition",    NULL };

static bool refuse(struct fault *fault, const char *why)
{
    return fault_parameter(fault, FAULT_VALIDATION, "Invalid policy document: %s", why);
}

/* A list of one as that one. */
static json_t *unwrap(json_t *json)
{
    return json_is_array(json) && json_array_size(json) == 1 ? json_array_get(json, 0) : json;
}

/* The known members in their order, then the others. A new reference. */
static json_t *in_order(const json_t *object, const char *const *order)
{
    json_t *ordered = json_object();
    const char *key;
    json_t *value;

    for (; *order; order++)
        if (json_object_get(object, *order))
            json_object_set(ordered, *order, json_object_get(object, *order));
    json_object_foreach((json_t *)object, key, value)
    {
        if (!json_object_get(ordered, key))
            json_object_set(ordered, key, value);
    }
    return ordered;
}

static json_t *canonical_statement(const json_t *given)
{
    static const char *const lists[] = { "Action", "NotAction", "Resource", "NotResource", NULL };
    json_t *statement = in_order(given, statement_order);

    for (const char *const *member = lists; *member; member++)
        if (json_object_get(statement, *member))
            json_object_set(statement, *member, unwrap(json_object_get(statement, *member)));
    return statement;
}

static bool has_one_of(const json_t *statement, const char *member, const char *negated)
{
    return json_object_get(statement, member) || json_object_get(statement, negated);
}

static bool check_statement(const json_t *statement, struct fault *fault)
{
    const char *effect = json_string_value(json_object_get(statement, "Effect"));

    if (!json_is_object(statement) || (!text_is(effect, "Allow") && !text_is(effect, "Deny")))
        return refuse(fault, "Missing required field Effect");
    if (!has_one_of(statement, "Principal", "NotPrincipal"))
        return refuse(fault, "Missing required field Principal");
    if (!has_one_of(statement, "Action", "NotAction"))
        return refuse(fault, "Missing required field Action");
    if (!has_one_of(statement, "Resource", "NotResource"))
        return refuse(fault, "Missing required field Resource");
    return true;
}

static bool check_ids(const json_t *statements, struct fault *fault)
{
    for (size_t i = 0; i < json_array_size(statements); i++)
        for (size_t j = 0; j < i; j++) {
            const char *id = json_string_value(json_object_get(json_array_get(statements, i), "Sid"));

            if (id && text_is(id, json_string_value(json_object_get(json_array_get(statements, j), "Sid"))))
                return refuse(fault, "The Statement Ids in the policy are not unique");
        }
    return true;
}

/* The document's statements, each in its canonical form. A new reference, or NULL with a fault. */
static json_t *canonical_statements(const json_t *document, struct fault *fault)
{
    json_t *given = json_object_get(document, "Statement");
    size_t count = json_is_object(given) ? 1 : json_array_size(given);
    json_t *statements = json_array();

    if (!count)
        refuse(fault, "Could not parse the policy: Statement is empty!");
    for (size_t i = 0; i < count && !fault->kind; i++) {
        const json_t *statement = json_is_object(given) ? given : json_array_get(given, i);

        if (check_statement(statement, fault))
            json_array_append_new(statements, canonical_statement(statement));
    }
    if (!fault->kind && check_ids(statements, fault))
        return statements;
    json_decref(statements);
    return NULL;
}

char *policy_canonical(const char *document, struct fault *fault)
{
    json_t *json = NULL;
    json_t *ordered;
    json_t *statements;
    char *text = NULL;

    if (strlen(document) > POLICY_BYTES_MAX)
        fault_parameter(fault, FAULT_VALIDATION, "Maximum policy size of %d bytes exceeded", POLICY_BYTES_MAX);
    else
        json = json_loads(document, JSON_REJECT_DUPLICATES, NULL);
    if (!fault->kind && !json_is_object(json))
        refuse(fault, "This policy contains invalid Json");
    statements = fault->kind ? NULL : canonical_statements(json, fault);
    if (statements) {
        ordered = in_order(json, document_order);
        json_object_set(ordered, "Statement", statements);
        if (!json_object_get(ordered, "Version"))
            json_object_set_new(ordered, "Version", json_string("2008-10-17"));
        json_decref(json);
        json = in_order(ordered, document_order);
        text = json_dumps(json, JSON_COMPACT);
        json_decref(ordered);
        json_decref(statements);
    }
    json_decref(json);
    return text;
}
