/* Fuzzes PartiQL statements: reading, taking keys apart, evaluating and applying. Nothing may crash, leak or take long, whatever the text
 * is. */

#include "dynamodb/partiql.h"
#include "dynamodb/partiql_key.h"
#include "dynamodb/partiql_write.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A table of pk (S) and sk (N). */
static struct table *table_of(struct arena *arena)
{
    struct table *table = arena_take(arena, sizeof *table);

    table->name = (char *)"things";
    table->keys = (struct key_schema){ .hash = { { bytes_of("pk"), VALUE_S } }, .range = { { bytes_of("sk"), VALUE_N } } };
    table->keys.hash_count = table->keys.range_count = 1;
    return table;
}

/* Something of several types, so that what is read is also evaluated. */
static struct value item_of(struct arena *arena)
{
    struct value item = { .type = VALUE_M };
    struct value list = { .type = VALUE_L };
    struct value set = { .type = VALUE_SS, .count = 1 };

    value_append(&list, (struct value){ .type = VALUE_N, .text = bytes_of("1") }, arena);
    set.items = arena_take(arena, sizeof *set.items);
    set.items[0] = (struct value){ .type = VALUE_S, .text = bytes_of("a") };
    value_put(&item, bytes_of("pk"), (struct value){ .type = VALUE_S, .text = bytes_of("a") }, arena);
    value_put(&item, bytes_of("n"), (struct value){ .type = VALUE_N, .text = bytes_of("5") }, arena);
    value_put(&item, bytes_of("l"), list, arena);
    value_put(&item, bytes_of("ss"), set, arena);
    return item;
}

static void run(struct partiql *partiql, struct fault *fault)
{
    struct key_plan plan;
    struct change change = { 0 };
    struct value old = item_of(fault->arena);
    struct value item = item_of(fault->arena);

    partiql->table = table_of(fault->arena);
    if (key_plan_make(&plan, partiql->where, &partiql->table->keys, false, fault))
        key_plan_sort(&plan, true, true);
    if (partiql->where)
        condition_holds(partiql->where, &item);
    fault->kind = FAULT_NONE;
    if (partiql->statement.kind == STATEMENT_TERM || partiql_is_read(partiql))
        return;
    if (partiql_make_change(partiql, &change, false, fault) && change_check(&change, fault) && change.update)
        update_apply(change.update, &old, &item, fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = { 0 };
    struct fault fault = { .arena = &arena };
    struct partiql partiql = { 0 };
    json_t *json = json_pack("{s:s%, s:[{s:s}, {s:[s]}]}", "Statement", data, size, "Parameters", "N", "1", "SS", "x");

    if (json && size <= 8192 && partiql_read_parameters(&partiql, json, &fault)) {
        /* as many parameters as there are */
        if (memchr(data, '?', size) == NULL)
            partiql.scope.parameter_count = 0;
        if (partiql_read_statement(&partiql, &fault))
            run(&partiql, &fault);
    }
    json_decref(json);
    arena_clear(&arena);
    return 0;
}
