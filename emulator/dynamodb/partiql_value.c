#include "dynamodb/partiql_value.h"

#include "base/buffer.h"
#include "dynamodb/value_fault.h"
#include "dynamodb/wire.h"

#include <string.h>

enum { DEPTH_MAX = 32 /* of collections in a literal */ };

/* Where in a literal one stands: AWS names it, "root.m[1]". */
struct trail {
    const struct trail *above; /* NULL: the root */
    struct bytes name;         /* data NULL: an index */
    size_t index;
    int depth;
};

static void write_trail(struct buffer *text, const struct trail *trail)
{
    if (!trail->above) {
        buffer_add_text(text, "root");
        return;
    }
    write_trail(text, trail->above);
    if (trail->name.data)
        buffer_print(text, ".%.*s", (int)trail->name.size, trail->name.data);
    else
        buffer_print(text, "[%zu]", trail->index);
}

/* As deep as a literal is: bounded by DEPTH_MAX. */
static const char *print_trail(const struct partiql_scope *scope, const struct trail *trail)
{
    struct buffer text = { 0 };
    const char *copy;

    write_trail(&text, trail);
    copy = arena_copy(scope->fault->arena, text.data, text.size);
    buffer_clear(&text);
    return copy;
}

bool partiql_is_value(const struct term *term)
{
    return term->kind <= TERM_PARAMETER || term->kind == TERM_LIST || term->kind == TERM_MAP || term->kind == TERM_BAG;
}

const char *partiql_term_name(const struct partiql_scope *scope, const struct term *term)
{
    if (term->kind == TERM_PARAMETER)
        return "Parameter";
    if (term->kind == TERM_MISSING)
        return "LiteralMissing";
    if (term->kind == TERM_PATH)
        return term->path.count > 1 ? "Path" : "VariableReference";
    return arena_print(scope->fault->arena, "%.*s", (int)term->text.size, term->text.data);
}

static bool refuse_term(const struct partiql_scope *scope, const struct term *term, const struct trail *trail)
{
    return fault_raise(scope->fault, FAULT_VALIDATION, "Unsupported data type: %s under key %s%s", partiql_term_name(scope, term),
                       print_trail(scope, trail), partiql_print_place(&term->place, scope->fault->arena));
}

/* ---- numbers ---- */

static bool read_number(const struct partiql_scope *scope, struct bytes text, const struct trail *trail, struct value *value)
{
    struct number number;
    enum number_fault why = number_parse_older(text.data, text.size, &number);
    char normal[NUMBER_TEXT_BYTES];

    if (why == NUMBER_NOT_NUMERIC)
        return fault_raise(scope->fault, FAULT_VALIDATION, "Statement wasn't well formed, can't be processed: ");
    if (why)
        return fault_raise(scope->fault, FAULT_VALIDATION, "%s under %s", value_number_fault(why, text, scope->fault),
                           print_trail(scope, trail));
    value->type = VALUE_N;
    value->text.size = number_print(&number, normal);
    value->text.data = arena_copy(scope->fault->arena, normal, value->text.size);
    return true;
}

/* ---- collections ---- */

static bool read_value(const struct partiql_scope *scope, const struct term *term, const struct trail *trail, struct value *value);

static bool read_list(const struct partiql_scope *scope, const struct term *term, const struct trail *trail, struct value *list)
{
    *list = (struct value){ .type = VALUE_L, .count = (uint32_t)term->count };
    list->items = arena_take(scope->fault->arena, term->count * sizeof *list->items);
    for (size_t i = 0; i < term->count; i++)
        if (!read_value(scope, term->terms[i], &(struct trail){ .above = trail, .index = i, .depth = trail->depth + 1 }, &list->items[i]))
            return false;
    return true;
}

static bool check_key(const struct partiql_scope *scope, const struct term *key, const struct trail *trail)
{
    if (key->kind != TERM_STRING)
        return fault_raise(scope->fault, FAULT_VALIDATION, "Tuple keys must be of type String. Actual type: %s under %s",
                           partiql_term_name(scope, key), print_trail(scope, trail));
    return key->text.size || fault_parameter(scope->fault, FAULT_VALIDATION, "Empty attribute name");
}

/* Sorts what was read; two attributes of one name are none. */
static bool finish_map(const struct partiql_scope *scope, const struct trail *trail, struct value *map)
{
    value_sort_map(map);
    for (uint32_t i = 1; i < map->count; i++)
        if (bytes_are(map->attributes[i - 1].name, map->attributes[i].name))
            return fault_raise(scope->fault, FAULT_VALIDATION, "Duplicate keys in tuple. Key: %.*s under %s",
                               (int)map->attributes[i].name.size, map->attributes[i].name.data, print_trail(scope, trail));
    return true;
}

static void begin_map(const struct partiql_scope *scope, const struct term *term, struct value *map)
{
    *map = (struct value){ .type = VALUE_M, .count = (uint32_t)(term->count / 2) };
    map->attributes = arena_take(scope->fault->arena, map->count * sizeof *map->attributes);
}

