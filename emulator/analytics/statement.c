/* Statements and their selects. */

#include "analytics/statement.h"

#include "analytics/expression.h"

#include <string.h>

/* ---- what is refused by name ---- */

static const char not_yet[] = "is not supported by lowcloud: it runs filters, expressions, pumps and joins with reference data";

/* Fails at the current token when it opens a clause that the engine does not run. */
static bool refuse(struct sql_parser *parser)
{
    static const char *const clauses[][2] = { { "GROUP", "GROUP BY" },
                                              { "HAVING", "HAVING" },
                                              { "ORDER", "ORDER BY" },
                                              { "WINDOW", "A WINDOW clause" },
                                              { "WINDOWED", "WINDOWED BY" },
                                              { "OVER", "A window (OVER)" },
                                              { "LIMIT", "LIMIT" },
                                              { "OFFSET", "OFFSET" },
                                              { "FETCH", "FETCH" },
                                              { "EXCEPT", "EXCEPT" },
                                              { "INTERSECT", "INTERSECT" },
                                              { "MINUS", "MINUS" },
                                              { "RIGHT", "RIGHT JOIN" },
                                              { "FULL", "FULL JOIN" },
                                              { "NATURAL", "NATURAL JOIN" },
                                              { "USING", "JOIN ... USING" },
                                              { "DISTINCT", "SELECT DISTINCT" },
                                              { "TABLE", "A table function (TABLE(...))" },
                                              { "WITH", "WITH" } };

    for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++)
        if (!parser->has_failed && sql_parser_is(parser, clauses[i][0])) {
            sql_parser_fail(parser, &parser->lexer.token.span, "%s %s", clauses[i][1], not_yet);
            return true;
        }
    return parser->has_failed;
}

/* ---- selects ---- */

static struct sql_select *select_(struct sql_parser *parser);

static void alias(struct sql_parser *parser, const char **name)
{
    struct sql_name found;

    if (sql_parser_take(parser, "AS") || (!parser->has_failed && sql_parser_is_name(parser))) {
        if (sql_parser_name(parser, &found))
            *name = found.text;
    }
}

/* A star, a qualified star (which the expression parser leaves as a column called "*"), or an expression with its alias. */
static void item(struct sql_parser *parser, struct sql_item *into)
{
    into->span = parser->lexer.token.span;
    if (sql_parser_take(parser, "*"))
        return;
    into->expression = sql_expression(parser);
    if (!into->expression)
        return;
    into->span = into->expression->span;
    if (into->expression->kind == NODE_COLUMN && !into->expression->name) {
        into->star_of = into->expression->qualifier;
        into->expression = NULL;
        return;
    }
    if (refuse(parser))
        return;
    alias(parser, &into->alias);
}

static void items(struct sql_parser *parser, struct sql_select *select)
{
    do {
        if (select->item_count == SQL_COLUMNS_MAX) {
            sql_parser_fail(parser, &parser->lexer.token.span, "A select has more than %d columns", SQL_COLUMNS_MAX);
            return;
        }
        select->items = sql_parser_grow(parser, select->items, select->item_count, sizeof *select->items);
        item(parser, &select->items[select->item_count++]);
    } while (sql_parser_take(parser, ","));
}

static void subquery(struct sql_parser *parser, struct sql_source *source)
{
    if (++parser->query_depth > 16) {
        sql_parser_fail(parser, &parser->lexer.token.span, "Subqueries are nested more than 16 deep");
        return;
    }
    source->query = select_(parser);
    parser->query_depth--;
    sql_parser_expect(parser, ")");
}

/* "S", "schema"."S" is not AWS's; a subquery; each with an alias. */
static void source(struct sql_parser *parser, struct sql_source *into)
{
    if (refuse(parser))
        return;
    if (sql_parser_take(parser, "("))
        subquery(parser, into);
    else
        sql_parser_name(parser, &into->relation);
    if (refuse(parser))
        return;
    alias(parser, &into->alias);
    if (into->query && !into->alias)
        sql_parser_unexpected(parser, "the subquery's name");
}

