/* Code is run over rows, and what comes out is compared. */

#include "suites.h"

#include "analytics/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIX                                                                                                                                \
    "{\"id\":\"car-1\",\"ts\":1714979289123,\"seq\":7,\"lat\":48.2,\"lon\":16.4,\"speedMps\":12.5,\"headingDeg\":271.255,\"accuracyM\":5," \
    "\"extra\":{\"note\":\"ok\"},\"FLAG\":true,\"AT\":\"2024-02-29 23:30:00\"}"

/* Each expression is selected alone from the fix above, into a column of its type. */
static const struct {
    const char *expression;
    const char *type;
    const char *result;
} expressions[] = {
    { "\"id\"", "VARCHAR(16)", "\"car-1\"" },
    { "\"id\"", "VARCHAR(3)", "\"car\"" },
    { "\"id\"", "CHAR(7)", "\"car-1  \"" },
    { "\"seq\" + 1", "INTEGER", "8" },
    { "\"seq\" / 2", "INTEGER", "3" },
    { "-\"seq\" / 2", "INTEGER", "-3" },
    { "\"seq\" / 2.0", "DOUBLE", "3.5" },
    { "CAST(\"seq\" AS DOUBLE) / 2", "DOUBLE", "3.5" },
    { "\"seq\" * 2.5", "DECIMAL(5,1)", "17.5" },
    { "\"lat\"", "INTEGER", "48" },
    { "\"lat\" + 0.4", "INTEGER", "49" },
    { "\"headingDeg\"", "DECIMAL(5,2)", "271.26" },
    { "MOD(\"seq\", 4)", "INTEGER", "3" },
    { "\"seq\" % 4", "INTEGER", "3" },
    { "POWER(\"seq\", 2)", "DOUBLE", "49.0" },
    { "SQRT(16)", "DOUBLE", "4.0" },
    { "ABS(-\"seq\")", "INTEGER", "7" },
    { "CEIL(\"lat\")", "DOUBLE", "49.0" },
    { "FLOOR(-\"lat\")", "DOUBLE", "-49.0" },
    { "LN(EXP(2))", "DOUBLE", "2.0" },
    { "LOG10(1000)", "DOUBLE", "3.0" },
    { "1 + 2 * 3 - 4", "INTEGER", "3" },
    { "(1 + 2) * 3", "INTEGER", "9" },
    { "10 - 3 - 2", "INTEGER", "5" },
    { "9223372036854775807", "BIGINT", "9223372036854775807" },
    { "1e3", "DOUBLE", "1000.0" },
    { "\"seq\" > 5 AND \"seq\" < 7", "BOOLEAN", "false" },
    { "\"seq\" = 7 OR \"seq\" = 8 AND FALSE", "BOOLEAN", "true" },
    { "NOT \"seq\" = 7", "BOOLEAN", "false" },
    { "FLAG", "BOOLEAN", "true" },
    { "FLAG IS NOT TRUE", "BOOLEAN", "false" },
    { "\"seq\" BETWEEN 7 AND 8", "BOOLEAN", "true" },
    { "\"seq\" NOT BETWEEN 7 AND 8", "BOOLEAN", "false" },
    { "\"seq\" IN (1, 7.0, 3)", "BOOLEAN", "true" },
    { "\"id\" NOT IN ('a', 'car-1')", "BOOLEAN", "false" },
    { "\"id\" LIKE 'car%'", "BOOLEAN", "true" },
    { "\"id\" LIKE 'CAR%'", "BOOLEAN", "false" },
    { "\"id\" LIKE 'car__'", "BOOLEAN", "true" },
    { "'50%' LIKE '50!%' ESCAPE '!'", "BOOLEAN", "true" },
    { "\"id\" SIMILAR TO 'car-[0-9]+'", "BOOLEAN", "true" },
    { "\"id\" NOT SIMILAR TO '(bus|car)-%'", "BOOLEAN", "false" },
    { "'a_b' SIMILAR TO 'a!_b' ESCAPE '!'", "BOOLEAN", "true" },
    { "CAST(NULL AS VARCHAR(1)) SIMILAR TO 'a'", "BOOLEAN", "null" },
    { "NOTE = 'ok'", "BOOLEAN", "true" },
    { "NOTE", "CHAR(8)", "\"ok      \"" },
    { "NULL = 1", "BOOLEAN", "null" },
    { "CAST(NULL AS INTEGER) IS NULL", "BOOLEAN", "true" },
    { "NULL IS DISTINCT FROM 1", "BOOLEAN", "true" },
    { "\"seq\" IS NOT DISTINCT FROM 7", "BOOLEAN", "true" },
    { "CASE WHEN \"seq\" > 9 THEN 'high' WHEN \"seq\" > 5 THEN 'mid' ELSE 'low' END", "VARCHAR(8)", "\"mid\"" },
    { "CASE \"id\" WHEN 'x' THEN 1 END", "INTEGER", "null" },
    { "CASE WHEN \"seq\" = 0 THEN 0 ELSE 14 / \"seq\" END", "INTEGER", "2" },
    { "COALESCE(NULL, NULLIF(\"seq\", 7), 3)", "INTEGER", "3" },
    { "COALESCE(\"seq\")", "INTEGER", "7" },
    { "\"id\" || '/' || NOTE", "VARCHAR(32)", "\"car-1/ok      \"" },
    { "'it''s'", "VARCHAR(8)", "\"it's\"" },
    { "UPPER(\"id\") || LOWER('ABC')", "VARCHAR(16)", "\"CAR-1abc\"" },
    { "INITCAP('the nEW car')", "VARCHAR(16)", "\"The New Car\"" },
    { "SUBSTRING(\"id\" FROM 2 FOR 3)", "VARCHAR(8)", "\"ar-\"" },
    { "SUBSTRING(\"id\", 5)", "VARCHAR(8)", "\"1\"" },
    { "SUBSTRING('h\xc3\xa4llo', 2, 2)", "VARCHAR(8)", "\"\xc3\xa4l\"" },
    { "SUBSTRING('abc' FROM 0 FOR 2)", "VARCHAR(8)", "\"a\"" },
    { "TRIM('  a  ')", "VARCHAR(8)", "\"a\"" },
    { "TRIM(LEADING 'x' FROM 'xxax')", "VARCHAR(8)", "\"ax\"" },
    { "TRIM(TRAILING FROM ' a ')", "VARCHAR(8)", "\" a\"" },
    { "POSITION('-' IN \"id\")", "INTEGER", "4" },
    { "CHAR_LENGTH(\"id\")", "INTEGER", "5" },
    { "CAST('12' AS INTEGER) + 1", "INTEGER", "13" },
    { "CAST(2.5 AS INTEGER)", "INTEGER", "3" },
    { "CAST(\"lat\" AS VARCHAR(16))", "VARCHAR(16)", "\"48.2\"" },
    { "CAST(FLAG AS VARCHAR(5))", "VARCHAR(5)", "\"TRUE\"" },
    { "CAST('abcdef' AS VARCHAR(3))", "VARCHAR(8)", "\"abc\"" },
    { "ROWTIME", "TIMESTAMP", "\"2024-05-06 07:08:09.5\"" },
    { "\"SOURCE_SQL_STREAM_001\".ROWTIME", "TIMESTAMP", "\"2024-05-06 07:08:09.5\"" },
    { "APPROXIMATE_ARRIVAL_TIME", "TIMESTAMP", "\"2024-05-06 07:08:09.0\"" },
    { "PARTITION_KEY || SEQUENCE_NUMBER || SHARD_ID", "VARCHAR(64)", "\"p1shardId-000000000000\"" },
    { "CURRENT_TIMESTAMP", "TIMESTAMP", "\"2024-05-06 07:08:09.5\"" },
    { "CURRENT_DATE", "DATE", "\"2024-05-06\"" },
    { "CURRENT_TIME", "TIME", "\"07:08:09.5\"" },
    { "UNIX_TIMESTAMP(ROWTIME)", "BIGINT", "1714979289500" },
    { "TO_TIMESTAMP(\"ts\")", "TIMESTAMP", "\"2024-05-06 07:08:09.123\"" },
    { "AT + INTERVAL '45' MINUTE", "TIMESTAMP", "\"2024-03-01 00:15:00.0\"" },
    { "AT - INTERVAL '1' YEAR", "TIMESTAMP", "\"2023-02-28 23:30:00.0\"" },
    { "AT + INTERVAL '1 02:00' DAY TO MINUTE", "TIMESTAMP", "\"2024-03-02 01:30:00.0\"" },
    { "FLOOR(ROWTIME TO MINUTE)", "TIMESTAMP", "\"2024-05-06 07:08:00.0\"" },
    { "FLOOR(AT TO MONTH)", "TIMESTAMP", "\"2024-02-01 00:00:00.0\"" },
    { "CEIL(AT TO HOUR)", "TIMESTAMP", "\"2024-03-01 00:00:00.0\"" },
    { "STEP(ROWTIME BY INTERVAL '10' SECOND)", "TIMESTAMP", "\"2024-05-06 07:08:00.0\"" },
    { "EXTRACT(DAY FROM AT)", "INTEGER", "29" },
    { "EXTRACT(YEAR FROM AT) * 100 + EXTRACT(MONTH FROM AT)", "INTEGER", "202402" },
    { "TSDIFF(TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-01 00:00:02.5')", "BIGINT", "2500" },
    { "CAST((ROWTIME - TIMESTAMP '2024-05-06 07:00:00') SECOND AS BIGINT)", "BIGINT", "489" },
    { "(ROWTIME - AT) DAY > INTERVAL '60' DAY", "BOOLEAN", "true" },
    { "CAST('2024-05-06' AS DATE)", "DATE", "\"2024-05-06\"" },
    { "CAST('2024-05-06T07:08:09.25+02:00' AS TIMESTAMP)", "TIMESTAMP", "\"2024-05-06 05:08:09.25\"" },
    { "CAST(AT AS DATE)", "DATE", "\"2024-02-29\"" },
    { "CAST(AT AS TIME)", "TIME", "\"23:30:00\"" },
    { "AT < DATE '2024-03-01'", "BOOLEAN", "true" },
    { "TIMESTAMP_TO_CHAR('dd/MM/yyyy HH:mm:ss.SSS', ROWTIME)", "VARCHAR(32)", "\"06/05/2024 07:08:09.500\"" },
    { "CHAR_TO_TIMESTAMP('yyyyMMdd''T''HHmm', '20240506T0708')", "TIMESTAMP", "\"2024-05-06 07:08:00.0\"" },
};

