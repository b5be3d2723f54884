/* Expressions, by precedence: OR, AND, NOT, comparisons, + - ||, * /, signs, primaries. */

#include "analytics/parser.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct sql_node *additive(struct sql_parser *parser);

/* Every way into deeper recursion passes here. */
static bool enter(struct sql_parser *parser)
{
    if (++parser->depth > SQL_DEPTH_MAX)
        sql_parser_fail(parser, &parser->lexer.token.span, "The expression is nested more than %d deep", SQL_DEPTH_MAX);
    return !parser->has_failed;
}

static struct sql_node *leave(struct sql_parser *parser, struct sql_node *node)
{
    parser->depth--;
    return parser->has_failed ? NULL : node;
}

static struct sql_node *node_new(struct sql_parser *parser, enum node_kind kind, struct sql_span span)
{
    struct sql_node *node = arena_take(parser->arena, sizeof *node);

    node->kind = kind;
    node->span = span;
    node->depth = 1;
    return node;
}

/* Adds a part (NULL after a failure is ignored). A left-deep chain of operators is deep too, and bounded like nesting. */
static void add_part(struct sql_parser *parser, struct sql_node *node, struct sql_node *part)
{
    if (!part)
        return;
    node->parts = sql_parser_grow(parser, node->parts, node->part_count, sizeof *node->parts);
    node->parts[node->part_count++] = part;
    if (part->depth >= node->depth)
        node->depth = part->depth + 1;
    if (node->depth > SQL_DEPTH_MAX)
        sql_parser_fail(parser, &part->span, "The expression is nested more than %d deep", SQL_DEPTH_MAX);
}

static struct sql_node *close_node(struct sql_parser *parser, struct sql_node *node)
{
    node->span.end = parser->lexer.before.end;
    return parser->has_failed ? NULL : node;
}

static struct sql_node *binary(struct sql_parser *parser, const char *op, struct sql_node *left, struct sql_node *right)
{
    struct sql_node *node;

    if (!left || !right)
        return NULL;
    node = node_new(parser, NODE_BINARY, left->span);
    node->op = op;
    add_part(parser, node, left);
    add_part(parser, node, right);
    return close_node(parser, node);
}

/* ---- literals ---- */

static struct sql_node *literal(struct sql_parser *parser, enum sql_kind kind, struct value value)
{
    struct sql_node *node = node_new(parser, NODE_LITERAL, parser->lexer.token.span);

    node->type.kind = kind;
    node->value = value;
    sql_lexer_next(&parser->lexer);
    return node;
}

static struct sql_node *number(struct sql_parser *parser)
{
    const char *text = parser->lexer.token.text;
    int64_t whole;
    double real;

    if (text_to_int64(text, &whole))
        return literal(parser, whole > INT32_MAX ? SQL_BIGINT : SQL_INTEGER, value_integer(whole));
    real = strtod(text, NULL);
    if (!isfinite(real))
        return sql_parser_fail(parser, &parser->lexer.token.span, "The number %.64s is out of range", text);
    return literal(parser, strpbrk(text, "eE") ? SQL_DOUBLE : SQL_DECIMAL, value_real(real));
}

static struct sql_node *word_literal(struct sql_parser *parser)
{
    if (sql_parser_is(parser, "TRUE") || sql_parser_is(parser, "FALSE"))
        return literal(parser, SQL_BOOLEAN, value_integer(sql_parser_is(parser, "TRUE")));
    if (sql_parser_is(parser, "UNKNOWN"))
        return literal(parser, SQL_BOOLEAN, (struct value){ 0 });
    return literal(parser, SQL_ANY, (struct value){ 0 }); /* NULL */
}

/* DATE '...', TIME '...', TIMESTAMP '...': begin is the word, the string is the current token. */
static struct sql_node *moment(struct sql_parser *parser, struct sql_span begin, enum sql_kind kind)
{
    const char *text = parser->lexer.token.text;
    struct value value;
    struct sql_node *node;
    misfit why = value_from_text(text, strlen(text), &(struct sql_type){ .kind = kind }, parser->arena, &value);

