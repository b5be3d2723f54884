#pragma once
/* Dates and times of SQL as milliseconds since the epoch, UTC, proleptic Gregorian calendar. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOMENT_TEXT_SIZE = 48 };

enum moment_unit { UNIT_NONE, UNIT_YEAR, UNIT_MONTH, UNIT_DAY, UNIT_HOUR, UNIT_MINUTE, UNIT_SECOND, UNIT_MILLISECOND, UNIT_COUNT };

static const int64_t MOMENT_DAY_MS = 86400000;

struct moment {
    int64_t year;
    int month, day; /* from 1 */
    int hour, minute, second, millisecond;
};

/* "SECOND" to its unit; UNIT_NONE for anything else. */
enum moment_unit moment_unit_find(const char *name);

/* Milliseconds in a unit of DAY or smaller; 0 for YEAR and MONTH. */
int64_t moment_unit_ms(enum moment_unit unit);

struct moment moment_split(int64_t ms);
int64_t moment_join(const struct moment *moment);

/* "1992-02-14", "1992-02-14 18:35[:44[.123456]]", with 'T' for the space, with 'Z' or "+02:00" behind it. */
bool moment_read_timestamp(const char *text, size_t size, int64_t *ms);
bool moment_read_date(const char *text, size_t size, int64_t *ms); /* "1992-02-14" alone */
bool moment_read_time(const char *text, size_t size, int64_t *ms); /* "18:35:44[.123]" alone */

/* "1992-02-14 18:35:44.0": at least one digit behind the point, and no zeros after it. */
void moment_print_timestamp(int64_t ms, char text[MOMENT_TEXT_SIZE]);
void moment_print_date(int64_t ms, char text[MOMENT_TEXT_SIZE]);
void moment_print_time(int64_t ms, char text[MOMENT_TEXT_SIZE]);

/* The beginning of the unit in which ms lies. */
int64_t moment_floor(int64_t ms, enum moment_unit unit);

/* ms moved by whole months; the day is cut to the length of the month that it comes to. */
int64_t moment_add_months(int64_t ms, int64_t months);

/* Java's date patterns, as CHAR_TO_TIMESTAMP and TIMESTAMP_TO_CHAR take them: yyyy MM dd HH mm ss SSS (any number of each letter), 'quoted
 * text', and punctuation. moment_parse reads size bytes of text; false when they do not follow the pattern. moment_format writes at most
 * capacity - 1 bytes and a NUL; false when the pattern has other letters or the text is too long. */
bool moment_parse(const char *pattern, const char *text, size_t size, int64_t *ms);
bool moment_format(const char *pattern, int64_t ms, char *text, size_t capacity);
