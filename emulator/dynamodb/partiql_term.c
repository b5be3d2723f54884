/* The terms of PartiQL: values, paths, calls and the operators that join them. An operator-precedence parser; what nests is bounded. */

#include "dynamodb/partiql_parser.h"

#include <string.h>

/* The weakest first. */
enum strength { STRENGTH_NONE, STRENGTH_OR, STRENGTH_AND, STRENGTH_NOT, STRENGTH_COMPARISON, STRENGTH_SUM, STRENGTH_PRODUCT };

static const struct infix {
    const char *text;
    enum term_kind kind;
    enum strength strength;
} infixes[] = {
    { "OR", TERM_OR, STRENGTH_OR },
    { "AND", TERM_AND, STRENGTH_AND },
    { "=", TERM_EQ, STRENGTH_COMPARISON },
    { "<>", TERM_NE, STRENGTH_COMPARISON },
    { "!=", TERM_NE, STRENGTH_COMPARISON },
    { "<", TERM_LT, STRENGTH_COMPARISON },
    { "<=", TERM_LE, STRENGTH_COMPARISON },
    { ">", TERM_GT, STRENGTH_COMPARISON },
    { ">=", TERM_GE, STRENGTH_COMPARISON },
    { "BETWEEN", TERM_BETWEEN, STRENGTH_COMPARISON },
    { "IN", TERM_IN, STRENGTH_COMPARISON },
    { "IS", TERM_IS, STRENGTH_COMPARISON },
    { "LIKE", TERM_OPERATOR, STRENGTH_COMPARISON },
    { "+", TERM_PLUS, STRENGTH_SUM },
    { "-", TERM_MINUS, STRENGTH_SUM },
    { "||", TERM_OPERATOR, STRENGTH_SUM },
    { "*", TERM_OPERATOR, STRENGTH_PRODUCT },
    { "/", TERM_OPERATOR, STRENGTH_PRODUCT },
    { "%", TERM_OPERATOR, STRENGTH_PRODUCT },
};

static const struct infix *find_infix(const struct partiql_word *word)
{
    if (word->kind != PARTIQL_OPERATOR && word->kind != PARTIQL_KEYWORD)
        return NULL;
    for (size_t i = 0; i < sizeof infixes / sizeof *infixes; i++)
        if (partiql_is(word, infixes[i].text))
            return &infixes[i];
    return NULL;
}

/* ---- the tree ---- */

struct term *partiql_new_term(struct partiql_parser *parser, enum term_kind kind, const struct partiql_word *word)
{
    struct term *term = arena_take(parser->arena, sizeof *term);

    term->kind = kind;
    term->place = word->place;
    term->text = word->text;
    return term;
}

/* The room for terms doubles whenever the count is a power of two. */
static void add_term(struct partiql_parser *parser, struct term *parent, struct term *term)
{
    size_t count = parent->count++;
    struct term **grown;

    if (!(count & (count - 1)) || !count) {
        grown = arena_take(parser->arena, (count ? count * 2 : 1) * sizeof(struct term *));
        if (count)
            memcpy(grown, parent->terms, count * sizeof(struct term *));
        parent->terms = grown;
    }
    parent->terms[count] = term;
}

static struct term *refuse(struct partiql_parser *parser, const char *detail)
{
    partiql_refuse(parser, detail);
    return NULL;
}

/* No term begins with this word. */
struct term *partiql_refuse_word(struct partiql_parser *parser)
{
    const struct partiql_word *word = parser->word;

    if (find_infix(word))
        return refuse(parser, "Unexpected operator");
    if (partiql_is(word, "FROM")) /* the FROM-first form of an UPDATE could stand here, if it were whole */
        return refuse(parser, "Expected data manipulation");
    return refuse(parser, word->kind == PARTIQL_KEYWORD ? "Unexpected keyword" : "Unexpected term");
}

static struct term *parse(struct partiql_parser *parser, enum strength least);

/* The same, one level deeper. */
static struct term *parse_inside(struct partiql_parser *parser, enum strength least)
{
    struct term *term;

    if (++parser->nesting > PARTIQL_NESTING_MAX)
        return refuse(parser, "Statement is nested too deeply");
    term = parse(parser, least);
    parser->nesting--;
    return term;
}

/* Terms up to the closing mark, with commas between them. */
static bool parse_terms(struct partiql_parser *parser, struct term *parent, const char *close)
{
    struct term *term;

    if (partiql_take(parser, close))
        return true;
    do {
        term = parse_inside(parser, STRENGTH_NONE);
        if (!term)
            return false;
        add_term(parser, parent, term);
    } while (partiql_take(parser, ","));
    return partiql_take(parser, close) || partiql_refuse(parser, "Expected a comma or the end of the list");
}

/* ---- what operators join ---- */

/* Keywords that call a function when a parenthesis follows. */
static bool is_callable(const struct partiql_word *word)
{
    static const char *const names[] = { "size",  "exists", "count", "avg",       "min",  "max",     "sum",
                                         "upper", "lower",  "trim",  "substring", "cast", "extract", "char_length" };

    if (!partiql_is(word + 1, "("))
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (partiql_is(word, names[i]))
            return true;
    return word->kind == PARTIQL_NAME;
}

