/* The room itself: opened, closed, and the table of its operations. */

#include "base/memory.h"
#include "cloudwatch/operations.h"
#include "cloudwatch/room.h"

#include <stdlib.h>

#define CLOUDWATCH_ROW(name, function) { #name, cloudwatch_##function, cloudwatch_##function##_input, NULL, NULL, 0 },
static const struct operation operations[] = { CLOUDWATCH_OPERATIONS(CLOUDWATCH_ROW){ 0 } };
#undef CLOUDWATCH_ROW

enum { CALLS_MAX = 1024, CALLS_MAX_BYTES = 16 << 20 };

enum status cloudwatch_open(struct cloudwatch **out, const struct ground *ground)
{
    struct cloudwatch *room = memory_new(sizeof *room);

    room->ground = ground;
    room->service = (struct service){
        .name = "monitoring",
        .target_prefix = "GraniteServiceVersion20100801",
        .protocol = PROTOCOL_JSON_1_0,
        .operations = operations,
        .takes_codings = true,
        .body_max_bytes = CLOUDWATCH_BODY_MAX_BYTES,
        .query_code = cloudwatch_query_code,
        .room = room,
    };
    ledger_open(&room->calls, CALLS_MAX, CALLS_MAX_BYTES);
    *out = room;
    return OK;
}

const struct service *cloudwatch_service(const struct cloudwatch *room)
{
    return &room->service;
}

void cloudwatch_print_metrics(const struct cloudwatch *room, uint64_t since, struct buffer *lines)
{
    ledger_print(&room->calls, since, lines);
}

void cloudwatch_close(struct cloudwatch *room)
{
    if (!room)
        return;
    ledger_close(&room->calls);
    free(room);
}
