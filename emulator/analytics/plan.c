/* Statements become relations and pumps; then the pumps are put in order. */

#include "analytics/plan.h"

#include "analytics/statement.h"
#include "analytics/translate.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct planner {
    struct sql_plan *plan;
    struct arena *arena;
    struct sql_error *error;
    bool must_be_whole;
    bool has_failed;
    size_t planned_columns; /* of all selects together: what a star multiplies is bounded */
};

enum { PLANNED_COLUMNS_MAX = 100000 };

static void fail(struct planner *planner, const struct sql_span *span, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The first failure wins. */
static void fail(struct planner *planner, const struct sql_span *span, const char *format, ...)
{
    va_list list;

    if (planner->has_failed)
        return;
    planner->has_failed = true;
    planner->error->span = *span;
    va_start(list, format);
    vsnprintf(planner->error->text, sizeof planner->error->text, format, list);
    va_end(list);
}

/* ---- relations ---- */

struct sql_relation *sql_plan_relation(const struct sql_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->relation_count; i++)
        if (plan->relations[i]->name && !strcmp(plan->relations[i]->name, name))
            return plan->relations[i];
    return NULL;
}

bool sql_relation_is_output(const struct sql_relation *relation)
{
    return relation->name && (relation->kind == RELATION_STREAM || relation->kind == RELATION_ERRORS) && !relation->is_open;
}

static void *grow(struct planner *planner, void *items, size_t count, size_t size)
{
    void *grown;

    if (count & (count - 1))
        return items;
    grown = arena_take(planner->arena, (count ? count * 2 : 1) * size);
    if (count)
        memcpy(grown, items, count * size);
    return grown;
}

static struct sql_relation *add_relation(struct planner *planner, const char *name, enum relation_kind kind, struct sql_column *columns,
                                         size_t count)
{
    struct sql_plan *plan = planner->plan;
    struct sql_relation *relation = arena_take(planner->arena, sizeof *relation);

    *relation =
        (struct sql_relation){ .name = name, .kind = kind, .columns = columns, .column_count = count, .number = plan->relation_count };
    if (kind != RELATION_TABLE) {
        relation->hidden = sql_hidden_columns;
        relation->hidden_count = kind == RELATION_INPUT ? HIDDEN_COUNT : 1;
    }
    plan->relations = grow(planner, plan->relations, plan->relation_count, sizeof(struct sql_relation *));
    plan->relations[plan->relation_count++] = relation;
    return relation;
}

static void create_stream(struct planner *planner, const struct sql_stream *stream)
{
    if (sql_plan_relation(planner->plan, stream->name.text))
        fail(planner, &stream->name.span, "Object '%.64s' already exists", stream->name.text);
    for (size_t i = 0; i < stream->column_count; i++)
        if (!strcmp(stream->columns[i].name, "ROWTIME"))
            fail(planner, &stream->name.span, "Stream '%.64s' declares ROWTIME, which every stream has", stream->name.text);
    add_relation(planner, stream->name.text, RELATION_STREAM, stream->columns, stream->column_count);
}

static struct sql_relation *find_relation(struct planner *planner, const struct sql_name *name)
{
    struct sql_relation *relation = sql_plan_relation(planner->plan, name->text);

    if (relation)
        return relation;
    if (planner->must_be_whole) {
        fail(planner, &name->span, "Object '%.64s' not found", name->text);
        return NULL;
    }
    planner->plan->is_whole = false;
    relation = add_relation(planner, name->text, RELATION_TABLE, NULL, 0);
    relation->is_open = true;
    return relation;
}

/* ---- one select ---- */

static bool is_table(const struct sql_relation *relation)
{
    return relation->kind == RELATION_TABLE;
}

/* The one stream among the sources. A select over what is not known yet may have none so far. */
static int find_stream(struct planner *planner, const struct sql_select *select, struct sql_relation **relations)
{
    int stream = -1;
    bool is_open = false;

    for (size_t i = 0; i < select->source_count; i++) {
        is_open |= relations[i]->is_open;
        if (is_table(relations[i]))
            continue;
        if (stream >= 0)
            fail(planner, &select->sources[i].relation.span, "A join of two streams needs a window, which is not supported by lowcloud");
        if (select->sources[i].join == JOIN_LEFT)
            fail(planner, &select->sources[i].relation.span, "'%.64s' is a stream: it stands on the left of a LEFT JOIN",
                 select->sources[i].relation.text);
        stream = (int)i;
    }
    if (stream < 0 && !is_open)
        fail(planner, &select->span, "A select reads one stream: there is none in its FROM clause");
    return stream < 0 ? 0 : stream;
}

