#include "dynamodb/capacity.h"

#include "base/text.h"
#include "dynamodb/wire.h"

double capacity_read_units(size_t size_bytes, bool is_consistent)
{
    double units = size_bytes ? (double)((size_bytes + 4095) / 4096) : 1;

    return is_consistent ? units : units / 2;
}

void capacity_add_read(struct capacity *capacity, size_t size_bytes, bool is_consistent)
{
    double units = capacity_read_units(size_bytes, is_consistent || capacity->is_transaction);

    capacity->table_units += capacity->is_transaction ? 2 * units : units;
}

size_t capacity_change_bytes(const struct change *change)
{
    return change->old_bytes > change->new_bytes ? change->old_bytes : change->new_bytes;
}

void capacity_add_change(struct capacity *capacity, const struct change *change)
{
    size_t bytes = capacity_change_bytes(change);
    double units = bytes ? (double)((bytes + 1023) / 1024) : 1;

    capacity->table = change->table;
    capacity->is_write = true;
    capacity->table_units += capacity->is_transaction ? 2 * units : units;
    for (size_t i = 0; i < change->table->index_count; i++)
        capacity->index_units[i] += change->index_units[i];
}

static void write_units(const struct capacity *capacity, double units, struct buffer *text)
{
    buffer_print(text, "\"CapacityUnits\":%.1f", units);
    if (capacity->is_transaction)
        buffer_print(text, ",\"%s\":%.1f", capacity->is_write ? "WriteCapacityUnits" : "ReadCapacityUnits", units);
}

static void write_indexes(const struct capacity *capacity, bool is_global, struct buffer *text)
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
        write_units(capacity, capacity->index_units[i], text);
        buffer_add_char(text, '}');
        has_one = true;
    }
    if (has_one)
        buffer_add_char(text, '}');
}

void capacity_write(const struct capacity *capacity, bool with_indexes, struct buffer *text)
{
    double sum = capacity->table_units;

    for (size_t i = 0; i < capacity->table->index_count; i++)
        sum += capacity->index_units[i];
    buffer_print(text, "{\"TableName\":\"%s\",", capacity->table->name);
    write_units(capacity, sum, text);
    if (with_indexes) {
        buffer_add_text(text, ",\"Table\":{");
        write_units(capacity, capacity->table_units, text);
        buffer_add_char(text, '}');
        write_indexes(capacity, false, text);
        write_indexes(capacity, true, text);
    }
    buffer_add_char(text, '}');
}

void capacity_answer(const struct capacity *capacity, const struct call *call, struct answer_writer *answer)
{
    const char *wanted = call_string(call, "ReturnConsumedCapacity");

    if (!wanted || text_is(wanted, "NONE"))
        return;
    answer_member(answer, "ConsumedCapacity");
    capacity_write(capacity, text_is(wanted, "INDEXES"), answer->text);
}

bool capacity_has_collection(const struct change *change)
{
    for (size_t i = 0; i < change->table->index_count; i++)
        if (!change->table->indexes[i]->is_global)
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
    if (!text_is(call_string(call, "ReturnItemCollectionMetrics"), "SIZE") || !capacity_has_collection(change))
        return;
    answer_member(answer, "ItemCollectionMetrics");
    capacity_write_collection(change, answer->text);
}
