#include "kinesis/consumer.h"

#include "base/memory.h"
#include "kinesis/describe.h"
#include "kinesis/subscription.h"

#include <stdlib.h>
#include <string.h>

struct kinesis_consumer *kinesis_consumer_add(struct kinesis_stream *stream, const char *name, int64_t made_ms)
{
    struct kinesis_consumer *consumer = memory_new(sizeof *consumer);

    consumer->stream = stream;
    consumer->made_ms = made_ms;
    consumer->tags = json_object();
    snprintf(consumer->name, sizeof consumer->name, "%s", name);
    snprintf(consumer->arn, sizeof consumer->arn, "%s/consumer/%s:%lld", stream->arn, consumer->name, (long long)(made_ms / 1000));
    map_put(&stream->consumers, consumer->name, consumer);
    return consumer;
}

json_t *kinesis_consumer_json(const struct kinesis_consumer *consumer)
{
    return json_pack("{s:s, s:s, s:s, s:o}", "ConsumerName", consumer->name, "ConsumerARN", consumer->arn, "ConsumerStatus",
                     consumer->is_creating ? "CREATING" : "ACTIVE", "ConsumerCreationTimestamp",
                     kinesis_time_json(consumer->made_ms / 1000 * 1000));
}

struct kinesis_consumer *kinesis_consumer_by_arn(const struct kinesis *room, const char *arn)
{
    size_t cursor = 0;

    for (struct map_entry *entry; (entry = map_next(&room->streams, &cursor));) {
        const struct kinesis_stream *stream = entry->value;
        size_t length = strlen(stream->arn);
        size_t inner = 0;

        if (strncmp(arn, stream->arn, length) || arn[length] != '/')
            continue;
        for (struct map_entry *found; (found = map_next(&stream->consumers, &inner));)
            if (!strcmp(((struct kinesis_consumer *)found->value)->arn, arn))
                return found->value;
    }
    return NULL;
}

static void release(struct kinesis_consumer *consumer)
{
    timer_stop(consumer->stream->room->ground->clock, &consumer->timer);
    json_decref(consumer->tags);
    free(consumer->policy);
    free(consumer);
}

void kinesis_consumer_remove(struct kinesis_consumer *consumer)
{
    char *why = memory_print("Consumer %s, account %s not found.", consumer->arn, consumer->stream->room->ground->account);

    kinesis_subscriptions_clear(consumer, why);
    free(why);
    map_remove(&consumer->stream->consumers, consumer->name);
    release(consumer);
}

void kinesis_consumers_clear(struct kinesis_stream *stream)
{
    char *why = memory_print("Stream %s under account %s not found.", stream->name, stream->room->ground->account);
    size_t cursor = 0;

    for (struct map_entry *entry; (entry = map_next(&stream->consumers, &cursor));) {
        kinesis_subscriptions_clear(entry->value, why);
        release(entry->value);
    }
    free(why);
    map_clear(&stream->consumers);
}