    if (why)
        return sql_parser_fail(parser, &parser->lexer.token.span, "%s: '%.64s'", why, text);
    node = literal(parser, kind, value);
    node->span.begin = begin.begin;
    return node;
}

static enum moment_unit unit(struct sql_parser *parser)
{
    enum moment_unit found = parser->lexer.token.kind == TOKEN_WORD ? moment_unit_find(parser->lexer.token.text) : UNIT_NONE;

    if (found == UNIT_NONE)
        sql_parser_unexpected(parser, "YEAR, MONTH, DAY, HOUR, MINUTE or SECOND");
    sql_lexer_next(&parser->lexer);
    if (sql_parser_take(parser, "(")) { /* a precision says how many digits may be written, and bounds nothing here */
        sql_lexer_next(&parser->lexer);
        if (sql_parser_take(parser, ","))
            sql_lexer_next(&parser->lexer);
        sql_parser_expect(parser, ")");
    }
    return found;
}

/* Fields from the unit `first` down to `last`, parted by '-', ' ', ':'; the sum goes to count in milliseconds or months. */
static bool interval_fields(const char *text, enum moment_unit first, enum moment_unit last, int64_t *count)
{
    bool is_negative = *text == '-';

    *count = 0;
    text += *text == '-' || *text == '+';
    for (enum moment_unit at = first; at <= last; at++) {
        char *end;
        long long field;

        if (*text < '0' || *text > '9')
            return false;
        field = strtoll(text, &end, 10);
        if (field > 1000000000)
            return false;
        *count += at <= UNIT_MONTH ? field * (at == UNIT_YEAR ? 12 : 1) : field * moment_unit_ms(at);
        if (at == UNIT_SECOND && *end == '.')
            for (int weight = 100; *++end >= '0' && *end <= '9'; weight /= 10)
                *count += (*end - '0') * weight;
        if (at < last && !strchr("- :", *end))
            return false;
        text = end + (at < last && *end);
    }
    if (is_negative)
        *count = -*count;
    return !*text;
}

static struct sql_node *interval(struct sql_parser *parser, struct sql_span begin)
{
    struct sql_token text = parser->lexer.token;
    struct sql_node *node = node_new(parser, NODE_LITERAL, begin);
    enum moment_unit first, last;
    int64_t count = 0;

    sql_lexer_next(&parser->lexer);
    first = unit(parser);
    last = sql_parser_take(parser, "TO") ? unit(parser) : first;
    if (parser->has_failed)
        return NULL;
    if (first > last || (first <= UNIT_MONTH) != (last <= UNIT_MONTH) || !interval_fields(text.text, first, last, &count))
        return sql_parser_fail(parser, &text.span, "'%.64s' is not an interval of its unit", text.text);
    node->type.kind = first <= UNIT_MONTH ? SQL_INTERVAL_MONTHS : SQL_INTERVAL;
    node->type.scale = (int)last;
    node->value = value_integer(count);
    return close_node(parser, node);
}

/* ---- calls ---- */

static const char row_wise[] = "is not supported by lowcloud: functions over several rows need a window";

