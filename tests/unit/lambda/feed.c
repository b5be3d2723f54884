#include "feed.h"

#include "base/base64.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The notes have a name that the watch on the code passes over. */
static const char note_records[] = "runs=$((runs+1)); line=; rest=$event; ids=()\n"
                                   "while [[ $rest =~ \\\"sequenceNumber\\\":\\\"([0-9]*)\\\",\\\"data\\\":\\\"([^\\\"]*)\\\"(.*) ]]; do\n"
                                   "  ids+=(${BASH_REMATCH[1]}); line=\"$line ${BASH_REMATCH[2]}\"; rest=${BASH_REMATCH[3]}\n"
                                   "done\n"
                                   "echo $line >>seen.swp; answer=null\n";

void feed_deploy(const char *handle)
{
    char *text = memory_print("%s%s", note_records, handle);

    workshop_deploy_shell("f", text, "");
    free(text);
}

void feed_open(void)
{
    workshop_open();
    fixture_done(kinesis_service(fixture_world.kinesis), "CreateStream", "{'StreamName':'s','ShardCount':1}");
    world_advance(&fixture_world, 1000);
    feed_deploy(FEED_FAIL_ON_POISON);
}

static void put(const char *data, const char *key, const char *hash_key)
{
    char encoded[128];
    char input[400];

    base64_encode(data, strlen(data), encoded);
    snprintf(input, sizeof input, "{'StreamName':'s','PartitionKey':'%s','Data':'%s'%s%s%s}", key, encoded,
             hash_key ? ",'ExplicitHashKey':'" : "", hash_key ? hash_key : "", hash_key ? "'" : "");
    fixture_done(kinesis_service(fixture_world.kinesis), "PutRecord", input);
    loop_turn(fixture_world.ground.loop, 0); /* at whose end the stream's listeners are woken */
}

void feed_put_at(const char *data, const char *hash_key)
{
    put(data, "k", hash_key);
}

void feed_put_key(const char *data, const char *key)
{
    put(data, key, NULL);
}

void feed_put(const char *data)
{
    feed_put_at(data, NULL);
}

const char *feed_map(const char *position, const char *more)
{
    static char uuid[40];
    char input[1024];

    snprintf(input, sizeof input, "{'FunctionName':'f','EventSourceArn':'" FEED_STREAM "','StartingPosition':'%s'%s}", position, more);
    snprintf(
        uuid, sizeof uuid, "%s",
        json_string_value(json_object_get(fixture_done(lambda_service(fixture_world.lambda), "CreateEventSourceMapping", input), "UUID")));
    return uuid;
}

const char *feed_seen(void)
{
    static char text[8192];
    char path[160];
    FILE *file;
    size_t size = 0;

    snprintf(path, sizeof path, "%s/seen.swp", workshop_directory());
    file = fopen(path, "r");
    if (file) {
        size = fread(text, 1, sizeof text - 1, file);
        fclose(file);
    }
    text[size] = '\0';
    return text;
}

void feed_expect(const char *expected)
{
    int64_t deadline_us = fixture_deadline_us();

    while (strcmp(feed_seen(), expected) && clock_stopwatch_us() < deadline_us)
        loop_turn(fixture_world.ground.loop, 20);
    ck_assert_str_eq(feed_seen(), expected);
    workshop_rest("f");
    ck_assert_str_eq(feed_seen(), expected);
}

int feed_faults(const char *note)
{
    const struct trace *trace = fixture_world.ground.trace;
    int count = 0;

    for (uint64_t id = 1; id <= trace_newest(trace); id++)
        count += !strcmp(trace_find(trace, id)->note, note);
    return count;
}