static bool read_map(const struct partiql_scope *scope, const struct term *term, const struct trail *trail, struct value *map)
{
    begin_map(scope, term, map);
    for (uint32_t i = 0; i < map->count; i++) {
        const struct term *key = term->terms[2 * i];
        struct trail below = { .above = trail, .name = key->text, .depth = trail->depth + 1 };

        map->attributes[i].name = key->text;
        if (!check_key(scope, key, trail) || !read_value(scope, term->terms[2 * i + 1], &below, &map->attributes[i].value))
            return false;
    }
    return finish_map(scope, trail, map);
}

/* "[a, a]": the members as they were written. */
static const char *print_members(const struct partiql_scope *scope, const struct term *bag)
{
    struct buffer text = { 0 };
    const char *copy;

    buffer_add_char(&text, '[');
    for (size_t i = 0; i < bag->count; i++)
        buffer_print(&text, "%s%.*s", i ? ", " : "", (int)bag->terms[i]->text.size, bag->terms[i]->text.data);
    buffer_add_char(&text, ']');
    copy = arena_copy(scope->fault->arena, text.data, text.size);
    buffer_clear(&text);
    return copy;
}

static bool refuse_duplicates(const struct partiql_scope *scope, const struct term *bag, const struct trail *trail)
{
    if (bag->terms[0]->kind == TERM_NUMBER)
        return fault_parameter(scope->fault, FAULT_VALIDATION, "Input collection %s contains duplicates! under %s",
                               print_members(scope, bag), print_trail(scope, trail));
    return fault_parameter(scope->fault, FAULT_VALIDATION, "Input collection %s contains duplicates.", print_members(scope, bag));
}

/* A set: of numbers or of strings. */
static bool read_bag(const struct partiql_scope *scope, const struct term *term, const struct trail *trail, struct value *set)
{
    if (!term->count)
        return fault_raise(scope->fault, FAULT_VALIDATION, "Empty bags are not supported");
    *set = (struct value){ .type = term->terms[0]->kind == TERM_NUMBER ? VALUE_NS : VALUE_SS, .count = (uint32_t)term->count };
    set->items = arena_take(scope->fault->arena, term->count * sizeof *set->items);
    for (size_t i = 0; i < term->count; i++) {
        const struct term *member = term->terms[i];

        if (member->kind != term->terms[0]->kind || (member->kind != TERM_NUMBER && member->kind != TERM_STRING))
            return fault_raise(scope->fault, FAULT_VALIDATION,
                               "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags");
        if (!read_value(scope, member, trail, &set->items[i]))
            return false;
    }
    return value_sort_set(set) || refuse_duplicates(scope, term, trail);
}

/* As deep as DEPTH_MAX. */
static bool read_value(const struct partiql_scope *scope, const struct term *term, const struct trail *trail, struct value *value)
{
    *value = (struct value){ .type = VALUE_NULL };
    if (trail->depth >= DEPTH_MAX)
        return fault_raise(scope->fault, FAULT_VALIDATION, "Nesting Levels have exceeded supported limits under %s",
                           print_trail(scope, trail));
    if (term->kind == TERM_LIST)
        return read_list(scope, term, trail, value);
    if (term->kind == TERM_MAP)
        return read_map(scope, term, trail, value);
    if (term->kind == TERM_BAG)
        return read_bag(scope, term, trail, value);
    if (term->kind == TERM_NUMBER)
        return read_number(scope, term->text, trail, value);
    if (term->kind == TERM_STRING)
        *value = (struct value){ .type = VALUE_S, .text = term->text };
    else if (term->kind == TERM_TRUE || term->kind == TERM_FALSE)
        *value = (struct value){ .type = VALUE_BOOL, .boolean = term->kind == TERM_TRUE };
    else if (term->kind != TERM_NULL)
        return refuse_term(scope, term, trail);
    return true;
}

/* A parameter, at the top where it may stand. */
static bool read_parameter(const struct partiql_scope *scope, const struct term *term, struct value *value)
{
    if (term->index >= scope->parameter_count)
        return fault_raise(scope->fault, FAULT_VALIDATION, "Number of parameters in request and statement don't match.");
    *value = scope->parameters[term->index];
    return true;
}

bool partiql_read_value(const struct partiql_scope *scope, const struct term *term, struct value *value)
{
    if (term->kind == TERM_PARAMETER)
        return read_parameter(scope, term, value);
    return read_value(scope, term, &(struct trail){ 0 }, value);
}

bool partiql_read_item(const struct partiql_scope *scope, const struct term *term, struct value *item)
{
    struct trail root = { 0 };

    if (term->kind == TERM_PARAMETER && !read_parameter(scope, term, item))
        return false;
    if (term->kind == TERM_PARAMETER && item->type == VALUE_M)
        return true;
    if (term->kind != TERM_MAP)
        return refuse_term(scope, term, &root);
    begin_map(scope, term, item);
    for (uint32_t i = 0; i < item->count; i++) {
        item->attributes[i].name = term->terms[2 * i]->text;
        if (!check_key(scope, term->terms[2 * i], &root) || !partiql_read_value(scope, term->terms[2 * i + 1], &item->attributes[i].value))
            return false;
    }
    return finish_map(scope, &root, item);
}
