/* A scanner that checks a JSON text once, and walkers that trust it. */

#include "apigateway/json_text.h"

#include <string.h>

struct scanner {
    const char *at;
    const char *end;
    char open[APIGATEWAY_JSON_TEXT_DEPTH]; /* the bracket that closes each open container: the only state, one character for each level */
    size_t depth;
};

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    return at;
}

static bool is_digit(const struct scanner *scanner)
{
    return scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9';
}

static bool takes(struct scanner *scanner, const char *either)
{
    if (scanner->at == scanner->end || !*scanner->at || !strchr(either, *scanner->at))
        return false;
    scanner->at++;
    return true;
}

static bool take_digits(struct scanner *scanner)
{
    if (!is_digit(scanner))
        return false;
    while (is_digit(scanner))
        scanner->at++;
    return true;
}

static bool take_number(struct scanner *scanner)
{
    takes(scanner, "-");
    if (!takes(scanner, "0") && !take_digits(scanner))
        return false;
    if (takes(scanner, ".") && !take_digits(scanner))
        return false;
    if (!takes(scanner, "eE"))
        return true;
    takes(scanner, "+-");
    return take_digits(scanner);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Behind a backslash. */
static bool take_escape(struct scanner *scanner)
{
    if (takes(scanner, "\"\\/bfnrt"))
        return true;
    if (!takes(scanner, "u") || scanner->end - scanner->at < 4)
        return false;
    for (int i = 0; i < 4; i++)
        if (hex_value(*scanner->at++) < 0)
            return false;
    return true;
}

/* At the opening quote. */
static bool take_string(struct scanner *scanner)
{
    if (!takes(scanner, "\""))
        return false;
    while (scanner->at < scanner->end) {
        unsigned char c = (unsigned char)*scanner->at++;

        if (c == '"')
            return true;
        if (c < 0x20 || (c == '\\' && !take_escape(scanner)))
            return false;
    }
    return false;
}

static bool take_word(struct scanner *scanner, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(scanner->end - scanner->at) < length || memcmp(scanner->at, word, length))
        return false;
    scanner->at += length;
    return true;
}

static bool take_scalar(struct scanner *scanner)
{
    switch (*scanner->at) {
    case '"':
        return take_string(scanner);
    case 't':
        return take_word(scanner, "true");
    case 'f':
        return take_word(scanner, "false");
    case 'n':
        return take_word(scanner, "null");
    default:
        return take_number(scanner);
    }
}

static void skip(struct scanner *scanner)
{
    scanner->at = skip_blanks(scanner->at, scanner->end);
}

static bool take_key(struct scanner *scanner)
{
    skip(scanner);
    if (!take_string(scanner))
        return false;
    skip(scanner);
    return takes(scanner, ":");
}

enum step { VALUE_WANTED, VALUE_TAKEN, ALL_TAKEN, WRONG };

static bool takes_close(struct scanner *scanner, char close)
{
    skip(scanner);
    return takes(scanner, close == '}' ? "}" : "]");
}

/* At a bracket. An empty container is a value already; another one stays open, and its first value comes next. */
static enum step take_open(struct scanner *scanner)
{
    char close = *scanner->at++ == '{' ? '}' : ']';

    if (scanner->depth == APIGATEWAY_JSON_TEXT_DEPTH)
        return WRONG;
    if (takes_close(scanner, close))
        return VALUE_TAKEN;
    scanner->open[scanner->depth++] = close;
    return close == ']' || take_key(scanner) ? VALUE_WANTED : WRONG;
}

/* Where a value is wanted. */
static enum step take_start(struct scanner *scanner)
{
    skip(scanner);
    if (scanner->at == scanner->end)
        return WRONG;
    if (*scanner->at == '{' || *scanner->at == '[')
        return take_open(scanner);
    return take_scalar(scanner) ? VALUE_TAKEN : WRONG;
}

/* Behind a value: the container's next one, or its end, which makes it a value itself. */
static enum step take_behind(struct scanner *scanner)
{
    char close;

    if (!scanner->depth)
        return ALL_TAKEN;
    close = scanner->open[scanner->depth - 1];
    skip(scanner);
    if (takes(scanner, ","))
        return close == ']' || take_key(scanner) ? VALUE_WANTED : WRONG;
    if (!takes_close(scanner, close))
        return WRONG;
    scanner->depth--;
    return VALUE_TAKEN;
}

static bool take_value(struct scanner *scanner)
{
    enum step step = VALUE_WANTED;

    while (step == VALUE_WANTED || step == VALUE_TAKEN)
        step = step == VALUE_WANTED ? take_start(scanner) : take_behind(scanner);
    return step == ALL_TAKEN;
}

static char kind_of(char first)
{
    return (first >= '0' && first <= '9') || first == '-' ? '0' : first;
}

enum status apigateway_json_text_open(const char *text, size_t size_bytes, struct apigateway_json_slice *value)
{
    const char *end = text + size_bytes;
    const char *start = skip_blanks(text, end);
    struct scanner scanner;