static void open_code(struct sample *sample, const char *code, const char *fences)
{
    enum status status = sample_open(sample, code, fences);

    ck_assert_msg(status == OK, "%s: line %d, column %d: %s", code, sample->error.span.begin.line, sample->error.span.begin.column,
                  sample->error.text);
}

START_TEST(expression_gives)
{
    struct sample sample;
    char code[512], wanted[256];

    snprintf(code, sizeof code, "CREATE STREAM S (X %s); CREATE PUMP P AS INSERT INTO S SELECT STREAM %s FROM \"SOURCE_SQL_STREAM_001\";",
             expressions[_i].type, expressions[_i].expression);
    snprintf(wanted, sizeof wanted, "{\"X\":%s}\n", expressions[_i].result);
    open_code(&sample, code, NULL);
    sample_run(&sample, FIX);
    ck_assert_str_eq(sample_output(&sample, "error_stream"), "");
    ck_assert_msg(!strcmp(sample_output(&sample, "S"), wanted), "%s gives %s", expressions[_i].expression, sample.text);
    sample_close(&sample);
}
END_TEST

/* A row whose expression fails goes to error_stream, alone. */
static const struct {
    const char *expression;
    const char *type;
    const char *message;
} failures[] = {
    { "1 / (\"seq\" - 7)", "INTEGER", "Division by zero" },
    { "1.0 / (\"seq\" - 7)", "DOUBLE", "Division by zero" },
    { "MOD(1, \"seq\" - 7)", "INTEGER", "Division by zero" },
    { "CAST(\"id\" AS INTEGER)", "INTEGER", "Value is not a number" },
    { "CAST('12x' AS INTEGER)", "INTEGER", "Value is not a number" },
    { "CAST('1.5' AS INTEGER)", "INTEGER", "Value is not a whole number" },
    { "CAST('0x10' AS INTEGER)", "INTEGER", "Value is not a number" },
    { "CAST('soon' AS TIMESTAMP)", "TIMESTAMP", "Value is not a TIMESTAMP" },
    { "CAST(\"ts\" AS VARCHAR(4))", "VARCHAR(4)", "Value does not fit into the length of its type" },
    { "\"ts\"", "INTEGER", "Value is out of range for its type" },
    { "\"seq\" * 100", "TINYINT", "Value is out of range for its type" },
    { "9223372036854775807 + \"seq\"", "BIGINT", "Value is out of range for its type" },
    { "\"lat\" * 1000", "DECIMAL(5,2)", "Value is out of range for its type" },
    { "SQRT(0 - \"seq\")", "DOUBLE", "Value is out of range for its type" },
    { "LN(0)", "DOUBLE", "Value is out of range for its type" },
    { "\"id\" SIMILAR TO \"id\" || '('", "BOOLEAN", "The pattern of SIMILAR TO is malformed" },
    { "SUBSTRING(\"id\" FROM 2 FOR 0 - 1)", "VARCHAR(8)", "SUBSTRING has a negative length" },
};

