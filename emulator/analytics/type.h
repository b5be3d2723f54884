#pragma once
/* The SQL types of in-application streams, and what values of them look like inside: sqlite's own five storage classes.
 *
 * Whole numbers and BOOLEAN are INTEGER; DECIMAL, REAL and DOUBLE are REAL (a DECIMAL beyond 15 digits is rounded); DATE, TIME, TIMESTAMP
 * and day-time intervals are INTEGER milliseconds, year-month intervals INTEGER months. sqlite types nothing for us: every value is made to
 * fit its declared type where it enters a stream. */

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sql_kind {
    SQL_ANY = 0, /* a NULL literal, or a column of a table that is not known yet */
    SQL_BOOLEAN,
    SQL_TINYINT,
    SQL_SMALLINT,
    SQL_INTEGER,
    SQL_BIGINT,
    SQL_DECIMAL,
    SQL_REAL,
    SQL_DOUBLE,
    SQL_CHAR,
    SQL_VARCHAR,
    SQL_BINARY,
    SQL_VARBINARY,
    SQL_DATE,
    SQL_TIME,
    SQL_TIMESTAMP,
    SQL_INTERVAL,       /* day-time */
    SQL_INTERVAL_MONTHS /* year-month */
};

/* Types that may be compared with, and assigned to, each other. */
enum sql_family {
    FAMILY_ANY,
    FAMILY_BOOLEAN,
    FAMILY_NUMERIC,
    FAMILY_CHARACTER,
    FAMILY_BINARY,
    FAMILY_DATETIME,
    FAMILY_TIME,
    FAMILY_INTERVAL,
    FAMILY_MONTHS
};

struct sql_type {
    enum sql_kind kind;
    int length; /* characters, bytes, or digits of a DECIMAL; 0: none given */
    int scale;  /* digits of a DECIMAL behind the point; the last unit of an interval (enum moment_unit) */
};

enum value_kind { VALUE_NULL = 0, VALUE_INTEGER, VALUE_REAL, VALUE_TEXT, VALUE_BYTES };

struct value {
    enum value_kind kind;
    union {
        int64_t integer;
        double real;
        struct {
            const char *bytes; /* TEXT (well-formed UTF-8) and BYTES; not ended by a NUL; borrowed */
            size_t size_bytes;
        };
    };
};

/* Why a value did not fit, for error_stream. Static text. */
typedef const char *misfit; /* NULL: it fits */

/* The type of that kind, without length or scale. */
struct sql_type sql_type_of(enum sql_kind kind);

enum sql_family sql_type_family(const struct sql_type *type);
bool sql_type_is_whole(const struct sql_type *type); /* TINYINT to BIGINT */

/* "VARCHAR(32)" in arena. */
const char *sql_type_print(const struct sql_type *type, struct arena *arena);

struct value value_integer(int64_t integer);
struct value value_real(double real);
struct value value_text(const char *text); /* borrowed; NULL gives NULL */

/* Makes value, which is of type's family already, fit into type, as an assignment does: numbers are rounded to the scale and refused when
 * out of range; text and bytes are cut silently to the length, and CHAR is padded. New bytes live in arena. */
misfit value_fit(struct value *value, const struct sql_type *type, struct arena *arena);

/* CAST(value AS to) for a value of type `from`. A number, date or time that does not fit into the length of a text type is refused. */
misfit value_cast(struct value *value, const struct sql_type *from, const struct sql_type *to, struct arena *arena);

/* The value of type that text says; text may have spaces around it, except for text types. */
misfit value_from_text(const char *text, size_t size_bytes, const struct sql_type *type, struct arena *arena, struct value *value);

/* Value as text: a number in the fewest digits that give it back, TRUE/FALSE, "2024-05-06 07:08:09.5", ...; NULL for NULL. */
const char *value_print(const struct value *value, const struct sql_type *type, struct arena *arena);

/* A double in the fewest digits that give it back, as JSON and SQL both read it. */
void value_print_real(double real, char text[32]);