static bool join(struct sql_parser *parser, enum join_kind *kind, bool *needs_on)
{
    *kind = JOIN_INNER;
    *needs_on = true;
    if (sql_parser_take(parser, ",")) {
        *needs_on = false;
        return true;
    }
    if (sql_parser_take(parser, "CROSS"))
        *needs_on = false;
    else if (sql_parser_take(parser, "LEFT")) {
        sql_parser_take(parser, "OUTER");
        *kind = JOIN_LEFT;
    } else if (!sql_parser_take(parser, "INNER") && !sql_parser_is(parser, "JOIN"))
        return false;
    return sql_parser_expect(parser, "JOIN");
}

static void sources(struct sql_parser *parser, struct sql_select *select)
{
    enum join_kind kind = JOIN_FIRST;
    bool needs_on = false;

    do {
        struct sql_source *into;

        if (select->source_count == 16) {
            sql_parser_fail(parser, &parser->lexer.token.span, "A select joins more than 16 relations");
            return;
        }
        select->sources = sql_parser_grow(parser, select->sources, select->source_count, sizeof *select->sources);
        into = &select->sources[select->source_count++];
        into->join = kind;
        source(parser, into);
        if (refuse(parser))
            return;
        if (needs_on && sql_parser_expect(parser, "ON"))
            into->on = sql_expression(parser);
    } while (!parser->has_failed && !refuse(parser) && join(parser, &kind, &needs_on));
}

static void one_select(struct sql_parser *parser, struct sql_select *select)
{
    select->span = parser->lexer.token.span;
    if (refuse(parser) || !sql_parser_expect(parser, "SELECT"))
        return;
    if (!sql_parser_take(parser, "STREAM") && !refuse(parser)) {
        sql_parser_unexpected(parser, "STREAM");
        return;
    }
    sql_parser_take(parser, "ALL");
    if (refuse(parser))
        return;
    items(parser, select);
    if (refuse(parser) || !sql_parser_expect(parser, "FROM"))
        return;
    sources(parser, select);
    if (sql_parser_take(parser, "WHERE"))
        select->where = sql_expression(parser);
    refuse(parser);
}

static struct sql_select *select_(struct sql_parser *parser)
{
    struct sql_select *first = arena_take(parser->arena, sizeof *first);
    struct sql_select *select = first;

    one_select(parser, select);
    while (sql_parser_take(parser, "UNION")) {
        if (!sql_parser_take(parser, "ALL"))
            return sql_parser_fail(parser, &parser->lexer.before, "UNION %s; UNION ALL is", not_yet);
        select->also = arena_take(parser->arena, sizeof *select);
        select = select->also;
        one_select(parser, select);
    }
    return first;
}

/* ---- statements ---- */

static void stream_columns(struct sql_parser *parser, struct sql_stream *stream)
{
    do {
        struct sql_name name;
        struct sql_column *column;

        if (!sql_parser_name(parser, &name))
            return;
        for (size_t i = 0; i < stream->column_count; i++)
            if (!strcmp(stream->columns[i].name, name.text)) {
                sql_parser_fail(parser, &name.span, "Column '%.64s' is declared twice", name.text);
                return;
            }
        if (stream->column_count == SQL_COLUMNS_MAX) {
            sql_parser_fail(parser, &name.span, "A stream has more than %d columns", SQL_COLUMNS_MAX);
            return;
        }
        stream->columns = sql_parser_grow(parser, stream->columns, stream->column_count, sizeof *stream->columns);
        column = &stream->columns[stream->column_count++];
        column->name = name.text;
        if (!sql_parser_type(parser, &column->type))
            return;
        if (sql_parser_take(parser, "NOT"))
            sql_parser_expect(parser, "NULL");
    } while (sql_parser_take(parser, ","));
}

