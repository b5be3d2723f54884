/* Selection expressions, parsed into parts once and evaluated for each message. */

#include "apigateway/selection.h"

#include "apigateway/json_text.h"
#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS_MAX = 64, STEPS_MAX = 32 };

enum step_kind { STEP_NAME, STEP_INDEX, STEP_ALL };

/* One step of a path: .name, [index], [*]. */
struct step {
    enum step_kind kind;
    const char *name;
    size_t size_bytes; /* of the name */
    size_t index;
};

enum part_kind { PART_LITERAL, PART_BODY, PART_VARIABLE };

struct part {
    enum part_kind kind;
    const char *text; /* the literal, or the variable's name */
    struct step *steps;
    size_t step_count;
};

struct apigateway_selection {
    struct arena arena;
    struct part parts[PARTS_MAX];
    size_t part_count;
};

struct parser {
    struct apigateway_selection *selection;
    const char *at;
    const char *fault;
};

static bool fail(struct parser *parser, const char *fault)
{
    parser->fault = fault;
    return false;
}

static struct part *add_part(struct parser *parser, enum part_kind kind)
{
    struct part *part = &parser->selection->parts[parser->selection->part_count];

    if (parser->selection->part_count == PARTS_MAX) {
        parser->fault = "the expression has too many variables";
        return NULL;
    }
    parser->selection->part_count++;
    part->kind = kind;
    return part;
}

/* ---- paths ---- */

static bool take_quoted(struct parser *parser, struct step *step, const char **at)
{
    char quote = *(*at)++;
    const char *end = strchr(*at, quote);

    if (!end || end[1] != ']')
        return fail(parser, "a bracket of the path is not closed");
    *step = (struct step){ .kind = STEP_NAME, .name = *at, .size_bytes = (size_t)(end - *at) };
    *at = end + 2;
    return true;
}

static bool take_bracket(struct parser *parser, struct step *step, const char **at)
{
    char *end;

    ++*at;
    if (**at == '\'' || **at == '"')
        return take_quoted(parser, step, at);
    if (!strncmp(*at, "*]", 2)) {
        *step = (struct step){ .kind = STEP_ALL };
        *at += 2;
        return true;
    }
    if (!isdigit((unsigned char)**at))
        return fail(parser, "the path holds more than names, indexes and wildcards");
    *step = (struct step){ .kind = STEP_INDEX, .index = strtoul(*at, &end, 10) };
    if (*end != ']')
        return fail(parser, "a bracket of the path is not closed");
    *at = end + 1;
    return true;
}

static bool take_dotted(struct parser *parser, struct step *step, const char **at)
{
    const char *name = ++*at;
    size_t length = strcspn(name, ".[");

    if (!length)
        return fail(parser, "a name of the path is empty");
    *step = (struct step){ .kind = STEP_NAME, .name = name, .size_bytes = length };
    if (length == 1 && *name == '*')
        step->kind = STEP_ALL;
    *at += length;
    return true;
}

/* path: what stands behind "request.body", as ".a.b[0]". */
static bool parse_path(struct parser *parser, struct part *part, const char *path)
{
    part->steps = arena_take(&parser->selection->arena, STEPS_MAX * sizeof *part->steps);
    while (*path) {
        struct step *step = &part->steps[part->step_count];

        if (part->step_count == STEPS_MAX)
            return fail(parser, "the path is too long");
        if (*path != '.' && *path != '[')
            return fail(parser, "the path holds more than names, indexes and wildcards");
        if (!(*path == '.' ? take_dotted(parser, step, &path) : take_bracket(parser, step, &path)))
            return false;
        part->step_count++;
    }
    return true;
}

/* ---- expressions ---- */

static bool is_known(const char *name)
{
    static const char *const families[] = { "context.",
                                            "stageVariables.",
                                            "request.header.",
                                            "request.querystring.",
                                            "request.multivalueheader.",
                                            "request.multivaluequerystring." };

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (text_begins(name, families[i]) && name[strlen(families[i])])
            return true;
    return false;
}

static bool add_variable(struct parser *parser, const char *name)
{
    static const char body[] = "request.body";
    const char *path = name + sizeof body - 1;
    bool is_body = text_begins(name, body) && (!*path || *path == '.' || *path == '[');
    struct part *part = add_part(parser, is_body ? PART_BODY : PART_VARIABLE);

    if (!part)
        return false;
    part->text = name;
    if (is_body)
        return parse_path(parser, part, path);
    return is_known(name) || fail(parser, "the variable is not known");
}

/* How far a variable without braces reaches. */
static size_t bare_length(const char *at)
{
    size_t length = 0;
    bool is_in_bracket = false;

    while (at[length] && (is_in_bracket || isalnum((unsigned char)at[length]) || strchr("_.-*[", at[length]))) {
        is_in_bracket = at[length] == '[' || (is_in_bracket && at[length] != ']');
        length++;
    }
    while (length && at[length - 1] == '.') /* a full stop behind it is a literal */
        length--;
    return length;
}

static bool take_variable(struct parser *parser)
{
    struct arena *arena = &parser->selection->arena;
    const char *name = ++parser->at;
    const char *end;

    if (*name == '{') {
        end = strchr(++name, '}');
        if (!end)
            return fail(parser, "a brace is not closed");
        parser->at = end + 1;
    } else {
        end = name + bare_length(name);
        parser->at = end;
    }
    return add_variable(parser, arena_copy(arena, name, (size_t)(end - name)));
}

