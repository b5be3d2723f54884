#include "analytics/play.h"

#include "base/base64.h"
#include "base/memory.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING_MAX = 16 };

struct analytics *play_room;
static struct play_invocation waiting[WAITING_MAX];
static size_t waiting_count;

static void invoke(void *room, const char *function, const char *payload, size_t size_bytes, uint64_t cause, int64_t timeout_ms,
                   invocation_done *done, void *context)
{
    struct play_invocation *invocation = &waiting[waiting_count++];

    (void)room;
    (void)timeout_ms;
    ck_assert_uint_le(waiting_count, WAITING_MAX);
    ck_assert_uint_le(size_bytes, 6 * 1024 * 1024);
    *invocation = (struct play_invocation){ memory_copy_text(function), json_loadb(payload, size_bytes, 0, NULL), cause, done, context };
    ck_assert_msg(invocation->payload != NULL, "%s", payload);
}

void play_open(void)
{
    struct invoker invoker = { invoke, NULL };

    fixture_open();
    waiting_count = 0;
    ck_assert_int_eq(analytics_open(&play_room, &fixture_world.ground, fixture_world.kinesis, &invoker), OK);
    fixture_done(kinesis_service(fixture_world.kinesis), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    play_turn();
}

static void drop_first(void)
{
    free(waiting[0].function);
    json_decref(waiting[0].payload);
    memmove(waiting, waiting + 1, --waiting_count * sizeof *waiting);
}

void play_close(void)
{
    analytics_close(play_room);
    while (waiting_count) { /* the functions' room closes after ours, and tells who still waits */
        struct invocation_result result = { .end = INVOCATION_BROKEN, .payload = "", .request_id = "" };

        waiting[0].done(waiting[0].context, &result);
        drop_first();
    }
    fixture_close();
}

const struct service *play_v1(void)
{
    return analytics_service_v1(play_room);
}

const struct service *play_v2(void)
{
    return analytics_service_v2(play_room);
}

void play_turn(void)
{
    for (int i = 0; i < 8; i++)
        loop_turn(fixture_world.ground.loop, 0);
}

static json_t *member(const char *json)
{
    char *text = memory_copy_text(json);
    json_t *value;

    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    value = json_loads(text, 0, NULL);
    ck_assert_msg(value != NULL, "%s", text);
    free(text);
    return value;
}

static void note(struct call *call, void *context)
{
    (void)context;
    ck_assert_msg(!call->error.id, "%s", call->error.message ? call->error.message : "");
}

void play_create(const char *code, const char *more)
{
    char text[4096];
    json_t *input;

    snprintf(
        text, sizeof text,
        "{'ApplicationName':'app','Inputs':[{'NamePrefix':'SOURCE_SQL_STREAM','KinesisStreamsInput':{'ResourceARN':"
        "'arn:aws:kinesis:us-east-1:000000000000:stream/fixes','RoleARN':'arn:aws:iam::000000000000:role/r'},'InputSchema':{"
        "'RecordFormat':{'RecordFormatType':'JSON','MappingParameters':{'JSONMappingParameters':{'RecordRowPath':'$'}}},'RecordColumns':["
        "{'Name':'id','SqlType':'VARCHAR(16)','Mapping':'$.id'},{'Name':'seq','SqlType':'INTEGER','Mapping':'$.seq'},"
        "{'Name':'lat','SqlType':'DOUBLE','Mapping':'$.lat'},{'Name':'lon','SqlType':'DOUBLE','Mapping':'$.lon'}]}}]%s}",
        more);
    input = member(text);
    json_object_set_new(input, "ApplicationCode", json_string(code));
    service_call(play_v1(), &fixture_world.ground, "CreateApplication", input, note, NULL);
}

void play_start(const char *position)
{
    char input[256];

    snprintf(input, sizeof input,
             "{'ApplicationName':'app','InputConfigurations':[{'Id':'1.1','InputStartingPositionConfiguration':{'InputStartingPosition':'%"
             "s'}}]}",
             position);
    fixture_done(play_v1(), "StartApplication", input);
    play_turn();
    ck_assert_str_eq(play_status(), "RUNNING");
}

void play_put(const char *data)
{
    size_t size = strlen(data);
    char *encoded = memory_new(base64_encoded_size(size) + 1);

    base64_encode(data, size, encoded);
    service_call(kinesis_service(fixture_world.kinesis), &fixture_world.ground, "PutRecord",
                 json_pack("{s:s, s:s, s:s}", "StreamName", "fixes", "PartitionKey", "car", "Data", encoded), note, NULL);
    free(encoded);
    play_turn();
}

size_t play_waiting(void)
{
    return waiting_count;
}

struct play_invocation *play_first(void)
{
    ck_assert_msg(waiting_count > 0, "no invocation waits");
    return &waiting[0];
}

const char *play_data(size_t record)
{
    static char plain[8192];
    const json_t *data = json_object_get(json_array_get(json_object_get(play_first()->payload, "records"), record), "data");
    size_t size = 0;

    ck_assert_msg(json_is_string(data) && json_string_length(data) < sizeof plain, "no record %zu", record);
    ck_assert_int_eq(base64_decode(json_string_value(data), json_string_length(data), plain, &size), OK);
    plain[size] = '\0';
    return plain;
}

static char *all_ok(const json_t *payload)
{
    json_t *records = json_array();
    json_t *answer = json_pack("{s:o}", "records", records);
    const json_t *sent = json_object_get(payload, "records");
    char *text;

    for (size_t i = 0; i < json_array_size(sent); i++)
        json_array_append_new(records,
                              json_pack("{s:O, s:s}", "recordId", json_object_get(json_array_get(sent, i), "recordId"), "result", "Ok"));
    text = json_dumps(answer, 0);
    json_decref(answer);
    return text;
}

void play_answer(const char *payload, const char *error)
{
    char *text = payload || error ? memory_copy_text(payload ? payload : "{}") : all_ok(play_first()->payload);
    struct invocation_result result = { .end = INVOCATION_DONE, .error = error, .request_id = "" };
    struct play_invocation first = *play_first();

    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    result.payload = text;
    result.size_bytes = strlen(text);
    drop_first();
    /* The invocation's texts are gone now, as a real one's would be. */
    first.done(first.context, &result);
    free(text);
    play_turn();
}

const char *play_status(void)
{
    const json_t *output = fixture_done(play_v1(), "DescribeApplication", "{'ApplicationName':'app'}");

    return json_string_value(json_object_get(json_object_get(output, "ApplicationDetail"), "ApplicationStatus"));
}
