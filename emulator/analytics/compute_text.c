/* Texts are UTF-8, and counted in characters. */

#include "analytics/compute.h"

#include "analytics/similar.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

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

    if (sql_compute_any_null(count, arguments))
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

    if (sql_compute_any_null(count, arguments))
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

const struct sql_computation sql_compute_texts[] = {
    { "sql_upper", 1, upper },          { "sql_lower", 1, lower },      { "sql_initcap", 1, initcap },
    { "sql_substring", -1, substring }, { "sql_similar", -1, similar }, { 0 },
};
