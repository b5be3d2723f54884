/* DescribeContributorInsights, UpdateContributorInsights, ListContributorInsights: of tables, and of their global indexes. The texts are
 * those of October 2026. There is no quota of CloudWatch's rules here, so that enabling never ends as FAILED. */

#include "base/base64.h"
#include "base/text.h"
#include "dynamodb/operations.h"
#include "dynamodb/table_life.h"
#include "dynamodb/table_lookup.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_MAX = 100 };

static const char *const actions[] = { "ENABLE", "DISABLE", NULL };
static const char *const modes[] = { "THROTTLED_KEYS", "ACCESSED_AND_THROTTLED_KEYS", NULL };

#define INDEX_NAME                                                              \
    {                                                                           \
        "IndexName", STRING, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" \
    }

const struct member dynamodb_describe_contributor_insights_input[] = { { "TableName", STRING }, INDEX_NAME, { 0 } };
const struct member dynamodb_update_contributor_insights_input[] = {
    { "TableName", STRING },
    INDEX_NAME,
    { "ContributorInsightsAction", STRING, .required = true, .values = actions },
    { "ContributorInsightsMode", STRING, .values = modes },
    { 0 },
};
const struct member dynamodb_list_contributor_insights_input[] = {
    { "TableName", STRING }, { "NextToken", STRING }, { "MaxResults", INTEGER, .max = PAGE_MAX }, { 0 }
};

/* What a call is about: a table, or one of its global indexes. */
struct subject {
    struct table *table;
    struct table_index *index; /* NULL: the table itself */
    struct insights *insights;
};

/* An index that is not there yet, or only of the table's own partitions, is as unknown as any. */
static struct table_index *find_index(const struct table *table, const char *name)
{
    struct table_index *index = table_find_index(table, name);

    if (!index && table->leaving && text_is(table->leaving->name, name))
        index = table->leaving;
    if (!index || !index->is_global || (index->is_added && !index->is_backfilling))
        return NULL;
    return index;
}

static bool find(struct intake *intake, struct subject *subject)
{
    const char *name = call_string(intake->call, "IndexName");

    *subject = (struct subject){ .table = table_lookup(intake) };
    if (!subject->table)
        return false;
    subject->insights = &subject->table->insights;
    if (!name)
        return true;
    subject->index = find_index(subject->table, name);
    if (!subject->index)
        return fault_raise(&intake->fault, FAULT_NOT_FOUND, "Requested resource not found: Index: %s not found for table: %s", name,
                           subject->table->name);
    subject->insights = &subject->index->insights;
    return true;
}

/* What all three operations tell of a table or index. */
static json_t *summary(const struct subject *subject)
{
    return json_pack("{s:s, s:s*, s:s, s:s*}", "TableName", subject->table->name, "IndexName", subject->index ? subject->index->name : NULL,
                     "ContributorInsightsStatus", insights_state_name(subject->insights), "ContributorInsightsMode",
                     insights_mode_name(subject->insights));
}

enum outcome dynamodb_describe_contributor_insights(struct call *call)
{
    struct intake intake;
    struct subject subject;
    const struct key_schema *keys;
    json_t *rules;

    intake_open(&intake, call);
    if (!find(&intake, &subject))
        return intake_refuse(&intake);
    keys = subject.index ? &subject.index->keys : &subject.table->keys;
    rules = insights_rules(subject.insights, subject.table->name, subject.index ? subject.index->name : NULL, keys->range_count > 0);
    call->output = summary(&subject);
    if (subject.insights->changed_ms)
        json_object_set_new(call->output, "LastUpdateDateTime", json_real((double)subject.insights->changed_ms / 1000));
    if (rules)
        json_object_set_new(call->output, "ContributorInsightsRuleList", rules);
    return DONE;
}

/* ---- changes ---- */

/* A table that is being changed will do, and one that is being deleted too. */
static bool check_state(struct intake *intake, const struct subject *subject)
{
    static const char format[] =
        "Table or Index is not in a valid state to update Key Access Insights: %s must be ACTIVE to enable ContributorInsights.";

    if (subject->table->state == TABLE_CREATING)
        return fault_raise(&intake->fault, FAULT_VALIDATION, format, "TableStatus");
    if (subject->index && subject->index->state == TABLE_CREATING)
        return fault_raise(&intake->fault, FAULT_VALIDATION, format, "IndexStatus");
    return true;
}

/* What is DELETING is no longer in the store. */
static bool keep(struct intake *intake, const struct subject *subject)
{
    if (subject->table->state == TABLE_DELETING)
        return true;
    return store_keep_definition(intake->room->store, subject->table) == OK ||
           fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
}

enum outcome dynamodb_update_contributor_insights(struct call *call)
{
    bool is_throttled_only = text_is(call_string(call, "ContributorInsightsMode"), "THROTTLED_KEYS");
    struct intake intake;
    struct subject subject;
    int64_t now_ms;

    intake_open(&intake, call);
    now_ms = clock_now_ms(intake.room->ground->clock);
    if (!find(&intake, &subject) || !check_state(&intake, &subject))
        return intake_refuse(&intake);
    if (text_is(call_string(call, "ContributorInsightsAction"), "ENABLE"))
        insights_enable(subject.insights, is_throttled_only, now_ms);
    else
        insights_disable(subject.insights, now_ms);
    call->output = summary(&subject);
    if (!keep(&intake, &subject))
        return intake_refuse(&intake);
    insights_go(subject.insights, intake.room->ground->clock, intake.room->state_ms);
    return DONE;
}

/* ---- the list ---- */

/* One that is listed. Sorted by a key, behind which the next page begins: the table's name, and after a byte that no name has the index's.
 */
struct entry {
    const char *key;
    struct subject subject;
};

struct listing {
    struct intake *intake;
    struct entry *entries;
    size_t count;
};

static void add_entry(struct listing *listing, struct table *table, struct table_index *index)
{
    struct insights *insights = index ? &index->insights : &table->insights;
    const char *key = index ? arena_print(listing->intake->arena, "%s\1%s", table->name, index->name) : table->name;

    if (insights->state != INSIGHTS_DISABLED)
        listing->entries[listing->count++] = (struct entry){ key, { table, index, insights } };
}

static void add_table(struct listing *listing, struct table *table)
{
    add_entry(listing, table, NULL);
    for (size_t i = 0; i < table->index_count; i++)
        add_entry(listing, table, table->indexes[i]);
    if (table->leaving)
        add_entry(listing, table, table->leaving);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

/* All that are not DISABLED, of the table (NULL: of all), in order. */
static void list(struct listing *listing, struct table *table)
{
    const struct map *tables = &listing->intake->room->tables;
    size_t room = table ? 1 : tables->count;
    size_t cursor = 0;

    listing->entries = arena_take(listing->intake->arena, (room + 1) * (TABLE_INDEXES_MAX + 2) * sizeof *listing->entries);
    if (table)
        add_table(listing, table);
    for (struct map_entry *entry; !table && (entry = map_next(tables, &cursor));)
        add_table(listing, entry->value);
    if (listing->count)
        qsort(listing->entries, listing->count, sizeof *listing->entries, compare);
}

static const char *token_of(struct arena *arena, const char *key)
{
    char *token = arena_take(arena, base64_encoded_size(strlen(key)) + 1);

    base64_encode(key, strlen(key), token);
    return token;
}

/* The key that the request's token stands for: "" without one, NULL with a fault. */
static const char *start_of(struct intake *intake)
{
    const char *token = call_string(intake->call, "NextToken");
    size_t length = token ? strlen(token) : 0;
    char *key = arena_take(intake->arena, length + 1);
    size_t size_bytes = 0;

    if (token && (!length || base64_decode(token, length, key, &size_bytes) != OK)) {
        fault_raise(&intake->fault, FAULT_VALIDATION, "Invalid Request: Provided nextToken is invalid: %s", token);
        return NULL;
    }
    key[size_bytes] = '\0';
    return key;
}

static json_t *page(const struct listing *listing, const char *start, int64_t max)
{
    json_t *summaries = json_array();
    json_t *answer = json_pack("{s:o}", "ContributorInsightsSummaries", summaries);

    for (size_t i = 0; i < listing->count; i++) {
        const struct entry *entry = &listing->entries[i];

        if (strcmp(entry->key, start) <= 0)
            continue;
        if ((int64_t)json_array_size(summaries) == max) {
            json_object_set_new(answer, "NextToken", json_string(token_of(listing->intake->arena, start)));
            break;
        }
        json_array_append_new(summaries, summary(&entry->subject));
        start = entry->key;
    }
    return answer;
}

enum outcome dynamodb_list_contributor_insights(struct call *call)
{
    int64_t max = call_integer(call, "MaxResults", PAGE_MAX);
    struct intake intake;
    struct listing listing = { .intake = &intake };
    struct table *table;
    const char *start;

    intake_open(&intake, call);
    table = call_has(call, "TableName") ? table_lookup(&intake) : NULL;
    start = intake.fault.kind ? NULL : start_of(&intake);
    if (!start)
        return intake_refuse(&intake);
    list(&listing, table);
    call->output = page(&listing, start, max > 0 ? max : PAGE_MAX);
    return DONE;
}
