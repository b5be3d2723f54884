/* SQL types and the conversions between their values. */

#include "analytics/type.h"

#include "analytics/moment.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const kind_names[] = { [SQL_ANY] = "NULL",
                                          [SQL_BOOLEAN] = "BOOLEAN",
                                          [SQL_TINYINT] = "TINYINT",
                                          [SQL_SMALLINT] = "SMALLINT",
                                          [SQL_INTEGER] = "INTEGER",
                                          [SQL_BIGINT] = "BIGINT",
                                          [SQL_DECIMAL] = "DECIMAL",
                                          [SQL_REAL] = "REAL",
                                          [SQL_DOUBLE] = "DOUBLE",
                                          [SQL_CHAR] = "CHAR",
                                          [SQL_VARCHAR] = "VARCHAR",
                                          [SQL_BINARY] = "BINARY",
                                          [SQL_VARBINARY] = "VARBINARY",
                                          [SQL_DATE] = "DATE",
                                          [SQL_TIME] = "TIME",
                                          [SQL_TIMESTAMP] = "TIMESTAMP",
                                          [SQL_INTERVAL] = "INTERVAL DAY TO SECOND",
                                          [SQL_INTERVAL_MONTHS] = "INTERVAL YEAR TO MONTH" };

static const char out_of_range[] = "Value is out of range for its type";

struct sql_type sql_type_of(enum sql_kind kind)
{
    return (struct sql_type){ .kind = kind };
}

enum sql_family sql_type_family(const struct sql_type *type)
{
    static const enum sql_family families[] = { [SQL_ANY] = FAMILY_ANY,           [SQL_BOOLEAN] = FAMILY_BOOLEAN,
                                                [SQL_TINYINT] = FAMILY_NUMERIC,   [SQL_SMALLINT] = FAMILY_NUMERIC,
                                                [SQL_INTEGER] = FAMILY_NUMERIC,   [SQL_BIGINT] = FAMILY_NUMERIC,
                                                [SQL_DECIMAL] = FAMILY_NUMERIC,   [SQL_REAL] = FAMILY_NUMERIC,
                                                [SQL_DOUBLE] = FAMILY_NUMERIC,    [SQL_CHAR] = FAMILY_CHARACTER,
                                                [SQL_VARCHAR] = FAMILY_CHARACTER, [SQL_BINARY] = FAMILY_BINARY,
                                                [SQL_VARBINARY] = FAMILY_BINARY,  [SQL_DATE] = FAMILY_DATETIME,
                                                [SQL_TIME] = FAMILY_TIME,         [SQL_TIMESTAMP] = FAMILY_DATETIME,
                                                [SQL_INTERVAL] = FAMILY_INTERVAL, [SQL_INTERVAL_MONTHS] = FAMILY_MONTHS };

    return families[type->kind];
}

bool sql_type_is_whole(const struct sql_type *type)
{
    return type->kind >= SQL_TINYINT && type->kind <= SQL_BIGINT;
}

const char *sql_type_print(const struct sql_type *type, struct arena *arena)
{
    const char *name = kind_names[type->kind];

    if (type->kind == SQL_DECIMAL && type->length)
        return arena_print(arena, "%s(%d, %d)", name, type->length, type->scale);
    return type->length ? arena_print(arena, "%s(%d)", name, type->length) : name;
}

struct value value_integer(int64_t integer)
{
    return (struct value){ .kind = VALUE_INTEGER, .integer = integer };
}

struct value value_real(double real)
{
    return (struct value){ .kind = VALUE_REAL, .real = real };
}

struct value value_text(const char *text)
{
    return text ? (struct value){ .kind = VALUE_TEXT, .bytes = text, .size_bytes = strlen(text) } : (struct value){ 0 };
}

/* ---- numbers ---- */

static misfit fit_range(int64_t number, enum sql_kind kind)
{
    static const int64_t most[] = {
        [SQL_TINYINT] = INT8_MAX, [SQL_SMALLINT] = INT16_MAX, [SQL_INTEGER] = INT32_MAX, [SQL_BIGINT] = INT64_MAX
    };

    return number > most[kind] || number < -most[kind] - 1 ? out_of_range : NULL;
}

