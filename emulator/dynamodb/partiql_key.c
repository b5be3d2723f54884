#include "dynamodb/partiql_key.h"

#include "dynamodb/key_condition.h"

#include <stdlib.h>
#include <string.h>

/* ---- what a condition says of keys ---- */

/* The key part that the condition compares with values alone, or NULL. */
static const struct key_part *compared_part(const struct condition *condition, const struct key_schema *keys)
{
    const struct operand *first = condition->count ? &condition->operands[0] : NULL;

    if (!first || first->kind != OPERAND_PATH || first->path.count != 1)
        return NULL;
    for (size_t i = 1; i < condition->count; i++)
        if (condition->operands[i].kind != OPERAND_VALUE)
            return NULL;
    return key_schema_find(keys, first->path.parts[0].name);
}

static bool is_hash(const struct key_part *part, const struct key_schema *keys)
{
    return part == &keys->hash[0];
}

/* Whether all that can hold lies in partitions that the condition names. As deep as the condition is. */
static bool names_partitions(const struct condition *condition, const struct key_schema *keys)
{
    const struct key_part *part;

    if (condition->kind == CONDITION_AND)
        return names_partitions(condition->left, keys) || names_partitions(condition->right, keys);
    if (condition->kind == CONDITION_OR)
        return names_partitions(condition->left, keys) && names_partitions(condition->right, keys);
    if (condition->kind != CONDITION_EQ && condition->kind != CONDITION_IN)
        return false;
    part = compared_part(condition, keys);
    return part && is_hash(part, keys);
}

/* ---- taking apart ---- */

struct branches {
    const struct conjunct **heads;
    size_t count;
};

struct taking {
    const struct key_schema *keys;
    struct fault *fault;
};

static bool add_branch(struct taking *taking, struct branches *branches, const struct conjunct *head)
{
    if (branches->count == KEY_BRANCHES_MAX)
        return fault_raise(taking->fault, FAULT_VALIDATION, "Too many decomposed read operations for a given query.");
    if (!branches->heads)
        branches->heads = arena_take(taking->fault->arena, KEY_BRANCHES_MAX * sizeof(const struct conjunct *));
    branches->heads[branches->count++] = head;
    return true;
}

static const struct conjunct *prepend(struct taking *taking, const struct condition *condition, const struct conjunct *next)
{
    struct conjunct *conjunct = arena_take(taking->fault->arena, sizeof *conjunct);

    *conjunct = (struct conjunct){ condition, next };
    return conjunct;
}

static bool take_apart(struct taking *taking, const struct condition *condition, struct branches *branches);

/* Each candidate of an IN on a key part is a branch. */
static bool take_candidates(struct taking *taking, const struct condition *condition, struct branches *branches)
{
    for (size_t i = 1; i < condition->count; i++) {
        struct condition *equality = arena_take(taking->fault->arena, sizeof *equality);

        *equality = (struct condition){ .kind = CONDITION_EQ, .count = 2 };
        equality->operands = arena_take(taking->fault->arena, 2 * sizeof *equality->operands);
        equality->operands[0] = condition->operands[0];
        equality->operands[1] = condition->operands[i];
        if (!add_branch(taking, branches, prepend(taking, equality, NULL)))
            return false;
    }
    return true;
}

/* While a statement is taken apart its conjuncts stand last first: so a chain of ANDs, which grows at its end, grows in one step. */
static const struct conjunct *concatenate(struct taking *taking, const struct conjunct *first, const struct conjunct *second)
{
    const struct conjunct *joined = NULL;
    const struct conjunct **last = &joined;

    for (; second; second = second->next) {
        *last = prepend(taking, second->condition, NULL);
        last = (const struct conjunct **)&(*last)->next;
    }
    *last = first;
    return joined;
}

static const struct conjunct *reverse(struct taking *taking, const struct conjunct *head)
{
    const struct conjunct *reversed = NULL;

    for (; head; head = head->next)
        reversed = prepend(taking, head->condition, reversed);
    return reversed;
}

static bool take_product(struct taking *taking, const struct condition *condition, struct branches *branches)
{
    struct branches left = { 0 };
    struct branches right = { 0 };

    if (!take_apart(taking, condition->left, &left) || !take_apart(taking, condition->right, &right))
        return false;
    for (size_t i = 0; i < left.count; i++)
        for (size_t j = 0; j < right.count; j++)
            if (!add_branch(taking, branches, concatenate(taking, left.heads[i], right.heads[j])))
                return false;
    return true;
}

