/* ListTables: the names in order, page by page. */

#include "dynamodb/intake.h"
#include "dynamodb/operations.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_MAX = 100 };

const struct member dynamodb_list_tables_input[] = {
    { "ExclusiveStartTableName", STRING, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" },
    { "Limit", INTEGER, .min = 1, .max = PAGE_MAX },
    { 0 },
};

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names behind `start`, in order, in the call's arena. */
static const char **sorted_names(struct call *call, const char *start, size_t *count)
{
    struct dynamodb *room = room_of(call);
    const char **names = arena_take(call->arena, (room->tables.count + 1) * sizeof(char *));
    size_t cursor = 0;
    struct map_entry *entry;

    *count = 0;
    while ((entry = map_next(&room->tables, &cursor)))
        if (!start || strcmp(entry->key, start) > 0)
            names[(*count)++] = entry->key;
    qsort(names, *count, sizeof(char *), compare);
    return names;
}

enum outcome dynamodb_list_tables(struct call *call)
{
    size_t limit = (size_t)call_integer(call, "Limit", PAGE_MAX);
    size_t count;
    const char **names = sorted_names(call, call_string(call, "ExclusiveStartTableName"), &count);
    json_t *list = json_array();

    for (size_t i = 0; i < count && i < limit; i++)
        json_array_append_new(list, json_string(names[i]));
    call->output = json_pack("{s:o}", "TableNames", list);
    if (count > limit)
        json_object_set_new(call->output, "LastEvaluatedTableName", json_string(names[limit - 1]));
    return DONE;
}
