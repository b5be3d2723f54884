/* Fuzzes application code: what is accepted is run over two rows joined with a small table. */

#include "analytics/engine.h"
#include "base/log.h"
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(struct sql_engine *engine, const struct value *row)
{
    const struct sql_plan *plan = sql_engine_plan(engine);
    struct sql_origin origin = { 1700000000000, "key", "1", "shardId-000000000000", 1 };

    sql_engine_fill(engine, sql_plan_relation(plan, "T"), row);
    sql_engine_begin(engine, 1700000000000);
    sql_engine_add(engine, sql_plan_relation(plan, "S"), row, &origin);
    sql_engine_add(engine, sql_plan_relation(plan, "S"), row + 4, &origin);
    sql_engine_run(engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sql_column columns[] = { { "A", { .kind = SQL_INTEGER } },
                                    { "B", { .kind = SQL_DOUBLE } },
                                    { "C", { .kind = SQL_VARCHAR, .length = 16 } },
                                    { "D", { .kind = SQL_TIMESTAMP } } };
    struct sql_given given[] = { { "S", RELATION_INPUT, columns, 4 }, { "T", RELATION_TABLE, columns, 4 } };
    struct value rows[] = {
        value_integer(7), value_real(0.5), value_text("text"), value_integer(1700000000000), { 0 }, { 0 }, { 0 }, { 0 }
    };
    char *code = memory_copy(data, size);
    struct sql_engine *engine = NULL;
    struct arena arena = { 0 };
    struct sql_error error;

    log_set_level(LOG_ERROR);
    if (sql_engine_open(&engine, code, given, 2, &error) == OK)
        run(engine, rows);
    sql_engine_close(engine);
    sql_plan_make(code, NULL, 0, false, &arena, &error);
    arena_clear(&arena);
    free(code);
    return 0;
}
