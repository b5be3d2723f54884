#include "moment.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Takes `count` digits; -1 when there are fewer. */
static int take_digits(const char **text, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++, (*text)++) {
        if (!isdigit((unsigned char)**text))
            return -1;
        value = value * 10 + **text - '0';
    }
    return value;
}

static bool take_char(const char **text, const char *wanted)
{
    if (!**text || !strchr(wanted, **text))
        return false;
    (*text)++;
    return true;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. The year is counted from March, so that the leap day comes last. */
static int64_t days_to(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t since_march = (month + 9) % 12;

    return 365 * y + y / 4 - y / 100 + y / 400 + (since_march * 306 + 5) / 10 + day - 1 - 719468;
}

static bool is_date(int year, int month, int day)
{
    static const int lengths[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 1 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1])
        return false;
    return month != 2 || day < 29 || is_leap;
}

static bool take_date(const char **text, int64_t *days)
{
    int year = take_digits(text, 4);
    int month = take_char(text, "-") ? take_digits(text, 2) : -1;
    int day = month > 0 && take_char(text, "-") ? take_digits(text, 2) : -1;

    if (!is_date(year, month, day))
        return false;
    *days = days_to(year, month, day);
    return true;
}

/* "HH:MM", "HH:MM:SS" or "HH:MM:SS.fff"; a leap second counts as the next one. */
static bool take_time_of_day(const char **text, int64_t *time_ms)
{
    int hour = take_digits(text, 2);
    int minute = take_char(text, ":") ? take_digits(text, 2) : -1;
    int second = take_char(text, ":") ? take_digits(text, 2) : 0;
    int scale = 100;

    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return false;
    *time_ms = ((hour * 60 + minute) * 60 + second) * INT64_C(1000);
    if (take_char(text, ".,")) {
        if (!isdigit((unsigned char)**text))
            return false;
        for (; isdigit((unsigned char)**text); (*text)++, scale /= 10)
            *time_ms += (**text - '0') * scale;
    }
    return true;
}

static bool take_offset(const char **text, int64_t *offset_ms)
{
    int sign = **text == '-' ? -1 : 1;
    int hours;
    int minutes = 0;

    *offset_ms = 0;
    if (take_char(text, "Zz") || !**text)
        return true;
    if (!take_char(text, "+-"))
        return false;
    hours = take_digits(text, 2);
    if (hours >= 0 && **text) {
        take_char(text, ":");
        minutes = take_digits(text, 2);
    }
    *offset_ms = sign * (hours * 60 + minutes) * INT64_C(60000);
    return hours >= 0 && hours <= 18 && minutes >= 0 && minutes <= 59;
}

static bool read_number(const char *text, int64_t *time_ms)
{
    char *end;
    double number;

    if (!isdigit((unsigned char)*text) || strspn(text, "0123456789.") != strlen(text))
        return false;
    number = strtod(text, &end);
    if (*end || number >= 1e15)
        return false;
    *time_ms = (int64_t)(number < 1e11 ? number * 1000 + 0.5 : number);
    return true;
}

bool moment_read(const char *text, int64_t *time_ms)
{
    int64_t days;
    int64_t offset_ms;

    if (read_number(text, time_ms))
        return true;
    if (!take_date(&text, &days) || !take_char(&text, "Tt ") || !take_time_of_day(&text, time_ms))
        return false;
    if (!take_offset(&text, &offset_ms) || *text)
        return false;
    *time_ms += days * INT64_C(86400000) - offset_ms;
    return true;
}
