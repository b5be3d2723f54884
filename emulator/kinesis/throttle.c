#include "kinesis/throttle.h"

#include "base/text.h"
#include "kinesis/room.h"

enum { RECORDS_IN = 1000, BYTES_IN = 1 << 20, READS_OUT = 5, BYTES_OUT = 2 << 20 };

static void refill(struct bucket *bucket, const struct clock *clock, int64_t per_second)
{
    int64_t now_us = clock_now_us(clock);
    int64_t passed_us = now_us - bucket->seen_us;

    bucket->seen_us = now_us;
    if (passed_us >= 60000000 || passed_us * per_second >= bucket->spent)
        bucket->spent = 0;
    else if (passed_us > 0)
        bucket->spent -= passed_us * per_second;
}

/* A bucket holds one second's worth. */
static bool has_room(const struct bucket *bucket, int64_t per_second, int64_t units)
{
    return bucket->spent + units * 1000000 <= per_second * 1000000;
}

bool kinesis_is_held(const struct kinesis_stream *stream)
{
    const char *tag = json_string_value(json_object_get(stream->tags, "lowcloud:throttle"));

    return tag ? text_is(tag, "on") : stream->room->ground->throttles_kinesis;
}

bool kinesis_is_throttled(const struct kinesis_stream *stream)
{
    return !stream->is_on_demand && kinesis_is_held(stream);
}

bool throttle_take_record(struct throttle *throttle, const struct clock *clock, size_t size_bytes)
{
    refill(&throttle->records_in, clock, RECORDS_IN);
    refill(&throttle->bytes_in, clock, BYTES_IN);
    /* A record larger than a second's worth goes when the bucket is full, and is paid for afterwards. */
    if (!has_room(&throttle->records_in, RECORDS_IN, 1) ||
        (throttle->bytes_in.spent && !has_room(&throttle->bytes_in, BYTES_IN, (int64_t)size_bytes)))
        return false;
    throttle->records_in.spent += 1000000;
    throttle->bytes_in.spent += (int64_t)size_bytes * 1000000;
    return true;
}

bool throttle_take_read(struct throttle *throttle, const struct clock *clock)
{
    refill(&throttle->reads_out, clock, READS_OUT);
    refill(&throttle->bytes_out, clock, BYTES_OUT);
    throttle->is_overdrawn &= throttle->bytes_out.spent > 0;
    if (!has_room(&throttle->reads_out, READS_OUT, 1) || !has_room(&throttle->bytes_out, BYTES_OUT, 0) || throttle->is_overdrawn)
        return false;
    throttle->reads_out.spent += 1000000;
    return true;
}

void throttle_note_read(struct throttle *throttle, const struct clock *clock, size_t size_bytes)
{
    refill(&throttle->bytes_out, clock, BYTES_OUT);
    throttle->bytes_out.spent += (int64_t)size_bytes * 1000000;
    throttle->is_overdrawn |= !has_room(&throttle->bytes_out, BYTES_OUT, 0);
}
