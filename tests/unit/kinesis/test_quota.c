/* Ten scalings and two switches of the mode in a day, where a stream is held to them. */

#include "suites.h"

#include "fixture.h"
#include "kinesis/quota.h"

#define STREAM "arn:aws:kinesis:us-east-1:000000000000:stream/fixes"

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

static void hold(void)
{
    fixture_done(kinesis(), "AddTagsToStream", "{'StreamName':'fixes','Tags':{'lowcloud:throttle':'on'}}");
}

static struct fixture_answer scale(int count)
{
    char input[100];

    snprintf(input, sizeof input, "{'StreamName':'fixes','TargetShardCount':%d,'ScalingType':'UNIFORM_SCALING'}", count);
    return fixture_call(kinesis(), "UpdateShardCount", input);
}

static struct fixture_answer switch_to(const char *mode)
{
    char input[200];

    snprintf(input, sizeof input, "{'StreamARN':'" STREAM "','StreamModeDetails':{'StreamMode':'%s'}}", mode);
    return fixture_call(kinesis(), "UpdateStreamMode", input);
}

/* Ten scalings, an hour between each two. */
static void scale_ten_times(void)
{
    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq(scale(i % 2 ? 1 : 2).error, ERR_NONE);
        world_advance(&fixture_world, HOUR_MS);
    }
}

START_TEST(the_eleventh_scaling_waits_until_the_first_is_a_day_old)
{
    struct fixture_answer answer;

    hold();
    scale_ten_times();
    answer = scale(2);
    ck_assert_int_eq(answer.error, ERR_LIMIT_EXCEEDED);
    ck_assert_str_eq(answer.message, "Stream fixes under account 000000000000 was scaled 10 times within 24 hours already.");
    world_advance(&fixture_world, 14 * HOUR_MS - 1);
    ck_assert_int_eq(scale(2).error, ERR_LIMIT_EXCEEDED);
    world_advance(&fixture_world, 1);
    ck_assert_int_eq(scale(2).error, ERR_NONE);
    ck_assert_int_eq(scale(1).error, ERR_LIMIT_EXCEEDED);
}
END_TEST

START_TEST(the_third_switch_waits_until_the_first_is_a_day_old)
{
    struct fixture_answer answer;

    hold();
    ck_assert_int_eq(switch_to("ON_DEMAND").error, ERR_NONE);
    world_advance(&fixture_world, HOUR_MS);
    ck_assert_int_eq(switch_to("PROVISIONED").error, ERR_NONE);
    ck_assert_int_eq(switch_to("PROVISIONED").error, ERR_NONE); /* no change, and none to count */
    answer = switch_to("ON_DEMAND");
    ck_assert_int_eq(answer.error, ERR_LIMIT_EXCEEDED);
    ck_assert_str_eq(answer.message, "The mode of stream fixes under account 000000000000 was changed 2 times within 24 hours already.");
    world_advance(&fixture_world, 23 * HOUR_MS);
    ck_assert_int_eq(switch_to("ON_DEMAND").error, ERR_NONE);
    ck_assert_int_eq(switch_to("PROVISIONED").error, ERR_LIMIT_EXCEEDED); /* also away from a mode that is never throttled */
}
END_TEST

START_TEST(a_stream_that_is_not_throttled_is_changed_at_will)
{
    scale_ten_times();
    ck_assert_int_eq(scale(2).error, ERR_NONE);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(switch_to(i % 2 ? "PROVISIONED" : "ON_DEMAND").error, ERR_NONE);
}
END_TEST

START_TEST(a_scaling_stays_between_half_and_double)
{
    ck_assert_int_eq(scale(2).error, ERR_NONE);
    ck_assert_int_eq(scale(4).error, ERR_NONE);
    ck_assert_str_eq(scale(9).message,
                     "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 4 Target shard "
                     "count: 9");
    ck_assert_str_eq(scale(1).message,
                     "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: 4 Target "
                     "shard count: 1");
    ck_assert_int_eq(scale(1).error, ERR_LIMIT_EXCEEDED);
    ck_assert_int_eq(scale(4).error, ERR_INVALID_ARGUMENT); /* it has as many */
    ck_assert_int_eq(scale(2).error, ERR_NONE);
}
END_TEST

START_TEST(what_is_noted_can_be_kept)
{
    struct quota quota = { 0 };
    struct quota again;
    json_t *times;

    for (int i = 1; i <= 12; i++)
        quota_note(&quota, i);
    times = quota_json(&quota);
    ck_assert_uint_eq(json_array_size(times), QUOTA_MAX);
    quota_read(&again, times);
    ck_assert_mem_eq(&again, &quota, sizeof quota);
    json_decref(times);
    ck_assert(quota_is_used_up(&quota, 10, 12));
    ck_assert(!quota_is_used_up(&quota, 10, 3 + QUOTA_PERIOD_MS));
}
END_TEST

Suite *suite_kinesis_quota(void)
{
    Suite *suite = suite_create("kinesis quota");
    TCase *tests = tcase_create("a day");

    tcase_add_checked_fixture(tests, open_stream, fixture_close);
    tcase_add_test(tests, the_eleventh_scaling_waits_until_the_first_is_a_day_old);
    tcase_add_test(tests, the_third_switch_waits_until_the_first_is_a_day_old);
    tcase_add_test(tests, a_stream_that_is_not_throttled_is_changed_at_will);
    tcase_add_test(tests, a_scaling_stays_between_half_and_double);
    tcase_add_test(tests, what_is_noted_can_be_kept);
    suite_add_tcase(suite, tests);
    return suite;
}
