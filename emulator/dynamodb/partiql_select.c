#include "dynamodb/partiql_select.h"

#include "base/text.h"
#include "dynamodb/partiql_key.h"
#include "dynamodb/partiql_token.h"

#include <string.h>

static const struct key_schema *keys_of(const struct partiql *partiql)
{
    return partiql->index ? &partiql->index->keys : &partiql->table->keys;
}

/* ---- columns ---- */

struct value partiql_columns(const struct partiql *partiql, const struct value *item, struct arena *arena)
{
    struct value columns = { .type = VALUE_M };

    if (partiql->statement.selects_all)
        return *item;
    columns.attributes = arena_take(arena, partiql->statement.column_count * sizeof *columns.attributes);
    for (const struct partiql_column *column = partiql->statement.columns; column; column = column->next) {
        const struct value *found = path_find(&column->term->path, item);

        if (found)
            columns.attributes[columns.count++] = (struct attribute){ column->term->column, *found };
    }
    value_sort_map(&columns);
    return columns;
}

/* ---- what an index holds ---- */

static bool projects(const struct partiql *partiql, struct bytes name)
{
    return table_index_projects(partiql->table, partiql->index, name);
}

/* A global index gives only what it projects; beside a local one, the table is read as well. */
static bool check_columns(const struct partiql *partiql, bool *fetches, struct fault *fault)
{
    const char *missing = "";

    for (const struct partiql_column *column = partiql->statement.columns; column && partiql->index; column = column->next) {
        struct bytes name = column->term->path.parts[0].name;

        if (!projects(partiql, name))
            missing = arena_print(fault->arena, "%s%s%.*s", missing, *missing ? ", " : "", (int)name.size, name.data);
    }
    *fetches = *missing != '\0';
    return !*fetches || !partiql->index->is_global ||
           fault_parameter(fault, FAULT_VALIDATION, "Global secondary index %s does not project [%s]", partiql->index->name, missing);
}

/* Names, each once. */
struct names {
    struct bytes *names;
    size_t count;
};

static void add_name(struct names *names, struct bytes name, struct arena *arena)
{
    struct bytes *grown;

    for (size_t i = 0; i < names->count; i++)
        if (bytes_are(names->names[i], name))
            return;
    if (!(names->count & (names->count - 1)) || !names->count) {
        grown = arena_take(arena, (names->count ? names->count * 2 : 1) * sizeof *grown);
        if (names->count)
            memcpy(grown, names->names, names->count * sizeof *grown);
        names->names = grown;
    }
    names->names[names->count++] = name;
}

static void add_unprojected(const struct partiql *partiql, const struct operand *operands, size_t count, struct names *names,
                            struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        if (operands[i].kind == OPERAND_PATH && !projects(partiql, operands[i].path.parts[0].name))
            add_name(names, operands[i].path.parts[0].name, arena);
        add_unprojected(partiql, operands[i].operands, operands[i].count, names, arena);
    }
}

/* As deep as the condition is. */
static void find_unprojected(const struct partiql *partiql, const struct condition *condition, struct names *names, struct arena *arena)
{
    add_unprojected(partiql, condition->operands, condition->count, names, arena);
    if (condition->left)
        find_unprojected(partiql, condition->left, names, arena);
    if (condition->right)
        find_unprojected(partiql, condition->right, names, arena);
}

/* Where Java's HashSet, in whose order AWS lists these names, puts a name among `slots`. */
static uint32_t slot_of(struct bytes name, size_t slots)
{
    uint32_t hash = 0;

    for (size_t i = 0; i < name.size; i++)
        hash = hash * 31 + (unsigned char)name.data[i];
    return (hash ^ (hash >> 16)) & (uint32_t)(slots - 1);
}

static const char *print_names(const struct names *names, struct arena *arena)
{
    const char *list = "";
    size_t slots = 16;

    while (names->count * 4 > slots * 3)
        slots *= 2;
    for (uint32_t slot = 0; slot < slots; slot++)
        for (size_t i = 0; i < names->count; i++)
            if (slot_of(names->names[i], slots) == slot)
                list = arena_print(arena, "%s%s%.*s", list, *list ? ", " : "", (int)names->names[i].size, names->names[i].data);
    return list;
}

/* A keyed read of an index may filter only on what the index projects; refused when no branch keeps to that, with the names of the last
 * one.
 */
