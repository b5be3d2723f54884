/* Arithmetic: an answer is a finite number, or none. */

#include "analytics/compute.h"

#include <math.h>
#include <stdint.h>

static void answer_real(sqlite3_context *context, double real)
{
    if (isfinite(real))
        sqlite3_result_double(context, real);
    else
        sql_compute_out_of_range(context);
}

static void divide(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (sql_compute_any_null(count, arguments))
        return;
    if (sqlite3_value_double(arguments[1]) == 0)
        sqlite3_result_error(context, "Division by zero", -1);
    else
        answer_real(context, sqlite3_value_double(arguments[0]) / sqlite3_value_double(arguments[1]));
}

/* Whole numbers divide without a remainder, toward zero. What an overflow made a REAL divides as one. */
static void divide_whole(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    sqlite3_int64 a, b;

    if (sql_compute_any_null(count, arguments))
        return;
    if (sqlite3_value_type(arguments[0]) != SQLITE_INTEGER || sqlite3_value_type(arguments[1]) != SQLITE_INTEGER) {
        divide(context, count, arguments);
        return;
    }
    a = sqlite3_value_int64(arguments[0]);
    b = sqlite3_value_int64(arguments[1]);
    if (!b)
        sqlite3_result_error(context, "Division by zero", -1);
    else if (b == -1)
        a == INT64_MIN ? answer_real(context, -(double)a) : sqlite3_result_int64(context, -a);
    else
        sqlite3_result_int64(context, a / b);
}

static void mod(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (sql_compute_any_null(count, arguments))
        return;
    if (sqlite3_value_double(arguments[1]) == 0) {
        sqlite3_result_error(context, "Division by zero", -1);
    } else if (sqlite3_value_type(arguments[0]) == SQLITE_INTEGER && sqlite3_value_type(arguments[1]) == SQLITE_INTEGER) {
        sqlite3_int64 b = sqlite3_value_int64(arguments[1]);

        sqlite3_result_int64(context, b == -1 ? 0 : sqlite3_value_int64(arguments[0]) % b);
    } else {
        answer_real(context, fmod(sqlite3_value_double(arguments[0]), sqlite3_value_double(arguments[1])));
    }
}

static void exp_(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (!sql_compute_any_null(count, arguments))
        answer_real(context, exp(sqlite3_value_double(arguments[0])));
}

static void ln(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (!sql_compute_any_null(count, arguments))
        answer_real(context, log(sqlite3_value_double(arguments[0])));
}

static void log10_(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (!sql_compute_any_null(count, arguments))
        answer_real(context, log10(sqlite3_value_double(arguments[0])));
}

static void power(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (!sql_compute_any_null(count, arguments))
        answer_real(context, pow(sqlite3_value_double(arguments[0]), sqlite3_value_double(arguments[1])));
}

static void sqrt_(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (!sql_compute_any_null(count, arguments))
        answer_real(context, sqrt(sqlite3_value_double(arguments[0])));
}

/* STEP(x BY y): x cut down to a multiple of y; times and intervals are whole milliseconds. */
static void step(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    double by;

    if (sql_compute_any_null(count, arguments))
        return;
    by = sqlite3_value_double(arguments[1]);
    if (by <= 0)
        sqlite3_result_error(context, "STEP needs a step above zero", -1);
    else if (sqlite3_value_type(arguments[0]) == SQLITE_INTEGER && sqlite3_value_type(arguments[1]) == SQLITE_INTEGER) {
        sqlite3_int64 a = sqlite3_value_int64(arguments[0]);
        sqlite3_int64 b = sqlite3_value_int64(arguments[1]);
        sqlite3_int64 rest = a % b;

        sqlite3_result_int64(context, a - rest - (rest < 0 && a >= INT64_MIN + b ? b : 0));
    } else {
        answer_real(context, floor(sqlite3_value_double(arguments[0]) / by) * by);
    }
}

static void whole(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    double real;

    if (sql_compute_any_null(count, arguments))
        return;
    real = sqlite3_value_double(arguments[0]);
    if (fabs(real) > 9e18)
        sql_compute_out_of_range(context);
    else if (sqlite3_value_type(arguments[0]) == SQLITE_INTEGER)
        sqlite3_result_int64(context, sqlite3_value_int64(arguments[0]));
    else
        sqlite3_result_int64(context, llround(real));
}

const struct sql_computation sql_compute_numbers[] = {
    { "sql_divide", 2, divide },
    { "sql_divide_whole", 2, divide_whole },
    { "sql_mod", 2, mod },
    { "sql_exp", 1, exp_ },
    { "sql_ln", 1, ln },
    { "sql_log10", 1, log10_ },
    { "sql_power", 2, power },
    { "sql_sqrt", 1, sqrt_ },
    { "sql_step", 2, step },
    { "sql_whole", 1, whole },
    { 0 },
};
