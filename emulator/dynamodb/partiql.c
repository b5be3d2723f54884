#include "dynamodb/partiql.h"

#include "dynamodb/partiql_write.h"
#include "dynamodb/table_life.h"

bool partiql_is_read(const struct partiql *partiql)
{
    return partiql->statement.kind == STATEMENT_SELECT;
}

bool partiql_read_parameters(struct partiql *partiql, const json_t *json, struct fault *fault)
{
    const json_t *list = json_object_get(json, "Parameters");
    struct value *values = arena_take(fault->arena, json_array_size(list) * sizeof *values);

    partiql->json = json;
    partiql->scope = (struct partiql_scope){ .parameters = values, .parameter_count = json_array_size(list), .fault = fault };
    for (size_t i = 0; i < partiql->scope.parameter_count; i++)
        if (!wire_read_value(json_array_get(list, i), &values[i], fault))
            return false;
    return true;
}

/* Terms become values, conditions and updates. */
static bool read_terms(struct partiql *partiql)
{
    const struct partiql_statement *statement = &partiql->statement;

    if (statement->where && !partiql_read_condition(&partiql->scope, statement->where, &partiql->where))
        return false;
    if (statement->kind == STATEMENT_INSERT)
        return partiql_read_item(&partiql->scope, statement->item, &partiql->item);
    return statement->kind != STATEMENT_UPDATE || partiql_read_update(&partiql->scope, statement->changes, &partiql->update);
}

bool partiql_read_statement(struct partiql *partiql, struct fault *fault)
{
    const struct partiql_statement *statement = &partiql->statement;

    partiql->scope.fault = fault;
    if (!partiql_parse(&partiql->statement, intake_text(partiql->json, "Statement"), fault))
        return false;
    if (statement->source.count)
        partiql->table_name = arena_copy(fault->arena, statement->source.parts[0].data, statement->source.parts[0].size);
    if (statement->kind != STATEMENT_TERM && statement->parameter_count != partiql->scope.parameter_count)
        return fault_raise(fault, FAULT_VALIDATION, "Number of parameters in request and statement don't match.");
    return statement->kind == STATEMENT_TERM || read_terms(partiql);
}

bool partiql_read(struct partiql *partiql, const json_t *json, struct fault *fault)
{
    return partiql_read_parameters(partiql, json, fault) && partiql_read_statement(partiql, fault);
}

static const struct table_index *find_index(const struct partiql *partiql, struct arena *arena)
{
    const struct partiql_source *source = &partiql->statement.source;

    if (!partiql->table || source->count < 2)
        return NULL;
    return table_find_index(partiql->table, arena_copy(arena, source->parts[1].data, source->parts[1].size));
}

/* RETURNING in AWS's words. */
static const char *print_returning(enum returning returning)
{
    static const char *const words[] = { "", "ALL OLD", "MODIFIED OLD", "ALL NEW", "MODIFIED NEW" };

    return words[returning];
}

static bool check_returning(const struct partiql_statement *statement, struct fault *fault)
{
    if (statement->returning && statement->kind == STATEMENT_INSERT)
        return fault_raise(fault, FAULT_VALIDATION, "RETURNING is not supported in INSERT");
    if (statement->returning && statement->kind == STATEMENT_DELETE && statement->returning != RETURNING_ALL_OLD)
        return fault_raise(fault, FAULT_VALIDATION,
                           "Invalid returning clause: RETURNING %s *. Only RETURNING ALL OLD * is allowed in DELETE statements.",
                           print_returning(statement->returning));
    return true;
}

static bool check_index(const struct partiql *partiql, struct fault *fault)
{
    if (partiql->statement.source.count < 2)
        return true;
    if (!partiql_is_read(partiql))
        return fault_raise(fault, FAULT_VALIDATION, "This operation is not supported on an index");
    if (!partiql->index)
        return fault_raise(fault, FAULT_VALIDATION, "The table does not have the specified index");
    return !partiql->index->is_added ||
           fault_raise(fault, FAULT_VALIDATION, "Cannot read from backfilling global secondary index: %s", partiql->index->name);
}

bool partiql_find_table(const struct dynamodb *room, struct partiql *partiql, struct fault *fault)
{
    partiql->table = partiql->table_name ? dynamodb_find_table(room, intake_table_name(partiql->table_name)) : NULL;
    if (partiql->table && !table_life_has_items(partiql->table))
        partiql->table = NULL;
    partiql->index = find_index(partiql, fault->arena);
    if (partiql->index && (partiql->index->keys.hash_count > 1 || partiql->index->keys.range_count > 1))
        return fault_raise(fault, FAULT_VALIDATION,
                           "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.");
    if (partiql->statement.refusal)
        return fault_raise(fault, FAULT_VALIDATION, "%s", partiql->statement.refusal);
    if (!check_returning(&partiql->statement, fault))
        return false;
    if (!partiql->table)
        return fault_raise(fault, FAULT_NOT_FOUND, "Requested resource not found");
    return check_index(partiql, fault);
}
