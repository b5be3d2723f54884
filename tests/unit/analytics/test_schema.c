/* Records become rows by their schema. */

#include "suites.h"

#include "analytics/schema.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct arena arena;
    struct analytics_schema schema;
    struct buffer text; /* a line per row, a line "! message [data]" per fault */
};

static void add_row(void *context, const struct value *values)
{
    struct reading *reading = context;
    struct sql_relation relation = { .columns = reading->schema.columns, .column_count = reading->schema.column_count };

    analytics_row_print(&reading->text, ROW_JSON, &relation, values);
    buffer_add_char(&reading->text, '\n');
}

static void add_fault(void *context, const char *message, const void *data, size_t size_bytes)
{
    buffer_print(&((struct reading *)context)->text, "! %s [%.*s]\n", message, (int)size_bytes, (const char *)data);
}

static enum status open_schema(struct reading *reading, const char *schema, const char **message)
{
    char *text = memory_copy_text(schema);
    json_t *json;
    enum status status;

    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    json = json_loads(text, 0, NULL);
    ck_assert_msg(json != NULL, "%s", text);
    *reading = (struct reading){ 0 };
    status = analytics_schema_open(&reading->schema, json, &reading->arena, message);
    json_decref(json);
    free(text);
    return status;
}

static void check(const char *schema, const char *data, size_t size, size_t rows_max, const char *wanted)
{
    struct reading reading;
    const char *message = NULL;
    struct analytics_schema_reader reader = { &reading.arena, rows_max, 1 << 24, add_row, add_fault, &reading };

    ck_assert_msg(open_schema(&reading, schema, &message) == OK, "%s", message);
    analytics_schema_read(&reading.schema, data, size, &reader);
    ck_assert_str_eq(reading.text.data ? reading.text.data : "", wanted);
    buffer_clear(&reading.text);
    arena_clear(&reading.arena);
}

#define JSON(columns) "{'RecordFormat':{'RecordFormatType':'JSON'},'RecordColumns':[" columns "]}"
#define JSON_AT(path, columns)                                                                                        \
    "{'RecordFormat':{'RecordFormatType':'JSON','MappingParameters':{'JSONMappingParameters':{'RecordRowPath':'" path \
    "'}}},'RecordColumns':[" columns "]}"
#define CSV(row, column, columns)                                                                                       \
    "{'RecordFormat':{'RecordFormatType':'CSV','MappingParameters':{'CSVMappingParameters':{'RecordRowDelimiter':'" row \
    "','RecordColumnDelimiter':'" column "'}}},'RecordColumns':[" columns "]}"
#define A(type, path) "{'Name':'A','SqlType':'" type "','Mapping':'" path "'}"
#define B(type, path) "{'Name':'B','SqlType':'" type "','Mapping':'" path "'}"

