/* The functions of the dialect: first what they take and give, then how those of ours compute. */

#include "analytics/function.h"

#include "analytics/similar.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct sql_function functions[] = {
    { "ABS", "N", RESULT_FIRST, SQL_ANY, "abs" },
    { "CEIL", "N", RESULT_FIRST, SQL_ANY, "ceil" },
    { "CEILING", "N", RESULT_FIRST, SQL_ANY, "ceil" },
    { "FLOOR", "N", RESULT_FIRST, SQL_ANY, "floor" },
    { "EXP", "N", RESULT_TYPE, SQL_DOUBLE, "sql_exp" },
    { "LN", "N", RESULT_TYPE, SQL_DOUBLE, "sql_ln" },
    { "LOG10", "N", RESULT_TYPE, SQL_DOUBLE, "sql_log10" },
    { "MOD", "NN", RESULT_COMMON, SQL_ANY, "sql_mod" },
    { "POWER", "NN", RESULT_TYPE, SQL_DOUBLE, "sql_power" },
    { "SQRT", "N", RESULT_TYPE, SQL_DOUBLE, "sql_sqrt" },
    { "STEP", "NN", RESULT_FIRST, SQL_ANY, "sql_step" },
    { "UPPER", "C", RESULT_FIRST, SQL_ANY, "sql_upper" },
    { "LOWER", "C", RESULT_FIRST, SQL_ANY, "sql_lower" },
    { "INITCAP", "C", RESULT_FIRST, SQL_ANY, "sql_initcap" },
    { "TRIM", "C?C", RESULT_TYPE, SQL_VARCHAR, NULL },
    { "SUBSTRING", "CN?N", RESULT_TYPE, SQL_VARCHAR, "sql_substring" },
    { "POSITION", "CC", RESULT_TYPE, SQL_INTEGER, NULL },
    { "CHAR_LENGTH", "C", RESULT_TYPE, SQL_INTEGER, "length" },
    { "CHARACTER_LENGTH", "C", RESULT_TYPE, SQL_INTEGER, "length" },
    { "COALESCE", "A*", RESULT_COMMON, SQL_ANY, NULL },
    { "NULLIF", "AA", RESULT_COMMON, SQL_ANY, "nullif" },
    { "UNIX_TIMESTAMP", "T", RESULT_TYPE, SQL_BIGINT, NULL },
    { "TO_TIMESTAMP", "N", RESULT_TYPE, SQL_TIMESTAMP, "sql_whole" },
    { "TSDIFF", "TT", RESULT_TYPE, SQL_BIGINT, "sql_tsdiff" },
    { "EXTRACT", "T", RESULT_TYPE, SQL_BIGINT, NULL },
    { "CHAR_TO_TIMESTAMP", "CC", RESULT_TYPE, SQL_TIMESTAMP, "sql_char_to_time" },
    { "CHAR_TO_DATE", "CC", RESULT_TYPE, SQL_DATE, "sql_char_to_time" },
    { "CHAR_TO_TIME", "CC", RESULT_TYPE, SQL_TIME, "sql_char_to_time" },
    { "TIMESTAMP_TO_CHAR", "CT", RESULT_TYPE, SQL_VARCHAR, "sql_time_to_char" },
    { "DATE_TO_CHAR", "CT", RESULT_TYPE, SQL_VARCHAR, "sql_time_to_char" },
    { "TIME_TO_CHAR", "CH", RESULT_TYPE, SQL_VARCHAR, "sql_time_to_char" },
};

const struct sql_function *sql_function_find(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (!strcmp(functions[i].name, name))
            return &functions[i];
    return NULL;
}

/* ---- how ours compute ---- */

static bool is_null(sqlite3_value *value)
{
    return sqlite3_value_type(value) == SQLITE_NULL;
}

/* True when one of the arguments is NULL: then the answer, which is NULL without a word, stands already. */
static bool any_null(int count, sqlite3_value **arguments)
{
    for (int i = 0; i < count; i++)
        if (is_null(arguments[i]))
            return true;
    return false;
}

static void answer_real(sqlite3_context *context, double real)
{
    if (isfinite(real))
        sqlite3_result_double(context, real);
    else
        sqlite3_result_error(context, "Value is out of range for its type", -1);
}

