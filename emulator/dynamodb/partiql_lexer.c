#include "dynamodb/partiql_lexer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What SQL-92 reserves, and PartiQL beside it; sorted. */
/* clang-format off */
static const char *const keywords[] = {
    "absolute", "action", "add", "all", "allocate", "alter", "and", "any", "are", "as", "asc", "assertion", "at", "authorization", "avg",
    "bag", "begin", "between", "bit", "bit_length", "blob", "bool", "boolean", "both", "by", "cascade", "cascaded", "case", "cast",
    "catalog", "char", "char_length", "character", "character_length", "check", "clob", "close", "coalesce", "collate", "collation",
    "column", "commit", "conflict", "connect", "connection", "constraint", "constraints", "continue", "convert", "corresponding", "count",
    "create", "cross", "current", "current_date", "current_time", "current_timestamp", "current_user", "cursor", "date", "deallocate",
    "dec", "decimal", "declare", "default", "deferrable", "deferred", "delete", "desc", "describe", "descriptor", "diagnostics",
    "disconnect", "distinct", "do", "domain", "double", "drop", "else", "end", "escape", "except", "exception", "exec", "execute",
    "exists", "external", "extract", "false", "fetch", "first", "float", "for", "foreign", "found", "from", "full", "get", "global", "go",
    "goto", "grant", "group", "having", "identity", "immediate", "in", "index", "indicator", "initially", "inner", "input", "insensitive",
    "insert", "int", "integer", "intersect", "interval", "into", "is", "isolation", "join", "key", "language", "last", "left", "level",
    "like", "limit", "list", "local", "lower", "match", "max", "min", "missing", "module", "names", "national", "natural", "nchar",
    "next", "no", "not", "nothing", "null", "nullif", "numeric", "octet_length", "of", "on", "only", "open", "option", "or", "order",
    "outer", "output", "overlaps", "pad", "partial", "pivot", "position", "precision", "prepare", "preserve", "primary", "prior",
    "privileges", "procedure", "public", "read", "real", "references", "relative", "remove", "restrict", "returning", "revoke", "right",
    "rollback", "rows", "schema", "scroll", "section", "select", "session", "session_user", "set", "sexp", "size", "smallint", "some",
    "space", "sql", "sqlcode", "sqlerror", "sqlstate", "string", "struct", "substring", "sum", "symbol", "system_user", "table",
    "temporary", "then", "timestamp", "to", "transaction", "translate", "translation", "trim", "true", "tuple", "union", "unique",
    "unknown", "unpivot", "update", "upper", "usage", "user", "using", "value", "values", "varchar", "varying", "view", "when",
    "whenever", "where", "with", "work", "write", "zone",
};
/* clang-format on */

enum { KEYWORD_MAX = 20 };

static int compare(const void *word, const void *row)
{
    return strcasecmp(word, *(const char *const *)row);
}

static bool is_keyword(struct bytes text)
{
    char word[KEYWORD_MAX + 1] = "";

    if (text.size > KEYWORD_MAX)
        return false;
    memcpy(word, text.data, text.size);
    return bsearch(word, keywords, sizeof keywords / sizeof *keywords, sizeof *keywords, compare) != NULL;
}

bool partiql_is(const struct partiql_word *word, const char *text)
{
    bool is_open =
        word->kind == PARTIQL_NAME || word->kind == PARTIQL_KEYWORD || word->kind == PARTIQL_OPERATOR || word->kind == PARTIQL_MARK;

    return is_open && word->text.size == strlen(text) && !strncasecmp(word->text.data, text, word->text.size);
}

const char *partiql_print_place(const struct partiql_place *place, struct arena *arena)
{
    return arena_print(arena, " at %u:%u:%u", place->line, place->column, place->length);
}

/* ---- scanning ---- */

struct scanner {
    const char *at;
    const char *end;
    uint32_t line;
    uint32_t column;
    struct arena *arena;
    struct partiql_word *words;
    size_t count;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static bool begins(const struct scanner *scanner, const char *text)
{
    size_t size = strlen(text);

    return (size_t)(scanner->end - scanner->at) >= size && !memcmp(scanner->at, text, size);
}

/* Steps to `to`, counting lines and characters. */
static void step(struct scanner *scanner, const char *to)
{
    for (; scanner->at < to; scanner->at++) {
        if (*scanner->at == '\n') {
            scanner->line++;
            scanner->column = 1;
        } else if (((unsigned char)*scanner->at & 0xc0) != 0x80) {
            scanner->column++;
        }
    }
}

static const char *find(const struct scanner *scanner, size_t from, const char *text)
{
    const char *start = scanner->at + from;

    return start <= scanner->end ? memmem(start, (size_t)(scanner->end - start), text, strlen(text)) : NULL;
}

/* Blanks and comments. False for a comment that does not end. */
static bool skip(struct scanner *scanner)
{
    const char *end;

    while (scanner->at < scanner->end) {
        if (is_blank(*scanner->at)) {
            end = scanner->at + 1;
        } else if (begins(scanner, "--")) {
            end = find(scanner, 2, "\n");
            end = end ? end : scanner->end;
        } else if (begins(scanner, "/*")) {
            end = find(scanner, 2, "*/");
            if (!end)
                return false;
            end += 2;
        } else {
            break;
        }
        step(scanner, end);
    }
    return true;
}

static const char *quote_end(const struct scanner *scanner)
{
    const char *at = scanner->at + 1;

    for (; at < scanner->end; at++) {
        if (*at != *scanner->at)
            continue;
        if (at + 1 == scanner->end || at[1] != *scanner->at)
            return at + 1;
        at++;
    }
    return NULL;
}

/* The text between quotes, doubled ones made one. */
static struct bytes unquote(const char *at, const char *end, struct arena *arena)
{
    char quote = *at;
    char *text = arena_take(arena, (size_t)(end - at));
    size_t size = 0;

