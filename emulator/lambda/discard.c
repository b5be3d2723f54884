#include "lambda/discard.h"

#include "base/memory.h"
#include "base/text.h"
#include "lambda/destination.h"
#include "lambda/mapping.h"
#include "lambda/mapping_attempt.h"
#include "lambda/mapping_lane.h"
#include "lambda/mapping_shard.h"
#include "lambda/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *destination_of(const struct mapping *mapping)
{
    const json_t *config = json_object_get(mapping->settings, "DestinationConfig");

    return json_string_value(json_object_get(json_object_get(config, "OnFailure"), "Destination"));
}

/* A table's changes are known by the second. */
static json_t *arrival_of(const struct mapping *mapping, const struct source_record *record, struct arena *arena)
{
    const char *time = text_iso_time(arena, record->arrived_ms);

    return mapping->source->counts_seconds ? json_sprintf("%.19sZ", time) : json_string(time);
}

static json_t *batch_info(const struct mapping_lane *lane, const struct source_record *records, size_t count, struct arena *arena)
{
    const struct mapping *mapping = lane->shard->mapping;

    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:I, s:s}", "shardId", lane->shard->place.shard, "startSequenceNumber",
                     records[0].sequence_number, "endSequenceNumber", records[count - 1].sequence_number, "approximateArrivalOfFirstRecord",
                     arrival_of(mapping, &records[0], arena), "approximateArrivalOfLastRecord",
                     arrival_of(mapping, &records[count - 1], arena), "batchSize", (json_int_t)count, "streamArn", mapping->source_arn);
}

/* The record without its payload (owned by the caller). What grew too old has no response, and counts as invoked once at least. */
static json_t *record_of(const struct mapping_lane *lane, const struct source_record *records, size_t count, const char *condition,
                         struct arena *arena)
{
    const struct mapping *mapping = lane->shard->mapping;
    char request_id[37];
    json_t *record;

    if (*lane->last.request_id)
        snprintf(request_id, sizeof request_id, "%s", lane->last.request_id);
    else
        random_uuid(&mapping->room->ids, request_id);
    record = json_pack("{s:{s:s, s:s, s:s, s:i}}", "requestContext", "requestId", request_id, "functionArn", mapping->function, "condition",
                       condition, "approximateInvokeCount", lane->attempts ? lane->attempts : 1);
    if (!text_is(condition, "RecordAgeExceeded"))
        json_object_set_new(record, "responseContext",
                            json_pack("{s:i, s:s, s:s?}", "statusCode", 200, "executedVersion", lane->last.version, "functionError",
                                      lane->last.is_error ? "Unhandled" : NULL));
    json_object_set_new(record, "version", json_string("1.0"));
    json_object_set_new(record, "timestamp", json_string(text_iso_time(arena, clock_now_ms(mapping_ground(mapping)->clock))));
    json_object_set_new(record, mapping->source->batch_info, batch_info(lane, records, count, arena));
    return record;
}

/* aws/lambda/<mapping>/<shard>/2026/01/31/2026-01-31T12.00.00-<random> */
static const char *object_key(const struct mapping_lane *lane, struct arena *arena)
{
    const struct mapping *mapping = lane->shard->mapping;
    const char *now = text_iso_time(arena, clock_now_ms(mapping_ground(mapping)->clock));
    char random[37];

    random_uuid(&mapping->room->ids, random);
    return arena_print(arena, "aws/lambda/%s/%s/%.4s/%.2s/%.2s/%.13s.%.2s.%.2s-%s", mapping->uuid, lane->shard->place.shard, now, now + 5,
                       now + 8, now, now + 14, now + 17, random);
}

void discard_tell(const struct mapping_lane *lane, const struct source_record *records, size_t count, const char *condition)
{
    const struct mapping *mapping = lane->shard->mapping;
    const struct ground *ground = mapping_ground(mapping);
    struct destination_note note = { .arn = destination_of(mapping), .cause = lane->cause ? lane->cause : records[0].event };
    struct arena arena = { 0 };
    struct buffer body = { 0 };
    json_t *record;
    char *text;

    if (!note.arn)
        return;
    record = record_of(lane, records, count, condition, &arena);
    text = json_dumps(record, JSON_COMPACT);
    buffer_add_text(&body, text);
    if (strstr(note.arn, ":s3:")) { /* buckets get the event too */
        body.size--;
        buffer_add_text(&body, ",\"payload\":");
        mapping_attempt_print(lane, records, count, &body);
        buffer_add_char(&body, '}');
        note.key = object_key(lane, &arena);
    }
    note.source = arena_print(&arena, "arn:aws:lambda:%s:%s:event-source-mapping:%s", ground->region, ground->account, mapping->uuid);
    note.body = body.data;
    note.size_bytes = body.size;
    destination_send(mapping->room, &note);
    buffer_clear(&body);
    json_decref(record);
    free(text);
    arena_clear(&arena);
}
