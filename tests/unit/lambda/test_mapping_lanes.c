/* ParallelizationFactor: several batches of one shard in flight, each key's records in order on one lane. */

#include "suites.h"

#include "feed.h"
#include "lambda/mapping.h"
#include "lambda/mapping_shard.h"
#include "lambda/room.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A partition key whose records go to that lane of so many. */
static const char *key_of(uint32_t lane, uint32_t lanes)
{
    static char keys[4][16];
    static int turn;
    char *key = keys[turn++ % 4];
    struct source_record record = { .kinesis = { .partition_key = key } };

    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof keys[0], "%d", i);
        if (source_kinesis.order_key(&record) % lanes == lane)
            return key;
    }
    ck_abort_msg("no key for lane %u of %u", lane, lanes);
}

static const struct mapping_shard *shard_of(const char *uuid)
{
    return ((struct mapping *)map_find(&fixture_world.lambda->mappings, uuid))->shards[0];
}

static void change(const char *uuid, const char *more)
{
    char input[200];

    snprintf(input, sizeof input, "{'UUID':'%s'%s}", uuid, more);
    fixture_done(lambda_service(fixture_world.lambda), "UpdateEventSourceMapping", input);
}

/* ---- a gate that handlers wait at ---- */

#define GATED "c2xvdw=="
#define WAIT_AT_GATE "case $line in *" GATED "*) read -r word <gate.swp;; esac"

static int gate;

static void open_gated(void)
{
    char path[160];

    feed_open();
    snprintf(path, sizeof path, "%s/gate.swp", workshop_directory());
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    gate = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(gate, 0);
}

static void close_gated(void)
{
    close(gate);
    workshop_close();
}

static void let_through(void)
{
    ck_assert_int_eq(write(gate, "on\n", 3), 3);
}

/* Waits until the notes are these; the function need not rest. */
static void expect_so_far(const char *expected)
{
    int64_t deadline_us = fixture_deadline_us();

    while (strcmp(feed_seen(), expected) && clock_stopwatch_us() < deadline_us)
        loop_turn(fixture_world.ground.loop, 20);
    ck_assert_str_eq(feed_seen(), expected);
}

static void expect_place(const char *uuid, uint64_t next)
{
    int64_t deadline_us = fixture_deadline_us();

    while (shard_of(uuid)->place.next != next && clock_stopwatch_us() < deadline_us)
        loop_turn(fixture_world.ground.loop, 20);
    ck_assert_uint_eq(shard_of(uuid)->place.next, next);
}

START_TEST(a_slow_key_holds_up_its_own_lane_and_the_checkpoint)
{
    const char *slow = key_of(0, 2);
    const char *quick = key_of(1, 2);
    const char *uuid;
    uint64_t begin;

    feed_deploy(WAIT_AT_GATE);
    uuid = feed_map("TRIM_HORIZON", ",'ParallelizationFactor':2");
    begin = shard_of(uuid)->place.next;
    feed_put_key("slow", slow);
    expect_so_far(GATED "\n");
    feed_put_key("b", quick);
    expect_so_far(GATED "\nYg==\n");
    feed_put_key("c", slow);
    feed_put_key("d", quick);
    expect_so_far(GATED "\nYg==\nZA==\n");
    ck_assert_uint_eq(shard_of(uuid)->place.next, begin); /* the first record is not done */
    let_through();
    feed_expect(GATED "\nYg==\nZA==\nYw==\n");
    expect_place(uuid, begin + 4);
}
END_TEST

START_TEST(one_lane_alone_waits_for_the_batch_in_flight)
{
    feed_deploy(WAIT_AT_GATE);
    feed_map("TRIM_HORIZON", "");
    feed_put_key("slow", key_of(0, 2));
    expect_so_far(GATED "\n");
    feed_put_key("b", key_of(1, 2));
    loop_turn(fixture_world.ground.loop, 20);
    ck_assert_str_eq(feed_seen(), GATED "\n");
    let_through();
    feed_expect(GATED "\nYg==\n");
}
END_TEST

