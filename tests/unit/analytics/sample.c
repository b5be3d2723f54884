/* A source, a reference table, an engine. */

#include "analytics/sample.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char input_schema[] =
    "{\"RecordFormat\":{\"RecordFormatType\":\"JSON\",\"MappingParameters\":{\"JSONMappingParameters\":{\"RecordRowPath\":\"$\"}}},"
    "\"RecordColumns\":[{\"Name\":\"id\",\"SqlType\":\"VARCHAR(16)\",\"Mapping\":\"$.id\"},"
    "{\"Name\":\"ts\",\"SqlType\":\"BIGINT\",\"Mapping\":\"$.ts\"},{\"Name\":\"seq\",\"SqlType\":\"INTEGER\",\"Mapping\":\"$.seq\"},"
    "{\"Name\":\"lat\",\"SqlType\":\"DOUBLE\",\"Mapping\":\"$.lat\"},{\"Name\":\"lon\",\"SqlType\":\"DOUBLE\",\"Mapping\":\"$.lon\"},"
    "{\"Name\":\"speedMps\",\"SqlType\":\"REAL\",\"Mapping\":\"$.speedMps\"},{\"Name\":\"headingDeg\",\"SqlType\":\"DECIMAL(5,2)\","
    "\"Mapping\":\"$.headingDeg\"},{\"Name\":\"accuracyM\",\"SqlType\":\"SMALLINT\",\"Mapping\":\"$.accuracyM\"},"
    "{\"Name\":\"NOTE\",\"SqlType\":\"CHAR(8)\",\"Mapping\":\"$.extra.note\"},{\"Name\":\"FLAG\",\"SqlType\":\"BOOLEAN\"},"
    "{\"Name\":\"AT\",\"SqlType\":\"TIMESTAMP\"}]}";

static const char fence_schema[] = "{\"RecordFormat\":{\"RecordFormatType\":\"JSON\"},\"RecordColumns\":["
                                   "{\"Name\":\"fenceId\",\"SqlType\":\"VARCHAR(16)\"},{\"Name\":\"name\",\"SqlType\":\"VARCHAR(64)\"},"
                                   "{\"Name\":\"centerLat\",\"SqlType\":\"DOUBLE\"},{\"Name\":\"centerLon\",\"SqlType\":\"DOUBLE\"},"
                                   "{\"Name\":\"radiusM\",\"SqlType\":\"DOUBLE\"}]}";

static void open_schema(struct sample *sample, struct analytics_schema *schema, const char *text)
{
    json_t *json = json_loads(text, 0, NULL);
    const char *message = NULL;

    ck_assert_ptr_nonnull(json);
    ck_assert_msg(analytics_schema_open(schema, json, &sample->arena, &message) == OK, "%s", message);
    json_decref(json);
}

static void fill(void *context, const struct value *values)
{
    struct sample *sample = context;

    ck_assert_int_eq(sql_engine_fill(sample->engine, sql_plan_relation(sql_engine_plan(sample->engine), "FENCES"), values), OK);
}

static void no_fault(void *context, const char *message, const void *data, size_t size_bytes)
{
    (void)context;
    ck_abort_msg("%s: %.*s", message, (int)size_bytes, (const char *)data);
}

enum status sample_open(struct sample *sample, const char *code, const char *fences)
{
    enum status status;

    *sample = (struct sample){ 0 };
    open_schema(sample, &sample->input, input_schema);
    open_schema(sample, &sample->fences, fence_schema);
    struct sql_given given[] = {
        { "SOURCE_SQL_STREAM_001", RELATION_INPUT, sample->input.columns, sample->input.column_count },
        { "FENCES", RELATION_TABLE, sample->fences.columns, sample->fences.column_count },
    };
    status = sql_engine_open(&sample->engine, code, given, 2, &sample->error);
    if (status == OK && fences) {
        struct arena arena = { 0 };
        struct analytics_schema_reader reader = { &arena, 1000, 1 << 24, fill, no_fault, sample };

        analytics_schema_read(&sample->fences, fences, strlen(fences), &reader);
        arena_clear(&arena);
    }
    return status;
}

static void add(void *context, const struct value *values)
{
    struct sample *sample = context;
    struct sql_origin origin = { SAMPLE_SECONDS * 1000LL, "p", "1", "shardId-000000000000", 7 };

    sql_engine_add(sample->engine, sql_plan_relation(sql_engine_plan(sample->engine), "SOURCE_SQL_STREAM_001"), values, &origin);
}

static void fault(void *context, const char *message, const void *data, size_t size_bytes)
{
    struct sample *sample = context;

    sql_engine_add_error(sample->engine, "COERCION_ERROR", message, data, size_bytes, NULL, 7);
}

void sample_run(struct sample *sample, const char *records)
{
    struct analytics_schema_reader reader = { .rows_max = 1000, .bytes_max = 1 << 24, .row = add, .fault = fault, .context = sample };

    sql_engine_begin(sample->engine, SAMPLE_SECONDS * 1000LL + 500);
    reader.arena = sql_engine_arena(sample->engine);
    analytics_schema_read(&sample->input, records, strlen(records), &reader);
    sql_engine_run(sample->engine);
}

const char *sample_output(struct sample *sample, const char *stream)
{
    const struct sql_relation *relation = sql_plan_relation(sql_engine_plan(sample->engine), stream);
    const struct sql_rows *rows;
    struct buffer text = { 0 };

    ck_assert_ptr_nonnull(relation);
    rows = sql_engine_rows(sample->engine, relation);
    for (size_t i = 0; i < rows->count; i++) {
        analytics_row_print(&text, ROW_JSON, relation, rows->items[i].values);
        buffer_add_char(&text, '\n');
        ck_assert_uint_eq(rows->items[i].cause, 7);
    }
    free(sample->text);
    sample->text = buffer_take(&text);
    return sample->text;
}

void sample_close(struct sample *sample)
{
    sql_engine_close(sample->engine);
    arena_clear(&sample->arena);
    free(sample->text);
}
