#include "base/json.h"

#include "base/buffer.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    const char *at;
    const char *end;
    int depth;
    struct buffer decoded; /* of the last string that had escapes */
};

/* A string's characters: in the text itself, or in reader->decoded. */
struct span {
    const char *text;
    size_t size;
};

static json_t *read_value(struct reader *reader);

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\r' || *reader->at == '\t'))
        reader->at++;
}

/* Takes c when it comes next, after white space. */
static bool take(struct reader *reader, char c)
{
    skip_space(reader);
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

static bool take_word(struct reader *reader, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length))
        return false;
    reader->at += length;
    return true;
}

/* ---- strings ---- */

/* The four digits of a \u escape; -1 when they are none. */
static int32_t hex4(const char *at, const char *end)
{
    int32_t value = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static void add_utf8(struct buffer *out, uint32_t code)
{
    if (code < 0x80) {
        buffer_add_char(out, (char)code);
    } else if (code < 0x800) {
        buffer_add_char(out, (char)(0xc0 | code >> 6));
        buffer_add_char(out, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        buffer_add_char(out, (char)(0xe0 | code >> 12));
        buffer_add_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
        buffer_add_char(out, (char)(0x80 | (code & 0x3f)));
    } else {
        buffer_add_char(out, (char)(0xf0 | code >> 18));
        buffer_add_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
        buffer_add_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
        buffer_add_char(out, (char)(0x80 | (code & 0x3f)));
    }
}

/* Behind "\u": one character, of one escape or of a pair of surrogates. */
static bool read_unicode(struct reader *reader)
{
    int32_t code = hex4(reader->at, reader->end);

    if (code < 0)
        return false;
    reader->at += 4;
    if (code >= 0xd800 && code < 0xdc00) {
        int32_t low = take_word(reader, "\\u") ? hex4(reader->at, reader->end) : -1;

        if (low < 0xdc00 || low > 0xdfff)
            return false;
        reader->at += 4;
        code = 0x10000 + (code - 0xd800) * 0x400 + (low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
        return false;
    }
    add_utf8(&reader->decoded, (uint32_t)code);
    return true;
}

/* Behind a backslash. */
static bool read_escape(struct reader *reader)
{
    static const char escapes[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char *found;

    if (reader->at == reader->end)
        return false;
    if (*reader->at == 'u') {
        reader->at++;
        return read_unicode(reader);
    }
    found = *reader->at ? strchr(escapes, *reader->at) : NULL;
    if (!found)
        return false;
    reader->at++;
    buffer_add_char(&reader->decoded, meanings[found - escapes]);
    return true;
}

/* Behind the opening quote: a string without escapes is a part of the text, others are decoded. */
static bool read_string(struct reader *reader, struct span *string)
{
    const char *start = reader->at;
    bool is_ascii = true;
    bool is_decoded = false;

    reader->decoded.size = 0;
    for (;;) {
        const char *run = reader->at;

        reader->at = run + text_plain_size(run, (size_t)(reader->end - run), &is_ascii);
        if (reader->at == reader->end || (unsigned char)*reader->at < 0x20)
            return false;
        if (*reader->at == '"' && !is_decoded) {
            *string = (struct span){ start, (size_t)(reader->at - start) };
            break;
        }
        buffer_add(&reader->decoded, run, (size_t)(reader->at - run));
        if (*reader->at == '"') {
            *string = (struct span){ reader->decoded.data, reader->decoded.size };
            break;
        }
        is_decoded = true;
        reader->at++;
        if (!read_escape(reader))
            return false;
    }
    reader->at++;
    return is_ascii || text_is_utf8(string->text, string->size);
}

/* ---- numbers ---- */

static const char *digits_end(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* The end of the number at `at`, or NULL when it is none; *is_whole tells whether it has neither fraction nor exponent. */
static const char *number_end(const char *at, const char *end, bool *is_whole)
{
    const char *start;

    *is_whole = true;
    if (at < end && *at == '-')
        at++;
    start = at;
    at = digits_end(at, end);
    if (at == start || (*start == '0' && at - start > 1))
        return NULL;
    if (at < end && *at == '.') {
        start = ++at;
        at = digits_end(at, end);
        *is_whole = false;
        if (at == start)
            return NULL;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        start = at;
        at = digits_end(at, end);
        *is_whole = false;
        if (at == start)
            return NULL;
    }
    return at;
}

static json_t *read_number(struct reader *reader)
{
    bool is_whole;
    const char *end = number_end(reader->at, reader->end, &is_whole);
    char *text;
    json_t *value = NULL;

    if (!end)
        return NULL;
    reader->decoded.size = 0;
    buffer_add(&reader->decoded, reader->at, (size_t)(end - reader->at));
    text = reader->decoded.data;
    reader->at = end;
    errno = 0;
    if (is_whole) {
        long long number = strtoll(text, NULL, 10);

        value = errno ? NULL : json_integer(number);
    }
    return value ? value : json_real(strtod(text, NULL)); /* NULL when it is beyond a double */
}

/* ---- containers ---- */

static json_t *read_list(struct reader *reader)
{
    json_t *list = json_array();

    if (take(reader, ']'))
        return list;
    for (;;) {
        json_t *item = read_value(reader);

        if (!item || json_array_append_new(list, item))
            break;
        if (take(reader, ']'))
            return list;
        if (!take(reader, ','))
            break;
    }
    json_decref(list);
    return NULL;
}

static bool read_member(struct reader *reader, json_t *object)
{
    struct span name;
    char kept[64]; /* reading the value may overwrite what was decoded; long names are copied */
    char *copy = kept;
    json_t *value;
    bool is_set;

    if (!take(reader, '"') || !read_string(reader, &name))
        return false;
    if (name.text == reader->decoded.data) {
        copy = name.size < sizeof kept ? kept : malloc(name.size);
        if (!copy)
            abort();
        memcpy(copy, name.text, name.size);
        name.text = copy;
    }
    value = take(reader, ':') ? read_value(reader) : NULL;
    is_set = value && !json_object_setn_new_nocheck(object, name.text, name.size, value);
    if (copy != kept)
        free(copy);
    return is_set;
}

static json_t *read_object(struct reader *reader)
{
    json_t *object = json_object();

    if (take(reader, '}'))
        return object;
    while (read_member(reader, object)) {
        if (take(reader, '}'))
            return object;
        if (!take(reader, ','))
            break;
    }
    json_decref(object);
    return NULL;
}

static json_t *read_nested(struct reader *reader, json_t *(*read)(struct reader *reader))
{
    json_t *value;

    reader->at++;
    if (reader->depth == JSON_DEPTH_MAX)
        return NULL;
    reader->depth++;
    value = read(reader);
    reader->depth--;
    return value;
}

static json_t *read_value(struct reader *reader)
{
    struct span string;

    skip_space(reader);
    if (reader->at == reader->end)
        return NULL;
    switch (*reader->at) {
    case '{':
        return read_nested(reader, read_object);
    case '[':
        return read_nested(reader, read_list);
    case '"':
        reader->at++;
        return read_string(reader, &string) ? json_stringn_nocheck(string.text ? string.text : "", string.size) : NULL;
    case 't':
        return take_word(reader, "true") ? json_true() : NULL;
    case 'f':
        return take_word(reader, "false") ? json_false() : NULL;
    case 'n':
        return take_word(reader, "null") ? json_null() : NULL;
    default:
        return read_number(reader);
    }
}

enum status json_read(const char *text, size_t size_bytes, json_t **value)
{
    struct reader reader = { .at = text, .end = text + size_bytes };
    json_t *read = read_value(&reader);

    skip_space(&reader);
    buffer_clear(&reader.decoded);
    if (read && reader.at == reader.end) {
        *value = read;
        return OK;
    }
    json_decref(read);
    return INVALID;
}

const char *json_text_in(const json_t *json, const char *name)
{
    return json_string_value(json_object_get(json, name));
}
