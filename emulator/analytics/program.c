/* From configuration to engine. */

#include "analytics/program.h"

#include "analytics/reference.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* What the code is given to read. */
struct givens {
    struct sql_given items[PROGRAM_STREAMS_MAX + 1];
    size_t count;
    struct analytics_schema input;
    struct analytics_schema reference;
};

static bool refuse(struct program_error *error, enum error_id id, const char *message)
{
    *error = (struct program_error){ id, message };
    return false;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static bool is_usable_name(const char *name)
{
    return *name && !strpbrk(name, " \t\r\n\"");
}

static bool give_input(struct givens *givens, const json_t *input, struct arena *arena, struct program_error *error)
{
    const char *prefix = text_of(input, "NamePrefix");
    json_int_t count = json_integer_value(json_object_get(json_object_get(input, "InputParallelism"), "Count"));
    const char *message = NULL;

    if (!json_object_get(input, "KinesisStreamsInput"))
        return refuse(error, ERR_INVALID_ARGUMENT,
                      json_object_get(input, "KinesisFirehoseInput")
                          ? "KinesisFirehoseInput is not supported by lowcloud: there are no delivery streams"
                          : "Input must have a KinesisStreamsInput");
    if (!is_usable_name(prefix))
        return refuse(error, ERR_INVALID_ARGUMENT, "NamePrefix must not contain spaces or quotes");
    if (analytics_schema_open(&givens->input, json_object_get(input, "InputSchema"), arena, &message) != OK)
        return refuse(error, ERR_INVALID_ARGUMENT, message);
    for (json_int_t i = 1; i <= (count ? count : 1) && i <= PROGRAM_STREAMS_MAX; i++)
        givens->items[givens->count++] = (struct sql_given){ arena_print(arena, "%s_%03d", prefix, (int)i), RELATION_INPUT,
                                                             givens->input.columns, givens->input.column_count };
    return true;
}

static bool give_reference(struct givens *givens, const json_t *reference, struct arena *arena, struct program_error *error)
{
    const char *name = text_of(reference, "TableName");
    const char *message = NULL;

    if (!json_object_get(reference, "S3ReferenceDataSource"))
        return refuse(error, ERR_INVALID_ARGUMENT, "ReferenceDataSource must have an S3ReferenceDataSource");
    if (!is_usable_name(name))
        return refuse(error, ERR_INVALID_ARGUMENT, "TableName must not contain spaces or quotes");
    for (size_t i = 0; i < givens->count; i++)
        if (!strcmp(givens->items[i].name, name))
            return refuse(error, ERR_INVALID_ARGUMENT, "TableName is the name of an in-application stream");
    if (analytics_schema_open(&givens->reference, json_object_get(reference, "ReferenceSchema"), arena, &message) != OK)
        return refuse(error, ERR_INVALID_ARGUMENT, message);
    givens->items[givens->count++] = (struct sql_given){ name, RELATION_TABLE, givens->reference.columns, givens->reference.column_count };
    return true;
}

static bool give(struct givens *givens, const json_t *configuration, struct arena *arena, struct program_error *error)
{
    const json_t *input = json_array_get(json_object_get(configuration, "Inputs"), 0);
    const json_t *reference = json_array_get(json_object_get(configuration, "ReferenceDataSources"), 0);

    return (!input || give_input(givens, input, arena, error)) && (!reference || give_reference(givens, reference, arena, error));
}

static bool check_output(const json_t *output, struct program_error *error)
{
    static const char *const kinds[] = { "LambdaOutput", "KinesisStreamsOutput", "KinesisFirehoseOutput" };
    int count = 0;

    for (size_t i = 0; i < 3; i++)
        count += json_object_get(output, kinds[i]) != NULL;
    if (count != 1)
        return refuse(error, ERR_INVALID_ARGUMENT,
                      "Output must have exactly one of KinesisStreamsOutput, KinesisFirehoseOutput and LambdaOutput");
    if (json_object_get(output, "KinesisFirehoseOutput"))
        return refuse(error, ERR_INVALID_ARGUMENT, "KinesisFirehoseOutput is not supported by lowcloud: there are no delivery streams");
    return true;
}

/* AWS's limits: one input, three outputs, one reference table. */
static bool check_parts(const json_t *configuration, struct program_error *error)
{
    const json_t *outputs = json_object_get(configuration, "Outputs");

    if (json_array_size(json_object_get(configuration, "Inputs")) > 1)
        return refuse(error, ERR_INVALID_ARGUMENT, "An application has at most one input");
    if (json_array_size(json_object_get(configuration, "ReferenceDataSources")) > 1)
        return refuse(error, ERR_INVALID_ARGUMENT, "An application has at most one reference data source");
    if (json_array_size(outputs) > 3)
        return refuse(error, ERR_INVALID_ARGUMENT, "An application has at most three outputs");
    for (size_t i = 0; i < json_array_size(outputs); i++)
        if (!check_output(json_array_get(outputs, i), error))
            return false;
    return true;
}

bool program_check(const json_t *configuration, struct arena *arena, struct program_error *error)
{
    struct givens *givens = arena_take(arena, sizeof *givens);
    struct sql_engine *engine = NULL;
    struct sql_error code_error;
    struct sql_plan *plan;
    const char *code = text_of(configuration, "ApplicationCode");
    enum status status = OK;

    if (!check_parts(configuration, error) || !give(givens, configuration, arena, error))
        return false;
    plan = sql_plan_make(code, givens->items, givens->count, false, arena, &code_error);
    if (plan && plan->is_whole) { /* sqlite has the last word on how deep an expression is nested */
        status = sql_engine_open(&engine, code, givens->items, givens->count, &code_error);
        sql_engine_close(engine);
    }
    if (!plan || status == INVALID)
        return refuse(error, ERR_CODE_VALIDATION, sql_error_print(&code_error, arena));
    return status == OK || refuse(error, ERR_INTERNAL_FAILURE, NULL);
}

static bool load_reference(const struct analytics *room, struct program *program, const struct givens *givens, const json_t *configuration,
                           struct arena *arena, struct program_error *error)
{
    const json_t *reference = json_array_get(json_object_get(configuration, "ReferenceDataSources"), 0);
    const char *message = NULL;

    if (!reference)
        return true;
    if (analytics_reference_load(room, reference, &givens->reference, program->engine,
                                 sql_plan_relation(sql_engine_plan(program->engine), text_of(reference, "TableName")), arena,
                                 &message) == OK)
        return true;
    return refuse(error, ERR_INVALID_APPLICATION_CONFIGURATION, message);
}

static bool open_engine(struct program *program, const struct givens *givens, const char *code, struct arena *arena,
                        struct program_error *error)
{
    struct sql_error code_error;

    switch (sql_engine_open(&program->engine, code, givens->items, givens->count, &code_error)) {
    case OK:
        break;
    case INVALID:
        return refuse(error, ERR_CODE_VALIDATION, sql_error_print(&code_error, arena));
    default:
        return refuse(error, ERR_INTERNAL_FAILURE, NULL);
    }
    for (size_t i = 0; i < givens->count; i++)
        if (givens->items[i].kind == RELATION_INPUT)
            program->inputs[program->input_count++] = sql_plan_relation(sql_engine_plan(program->engine), givens->items[i].name);
    return true;
}

static bool check_outputs(const struct program *program, const json_t *configuration, struct arena *arena, struct program_error *error)
{
    const json_t *outputs = json_object_get(configuration, "Outputs");

    for (size_t i = 0; i < json_array_size(outputs); i++) {
        const char *name = text_of(json_array_get(outputs, i), "Name");

        if (!program_output(program, name))
            return refuse(error, ERR_INVALID_APPLICATION_CONFIGURATION,
                          arena_print(arena, "The code creates no in-application stream '%s', which is the name of an output", name));
    }
    return true;
}

struct program *program_open(const struct analytics *room, const json_t *configuration, struct arena *arena, struct program_error *error)
{
    struct program *program = memory_new(sizeof *program);
    struct givens *givens = arena_take(&program->arena, sizeof *givens);

    if (check_parts(configuration, error) && give(givens, configuration, &program->arena, error) &&
        open_engine(program, givens, text_of(configuration, "ApplicationCode"), arena, error) &&
        load_reference(room, program, givens, configuration, arena, error) && check_outputs(program, configuration, arena, error)) {
        program->input_schema = givens->input;
        return program;
    }
    if (error->message)
        error->message = arena_text(arena, error->message);
    program_close(program);
    return NULL;
}

struct sql_relation *program_output(const struct program *program, const char *name)
{
    struct sql_relation *relation = sql_plan_relation(sql_engine_plan(program->engine), name);

    return relation && sql_relation_is_output(relation) ? relation : NULL;
}

void program_close(struct program *program)
{
    if (!program)
        return;
    sql_engine_close(program->engine);
    arena_clear(&program->arena);
    free(program);
}
