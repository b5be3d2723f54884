#include "dynamodb/backup.h"

#include "base/memory.h"
#include "base/text.h"
#include "dynamodb/archive.h"
#include "dynamodb/backup_store.h"
#include "dynamodb/store_item.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ID_HEX_DIGITS = 8 };

static void free_backup(struct backup *backup)
{
    if (!backup)
        return;
    if (backup->table)
        store_detach(backup->table);
    table_free(backup->table);
    free(backup->resource);
    free(backup->name);
    free(backup);
}

/* ---- kept ---- */

static json_t *document_of(const struct backup *backup)
{
    return json_pack("{s:s, s:I, s:I, s:I, s:o}", "Name", backup->name, "CreatedMs", (json_int_t)backup->created_ms, "Items",
                     (json_int_t)backup->counts.items, "Bytes", (json_int_t)backup->counts.bytes, "Table", table_definition(backup->table));
}

static struct backup *read_document(const struct dynamodb *room, const char *resource, const json_t *document)
{
    struct backup *backup = memory_new(sizeof *backup);

    backup->resource = memory_copy_text(resource);
    backup->name = memory_copy_text(json_string_value(json_object_get(document, "Name")));
    backup->created_ms = json_integer_value(json_object_get(document, "CreatedMs"));
    backup->counts.items = json_integer_value(json_object_get(document, "Items"));
    backup->counts.bytes = json_integer_value(json_object_get(document, "Bytes"));
    backup->table = table_from_definition(json_object_get(document, "Table"), room->ground->region, room->ground->account);
    if (backup->name && backup->table)
        return backup;
    free_backup(backup);
    return NULL;
}

static enum status read_back(void *context, const char *resource, const char *text)
{
    struct dynamodb *room = context;
    json_t *document = json_loads(text, 0, NULL);
    struct backup *backup = read_document(room, resource, document);

    json_decref(document);
    if (!backup)
        return database_refuse(room->ground->database, "a backup of a DynamoDB table");
    store_attach(room->store, backup->table);
    map_put(&room->backups, backup->resource, backup);
    return OK;
}

static void forget(struct dynamodb *room)
{
    struct map_entry *entry;
    size_t cursor = 0;

    while ((entry = map_next(&room->backups, &cursor)))
        free_backup(entry->value);
    map_clear(&room->backups);
}

enum status backups_reload(struct dynamodb *room)
{
    forget(room);
    return backup_store_each(room->backup_store, read_back, room);
}

enum status backups_open(struct dynamodb *room)
{
    room->backup_ids = random_stream(room->ground->random, "dynamodb backups");
    return backup_store_open(&room->backup_store, room->ground) == OK ? backups_reload(room) : BROKEN;
}

void backups_close(struct dynamodb *room)
{
    forget(room);
    backup_store_close(room->backup_store);
}

/* ---- making and dropping ---- */

json_t *backup_definition(const struct table *table)
{
    json_t *definition = table_definition(table);
    json_t *indexes = json_object_get(definition, "GlobalSecondaryIndexes");

    for (size_t i = json_array_size(indexes); i-- > 0;)
        if (json_is_true(json_object_get(json_array_get(indexes, i), "IsBeingFilled")))
            json_array_remove(indexes, i);
    return definition;
}

/* "01791504762511-2779fadd": the milliseconds, then chance. */
static char *make_resource(struct dynamodb *room, const struct table *table, int64_t now_ms)
{
    char chance[ID_HEX_DIGITS + 1];

    random_text(&room->backup_ids, "0123456789abcdef", chance, ID_HEX_DIGITS);
    return memory_print("table/%s/backup/%014" PRId64 "-%s", table->name, now_ms, chance);
}

enum status backup_create(struct dynamodb *room, const struct table *table, const char *name, const struct backup **out)
{
    struct backup *backup = memory_new(sizeof *backup);
    json_t *definition = backup_definition(table);
    json_t *document;
    enum status status;

    backup->created_ms = clock_now_ms(room->ground->clock);
    backup->resource = make_resource(room, table, backup->created_ms);
    backup->name = memory_copy_text(name);
    backup->counts = store_counts(room->store, table);
    backup->table = table_from_definition(definition, room->ground->region, room->ground->account);
    json_decref(definition);
    status = store_copy_table(room->store, table, backup->table);
    document = document_of(backup);
    if (status == OK)
        status = backup_store_put(room->backup_store, backup->resource, document);
    json_decref(document);
    if (status != OK) {
        free_backup(backup);
        return status;
    }
    map_put(&room->backups, backup->resource, backup);
    *out = backup;
    return OK;
}

enum status backup_remove(struct dynamodb *room, const struct backup *given)
{
    struct backup *backup = map_find(&room->backups, given->resource);
    enum status status;

