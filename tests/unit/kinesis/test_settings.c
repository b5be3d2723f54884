/* Warm throughput: kept with the stream, told in its summary, reached when the stream is ACTIVE again. */

#include "suites.h"

#include "fixture.h"
#include "kinesis/document.h"
#include "kinesis/room.h"

#include <stdlib.h>
#include <string.h>

#define STREAM "arn:aws:kinesis:us-east-1:000000000000:stream/fixes"

static const struct service *kinesis(void)
{
    return kinesis_service(fixture_world.kinesis);
}

static void open_stream(void)
{
    fixture_open();
    fixture_done(
        kinesis(), "CreateStream",
        "{'StreamName':'fixes','StreamModeDetails':{'StreamMode':'ON_DEMAND'},'WarmThroughputMiBps':20,'MaxRecordSizeInKiB':2048}");
}

static json_t *summary(void)
{
    return json_object_get(fixture_done(kinesis(), "DescribeStreamSummary", "{'StreamName':'fixes'}"), "StreamDescriptionSummary");
}

START_TEST(warm_throughput_is_told)
{
    fixture_expect(json_object_get(summary(), "WarmThroughput"), "{'CurrentMiBps':20,'TargetMiBps':20}");
    fixture_expect(fixture_done(kinesis(), "UpdateStreamWarmThroughput", "{'StreamName':'fixes','WarmThroughputMiBps':100}"),
                   "{'StreamARN':'" STREAM "','StreamName':'fixes','WarmThroughput':{'CurrentMiBps':20,'TargetMiBps':100}}");
    fixture_expect(json_object_get(summary(), "WarmThroughput"), "{'CurrentMiBps':100,'TargetMiBps':100}");
}
END_TEST

START_TEST(warm_throughput_is_reached_with_the_stream)
{
    fixture_world.kinesis->state_ms = 1000;
    fixture_done(kinesis(), "UpdateStreamWarmThroughput", "{'StreamARN':'" STREAM "','WarmThroughputMiBps':100}");
    fixture_expect(json_object_get(summary(), "WarmThroughput"), "{'CurrentMiBps':20,'TargetMiBps':100}");
    world_advance(&fixture_world, 1000);
    fixture_expect(json_object_get(summary(), "WarmThroughput"), "{'CurrentMiBps':100,'TargetMiBps':100}");
}
END_TEST

START_TEST(a_provisioned_stream_has_none)
{
    fixture_done(kinesis(), "UpdateStreamMode", "{'StreamARN':'" STREAM "','StreamModeDetails':{'StreamMode':'PROVISIONED'}}");
    ck_assert_ptr_null(json_object_get(summary(), "WarmThroughput"));
    fixture_done(kinesis(), "UpdateStreamMode",
                 "{'StreamARN':'" STREAM "','StreamModeDetails':{'StreamMode':'ON_DEMAND'},'WarmThroughputMiBps':8}");
    fixture_expect(json_object_get(summary(), "WarmThroughput"), "{'CurrentMiBps':8,'TargetMiBps':8}");
}
END_TEST