START_TEST(failing_row_goes_to_the_error_stream)
{
    struct sample sample;
    char code[512], wanted[256];

    snprintf(
        code, sizeof code,
        "CREATE STREAM S (X %s); CREATE PUMP \"Pump\" AS INSERT INTO S SELECT STREAM CASE WHEN \"id\" = 'good' THEN NULL ELSE %s END FROM "
        "\"SOURCE_SQL_STREAM_001\";",
        failures[_i].type, failures[_i].expression);
    open_code(&sample, code, NULL);
    sample_run(&sample, "{\"id\":\"good\",\"seq\":1}" FIX "{\"id\":\"good\",\"seq\":2}");
    ck_assert_str_eq(sample_output(&sample, "S"), "{\"X\":null}\n{\"X\":null}\n");
    snprintf(wanted, sizeof wanted,
             "{\"ERROR_TIME\":\"2024-05-06 07:08:09.5\",\"ERROR_LEVEL\":\"ERROR\",\"ERROR_NAME\":\"EXPRESSION_ERROR\",\"MESSAGE\":\"%s\","
             "\"DATA_ROWTIME\":\"2024-05-06 07:08:09.5\",\"DATA_ROW\":\"7B226964223A226361722D31",
             failures[_i].message);
    sample_output(&sample, "error_stream");
    ck_assert_msg(!strncmp(sample.text, wanted, strlen(wanted)), "%s gives %s", failures[_i].expression, sample.text);
    ck_assert_ptr_nonnull(strstr(sample.text, "\"PUMP_NAME\":\"Pump\"}\n"));
    sample_close(&sample);
}
END_TEST