static void check_names(struct planner *planner, const struct sql_select *select)
{
    for (size_t i = 0; i < select->source_count; i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(sql_source_name(&select->sources[i]), sql_source_name(&select->sources[j])))
                fail(planner, &select->sources[i].relation.span, "Duplicate relation name '%.64s' in FROM clause",
                     sql_source_name(&select->sources[i]));
}

static bool check_conditions(struct sql_check *check, const struct sql_select *select)
{
    for (size_t i = 0; i < select->source_count; i++)
        if (select->sources[i].on && !sql_check_condition(check, select->sources[i].on, "ON"))
            return false;
    return !select->where || sql_check_condition(check, select->where, "WHERE");
}

/* The columns that a select gives: names and types, and where each came from. */
struct output_columns {
    struct sql_column *columns;
    struct sql_span *spans;
    size_t count;
    bool is_open; /* a star over something unknown */
};

static void add_output(struct planner *planner, struct output_columns *output, const char *name, struct sql_type type, struct sql_span span)
{
    output->columns = grow(planner, output->columns, output->count, sizeof *output->columns);
    output->spans = grow(planner, output->spans, output->count, sizeof *output->spans);
    output->columns[output->count] = (struct sql_column){ name, type };
    output->spans[output->count++] = span;
    if (output->count > SQL_COLUMNS_MAX || ++planner->planned_columns > PLANNED_COLUMNS_MAX)
        fail(planner, &span, "The code selects too many columns");
}

static void add_star(struct planner *planner, struct output_columns *output, const struct sql_check *check, const struct sql_item *item)
{
    bool is_found = false;

    for (size_t i = 0; i < check->select->source_count && !planner->has_failed; i++) {
        const struct sql_relation *relation = check->relations[i];

        if (item->star_of && strcmp(item->star_of, sql_source_name(&check->select->sources[i])))
            continue;
        is_found = true;
        output->is_open |= relation->is_open;
        for (size_t c = 0; c < relation->column_count && !planner->has_failed; c++)
            add_output(planner, output, relation->columns[c].name, relation->columns[c].type, item->span);
    }
    if (!is_found)
        fail(planner, &item->span, "Table '%.64s' not found", item->star_of);
}

static void list_output(struct planner *planner, struct output_columns *output, struct sql_check *check)
{
    for (size_t i = 0; i < check->select->item_count && !planner->has_failed; i++) {
        const struct sql_item *item = &check->select->items[i];
        const char *name = item->alias;

        if (!item->expression) {
            add_star(planner, output, check, item);
            continue;
        }
        if (!sql_check_expression(check, item->expression)) {
            planner->has_failed = true;
            return;
        }
        if (!name)
            name = item->expression->kind == NODE_COLUMN ? item->expression->name : arena_print(planner->arena, "EXPR$%zu", i);
        add_output(planner, output, name, item->expression->type, item->span);
    }
}

/* A condition `table.column = something` anywhere in an AND makes that column worth an index. */
static void note_indexes(struct planner *planner, const struct sql_check *check, const struct sql_node *node)
{
    struct sql_plan *plan = planner->plan;

    if (!node || node->kind != NODE_BINARY)
        return;
    if (!strcmp(node->op, "AND")) {
        note_indexes(planner, check, node->parts[0]);
        note_indexes(planner, check, node->parts[1]);
        return;
    }
    for (size_t i = 0; i < 2 && !strcmp(node->op, "="); i++) {
        const struct sql_node *side = node->parts[i];
        struct sql_relation *table = side->kind == NODE_COLUMN && side->source >= 0 ? check->relations[side->source] : NULL;

        if (!table || !is_table(table) || table->is_open || side->type.kind == SQL_CHAR)
            continue;
        plan->indexes = grow(planner, plan->indexes, plan->index_count, sizeof *plan->indexes);
        plan->indexes[plan->index_count++] = (struct sql_index){ table, side->column };
    }
}

static void translate(struct planner *planner, const struct sql_check *check, int stream, struct sql_branch *branch)
{
    struct sql_relation *source = check->relations[stream];
    size_t columns = source->column_count + source->hidden_count;
    struct sql_translation translation = { .select = check->select, .relations = check->relations, .stream = stream };

    translation.parameters = arena_take(planner->arena, (columns + 1) * sizeof(int));
    sql_translate_select(&translation);
    branch->source = source;
    branch->sql = arena_text(planner->arena, translation.text.data);
    branch->parameters = translation.parameters;
    branch->now_parameter = translation.now_parameter;
    buffer_clear(&translation.text);
    for (size_t i = 0; i < check->select->source_count; i++)
        note_indexes(planner, check, check->select->sources[i].on);
    note_indexes(planner, check, check->select->where);
}

static struct sql_relation *plan_subquery(struct planner *planner, const struct sql_source *source, const struct sql_name *pump);

