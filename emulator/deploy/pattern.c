#include "deploy/pattern.h"

#include "base/buffer.h"

#include <regex.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { PATTERN_CHARACTERS_MAX = 1000, PATTERN_REPEATS_MAX = 4096 };

/* What a backslash and a letter mean, inside of brackets and outside; NULL where that cannot be said. */
static const struct {
    char letter;
    const char *inside;
    const char *outside;
} classes[] = { { 'd', "0-9", "[0-9]" },
                { 'D', NULL, "[^0-9]" },
                { 'w', "A-Za-z0-9_", "[A-Za-z0-9_]" },
                { 'W', NULL, "[^A-Za-z0-9_]" },
                { 's', "[:space:]", "[[:space:]]" },
                { 'S', NULL, "[^[:space:]]" },
                { 't', "\t", "\t" },
                { 'n', "\n", "\n" },
                { 'r', "\r", "\r" } };

/* Copies the escape at pattern (behind the backslash). Other letters have meanings in Java that POSIX does not know. */
static bool translate_escape(char letter, bool is_inside, struct buffer *out)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        const char *meaning = is_inside ? classes[i].inside : classes[i].outside;

        if (classes[i].letter != letter)
            continue;
        if (meaning)
            buffer_add_text(out, meaning);
        return meaning != NULL;
    }
    if (!letter || strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", letter))
        return false;
    if (!is_inside)
        buffer_add_char(out, '\\');
    buffer_add_char(out, letter);
    return true;
}

/* Inside brackets an escaped ] or - must stand first or last in POSIX: both are put aside and set where they belong. */
struct bracket {
    bool is_open;
    bool has_closing; /* an escaped ] was met */
    bool has_dash;
    bool is_negated;
    struct buffer body;
};

static void close_bracket(struct bracket *bracket, struct buffer *out)
{
    buffer_add_text(out, bracket->is_negated ? "[^" : "[");
    if (bracket->has_closing)
        buffer_add_char(out, ']');
    if (bracket->body.size)
        buffer_add(out, bracket->body.data, bracket->body.size);
    if (bracket->has_dash)
        buffer_add_char(out, '-');
    buffer_add_char(out, ']');
    buffer_clear(&bracket->body);
    bracket->is_open = false;
}

static void open_bracket(struct bracket *bracket, const char **next)
{
    *bracket = (struct bracket){ .is_open = true, .is_negated = (*next)[1] == '^' };
    *next += bracket->is_negated;
}

/* One character inside brackets, at *next; false when it cannot be said. */
static bool translate_inside(struct bracket *bracket, const char **next, struct buffer *out)
{
    char c = **next;

    if (c == ']') {
        close_bracket(bracket, out);
        return true;
    }
    if (c == '[' || (c == '&' && (*next)[1] == '&'))
        return false;
    if (c != '\\') {
        buffer_add_char(&bracket->body, c);
        return true;
    }
    (*next)++;
    if (**next == ']')
        bracket->has_closing = true;
    else if (**next == '-')
        bracket->has_dash = true;
    else
        return translate_escape(**next, true, &bracket->body);
    return true;
}

/* Bounds what the counted repetitions may multiply to: glibc unrolls them. */
static bool spend_repeat(const char *brace, long *repeats)
{
    char *end;
    long low = strtol(brace + 1, &end, 10);
    long high = *end == ',' && end[1] != '}' ? strtol(end + 1, NULL, 10) : low;

    if (high < low)
        high = low;
    if (high < 0 || high > PATTERN_REPEATS_MAX)
        return false;
    *repeats *= high + 1;
    return *repeats <= PATTERN_REPEATS_MAX;
}

static bool translate_outside(struct bracket *bracket, const char **next, long *repeats, struct buffer *out)
{
    char c = **next;

    if (c == '[') {
        open_bracket(bracket, next);
        return true;
    }
    if (c == '{' && !spend_repeat(*next, repeats))
        return false;
    if (c == '\\')
        return (*next)++, translate_escape(**next, false, out);
    buffer_add_char(out, c);
    if (c == '(' && (*next)[1] == '?') {
        if ((*next)[2] != ':')
            return false;
        *next += 2;
    }
    return strchr("*+?}", c) == NULL || ((*next)[1] != '?' && (*next)[1] != '+');
}

static bool translate(const char *pattern, struct buffer *out)
{
    struct bracket bracket = { 0 };
    bool is_translated = true;
    long repeats = 1;

    buffer_add_text(out, "^(");
    for (const char *next = pattern; is_translated && *next; next++) {
        is_translated = bracket.is_open ? translate_inside(&bracket, &next, out) : translate_outside(&bracket, &next, &repeats, out);
        if (!*next)
            is_translated = false;
        if (!is_translated)
            break;
    }
    buffer_add_text(out, ")$");
    buffer_clear(&bracket.body);
    return is_translated && !bracket.is_open;
}

enum pattern_match deploy_pattern_check(const char *pattern, const char *text)
{
    enum pattern_match match = PATTERN_UNKNOWN;
    struct buffer posix = { 0 };
    regex_t compiled;

    if (strlen(pattern) <= PATTERN_CHARACTERS_MAX && translate(pattern, &posix) &&
        !regcomp(&compiled, posix.data, REG_EXTENDED | REG_NOSUB)) {
        match = regexec(&compiled, text, 0, NULL, 0) ? PATTERN_DIFFERS : PATTERN_MATCHES;
        regfree(&compiled);
    }
    buffer_clear(&posix);
    return match;
}