static struct term *parse_call(struct partiql_parser *parser)
{
    struct term *call = partiql_new_term(parser, TERM_CALL, parser->word);
    char *name = arena_copy(parser->arena, call->text.data, call->text.size);

    for (char *c = name; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    call->text.data = name;
    parser->word += 2;
    if (partiql_is(parser->word, "*")) {
        add_term(parser, call, partiql_new_term(parser, TERM_STAR, parser->word));
        parser->word++;
        return partiql_take(parser, ")") ? call : refuse(parser, "Unexpected term");
    }
    return parse_terms(parser, call, ")") ? call : NULL;
}

static struct term *parse_map(struct partiql_parser *parser)
{
    struct term *map = partiql_new_term(parser, TERM_MAP, parser->word++);
    struct term *part;

    if (partiql_take(parser, "}"))
        return map;
    do {
        part = parse_inside(parser, STRENGTH_NONE);
        if (!part)
            return NULL;
        add_term(parser, map, part);
        if (!partiql_take(parser, ":"))
            return refuse(parser, "Expected : between a key and its value");
        part = parse_inside(parser, STRENGTH_NONE);
        if (!part)
            return NULL;
        add_term(parser, map, part);
    } while (partiql_take(parser, ","));
    return partiql_take(parser, "}") ? map : refuse(parser, "Expected a comma or the end of the tuple");
}

/* In parentheses: a term, or several that are a list. */
static struct term *parse_enclosed(struct partiql_parser *parser)
{
    struct term *list = partiql_new_term(parser, TERM_LIST, parser->word++);

    if (parser->word->kind == PARTIQL_END)
        return partiql_refuse_word(parser);
    if (!parse_terms(parser, list, ")"))
        return NULL;
    return list->count == 1 ? list->terms[0] : list;
}

static struct term *parse_collection(struct partiql_parser *parser)
{
    struct term *term;

    if (partiql_is(parser->word, "("))
        return parse_enclosed(parser);
    if (partiql_is(parser->word, "{"))
        return parse_map(parser);
    if (!partiql_is(parser->word, "[") && !partiql_is(parser->word, "<<"))
        return partiql_refuse_word(parser);
    term = partiql_new_term(parser, partiql_is(parser->word, "[") ? TERM_LIST : TERM_BAG, parser->word);
    parser->word++;
    return parse_terms(parser, term, term->kind == TERM_LIST ? "]" : ">>") ? term : NULL;
}

/* A sign belongs to the number behind it; before anything else it is an operator with one operand. */
static struct term *parse_signed(struct partiql_parser *parser)
{
    const struct partiql_word *sign = parser->word++;
    struct term *term = parse_inside(parser, STRENGTH_PRODUCT);
    struct term *joined;

    if (!term)
        return NULL;
    if (term->kind != TERM_NUMBER) {
        joined = partiql_new_term(parser, partiql_is(sign, "-") ? TERM_MINUS : TERM_PLUS, sign);
        add_term(parser, joined, term);
        return joined;
    }
    if (partiql_is(sign, "-") && *term->text.data == '-')
        term->text = (struct bytes){ term->text.data + 1, term->text.size - 1 };
    else if (partiql_is(sign, "-"))
        term->text = bytes_of(arena_print(parser->arena, "-%.*s", (int)term->text.size, term->text.data));
    term->place = sign->place;
    return term;
}

static struct term *parse_keyword(struct partiql_parser *parser)
{
    static const struct {
        const char *text;
        enum term_kind kind;
    } constants[] = { { "TRUE", TERM_TRUE }, { "FALSE", TERM_FALSE }, { "NULL", TERM_NULL }, { "MISSING", TERM_MISSING } };

    if (is_callable(parser->word))
        return parse_call(parser);
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (partiql_is(parser->word, constants[i].text))
            return partiql_new_term(parser, constants[i].kind, parser->word++);
    return partiql_refuse_word(parser);
}

static struct term *parse_primary(struct partiql_parser *parser)
{
    struct term *term;