START_TEST(what_waits_is_shared_out_by_key_in_batches_of_the_size_asked_for)
{
    const char *left = key_of(0, 2);
    const char *right = key_of(1, 2);

    feed_put_key("a", left);
    feed_put_key("slow", right);
    feed_put_key("c", left);
    feed_put_key("d", right);
    feed_put_key("e", left);
    feed_deploy(WAIT_AT_GATE);
    feed_map("TRIM_HORIZON", ",'ParallelizationFactor':2,'BatchSize':2,'Enabled':true");
    while (!strstr(feed_seen(), GATED " ZA==\n") || !strstr(feed_seen(), "ZQ==\n"))
        loop_turn(fixture_world.ground.loop, 20);
    ck_assert_ptr_nonnull(strstr(feed_seen(), "YQ== Yw==\n"));
    ck_assert(strstr(feed_seen(), "YQ== Yw==\n") < strstr(feed_seen(), "ZQ==\n"));
    let_through();
    workshop_rest("f");
}
END_TEST

START_TEST(a_failed_lane_halves_and_gives_up_its_own_records_alone)
{
    const char *bad = key_of(0, 3);
    const char *good = key_of(2, 3);
    const char *uuid;
    uint64_t begin;

    feed_put_key("a", bad);
    feed_put_key("b", good);
    feed_put_key("poison", bad);
    uuid =
        feed_map("TRIM_HORIZON", ",'ParallelizationFactor':3,'BisectBatchOnFunctionError':true,'MaximumRetryAttempts':0,'Enabled':false");
    begin = shard_of(uuid)->place.next;
    change(uuid, ",'Enabled':true");
    while (!strstr(feed_seen(), "YQ== " FEED_POISON "\n") || !strstr(feed_seen(), "Yg==\n"))
        loop_turn(fixture_world.ground.loop, 20);
    workshop_rest("f");
    ck_assert_uint_eq(shard_of(uuid)->place.next, begin);
    feed_put_key("d", good);
    while (!strstr(feed_seen(), "ZA==\n"))
        loop_turn(fixture_world.ground.loop, 20);
    workshop_rest("f");
    world_advance(&fixture_world, 500); /* the left half, then the right one */
    while (!feed_faults("RetryAttemptsExhausted"))
        loop_turn(fixture_world.ground.loop, 20);
    workshop_rest("f");
    ck_assert_ptr_nonnull(strstr(feed_seen(), "ZA==\nYQ==\n" FEED_POISON "\n"));
    expect_place(uuid, begin + 4);
}
END_TEST

START_TEST(a_report_counts_within_its_lane)
{
    const char *left = key_of(0, 2);
    const char *right = key_of(1, 2);

    feed_deploy("case $line in *Yw==*) [ $runs = 1 ] && "
                "answer=\"{\\\"batchItemFailures\\\":[{\\\"itemIdentifier\\\":\\\"${ids[1]}\\\"}]}\";; esac");
    feed_put_key("a", left);
    feed_put_key("b", right);
    feed_put_key("c", left);
    feed_map("TRIM_HORIZON", ",'ParallelizationFactor':2,'FunctionResponseTypes':['ReportBatchItemFailures']");
    while (!strstr(feed_seen(), "YQ== Yw==\n") || !strstr(feed_seen(), "Yg==\n"))
        loop_turn(fixture_world.ground.loop, 20);
    workshop_rest("f");
    world_advance(&fixture_world, 500);
    while (!strstr(feed_seen(), "\nYw==\n"))
        loop_turn(fixture_world.ground.loop, 20);
    workshop_rest("f");
    ck_assert_int_eq((int)strlen(feed_seen()), (int)strlen("YQ== Yw==\nYg==\nYw==\n"));
}
END_TEST

