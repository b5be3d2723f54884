/* The settings of a stream: retention, mode, record size, warm throughput, encryption. Each passes through UPDATING. */

#include "base/memory.h"
#include "kinesis/describe.h"
#include "kinesis/room.h"
#include "kinesis/shapes.h"

#include <stdlib.h>
#include <string.h>

enum { ON_DEMAND_MIBPS = 4, WARM_MIBPS_MAX = 10 << 10 };

/* ---- retention ---- */

const struct member kinesis_increase_stream_retention_period_input[] = {
    STREAM_NAME_MEMBER, { "RetentionPeriodHours", INTEGER, .required = true }, STREAM_ARN_MEMBER, STREAM_ID_MEMBER, { 0 },
};
const struct member kinesis_decrease_stream_retention_period_input[] = {
    STREAM_NAME_MEMBER, { "RetentionPeriodHours", INTEGER, .required = true }, STREAM_ARN_MEMBER, STREAM_ID_MEMBER, { 0 },
};

enum { RETENTION_MIN_HOURS = 24, RETENTION_MAX_HOURS = 8760 };

static enum outcome check_retention(struct call *call, int64_t hours)
{
    if (hours < RETENTION_MIN_HOURS)
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "Minimum allowed retention period is %d hours. Requested retention period (%lld hours) is too short.",
                         RETENTION_MIN_HOURS, (long long)hours);
    if (hours > RETENTION_MAX_HOURS)
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "Maximum allowed retention period is %d hours. Requested retention period (%lld hours) is too long.",
                         RETENTION_MAX_HOURS, (long long)hours);
    return DONE;
}

static enum outcome set_retention(struct call *call, bool is_increase)
{
    struct kinesis_stream *stream = kinesis_stream_idle(call);
    int64_t hours = call_integer(call, "RetentionPeriodHours", 0);

    if (!stream || check_retention(call, hours) != DONE)
        return FAILED;
    if (is_increase ? hours < stream->retention_hours : hours > stream->retention_hours)
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "Requested retention period (%lld hours) for stream %s can not be %s than existing retention period (%lld hours). "
                         "Use %s API.",
                         (long long)hours, stream->name, is_increase ? "shorter" : "longer", (long long)stream->retention_hours,
                         is_increase ? "DecreaseRetentionPeriod" : "IncreaseRetentionPeriod");
    /* What is too old by the old period is gone, and stays so under a longer one; a shorter one takes more of it at once. */
    kinesis_stream_trim(stream);
    stream->retention_hours = hours;
    kinesis_stream_trim(stream);
    return kinesis_changed(call, stream);
}

enum outcome kinesis_increase_stream_retention_period(struct call *call)
{
    return set_retention(call, true);
}

enum outcome kinesis_decrease_stream_retention_period(struct call *call)
{
    return set_retention(call, false);
}

/* ---- mode ---- */

static const char *const modes[] = { "PROVISIONED", "ON_DEMAND", NULL };
static const struct member mode_details[] = { { "StreamMode", STRING, .required = true, .values = modes }, { 0 } };
const struct member kinesis_update_stream_mode_input[] = {
    STREAM_ARN_MEMBER_REQUIRED,
    STREAM_ID_MEMBER,
    { "StreamModeDetails", STRUCTURE, .required = true, .members = mode_details },
    { "WarmThroughputMiBps", INTEGER, .min_is_zero = true },
    { 0 },
};

/* The mode that a stream has already is no change, and counts for none: tools say it at every run. */
static enum outcome check_switch(struct call *call, const struct kinesis_stream *stream, bool is_on_demand)
{
    if (kinesis_check_warmth(call, is_on_demand) != DONE)
        return FAILED;
    if (is_on_demand == stream->is_on_demand || !kinesis_is_held(stream) ||
        !quota_is_used_up(&stream->switches, QUOTA_SWITCHES, clock_now_ms(call->ground->clock)))
        return DONE;
    return call_fail(call, ERR_LIMIT_EXCEEDED, "The mode of stream %s under account %s was changed %d times within 24 hours already.",
                     stream->name, call->ground->account, QUOTA_SWITCHES);
}

enum outcome kinesis_update_stream_mode(struct call *call)
{
    struct kinesis_stream *stream = kinesis_stream_idle(call);
    const char *mode = json_string_value(json_object_get(call_member(call, "StreamModeDetails"), "StreamMode"));
    bool is_on_demand = !strcmp(mode, "ON_DEMAND");