static const struct {
    const char *operation;
    const char *input;
    enum error_id error;
    const char *message;
} refusals[] = {
    { "CreateStream", "{'StreamName':'cold','ShardCount':1,'WarmThroughputMiBps':1}", ERR_VALIDATION,
      "Warm throughput can only be set for a stream in ON_DEMAND mode." },
    { "UpdateStreamMode", "{'StreamARN':'" STREAM "','StreamModeDetails':{'StreamMode':'PROVISIONED'},'WarmThroughputMiBps':1}",
      ERR_VALIDATION, "Warm throughput can only be set for a stream in ON_DEMAND mode." },
    { "CreateStream", "{'StreamName':'hot','StreamModeDetails':{'StreamMode':'ON_DEMAND'},'WarmThroughputMiBps':10241}", ERR_LIMIT_EXCEEDED,
      "Warm throughput cannot be more than 10240 MiBps." },
    { "UpdateStreamMode", "{'StreamARN':'" STREAM "','StreamModeDetails':{'StreamMode':'ON_DEMAND'},'WarmThroughputMiBps':10241}",
      ERR_LIMIT_EXCEEDED, "Warm throughput cannot be more than 10240 MiBps." },
    { "UpdateStreamWarmThroughput", "{'StreamName':'fixes','WarmThroughputMiBps':10241}", ERR_LIMIT_EXCEEDED,
      "Warm throughput cannot be more than 10240 MiBps." },
    { "UpdateStreamWarmThroughput", "{'StreamName':'fixes','WarmThroughputMiBps':-1}", ERR_VALIDATION,
      "1 validation error detected: Value '-1' at 'warmThroughputMiBps' failed to satisfy constraint: Member must have value greater than "
      "or equal to 0" },
    { "UpdateMaxRecordSize", "{'StreamARN':'" STREAM "','MaxRecordSizeInKiB':1023}", ERR_VALIDATION,
      "1 validation error detected: Value '1023' at 'maxRecordSizeInKiB' failed to satisfy constraint: Member must have value greater than "
      "or equal to 1024" },
    { "UpdateAccountSettings", "{'MinimumThroughputBillingCommitment':{'Status':'ENABLED_UNTIL_EARLIEST_ALLOWED_END'}}", ERR_VALIDATION,
      "1 validation error detected: Value 'ENABLED_UNTIL_EARLIEST_ALLOWED_END' at 'minimumThroughputBillingCommitment.status' failed to "
      "satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED]" },
};

START_TEST(settings_out_of_bounds_are_refused)
{
    fixture_refused(kinesis(), refusals[_i].operation, refusals[_i].input, refusals[_i].error, refusals[_i].message);
}
END_TEST

/* What --data keeps of a stream is what is read again. */
START_TEST(settings_outlive_the_process)
{
    struct kinesis_stream *stream = kinesis_stream_find(fixture_world.kinesis, "fixes");
    json_t *document;
    json_t *again;
    char *text;
    char *text_again;

    fixture_done(kinesis(), "RegisterStreamConsumer", "{'StreamARN':'" STREAM "','ConsumerName':'app','Tags':{'of':'consumer'}}");
    fixture_done(kinesis(), "UpdateStreamMode", "{'StreamARN':'" STREAM "','StreamModeDetails':{'StreamMode':'PROVISIONED'}}");
    fixture_done(kinesis(), "UpdateShardCount", "{'StreamName':'fixes','TargetShardCount':2,'ScalingType':'UNIFORM_SCALING'}");
    fixture_done(kinesis(), "UpdateStreamMode",
                 "{'StreamARN':'" STREAM "','StreamModeDetails':{'StreamMode':'ON_DEMAND'},'WarmThroughputMiBps':8}");
    document = kinesis_document_of(stream);
    stream = kinesis_document_read(fixture_world.kinesis, document);
    ck_assert_ptr_nonnull(stream);
    again = kinesis_document_of(stream);
    text = json_dumps(document, JSON_SORT_KEYS);
    text_again = json_dumps(again, JSON_SORT_KEYS);
    ck_assert_str_eq(text_again, text);
    ck_assert_ptr_nonnull(strstr(text, "\"warm\": 8"));
    kinesis_stream_free(stream);
    free(text);
    free(text_again);
    json_decref(document);
    json_decref(again);
}
END_TEST

Suite *suite_kinesis_settings(void)
{
    Suite *suite = suite_create("kinesis settings");
    TCase *tests = tcase_create("settings");

    tcase_add_checked_fixture(tests, open_stream, fixture_close);
    tcase_add_test(tests, warm_throughput_is_told);
    tcase_add_test(tests, warm_throughput_is_reached_with_the_stream);
    tcase_add_test(tests, a_provisioned_stream_has_none);
    tcase_add_loop_test(tests, settings_out_of_bounds_are_refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(tests, settings_outlive_the_process);
    suite_add_tcase(suite, tests);
    return suite;
}