static void divide(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (any_null(count, arguments))
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

    if (any_null(count, arguments))
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
    if (any_null(count, arguments))
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
    if (!any_null(count, arguments))
        answer_real(context, exp(sqlite3_value_double(arguments[0])));
}

static void ln(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (!any_null(count, arguments))
        answer_real(context, log(sqlite3_value_double(arguments[0])));
}

static void log10_(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (!any_null(count, arguments))
        answer_real(context, log10(sqlite3_value_double(arguments[0])));
}

static void power(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (!any_null(count, arguments))
        answer_real(context, pow(sqlite3_value_double(arguments[0]), sqlite3_value_double(arguments[1])));
}

static void sqrt_(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (!any_null(count, arguments))
        answer_real(context, sqrt(sqlite3_value_double(arguments[0])));
}

/* STEP(x BY y): x cut down to a multiple of y; times and intervals are whole milliseconds. */
static void step(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    double by;

    if (any_null(count, arguments))
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

    if (any_null(count, arguments))
        return;
    real = sqlite3_value_double(arguments[0]);
    if (fabs(real) > 9e18)
        sqlite3_result_error(context, "Value is out of range for its type", -1);
    else if (sqlite3_value_type(arguments[0]) == SQLITE_INTEGER)
        sqlite3_result_int64(context, sqlite3_value_int64(arguments[0]));
    else
        sqlite3_result_int64(context, llround(real));
}

/* ---- text ---- */

enum letters { LETTERS_UPPER, LETTERS_LOWER, LETTERS_CAPITAL };

/* Letters of ASCII alone change: what upper case is beyond it is a question of language. */
static void change_case(sqlite3_context *context, sqlite3_value *argument, enum letters letters)
{
    const unsigned char *text = sqlite3_value_text(argument);
    int size = sqlite3_value_bytes(argument);
    bool is_first = true;
    char *changed;

    if (!text)
        return;
    changed = memory_copy(text, (size_t)size);
    for (int i = 0; i < size; i++) {
        bool is_upper = letters == LETTERS_UPPER || (letters == LETTERS_CAPITAL && is_first);
        char c = changed[i];

        if (is_upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z')
            changed[i] = (char)(c ^ 0x20);
        is_first = !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80));
    }
    sqlite3_result_text(context, changed, size, free);
}

static void upper(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    change_case(context, arguments[0], LETTERS_UPPER);
}

static void lower(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    change_case(context, arguments[0], LETTERS_LOWER);
}

static void initcap(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    change_case(context, arguments[0], LETTERS_CAPITAL);
}

static int character_size(const char *text, int left)
{
    int size = 1;

    while (size < left && ((unsigned char)text[size] & 0xc0) == 0x80)
        size++;
    return size;
}

/* SQL's SUBSTRING: characters from..from+length-1, counted from 1, as far as the text has them. */
static void substring(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    const char *text;
    double from, end, at = 1;
    int size, first;

    if (any_null(count, arguments))
        return;
    from = sqlite3_value_double(arguments[1]);
    end = count > 2 ? from + sqlite3_value_double(arguments[2]) : INFINITY;
    if (end < from) {
        sqlite3_result_error(context, "SUBSTRING has a negative length", -1);
        return;
    }
    text = (const char *)sqlite3_value_text(arguments[0]);
    size = sqlite3_value_bytes(arguments[0]);
    if (!text)
        return;
    for (first = 0; first < size && at < from; at++)
        first += character_size(text + first, size - first);
    int last = first;
    for (; last < size && at < end; at++)
        last += character_size(text + last, size - last);
    sqlite3_result_text(context, text + first, last - first, SQLITE_TRANSIENT);
}

/* sql_similar(text, pattern [, escape]). Each row is a run of its statement, so sqlite could not keep a compiled pattern from row to row.
 */