static const struct {
    const char *schema;
    const char *data;
    const char *rows;
} cases[] = {
    /* paths */
    { JSON(A("VARCHAR(9)", "$.a.b")), "{\"a\":{\"b\":\"x\"}}", "{\"A\":\"x\"}\n" },
    { JSON(A("VARCHAR(9)", "$.a.b")), "{\"a\":7}{\"A\":{\"b\":1}}{}", "{\"A\":null}\n{\"A\":null}\n{\"A\":null}\n" },
    { JSON(A("INT", "$.a[1].b")), "{\"a\":[{\"b\":1},{\"b\":2}]}", "{\"A\":2}\n" },
    { JSON("{'Name':'a','SqlType':'INT'}"), " {\"a\":1}\n{\"a\":2} \n", "{\"a\":1}\n{\"a\":2}\n" },
    { JSON(A("VARCHAR(99)", "$.a[0:]")), "{\"a\":[1,{\"b\":2}]}{\"a\":{}}", "{\"A\":\"[1,{\\\"b\\\":2}]\"}\n{\"A\":null}\n" },
    { JSON(A("INT", "$.k") "," B("INT", "$.a[0:].b")), "{\"k\":1,\"a\":[{\"b\":2},{\"b\":3},{}]}",
      "{\"A\":1,\"B\":2}\n{\"A\":1,\"B\":3}\n{\"A\":1,\"B\":null}\n" },
    { JSON(A("INT", "$.k") "," B("INT", "$.a[0:].b")), "{\"k\":1,\"a\":[]}{\"k\":2}", "{\"A\":1,\"B\":null}\n{\"A\":2,\"B\":null}\n" },
    { JSON_AT("$.rows[0:]", A("INT", "$.a")), "{\"rows\":[{\"a\":1},{\"a\":2},3]}",
      "{\"A\":1}\n{\"A\":2}\n"
      "! There is no object at the RecordRowPath "
      "[{\"rows\":[{\"a\":1},{\"a\":2},3]}]\n" },
    { JSON_AT("$.row", A("INT", "$.a")), "{\"row\":{\"a\":1}}", "{\"A\":1}\n" },
    { JSON(A("INT", "$.a")), "[{\"a\":1},{\"a\":2}]", "{\"A\":1}\n{\"A\":2}\n" },
    { JSON(A("INT", "$[1]")), "[7,8]", "{\"A\":8}\n" },
    /* what is no JSON */
    { JSON(A("INT", "$.a")), "{\"a\":1}oops{\"a\":2}",
      "{\"A\":1}\n! The record is not JSON: '[' or '{' expected near 'oops' [oops{\"a\":2}]\n" },
    { JSON(A("INT", "$.a")), "12", "! The record is not JSON: '[' or '{' expected near '12' [12]\n" },
    /* conversions (facts: analytics, D4) */
    { JSON(A("INT", "$.a")), "{\"a\":null}{\"a\":true}{\"a\":\" 5 \"}{\"a\":5.0}", "{\"A\":null}\n{\"A\":1}\n{\"A\":5}\n{\"A\":5}\n" },
    { JSON(A("INT", "$.a")), "{\"a\":123.4}", "! Column A: A number with a fraction cannot become a whole number [{\"a\":123.4}]\n" },
    { JSON(A("INT", "$.a")), "{\"a\":\"x\"}", "! Column A: Value is not a number [{\"a\":\"x\"}]\n" },
    { JSON(A("INT", "$.a")), "{\"a\":[]}", "! Column A: An object or array can become a text alone [{\"a\":[]}]\n" },
    { JSON(A("TINYINT", "$.a")), "{\"a\":-128}{\"a\":128}",
      "{\"A\":-128}\n! Column A: Value is out of range for its type [{\"a\":128}]\n" },
    { JSON(A("DOUBLE", "$.a")), "{\"a\":1}{\"a\":\"1e3\"}", "{\"A\":1.0}\n{\"A\":1000.0}\n" },
    { JSON(A("REAL", "$.a")), "{\"a\":0.5}{\"a\":1e39}", "{\"A\":0.5}\n! Column A: Value is out of range for its type [{\"a\":1e39}]\n" },
    { JSON(A("DECIMAL(5,2)", "$.a")), "{\"a\":1.005}{\"a\":999.999}",
      "{\"A\":1.0}\n! Column A: Value is out of range for its type [{\"a\":999.999}]\n" },
    { JSON(A("VARCHAR(3)", "$.a")), "{\"a\":\"h\xc3\xa4llo\"}{\"a\":12.5}{\"a\":true}{\"a\":{\"b\":1}}",
      "{\"A\":\"h\xc3\xa4l\"}\n{\"A\":\"12.\"}\n{\"A\":\"tru\"}\n{\"A\":\"{\\\"b\"}\n" },
    { JSON(A("CHAR(3)", "$.a")), "{\"a\":\"x\"}", "{\"A\":\"x  \"}\n" },
    { JSON(A("BOOLEAN", "$.a")), "{\"a\":false}{\"a\":1}{\"a\":0}{\"a\":\"TRUE\"}{\"a\":\"yes\"}",
      "{\"A\":false}\n{\"A\":true}\n{\"A\":false}\n{\"A\":true}\n! Column A: Value is not a BOOLEAN [{\"a\":\"yes\"}]\n" },
    { JSON(A("TIMESTAMP", "$.a")), "{\"a\":\"1992-02-14\"}{\"a\":\"1992-02-14 18:35:44.0\"}{\"a\":\"1992-02-14T18:35:44.125Z\"}{\"a\":7}",
      "{\"A\":\"1992-02-14 00:00:00.0\"}\n{\"A\":\"1992-02-14 18:35:44.0\"}\n{\"A\":\"1992-02-14 18:35:44.125\"}\n"
      "! Column A: A number cannot become the type of its column [{\"a\":7}]\n" },
    { JSON(A("DATE", "$.a") "," B("TIME", "$.b")), "{\"a\":\"2024-02-29\",\"b\":\"07:08:09\"}{\"a\":\"2023-02-29\"}",
      "{\"A\":\"2024-02-29\",\"B\":\"07:08:09\"}\n! Column A: Value is not a DATE [{\"a\":\"2023-02-29\"}]\n" },
    /* CSV */
    { CSV("\\n", ",", A("INT", "") "," B("VARCHAR(9)", "")), "1,one\n2,\"t,\"\"w\"\"o\"\r\n\n3\n4,four,more",
      "{\"A\":1,\"B\":\"one\"}\n{\"A\":2,\"B\":\"t,\\\"w\\\"o\"}\n{\"A\":3,\"B\":null}\n{\"A\":4,\"B\":\"four\"}\n" },
    { CSV("\\n", ",", A("INT", "") "," B("VARCHAR(9)", "")), ",\nx,y",
      "{\"A\":null,\"B\":\"\"}\n! Column A: Value is not a number [x,y]\n" },
    { CSV("||", "\\t", A("INT", "") "," B("INT", "")), "1\t2||3\t4", "{\"A\":1,\"B\":2}\n{\"A\":3,\"B\":4}\n" },
    { CSV("\\n", ",", A("INT", "") "," B("VARCHAR(9)", "")), "1,\"a\nb\"\n2,\"open",
      "{\"A\":1,\"B\":\"a\\nb\"}\n{\"A\":2,\"B\":\"open\"}\n" },
    { CSV("\\n", ",", A("VARCHAR(9)", "")), "\xff", "! The record is not UTF-8 text [\xff]\n" },
};