/* Plans one select into branch; its columns go to output. */
static void plan_select(struct planner *planner, const struct sql_select *select, const struct sql_name *pump, struct sql_branch *branch,
                        struct output_columns *output)
{
    struct sql_relation **relations = arena_take(planner->arena, (select->source_count + 1) * sizeof(struct sql_relation *));
    struct sql_check check = { .arena = planner->arena, .error = planner->error, .select = select, .relations = relations };
    int stream;

    for (size_t i = 0; i < select->source_count; i++) {
        const struct sql_source *source = &select->sources[i];

        relations[i] = source->query ? plan_subquery(planner, source, pump) : find_relation(planner, &source->relation);
        if (planner->has_failed)
            return;
    }
    check_names(planner, select);
    stream = find_stream(planner, select, relations);
    if (planner->has_failed)
        return;
    if (!check_conditions(&check, select)) {
        planner->has_failed = true;
        return;
    }
    list_output(planner, output, &check);
    branch->column_count = output->count;
    if (!planner->has_failed)
        translate(planner, &check, stream, branch);
}

static struct sql_planned_pump *add_pump(struct planner *planner, const struct sql_name *name, struct sql_relation *target)
{
    struct sql_plan *plan = planner->plan;

    plan->pumps = grow(planner, plan->pumps, plan->pump_count, sizeof *plan->pumps);
    plan->pumps[plan->pump_count] = (struct sql_planned_pump){ .name = name->text, .target = target, .span = name->span };
    return &plan->pumps[plan->pump_count++];
}

static void *add_branch(struct planner *planner, struct sql_branch **branches, size_t *count)
{
    *branches = grow(planner, *branches, *count, sizeof **branches);
    return &(*branches)[(*count)++];
}

/* ---- subqueries: streams without a name, with a pump of their own ---- */

static void straight_targets(struct planner *planner, struct sql_branch *branch)
{
    branch->targets = arena_take(planner->arena, (branch->column_count + 1) * sizeof(size_t));
    for (size_t i = 0; i < branch->column_count; i++)
        branch->targets[i] = i;
}

static struct sql_relation *plan_subquery(struct planner *planner, const struct sql_source *source, const struct sql_name *pump)
{
    struct sql_relation *relation = add_relation(planner, NULL, RELATION_STREAM, NULL, 0);
    struct sql_branch *branches = NULL;
    struct sql_planned_pump *planned;
    size_t count = 0;

    for (const struct sql_select *select = source->query; select && !planner->has_failed; select = select->also) {
        struct output_columns output = { 0 };
        struct sql_branch *branch = add_branch(planner, &branches, &count);

        plan_select(planner, select, pump, branch, &output);
        if (select != source->query && output.count != relation->column_count && !output.is_open && !relation->is_open)
            fail(planner, &select->span, "Column count mismatch in UNION");
        if (select == source->query) {
            relation->columns = output.columns;
            relation->column_count = output.count;
            relation->is_open = output.is_open;
        }
        for (size_t i = 0; i < output.count && i < relation->column_count && !planner->has_failed; i++)
            if (!sql_check_fits(&output.columns[i].type, &relation->columns[i].type))
                fail(planner, &output.spans[i], "Type mismatch in UNION: column '%.64s'", output.columns[i].name);
        straight_targets(planner, branch);
    }
    planned = add_pump(planner, pump, relation);
    planned->branches = branches;
    planned->branch_count = count;
    return relation;
}

/* ---- pumps ---- */

static void assign(struct planner *planner, const struct sql_pump *pump, const struct sql_relation *target,
                   const struct output_columns *output, struct sql_branch *branch)
{
    size_t wanted = pump->column_count ? pump->column_count : target->column_count;

    if (output->is_open)
        return; /* how many columns a star has is not known yet */
    if (output->count != wanted) {
        fail(planner, &pump->target.span, "Number of INSERT target columns (%zu) does not equal number of source items (%zu)", wanted,
             output->count);
        return;
    }
    branch->targets = arena_take(planner->arena, (wanted + 1) * sizeof(size_t));
    for (size_t i = 0; i < wanted && !planner->has_failed; i++) {
        int column = pump->column_count ? sql_relation_column(target, pump->columns[i].text, false) : (int)i;
        const struct sql_type *type;

        if (column < 0) {
            fail(planner, &pump->columns[i].span, "Unknown target column '%.64s'", pump->columns[i].text);
            return;
        }
        type = &target->columns[column].type;
        branch->targets[i] = (size_t)column;
        if (!sql_check_fits(&output->columns[i].type, type))
            fail(planner, &output->spans[i], "Cannot assign to target field '%.64s' of type %s from source field '%.64s' of type %s",
                 target->columns[column].name, sql_type_print(type, planner->arena), output->columns[i].name,
                 sql_type_print(&output->columns[i].type, planner->arena));
    }
}