/* ---- pumps ---- */

START_TEST(pumps_run_in_the_order_of_flow)
{
    struct sample sample;

    open_code(
        &sample,
        "CREATE OR REPLACE STREAM \"A\" (\"id\" VARCHAR(16), V INTEGER);\n"
        "CREATE OR REPLACE STREAM \"B\" (\"id\" VARCHAR(16), V INTEGER);\n"
        "CREATE OR REPLACE STREAM \"C\" (\"id\" VARCHAR(16), V INTEGER, T TIMESTAMP);\n"
        "CREATE OR REPLACE PUMP \"3\" AS INSERT INTO \"C\" SELECT STREAM \"id\", V + 1, \"B\".ROWTIME FROM \"B\" WHERE V > 20;\n"
        "CREATE OR REPLACE PUMP \"2\" AS INSERT INTO \"B\" SELECT STREAM x.\"id\", x.V * 10 FROM \"A\" AS x;\n"
        "CREATE OR REPLACE PUMP \"1\" AS INSERT INTO \"A\" (V, \"id\") SELECT STREAM \"seq\", \"id\" FROM \"SOURCE_SQL_STREAM_001\";\n"
        "CREATE OR REPLACE PUMP \"4\" AS INSERT INTO \"C\" (\"id\") SELECT STREAM 'all' FROM \"SOURCE_SQL_STREAM_001\" WHERE \"seq\" = 3",
        NULL);
    sample_run(&sample, "{\"id\":\"a\",\"seq\":1} {\"id\":\"b\",\"seq\":2} {\"id\":\"c\",\"seq\":3}");
    ck_assert_str_eq(sample_output(&sample, "A"), "{\"id\":\"a\",\"V\":1}\n{\"id\":\"b\",\"V\":2}\n{\"id\":\"c\",\"V\":3}\n");
    ck_assert_str_eq(sample_output(&sample, "B"), "{\"id\":\"a\",\"V\":10}\n{\"id\":\"b\",\"V\":20}\n{\"id\":\"c\",\"V\":30}\n");
    sample_output(&sample, "C");
    ck_assert_ptr_nonnull(strstr(sample.text, "{\"id\":\"all\",\"V\":null,\"T\":null}\n"));
    ck_assert_ptr_nonnull(strstr(sample.text, "{\"id\":\"c\",\"V\":31,\"T\":\"2024-05-06 07:08:09.5\"}\n"));
    sample_run(&sample, "");
    ck_assert_str_eq(sample_output(&sample, "C"), "");
    sample_close(&sample);
}
END_TEST