/* Functions over several rows, and functions of tables. */
static bool is_over_rows(const char *name)
{
    static const char *const names[] = { "AVG",
                                         "COUNT",
                                         "COUNT_DISTINCT",
                                         "COUNT_DISTINCT_ITEMS_TUMBLING",
                                         "EXP_AVG",
                                         "FIRST_VALUE",
                                         "HOTSPOTS",
                                         "LAG",
                                         "LAST_VALUE",
                                         "LEAD",
                                         "MAX",
                                         "MIN",
                                         "MONOTONIC",
                                         "NTH_VALUE",
                                         "RANDOM_CUT_FOREST",
                                         "RANDOM_CUT_FOREST_WITH_EXPLANATION",
                                         "STDDEV_POP",
                                         "STDDEV_SAMP",
                                         "SUM",
                                         "TOP_K_ITEMS_TUMBLING",
                                         "VAR_POP",
                                         "VAR_SAMP",
                                         "RANK",
                                         "ROW_NUMBER" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

static void arguments(struct sql_parser *parser, struct sql_node *call)
{
    if (sql_parser_take(parser, ")"))
        return;
    do
        add_part(parser, call, sql_parser_expression(parser));
    while (sql_parser_take(parser, ","));
    sql_parser_expect(parser, ")");
}

/* POSITION(a IN b) */
static void position_arguments(struct sql_parser *parser, struct sql_node *call)
{
    add_part(parser, call, additive(parser));
    sql_parser_expect(parser, "IN");
    add_part(parser, call, sql_parser_expression(parser));
    sql_parser_expect(parser, ")");
}

/* SUBSTRING(a FROM b [FOR c]), SUBSTRING(a, b [, c]) */
static void substring_arguments(struct sql_parser *parser, struct sql_node *call)
{
    add_part(parser, call, sql_parser_expression(parser));
    if (!sql_parser_take(parser, "FROM"))
        sql_parser_expect(parser, ",");
    add_part(parser, call, sql_parser_expression(parser));
    if (sql_parser_take(parser, "FOR") || sql_parser_take(parser, ","))
        add_part(parser, call, sql_parser_expression(parser));
    sql_parser_expect(parser, ")");
}

/* TRIM([BOTH | LEADING | TRAILING] [c] [FROM] s): the text first, then the characters when they are given. */
static void trim_arguments(struct sql_parser *parser, struct sql_node *call)
{
    static const char *const sides[] = { "BOTH", "LEADING", "TRAILING" };
    struct sql_node *what = NULL;
    bool has_side = false;

    call->op = sides[0];
    for (size_t i = 0; i < 3 && !has_side; i++)
        if (sql_parser_take(parser, sides[i])) {
            call->op = sides[i];
            has_side = true;
        }
    if (!has_side || !sql_parser_is(parser, "FROM"))
        what = sql_parser_expression(parser);
    if (sql_parser_take(parser, "FROM")) {
        add_part(parser, call, sql_parser_expression(parser));
        add_part(parser, call, what);
    } else {
        add_part(parser, call, what);
    }
    sql_parser_expect(parser, ")");
}

/* EXTRACT(unit FROM t) */
static void extract_arguments(struct sql_parser *parser, struct sql_node *call)
{
    call->unit = unit(parser);
    sql_parser_expect(parser, "FROM");
    add_part(parser, call, sql_parser_expression(parser));
    sql_parser_expect(parser, ")");
}

/* FLOOR(x), FLOOR(t TO unit); the same for CEIL. */
static void floor_arguments(struct sql_parser *parser, struct sql_node *call)
{
    add_part(parser, call, sql_parser_expression(parser));
    if (sql_parser_take(parser, "TO"))
        call->unit = unit(parser);
    sql_parser_expect(parser, ")");
}

/* STEP(t BY INTERVAL '...' unit) */
static void step_arguments(struct sql_parser *parser, struct sql_node *call)
{
    add_part(parser, call, sql_parser_expression(parser));
    sql_parser_expect(parser, "BY");
    add_part(parser, call, sql_parser_expression(parser));
    sql_parser_expect(parser, ")");
}

static struct sql_node *call(struct sql_parser *parser, const struct sql_name *name)
{
    static const struct {
        const char *name;
        void (*arguments)(struct sql_parser *parser, struct sql_node *call);
    } forms[] = { { "POSITION", position_arguments }, { "SUBSTRING", substring_arguments },
                  { "TRIM", trim_arguments },         { "EXTRACT", extract_arguments },
                  { "FLOOR", floor_arguments },       { "CEIL", floor_arguments },
                  { "CEILING", floor_arguments },     { "STEP", step_arguments } };
    struct sql_node *node = node_new(parser, NODE_CALL, name->span);
    void (*read)(struct sql_parser *, struct sql_node *) = arguments;

    if (is_over_rows(name->text))
        return sql_parser_fail(parser, &name->span, "%s %s", name->text, row_wise);
    node->name = name->text;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (!strcmp(forms[i].name, name->text))
            read = forms[i].arguments;
    read(parser, node);
    if (sql_parser_is(parser, "OVER"))
        return sql_parser_fail(parser, &parser->lexer.token.span, "A window (OVER) %s", row_wise);
    return close_node(parser, node);
}

/* ---- primaries ---- */

static struct sql_node *cast(struct sql_parser *parser)
{
    struct sql_node *node = node_new(parser, NODE_CAST, parser->lexer.before);

    sql_parser_expect(parser, "(");
    add_part(parser, node, sql_parser_expression(parser));
    sql_parser_expect(parser, "AS");
    sql_parser_type(parser, &node->type);
    sql_parser_expect(parser, ")");
    return close_node(parser, node);
}

static struct sql_node *case_(struct sql_parser *parser)
{
    struct sql_node *node = node_new(parser, NODE_CASE, parser->lexer.before);

    if (!sql_parser_is(parser, "WHEN")) {
        node->operand = sql_parser_expression(parser);
        if (node->operand)
            node->depth = node->operand->depth + 1;
    }
    if (!sql_parser_is(parser, "WHEN"))
        sql_parser_unexpected(parser, "WHEN");
    while (sql_parser_take(parser, "WHEN")) {
        add_part(parser, node, sql_parser_expression(parser));
        sql_parser_expect(parser, "THEN");
        add_part(parser, node, sql_parser_expression(parser));
    }
    if (sql_parser_take(parser, "ELSE"))
        add_part(parser, node, sql_parser_expression(parser));
    sql_parser_expect(parser, "END");
    return close_node(parser, node);
}

/* A column, a qualified one, or a qualified star (name NULL); a call when a parenthesis follows. */
static struct sql_node *column(struct sql_parser *parser)
{
    bool is_word = parser->lexer.token.kind == TOKEN_WORD;
    struct sql_node *node = node_new(parser, NODE_COLUMN, parser->lexer.token.span);
    struct sql_name name;

    if (!sql_parser_name(parser, &name))
        return NULL;
    if (is_word && sql_parser_take(parser, "("))
        return call(parser, &name);
    node->name = name.text;
    if (sql_parser_take(parser, ".")) {
        node->qualifier = name.text;
        node->name = NULL;
        if (!sql_parser_take(parser, "*") && sql_parser_name(parser, &name))
            node->name = name.text;
    }
    return close_node(parser, node);
}

static struct sql_node *moment_or_column(struct sql_parser *parser)
{
    struct sql_lexer before = parser->lexer;
    struct sql_token word = parser->lexer.token;

    sql_lexer_next(&parser->lexer);
    if (parser->lexer.token.kind == TOKEN_STRING) {
        if (!strcmp(word.text, "INTERVAL"))
            return interval(parser, word.span);
        return moment(parser, word.span, !strcmp(word.text, "DATE") ? SQL_DATE : (!strcmp(word.text, "TIME") ? SQL_TIME : SQL_TIMESTAMP));
    }
    parser->lexer = before;
    return column(parser);
}

static struct sql_node *parenthesis(struct sql_parser *parser)
{
    struct sql_span begin = parser->lexer.before;
    struct sql_node *inner, *node;

    if (sql_parser_is(parser, "SELECT"))
        return sql_parser_fail(parser, &parser->lexer.token.span, "A subquery inside an expression is not supported by lowcloud");
    inner = sql_parser_expression(parser);
    sql_parser_expect(parser, ")");
    if (parser->has_failed || inner->kind != NODE_BINARY || strcmp(inner->op, "-") || parser->lexer.token.kind != TOKEN_WORD ||
        moment_unit_find(parser->lexer.token.text) == UNIT_NONE)
        return inner;
    node = node_new(parser, NODE_DIFFERENCE, begin); /* (a - b) SECOND */
    add_part(parser, node, inner->parts[0]);
    add_part(parser, node, inner->parts[1]);
    node->unit = unit(parser);
    return close_node(parser, node);
}

static struct sql_node *primary(struct sql_parser *parser)
{
    const struct sql_token *token = &parser->lexer.token;

    if (parser->has_failed)
        return NULL;
    if (token->kind == TOKEN_NUMBER)
        return number(parser);
    if (token->kind == TOKEN_STRING)
        return literal(parser, SQL_VARCHAR, value_text(token->text));
    if (token->kind == TOKEN_WORD) {
        if (!strcmp(token->text, "TRUE") || !strcmp(token->text, "FALSE") || !strcmp(token->text, "UNKNOWN") ||
            !strcmp(token->text, "NULL"))
            return word_literal(parser);
        if (!strcmp(token->text, "DATE") || !strcmp(token->text, "TIME") || !strcmp(token->text, "TIMESTAMP") ||
            !strcmp(token->text, "INTERVAL"))
            return moment_or_column(parser);
    }
    if (sql_parser_take(parser, "CASE"))
        return case_(parser);
    if (sql_parser_take(parser, "CAST"))
        return cast(parser);
    if (sql_parser_take(parser, "("))
        return parenthesis(parser);
    if (sql_parser_is(parser, "EXISTS") || sql_parser_is(parser, "CURSOR") || sql_parser_is(parser, "SELECT"))
        return sql_parser_fail(parser, &token->span, "%s inside an expression is not supported by lowcloud", token->text);
    if (sql_parser_is_name(parser))
        return column(parser);
    return sql_parser_unexpected(parser, "an expression");
}

/* ---- operators ---- */

/* The operator of the list that is the current token, taken; NULL when it is none of them. */
static const char *take_operator(struct sql_parser *parser, const char *const *operators)
{
    for (; *operators; operators++)
        if (sql_parser_take(parser, *operators))
            return *operators;
    return NULL;
}

static struct sql_node *sign(struct sql_parser *parser)
{
    static const char *const operators[] = { "-", "+", NULL };
    struct sql_span begin = parser->lexer.token.span;
    const char *op = take_operator(parser, operators);
    struct sql_node *node;

    if (!op)
        return primary(parser);
    if (!enter(parser))
        return leave(parser, NULL);
    node = node_new(parser, NODE_UNARY, begin);
    node->op = op;
    add_part(parser, node, sign(parser));
    return leave(parser, close_node(parser, node));
}

/* A run of left-associative operators over what `next` reads. */
static struct sql_node *chain(struct sql_parser *parser, const char *const *operators, struct sql_node *(*next)(struct sql_parser *))
{
    struct sql_node *left = next(parser);
    const char *op;

    while (left && (op = take_operator(parser, operators)))
        left = binary(parser, op, left, next(parser));
    return left;
}

static struct sql_node *multiplicative(struct sql_parser *parser)
{
    static const char *const operators[] = { "*", "/", "%", NULL };

    return chain(parser, operators, sign);
}

static struct sql_node *additive(struct sql_parser *parser)
{
    static const char *const operators[] = { "+", "-", "||", NULL };

    return chain(parser, operators, multiplicative);
}

static struct sql_node *predicate(struct sql_parser *parser, enum node_kind kind, struct sql_node *left, bool is_negated)
{
    struct sql_node *node = node_new(parser, kind, left->span);

    node->is_negated = is_negated;
    add_part(parser, node, left);
    return node;
}

static struct sql_node *between(struct sql_parser *parser, struct sql_node *left, bool is_negated)
{
    struct sql_node *node = predicate(parser, NODE_BETWEEN, left, is_negated);

    sql_parser_take(parser, "ASYMMETRIC");
    add_part(parser, node, additive(parser));
    sql_parser_expect(parser, "AND");
    add_part(parser, node, additive(parser));
    return close_node(parser, node);
}

static struct sql_node *in(struct sql_parser *parser, struct sql_node *left, bool is_negated)
{
    struct sql_node *node = predicate(parser, NODE_IN, left, is_negated);

    sql_parser_expect(parser, "(");
    if (sql_parser_is(parser, "SELECT"))
        return sql_parser_fail(parser, &parser->lexer.token.span, "A subquery inside an expression is not supported by lowcloud");
    do
        add_part(parser, node, sql_parser_expression(parser));
    while (sql_parser_take(parser, ","));
    sql_parser_expect(parser, ")");
    return close_node(parser, node);
}

static struct sql_node *like(struct sql_parser *parser, struct sql_node *left, bool is_negated, const char *op)
{
    struct sql_node *node = predicate(parser, NODE_LIKE, left, is_negated);

    node->op = op;
    add_part(parser, node, additive(parser));
    if (sql_parser_take(parser, "ESCAPE"))
        add_part(parser, node, additive(parser));
    return close_node(parser, node);
}

static struct sql_node *is(struct sql_parser *parser, struct sql_node *left)
{
    static const char *const states[] = { "NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT", NULL };
    struct sql_node *node = predicate(parser, NODE_IS, left, sql_parser_take(parser, "NOT"));

    node->op = take_operator(parser, states);
    if (!node->op)
        return sql_parser_unexpected(parser, "NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM");
    if (!strcmp(node->op, "DISTINCT")) {
        sql_parser_expect(parser, "FROM");
        add_part(parser, node, additive(parser));
    }
    return close_node(parser, node);
}

/* BETWEEN, IN, LIKE (each perhaps after NOT), IS; NULL without failure when none of them follows. */
static struct sql_node *word_predicate(struct sql_parser *parser, struct sql_node *left)
{
    bool is_negated;

    if (sql_parser_take(parser, "IS"))
        return is(parser, left);
    is_negated = sql_parser_take(parser, "NOT");
    if (sql_parser_take(parser, "BETWEEN"))
        return between(parser, left, is_negated);
    if (sql_parser_take(parser, "IN"))
        return in(parser, left, is_negated);
    if (sql_parser_take(parser, "LIKE"))
        return like(parser, left, is_negated, "LIKE");
    if (sql_parser_take(parser, "SIMILAR"))
        return sql_parser_expect(parser, "TO") ? like(parser, left, is_negated, "SIMILAR") : NULL;
    return is_negated ? sql_parser_unexpected(parser, "BETWEEN, IN, LIKE or SIMILAR TO") : NULL;
}

static struct sql_node *comparison(struct sql_parser *parser)
{
    static const char *const operators[] = { "=", "<>", "!=", "<=", ">=", "<", ">", NULL };
    struct sql_node *left = additive(parser);

    while (left) {
        const char *op = take_operator(parser, operators);
        struct sql_node *further = op ? binary(parser, op, left, additive(parser)) : word_predicate(parser, left);

        if (!further)
            return parser->has_failed ? NULL : left;
        left = further;
    }
    return NULL;
}

static struct sql_node * not(struct sql_parser * parser)
{
    struct sql_span begin = parser->lexer.token.span;
    struct sql_node *node;

    if (!sql_parser_take(parser, "NOT"))
        return comparison(parser);
    if (!enter(parser))
        return leave(parser, NULL);
    node = node_new(parser, NODE_UNARY, begin);
    node->op = "NOT";
    add_part(parser, node, not(parser));
    return leave(parser, close_node(parser, node));
}

static struct sql_node * and (struct sql_parser * parser)
{
    static const char *const operators[] = { "AND", NULL };

    return chain(parser, operators, not );
}

struct sql_node *sql_parser_expression(struct sql_parser *parser)
{
    static const char *const operators[] = { "OR", NULL };

    if (!enter(parser))
        return leave(parser, NULL);
    return leave(parser, chain(parser, operators, and));
}