static bool check_filters(const struct partiql *partiql, const struct key_plan *plan, struct fault *fault)
{
    struct names names = { 0 };

    for (size_t i = 0; i < plan->count && partiql->index && plan->is_keyed; i++) {
        names = (struct names){ 0 };
        for (const struct conjunct *each = plan->branches[i].conjuncts; each; each = each->next)
            find_unprojected(partiql, each->condition, &names, fault->arena);
        if (!names.count)
            return true;
    }
    return !names.count ||
           fault_parameter(fault, FAULT_VALIDATION, "Secondary index %s does not project one or more filter attributes: [%s]",
                           partiql->index->name, print_names(&names, fault->arena));
}

/* ---- the order ---- */

static const struct key_part *ordered_part(const struct partiql *partiql, const struct partiql_column *key)
{
    return key->term->kind == TERM_PATH && key->term->path.count == 1 ? key_schema_find(keys_of(partiql), key->term->path.parts[0].name)
                                                                      : NULL;
}

static bool check_order(const struct partiql *partiql, const struct key_plan *plan, struct fault *fault)
{
    bool has_hash = false;

    if (!partiql->statement.order)
        return true;
    if (!partiql->where)
        return fault_raise(fault, FAULT_VALIDATION, "Must have WHERE clause in the statement when using ORDER BY clause.");
    for (const struct partiql_column *key = partiql->statement.order; key; key = key->next) {
        const struct key_part *part = ordered_part(partiql, key);

        if (!part)
            return fault_raise(fault, FAULT_VALIDATION, "Attribute %.*s in ORDER BY clause must be part of the primary key",
                               (int)key->term->text.size, key->term->text.data);
        has_hash |= part == &keys_of(partiql)->hash[0];
    }
    if (!plan->count)
        return fault_raise(fault, FAULT_VALIDATION,
                           "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.");
    return has_hash || plan->partitions < 2 ||
           fault_raise(fault, FAULT_VALIDATION,
                       "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.");
}

/* Without ORDER BY, sort keys ascend; an ORDER BY that does not speak of them has them descend, as the service does. */
static bool sort_descends(const struct partiql *partiql, struct key_plan *plan)
{
    bool hash_descends = false;
    bool descends = partiql->statement.order != NULL;

    for (const struct partiql_column *key = partiql->statement.order; key; key = key->next) {
        if (ordered_part(partiql, key) == &keys_of(partiql)->hash[0])
            hash_descends = key->is_descending;
        else
            descends = key->is_descending;
    }
    key_plan_sort(plan, hash_descends, descends);
    return descends;
}

/* ---- reading ---- */

struct selection {
    const struct partiql *partiql;
    struct search search;
    struct key_plan plan;
    struct search_page page;
    struct buffer *text;
    uint32_t branch;    /* the one being read */
    json_t *start_json; /* owned: what the start key points into */
};

static void write_item(void *context, const struct value *item, struct arena *arena)
{
    struct selection *selection = context;
    struct value columns = partiql_columns(selection->partiql, item, arena);

    if (selection->page.count > 1)
        buffer_add_char(selection->text, ',');
    wire_write_item(selection->text, &columns);
}

static bool plan(struct intake *intake, struct selection *selection)
{
    const struct partiql *partiql = selection->partiql;
    struct search *search = &selection->search;

    *search = (struct search){ .table = partiql->table, .index = partiql->index, .filter = partiql->where };
    search->limit = call_integer(intake->call, "Limit", 0);
    search->is_consistent = call_boolean(intake->call, "ConsistentRead", false);
    if (partiql->index && partiql->index->is_global && search->is_consistent)
        return fault_raise(&intake->fault, FAULT_VALIDATION, "Strongly consistent read is not supported on Global Secondary Indexes");
    if (!key_plan_make(&selection->plan, partiql->where, keys_of(partiql), false, &intake->fault) ||
        !check_order(partiql, &selection->plan, &intake->fault) || !check_columns(partiql, &search->fetches, &intake->fault) ||
        !check_filters(partiql, &selection->plan, &intake->fault))
        return false;
    search->is_query = selection->plan.is_keyed;
    search->range = (struct store_range){ .table = partiql->table, .index = partiql->index, .low = { "", 0 } };
    if (search->is_query)
        search->range.is_backwards = sort_descends(partiql, &selection->plan);
    return true;
}