START_TEST(union_all_and_subqueries_are_streams_too)
{
    struct sample sample;

    open_code(&sample,
              "CREATE STREAM S (K VARCHAR(16), V DOUBLE);\n"
              "CREATE PUMP P AS INSERT INTO S\n"
              "  SELECT STREAM q.\"id\", q.kmh FROM (SELECT STREAM \"id\", \"speedMps\" * 3.5 AS kmh FROM \"SOURCE_SQL_STREAM_001\") AS q\n"
              "  WHERE q.kmh > 30\n"
              "  UNION ALL SELECT STREAM 'slow', \"speedMps\" FROM \"SOURCE_SQL_STREAM_001\" WHERE \"speedMps\" < 5;",
              NULL);
    sample_run(&sample, "{\"id\":\"a\",\"speedMps\":10} {\"id\":\"b\",\"speedMps\":2}");
    ck_assert_str_eq(sample_output(&sample, "S"), "{\"K\":\"a\",\"V\":35.0}\n{\"K\":\"slow\",\"V\":2.0}\n");
    sample_close(&sample);
}
END_TEST

START_TEST(names_that_differ_by_case_are_different)
{
    struct sample sample;

    open_code(&sample,
              "CREATE STREAM S (\"aB\" INTEGER, AB INTEGER, \"ab\" VARCHAR(4)); CREATE STREAM \"s\" (X INTEGER);\n"
              "CREATE PUMP P AS INSERT INTO S (ab, \"aB\", \"ab\") SELECT STREAM 1, 2, 'x' FROM \"SOURCE_SQL_STREAM_001\";\n"
              "CREATE PUMP \"p\" AS INSERT INTO \"s\" SELECT STREAM Ab * 100 + \"aB\" FROM s WHERE \"ab\" = 'x'",
              NULL);
    sample_run(&sample, FIX);
    ck_assert_str_eq(sample_output(&sample, "S"), "{\"aB\":2,\"AB\":1,\"ab\":\"x\"}\n");
    ck_assert_str_eq(sample_output(&sample, "s"), "{\"X\":102}\n");
    sample_close(&sample);
}
END_TEST

START_TEST(error_stream_can_be_read_by_a_pump)
{
    struct sample sample;

    open_code(&sample,
              "CREATE STREAM BAD (M VARCHAR(64), N INTEGER); CREATE STREAM S (X INTEGER);\n"
              "CREATE PUMP A AS INSERT INTO BAD SELECT STREAM MESSAGE, 1 / (CHAR_LENGTH(MESSAGE) - 16) FROM \"error_stream\";\n"
              "CREATE PUMP B AS INSERT INTO S SELECT STREAM 10 / \"seq\" FROM \"SOURCE_SQL_STREAM_001\"",
              NULL);
    sample_run(&sample, "{\"id\":\"a\",\"seq\":0} {\"seq\":\"x\"}");
    ck_assert_str_eq(sample_output(&sample, "BAD"), "{\"M\":\"Column seq: Value is not a number\",\"N\":0}\n");
    sample_output(&sample, "error_stream");
    ck_assert_ptr_nonnull(strstr(sample.text, "\"MESSAGE\":\"Column seq: Value is not a number\""));
    ck_assert_ptr_nonnull(strstr(sample.text, "\"PUMP_NAME\":\"B\""));
    ck_assert_ptr_nonnull(strstr(sample.text, "\"PUMP_NAME\":\"A\"")); /* its own failure is told, and not read again */
    sample_close(&sample);
}
END_TEST

