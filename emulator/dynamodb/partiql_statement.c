#include "dynamodb/partiql_statement.h"

#include "dynamodb/partiql_parser.h"

#include <string.h>

bool partiql_refuse(struct partiql_parser *parser, const char *detail)
{
    return fault_raise(parser->fault, FAULT_VALIDATION, "Statement wasn't well formed, can't be processed: %s", detail);
}

bool partiql_take(struct partiql_parser *parser, const char *text)
{
    bool is_there = partiql_is(parser->word, text);

    parser->word += is_there;
    return is_there;
}

/* Notes what is well formed but refused; the first refusal wins. */
static void note(struct partiql_parser *parser, const char *refusal)
{
    if (!parser->statement->refusal)
        parser->statement->refusal = refusal;
}

static void note_at(struct partiql_parser *parser, const char *refusal, const struct partiql_place *place)
{
    note(parser, arena_print(parser->arena, "%s%s", refusal, partiql_print_place(place, parser->arena)));
}

/* ---- the source ---- */

static bool is_identifier(const struct partiql_word *word)
{
    return word->kind == PARTIQL_NAME || word->kind == PARTIQL_QUOTED;
}

static void add_source_part(struct partiql_parser *parser, struct bytes part)
{
    struct partiql_source *source = &parser->statement->source;

    if (!part.size)
        note(parser, "Path component cannot be an empty string");
    if (source->count == SOURCE_PARTS)
        note(parser, "A path may contain at most 2 components in the FROM clause");
    else
        source->parts[source->count++] = part;
}

/* "table"."index"; detail is what AWS says when there is none, NULL: what it says where a term is missing. */
static bool parse_source(struct partiql_parser *parser, const char *detail)
{
    do {
        if (!is_identifier(parser->word))
            return detail ? partiql_refuse(parser, detail) : partiql_refuse_word(parser) != NULL;
        add_source_part(parser, parser->word->text);
        parser->word++;
        detail = "Invalid path dot component";
    } while (partiql_take(parser, "."));
    return true;
}

/* A name for the source, which DynamoDB does not allow. */
static void skip_alias(struct partiql_parser *parser)
{
    partiql_take(parser, "AS");
    if (!is_identifier(parser->word))
        return;
    parser->word++;
    note(parser, "Aliasing is not supported");
}

static bool parse_where(struct partiql_parser *parser)
{
    if (!partiql_take(parser, "WHERE"))
        return true;
    parser->statement->where = partiql_parse_term(parser);
    return parser->statement->where != NULL;
}

/* ---- SELECT ---- */

static struct partiql_column **last_column(struct partiql_column **list)
{
    while (*list)
        list = &(*list)->next;
    return list;
}

/* Columns are paths. */
static void check_column(struct partiql_parser *parser, const struct term *term)
{
    if (term->kind != TERM_PATH)
        note_at(parser, "Unexpected path component", &term->place);
    for (const struct partiql_column *column = parser->statement->columns; column && term->kind == TERM_PATH; column = column->next)
        if (column->term->kind == TERM_PATH && bytes_are(column->term->column, term->column))
            note(parser,
                 arena_print(parser->arena, "Duplicate identifiers in select clause: %.*s", (int)term->column.size, term->column.data));
}

static bool parse_columns(struct partiql_parser *parser)
{
    struct partiql_column **last = &parser->statement->columns;
    struct term *term;

    do {
        if (partiql_take(parser, "*")) {
            parser->statement->selects_all = true;
            continue;
        }
        term = partiql_parse_term(parser);
        if (!term)
            return false;
        check_column(parser, term);
        skip_alias(parser);
        *last = arena_take(parser->arena, sizeof **last);
        (*last)->term = term;
        last = &(*last)->next;
        parser->statement->column_count++;
    } while (partiql_take(parser, ","));
    if (parser->statement->selects_all && parser->statement->columns)
        note(parser, "Other attributes should not be present in the projection when '*' is used.");
    return true;
}

