/* What is kept for how long, in memory and on disk. */

#include "suites.h"

#include "base/database.h"
#include "fixture.h"
#include "kinesis/room.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HOUR_MS = 3600 * 1000 };

static const struct service *kinesis(void)
{
    return kinesis_service(fixture_world.kinesis);
}

static void open_stream(void)
{
    fixture_open();
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
}

static struct shard *shard(void)
{
    return kinesis_stream_find(fixture_world.kinesis, "fixes")->shards[0];
}

/* Puts a record; its sequence number is good until the next call. */
static const char *put(const char *data)
{
    char input[120];

    snprintf(input, sizeof input, "{'StreamName':'fixes','PartitionKey':'a','Data':'%s'}", data);
    return json_string_value(json_object_get(fixture_done(kinesis(), "PutRecord", input), "SequenceNumber"));
}

static const json_t *read_all(void)
{
    char input[700];
    const json_t *answer = fixture_done(kinesis(), "GetShardIterator",
                                        "{'StreamName':'fixes','ShardId':'shardId-000000000000','ShardIteratorType':'TRIM_HORIZON'}");

    snprintf(input, sizeof input, "{'ShardIterator':'%s'}", json_string_value(json_object_get(answer, "ShardIterator")));
    return json_object_get(fixture_done(kinesis(), "GetRecords", input), "Records");
}

static void set_retention(const char *direction, int hours)
{
    char operation[60];
    char input[80];

    snprintf(operation, sizeof operation, "%sStreamRetentionPeriod", direction);
    snprintf(input, sizeof input, "{'StreamName':'fixes','RetentionPeriodHours':%d}", hours);
    fixture_done(kinesis(), operation, input);
}

START_TEST(a_longer_period_brings_back_nothing)
{
    put("MQ==");
    world_advance(&fixture_world, 25 * HOUR_MS);
    set_retention("Increase", 48);
    ck_assert_uint_eq(json_array_size(read_all()), 0);
    put("Mg==");
    world_advance(&fixture_world, 30 * HOUR_MS);
    ck_assert_uint_eq(json_array_size(read_all()), 1);
    set_retention("Decrease", 24);
    set_retention("Increase", 48);
    ck_assert_uint_eq(json_array_size(read_all()), 0);
}
END_TEST

START_TEST(a_shard_that_nobody_reads_holds_no_more_than_it_must)
{
    for (int hour = 0; hour < 2000; hour++) {
        put("MQ==");
        world_advance(&fixture_world, HOUR_MS);
    }
    ck_assert_uint_le(shard()->capacity, 128);
    ck_assert_uint_le(shard()->next_position - shard()->first_position, 128);
    ck_assert_uint_eq(json_array_size(read_all()), 24);
}
END_TEST