    store_detach(backup->table);
    status = store_drop_copy(room->store, backup->table);
    if (status == OK)
        status = backup_store_remove(room->backup_store, backup->resource);
    if (status != OK) {
        store_attach(room->store, backup->table);
        return status;
    }
    map_remove(&room->backups, backup->resource);
    free_backup(backup);
    return OK;
}

/* ---- questions ---- */

const struct backup *backup_find(const struct dynamodb *room, const char *resource)
{
    return map_find(&room->backups, resource);
}

static int compare(const void *a, const void *b)
{
    return strcmp(archive_id((*(const struct backup *const *)a)->resource), archive_id((*(const struct backup *const *)b)->resource));
}

const struct backup **backups_list(const struct dynamodb *room, const char *name, struct arena *arena, size_t *count)
{
    const struct backup **list = arena_take(arena, (room->backups.count + 1) * sizeof *list);
    struct map_entry *entry;
    size_t cursor = 0;

    *count = 0;
    while ((entry = map_next(&room->backups, &cursor))) {
        const struct backup *backup = entry->value;

        if (!name || text_is(backup->table->name, name))
            list[(*count)++] = backup;
    }
    if (*count)
        qsort(list, *count, sizeof *list, compare);
    return list;
}

const char *backup_arn(const struct dynamodb *room, const struct backup *backup, struct arena *arena)
{
    return arena_print(arena, "arn:aws:dynamodb:%s:%s:%s", room->ground->region, room->ground->account, backup->resource);
}

const struct table *backup_user(const struct dynamodb *room, const struct backup *backup, struct arena *arena)
{
    const char *arn = backup_arn(room, backup, arena);
    struct map_entry *entry;
    size_t cursor = 0;

    while ((entry = map_next(&room->tables, &cursor))) {
        const struct table *table = entry->value;

        if (table->state == TABLE_CREATING && text_is(table_member_text(table->restore, "SourceBackupArn"), arn))
            return table;
    }
    return NULL;
}

/* ---- told ---- */

static json_t *units_json(const struct throughput *throughput)
{
    return json_pack("{s:I, s:I}", "ReadCapacityUnits", (json_int_t)throughput->wanted.read, "WriteCapacityUnits",
                     (json_int_t)throughput->wanted.write);
}

/* A bound of 0 is none. */
static void tell_bound(json_t *bounds, const char *name, int64_t bound)
{
    if (bound)
        json_object_set_new(bounds, name, json_integer(bound));
}

json_t *backup_source_json(const struct backup *backup)
{
    const struct table *table = backup->table;
    json_t *bounds = json_object();
    json_t *source =
        json_pack("{s:s, s:s, s:s, s:I, s:o, s:f, s:o, s:I, s:s}", "TableName", table->name, "TableId", table->id, "TableArn", table->arn,
                  "TableSizeBytes", (json_int_t)backup->counts.bytes, "KeySchema", table_schema_json(&table->keys), "TableCreationDateTime",
                  (double)(table->created_us / 1000) / 1000, "ProvisionedThroughput", units_json(&table->throughput), "ItemCount",
                  (json_int_t)backup->counts.items, "BillingMode", table->is_on_demand ? "PAY_PER_REQUEST" : "PROVISIONED");

    tell_bound(bounds, "MaxReadRequestUnits", table->throughput.bound.read);
    tell_bound(bounds, "MaxWriteRequestUnits", table->throughput.bound.write);
    if (json_object_size(bounds))
        json_object_set(source, "OnDemandThroughput", bounds);
    json_decref(bounds);
    return source;
}

static void tell_indexes(json_t *features, const char *member, const struct table *table, bool is_global)
{
    json_t *list = json_array();

    for (size_t i = 0; i < table->index_count; i++) {
        const struct table_index *index = table->indexes[i];
        json_t *json;

        if (index->is_global != is_global)
            continue;
        json = json_pack("{s:s, s:o, s:o}", "IndexName", index->name, "KeySchema", table_schema_json(&index->keys), "Projection",
                         table_projection_json(index));
        if (is_global)
            json_object_set_new(json, "ProvisionedThroughput", units_json(&index->throughput));
        json_array_append_new(list, json);
    }
    if (json_array_size(list))
        json_object_set(features, member, list);
    json_decref(list);
}

json_t *backup_features_json(const struct backup *backup)
{
    const struct table *table = backup->table;
    json_t *features = json_object();

    tell_indexes(features, "LocalSecondaryIndexes", table, false);
    tell_indexes(features, "GlobalSecondaryIndexes", table, true);
    if (table->stream)
        json_object_set(features, "StreamDescription", table->stream);
    if (table->ttl)
        json_object_set_new(features, "TimeToLiveDescription",
                            json_pack("{s:s, s:s}", "TimeToLiveStatus", "ENABLED", "AttributeName", table->ttl));
    if (table->encryption_key)
        json_object_set_new(features, "SSEDescription",
                            json_pack("{s:s, s:s, s:s}", "Status", "ENABLED", "SSEType", "KMS", "KMSMasterKeyArn", table->encryption_key));
    return features;
}
