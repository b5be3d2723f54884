/* What code is refused, with its place and AWS's words where they are known. */

#include "suites.h"

#include "analytics/sample.h"

#include <stdlib.h>
#include <string.h>

#define STREAM_S "CREATE OR REPLACE STREAM \"S\" (A VARCHAR(8), B INTEGER);\n"
#define PUMP "CREATE OR REPLACE PUMP \"P\" AS INSERT INTO \"S\"\n"
#define SOURCE " FROM \"SOURCE_SQL_STREAM_001\""
#define NOT_RUN " is not supported by lowcloud: it runs filters, expressions, pumps and joins with reference data"

static const struct {
    const char *code;
    const char *error;
} refusals[] = {
    /* syntax */
    { "SELECT 1", "From line 1, column 1 to line 1, column 6: SELECT" NOT_RUN "; a statement is CREATE STREAM or CREATE PUMP" },
    { "CREATE STREAM", "At line 1, column 14: The code ends where an identifier is expected" },
    { "CREATE STREAM S (A FOO)", "From line 1, column 20 to line 1, column 22: Encountered \"FOO\" where a data type is expected" },
    { "CREATE STREAM S (A INT, A INT)", "At line 1, column 25: Column 'A' is declared twice" },
    { "CREATE STREAM S (A INT) CREATE STREAM T (A INT)",
      "From line 1, column 25 to line 1, column 30: Encountered \"CREATE\" where ; is expected" },
    { "CREATE STREAM S (A INT); /* open", "From line 1, column 26 to line 1, column 32: A comment has no end" },
    { "CREATE STREAM \"S (A INT)", "From line 1, column 15 to line 1, column 24: A quoted identifier has no end" },
    { "CREATE STREAM S (A INT) @", "At line 1, column 25: This character has no meaning in SQL" },
    { "CREATE STREAM S (A VARCHAR(99999))",
      "From line 1, column 28 to line 1, column 32: Encountered \"99999\" where a length is expected" },
    { "CREATE VIEW V AS SELECT STREAM 1", "From line 1, column 8 to line 1, column 11: CREATE VIEW" NOT_RUN },
    { STREAM_S PUMP "SELECT \"id\", 1" SOURCE, "From line 3, column 8 to line 3, column 11: Encountered \"id\" where STREAM is expected" },
    { STREAM_S PUMP "SELECT STREAM \"id\", (1" SOURCE,
      "From line 3, column 24 to line 3, column 27: Encountered \"FROM\" where ) is expected" },
    { STREAM_S PUMP "SELECT STREAM \"id\", 1 +" SOURCE,
      "From line 3, column 25 to line 3, column 28: Encountered \"FROM\" where an expression is expected" },
    { "\xff", "At line 1, column 1: The code is not UTF-8 text" },
    /* what the engine does not run, by its name */
    { STREAM_S PUMP "SELECT STREAM \"id\", COUNT(*)" SOURCE " GROUP BY \"id\"",
      "From line 3, column 21 to line 3, column 25: COUNT is not supported by lowcloud: functions over several rows need a window" },
    { STREAM_S PUMP "SELECT STREAM \"id\", \"seq\"" SOURCE "\nGROUP BY \"id\"",
      "From line 4, column 1 to line 4, column 5: GROUP BY" NOT_RUN },
    { STREAM_S PUMP "SELECT STREAM \"id\", \"seq\"" SOURCE "\nWINDOWED BY STAGGER (PARTITION BY \"id\" RANGE INTERVAL '1' MINUTE)",
      "From line 4, column 1 to line 4, column 8: WINDOWED BY" NOT_RUN },
    { STREAM_S PUMP "SELECT STREAM \"id\", ABS(\"seq\") OVER (ROWS 10 PRECEDING)" SOURCE,
      "From line 3, column 32 to line 3, column 35: A window (OVER) is not supported by lowcloud: functions over several rows need a "
      "window" },
    { STREAM_S PUMP "SELECT STREAM \"id\", 1 FROM TABLE(RANDOM_CUT_FOREST(CURSOR(SELECT STREAM * FROM \"S\")))",
      "From line 3, column 28 to line 3, column 32: A table function (TABLE(...))" NOT_RUN },
    { STREAM_S PUMP "SELECT STREAM DISTINCT \"id\", 1" SOURCE, "From line 3, column 15 to line 3, column 22: SELECT DISTINCT" NOT_RUN },
    { STREAM_S PUMP "SELECT STREAM \"id\", 1" SOURCE " ORDER BY ROWTIME", "From line 3, column 52 to line 3, column 56: ORDER BY" NOT_RUN },
    { STREAM_S PUMP "SELECT STREAM \"id\", 1" SOURCE " WHERE \"seq\" IN (SELECT 1)",
      "From line 3, column 68 to line 3, column 73: A subquery inside an expression is not supported by lowcloud" },
    { STREAM_S PUMP "SELECT STREAM \"id\", 1" SOURCE " WHERE \"id\" SIMILAR TO 'a|(b'",
      "From line 3, column 74 to line 3, column 79: 'a|(b' is not a pattern of SIMILAR TO" },
    { STREAM_S PUMP "SELECT STREAM 'a', 1" SOURCE " AS x JOIN \"S\" AS y ON TRUE",
      "From line 3, column 61 to line 3, column 63: A join of two streams needs a window, which is not supported by lowcloud" },
    { STREAM_S PUMP "SELECT STREAM 'a', 1" SOURCE " RIGHT JOIN FENCES ON TRUE",
      "From line 3, column 51 to line 3, column 55: RIGHT JOIN" NOT_RUN },
    { STREAM_S PUMP "SELECT STREAM 'a', 1 FROM FENCES",
      "From line 3, column 1 to line 3, column 6: A select reads one stream: there is none in its FROM clause" },
    /* names */
    { STREAM_S PUMP "SELECT STREAM id, 1" SOURCE,
      "From line 3, column 15 to line 3, column 16: Column 'ID' not found in any table; did you mean "
      "\"id\"? Names without quotes are read in upper case" },
    { STREAM_S PUMP "SELECT STREAM zz, 1" SOURCE, "From line 3, column 15 to line 3, column 16: Column 'ZZ' not found in any table" },
    { STREAM_S PUMP "SELECT STREAM x.\"id\", 1" SOURCE, "From line 3, column 15 to line 3, column 20: Table 'X' not found" },
    { STREAM_S PUMP "SELECT STREAM \"id\", 1 FROM \"NOWHERE\"", "From line 3, column 28 to line 3, column 36: Object 'NOWHERE' not found" },
    { STREAM_S "CREATE PUMP P AS INSERT INTO \"T\" SELECT STREAM 'a', 1" SOURCE,
      "From line 2, column 30 to line 2, column 32: Object 'T' not found" },
    { STREAM_S "CREATE PUMP P AS INSERT INTO FENCES SELECT STREAM 'a', 1" SOURCE,
      "From line 2, column 30 to line 2, column 35: 'FENCES' is not a stream that a pump can insert into" },
    { STREAM_S STREAM_S, "From line 2, column 26 to line 2, column 28: Object 'S' already exists" },
    { STREAM_S PUMP "SELECT STREAM \"name\", 1" SOURCE " JOIN FENCES a ON TRUE JOIN FENCES b ON TRUE",
      "From line 3, column 15 to line 3, column 20: Column 'name' is ambiguous" },
    { STREAM_S PUMP "SELECT STREAM NOPE(\"id\", 1), 1" SOURCE,
      "From line 3, column 15 to line 3, column 27: No match found for function signature NOPE(<VARCHAR(16)>, <INTEGER>)" },
    { STREAM_S PUMP "SELECT STREAM UPPER(1), 1" SOURCE,
      "From line 3, column 15 to line 3, column 22: No match found for function signature UPPER(<INTEGER>)" },
    /* types */
    { STREAM_S PUMP "SELECT STREAM \"id\", 1" SOURCE " WHERE \"id\" > 5",
      "From line 3, column 58 to line 3, column 65: Cannot apply '>' to arguments of type '<VARCHAR(16)> > <INTEGER>'" },
    { STREAM_S PUMP "SELECT STREAM \"id\", 1" SOURCE " WHERE \"seq\"",
      "From line 3, column 58 to line 3, column 62: WHERE clause must be a condition" },
    { STREAM_S PUMP "SELECT STREAM \"seq\", 1" SOURCE, "From line 3, column 15 to line 3, column 19: Cannot assign to target field 'A' of "
                                                       "type VARCHAR(8) from source field 'seq' of type INTEGER" },
    { STREAM_S PUMP "SELECT STREAM 'a'" SOURCE,
      "From line 2, column 43 to line 2, column 45: Number of INSERT target columns (2) does not equal number of source items (1)" },
    { STREAM_S "CREATE PUMP P AS INSERT INTO \"S\" (A, C) SELECT STREAM 'a', 1" SOURCE, "At line 2, column 38: Unknown target column 'C'" },
    { STREAM_S PUMP "SELECT STREAM 'a', CASE WHEN TRUE THEN 1 ELSE 'x' END" SOURCE,
      "From line 3, column 47 to line 3, column 49: Illegal mixing of types in CASE or COALESCE statement" },
    { STREAM_S PUMP "SELECT STREAM 'a', CAST(FLAG AS INTEGER)" SOURCE,
      "From line 3, column 20 to line 3, column 40: Cast function cannot convert value of type BOOLEAN to type INTEGER" },
    { STREAM_S PUMP "SELECT STREAM 'a', 1" SOURCE " WHERE ROWTIME > DATE '2024-02-30'",
      "From line 3, column 72 to line 3, column 83: Value is not a DATE: '2024-02-30'" },
    /* flow */
    { STREAM_S "CREATE STREAM T (A VARCHAR(8), B INTEGER); CREATE PUMP P AS INSERT INTO \"S\" SELECT STREAM * FROM T;\n"
               "CREATE PUMP Q AS INSERT INTO T SELECT STREAM * FROM \"S\"",
      "At line 2, column 56: Pump 'P' feeds a stream that it reads from, itself or by way of others" },
};