static misfit fit_whole(struct value *value, enum sql_kind kind)
{
    if (value->kind == VALUE_REAL) {
        double rounded = round(value->real);

        if (!(rounded >= -9223372036854775808.0 && rounded < 9223372036854775808.0))
            return out_of_range;
        *value = value_integer((int64_t)rounded);
    }
    return fit_range(value->integer, kind);
}

static misfit fit_decimal(struct value *value, const struct sql_type *type)
{
    double unit;

    if (value->kind == VALUE_INTEGER)
        *value = value_real((double)value->integer);
    if (!type->length)
        return NULL;
    unit = pow(10, type->scale);
    if (fabs(value->real) < 1e15)
        value->real = round(value->real * unit) / unit;
    return fabs(value->real) >= pow(10, type->length - type->scale) ? out_of_range : NULL;
}

static misfit fit_approximate(struct value *value, enum sql_kind kind)
{
    if (value->kind == VALUE_INTEGER)
        *value = value_real((double)value->integer);
    if (kind == SQL_REAL && fabs(value->real) > FLT_MAX)
        return out_of_range;
    if (kind == SQL_REAL)
        value->real = (float)value->real;
    return NULL;
}

/* ---- text ---- */

/* Bytes of the first `length` characters, or of all; how many characters that is goes to count. */
static size_t cut(const struct value *value, int length, int *count)
{
    size_t at = 0;

    for (*count = 0; at < value->size_bytes; (*count)++) {
        if (length && *count == length)
            break;
        do
            at++;
        while (at < value->size_bytes && ((unsigned char)value->bytes[at] & 0xc0) == 0x80);
    }
    return at;
}

static misfit fit_text(struct value *value, const struct sql_type *type, struct arena *arena)
{
    int count;
    int length = type->kind == SQL_CHAR && !type->length ? 1 : type->length;

    value->size_bytes = cut(value, length, &count);
    if (type->kind == SQL_CHAR && count < length) {
        char *padded = arena_take(arena, value->size_bytes + (size_t)(length - count) + 1);

        if (value->size_bytes)
            memcpy(padded, value->bytes, value->size_bytes);
        memset(padded + value->size_bytes, ' ', (size_t)(length - count));
        value->bytes = padded;
        value->size_bytes += (size_t)(length - count);
    }
    return NULL;
}

static misfit fit_bytes(struct value *value, const struct sql_type *type, struct arena *arena)
{
    size_t length = (size_t)type->length;

    if (length && value->size_bytes > length)
        value->size_bytes = length;
    if (type->kind == SQL_BINARY && value->size_bytes < length) {
        char *padded = arena_take(arena, length);

        if (value->size_bytes)
            memcpy(padded, value->bytes, value->size_bytes);
        value->bytes = padded;
        value->size_bytes = length;
    }
    return NULL;
}

misfit value_fit(struct value *value, const struct sql_type *type, struct arena *arena)
{
    if (value->kind == VALUE_NULL)
        return NULL;
    switch (sql_type_family(type)) {
    case FAMILY_NUMERIC:
        if (value->kind != VALUE_INTEGER && value->kind != VALUE_REAL)
            return "Value is not a number";
        if (sql_type_is_whole(type))
            return fit_whole(value, type->kind);
        return type->kind == SQL_DECIMAL ? fit_decimal(value, type) : fit_approximate(value, type->kind);
    case FAMILY_CHARACTER:
        return value->kind == VALUE_TEXT ? fit_text(value, type, arena) : "Value is not a text";
    case FAMILY_BINARY:
        return value->kind == VALUE_BYTES ? fit_bytes(value, type, arena) : "Value is not binary";
    case FAMILY_DATETIME:
        if (value->kind == VALUE_INTEGER && type->kind == SQL_DATE)
            value->integer = moment_floor(value->integer, UNIT_DAY);
        return value->kind == VALUE_INTEGER ? NULL : "Value is not a date or time";
    case FAMILY_BOOLEAN:
    case FAMILY_TIME:
    case FAMILY_INTERVAL:
    case FAMILY_MONTHS:
        return value->kind == VALUE_INTEGER ? NULL : "Value has another type than its column";
    case FAMILY_ANY:
        break;
    }
    return NULL;
}

