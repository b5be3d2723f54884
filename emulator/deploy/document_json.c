/* The JSON reader: strict, like CloudFormation's, but one that knows where each value stands. */

#include "deploy/document.h"

#include "base/buffer.h"
#include "base/map.h"
#include "base/text.h"

#include <string.h>

struct reader {
    const char *next;
    const char *end;
    const char *line_start;
    int line;
    struct remarks *remarks;
    struct arena *arena;
};

static void fail(struct reader *reader, const char *what)
{
    remarks_fail(reader->remarks, reader->line, NULL, "not valid JSON: %s in column %td", what, reader->next - reader->line_start + 1);
}

static void skip_blanks(struct reader *reader)
{
    for (; reader->next < reader->end && strchr(" \t\r\n", *reader->next) && *reader->next; reader->next++) {
        if (*reader->next != '\n')
            continue;
        reader->line++;
        reader->line_start = reader->next + 1;
    }
}

/* The next character that is no blank; 0 at the end. */
static char peek(struct reader *reader)
{
    skip_blanks(reader);
    return reader->next < reader->end ? *reader->next : '\0';
}

static bool take(struct reader *reader, char c)
{
    if (peek(reader) != c)
        return false;
    reader->next++;
    return true;
}

static struct node *node_here(struct reader *reader, enum node_kind kind)
{
    struct node *node = node_new(reader->arena, kind, NULL);

    node->line = reader->line;
    node->column = (int)(reader->next - reader->line_start) + 1;
    return node;
}

static bool read_hex(struct reader *reader, unsigned *code)
{
    *code = 0;
    if (reader->end - reader->next < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char *digit = *reader->next ? strchr(digits, *reader->next) : NULL;

        if (!digit)
            return false;
        *code = *code * 16 + (unsigned)(digit - digits < 16 ? digit - digits : digit - digits - 6);
        reader->next++;
    }
    return true;
}

