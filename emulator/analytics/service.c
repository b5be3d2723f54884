/* The room's life, and its two tables of operations. */

#include "analytics/application.h"
#include "analytics/room.h"
#include "analytics/store.h"
#include "base/memory.h"

#include <stdlib.h>

#define SHARED_ROW(action, function) { .name = #action, .run = analytics_##function, .input = analytics_##function##_input },
#define V1_ROW(action, function) { .name = #action, .run = analytics_##function, .input = analytics_##function##_v1_input },
#define V2_ROW(action, function) { .name = #action, .run = analytics_##function, .input = analytics_##function##_v2_input },
static const struct operation v1_operations[] = { ANALYTICS_SHARED_OPERATIONS(SHARED_ROW) ANALYTICS_TWIN_OPERATIONS(V1_ROW){ 0 } };
static const struct operation v2_operations[] = { ANALYTICS_SHARED_OPERATIONS(SHARED_ROW) ANALYTICS_TWIN_OPERATIONS(V2_ROW){ 0 } };
#undef SHARED_ROW
#undef V1_ROW
#undef V2_ROW

static struct service service(struct analytics *room, const char *target_prefix, const struct operation *operations)
{
    return (struct service){
        .name = "kinesisanalytics",
        .target_prefix = target_prefix,
        .protocol = PROTOCOL_JSON_1_1,
        .operations = operations,
        .body_max_bytes = 4 << 20,
        .room = room,
    };
}

enum status analytics_open(struct analytics **out, const struct ground *ground, struct kinesis *kinesis, const struct invoker *invoker)
{
    struct analytics *room = memory_new(sizeof *room);

    *out = room;
    room->ground = ground;
    room->kinesis = kinesis;
    room->invoker = *invoker;
    room->ids = random_stream(ground->random, "analytics");
    room->v1 = service(room, "KinesisAnalytics_20150814", v1_operations);
    room->v2 = service(room, "KinesisAnalytics_20180523", v2_operations);
    return analytics_store_open(&room->store, room);
}

const struct service *analytics_service_v1(const struct analytics *room)
{
    return &room->v1;
}

const struct service *analytics_service_v2(const struct analytics *room)
{
    return &room->v2;
}

void analytics_close(struct analytics *room)
{
    struct map_entry *entry;
    size_t cursor = 0;

    if (!room)
        return;
    while ((entry = map_next(&room->applications, &cursor)))
        application_close(entry->value);
    map_clear(&room->applications);
    cursor = 0;
    while ((entry = map_next(&room->files, &cursor)))
        free(entry->value);
    map_clear(&room->files);
    analytics_store_close(room->store);
    free(room);
}