/* ---- text to values ---- */

static void trim(const char **text, size_t *size)
{
    while (*size && isspace((unsigned char)**text))
        (*text)++, (*size)--;
    while (*size && isspace((unsigned char)(*text)[*size - 1]))
        (*size)--;
}

/* SQL's numbers: a sign, digits with a point, an exponent. Nothing else that strtod reads (hex, inf, nan). */
static misfit read_number(const char *text, size_t size, struct value *value)
{
    char copy[64];
    char *end;

    trim(&text, &size);
    if (!size || size >= sizeof copy)
        return "Value is not a number";
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (strspn(copy, "+-0123456789.eE") != size)
        return "Value is not a number";
    if (text_to_int64(copy[0] == '+' ? copy + 1 : copy, &value->integer) && copy[1] != '-') {
        value->kind = VALUE_INTEGER;
        return NULL;
    }
    *value = value_real(strtod(copy, &end));
    if (*end || end == copy)
        return "Value is not a number";
    return isfinite(value->real) ? NULL : out_of_range;
}

static misfit read_boolean(const char *text, size_t size, struct value *value)
{
    trim(&text, &size);
    if (size == 4 && !strncasecmp(text, "true", 4))
        *value = value_integer(1);
    else if (size == 5 && !strncasecmp(text, "false", 5))
        *value = value_integer(0);
    else
        return "Value is not a BOOLEAN";
    return NULL;
}

/* Strings become numbers exactly or not at all: '123.4' is no INTEGER. */
static misfit read_exact(const char *text, size_t size, const struct sql_type *type, struct arena *arena, struct value *value)
{
    misfit why = read_number(text, size, value);

    if (!why && sql_type_is_whole(type) && value->kind == VALUE_REAL && value->real != floor(value->real))
        why = "Value is not a whole number";
    return why ? why : value_fit(value, type, arena);
}

static misfit read_moment(const char *text, size_t size, enum sql_kind kind, struct value *value)
{
    int64_t ms = 0;

    trim(&text, &size);
    if (kind == SQL_TIMESTAMP ? !moment_read_timestamp(text, size, &ms)
                              : (kind == SQL_DATE ? !moment_read_date(text, size, &ms) : !moment_read_time(text, size, &ms)))
        return kind == SQL_TIMESTAMP ? "Value is not a TIMESTAMP" : (kind == SQL_DATE ? "Value is not a DATE" : "Value is not a TIME");
    *value = value_integer(ms);
    return NULL;
}

misfit value_from_text(const char *text, size_t size_bytes, const struct sql_type *type, struct arena *arena, struct value *value)
{
    switch (sql_type_family(type)) {
    case FAMILY_NUMERIC:
        return read_exact(text, size_bytes, type, arena, value);
    case FAMILY_BOOLEAN:
        return read_boolean(text, size_bytes, value);
    case FAMILY_CHARACTER:
    case FAMILY_ANY:
        *value = (struct value){ .kind = VALUE_TEXT, .bytes = text, .size_bytes = size_bytes };
        return value_fit(value, type, arena);
    case FAMILY_BINARY:
        *value = (struct value){ .kind = VALUE_BYTES, .bytes = text, .size_bytes = size_bytes };
        return value_fit(value, type, arena);
    case FAMILY_DATETIME:
    case FAMILY_TIME:
        return read_moment(text, size_bytes, type->kind, value);
    case FAMILY_INTERVAL:
    case FAMILY_MONTHS:
        break;
    }
    return "Text cannot be read as an INTERVAL";
}

/* ---- values to text ---- */

void value_print_real(double real, char text[32])
{
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(text, 32, "%.*g", precision, real);
        if (strtod(text, NULL) == real)
            break;
    }
}

static const char *print_number(const struct value *value, struct arena *arena)
{
    char text[32];

    if (value->kind == VALUE_INTEGER)
        return arena_print(arena, "%lld", (long long)value->integer);
    value_print_real(value->real, text);
    return arena_text(arena, text);
}

