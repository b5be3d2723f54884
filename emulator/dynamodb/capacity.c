#include "dynamodb/capacity.h"

#include "base/text.h"
#include "dynamodb/wire.h"

double capacity_read_units(size_t size_bytes, bool is_consistent)
{
    double units = size_bytes ? (double)((size_bytes + 4095) / 4096) : 1;

    return is_consistent ? units : units / 2;
}

void capacity_add_change(struct capacity *capacity, const struct change *change)
{
    size_t larger = change->old_bytes > change->new_bytes ? change->old_bytes : change->new_bytes;

    capacity->table = change->table;
    capacity->is_write = true;
    capacity->table_units += larger ? (double)((larger + 1023) / 1024) : 1;
    for (size_t i = 0; i < change->table->index_count; i++)
        capacity->index_units[i] += change->index_units[i];
}

static void write_units(struct buffer *text, double units, bool is_transaction, bool is_write)
{
    buffer_print(text, "\"CapacityUnits\":%.1f", units);
    if (is_transaction)
        buffer_print(text, ",\"%s\":%.1f", is_write ? "WriteCapacityUnits" : "ReadCapacityUnits", units);
}

static void write_indexes(const struct capacity *capacity, bool is_global, bool is_transaction, struct buffer *text)
{
    bool has_one = false;

    for (size_t i = 0; i < capacity->table->index_count; i++) {
        const struct table_index *index = capacity->table->indexes[i];

        if (index->is_global != is_global || capacity->index_units[i] <= 0)
            continue;
        buffer_print(text,
                     has_one     ? ",\"%s\":{"
                     : is_global ? ",\"GlobalSecondaryIndexes\":{\"%s\":{"
                                 : ",\"LocalSecondaryIndexes\":{\"%s\":{",
                     index->name);
        write_units(text, capacity->index_units[i], is_transaction, capacity->is_write);
        buffer_add_char(text, '}');
        has_one = true;
    }
    if (has_one)
        buffer_add_char(text, '}');
}

void capacity_write(const struct capacity *capacity, bool with_indexes, bool is_transaction, struct buffer *text)
{
    double sum = capacity->table_units;

    for (size_t i = 0; i < capacity->table->index_count; i++)
        sum += capacity->index_units[i];
    buffer_print(text, "{\"TableName\":\"%s\",", capacity->table->name);
    write_units(text, sum, is_transaction, capacity->is_write);
    if (with_indexes) {
        buffer_add_text(text, ",\"Table\":{");
        write_units(text, capacity->table_units, is_transaction, capacity->is_write);
        buffer_add_char(text, '}');
        write_indexes(capacity, false, is_transaction, text);
        write_indexes(capacity, true, is_transaction, text);
    }
    buffer_add_char(text, '}');
}

void capacity_answer(const struct capacity *capacity, const struct call *call, struct answer_writer *answer)
{
    const char *wanted = call_string(call, "ReturnConsumedCapacity");

    if (!wanted || text_is(wanted, "NONE"))
        return;
    answer_member(answer, "ConsumedCapacity");
    capacity_write(capacity, text_is(wanted, "INDEXES"), false, answer->text);
}

static bool has_local_index(const struct table *table)
{
    for (size_t i = 0; i < table->index_count; i++)
        if (!table->indexes[i]->is_global)
            return true;
    return false;
}

/* An estimate that is right for any collection below a gigabyte. */
void capacity_write_collection(const struct change *change, struct buffer *text)
{
    const struct key_part *hash = &change->table->keys.hash[0];

    buffer_add_text(text, "{\"ItemCollectionKey\":{");
    buffer_add_json_string(text, hash->name.data, hash->name.size);
    buffer_add_char(text, ':');
    wire_write_value(text, value_find(&change->item, hash->name));
    buffer_add_text(text, "},\"SizeEstimateRangeGB\":[0.0,1.0]}");
}

void capacity_answer_collection(const struct change *change, const struct call *call, struct answer_writer *answer)
{
    if (!text_is(call_string(call, "ReturnItemCollectionMetrics"), "SIZE") || !has_local_index(change->table))
        return;
    answer_member(answer, "ItemCollectionMetrics");
    capacity_write_collection(change, answer->text);
}