/* As deep as the condition is. An OR that names no key is one condition among others. */
static bool take_apart(struct taking *taking, const struct condition *condition, struct branches *branches)
{
    if (condition->kind == CONDITION_AND)
        return take_product(taking, condition, branches);
    if (condition->kind == CONDITION_OR && condition_find_key(condition, taking->keys))
        return take_apart(taking, condition->left, branches) && take_apart(taking, condition->right, branches);
    if (condition->kind == CONDITION_IN && compared_part(condition, taking->keys))
        return take_candidates(taking, condition, branches);
    return add_branch(taking, branches, prepend(taking, condition, NULL));
}

/* ---- a branch's run of keys ---- */

static bool has_type(const struct condition *condition, enum value_type type)
{
    for (size_t i = 1; i < condition->count; i++)
        if (condition->operands[i].value->type != type)
            return false;
    return true;
}

/* Takes the run that one more sort condition leaves. */
static bool narrow(struct key_branch *branch, const struct condition *condition, const struct key_schema *keys, struct fault *fault)
{
    struct key_condition terms = { 0 };
    struct store_range run = { 0 };

    key_condition_add(&terms, keys->hash[0].name, branch->equality);
    if (condition)
        key_condition_add(&terms, keys->range[0].name, condition);
    if (!key_condition_bind(&terms, keys, NULL, &run, fault))
        return false;
    branch->range.partition = run.partition;
    if (bytes_compare(run.low, branch->range.low) > 0)
        branch->range.low = run.low;
    if (run.high.size && (!branch->range.high.size || bytes_compare(run.high, branch->range.high) < 0))
        branch->range.high = run.high;
    branch->is_empty |= branch->range.high.size && bytes_compare(branch->range.low, branch->range.high) >= 0;
    return true;
}

/* Whether the condition says of the sort key what it is not. */
static bool negates_sort(const struct condition *condition, const struct key_schema *keys)
{
    struct key_schema sort = { .range_count = keys->range_count };

    memcpy(sort.range, keys->range, sizeof sort.range);
    return (condition->kind == CONDITION_NOT || condition->kind == CONDITION_NE) && condition_find_key(condition, &sort);
}

/* False for a fault; a wrong type that is not to be refused empties the branch. */
static bool check_type(struct key_branch *branch, const struct condition *condition, const struct key_part *part, bool skips_types,
                       struct fault *fault)
{
    if (has_type(condition, part->type))
        return true;
    branch->is_empty = true;
    return skips_types || fault_raise(fault, FAULT_VALIDATION,
                                      "Key attribute's data type should match its data type in table's schema: Key %s", part->name.data);
}

static bool bind_hash(struct key_branch *branch, const struct key_schema *keys, bool skips_types, struct fault *fault)
{
    for (const struct conjunct *each = branch->conjuncts; each; each = each->next) {
        const struct key_part *part = each->condition->kind == CONDITION_EQ ? compared_part(each->condition, keys) : NULL;

        branch->negates_sort |= negates_sort(each->condition, keys);
        if (!part || !is_hash(part, keys))
            continue;
        if (!check_type(branch, each->condition, part, skips_types, fault))
            return false;
        if (!branch->equality) {
            branch->equality = each->condition;
            branch->hash = each->condition->operands[1].value;
        }
    }
    return true;
}

static bool bind(struct key_branch *branch, const struct key_schema *keys, bool skips_types, struct fault *fault)
{
    branch->range.low = branch->range.high = (struct bytes){ "", 0 };
    if (!bind_hash(branch, keys, skips_types, fault) || (!branch->is_empty && !narrow(branch, NULL, keys, fault)))
        return false;
    for (const struct conjunct *each = branch->conjuncts; each; each = each->next) {
        const struct key_part *part = key_condition_bounds(each->condition) ? compared_part(each->condition, keys) : NULL;

        if (!part || is_hash(part, keys))
            continue;
        if (!check_type(branch, each->condition, part, skips_types, fault) ||
            (!branch->is_empty && !narrow(branch, each->condition, keys, fault)))
            return false;
    }
    return true;
}

/* ---- the plan ---- */

/* What qsort's comparison must know. */
static int compare_up(const struct key_branch *a, const struct key_branch *b, bool hash_descends, bool sort_descends)
{
    int order = a->hash->type == b->hash->type ? value_compare(a->hash, b->hash) : (int)a->hash->type - (int)b->hash->type;

    if (order)
        return hash_descends ? -order : order;
    order = bytes_compare(a->range.low, b->range.low);
    return sort_descends ? -order : order;
}