START_TEST(rowtime_never_goes_back)
{
    struct sample sample;
    int64_t before;

    open_code(&sample, "", NULL);
    sample_run(&sample, FIX);
    before = sql_engine_rowtime(sample.engine);
    sql_engine_begin(sample.engine, before - 1000);
    ck_assert_int_eq(sql_engine_rowtime(sample.engine), before);
    sql_engine_begin(sample.engine, before + 1000);
    ck_assert_int_eq(sql_engine_rowtime(sample.engine), before + 1000);
    sample_close(&sample);
}
END_TEST

/* ---- fences ---- */

#define FENCES                                                                                         \
    "{\"fenceId\":\"depot\",\"name\":\"Depot\",\"centerLat\":48.2,\"centerLon\":16.4,\"radiusM\":500}" \
    "{\"fenceId\":\"port\",\"name\":\"Port\",\"centerLat\":48.3,\"centerLon\":16.5,\"radiusM\":1000}"
#define DESTINATION \
    "CREATE OR REPLACE STREAM \"DESTINATION_SQL_STREAM\" (\"id\" VARCHAR(16), \"fenceId\" VARCHAR(16), \"inside\" BOOLEAN);\n"
#define FROM_SOURCE "FROM \"SOURCE_SQL_STREAM_001\" AS s "

static const char *const geofences[] = {
    /* a circle in metres on the plane that touches the fence's centre */
    DESTINATION "CREATE OR REPLACE PUMP \"STREAM_PUMP\" AS INSERT INTO \"DESTINATION_SQL_STREAM\"\n"
                "SELECT STREAM s.\"id\", f.\"fenceId\", TRUE\n" FROM_SOURCE "INNER JOIN \"FENCES\" AS f\n"
                "ON POWER((s.\"lat\" - f.\"centerLat\") * 111320, 2) + POWER((s.\"lon\" - f.\"centerLon\") * 111320 * 0.6663, 2)\n"
                "   < POWER(f.\"radiusM\", 2);",
    /* a bounding box, in WHERE, over a comma join */
    DESTINATION "CREATE OR REPLACE PUMP \"STREAM_PUMP\" AS INSERT INTO \"DESTINATION_SQL_STREAM\"\n"
                "SELECT STREAM s.\"id\", \"fenceId\", TRUE\n" FROM_SOURCE ", \"FENCES\"\n"
                "WHERE \"lat\" BETWEEN \"centerLat\" - \"radiusM\" / 111320 AND \"centerLat\" + \"radiusM\" / 111320\n"
                "  AND \"lon\" BETWEEN \"centerLon\" - \"radiusM\" / 74170 AND \"centerLon\" + \"radiusM\" / 74170;",
};

START_TEST(geofence_finds_the_fence_around_a_point)
{
    struct sample sample;

    open_code(&sample, geofences[_i], FENCES);
    sample_run(&sample, "{\"id\":\"in\",\"lat\":48.202,\"lon\":16.401}{\"id\":\"out\",\"lat\":48.25,\"lon\":16.45}"
                        "{\"id\":\"in2\",\"lat\":48.3001,\"lon\":16.5001}");
    ck_assert_str_eq(sample_output(&sample, "DESTINATION_SQL_STREAM"), "{\"id\":\"in\",\"fenceId\":\"depot\",\"inside\":true}\n"
                                                                       "{\"id\":\"in2\",\"fenceId\":\"port\",\"inside\":true}\n");
    sample_close(&sample);
}
END_TEST