    scanner.at = start; /* the brackets need no zeroes */
    scanner.end = end;
    scanner.depth = 0;
    if (!take_value(&scanner) || skip_blanks(scanner.at, end) != end)
        return INVALID;
    *value = (struct apigateway_json_slice){ start, (size_t)(scanner.at - start), kind_of(*start) };
    return OK;
}

/* The end of the string at its opening quote, in a checked text. */
static const char *string_end(const char *at)
{
    for (at++; *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at + 1;
}

/* The end of the value at `at`, in a checked text. */
static const char *value_end(const char *at, const char *end)
{
    size_t depth = 0;

    do {
        if (*at == '"') {
            at = string_end(at);
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
        } else if (*at == '}' || *at == ']') {
            depth--;
            at++;
        } else if (depth) {
            at++;
        } else {
            while (at < end && !strchr(",]} \t\n\r", *at))
                at++;
        }
    } while (depth);
    return at;
}

bool apigateway_json_text_next(const struct apigateway_json_slice *container, const char **cursor, struct apigateway_json_slice *key,
                               struct apigateway_json_slice *value)
{
    const char *end = container->text + container->size_bytes;
    const char *at;

    if (container->kind != '{' && container->kind != '[')
        return false;
    at = skip_blanks(*cursor ? *cursor : container->text + 1, end);
    if (*cursor && *at == ',')
        at = skip_blanks(at + 1, end);
    if (*at == '}' || *at == ']')
        return false;
    if (container->kind == '{') {
        *key = (struct apigateway_json_slice){ at, (size_t)(string_end(at) - at), '"' };
        at = skip_blanks(at + key->size_bytes, end);
        at = skip_blanks(at + 1, end); /* the colon */
    }
    *cursor = value_end(at, end);
    *value = (struct apigateway_json_slice){ at, (size_t)(*cursor - at), kind_of(*at) };
    return true;
}

/* Four digits behind "\u"; the scanner made sure of them. */
static unsigned code_unit(const char *at)
{
    unsigned unit = 0;

    for (int i = 0; i < 4; i++)
        unit = unit * 16 + (unsigned)hex_value(at[i]);
    return unit;
}

static char *write_utf8(char *to, unsigned code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
        *to++ = (char)(0x80 | (code & 63));
    } else if (code < 0x10000) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 63));
        *to++ = (char)(0x80 | (code & 63));
    } else {
        *to++ = (char)(0xf0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 63));
        *to++ = (char)(0x80 | (code >> 6 & 63));
        *to++ = (char)(0x80 | (code & 63));
    }
    return to;
}

/* The character behind "\u" at *at, which moves behind it. Half a surrogate pair reads as U+FFFD. */
static unsigned take_code(const char **at, const char *end)
{
    unsigned code = code_unit(*at);

    *at += 4;
    if (code < 0xd800 || code > 0xdfff)
        return code;
    if (code < 0xdc00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
        unsigned low = code_unit(*at + 2);

        if (low >= 0xdc00 && low <= 0xdfff) {
            *at += 6;
            return 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
        }
    }
    return 0xfffd;
}

static char plain_escape(char c)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *found = strchr(from, c);

    return found ? to[found - from] : c;
}

/* An escape is never shorter than what it stands for, so the text's own size is room enough. */
char *apigateway_json_text_string(const struct apigateway_json_slice *string, struct arena *arena, size_t *size_bytes)
{
    const char *at = string->text + 1;
    const char *end = string->text + string->size_bytes - 1;
    char *said = arena_take(arena, string->size_bytes);
    char *to = said;

    while (at < end) {
        if (*at != '\\') {
            *to++ = *at++;
            continue;
        }
        at += 2;
        if (at[-1] == 'u')
            to = write_utf8(to, take_code(&at, end));
        else
            *to++ = plain_escape(at[-1]);
    }
    if (size_bytes)
        *size_bytes = (size_t)(to - said);
    return said;
}

bool apigateway_json_text_is(const struct apigateway_json_slice *string, const char *name, size_t size_bytes)
{
    struct arena arena = { 0 };
    const char *said = string->text + 1;
    size_t length = string->size_bytes - 2;
    bool is_equal;

    if (memchr(said, '\\', length))
        said = apigateway_json_text_string(string, &arena, &length);
    is_equal = length == size_bytes && !memcmp(said, name, length);
    arena_clear(&arena);
    return is_equal;
}

bool apigateway_json_text_member(const struct apigateway_json_slice *object, const char *name, size_t size_bytes,
                                 struct apigateway_json_slice *value)
{
    const char *cursor = NULL;
    struct apigateway_json_slice key, member;
    bool is_found = false;

    if (object->kind != '{')
        return false;
    while (apigateway_json_text_next(object, &cursor, &key, &member))
        if (apigateway_json_text_is(&key, name, size_bytes)) {
            *value = member;
            is_found = true;
        }
    return is_found;
}

bool apigateway_json_text_element(const struct apigateway_json_slice *array, size_t index, struct apigateway_json_slice *value)
{
    const char *cursor = NULL;
    struct apigateway_json_slice key;

    if (array->kind != '[')
        return false;
    while (apigateway_json_text_next(array, &cursor, &key, value))
        if (!index--)
            return true;
    return false;
}