static struct sql_stream *create_stream(struct sql_parser *parser)
{
    struct sql_stream *stream = arena_take(parser->arena, sizeof *stream);

    if (sql_parser_name(parser, &stream->name) && sql_parser_expect(parser, "(")) {
        stream_columns(parser, stream);
        sql_parser_expect(parser, ")");
    }
    return stream;
}

static void target_columns(struct sql_parser *parser, struct sql_pump *pump)
{
    do {
        struct sql_name name;

        if (!sql_parser_name(parser, &name))
            return;
        if (pump->column_count == SQL_COLUMNS_MAX) {
            sql_parser_fail(parser, &name.span, "An INSERT names more than %d columns", SQL_COLUMNS_MAX);
            return;
        }
        pump->columns = sql_parser_grow(parser, pump->columns, pump->column_count, sizeof *pump->columns);
        pump->columns[pump->column_count++] = name;
    } while (sql_parser_take(parser, ","));
    sql_parser_expect(parser, ")");
}

static struct sql_pump *create_pump(struct sql_parser *parser)
{
    struct sql_pump *pump = arena_take(parser->arena, sizeof *pump);

    if (!sql_parser_name(parser, &pump->name))
        return pump;
    if (sql_parser_is(parser, "STOPPED"))
        return sql_parser_fail(parser, &parser->lexer.token.span, "A STOPPED pump %s", not_yet);
    sql_parser_take(parser, "STARTED");
    if (!sql_parser_expect(parser, "AS") || !sql_parser_expect(parser, "INSERT") || !sql_parser_expect(parser, "INTO") ||
        !sql_parser_name(parser, &pump->target))
        return pump;
    if (sql_parser_take(parser, "("))
        target_columns(parser, pump);
    pump->select = select_(parser);
    return pump;
}

static void statement(struct sql_parser *parser, struct sql_statement *into)
{
    struct sql_token first = parser->lexer.token;

    if (!sql_parser_take(parser, "CREATE")) {
        if (first.kind == TOKEN_WORD)
            sql_parser_fail(parser, &first.span, "%.64s %s; a statement is CREATE STREAM or CREATE PUMP", first.text, not_yet);
        sql_parser_unexpected(parser, "CREATE");
        return;
    }
    if (sql_parser_take(parser, "OR"))
        sql_parser_expect(parser, "REPLACE");
    if (sql_parser_take(parser, "STREAM"))
        into->stream = create_stream(parser);
    else if (sql_parser_take(parser, "PUMP"))
        into->pump = create_pump(parser);
    else if (parser->lexer.token.kind == TOKEN_WORD)
        sql_parser_fail(parser, &parser->lexer.token.span, "CREATE %.64s %s", parser->lexer.token.text, not_yet);
    else
        sql_parser_unexpected(parser, "STREAM or PUMP");
}

struct sql_program *sql_parse(const char *code, size_t size, struct arena *arena, struct sql_error *error)
{
    struct sql_parser parser = { .arena = arena, .error = error };
    struct sql_program *program = arena_take(arena, sizeof *program);

    *error = (struct sql_error){ 0 };
    sql_lexer_open(&parser.lexer, code, size, arena);
    while (!parser.has_failed) {
        while (sql_parser_take(&parser, ";"))
            continue;
        if (parser.lexer.token.kind == TOKEN_END)
            return program;
        if (program->statement_count == SQL_STATEMENTS_MAX)
            return sql_parser_fail(&parser, &parser.lexer.token.span, "The code has more than %d statements", SQL_STATEMENTS_MAX);
        program->statements = sql_parser_grow(&parser, program->statements, program->statement_count, sizeof *program->statements);
        statement(&parser, &program->statements[program->statement_count++]);
        if (!parser.has_failed && parser.lexer.token.kind != TOKEN_END)
            sql_parser_expect(&parser, ";");
    }
    return NULL;
}
