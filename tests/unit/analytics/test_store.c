/* With --data an application lives on, and goes on behind what was delivered. */

#include "suites.h"

#include "base/memory.h"
#include "world.h"
#include "world_rooms.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];

static void open_world(struct world *world)
{
    struct world_options options = { .port = -1, .seed = 1, .frozen_ms = 1700000000000, .data_directory = folder };

    ck_assert_int_eq(world_open(world, &options), OK);
}

static void note(struct call *call, void *context)
{
    ck_assert_msg(!call->error.id, "%s", call->error.message ? call->error.message : "");
    if (context) {
        json_decref(*(json_t **)context);
        *(json_t **)context = call->text.size ? json_loadb(call->text.data, call->text.size, 0, NULL) : json_incref(call->output);
    }
}

static void ask(struct world *world, const struct service *service, const char *operation, const char *input, json_t **answer)
{
    char *text = memory_copy_text(input);

    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    service_call(service, &world->ground, operation, json_loads(text, 0, NULL), note, answer);
    free(text);
    world_advance(world, 1);
}

static void put(struct world *world, const char *data)
{
    char input[256];

    snprintf(input, sizeof input, "{'StreamName':'fixes','PartitionKey':'k','Data':'%s'}", data);
    ask(world, kinesis_service(world->kinesis), "PutRecord", input, NULL);
}

static size_t count_rows(struct world *world)
{
    json_t *answer = NULL;
    char input[512];
    size_t count;

    ask(world, kinesis_service(world->kinesis), "GetShardIterator",
        "{'StreamName':'rows','ShardId':'shardId-000000000000','ShardIteratorType':'TRIM_HORIZON'}", &answer);
    snprintf(input, sizeof input, "{'ShardIterator':'%s'}", json_string_value(json_object_get(answer, "ShardIterator")));
    ask(world, kinesis_service(world->kinesis), "GetRecords", input, &answer);
    count = json_array_size(json_object_get(answer, "Records"));
    json_decref(answer);
    return count;
}

#define ROLE "'RoleARN':'arn:aws:iam::000000000000:role/r'"

/* Reads "fixes" from position and puts rows into "rows". */
static void create_application(struct world *world, const char *position)
{
    char start[256];

    ask(world, analytics_service_v1(world->analytics), "CreateApplication",
        "{'ApplicationName':'app','ApplicationCode':'CREATE STREAM OUT (A INT); CREATE PUMP P AS INSERT INTO OUT SELECT STREAM A FROM "
        "S_001','Inputs':[{"
        "'NamePrefix':'S','KinesisStreamsInput':{'ResourceARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes'," ROLE
        "},'InputSchema':{'RecordFormat':{'RecordFormatType':'JSON'},'RecordColumns':[{'Name':'A','SqlType':'INT','Mapping':'$.a'}]}}],"
        "'Outputs':[{'Name':'OUT','KinesisStreamsOutput':{'ResourceARN':'arn:aws:kinesis:us-east-1:000000000000:stream/rows'," ROLE
        "},'DestinationSchema':{'RecordFormatType':'JSON'}}]}",
        NULL);
    snprintf(start, sizeof start,
             "{'ApplicationName':'app','InputConfigurations':[{'Id':'1.1','InputStartingPositionConfiguration':{'InputStartingPosition':'%"
             "s'}}]}",
             position);
    ask(world, analytics_service_v1(world->analytics), "StartApplication", start, NULL);
}

START_TEST(an_application_goes_on_behind_what_was_delivered)
{
    struct world world;
    json_t *answer = NULL;

    ck_assert_ptr_nonnull(mkdtemp(strcpy(folder, "/tmp/lowcloud-data-XXXXXX")));
    open_world(&world);
    ask(&world, kinesis_service(world.kinesis), "CreateStream", "{'StreamName':'fixes','ShardCount':1}", NULL);
    ask(&world, kinesis_service(world.kinesis), "CreateStream", "{'StreamName':'rows','ShardCount':1}", NULL);
    create_application(&world, "TRIM_HORIZON");
    put(&world, "eyJhIjoxfQ==");
    put(&world, "eyJhIjoxfQ==");
    ck_assert_uint_eq(count_rows(&world), 2);
    world_close(&world);

    open_world(&world);
    world_advance(&world, 1);
    ask(&world, analytics_service_v1(world.analytics), "DescribeApplication", "{'ApplicationName':'app'}", &answer);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(answer, "ApplicationDetail"), "ApplicationStatus")), "RUNNING");
    json_decref(answer);
    ck_assert_uint_eq(count_rows(&world), 2); /* nothing twice */
    put(&world, "eyJhIjoxfQ==");
    ck_assert_uint_eq(count_rows(&world), 3);
    ask(&world, analytics_service_v1(world.analytics), "DeleteApplication", "{'ApplicationName':'app','CreateTimestamp':1700000000}", NULL);
    world_close(&world);

    open_world(&world);
    answer = NULL;
    ask(&world, analytics_service_v1(world.analytics), "ListApplications", "{}", &answer);
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "ApplicationSummaries")), 0);
    json_decref(answer);
    world_close(&world);
}
END_TEST

/* What was read and not delivered when lowcloud ended is read again, also by an application that began with NOW. */
START_TEST(what_was_not_delivered_is_read_again)
{
    struct world world;

    ck_assert_ptr_nonnull(mkdtemp(strcpy(folder, "/tmp/lowcloud-data-XXXXXX")));
    open_world(&world);
    ask(&world, kinesis_service(world.kinesis), "CreateStream", "{'StreamName':'fixes','ShardCount':1}", NULL);
    put(&world, "eyJhIjoxfQ==");
    create_application(&world, "NOW");
    put(&world, "eyJhIjoxfQ==");
    put(&world, "eyJhIjoxfQ==");
    world_close(&world); /* there is no stream "rows" yet: nothing was delivered */

    open_world(&world);
    ask(&world, kinesis_service(world.kinesis), "CreateStream", "{'StreamName':'rows','ShardCount':1}", NULL);
    world_advance(&world, 1000);
    ck_assert_uint_eq(count_rows(&world), 2);
    world_close(&world);
}
END_TEST

static void remove_folder(void)
{
    static const char *const files[] = { "lowcloud.sqlite", "lowcloud.sqlite-wal", "lowcloud.sqlite-shm" };
    char path[128];

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
}

Suite *suite_analytics_store(void)
{
    Suite *suite = suite_create("analytics store");
    TCase *tests = tcase_create("store");

    tcase_add_checked_fixture(tests, NULL, remove_folder);
    tcase_add_test(tests, an_application_goes_on_behind_what_was_delivered);
    tcase_add_test(tests, what_was_not_delivered_is_read_again);
    suite_add_tcase(suite, tests);
    return suite;
}