/* Whatever comes and goes in whatever measure: what is left is what was put last, in order. */
/* A reader that reads on in the same turn has both batches in hand. */
START_TEST(what_was_lent_stays_while_it_grows_too_old)
{
    struct kinesis_record lent[2];
    struct kinesis_reader reader;
    size_t count;

    put("MQ==");
    world_advance(&fixture_world, HOUR_MS);
    put("Mg==");
    ck_assert_int_eq(kinesis_reader_open(fixture_world.kinesis, "fixes", shard()->id, KINESIS_TRIM_HORIZON, 0, NULL, &reader), OK);
    world_advance(&fixture_world, 23 * HOUR_MS);
    ck_assert_int_eq(kinesis_read(fixture_world.kinesis, &reader, lent, 1, SIZE_MAX, &count), OK);
    ck_assert_uint_eq(count, 1);
    clock_advance(&fixture_world.clock, 1);
    ck_assert_int_eq(kinesis_read(fixture_world.kinesis, &reader, lent + 1, 1, SIZE_MAX, &count), OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(shard()->first_position, 1);
    ck_assert_mem_eq(lent[0].data, "1", 1);
    ck_assert_mem_eq(lent[1].data, "2", 1);
    reader.next = 1;
    ck_assert_int_eq(kinesis_read(fixture_world.kinesis, &reader, lent, 2, SIZE_MAX, &count), OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_mem_eq(lent[0].data, "2", 1);
}
END_TEST

START_TEST(records_stay_in_order_while_others_leave)
{
    uint64_t seed = 5;
    uint64_t put_count = 0;

    for (int round = 0; round < 300; round++) {
        char text[20];
        const json_t *records;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        for (uint64_t i = 0; i < (seed >> 33) % 40; i++) {
            snprintf(text, sizeof text, "%08llu", (unsigned long long)put_count++);
            put(text);
        }
        world_advance(&fixture_world, (int64_t)(seed >> 40) % (8 * HOUR_MS));
        records = read_all();
        for (size_t i = 0; i < json_array_size(records); i++) {
            snprintf(text, sizeof text, "%08llu", (unsigned long long)(put_count - json_array_size(records) + i));
            ck_assert_str_eq(json_string_value(json_object_get(json_array_get(records, i), "Data")), text);
        }
    }
}
END_TEST

START_TEST(a_closed_shard_is_listed_as_long_as_its_records_are_kept)
{
    const json_t *description;

    fixture_done(kinesis(), "SplitShard",
                 "{'StreamName':'fixes','ShardToSplit':'0','NewStartingHashKey':'170141183460469231731687303715884105728'}");
    world_advance(&fixture_world, 24 * HOUR_MS);
    description = json_object_get(fixture_done(kinesis(), "DescribeStream", "{'StreamName':'fixes'}"), "StreamDescription");
    ck_assert_uint_eq(json_array_size(json_object_get(description, "Shards")), 3);
    world_advance(&fixture_world, 1);
    description = json_object_get(fixture_done(kinesis(), "DescribeStream", "{'StreamName':'fixes'}"), "StreamDescription");
    ck_assert_uint_eq(json_array_size(json_object_get(description, "Shards")), 2);
    ck_assert(json_is_false(json_object_get(description, "HasMoreShards")));
}
END_TEST

/* ---- on disk ---- */

static void open_in(const char *directory, int64_t now_ms)
{
    struct world_options options = { .port = -1, .seed = 1, .frozen_ms = now_ms, .data_directory = directory };

    ck_assert_int_eq(world_open(&fixture_world, &options), OK);
}

START_TEST(no_position_is_used_twice_after_all_records_have_left)
{
    char directory[] = "/tmp/lowcloud-test-XXXXXX";
    char path[80];
    char last[KINESIS_SEQUENCE_SIZE] = "";

    ck_assert_ptr_nonnull(mkdtemp(directory));
    open_in(directory, FIXTURE_TIME_MS);
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    for (int i = 0; i < 3; i++) {
        put("MQ==");
        strcpy(last, put("MQ=="));
        world_advance(&fixture_world, 25 * HOUR_MS);
        ck_assert_uint_eq(json_array_size(read_all()), 0);
        fixture_close();
        open_in(directory, FIXTURE_TIME_MS + (i + 1) * 25 * HOUR_MS);
        ck_assert_int_gt(strcmp(put("MQ=="), last), 0);
    }
    fixture_close();
    snprintf(path, sizeof path, "%s/lowcloud.sqlite", directory);
    unlink(path);
    rmdir(directory);
}
END_TEST

START_TEST(a_deletion_goes_on_after_a_restart)
{
    char directory[] = "/tmp/lowcloud-test-XXXXXX";
    char path[80];

    ck_assert_ptr_nonnull(mkdtemp(directory));
    open_in(directory, FIXTURE_TIME_MS);
    fixture_world.kinesis->state_ms = 500;
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    fixture_done(kinesis(), "DeleteStream", "{'StreamName':'fixes'}");
    fixture_close();
    open_in(directory, FIXTURE_TIME_MS);
    world_advance(&fixture_world, 0);
    ck_assert_int_eq(fixture_call(kinesis(), "DescribeStream", "{'StreamName':'fixes'}").error, ERR_RESOURCE_NOT_FOUND);
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    fixture_close();
    snprintf(path, sizeof path, "%s/lowcloud.sqlite", directory);
    unlink(path);
    rmdir(directory);
}
END_TEST

static int64_t tally(struct database *database, const char *sql)
{
    sqlite3_stmt *rows = database_prepare(database, sql);
    int64_t count;

    ck_assert_int_eq(sqlite3_step(rows), SQLITE_ROW);
    count = sqlite3_column_int64(rows, 0);
    sqlite3_finalize(rows);
    return count;
}

/* The document is as long as there are shards. */
START_TEST(all_shards_are_trimmed_by_one_document)
{
    char directory[] = "/tmp/lowcloud-test-XXXXXX";
    struct database *database;
    char input[120];
    char path[80];

    ck_assert_ptr_nonnull(mkdtemp(directory));
    open_in(directory, FIXTURE_TIME_MS);
    database = fixture_world.kinesis->ground->database;
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':8}");
    for (int i = 0; i < 100; i++) {
        snprintf(input, sizeof input, "{'StreamName':'fixes','PartitionKey':'%d','Data':''}", i);
        fixture_done(kinesis(), "PutRecord", input);
    }
    ck_assert_int_eq(database_run(database, "CREATE TABLE puts(name); CREATE TRIGGER note AFTER INSERT ON kinesis_stream BEGIN"
                                            " INSERT INTO puts VALUES(new.name); END"),
                     OK);
    world_advance(&fixture_world, 25 * HOUR_MS);
    set_retention("Increase", 48);
    ck_assert_int_eq(tally(database, "SELECT count(*) FROM puts"), 2); /* and the new period */
    ck_assert_int_eq(tally(database, "SELECT count(*) FROM kinesis_record"), 0);
    fixture_close();
    open_in(directory, FIXTURE_TIME_MS + 25 * HOUR_MS);
    ck_assert_uint_gt(shard()->next_position, 1);
    fixture_close();
    snprintf(path, sizeof path, "%s/lowcloud.sqlite", directory);
    unlink(path);
    rmdir(directory);
}
END_TEST

/* The turn writes more after the stream has gone, and that fails. */
START_TEST(a_deletion_whose_turn_is_lost_is_made_again)
{
    char directory[] = "/tmp/lowcloud-test-XXXXXX";
    struct database *database;
    char path[80];

    ck_assert_ptr_nonnull(mkdtemp(directory));
    open_in(directory, FIXTURE_TIME_MS);
    database = fixture_world.kinesis->ground->database;
    fixture_world.kinesis->state_ms = 500;
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    fixture_done(kinesis(), "DeleteStream", "{'StreamName':'fixes'}");
    ck_assert_int_eq(database_commit(database), OK);
    clock_advance(&fixture_world.clock, 500);
    ck_assert_ptr_null(kinesis_stream_find(fixture_world.kinesis, "fixes"));
    ck_assert_int_eq(database_run(database, "INSERT INTO nowhere VALUES(1)"), BROKEN);
    ck_assert_int_eq(database_commit(database), BROKEN);
    ck_assert_int_eq(kinesis_stream_find(fixture_world.kinesis, "fixes")->state, STREAM_DELETING);
    world_advance(&fixture_world, DELETION_AGAIN_MS);
    ck_assert_ptr_null(kinesis_stream_find(fixture_world.kinesis, "fixes"));
    fixture_close();
    snprintf(path, sizeof path, "%s/lowcloud.sqlite", directory);
    unlink(path);
    rmdir(directory);
}
END_TEST

Suite *suite_kinesis_retention(void)
{
    Suite *suite = suite_create("kinesis_retention");
    TCase *tests = tcase_create("memory");
    TCase *disk = tcase_create("disk");

    tcase_add_checked_fixture(tests, open_stream, fixture_close);
    tcase_add_test(tests, a_longer_period_brings_back_nothing);
    tcase_add_test(tests, a_shard_that_nobody_reads_holds_no_more_than_it_must);
    tcase_add_test(tests, what_was_lent_stays_while_it_grows_too_old);
    tcase_add_test(tests, records_stay_in_order_while_others_leave);
    tcase_add_test(tests, a_closed_shard_is_listed_as_long_as_its_records_are_kept);
    suite_add_tcase(suite, tests);
    tcase_add_test(disk, no_position_is_used_twice_after_all_records_have_left);
    tcase_add_test(disk, a_deletion_goes_on_after_a_restart);
    tcase_add_test(disk, all_shards_are_trimmed_by_one_document);
    tcase_add_test(disk, a_deletion_whose_turn_is_lost_is_made_again);
    suite_add_tcase(suite, disk);
    return suite;
}