START_TEST(another_factor_delivers_nothing_twice)
{
    const char *bad = key_of(0, 2);
    const char *good = key_of(1, 2);
    const char *uuid = feed_map("TRIM_HORIZON", ",'ParallelizationFactor':2");
    uint64_t begin = shard_of(uuid)->place.next;

    feed_put_key("poison", bad);
    feed_expect(FEED_POISON "\n");
    feed_put_key("b", good);
    feed_expect(FEED_POISON "\nYg==\n");
    change(uuid, ",'ParallelizationFactor':1"); /* which the poisoned record now shares with all that comes */
    feed_expect(FEED_POISON "\nYg==\n" FEED_POISON "\n");
    feed_put_key("c", good);
    world_advance(&fixture_world, 499);
    feed_expect(FEED_POISON "\nYg==\n" FEED_POISON "\n");
    change(uuid, ",'ParallelizationFactor':10,'MaximumRetryAttempts':0");
    while (!strstr(feed_seen(), "Yw==\n") || !feed_faults("RetryAttemptsExhausted"))
        loop_turn(fixture_world.ground.loop, 20);
    workshop_rest("f");
    ck_assert_ptr_eq(strstr(strstr(feed_seen(), "Yg==\n") + 1, "Yg==\n"), NULL);
    expect_place(uuid, begin + 3);
}
END_TEST

START_TEST(children_begin_when_every_lane_is_drained)
{
    const char *slow = key_of(0, 2);
    const char *quick = key_of(1, 2);

    feed_deploy(WAIT_AT_GATE);
    feed_map("TRIM_HORIZON", ",'ParallelizationFactor':2");
    feed_put_key("slow", slow);
    expect_so_far(GATED "\n");
    feed_put_key("b", quick);
    expect_so_far(GATED "\nYg==\n");
    fixture_done(kinesis_service(fixture_world.kinesis), "SplitShard",
                 "{'StreamName':'s','ShardToSplit':'shardId-000000000000','NewStartingHashKey':'" FEED_MIDDLE "'}");
    world_advance(&fixture_world, 0);
    feed_put_at("c", FEED_LOW);
    loop_turn(fixture_world.ground.loop, 20);
    ck_assert_str_eq(feed_seen(), GATED "\nYg==\n");
    let_through();
    feed_expect(GATED "\nYg==\nYw==\n");
}
END_TEST

/* Whichever lane is done last lets the children begin: here the one that had been quick. */
START_TEST(children_wait_for_the_last_lane_whichever_it_is)
{
    const char *slow = key_of(0, 2);
    const char *quick = key_of(1, 2);

    feed_deploy("case $line in *" GATED "*|*Yg==*) read -r word <gate.swp;; esac");
    feed_map("TRIM_HORIZON", ",'ParallelizationFactor':2");
    feed_put_key("slow", slow);
    expect_so_far(GATED "\n");
    feed_put_key("b", quick);
    expect_so_far(GATED "\nYg==\n");
    fixture_done(kinesis_service(fixture_world.kinesis), "SplitShard",
                 "{'StreamName':'s','ShardToSplit':'shardId-000000000000','NewStartingHashKey':'" FEED_MIDDLE "'}");
    world_advance(&fixture_world, 0);
    feed_put_at("c", FEED_LOW);
    let_through();
    for (int i = 0; i < 20; i++)
        loop_turn(fixture_world.ground.loop, 20);
    ck_assert_str_eq(feed_seen(), GATED "\nYg==\n"); /* one of the two still runs */
    let_through();
    feed_expect(GATED "\nYg==\nYw==\n");
}
END_TEST

Suite *suite_lambda_mapping_lanes(void)
{
    Suite *suite = suite_create("lambda mapping lanes");
    TCase *tests = tcase_create("lanes");

    tcase_add_checked_fixture(tests, open_gated, close_gated);
    tcase_add_test(tests, a_slow_key_holds_up_its_own_lane_and_the_checkpoint);
    tcase_add_test(tests, one_lane_alone_waits_for_the_batch_in_flight);
    tcase_add_test(tests, what_waits_is_shared_out_by_key_in_batches_of_the_size_asked_for);
    tcase_add_test(tests, a_failed_lane_halves_and_gives_up_its_own_records_alone);
    tcase_add_test(tests, a_report_counts_within_its_lane);
    tcase_add_test(tests, another_factor_delivers_nothing_twice);
    tcase_add_test(tests, children_begin_when_every_lane_is_drained);
    tcase_add_test(tests, children_wait_for_the_last_lane_whichever_it_is);
    suite_add_tcase(suite, tests);
    return suite;
}