START_TEST(record_gives_rows)
{
    check(cases[_i].schema, cases[_i].data, strlen(cases[_i].data), 100, cases[_i].rows);
}
END_TEST

START_TEST(rows_of_one_record_are_bounded)
{
    check(JSON(A("INT", "$.a")), "{\"a\":1}{\"a\":2}{\"a\":3}{\"a\":4}", 28, 2,
          "{\"A\":1}\n{\"A\":2}\n! The record has too many rows [{\"a\":3}]\n");
    check(CSV("\\n", ",", A("INT", "")), "1\n2\n3\n4", 7, 2, "{\"A\":1}\n{\"A\":2}\n! The record has too many rows [2]\n");
}
END_TEST

static const struct {
    const char *schema;
    const char *message;
} refusals[] = {
    { JSON(A("INT", "a")), "The mapping 'a' of column 'A' is not a JSONPath that can be followed" },
    { JSON(A("INT", "$a")), "The mapping '$a' of column 'A' is not a JSONPath that can be followed" },
    { JSON(A("INT", "$.")), "The mapping '$.' of column 'A' is not a JSONPath that can be followed" },
    { JSON(A("INT", "$.a[")), "The mapping '$.a[' of column 'A' is not a JSONPath that can be followed" },
    { JSON(A("INT", "$.a[x]")), "The mapping '$.a[x]' of column 'A' is not a JSONPath that can be followed" },
    { JSON(A("INT", "$.a[0:].b[0:]")), "The mapping '$.a[0:].b[0:]' of column 'A' is not a JSONPath that can be followed" },
    { JSON(A("INT", "$.a[0:].x") "," B("INT", "$.b[0:].x")), "Column 'B' maps a second array: only one can be flattened" },
    { JSON(A("INT", "$.a") "," A("INT", "$.b")), "Column 'A' is declared twice" },
    { JSON(A("VARCHAR(", "$.a")), "Column 'A' has the SQL type 'VARCHAR(', which is not known" },
    { JSON(A("INT; DROP", "$.a")), "Column 'A' has the SQL type 'INT; DROP', which is not known" },
    { JSON_AT("rows", A("INT", "$.a")), "The RecordRowPath 'rows' is not a JSONPath that can be followed" },
    { "{'RecordFormat':{'RecordFormatType':'XML'},'RecordColumns':[" A("INT", "$.a") "]}", "RecordFormatType is neither JSON nor CSV" },
    { JSON(""), "A schema has from 1 to 1000 columns" },
};

START_TEST(schema_is_refused)
{
    struct reading reading;
    const char *message = NULL;

    ck_assert_int_eq(open_schema(&reading, refusals[_i].schema, &message), INVALID);
    ck_assert_str_eq(message, refusals[_i].message);
    arena_clear(&reading.arena);
}
END_TEST

Suite *suite_analytics_schema(void)
{
    Suite *suite = suite_create("analytics schema");
    TCase *tests = tcase_create("schema");

    tcase_add_loop_test(tests, record_gives_rows, 0, (int)(sizeof cases / sizeof *cases));
    tcase_add_test(tests, rows_of_one_record_are_bounded);
    tcase_add_loop_test(tests, schema_is_refused, 0, (int)(sizeof refusals / sizeof *refusals));
    suite_add_tcase(suite, tests);
    return suite;
}