static void similar(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    const char *text, *pattern, *escape;
    struct similar *compiled;

    if (any_null(count, arguments))
        return;
    text = (const char *)sqlite3_value_text(arguments[0]);
    pattern = (const char *)sqlite3_value_text(arguments[1]);
    escape = count > 2 ? (const char *)sqlite3_value_text(arguments[2]) : NULL;
    if (!text || !pattern) {
        sqlite3_result_error_nomem(context);
        return;
    }
    compiled = similar_open(pattern, (size_t)sqlite3_value_bytes(arguments[1]), escape ? (unsigned char)*escape : 0);
    if (compiled)
        sqlite3_result_int(context, similar_matches(compiled, text, (size_t)sqlite3_value_bytes(arguments[0])));
    else
        sqlite3_result_error(context, "The pattern of SIMILAR TO is malformed", -1);
    similar_close(compiled);
}

/* ---- times ---- */

/* Times beyond the year 33,000 or so are not computed with, which keeps the calendar's arithmetic in range. */
static bool is_moment(sqlite3_context *context, sqlite3_value *value)
{
    sqlite3_int64 ms = sqlite3_value_int64(value);

    if (ms <= 1000000000000000 && ms >= -1000000000000000)
        return true;
    sqlite3_result_error(context, "Value is out of range for its type", -1);
    return false;
}

static void add_months(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    sqlite3_int64 months;

    if (any_null(count, arguments) || !is_moment(context, arguments[0]))
        return;
    months = sqlite3_value_int64(arguments[1]);
    if (months > 120000 || months < -120000)
        sqlite3_result_error(context, "Value is out of range for its type", -1);
    else
        sqlite3_result_int64(context, moment_add_months(sqlite3_value_int64(arguments[0]), months * sqlite3_value_int64(arguments[2])));
}

static void floor_time(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (!any_null(count, arguments) && is_moment(context, arguments[0]))
        sqlite3_result_int64(context, moment_floor(sqlite3_value_int64(arguments[0]), sqlite3_value_int(arguments[1])));
}

static void ceil_time(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    enum moment_unit unit;
    int64_t ms, floored;

    if (any_null(count, arguments) || !is_moment(context, arguments[0]))
        return;
    ms = sqlite3_value_int64(arguments[0]);
    unit = sqlite3_value_int(arguments[1]);
    floored = moment_floor(ms, unit);
    if (floored < ms)
        floored = moment_unit_ms(unit) ? floored + moment_unit_ms(unit) : moment_add_months(floored, unit == UNIT_YEAR ? 12 : 1);
    sqlite3_result_int64(context, floored);
}

static void extract(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct moment moment;

    if (any_null(count, arguments) || !is_moment(context, arguments[0]))
        return;
    moment = moment_split(sqlite3_value_int64(arguments[0]));
    switch ((enum moment_unit)sqlite3_value_int(arguments[1])) {
    case UNIT_YEAR:
        sqlite3_result_int64(context, moment.year);
        break;
    case UNIT_MONTH:
        sqlite3_result_int64(context, moment.month);
        break;
    case UNIT_DAY:
        sqlite3_result_int64(context, moment.day);
        break;
    case UNIT_HOUR:
        sqlite3_result_int64(context, moment.hour);
        break;
    case UNIT_MINUTE:
        sqlite3_result_int64(context, moment.minute);
        break;
    case UNIT_SECOND:
        sqlite3_result_int64(context, moment.second);
        break;
    case UNIT_MILLISECOND:
        sqlite3_result_int64(context, moment.millisecond);
        break;
    case UNIT_NONE:
    case UNIT_COUNT:
        break;
    }
}

/* TSDIFF(start, end): milliseconds from the one to the other. */
static void tsdiff(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (!any_null(count, arguments) && is_moment(context, arguments[0]) && is_moment(context, arguments[1]))
        sqlite3_result_int64(context, sqlite3_value_int64(arguments[1]) - sqlite3_value_int64(arguments[0]));
}

static void char_to_time(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    const char *pattern, *text;
    int64_t ms;

    if (any_null(count, arguments))
        return;
    pattern = (const char *)sqlite3_value_text(arguments[0]);
    text = (const char *)sqlite3_value_text(arguments[1]);
    if (pattern && text && moment_parse(pattern, text, (size_t)sqlite3_value_bytes(arguments[1]), &ms))
        sqlite3_result_int64(context, ms);
    else
        sqlite3_result_error(context, "Value does not follow the pattern of its time", -1);
}