START_TEST(left_join_keeps_points_outside_all_fences)
{
    struct sample sample;

    open_code(&sample,
              DESTINATION "CREATE OR REPLACE PUMP P AS INSERT INTO \"DESTINATION_SQL_STREAM\"\n"
                          "SELECT STREAM s.\"id\", f.\"fenceId\", f.\"fenceId\" IS NOT NULL\n" FROM_SOURCE
                          "LEFT JOIN FENCES f ON ABS(s.\"lat\" - f.\"centerLat\") < 0.01 WHERE s.\"id\" <> 'skip'",
              FENCES);
    sample_run(&sample, "{\"id\":\"in\",\"lat\":48.202}{\"id\":\"skip\",\"lat\":48.202}{\"id\":\"out\",\"lat\":48.25}");
    ck_assert_str_eq(sample_output(&sample, "DESTINATION_SQL_STREAM"), "{\"id\":\"in\",\"fenceId\":\"depot\",\"inside\":true}\n"
                                                                       "{\"id\":\"out\",\"fenceId\":null,\"inside\":false}\n");
    sample_close(&sample);
}
END_TEST

START_TEST(join_on_a_key_uses_an_index)
{
    struct sample sample;

    open_code(&sample,
              "CREATE STREAM S (N VARCHAR(64)); CREATE PUMP P AS INSERT INTO S SELECT STREAM f.\"name\" " FROM_SOURCE
              "JOIN FENCES AS f ON f.\"fenceId\" = s.\"id\" AND f.\"radiusM\" > 10",
              FENCES);
    ck_assert_uint_eq(sql_engine_plan(sample.engine)->index_count, 1);
    sample_run(&sample, "{\"id\":\"port\"}{\"id\":\"PORT\"}");
    ck_assert_str_eq(sample_output(&sample, "S"), "{\"N\":\"Port\"}\n");
    sample_close(&sample);
}
END_TEST

/* A select that multiplies its tables without end is stopped for that row, and the application lives. */
START_TEST(runaway_join_is_stopped)
{
    struct sample sample;
    struct buffer fences = { 0 };

    for (int i = 0; i < 900; i++)
        buffer_print(&fences, "{\"fenceId\":\"%d\",\"radiusM\":%d}", i, i);
    open_code(&sample,
              "CREATE STREAM S (N INTEGER); CREATE PUMP P AS INSERT INTO S SELECT STREAM 1 " FROM_SOURCE
              "JOIN FENCES a ON TRUE JOIN FENCES b ON TRUE JOIN FENCES c ON a.\"radiusM\" + b.\"radiusM\" + c.\"radiusM\" < 0",
              fences.data);
    sample_run(&sample, FIX);
    ck_assert_str_eq(sample_output(&sample, "S"), "");
    ck_assert_ptr_nonnull(strstr(sample_output(&sample, "error_stream"), "The select takes too long for one row"));
    buffer_clear(&fences);
    sample_close(&sample);
}
END_TEST

Suite *suite_analytics_engine(void)
{
    Suite *suite = suite_create("analytics engine");
    TCase *tests = tcase_create("engine");

    tcase_add_loop_test(tests, expression_gives, 0, (int)(sizeof expressions / sizeof *expressions));
    tcase_add_loop_test(tests, failing_row_goes_to_the_error_stream, 0, (int)(sizeof failures / sizeof *failures));
    tcase_add_test(tests, pumps_run_in_the_order_of_flow);
    tcase_add_test(tests, union_all_and_subqueries_are_streams_too);
    tcase_add_test(tests, names_that_differ_by_case_are_different);
    tcase_add_test(tests, error_stream_can_be_read_by_a_pump);
    tcase_add_test(tests, rowtime_never_goes_back);
    tcase_add_loop_test(tests, geofence_finds_the_fence_around_a_point, 0, (int)(sizeof geofences / sizeof *geofences));
    tcase_add_test(tests, left_join_keeps_points_outside_all_fences);
    tcase_add_test(tests, join_on_a_key_uses_an_index);
    tcase_add_test(tests, runaway_join_is_stopped);
    suite_add_tcase(suite, tests);
    return suite;
}