/* The range of a branch, from its beginning. */
static void enter(struct selection *selection, uint32_t branch)
{
    struct store_range *range = &selection->search.range;

    selection->branch = branch;
    range->has_start = false;
    if (!selection->search.is_query)
        return;
    range->partition = selection->plan.branches[branch].range.partition;
    range->low = selection->plan.branches[branch].range.low;
    range->high = selection->plan.branches[branch].range.high;
}

static uint32_t branch_count(const struct selection *selection)
{
    return selection->search.is_query ? (uint32_t)selection->plan.count : 1;
}

/* Goes on where the token says. What fits the seal was ours, but the table may be another now. */
static bool resume(struct intake *intake, struct selection *selection, const char *text)
{
    struct partiql_token token;

    if (!partiql_token_read(text, selection->partiql, &token, &intake->fault))
        return false;
    if (token.branch >= branch_count(selection))
        return fault_raise(&intake->fault, FAULT_VALIDATION, "NextToken does not match request");
    enter(selection, token.branch);
    if (!token.key.size)
        return true;
    selection->start_json = json_loadb(token.key.data, token.key.size, JSON_ALLOW_NUL, NULL);
    selection->search.has_start_key = true;
    return wire_read_item(selection->start_json, &selection->search.start_key, &intake->fault) &&
           search_start_take(intake, &selection->search) && search_start_check_place(intake, &selection->search);
}

static bool walk(struct intake *intake, struct selection *selection)
{
    for (;;) {
        if (!search_walk(intake, &selection->search.range, &selection->page))
            return false;
        if (selection->page.last_key.size || selection->branch + 1 >= branch_count(selection))
            return true;
        enter(selection, selection->branch + 1);
    }
}

/* Whether a branch is one item, after which there is nothing to go on to but the next branch. */
static bool is_single(const struct selection *selection)
{
    return selection->search.is_query && !keys_of(selection->partiql)->range_count && !selection->partiql->index;
}

static void answer_token(struct selection *selection, struct answer_writer *answer)
{
    struct partiql_token token = { selection->branch, { selection->page.last_key.data, selection->page.last_key.size } };

    if (is_single(selection)) {
        token = (struct partiql_token){ .branch = selection->branch + 1 };
        if (token.branch == branch_count(selection))
            return;
    }
    answer_member(answer, "NextToken");
    buffer_add_char(answer->text, '"');
    partiql_token_write(answer->text, selection->partiql, &token);
    buffer_add_char(answer->text, '"');
}

static bool read_items(struct intake *intake, struct selection *selection, struct answer_writer *answer)
{
    const struct buffer *key = &selection->page.last_key;
    bool is_done;

    answer_member(answer, "Items");
    buffer_add_char(answer->text, '[');
    is_done = walk(intake, selection);
    buffer_add_char(answer->text, ']');
    if (key->size) {
        answer_token(selection, answer);
        answer_member(answer, "LastEvaluatedKey");
        buffer_add(answer->text, key->data, key->size);
    }
    search_answer_capacity(intake->call, &selection->page, answer);
    return is_done;
}

bool partiql_select(struct intake *intake, const struct partiql *partiql, struct answer_writer *answer)
{
    struct selection selection = { .partiql = partiql, .text = answer->text };
    const char *token = call_string(intake->call, "NextToken");
    bool is_done;

    if (!plan(intake, &selection))
        return false;
    selection.page = (struct search_page){ .search = &selection.search, .take = write_item, .context = &selection };
    enter(&selection, 0);
    is_done = (!token || resume(intake, &selection, token)) && read_items(intake, &selection, answer);
    search_page_close(&selection.page);
    json_decref(selection.start_json);
    return is_done;
}

/* ---- one item ---- */

bool partiql_find_item(const struct partiql *partiql, const char *where, bool skips_types, struct value *key, struct fault *fault)
{
    struct key_plan branches;
    struct key_finding finding = { 0 };
    bool fetches;

    if (!partiql->index) {
        if (!key_plan_make(&branches, partiql->where, &partiql->table->keys, skips_types, fault) ||
            !check_order(partiql, &branches, fault) || !check_columns(partiql, &fetches, fault))
            return false;
        key_find(&finding, partiql->where, &partiql->table->keys, true, fault->arena);
    }
    if (!finding.is_whole || finding.rest)
        return fault_raise(fault, FAULT_VALIDATION, "Select statements within %s must specify the primary key in the where clause.", where);
    *key = finding.key;
    return true;
}