    switch (parser->word->kind) {
    case PARTIQL_STRING:
        return partiql_new_term(parser, TERM_STRING, parser->word++);
    case PARTIQL_NUMBER:
        return partiql_new_term(parser, TERM_NUMBER, parser->word++);
    case PARTIQL_PARAMETER:
        term = partiql_new_term(parser, TERM_PARAMETER, parser->word++);
        term->index = parser->statement->parameter_count++;
        return term;
    case PARTIQL_NAME:
    case PARTIQL_QUOTED:
        return is_callable(parser->word) ? parse_call(parser) : partiql_parse_path(parser);
    case PARTIQL_KEYWORD:
        return parse_keyword(parser);
    case PARTIQL_MARK:
        return parse_collection(parser);
    case PARTIQL_OPERATOR:
        if (partiql_is(parser->word, "-") || partiql_is(parser->word, "+"))
            return parse_signed(parser);
        break;
    case PARTIQL_END:
        break;
    }
    return partiql_refuse_word(parser);
}

/* ---- operators ---- */

/* "NULL", "DOUBLE PRECISION", "VARCHAR(10)" */
static bool parse_type(struct partiql_parser *parser, struct term *term)
{
    static const char *const types[] = { "missing", "null",      "bool",      "boolean", "smallint", "integer", "int",     "int4",
                                         "int8",    "float",     "real",      "double",  "decimal",  "dec",     "numeric", "char",
                                         "string",  "character", "timestamp", "varchar", "symbol",   "clob",    "blob",    "struct",
                                         "list",    "sexp",      "bag",       "tuple",   "date",     "integer4" };
    size_t i = 0;

    while (i < sizeof types / sizeof *types && !partiql_is(parser->word, types[i]))
        i++;
    if (i == sizeof types / sizeof *types)
        return partiql_refuse(parser, "Expected type name");
    term->text = bytes_of(types[i]);
    parser->word++;
    if (!strcmp(types[i], "double"))
        partiql_take(parser, "PRECISION");
    if (!strcmp(types[i], "character"))
        partiql_take(parser, "VARYING");
    if (!partiql_take(parser, "("))
        return true;
    while (parser->word->kind == PARTIQL_NUMBER || partiql_is(parser->word, ","))
        parser->word++;
    return partiql_take(parser, ")") || partiql_refuse(parser, "Expected the end of the type");
}

/* What stands right of the operator. */
static bool parse_right(struct partiql_parser *parser, struct term *joined, enum strength strength)
{
    struct term *right;

    if (joined->kind == TERM_IS)
        return parse_type(parser, joined);
    if (parser->word->kind == PARTIQL_END)
        return partiql_refuse(parser, "Missing right-hand side expression of infix operator");
    right = parse_inside(parser, strength + 1);
    if (!right)
        return false;
    add_term(parser, joined, right);
    if (joined->kind != TERM_BETWEEN)
        return true;
    if (!partiql_take(parser, "AND"))
        return partiql_refuse(parser, "Expected AND after BETWEEN");
    right = parse_inside(parser, strength + 1);
    if (right)
        add_term(parser, joined, right);
    return right != NULL;
}

/* IN (a): one candidate in parentheses is read as a term of its own. */
static void make_candidates(struct partiql_parser *parser, struct term *in, bool is_enclosed)
{
    struct term *list;

    if (in->terms[1]->kind == TERM_LIST || in->terms[1]->kind == TERM_BAG || !is_enclosed)
        return;
    list = arena_take(parser->arena, sizeof *list);
    list->kind = TERM_LIST;
    add_term(parser, list, in->terms[1]);
    in->terms[1] = list;
}

static struct term *join(struct partiql_parser *parser, struct term *left, const struct infix *infix, bool is_negated)
{
    const struct partiql_word *word = parser->word++;
    struct term *joined = partiql_new_term(parser, infix->kind, word);
    struct term *negation;
    bool is_enclosed;

    add_term(parser, joined, left);
    if (infix->kind == TERM_IS)
        is_negated = partiql_take(parser, "NOT");
    is_enclosed = partiql_is(parser->word, "(");
    if (!parse_right(parser, joined, infix->strength))
        return NULL;
    if (infix->kind == TERM_IN)
        make_candidates(parser, joined, is_enclosed);
    if (!is_negated)
        return joined;
    negation = partiql_new_term(parser, TERM_NOT, word);
    add_term(parser, negation, joined);
    return negation;
}

/* The operator at the current word, NOT IN and its like included: the word stands on it then. */
static const struct infix *take_infix(struct partiql_parser *parser, bool *is_negated)
{
    const struct infix *infix;

    *is_negated = partiql_is(parser->word, "NOT");
    infix = find_infix(parser->word + *is_negated);
    if (*is_negated && infix && infix->kind != TERM_BETWEEN && infix->kind != TERM_IN && !partiql_is(parser->word + 1, "LIKE"))
        return NULL;
    if (infix)
        parser->word += *is_negated;
    return infix;
}

static struct term *parse_left(struct partiql_parser *parser)
{
    const struct partiql_word *word = parser->word;
    struct term *negation;
    struct term *term;

    if (!partiql_is(word, "NOT"))
        return parse_primary(parser);
    parser->word++;
    term = parse_inside(parser, STRENGTH_NOT);
    if (!term)
        return NULL;
    negation = partiql_new_term(parser, TERM_NOT, word);
    add_term(parser, negation, term);
    return negation;
}

static struct term *parse(struct partiql_parser *parser, enum strength least)
{
    struct term *term = parse_left(parser);
    const struct infix *infix;
    const struct partiql_word *word;
    bool is_negated;

    while (term) {
        word = parser->word;
        infix = word->kind == PARTIQL_END ? NULL : take_infix(parser, &is_negated);
        if (!infix || infix->strength < least) {
            parser->word = word;
            break;
        }
        term = join(parser, term, infix, is_negated);
    }
    return term;
}

struct term *partiql_parse_term(struct partiql_parser *parser)
{
    return parse(parser, STRENGTH_NONE);
}
