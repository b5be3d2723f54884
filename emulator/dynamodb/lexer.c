#include "dynamodb/lexer.h"

#include <string.h>
#include <strings.h>

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_letter(c) || is_digit(c) || c == '_';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static const char *skip(const char *at, const char *end, bool (*belongs)(char c))
{
    while (at < end && belongs(*at))
        at++;
    return at;
}

/* What stands before a letter or digit decides between alias and stray sign. */
static const char *scan_alias(const char *at, const char *end, enum token_kind *kind)
{
    const char *behind = skip(at + 1, end, is_word);

    *kind = behind == at + 1 ? TOKEN_UNKNOWN : *at == '#' ? TOKEN_NAME_ALIAS : TOKEN_VALUE_ALIAS;
    return behind;
}

static const char *scan_comparison(const char *at, const char *end, enum token_kind *kind)
{
    char following = at + 1 < end ? at[1] : '\0';

    if (*at == '<') {
        *kind = following == '=' ? TOKEN_LE : following == '>' ? TOKEN_NE : TOKEN_LT;
        return at + (*kind == TOKEN_LT ? 1 : 2);
    }
    *kind = following == '=' ? TOKEN_GE : TOKEN_GT;
    return at + (*kind == TOKEN_GT ? 1 : 2);
}

static enum token_kind sign_kind(char c)
{
    static const char signs[] = "()[],.=+-";
    static const enum token_kind kinds[] = { TOKEN_OPEN, TOKEN_CLOSE, TOKEN_OPEN_BRACKET, TOKEN_CLOSE_BRACKET, TOKEN_COMMA,
                                             TOKEN_DOT,  TOKEN_EQ,    TOKEN_PLUS,         TOKEN_MINUS };
    const char *found = c ? strchr(signs, c) : NULL;

    return found ? kinds[found - signs] : TOKEN_UNKNOWN;
}

/* One character, with the bytes that continue it in UTF-8. */
static const char *scan_character(const char *at, const char *end)
{
    at++;
    while (at < end && ((unsigned char)*at & 0xc0) == 0x80)
        at++;
    return at;
}

static const char *scan(const char *at, const char *end, enum token_kind *kind)
{
    if (is_letter(*at)) {
        *kind = TOKEN_WORD;
        return skip(at, end, is_word);
    }
    if (is_digit(*at)) {
        *kind = TOKEN_DIGITS;
        return *at == '0' ? at + 1 : skip(at, end, is_digit); /* no number begins with a zero */
    }
    if (*at == '#' || *at == ':')
        return scan_alias(at, end, kind);
    if (*at == '<' || *at == '>')
        return scan_comparison(at, end, kind);
    *kind = sign_kind(*at);
    return scan_character(at, end);
}

static struct token read_token(struct bytes source, const char *at)
{
    const char *end = source.data + source.size;
    struct token token = { 0 };
    const char *behind;

    at = skip(at, end, is_blank);
    behind = at < end ? scan(at, end, &token.kind) : at;
    token.text = (struct bytes){ at, (size_t)(behind - at) };
    return token;
}

static struct token following(const struct lexer *lexer, const struct token *token)
{
    return read_token(lexer->source, token->text.data + token->text.size);
}

void lexer_open(struct lexer *lexer, struct bytes source)
{
    lexer->source = source;
    lexer->current = read_token(source, source.data);
    lexer->previous = (struct token){ .text = { lexer->current.text.data, 0 } };
    lexer->next = following(lexer, &lexer->current);
}

void lexer_step(struct lexer *lexer)
{
    if (lexer->current.kind == TOKEN_END)
        return;
    lexer->previous = lexer->current;
    lexer->current = lexer->next;
    lexer->next = following(lexer, &lexer->current);
}

bool token_is(const struct token *token, const char *keyword)
{
    return token->kind == TOKEN_WORD && token->text.size == strlen(keyword) && !strncasecmp(token->text.data, keyword, token->text.size);
}

struct bytes lexer_near(const struct lexer *lexer)
{
    const char *from = lexer->previous.text.data;
    const char *end = lexer->current.kind == TOKEN_END ? lexer->previous.text.data + lexer->previous.text.size
                                                       : lexer->next.text.data + lexer->next.text.size;

    if (lexer->next.kind == TOKEN_END && lexer->current.kind != TOKEN_END)
        end = lexer->current.text.data + lexer->current.text.size;
    return (struct bytes){ from, (size_t)(end - from) };
}