    if (!stream || check_switch(call, stream, is_on_demand) != DONE)
        return FAILED;
    if (is_on_demand != stream->is_on_demand)
        quota_note(&stream->switches, clock_now_ms(call->ground->clock));
    stream->is_on_demand = is_on_demand;
    stream->warm.is_set &= is_on_demand;
    kinesis_stream_warm(call, stream);
    return kinesis_changed(call, stream);
}

/* ---- record size and warm throughput ---- */

const struct member kinesis_update_max_record_size_input[] = {
    STREAM_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { "MaxRecordSizeInKiB", INTEGER, .required = true, .min = 1024, .max = 10240 },
    { 0 },
};

enum outcome kinesis_update_max_record_size(struct call *call)
{
    struct kinesis_stream *stream = kinesis_stream_idle(call);

    if (!stream)
        return FAILED;
    stream->record_max_bytes = call_integer(call, "MaxRecordSizeInKiB", 1024) * 1024;
    return kinesis_changed(call, stream);
}

const struct member kinesis_update_stream_warm_throughput_input[] = {
    STREAM_ARN_MEMBER,
    STREAM_NAME_MEMBER,
    STREAM_ID_MEMBER,
    { "WarmThroughputMiBps", INTEGER, .required = true, .min_is_zero = true },
    { 0 },
};

/* Ten GiB a second are the most by default; AWS's words for more are not known. */
enum outcome kinesis_check_warmth(struct call *call, bool is_on_demand)
{
    if (!is_on_demand && call_has(call, "WarmThroughputMiBps"))
        return call_fail(call, ERR_VALIDATION, "Warm throughput can only be set for a stream in ON_DEMAND mode.");
    if (call_integer(call, "WarmThroughputMiBps", 0) > WARM_MIBPS_MAX)
        return call_fail(call, ERR_LIMIT_EXCEEDED, "Warm throughput cannot be more than %d MiBps.", WARM_MIBPS_MAX);
    return DONE;
}

void kinesis_stream_warm(struct call *call, struct kinesis_stream *stream)
{
    if (!call_has(call, "WarmThroughputMiBps"))
        return;
    if (!stream->warm.is_set)
        stream->warm.current_mibps = ON_DEMAND_MIBPS;
    stream->warm.is_set = true;
    stream->warm.target_mibps = call_integer(call, "WarmThroughputMiBps", 0);
}

enum outcome kinesis_update_stream_warm_throughput(struct call *call)
{
    struct kinesis_stream *stream = kinesis_stream_idle(call);

    if (!stream || kinesis_check_warmth(call, stream->is_on_demand) != DONE)
        return FAILED;
    kinesis_stream_warm(call, stream);
    call->output =
        json_pack("{s:s, s:s, s:o}", "StreamARN", stream->arn, "StreamName", stream->name, "WarmThroughput", kinesis_warmth_json(stream));
    return kinesis_changed(call, stream);
}

/* ---- encryption: states and fields, no cryptography ---- */

static const char *const encryptions[] = { "KMS", "NONE", NULL };
#define ENCRYPTION_MEMBERS                                                                                 \
    STREAM_NAME_MEMBER, { "EncryptionType", STRING, .required = true, .values = encryptions },             \
        { "KeyId", STRING, .required = true, .min = 1, .max = 2048 }, STREAM_ARN_MEMBER, STREAM_ID_MEMBER, \
    {                                                                                                      \
        0                                                                                                  \
    }
const struct member kinesis_start_stream_encryption_input[] = { ENCRYPTION_MEMBERS };
const struct member kinesis_stop_stream_encryption_input[] = { ENCRYPTION_MEMBERS };

enum outcome kinesis_start_stream_encryption(struct call *call)
{
    struct kinesis_stream *stream = kinesis_stream_idle(call);

    if (!stream)
        return FAILED;
    if (strcmp(call_string(call, "EncryptionType"), "KMS"))
        return call_fail(call, ERR_INVALID_ARGUMENT, "EncryptionType NONE is not valid for StartStreamEncryption.");
    free(stream->key_id);
    stream->key_id = memory_copy_text(call_string(call, "KeyId"));
    return kinesis_changed(call, stream);
}

enum outcome kinesis_stop_stream_encryption(struct call *call)
{
    struct kinesis_stream *stream = kinesis_stream_idle(call);

    if (!stream)
        return FAILED;
    free(stream->key_id);
    stream->key_id = NULL;
    return kinesis_changed(call, stream);
}