/* An insertion sort: there are few, and most are in order. */
void key_plan_sort(struct key_plan *plan, bool hash_descends, bool sort_descends)
{
    for (size_t i = 1; i < plan->count; i++) {
        struct key_branch branch = plan->branches[i];
        size_t j = i;

        for (; j && compare_up(&plan->branches[j - 1], &branch, hash_descends, sort_descends) > 0; j--)
            plan->branches[j] = plan->branches[j - 1];
        plan->branches[j] = branch;
    }
}

static bool overlap(const struct key_branch *a, const struct key_branch *b)
{
    if (a->is_empty || b->is_empty || !bytes_are(a->range.partition, b->range.partition))
        return false;
    return (!b->range.high.size || bytes_compare(a->range.low, b->range.high) < 0) &&
           (!a->range.high.size || bytes_compare(b->range.low, a->range.high) < 0);
}

static bool check_overlap(const struct key_plan *plan, struct fault *fault)
{
    for (size_t i = 0; i < plan->count; i++)
        for (size_t j = 0; j < i; j++)
            if (overlap(&plan->branches[i], &plan->branches[j]))
                return fault_raise(fault, FAULT_VALIDATION, "Overlapping conditions with range keys are not supported in where clause");
    return true;
}

static size_t count_partitions(const struct key_plan *plan)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->count; i++) {
        size_t j = 0;

        while (j < i && !value_equals(plan->branches[i].hash, plan->branches[j].hash))
            j++;
        count += j == i;
    }
    return count;
}

bool key_plan_make(struct key_plan *plan, const struct condition *where, const struct key_schema *keys, bool skips_types,
                   struct fault *fault)
{
    struct taking taking = { keys, fault };
    struct branches branches = { 0 };
    bool has_negation = false;

    *plan = (struct key_plan){ 0 };
    if (!where || !names_partitions(where, keys))
        return true;
    if (!take_apart(&taking, where, &branches))
        return false;
    plan->branches = arena_take(fault->arena, branches.count * sizeof *plan->branches);
    plan->count = branches.count;
    for (size_t i = 0; i < branches.count; i++) {
        plan->branches[i].conjuncts = reverse(&taking, branches.heads[i]);
        if (!bind(&plan->branches[i], keys, skips_types, fault))
            return false;
        has_negation |= plan->branches[i].negates_sort;
    }
    plan->partitions = count_partitions(plan);
    plan->is_keyed = plan->count == 1 || !has_negation;
    if (!plan->is_keyed)
        return true;
    key_plan_sort(plan, false, false);
    return check_overlap(plan, fault);
}

/* ---- one item ---- */

/* The value that a condition gives to a key part, or NULL. */
static const struct value *given_value(const struct condition *condition, bool takes_single_in)
{
    bool is_single = condition->kind == CONDITION_EQ || (takes_single_in && condition->kind == CONDITION_IN && condition->count == 2);

    return is_single ? condition->operands[1].value : NULL;
}

/* Takes the condition as a key part's value, if it is one. */
static bool take_part(struct key_finding *finding, const struct condition *condition, const struct key_schema *keys, bool takes_single_in,
                      struct arena *arena)
{
    const struct key_part *part = compared_part(condition, keys);
    const struct value *value = part ? given_value(condition, takes_single_in) : NULL;
    const struct value *known;

    if (!value)
        return false;
    known = value_find(&finding->key, part->name);
    if (!known)
        value_put(&finding->key, part->name, *value, arena);
    else if (!value_equals(known, value))
        finding->twofold = part;
    return !known || value_equals(known, value);
}

static void find_in(struct key_finding *finding, const struct condition *condition, const struct key_schema *keys, bool takes_single_in,
                    struct arena *arena)
{
    if (condition->kind == CONDITION_AND) {
        find_in(finding, condition->left, keys, takes_single_in, arena);
        find_in(finding, condition->right, keys, takes_single_in, arena);
    } else if (!take_part(finding, condition, keys, takes_single_in, arena)) {
        struct condition *said = (struct condition *)condition;

        finding->rest = finding->rest ? partiql_join(CONDITION_AND, finding->rest, said, arena) : said;
    }
}

void key_find(struct key_finding *finding, const struct condition *where, const struct key_schema *keys, bool takes_single_in,
              struct arena *arena)
{
    *finding = (struct key_finding){ .key = { .type = VALUE_M } };
    if (where)
        find_in(finding, where, keys, takes_single_in, arena);
    finding->is_whole = finding->key.count == (uint32_t)(1 + (keys->range_count > 0));
}
