/* BatchExecuteStatement: up to 25 PartiQL statements, each by itself: what one refuses is told in its place, and the others run. All read
 * one item each, or all write. */

#include "base/text.h"
#include "dynamodb/batch.h"
#include "dynamodb/operations.h"
#include "dynamodb/partiql_select.h"
#include "dynamodb/partiql_write.h"
#include "dynamodb/shapes.h"

#include <string.h>

enum { STATEMENTS_MAX = 25 };

const struct member dynamodb_batch_execute_statement_input[] = {
    { "Statements", LIST, .required = true, .min = 1, .max = STATEMENTS_MAX, .members = shape_batch_statement },
    SHAPE_RETURN_CONSUMED_CAPACITY,
    { 0 },
};

struct statement {
    struct partiql partiql;
    struct fault fault;
    struct change change; /* of a write */
    struct value key;     /* of a read */
    struct key place;     /* where its item lies; no bytes when that is not known */
    struct value item;    /* what it answers */
    bool has_item;
};

struct statements {
    struct intake *intake;
    struct statement *list;
    size_t count;
    struct batch_capacity capacity;
};

/* ---- reading ---- */

static bool read_statement(struct statement *statement, const json_t *json, const struct dynamodb *room)
{
    struct partiql *partiql = &statement->partiql;

    return partiql_read(partiql, json, &statement->fault) && partiql_find_table(room, partiql, &statement->fault);
}

/* What the statement does to which item. */
static bool prepare(struct statement *statement)
{
    const struct partiql *partiql = &statement->partiql;

    if (partiql->statement.kind == STATEMENT_EXISTS)
        return fault_raise(&statement->fault, FAULT_VALIDATION, "EXISTS can only be used in ExecuteTransaction write requests.");
    if (partiql_is_read(partiql))
        return partiql_find_item(partiql, "BatchExecuteStatement", false, &statement->key, &statement->fault);
    if (!partiql_make_change(partiql, &statement->change, false, &statement->fault))
        return false;
    statement->key = statement->change.item;
    return true;
}

static void read_statements(struct statements *statements)
{
    const json_t *list = call_member(statements->intake->call, "Statements");

    for (size_t i = 0; i < statements->count; i++) {
        struct statement *statement = &statements->list[i];

        statement->fault.arena = statements->intake->arena;
        if (read_statement(statement, json_array_get(list, i), statements->intake->room) && prepare(statement))
            key_of_item(&statement->partiql.table->keys, &statement->key, &statement->place, statement->fault.arena);
    }
}

static bool is_well_formed(const struct statement *statement)
{
    return statement->partiql.table_name != NULL;
}

static bool is_same_item(const struct statement *a, const struct statement *b)
{
    return a->place.partition.size && b->place.partition.size && a->partiql.table == b->partiql.table &&
           bytes_are(a->place.partition, b->place.partition) && bytes_are(a->place.sort, b->place.sort);
}

/* What fits no batch, whatever its statements are. */
static bool check_together(const struct statements *statements, struct fault *fault)
{
    bool reads = false;
    bool writes = false;

    for (size_t i = 0; i < statements->count; i++) {
        const struct statement *statement = &statements->list[i];

        reads |= is_well_formed(statement) && partiql_is_read(&statement->partiql);
        writes |= is_well_formed(statement) && !partiql_is_read(&statement->partiql);
    }
    if (reads && writes)
        return fault_raise(fault, FAULT_VALIDATION, "Read and write requests together in the same batch is not supported.");
    for (size_t i = 0; i < statements->count; i++)
        for (size_t j = 0; j < i; j++)
            if (is_same_item(&statements->list[i], &statements->list[j]))
                return fault_raise(fault, FAULT_VALIDATION, "Provided list of item keys contains duplicates");
    return true;
}

/* ---- running ---- */