    for (at++; at < end - 1; at++) {
        text[size++] = *at;
        at += *at == quote;
    }
    return (struct bytes){ text, size };
}

static const char *digits_end(const char *at, const char *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at;
}

static const char *number_end(const struct scanner *scanner)
{
    const char *at = digits_end(scanner->at, scanner->end);
    const char *exponent;

    if (at < scanner->end && *at == '.')
        at = digits_end(at + 1, scanner->end);
    if (at < scanner->end && (*at == 'e' || *at == 'E')) {
        exponent = at + 1;
        exponent += exponent < scanner->end && (*exponent == '+' || *exponent == '-');
        if (exponent < scanner->end && is_digit(*exponent))
            at = digits_end(exponent, scanner->end);
    }
    return at;
}

static const char *sign_end(const struct scanner *scanner, enum partiql_kind *kind)
{
    static const char *const long_signs[] = { "<<", ">>", "<>", "<=", ">=", "!=", "||" };

    *kind = PARTIQL_OPERATOR;
    for (size_t i = 0; i < sizeof long_signs / sizeof *long_signs; i++)
        if (begins(scanner, long_signs[i])) {
            *kind = i < 2 ? PARTIQL_MARK : PARTIQL_OPERATOR;
            return scanner->at + 2;
        }
    if (memchr("=<>+-*/%", *scanner->at, 8))
        return scanner->at + 1;
    *kind = PARTIQL_MARK;
    return memchr("()[]{},.:;", *scanner->at, 10) ? scanner->at + 1 : NULL;
}

static bool begins_number(const struct scanner *scanner)
{
    return is_digit(*scanner->at) || (*scanner->at == '.' && scanner->at + 1 < scanner->end && is_digit(scanner->at[1]));
}

/* Where the word at hand ends, and of which kind it is; NULL when it is none. */
static const char *word_end(const struct scanner *scanner, enum partiql_kind *kind)
{
    const char *end = scanner->at + 1;

    if (*scanner->at == '\'' || *scanner->at == '"') {
        *kind = *scanner->at == '"' ? PARTIQL_QUOTED : PARTIQL_STRING;
        return quote_end(scanner);
    }
    if (is_letter(*scanner->at)) {
        *kind = PARTIQL_NAME;
        while (end < scanner->end && (is_letter(*end) || is_digit(*end)))
            end++;
        return end;
    }
    if (begins_number(scanner)) {
        *kind = PARTIQL_NUMBER;
        return number_end(scanner);
    }
    *kind = PARTIQL_PARAMETER;
    return *scanner->at == '?' ? end : sign_end(scanner, kind);
}

static bool scan_word(struct scanner *scanner)
{
    struct partiql_word *word = &scanner->words[scanner->count];
    const char *end = word_end(scanner, &word->kind);

    if (!end)
        return false;
    word->place = (struct partiql_place){ .line = scanner->line, .column = scanner->column };
    word->text = (struct bytes){ scanner->at, (size_t)(end - scanner->at) };
    if (word->kind == PARTIQL_QUOTED || word->kind == PARTIQL_STRING)
        word->text = unquote(scanner->at, end, scanner->arena);
    else if (word->kind == PARTIQL_NAME && is_keyword(word->text))
        word->kind = PARTIQL_KEYWORD;
    for (const char *at = scanner->at; at < end; at++)
        word->place.length += ((unsigned char)*at & 0xc0) != 0x80;
    step(scanner, end);
    scanner->count++;
    return true;
}

struct partiql_word *partiql_scan(struct bytes text, struct arena *arena)
{
    struct scanner scanner = { .at = text.data, .end = text.data + text.size, .line = 1, .column = 1, .arena = arena };

    scanner.words = arena_take(arena, (text.size + 1) * sizeof *scanner.words);
    while (skip(&scanner)) {
        if (scanner.at < scanner.end) {
            if (!scan_word(&scanner))
                return NULL;
            continue;
        }
        if (scanner.count && partiql_is(&scanner.words[scanner.count - 1], ";"))
            scanner.count--;
        scanner.words[scanner.count] = (struct partiql_word){ .place = { scanner.line, scanner.column, 0 } };
        return scanner.words;
    }
    return NULL;
}