static void check_targets(struct planner *planner, const struct sql_pump *pump)
{
    for (size_t i = 0; i < pump->column_count; i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(pump->columns[i].text, pump->columns[j].text))
                fail(planner, &pump->columns[i].span, "Target column '%.64s' is assigned more than once", pump->columns[i].text);
}

static void create_pump(struct planner *planner, const struct sql_pump *pump)
{
    struct sql_relation *target = sql_plan_relation(planner->plan, pump->target.text);
    struct sql_planned_pump *planned;
    struct sql_branch *branches = NULL;
    size_t count = 0;

    for (size_t i = 0; i < planner->plan->pump_count; i++)
        if (!strcmp(planner->plan->pumps[i].name, pump->name.text))
            fail(planner, &pump->name.span, "Object '%.64s' already exists", pump->name.text);
    if (!target)
        fail(planner, &pump->target.span, "Object '%.64s' not found", pump->target.text);
    else if (target->kind != RELATION_STREAM || target->is_open)
        fail(planner, &pump->target.span, "'%.64s' is not a stream that a pump can insert into", pump->target.text);
    check_targets(planner, pump);
    for (const struct sql_select *select = pump->select; select && !planner->has_failed; select = select->also) {
        struct output_columns output = { 0 };
        struct sql_branch *branch = add_branch(planner, &branches, &count);

        plan_select(planner, select, &pump->name, branch, &output);
        if (!planner->has_failed)
            assign(planner, pump, target, &output, branch);
    }
    planned = add_pump(planner, &pump->name, target);
    planned->branches = branches;
    planned->branch_count = count;
}

/* ---- order ---- */

/* Whether every stream that the pump reads has been filled by all its writers. error_stream is filled last of all. */
static bool is_ready(const struct sql_planned_pump *pump, const size_t *writers, bool errors_too)
{
    for (size_t i = 0; i < pump->branch_count; i++) {
        const struct sql_relation *source = pump->branches[i].source;

        if (writers[source->number] || (source->kind == RELATION_ERRORS && !errors_too))
            return false;
    }
    return true;
}

/* The first pump from `placed` on, in the order of the code, that is ready; those that read error_stream come when no other is left. */
static size_t next_pump(const struct sql_plan *plan, size_t placed, const size_t *writers)
{
    for (int errors_too = 0; errors_too < 2; errors_too++)
        for (size_t i = placed; i < plan->pump_count; i++)
            if (is_ready(&plan->pumps[i], writers, errors_too))
                return i;
    return plan->pump_count;
}

/* Puts the pumps in the order of flow, so that one pass over them takes a batch through all. */
static void order(struct planner *planner)
{
    struct sql_plan *plan = planner->plan;
    size_t *writers = arena_take(planner->arena, (plan->relation_count + 1) * sizeof(size_t));

    for (size_t i = 0; i < plan->pump_count; i++)
        writers[plan->pumps[i].target->number]++;
    for (size_t placed = 0; placed < plan->pump_count; placed++) {
        size_t next = next_pump(plan, placed, writers);
        struct sql_planned_pump pump;

        if (next == plan->pump_count) {
            fail(planner, &plan->pumps[placed].span, "Pump '%.64s' feeds a stream that it reads from, itself or by way of others",
                 plan->pumps[placed].name);
            return;
        }
        pump = plan->pumps[next];
        memmove(&plan->pumps[placed + 1], &plan->pumps[placed], (next - placed) * sizeof pump);
        plan->pumps[placed] = pump;
        writers[pump.target->number]--;
    }
}

struct sql_plan *sql_plan_make(const char *code, const struct sql_given *given, size_t given_count, bool must_be_whole, struct arena *arena,
                               struct sql_error *error)
{
    struct sql_program *program = sql_parse(code, strlen(code), arena, error);
    struct sql_plan *plan = arena_take(arena, sizeof *plan);
    struct planner planner = { .plan = plan, .arena = arena, .error = error, .must_be_whole = must_be_whole };

    if (!program)
        return NULL;
    plan->arena = arena;
    plan->is_whole = true;
    add_relation(&planner, "error_stream", RELATION_ERRORS, (struct sql_column *)sql_error_columns, ERROR_COLUMN_COUNT);
    for (size_t i = 0; i < given_count; i++)
        add_relation(&planner, given[i].name, given[i].kind, given[i].columns, given[i].column_count);
    for (size_t i = 0; i < program->statement_count && !planner.has_failed; i++) {
        if (program->statements[i].stream)
            create_stream(&planner, program->statements[i].stream);
        else
            create_pump(&planner, program->statements[i].pump);
    }
    if (!planner.has_failed)
        order(&planner);
    return planner.has_failed ? NULL : plan;
}