static bool parse_order(struct partiql_parser *parser)
{
    if (!partiql_take(parser, "ORDER"))
        return true;
    if (!partiql_take(parser, "BY"))
        return partiql_refuse(parser, "Expected BY after ORDER");
    do {
        struct partiql_column *key = arena_take(parser->arena, sizeof *key);

        key->term = partiql_parse_term(parser);
        if (!key->term)
            return false;
        key->is_descending = partiql_take(parser, "DESC");
        if (!key->is_descending)
            partiql_take(parser, "ASC");
        *last_column(&parser->statement->order) = key;
    } while (partiql_take(parser, ","));
    return true;
}

/* Clauses of PartiQL that DynamoDB does not have. */
static bool parse_strange_clauses(struct partiql_parser *parser)
{
    static const char *const clauses[] = { "GROUP", "HAVING", "LIMIT" };
    struct term *term;

    for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++) {
        if (!partiql_take(parser, clauses[i]))
            continue;
        partiql_take(parser, "BY");
        do {
            term = partiql_parse_term(parser);
            if (!term)
                return false;
            note_at(parser, arena_print(parser->arena, "Unsupported clause: %s", clauses[i]), &term->place);
        } while (partiql_take(parser, ","));
    }
    return true;
}

static bool parse_select(struct partiql_parser *parser)
{
    parser->statement->kind = STATEMENT_SELECT;
    if (partiql_take(parser, "DISTINCT"))
        note(parser, "Unsupported clause: DISTINCT");
    if (!parse_columns(parser))
        return false;
    if (!partiql_take(parser, "FROM"))
        return partiql_refuse(parser, "Expected FROM after select list");
    if (!parse_source(parser, NULL))
        return false;
    skip_alias(parser);
    if (partiql_is(parser->word, ","))
        note(parser, "FROM clause may only contain a single table name");
    while (partiql_take(parser, ","))
        if (!partiql_parse_term(parser))
            return false;
    return parse_where(parser) && parse_order(parser) && parse_strange_clauses(parser);
}

/* ---- writes ---- */

static bool parse_returning(struct partiql_parser *parser)
{
    bool is_all;
    bool is_old;

    if (!partiql_take(parser, "RETURNING"))
        return true;
    is_all = partiql_take(parser, "ALL");
    if (!is_all && !partiql_take(parser, "MODIFIED"))
        return partiql_refuse(parser, "Expected ALL or MODIFIED in a returning clause.");
    is_old = partiql_take(parser, "OLD");
    if (!is_old && !partiql_take(parser, "NEW"))
        return partiql_refuse(parser, "Expected OLD or NEW in a returning clause.");
    if (!partiql_take(parser, "*"))
        return partiql_refuse(parser, "Expected * in a returning clause.");
    parser->statement->returning =
        is_all ? (is_old ? RETURNING_ALL_OLD : RETURNING_ALL_NEW) : (is_old ? RETURNING_MODIFIED_OLD : RETURNING_MODIFIED_NEW);
    return true;
}

static bool parse_insert(struct partiql_parser *parser)
{
    parser->statement->kind = STATEMENT_INSERT;
    if (!partiql_take(parser, "INTO"))
        return partiql_refuse(parser, "Expected INTO after INSERT");
    if (!parse_source(parser, "Expected identifier for simple path"))
        return false;
    if (parser->statement->source.count > 1)
        note(parser, "FROM clause may only contain a single table name");
    partiql_take(parser, "VALUE"); /* without it, a term is read all the same, as PartiQL's older form has it */
    parser->statement->item = partiql_parse_term(parser);
    return parser->statement->item && parse_returning(parser);
}

static bool parse_change(struct partiql_parser *parser, struct partiql_change *change, bool is_set)
{
    change->path = partiql_parse_path(parser);
    if (!change->path || !is_set)
        return change->path != NULL;
    if (!partiql_take(parser, "="))
        return partiql_refuse(parser, "Expected = for assignment");
    change->value = partiql_parse_term(parser);
    return change->value != NULL;
}

/* SET a = 1, b = 2 REMOVE c SET d = 3 */
static bool parse_changes(struct partiql_parser *parser)
{
    struct partiql_change **last = &parser->statement->changes;
    bool is_set;

    while ((is_set = partiql_take(parser, "SET")) || partiql_take(parser, "REMOVE"))
        do {
            *last = arena_take(parser->arena, sizeof **last);
            if (!parse_change(parser, *last, is_set))
                return false;
            last = &(*last)->next;
        } while (partiql_take(parser, ","));
    return parser->statement->changes || partiql_refuse(parser, "Expected data manipulation");
}

