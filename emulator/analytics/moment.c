/* Calendar arithmetic and the text forms of dates and times. */

#include "analytics/moment.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const unit_names[UNIT_COUNT] = { NULL, "YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND" };

enum moment_unit moment_unit_find(const char *name)
{
    for (int unit = UNIT_YEAR; unit < UNIT_COUNT; unit++)
        if (!strcmp(unit_names[unit], name))
            return unit;
    return UNIT_NONE;
}

int64_t moment_unit_ms(enum moment_unit unit)
{
    static const int64_t ms[UNIT_COUNT] = {
        [UNIT_DAY] = 86400000, [UNIT_HOUR] = 3600000, [UNIT_MINUTE] = 60000, [UNIT_SECOND] = 1000, [UNIT_MILLISECOND] = 1
    };

    return ms[unit];
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int64_t year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from year 0, counted in years that begin with March, so that the leap day is the last of its year. */
static int64_t days_before(int64_t year, int month, int day)
{
    int64_t march_year = month > 2 ? year : year - 1;
    int64_t march_month = month > 2 ? month - 3 : month + 9;

    return march_year * 365 + floor_divide(march_year, 4) - floor_divide(march_year, 100) + floor_divide(march_year, 400) +
           (march_month * 153 + 2) / 5 + day - 1;
}

static int64_t epoch_days(int64_t year, int month, int day)
{
    return days_before(year, month, day) - days_before(1970, 1, 1);
}

int64_t moment_join(const struct moment *moment)
{
    return epoch_days(moment->year, moment->month, moment->day) * MOMENT_DAY_MS + moment->hour * 3600000LL + moment->minute * 60000LL +
           moment->second * 1000LL + moment->millisecond;
}

/* The year is guessed by its mean length and then set right, which takes at most one step either way. */
static void split_days(int64_t days, struct moment *moment)
{
    moment->year = 1970 + floor_divide(days * 400, 146097);
    while (epoch_days(moment->year, 1, 1) > days)
        moment->year--;
    while (epoch_days(moment->year + 1, 1, 1) <= days)
        moment->year++;
    days -= epoch_days(moment->year, 1, 1);
    moment->month = 1;
    while (days >= month_days(moment->year, moment->month))
        days -= month_days(moment->year, moment->month++);
    moment->day = (int)days + 1;
}

struct moment moment_split(int64_t ms)
{
    struct moment moment = { 0 };
    int64_t days = floor_divide(ms, MOMENT_DAY_MS);
    int64_t left = ms - days * MOMENT_DAY_MS;

    split_days(days, &moment);
    moment.hour = (int)(left / 3600000);
    moment.minute = (int)(left / 60000 % 60);
    moment.second = (int)(left / 1000 % 60);
    moment.millisecond = (int)(left % 1000);
    return moment;
}

/* ---- reading ---- */

struct scan {
    const char *at;
    const char *end;
};

static bool take(struct scan *scan, char c)
{
    if (scan->at == scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

static bool digits(struct scan *scan, int least, int most, int *number)
{
    int count = 0;

    *number = 0;
    while (scan->at < scan->end && count < most && isdigit((unsigned char)*scan->at)) {
        *number = *number * 10 + *scan->at++ - '0';
        count++;
    }
    return count >= least;
}

static bool read_date(struct scan *scan, struct moment *moment)
{
    int year;

    if (!digits(scan, 4, 4, &year) || !take(scan, '-') || !digits(scan, 1, 2, &moment->month) || !take(scan, '-') ||
        !digits(scan, 1, 2, &moment->day))
        return false;
    moment->year = year;
    return moment->month >= 1 && moment->month <= 12 && moment->day >= 1 && moment->day <= month_days(year, moment->month);
}

/* Digits behind the point: three count, the rest is cut. */
static bool read_fraction(struct scan *scan, struct moment *moment)
{
    int weight = 100;

    if (!take(scan, '.'))
        return true;
    if (scan->at == scan->end || !isdigit((unsigned char)*scan->at))
        return false;
    for (; scan->at < scan->end && isdigit((unsigned char)*scan->at); scan->at++, weight /= 10)
        moment->millisecond += (*scan->at - '0') * weight;
    return true;
}

static bool read_time(struct scan *scan, struct moment *moment, bool needs_seconds)
{
    if (!digits(scan, 1, 2, &moment->hour) || !take(scan, ':') || !digits(scan, 2, 2, &moment->minute))
        return false;
    if (take(scan, ':')) {
        if (!digits(scan, 2, 2, &moment->second) || !read_fraction(scan, moment))
            return false;
    } else if (needs_seconds) {
        return false;
    }
    return moment->hour < 24 && moment->minute < 60 && moment->second < 60;
}

/* 'Z', "+hh:mm" or "-hhmm"; minutes east of UTC go to offset. */
static bool read_zone(struct scan *scan, int *offset)
{
    int sign = 1;
    int hours = 0;
    int minutes = 0;

    *offset = 0;
    if (scan->at == scan->end || take(scan, 'Z'))
        return true;
    if (take(scan, '-'))
        sign = -1;
    else if (!take(scan, '+'))
        return false;
    if (!digits(scan, 2, 2, &hours))
        return false;
    take(scan, ':');
    if (scan->at < scan->end && !digits(scan, 2, 2, &minutes))
        return false;
    *offset = sign * (hours * 60 + minutes);
    return hours < 24 && minutes < 60;
}

bool moment_read_timestamp(const char *text, size_t size, int64_t *ms)
{
    struct scan scan = { text, text + size };
    struct moment moment = { 0 };
    int offset = 0;

    if (!read_date(&scan, &moment))
        return false;
    if (scan.at < scan.end) {
        if (!take(&scan, ' ') && !take(&scan, 'T'))
            return false;
        if (!read_time(&scan, &moment, false) || !read_zone(&scan, &offset))
            return false;
    }
    *ms = moment_join(&moment) - offset * 60000LL;
    return scan.at == scan.end;
}

bool moment_read_date(const char *text, size_t size, int64_t *ms)
{
    struct scan scan = { text, text + size };
    struct moment moment = { 0 };

    if (!read_date(&scan, &moment) || scan.at != scan.end)
        return false;
    *ms = moment_join(&moment);
    return true;
}

bool moment_read_time(const char *text, size_t size, int64_t *ms)
{
    struct scan scan = { text, text + size };
    struct moment moment = { .year = 1970, .month = 1, .day = 1 };

    if (!read_time(&scan, &moment, true) || scan.at != scan.end)
        return false;
    *ms = moment_join(&moment);
    return true;
}

/* ---- writing ---- */

static size_t add_fraction(char *text, size_t size, int millisecond)
{
    size += (size_t)snprintf(text + size, MOMENT_TEXT_SIZE - size, ".%03d", millisecond);
    while (text[size - 1] == '0' && text[size - 2] != '.')
        text[--size] = '\0';
    return size;
}

void moment_print_timestamp(int64_t ms, char text[MOMENT_TEXT_SIZE])
{
    struct moment moment = moment_split(ms);
    int size = snprintf(text, MOMENT_TEXT_SIZE - 8, "%04lld-%02d-%02d %02d:%02d:%02d", (long long)moment.year, moment.month, moment.day,
                        moment.hour, moment.minute, moment.second);

    add_fraction(text, (size_t)size, moment.millisecond);
}

void moment_print_date(int64_t ms, char text[MOMENT_TEXT_SIZE])
{
    struct moment moment = moment_split(ms);

    snprintf(text, MOMENT_TEXT_SIZE, "%04lld-%02d-%02d", (long long)moment.year, moment.month, moment.day);
}

void moment_print_time(int64_t ms, char text[MOMENT_TEXT_SIZE])
{
    struct moment moment = moment_split(ms);
    int size = snprintf(text, MOMENT_TEXT_SIZE - 8, "%02d:%02d:%02d", moment.hour, moment.minute, moment.second);

    if (moment.millisecond)
        add_fraction(text, (size_t)size, moment.millisecond);
}

/* ---- arithmetic ---- */

int64_t moment_floor(int64_t ms, enum moment_unit unit)
{
    struct moment moment;
    int64_t step = moment_unit_ms(unit);

    if (step)
        return floor_divide(ms, step) * step;
    moment = moment_split(ms);
    return moment_join(&(struct moment){ .year = moment.year, .month = unit == UNIT_YEAR ? 1 : moment.month, .day = 1 });
}

int64_t moment_add_months(int64_t ms, int64_t months)
{
    struct moment moment = moment_split(ms);
    int64_t count = moment.year * 12 + moment.month - 1 + months;

    moment.year = floor_divide(count, 12);
    moment.month = (int)(count - moment.year * 12) + 1;
    if (moment.day > month_days(moment.year, moment.month))
        moment.day = month_days(moment.year, moment.month);
    return moment_join(&moment);
}

/* ---- Java's patterns ---- */

/* The field that a pattern's letter names, or NULL. */
static int *field(struct moment *moment, char letter, int *year)
{
    switch (letter) {
    case 'y':
        return year;
    case 'M':
        return &moment->month;
    case 'd':
        return &moment->day;
    case 'H':
        return &moment->hour;
    case 'm':
        return &moment->minute;
    case 's':
        return &moment->second;
    case 'S':
        return &moment->millisecond;
    }
    return NULL;
}

static int run_length(const char *pattern)
{
    int length = 1;

    while (pattern[length] == *pattern && length < 32)
        length++;
    return length;
}

/* One literal character of the pattern goes to c; quotes switch and "''" is a quote. False when there was only a switch. */
static bool literal(const char **pattern, bool *is_quoted, char *c)
{
    if (**pattern == '\'') {
        if ((*pattern)[1] != '\'') {
            *is_quoted = !*is_quoted;
            (*pattern)++;
            return false;
        }
        (*pattern)++;
    }
    *c = *(*pattern)++;
    return true;
}

static bool is_sound(const struct moment *moment, int year)
{
    return year >= 1 && moment->month >= 1 && moment->month <= 12 && moment->day >= 1 && moment->day <= month_days(year, moment->month) &&
           moment->hour < 24 && moment->minute < 60 && moment->second < 60 && moment->millisecond < 1000;
}

bool moment_parse(const char *pattern, const char *text, size_t size, int64_t *ms)
{
    struct scan scan = { text, text + size };
    struct moment moment = { .month = 1, .day = 1 };
    int year = 1970;
    bool is_quoted = false;
    char c;

    while (*pattern) {
        if (!is_quoted && isalpha((unsigned char)*pattern)) {
            int length = run_length(pattern);
            int *number = field(&moment, *pattern, &year);
            bool is_packed = isalpha((unsigned char)pattern[length]); /* digits of the next field follow at once */

            if (!number || !digits(&scan, 1, is_packed && length < 9 ? length : 9, number))
                return false;
            pattern += length;
        } else if (literal(&pattern, &is_quoted, &c) && !take(&scan, c)) {
            return false;
        }
    }
    moment.year = year;
    if (scan.at != scan.end || !is_sound(&moment, year))
        return false;
    *ms = moment_join(&moment);
    return true;
}

bool moment_format(const char *pattern, int64_t ms, char *text, size_t capacity)
{
    struct moment moment = moment_split(ms);
    int year = (int)moment.year;
    bool is_quoted = false;
    size_t size = 0;
    char c;

    while (*pattern) {
        if (size + 34 > capacity)
            return false;
        if (!is_quoted && isalpha((unsigned char)*pattern)) {
            int length = run_length(pattern);
            int *number = field(&moment, *pattern, &year);

            if (!number)
                return false;
            size += (size_t)snprintf(text + size, capacity - size, "%0*d", length, *pattern == 'y' && length == 2 ? year % 100 : *number);
            pattern += length;
        } else if (literal(&pattern, &is_quoted, &c)) {
            text[size++] = c;
        }
    }
    text[size] = '\0';
    return true;
}
