/* What is true of the account: limits and settings. */

#include "kinesis/room.h"
#include "kinesis/shapes.h"

const struct member kinesis_describe_limits_input[] = { { 0 } };
const struct member kinesis_describe_account_settings_input[] = { { 0 } };

static const char *const commitments[] = { "ENABLED", "DISABLED", NULL };
static const struct member commitment[] = { { "Status", STRING, .required = true, .values = commitments }, { 0 } };
const struct member kinesis_update_account_settings_input[] = {
    { "MinimumThroughputBillingCommitment", STRUCTURE, .required = true, .members = commitment },
    { 0 },
};

enum outcome kinesis_describe_limits(struct call *call)
{
    const struct kinesis *room = room_of(call);
    int open = 0;
    int on_demand = 0;
    size_t cursor = 0;

    for (struct map_entry *entry; (entry = map_next(&room->streams, &cursor));) {
        const struct kinesis_stream *stream = entry->value;

        open += stream->is_on_demand ? 0 : (int)stream->open_count;
        on_demand += stream->is_on_demand;
    }
    call->output = json_pack("{s:i, s:i, s:i, s:i}", "ShardLimit", 10000, "OpenShardCount", open, "OnDemandStreamCount", on_demand,
                             "OnDemandStreamCountLimit", 50);
    return DONE;
}

static void answer_settings(struct call *call)
{
    const struct kinesis *room = room_of(call);

    call->output = json_pack("{s:{s:s}}", "MinimumThroughputBillingCommitment", "Status", room->has_commitment ? "ENABLED" : "DISABLED");
}

enum outcome kinesis_describe_account_settings(struct call *call)
{
    answer_settings(call);
    return DONE;
}

enum outcome kinesis_update_account_settings(struct call *call)
{
    struct kinesis *room = room_of(call);
    const char *status = json_string_value(json_object_get(call_member(call, "MinimumThroughputBillingCommitment"), "Status"));

    room->has_commitment = status[0] == 'E';
    answer_settings(call);
    return DONE;
}