static bool parse_update(struct partiql_parser *parser)
{
    parser->statement->kind = STATEMENT_UPDATE;
    if (!parse_source(parser, NULL))
        return false;
    skip_alias(parser);
    return parse_changes(parser) && parse_where(parser) && parse_returning(parser);
}

/* FROM table WHERE ... SET ..., the other form of an UPDATE. */
static bool parse_from(struct partiql_parser *parser)
{
    parser->statement->kind = STATEMENT_UPDATE;
    if (!parse_source(parser, NULL))
        return false;
    skip_alias(parser);
    return parse_where(parser) && parse_changes(parser) && parse_returning(parser);
}

static bool parse_delete(struct partiql_parser *parser)
{
    parser->statement->kind = STATEMENT_DELETE;
    if (!partiql_take(parser, "FROM"))
        return partiql_refuse(parser, "Expected FROM after DELETE");
    if (!parse_source(parser, "Expected identifier for simple path"))
        return false;
    skip_alias(parser);
    return parse_where(parser) && parse_returning(parser);
}

/* EXISTS(SELECT ...) */
static bool parse_exists(struct partiql_parser *parser)
{
    if (!partiql_take(parser, "(") || !partiql_take(parser, "SELECT"))
        return partiql_refuse(parser, "Expected SELECT after EXISTS(");
    if (!parse_select(parser))
        return false;
    parser->statement->kind = STATEMENT_EXISTS;
    return partiql_take(parser, ")") || partiql_refuse(parser, "Expected ) after EXISTS");
}

/* ---- what is no statement ---- */

static const char *operation_of(const struct term *term)
{
    switch (term->kind) {
    case TERM_STRING:
    case TERM_NUMBER:
    case TERM_TRUE:
    case TERM_FALSE:
    case TERM_NULL:
        return "Literal";
    case TERM_MISSING:
        return "LiteralMissing";
    case TERM_PARAMETER:
        return "Parameter";
    case TERM_PATH:
        return term->path.count > 1 ? "Path" : "VariableReference";
    case TERM_LIST:
    case TERM_BAG:
        return "Seq";
    case TERM_MAP:
        return "Struct";
    case TERM_IS:
        return "IsType";
    case TERM_STAR:
    case TERM_CALL:
    case TERM_NOT:
    case TERM_AND:
    case TERM_OR:
    case TERM_EQ:
    case TERM_NE:
    case TERM_LT:
    case TERM_LE:
    case TERM_GT:
    case TERM_GE:
    case TERM_BETWEEN:
    case TERM_IN:
    case TERM_PLUS:
    case TERM_MINUS:
    case TERM_OPERATOR:
        break;
    }
    return "NAry";
}

static bool parse_bare(struct partiql_parser *parser)
{
    const struct term *term = partiql_parse_term(parser);

    parser->statement->kind = STATEMENT_TERM;
    if (!term)
        return false;
    note(parser, arena_print(parser->arena, "Unsupported operation: %s", operation_of(term)));
    return true;
}

static bool parse_statement(struct partiql_parser *parser)
{
    static const struct {
        const char *word;
        bool (*parse)(struct partiql_parser *parser);
    } forms[] = {
        { "SELECT", parse_select }, { "INSERT", parse_insert }, { "UPDATE", parse_update },
        { "DELETE", parse_delete }, { "FROM", parse_from },     { "EXISTS", parse_exists },
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (partiql_take(parser, forms[i].word))
            return forms[i].parse(parser);
    return parse_bare(parser);
}

bool partiql_parse(struct partiql_statement *statement, struct bytes text, struct fault *fault)
{
    struct partiql_parser parser = { .statement = statement, .fault = fault, .arena = fault->arena };

    *statement = (struct partiql_statement){ 0 };
    parser.word = partiql_scan(text, fault->arena);
    if (!parser.word)
        return partiql_refuse(&parser, "");
    if (!parse_statement(&parser))
        return false;
    return parser.word->kind == PARTIQL_END || partiql_refuse(&parser, "Unexpected token after expression");
}
