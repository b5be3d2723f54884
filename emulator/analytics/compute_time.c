/* Times are whole milliseconds since the epoch. */

#include "analytics/compute.h"

#include "analytics/moment.h"

/* Times beyond the year 33,000 or so are not computed with, which keeps the calendar's arithmetic in range. */
static bool is_moment(sqlite3_context *context, sqlite3_value *value)
{
    sqlite3_int64 ms = sqlite3_value_int64(value);

    if (ms <= 1000000000000000 && ms >= -1000000000000000)
        return true;
    sql_compute_out_of_range(context);
    return false;
}

static void add_months(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    sqlite3_int64 months;

    if (sql_compute_any_null(count, arguments) || !is_moment(context, arguments[0]))
        return;
    months = sqlite3_value_int64(arguments[1]);
    if (months > 120000 || months < -120000)
        sql_compute_out_of_range(context);
    else
        sqlite3_result_int64(context, moment_add_months(sqlite3_value_int64(arguments[0]), months * sqlite3_value_int64(arguments[2])));
}

static void floor_time(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    if (!sql_compute_any_null(count, arguments) && is_moment(context, arguments[0]))
        sqlite3_result_int64(context, moment_floor(sqlite3_value_int64(arguments[0]), sqlite3_value_int(arguments[1])));
}

static void ceil_time(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    enum moment_unit unit;
    int64_t ms, floored;

    if (sql_compute_any_null(count, arguments) || !is_moment(context, arguments[0]))
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

    if (sql_compute_any_null(count, arguments) || !is_moment(context, arguments[0]))
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
    if (!sql_compute_any_null(count, arguments) && is_moment(context, arguments[0]) && is_moment(context, arguments[1]))
        sqlite3_result_int64(context, sqlite3_value_int64(arguments[1]) - sqlite3_value_int64(arguments[0]));
}

static void char_to_time(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    const char *pattern, *text;
    int64_t ms;

    if (sql_compute_any_null(count, arguments))
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

    if (sql_compute_any_null(count, arguments) || !is_moment(context, arguments[1]))
        return;
    pattern = (const char *)sqlite3_value_text(arguments[0]);
    if (pattern && moment_format(pattern, sqlite3_value_int64(arguments[1]), text, sizeof text))
        sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
    else
        sqlite3_result_error(context, "A pattern of time is not understood", -1);
}

const struct sql_computation sql_compute_times[] = {
    { "sql_add_months", 3, add_months },
    { "sql_floor_time", 2, floor_time },
    { "sql_ceil_time", 2, ceil_time },
    { "sql_extract", 2, extract },
    { "sql_tsdiff", 2, tsdiff },
    { "sql_char_to_time", 2, char_to_time },
    { "sql_time_to_char", 2, time_to_char },
    { 0 },
};