START_TEST(refused_with_its_place)
{
    struct sample sample;
    struct arena arena = { 0 };

    ck_assert_int_eq(sample_open(&sample, refusals[_i].code, NULL), INVALID);
    ck_assert_str_eq(sql_error_print(&sample.error, &arena), refusals[_i].error);
    arena_clear(&arena);
    sample_close(&sample);
}
END_TEST

/* Opens code with a piece repeated count times; the error's text, or "", goes to error. */
static enum status open_repeated(const char *before, const char *unit, int count, const char *after, char *error)
{
    struct buffer code = { 0 };
    struct sample sample;
    struct arena arena = { 0 };
    enum status status;

    buffer_add_text(&code, STREAM_S PUMP);
    buffer_add_text(&code, before);
    for (int i = 0; i < count; i++)
        buffer_add_text(&code, unit);
    buffer_add_text(&code, after);
    status = sample_open(&sample, code.data, NULL);
    strcpy(error, status == OK ? "" : sql_error_print(&sample.error, &arena));
    arena_clear(&arena);
    sample_close(&sample);
    buffer_clear(&code);
    return status;
}

/* Nesting of each kind is refused before it can use up the stack; long flat lists are not. */
START_TEST(depth_is_bounded_and_length_is_not)
{
    static const char *const deep[][3] = { { "SELECT STREAM 'a', ", "(", "1" },
                                           { "SELECT STREAM 'a', ", "- ", "1" },
                                           { "SELECT STREAM 'a', 1" SOURCE " WHERE ", "NOT ", "TRUE" },
                                           { "SELECT STREAM 'a', 1 ", "+ 1 ", SOURCE },
                                           { "SELECT STREAM 'a', ", "CASE WHEN TRUE THEN ", "1" },
                                           { "SELECT STREAM 'a', ", "ABS(", "1" } };
    char error[512];

    for (size_t i = 0; i < sizeof deep / sizeof *deep; i++) {
        ck_assert_int_eq(open_repeated(deep[i][0], deep[i][1], 30000, deep[i][2], error), INVALID);
        ck_assert_msg(strstr(error, "nested more than 200 deep") != NULL, "%s", error);
    }
    ck_assert_int_eq(open_repeated("SELECT STREAM 'a', 1 FROM ", "(SELECT STREAM * FROM ", 1000, "\"S\"", error), INVALID);
    ck_assert_msg(strstr(error, "Subqueries are nested") != NULL, "%s", error);
    ck_assert_msg(open_repeated("SELECT STREAM 'a', 1" SOURCE " WHERE \"seq\" IN (0", ", 1", 20000, ")", error) == OK, "%s", error);
    ck_assert_msg(open_repeated("SELECT STREAM 'a', 1 ", "+ 1 ", 190, SOURCE, error) == OK, "%s", error);
    ck_assert_msg(open_repeated("SELECT STREAM 'a', 1 ", "/ 1 ", 15, SOURCE, error) == OK, "%s", error);
    ck_assert_int_eq(open_repeated("SELECT STREAM 'a', 1 ", "/ 1 ", 190, SOURCE, error), INVALID);
    ck_assert_str_eq(error, "From line 2, column 24 to line 2, column 26: An expression of pump 'P' is nested too deeply for lowcloud");
}
END_TEST