static void add_utf8(struct buffer *text, unsigned code)
{
    if (code < 0x80) {
        buffer_add_char(text, (char)code);
    } else if (code < 0x800) {
        buffer_add_char(text, (char)(0xc0 | code >> 6));
        buffer_add_char(text, (char)(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        buffer_add_char(text, (char)(0xe0 | code >> 12));
        buffer_add_char(text, (char)(0x80 | (code >> 6 & 0x3f)));
        buffer_add_char(text, (char)(0x80 | (code & 0x3f)));
    } else {
        buffer_add_char(text, (char)(0xf0 | code >> 18));
        buffer_add_char(text, (char)(0x80 | (code >> 12 & 0x3f)));
        buffer_add_char(text, (char)(0x80 | (code >> 6 & 0x3f)));
        buffer_add_char(text, (char)(0x80 | (code & 0x3f)));
    }
}

/* \uXXXX, or two of them that make one character; NUL and lone halves are refused. */
static bool read_unicode(struct reader *reader, struct buffer *text)
{
    unsigned code;
    unsigned low;

    if (!read_hex(reader, &code) || !code)
        return false;
    if (code >= 0xd800 && code < 0xdc00) {
        if (reader->end - reader->next < 2 || reader->next[0] != '\\' || reader->next[1] != 'u')
            return false;
        reader->next += 2;
        if (!read_hex(reader, &low) || low < 0xdc00 || low > 0xdfff)
            return false;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code <= 0xdfff) {
        return false;
    }
    add_utf8(text, code);
    return true;
}

static bool read_escape(struct reader *reader, struct buffer *text)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    char letter = reader->next < reader->end ? *reader->next++ : '\0';
    const char *place = letter ? strchr(letters, letter) : NULL;

    if (letter == 'u')
        return read_unicode(reader, text);
    if (place)
        buffer_add_char(text, meanings[place - letters]);
    return place != NULL;
}

static bool read_characters(struct reader *reader, struct buffer *text)
{
    while (reader->next < reader->end && *reader->next != '"') {
        unsigned char c = (unsigned char)*reader->next;

        if (c < 0x20) {
            fail(reader, "a control character stands in a text");
            return false;
        }
        reader->next++;
        if (c != '\\') {
            buffer_add_char(text, (char)c);
        } else if (!read_escape(reader, text)) {
            fail(reader, "a bad escape");
            return false;
        }
    }
    if (reader->next == reader->end) {
        fail(reader, "a text does not end");
        return false;
    }
    reader->next++;
    return true;
}

/* The text that opens here with a quote; NULL after an error. */
static const char *read_text(struct reader *reader)
{
    struct buffer text = { 0 };
    const char *kept = NULL;

    reader->next++;
    if (read_characters(reader, &text))
        kept = arena_copy(reader->arena, text.data, text.size);
    buffer_clear(&text);
    return kept;
}

static const struct node *read_value(struct reader *reader, int depth);

static const struct node *read_list(struct reader *reader, int depth)
{
    struct node *list = node_here(reader, NODE_LIST);

    reader->next++;
    if (take(reader, ']'))
        return list;
    do {
        const struct node *value = read_value(reader, depth);

        if (!value)
            return NULL;
        node_add(reader->arena, list, value);
    } while (take(reader, ','));
    if (take(reader, ']'))
        return list;
    fail(reader, "expected ',' or ']'");
    return NULL;
}

static bool read_entry(struct reader *reader, struct node *map, struct map *keys, int depth)
{
    const struct node *value;
    const char *key;
    int line;

    if (peek(reader) != '"') {
        fail(reader, "expected a key in quotes");
        return false;
    }
    line = reader->line;
    key = read_text(reader);
    if (!key || !document_check_key(keys, key, line, reader->remarks))
        return false;
    if (!take(reader, ':')) {
        fail(reader, "expected ':'");
        return false;
    }
    value = read_value(reader, depth);
    if (!value)
        return false;
    node_put(reader->arena, map, key, value);
    map->fields[map->count - 1].line = line;
    return true;
}

static const struct node *read_map(struct reader *reader, int depth)
{
    struct node *map = node_here(reader, NODE_MAP);
    struct map keys = { 0 };
    bool is_read = true;

    reader->next++;
    if (take(reader, '}'))
        return map;
    do
        is_read = read_entry(reader, map, &keys, depth);
    while (is_read && take(reader, ','));
    map_clear(&keys);
    if (is_read && take(reader, '}'))
        return map;
    if (is_read)
        fail(reader, "expected ',' or '}'");
    return NULL;
}

/* true, false, null, or a number: what stands there up to the next mark of JSON. */
static const struct node *read_word(struct reader *reader)
{
    struct node *node = node_here(reader, NODE_TEXT);
    const char *start = reader->next;
    const char *word;

    while (reader->next < reader->end && !strchr(" \t\r\n,:[]{}\"", *reader->next))
        reader->next++;
    word = arena_copy(reader->arena, start, (size_t)(reader->next - start));
    document_type_plain(node, word);
    if (!strcmp(word, "true") || !strcmp(word, "false") || !strcmp(word, "null"))
        return node;
    if (*word == '-' || (*word >= '0' && *word <= '9')) {
        json_t *number = json_loads(word, JSON_DECODE_ANY, NULL);

        node->kind = NODE_NUMBER;
        if (number)
            return json_decref(number), node;
    }
    reader->next = start;
    fail(reader, "expected a value");
    return NULL;
}

static const struct node *read_value(struct reader *reader, int depth)
{
    struct node *node;

    if (depth >= DOCUMENT_DEPTH_MAX) {
        remarks_fail(reader->remarks, reader->line, NULL, "the document is nested more than %d levels deep", DOCUMENT_DEPTH_MAX);
        return NULL;
    }
    switch (peek(reader)) {
    case '{':
        return read_map(reader, depth + 1);
    case '[':
        return read_list(reader, depth + 1);
    case '"':
        node = node_here(reader, NODE_TEXT);
        node->text = read_text(reader);
        return node->text ? node : NULL;
    default:
        return read_word(reader);
    }
}

const struct node *document_parse_json(const char *bytes, size_t size_bytes, struct remarks *remarks)
{
    struct reader reader = {
        .next = bytes, .end = bytes + size_bytes, .line_start = bytes, .line = 1, .remarks = remarks, .arena = remarks->arena
    };
    const struct node *root;

    if (!text_is_utf8(bytes, size_bytes)) {
        remarks_fail(remarks, 0, NULL, "not valid JSON: the file is not UTF-8; save it as such");
        return NULL;
    }
    root = read_value(&reader, 0);
    if (!root)
        return NULL;
    peek(&reader);
    if (reader.next == reader.end)
        return root;
    fail(&reader, "something stands behind the document");
    return NULL;
}
