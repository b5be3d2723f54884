/* Sets of characters by ourselves, all else by the C library. */

#include "aws/shape_pattern.h"

#include "base/buffer.h"

#include <regex.h>
#include <string.h>

/* "[a-zA-Z0-9_.-]+" and its like are matched here, because they guard hot paths; -1 when the pattern is of another form. */
static int match_class(const char *pattern, const char *text)
{
    size_t length = strlen(pattern);
    const char *class = pattern + 1;
    size_t class_length = length - 3;

    if (length < 4 || pattern[0] != '[' || pattern[1] == '^' || strcmp(pattern + length - 2, "]+") || memchr(class, ']', class_length) ||
        memchr(class, '\\', class_length) || memchr(class, '[', class_length))
        return -1;
    if (!*text)
        return 0;
    for (; *text; text++) {
        bool is_in = false;

        for (size_t i = 0; i < class_length && !is_in; i++) {
            if (i + 2 < class_length && class[i + 1] == '-') {
                is_in = *text >= class[i] && *text <= class[i + 2];
                i += 2;
            } else {
                is_in = *text == class[i];
            }
        }
        if (!is_in)
            return 0;
    }
    return 1;
}

/* AWS's patterns say \d, which POSIX does not know. Every pattern of ours has it outside of brackets. */
static char *posix_pattern(const char *pattern, struct arena *arena)
{
    struct buffer text = { 0 };
    const char *digit;
    char *posix;

    while ((digit = strstr(pattern, "\\d"))) {
        buffer_add(&text, pattern, (size_t)(digit - pattern));
        buffer_add_text(&text, "[0-9]");
        pattern = digit + 2;
    }
    buffer_print(&text, "%s", pattern);
    posix = arena_print(arena, "^(%.*s)$", (int)text.size, text.data);
    buffer_clear(&text);
    return posix;
}

bool shape_pattern_matches(const char *pattern, const char *text, struct arena *arena)
{
    int quick = match_class(pattern, text);
    regex_t compiled;
    bool is_match;

    if (quick >= 0)
        return quick;
    if (regcomp(&compiled, posix_pattern(pattern, arena), REG_EXTENDED | REG_NOSUB))
        return true; /* a pattern of ours that does not compile refuses nothing; the shape tests find it */
    is_match = !regexec(&compiled, text, 0, NULL, 0);
    regfree(&compiled);
    return is_match;
}