START_TEST(comments_and_empty_statements_are_skipped)
{
    struct sample sample;

    ck_assert_int_eq(sample_open(&sample, "-- one\n;; /* two\n * three */ // four\n" STREAM_S ";", NULL), OK);
    ck_assert_ptr_nonnull(sql_plan_relation(sql_engine_plan(sample.engine), "S"));
    sample_close(&sample);
    ck_assert_int_eq(sample_open(&sample, "", NULL), OK);
    sample_close(&sample);
}
END_TEST

/* At creation a table may still be missing: CloudFormation adds reference data after the application. */
START_TEST(what_is_still_to_be_added_is_let_through_when_asked)
{
    static const char code[] = STREAM_S PUMP "SELECT STREAM f.X, 1 FROM \"LATER\" JOIN FENCES2 f ON f.Y = Z";
    struct arena arena = { 0 };
    struct sql_error error;
    struct sql_plan *plan = sql_plan_make(code, NULL, 0, false, &arena, &error);

    ck_assert_ptr_nonnull(plan);
    ck_assert(!plan->is_whole);
    ck_assert_ptr_null(sql_plan_make(code, NULL, 0, true, &arena, &error));
    ck_assert_str_eq(error.text, "Object 'LATER' not found");
    arena_clear(&arena);
}
END_TEST

Suite *suite_analytics_sql(void)
{
    Suite *suite = suite_create("analytics sql");
    TCase *tests = tcase_create("sql");

    tcase_add_loop_test(tests, refused_with_its_place, 0, (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, depth_is_bounded_and_length_is_not);
    tcase_add_test(tests, comments_and_empty_statements_are_skipped);
    tcase_add_test(tests, what_is_still_to_be_added_is_let_through_when_asked);
    suite_add_tcase(suite, tests);
    return suite;
}