static void time_to_char(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    const char *pattern;
    char text[512];

    if (any_null(count, arguments) || !is_moment(context, arguments[1]))
        return;
    pattern = (const char *)sqlite3_value_text(arguments[0]);
    if (pattern && moment_format(pattern, sqlite3_value_int64(arguments[1]), text, sizeof text))
        sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
    else
        sqlite3_result_error(context, "A pattern of time is not understood", -1);
}

/* ---- CAST ---- */

static struct value take_value(sqlite3_value *from)
{
    struct value value = { 0 };

    switch (sqlite3_value_type(from)) {
    case SQLITE_INTEGER:
        return value_integer(sqlite3_value_int64(from));
    case SQLITE_FLOAT:
        return value_real(sqlite3_value_double(from));
    case SQLITE_TEXT:
        value.kind = VALUE_TEXT;
        value.bytes = (const char *)sqlite3_value_text(from);
        break;
    case SQLITE_BLOB:
        value.kind = VALUE_BYTES;
        value.bytes = sqlite3_value_blob(from);
        break;
    default:
        return value;
    }
    value.size_bytes = (size_t)sqlite3_value_bytes(from);
    return value;
}

static void answer_value(sqlite3_context *context, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        sqlite3_result_null(context);
        break;
    case VALUE_INTEGER:
        sqlite3_result_int64(context, value->integer);
        break;
    case VALUE_REAL:
        sqlite3_result_double(context, value->real);
        break;
    case VALUE_TEXT:
        sqlite3_result_text(context, value->bytes, (int)value->size_bytes, SQLITE_TRANSIENT);
        break;
    case VALUE_BYTES:
        sqlite3_result_blob(context, value->bytes, (int)value->size_bytes, SQLITE_TRANSIENT);
        break;
    }
}

/* sql_cast(value, kind, scale, to kind, to length, to scale) */
static void cast(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct arena arena = { 0 };
    struct sql_type from = { .kind = sqlite3_value_int(arguments[1]), .scale = sqlite3_value_int(arguments[2]) };
    struct sql_type to = { sqlite3_value_int(arguments[3]), sqlite3_value_int(arguments[4]), sqlite3_value_int(arguments[5]) };
    struct value value = take_value(arguments[0]);
    misfit why = value_cast(&value, &from, &to, &arena);

    (void)count;
    if (why)
        sqlite3_result_error(context, why, -1);
    else
        answer_value(context, &value);
    arena_clear(&arena);
}

/* None is declared deterministic: sqlite would then compute calls ahead of the CASE or AND that guards them, and a guarded division by zero
 * would fail its row. */
int sql_function_register(sqlite3 *handle)
{
    static const struct {
        const char *name;
        int count;
        void (*function)(sqlite3_context *context, int count, sqlite3_value **arguments);
    } ours[] = { { "sql_divide", 2, divide },
                 { "sql_divide_whole", 2, divide_whole },
                 { "sql_mod", 2, mod },
                 { "sql_exp", 1, exp_ },
                 { "sql_ln", 1, ln },
                 { "sql_log10", 1, log10_ },
                 { "sql_power", 2, power },
                 { "sql_sqrt", 1, sqrt_ },
                 { "sql_step", 2, step },
                 { "sql_whole", 1, whole },
                 { "sql_upper", 1, upper },
                 { "sql_lower", 1, lower },
                 { "sql_initcap", 1, initcap },
                 { "sql_substring", -1, substring },
                 { "sql_add_months", 3, add_months },
                 { "sql_floor_time", 2, floor_time },
                 { "sql_ceil_time", 2, ceil_time },
                 { "sql_extract", 2, extract },
                 { "sql_tsdiff", 2, tsdiff },
                 { "sql_char_to_time", 2, char_to_time },
                 { "sql_time_to_char", 2, time_to_char },
                 { "sql_cast", 6, cast },
                 { "sql_similar", -1, similar } };

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        int code = sqlite3_create_function_v2(handle, ours[i].name, ours[i].count, SQLITE_UTF8, NULL, ours[i].function, NULL, NULL, NULL);

        if (code != SQLITE_OK)
            return code;
    }
    return SQLITE_OK;
}