static bool run_read(struct statements *statements, struct statement *statement)
{
    const struct partiql *partiql = &statement->partiql;
    struct value found;
    bool is_there;

    if (!key_check_key(&partiql->table->keys, &statement->key, &statement->fault) ||
        !change_read_item(statements->intake->room, partiql->table, &statement->place, &found, &is_there, &statement->fault))
        return false;
    capacity_add_read(batch_capacity_of(&statements->capacity, partiql->table), value_item_size(&found),
                      json_is_true(json_object_get(partiql->json, "ConsistentRead")));
    if (is_there)
        statement->item = partiql_columns(partiql, &found, statement->fault.arena);
    statement->has_item = is_there;
    return true;
}

static bool run_write(struct statements *statements, struct statement *statement)
{
    const json_t *json = statement->partiql.json;
    struct change *change = &statement->change;

    statements->capacity.is_write = true;
    if (partiql_apply_change(statements->intake->room, change, &statement->fault)) {
        capacity_add_change(batch_capacity_of(&statements->capacity, change->table), change);
        statement->has_item = partiql_returned(&statement->partiql, change, &statement->item, statement->fault.arena);
        return true;
    }
    if (statement->fault.kind == FAULT_CONDITION && change->has_old &&
        text_is(json_string_value(json_object_get(json, "ReturnValuesOnConditionCheckFailure")), "ALL_OLD"))
        statement->item = change->old;
    return false;
}

/* False when the store fails: then the whole batch does. */
static bool run(struct statements *statements)
{
    for (size_t i = 0; i < statements->count; i++) {
        struct statement *statement = &statements->list[i];

        if (statement->fault.kind)
            continue;
        if (!(partiql_is_read(&statement->partiql) ? run_read(statements, statement) : run_write(statements, statement)) &&
            statement->fault.kind == FAULT_BROKEN)
            return fault_raise(&statements->intake->fault, FAULT_BROKEN, "%s", statement->fault.message);
    }
    return true;
}

/* ---- answering ---- */

/* AWS's short words for errors. */
static const char *code_of(enum fault_kind kind)
{
    return kind == FAULT_CONDITION   ? "ConditionalCheckFailed"
           : kind == FAULT_DUPLICATE ? "DuplicateItem"
           : kind == FAULT_NOT_FOUND ? "ResourceNotFound"
                                     : "ValidationError";
}

static void write_error(const struct statement *statement, struct buffer *text)
{
    buffer_print(text, "\"Error\":{\"Code\":\"%s\",\"Message\":", code_of(statement->fault.kind));
    buffer_add_json_string(text, statement->fault.message, strlen(statement->fault.message));
    if (statement->item.count) {
        buffer_add_text(text, ",\"Item\":");
        wire_write_item(text, &statement->item);
    }
    buffer_add_char(text, '}');
}

static void write_response(const struct statement *statement, struct buffer *text)
{
    const char *name = statement->partiql.table_name;

    buffer_add_char(text, '{');
    if (statement->fault.kind)
        write_error(statement, text);
    if (statement->partiql.table) {
        buffer_add_text(text, statement->fault.kind ? ",\"TableName\":" : "\"TableName\":");
        buffer_add_json_string(text, name, strlen(name));
    }
    if (!statement->fault.kind && statement->has_item) {
        buffer_add_text(text, ",\"Item\":");
        wire_write_item(text, &statement->item);
    }
    buffer_add_char(text, '}');
}

static enum outcome answer(const struct statements *statements, struct call *call)
{
    struct answer_writer answer;

    answer_begin(&answer, call);
    answer_member(&answer, "Responses");
    for (size_t i = 0; i < statements->count; i++) {
        buffer_add_char(answer.text, i ? ',' : '[');
        write_response(&statements->list[i], answer.text);
    }
    buffer_add_char(answer.text, ']');
    if (statements->capacity.count) /* where nothing succeeded, nothing is told */
        batch_answer_capacity(&statements->capacity, call, &answer);
    answer_end(&answer);
    return DONE;
}

enum outcome dynamodb_batch_execute_statement(struct call *call)
{
    struct intake intake;
    struct statements statements = { .intake = &intake, .count = json_array_size(call_member(call, "Statements")) };

    intake_open(&intake, call);
    statements.list = arena_take(call->arena, statements.count * sizeof *statements.list);
    read_statements(&statements);
    if (!check_together(&statements, &intake.fault) || !run(&statements))
        return intake_refuse(&intake);
    return answer(&statements, call);
}