static const char *print_moment(int64_t ms, enum sql_kind kind, struct arena *arena)
{
    char text[MOMENT_TEXT_SIZE];

    (kind == SQL_TIMESTAMP ? moment_print_timestamp : (kind == SQL_DATE ? moment_print_date : moment_print_time))(ms, text);
    return arena_text(arena, text);
}

/* As SQL prints them: "3 04:05:06.789" and "1-02". */
static const char *print_interval(int64_t count, enum sql_kind kind, struct arena *arena)
{
    const char *sign = count < 0 ? "-" : "";
    uint64_t size = count < 0 ? 0 - (uint64_t)count : (uint64_t)count;

    if (kind == SQL_INTERVAL_MONTHS)
        return arena_print(arena, "%s%llu-%02llu", sign, (unsigned long long)(size / 12), (unsigned long long)(size % 12));
    return arena_print(arena, "%s%llu %02llu:%02llu:%02llu.%03llu", sign, (unsigned long long)(size / 86400000),
                       (unsigned long long)(size / 3600000 % 24), (unsigned long long)(size / 60000 % 60),
                       (unsigned long long)(size / 1000 % 60), (unsigned long long)(size % 1000));
}

const char *value_print(const struct value *value, const struct sql_type *type, struct arena *arena)
{
    if (value->kind == VALUE_NULL)
        return NULL;
    if (value->kind == VALUE_TEXT || value->kind == VALUE_BYTES)
        return arena_copy(arena, value->bytes, value->size_bytes);
    switch (sql_type_family(type)) {
    case FAMILY_BOOLEAN:
        return value->integer ? "TRUE" : "FALSE";
    case FAMILY_DATETIME:
    case FAMILY_TIME:
        return print_moment(value->integer, type->kind, arena);
    case FAMILY_INTERVAL:
    case FAMILY_MONTHS:
        return print_interval(value->integer, type->kind, arena);
    case FAMILY_NUMERIC:
    case FAMILY_CHARACTER:
    case FAMILY_BINARY:
    case FAMILY_ANY:
        break;
    }
    return print_number(value, arena);
}

/* ---- CAST ---- */

static misfit cast_to_text(struct value *value, const struct sql_type *from, const struct sql_type *to, struct arena *arena)
{
    struct value text = value_text(value_print(value, from, arena));

    if (to->length && text.size_bytes > (size_t)to->length)
        return "Value does not fit into the length of its type";
    *value = text;
    return value_fit(value, to, arena);
}

/* Between DATE, TIME and TIMESTAMP, milliseconds are cut or kept; TIME has the day of the epoch. */
static void cast_moment(struct value *value, enum sql_kind from, enum sql_kind to)
{
    if (to == SQL_DATE && from != SQL_TIME)
        value->integer = moment_floor(value->integer, UNIT_DAY);
    else if (to == SQL_TIME)
        value->integer -= moment_floor(value->integer, UNIT_DAY);
}

misfit value_cast(struct value *value, const struct sql_type *from, const struct sql_type *to, struct arena *arena)
{
    struct value source = *value;
    enum sql_family from_family = sql_type_family(from);
    enum sql_family to_family = sql_type_family(to);

    if (value->kind == VALUE_NULL)
        return NULL;
    if (source.kind == VALUE_TEXT && to_family != FAMILY_CHARACTER)
        return value_from_text(source.bytes, source.size_bytes, to, arena, value);
    if (to_family == FAMILY_CHARACTER && source.kind != VALUE_TEXT)
        return cast_to_text(value, from, to, arena);
    if (from_family == FAMILY_DATETIME || from_family == FAMILY_TIME)
        cast_moment(value, from->kind, to->kind);
    if (from_family == FAMILY_INTERVAL && to_family == FAMILY_NUMERIC && value->kind == VALUE_INTEGER && from->scale)
        value->integer /= moment_unit_ms((enum moment_unit)from->scale); /* counted in the interval's own unit */
    return value_fit(value, to, arena);
}
