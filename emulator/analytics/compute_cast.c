/* CAST, by AWS's rules of conversion. */

#include "analytics/compute.h"

#include "analytics/type.h"

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

const struct sql_computation sql_compute_cast[] = {
    { "sql_cast", 6, cast },
    { 0 },
};
