/* Document paths in PartiQL: a."b"[0].c, each part after the first behind a dot or in brackets. */

#include "base/buffer.h"
#include "dynamodb/partiql_parser.h"

#include <string.h>

static void add_part(struct partiql_parser *parser, struct path *path, struct path_part part)
{
    size_t count = path->count++;
    struct path_part *grown;

    if (!(count & (count - 1)) || !count) {
        grown = arena_take(parser->arena, (count ? count * 2 : 1) * sizeof *grown);
        if (count)
            memcpy(grown, path->parts, count * sizeof *grown);
        path->parts = grown;
    }
    path->parts[count] = part;
}

/* What is beyond the range of an index is well formed, and refused later. */
static void note_index_range(struct partiql_parser *parser, const struct partiql_word *word, const char *sign)
{
    if (!parser->statement->refusal)
        parser->statement->refusal = arena_print(parser->arena, "List index is not within the allowable range; index: [%s%.*s]%s", sign,
                                                 (int)word->text.size, word->text.data, partiql_print_place(&word->place, parser->arena));
}

static bool parse_index(struct partiql_parser *parser, struct path *path)
{
    bool is_negative = partiql_take(parser, "-");
    const struct partiql_word *word = parser->word;
    struct path_part part = { 0 };

    if (word->kind == PARTIQL_STRING && !is_negative) {
        part.name = word->text;
    } else {
        for (size_t i = 0; i < word->text.size; i++)
            if (word->kind != PARTIQL_NUMBER || word->text.data[i] < '0' || word->text.data[i] > '9')
                return partiql_refuse(parser, "Invalid path component");
            else if (part.index <= INT32_MAX)
                part.index = part.index * 10 + (size_t)(word->text.data[i] - '0');
        if (!word->text.size)
            return partiql_refuse(parser, "Invalid path component");
        if (part.index > INT32_MAX || (is_negative && part.index))
            note_index_range(parser, word, is_negative ? "-" : "");
    }
    add_part(parser, path, part);
    parser->word++;
    return partiql_take(parser, "]") || partiql_refuse(parser, "Expected the end of the path component");
}

static bool parse_step(struct partiql_parser *parser, struct term *term)
{
    const struct partiql_word *word = parser->word;

    if (partiql_is(word - 1, "["))
        return parse_index(parser, &term->path);
    if (word->kind != PARTIQL_NAME && word->kind != PARTIQL_QUOTED)
        return partiql_refuse(parser, "Invalid path dot component");
    add_part(parser, &term->path, (struct path_part){ .name = word->text });
    parser->word++;
    return true;
}

/* "k[0]" for m.k[0] */
static struct bytes column_of(struct partiql_parser *parser, const struct path *path)
{
    struct buffer text = { 0 };
    struct bytes column;
    size_t last = path->count - 1;

    while (last && !path->parts[last].name.data)
        last--;
    buffer_add(&text, path->parts[last].name.data, path->parts[last].name.size);
    for (size_t i = last + 1; i < path->count; i++)
        buffer_print(&text, "[%zu]", path->parts[i].index);
    column = (struct bytes){ arena_copy(parser->arena, text.size ? text.data : "", text.size), text.size };
    buffer_clear(&text);
    return column;
}

struct term *partiql_parse_path(struct partiql_parser *parser)
{
    struct term *term;

    if (parser->word->kind != PARTIQL_NAME && parser->word->kind != PARTIQL_QUOTED)
        return partiql_refuse_word(parser);
    term = partiql_new_term(parser, TERM_PATH, parser->word);
    add_part(parser, &term->path, (struct path_part){ .name = parser->word->text });
    parser->word++;
    while (partiql_take(parser, ".") || partiql_take(parser, "["))
        if (!parse_step(parser, term))
            return NULL;
    term->column = column_of(parser, &term->path);
    return term;
}
