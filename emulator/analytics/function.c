/* The functions of the dialect: what they take and give. */

#include "analytics/function.h"

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