static bool take_literal(struct parser *parser)
{
    struct part *part = add_part(parser, PART_LITERAL);
    char *text;
    size_t size = 0;

    if (!part)
        return false;
    text = arena_take(&parser->selection->arena, strlen(parser->at) + 1);
    while (*parser->at && *parser->at != '$') {
        if (parser->at[0] == '\\' && parser->at[1] == '$')
            parser->at++;
        text[size++] = *parser->at++;
    }
    part->text = text;
    return true;
}

enum status apigateway_selection_parse(const char *expression, struct apigateway_selection **selection, const char **fault)
{
    struct parser parser = { .at = expression };
    bool is_good = true;

    *selection = NULL;
    *fault = "the expression is too long";
    if (strlen(expression) > APIGATEWAY_SELECTION_MAX_LENGTH)
        return INVALID;
    parser.selection = memory_new(sizeof *parser.selection);
    while (is_good && *parser.at)
        is_good = *parser.at == '$' ? take_variable(&parser) : take_literal(&parser);
    if (!is_good) {
        apigateway_selection_free(parser.selection);
        *fault = parser.fault;
        return INVALID;
    }
    *selection = parser.selection;
    return OK;
}

/* ---- evaluation ---- */

/* A string says what it says, null says nothing, numbers and booleans stay as they were written. */
static void add_scalar(const struct apigateway_json_slice *value, struct buffer *to)
{
    struct arena arena = { 0 };
    size_t size_bytes;
    const char *said;

    if (value->kind == 'n')
        return;
    if (value->kind != '"') {
        buffer_add(to, value->text, value->size_bytes);
        return;
    }
    said = apigateway_json_text_string(value, &arena, &size_bytes);
    buffer_add(to, said, size_bytes);
    arena_clear(&arena);
}

/* "[item1, item2]": as the service prints an array. Containers within one stay the JSON that they are, as an object does. */
static void add_value(const struct apigateway_json_slice *value, struct buffer *to)
{
    const char *cursor = NULL;
    const char *between = "";
    struct apigateway_json_slice key, element;

    if (value->kind != '[') {
        add_scalar(value, to);
        return;
    }
    buffer_add_char(to, '[');
    while (apigateway_json_text_next(value, &cursor, &key, &element)) {
        buffer_add_text(to, between);
        add_scalar(&element, to);
        between = ", ";
    }
    buffer_add_char(to, ']');
}

static bool take_step(const struct step *step, const struct apigateway_json_slice *from, struct apigateway_json_slice *to)
{
    return step->kind == STEP_NAME ? apigateway_json_text_member(from, step->name, step->size_bytes, to)
                                   : apigateway_json_text_element(from, step->index, to);
}

/* Follows the steps as far as they lead to one value; *count says how many are left when a wildcard stops it. */
static bool follow(const struct step **steps, size_t *count, struct apigateway_json_slice *value)
{
    struct apigateway_json_slice next;

    for (; *count && (*steps)->kind != STEP_ALL; ++*steps, --*count) {
        if (!take_step(*steps, value, &next))
            return false;
        *value = next;
    }
    return true;
}

/* "[a, b]" of what the steps behind a wildcard find in each member. A further wildcard finds nothing: one list is what can be printed. */
static void add_all(const struct apigateway_json_slice *container, const struct step *steps, size_t count, struct buffer *to)
{
    const char *cursor = NULL;
    const char *between = "";
    struct apigateway_json_slice key, value;

    buffer_add_char(to, '[');
    while (apigateway_json_text_next(container, &cursor, &key, &value)) {
        const struct step *rest = steps;
        size_t left = count;

        if (!follow(&rest, &left, &value) || left)
            continue;
        buffer_add_text(to, between);
        add_scalar(&value, to);
        between = ", ";
    }
    buffer_add_char(to, ']');
}

static void add_path(const struct part *part, const struct apigateway_json_slice *body, struct buffer *to)
{
    const struct step *steps = part->steps;
    size_t count = part->step_count;
    struct apigateway_json_slice value = *body;

    if (!follow(&steps, &count, &value))
        return;
    if (count)
        add_all(&value, steps + 1, count - 1, to);
    else
        add_value(&value, to);
}

void apigateway_selection_evaluate(const struct apigateway_selection *selection, const char *body, size_t size_bytes,
                                   apigateway_selection_lookup *lookup, void *context, struct buffer *value)
{
    struct apigateway_json_slice whole;
    bool is_json = apigateway_json_text_open(body, size_bytes, &whole) == OK;

    for (size_t i = 0; i < selection->part_count; i++) {
        const struct part *part = &selection->parts[i];
        const char *known;

        switch (part->kind) {
        case PART_LITERAL:
            buffer_add_text(value, part->text);
            break;
        case PART_BODY:
            if (is_json)
                add_path(part, &whole, value);
            break;
        case PART_VARIABLE:
            known = lookup ? lookup(context, part->text) : NULL;
            buffer_add_text(value, known ? known : "");
            break;
        }
    }
}

void apigateway_selection_free(struct apigateway_selection *selection)
{
    if (!selection)
        return;
    arena_clear(&selection->arena);
    free(selection);
}
