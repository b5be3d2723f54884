#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

bool text_is(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

bool text_begins(const char *text, const char *prefix)
{
    return text && !strncmp(text, prefix, strlen(prefix));
}

bool text_ends(const char *text, const char *suffix)
{
    size_t length = text ? strlen(text) : 0;
    size_t wanted = strlen(suffix);

    return length >= wanted && !strcmp(text + length - wanted, suffix);
}

/* How many bytes the character at p takes, or 0 when it is malformed. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
    unsigned char c = p[0];

    if (c < 0x80)
        return 1;
    if (c >= 0xc2 && c <= 0xdf)
        return left >= 2 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
    if (c >= 0xe0 && c <= 0xef) {
        if (left < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80)
            return 0;
        if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f))
            return 0;
        return 3;
    }
    if (c >= 0xf0 && c <= 0xf4) {
        if (left < 4 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80)
            return 0;
        if ((c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f))
            return 0;
        return 4;
    }
    return 0;
}

bool text_is_utf8(const char *bytes, size_t size_bytes)
{
    size_t at = 0;

    while (at < size_bytes) {
        size_t length = utf8_length((const unsigned char *)bytes + at, size_bytes - at);

        if (!length)
            return false;
        at += length;
    }
    return true;
}

/* Eight bytes at once: in each, the high bit is set when it is less than 0x20, a quote or a backslash. A byte behind such a one may be
 * marked wrongly, which does not matter to who asks whether there is any. */
static uint64_t special_bytes(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t quotes = word ^ ones * '"';
    uint64_t backslashes = word ^ ones * '\\';

    return (((word - ones * 0x20) & ~word) | ((quotes - ones) & ~quotes) | ((backslashes - ones) & ~backslashes)) & ones * 0x80;
}

size_t text_plain_size(const char *bytes, size_t size_bytes, bool *is_ascii)
{
    uint64_t seen = 0;
    uint64_t word;
    size_t at = 0;

    for (; at + sizeof word <= size_bytes; at += sizeof word) {
        memcpy(&word, bytes + at, sizeof word);
        if (special_bytes(word))
            break;
        seen |= word;
    }
    for (; at < size_bytes; at++) {
        unsigned char c = (unsigned char)bytes[at];

        if (c < 0x20 || c == '"' || c == '\\')
            break;
        seen |= c;
    }
    if (seen & 0x8080808080808080u)
        *is_ascii = false;
    return at;
}

bool text_to_int64(const char *text, int64_t *number)
{
    char *end;

    if (!text || !*text || isspace((unsigned char)*text))
        return false;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return !errno && !*end;
}

char *text_digits(uint64_t number, char text[TEXT_DIGITS_BYTES])
{
    char reversed[TEXT_DIGITS_BYTES];
    size_t count = 0;

    do
        reversed[count++] = (char)('0' + number % 10);
    while (number /= 10);
    for (size_t i = 0; i < count; i++)
        text[i] = reversed[count - 1 - i];
    text[count] = '\0';
    return text;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *text_url_decode(struct arena *arena, const char *text, size_t size_bytes, bool plus_is_space)
{
    char *decoded = arena_take(arena, size_bytes + 1);
    size_t size = 0;
    size_t i;

    for (i = 0; i < size_bytes; i++) {
        char c = text[i];

        if (c == '%' && i + 2 < size_bytes && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
            c = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
            if (!c)
                break;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        decoded[size++] = c;
    }
    return decoded;
}

char *text_url_encode(struct arena *arena, const char *text, bool keep_slash)
{
    static const char digits[] = "0123456789ABCDEF";
    char *encoded = arena_take(arena, strlen(text) * 3 + 1);
    char *end = encoded;

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (isalnum(c) || strchr("-_.~", c) || (c == '/' && keep_slash)) {
            *end++ = (char)c;
        } else {
            *end++ = '%';
            *end++ = digits[c >> 4];
            *end++ = digits[c & 15];
        }
    }
    return encoded;
}

char *text_iso_time(struct arena *arena, int64_t time_ms)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm parts;

    gmtime_r(&seconds, &parts);
    return arena_print(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                       parts.tm_min, parts.tm_sec, (int)(time_ms % 1000));
}
