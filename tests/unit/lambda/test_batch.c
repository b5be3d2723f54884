/* What a function is handed, what its report says, and which records a filter lets through. Pure: no room, no process. */

#include "suites.h"

#include "lambda/batch.h"
#include "lambda/filter.h"

#include <string.h>

static const struct batch_source source = {
    .type = &source_kinesis,
    .shard = "shardId-000000000006",
    .source_arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s",
    .region = "us-east-1",
    .role = "arn:aws:iam::000000000000:role/r",
};

static struct source_record record_of(const char *key, const char *data, const char *sequence_number)
{
    struct source_record record = {
        .size_bytes = strlen(data),
        .arrived_ms = 1545084650987,
        .kinesis = { .partition_key = key, .data = data, .size_bytes = strlen(data) },
    };

    strcpy(record.sequence_number, sequence_number);
    return record;
}

START_TEST(an_event_has_aws_keys_in_aws_order)
{
    struct source_record record = record_of("k\"1", "hi", "49590338271490256608559692538361571095921575989136588898");
    struct buffer event = { 0 };

    ck_assert_uint_eq(batch_print(&event, &source, &record, 1), 1);
    ck_assert_str_eq(event.data,
                     "{\"Records\":[{\"kinesis\":{\"kinesisSchemaVersion\":\"1.0\",\"partitionKey\":\"k\\\"1\",\"sequenceNumber\":"
                     "\"49590338271490256608559692538361571095921575989136588898\",\"data\":\"aGk=\",\"approximateArrivalTimestamp\":"
                     "1545084650.987},\"eventSource\":\"aws:kinesis\",\"eventVersion\":\"1.0\",\"eventID\":\"shardId-000000000006:"
                     "49590338271490256608559692538361571095921575989136588898\",\"eventName\":\"aws:kinesis:record\","
                     "\"invokeIdentityArn\":\"arn:aws:iam::000000000000:role/r\",\"awsRegion\":\"us-east-1\",\"eventSourceARN\":"
                     "\"arn:aws:kinesis:us-east-1:000000000000:stream/s\"}]}");
    buffer_clear(&event);
}
END_TEST

START_TEST(an_event_stays_under_six_megabytes)
{
    static char data[1 << 20];
    struct source_record records[6];
    struct buffer event = { 0 };

    memset(data, 'x', sizeof data);
    for (int i = 0; i < 6; i++) {
        records[i] = record_of("k", "", "1");
        records[i].kinesis.data = data;
        records[i].kinesis.size_bytes = sizeof data;
    }
    ck_assert_uint_eq(batch_print(&event, &source, records, 6), 4);
    ck_assert_uint_le(event.size, BATCH_EVENT_MAX_BYTES);
    ck_assert_str_eq(event.data + event.size - 3, "}]}");
    buffer_clear(&event);
}
END_TEST

static const struct {
    const char *answer;
    enum batch_verdict verdict;
    size_t failed_at;
} reports[] = {
    { "", BATCH_DONE, 0 },
    { "\"\"", BATCH_DONE, 0 },
    { "[]", BATCH_DONE, 0 },
    { "null", BATCH_DONE, 0 },
    { "{}", BATCH_DONE, 0 },
    { "{\"batchItemFailures\":[]}", BATCH_DONE, 0 },
    { "{\"batchItemFailures\":null}", BATCH_DONE, 0 },
    { "{\"batchItemFailures\":[{\"itemIdentifier\":\"3\"}]}", BATCH_PARTLY, 2 },
    { "{\"batchItemFailures\":[{\"itemIdentifier\":\"3\"},{\"itemIdentifier\":\"2\"}]}", BATCH_PARTLY, 1 },
    { "{\"batchItemFailures\":[{\"itemIdentifier\":\"1\"}]}", BATCH_FAILED, 0 },
    { "{\"batchItemFailures\":[{\"itemIdentifier\":\"\"}]}", BATCH_FAILED, 0 },
    { "{\"batchItemFailures\":[{\"itemIdentifier\":null}]}", BATCH_FAILED, 0 },
    { "{\"batchItemFailures\":[{\"other\":\"2\"}]}", BATCH_FAILED, 0 },
    { "{\"batchItemFailures\":[{\"itemIdentifier\":\"9\"}]}", BATCH_FAILED, 0 },
    { "{\"batchItemFailures\":\"2\"}", BATCH_FAILED, 0 },
};

START_TEST(a_report_is_read_as_aws_reads_it)
{
    struct source_record records[3] = { record_of("k", "a", "1"), record_of("k", "b", "2"), record_of("k", "c", "3") };
    size_t failed_at = 0;

    ck_assert_int_eq(batch_read_report(reports[_i].answer, strlen(reports[_i].answer), records, 3, &failed_at), reports[_i].verdict);
    if (reports[_i].verdict == BATCH_PARTLY)
        ck_assert_uint_eq(failed_at, reports[_i].failed_at);
}
END_TEST

static bool passes(const json_t *patterns, const struct source_record *record)
{
    json_t *seen = source_kinesis.describe(&source, record);
    bool does = filter_passes(patterns, seen);

    json_decref(seen);
    return does;
}

static const struct {
    const char *pattern;
    const char *data;
    bool passes;
} filters[] = {
    { "{\"data\":{\"a\":[1]}}", "{\"a\":1}", true },
    { "{\"data\":{\"a\":[1]}}", "{\"a\":2}", false },
    { "{\"data\":{\"a\":[1,\"x\"]}}", "{\"a\":\"x\"}", true },
    { "{\"data\":{\"a\":[1]}}", "{\"a\":[3,1]}", true },
    { "{\"data\":{\"a\":{\"b\":[true]}}}", "{\"a\":{\"b\":true}}", true },
    { "{\"data\":{\"a\":{\"b\":[true]}}}", "{\"a\":5}", false },
    { "{\"data\":{\"a\":[{\"prefix\":\"ab\"}]}}", "{\"a\":\"abc\"}", true },
    { "{\"data\":{\"a\":[{\"suffix\":\"bc\"}]}}", "{\"a\":\"abc\"}", true },
    { "{\"data\":{\"a\":[{\"equals-ignore-case\":\"ABC\"}]}}", "{\"a\":\"abc\"}", true },
    { "{\"data\":{\"a\":[{\"anything-but\":[\"x\",\"y\"]}]}}", "{\"a\":\"z\"}", true },
    { "{\"data\":{\"a\":[{\"anything-but\":[\"x\",\"y\"]}]}}", "{\"a\":\"y\"}", false },
    { "{\"data\":{\"a\":[{\"anything-but\":{\"prefix\":\"x\"}}]}}", "{\"a\":\"xy\"}", false },
    { "{\"data\":{\"a\":[{\"numeric\":[\">\",1,\"<=\",5]}]}}", "{\"a\":5}", true },
    { "{\"data\":{\"a\":[{\"numeric\":[\">\",1,\"<=\",5]}]}}", "{\"a\":1}", false },
    { "{\"data\":{\"a\":[{\"exists\":true}]}}", "{\"a\":null}", true },
    { "{\"data\":{\"a\":[{\"exists\":false}]}}", "{\"b\":1}", true },
    { "{\"data\":{\"a\":[{\"exists\":true}]}}", "{\"b\":1}", false },
    { "{\"data\":{\"$or\":[{\"a\":[1]},{\"b\":[2]}]}}", "{\"b\":2}", true },
    { "{\"data\":{\"$or\":[{\"a\":[1]},{\"b\":[2]}]}}", "{\"b\":3}", false },
    { "{\"data\":{\"a\":[null]}}", "{\"a\":null}", true },
    { "{\"data\":{\"a\":[1]}}", "not json", false },
    { "{\"data\":{\"a\":[{\"exists\":false}]}}", "not json", false },
    { "{\"partitionKey\":[\"k\"],\"data\":{\"a\":[{\"exists\":false}]}}", "{}", true },
    { "{\"data\":{\"a\":[1.0]}}", "{\"a\":1}", false },
    { "{\"data\":{\"a\":[{\"numeric\":[\"=\",1.0]}]}}", "{\"a\":1}", true },
    { "{\"data\":{\"a\":[\"\"]}}", "{\"a\":\"\"}", true },
    { "{\"data\":{\"a\":[{\"anything-but\":[1]}]}}", "{\"b\":2}", false },
    { "{\"partitionKey\":[\"k\"]}", "not json", true },
    { "{\"partitionKey\":[\"other\"]}", "{}", false },
    { "{\"data\":[\"plain\"]}", "plain", true },
};

START_TEST(a_filter_lets_through_what_fits)
{
    json_t *criteria = json_pack("{s:[{s:s}]}", "Filters", "Pattern", filters[_i].pattern);
    json_t *patterns = filter_compile(criteria);
    struct source_record record = record_of("k", filters[_i].data, "1");

    ck_assert_ptr_nonnull(patterns);
    ck_assert_int_eq(passes(patterns, &record), filters[_i].passes);
    json_decref(patterns);
    json_decref(criteria);
}
END_TEST

START_TEST(one_of_several_filters_is_enough_and_none_lets_all_through)
{
    json_t *criteria = json_pack("{s:[{s:s},{s:s}]}", "Filters", "Pattern", "{\"data\":{\"a\":[1]}}", "Pattern", "{\"data\":{\"a\":[2]}}");
    json_t *patterns = filter_compile(criteria);
    struct source_record record = record_of("k", "{\"a\":2}", "1");

    ck_assert(passes(patterns, &record));
    json_decref(patterns);
    json_decref(criteria);
    patterns = filter_compile(NULL);
    ck_assert(passes(patterns, &record));
    json_decref(patterns);
}
END_TEST

static const char *const bad_patterns[] = { "",
                                            "{",
                                            "[]",
                                            "{}",
                                            "1",
                                            "{\"a\":1}",
                                            "{\"a\":[]}",
                                            "{\"a\":{}}",
                                            "{\"a\":{\"b\":\"c\"}}",
                                            "{\"a\":[{}]}",
                                            "{\"a\":[[1]]}",
                                            "{\"a\":[{\"like\":\"x\"}]}",
                                            "{\"a\":[{\"prefix\":1}]}",
                                            "{\"a\":[{\"exists\":\"yes\"}]}",
                                            "{\"a\":[{\"numeric\":[\"<\"]}]}",
                                            "{\"a\":[{\"numeric\":[\"!\",1]}]}",
                                            "{\"a\":[{\"prefix\":\"x\",\"suffix\":\"y\"}]}",
                                            "{\"$or\":[1]}",
                                            "{\"$or\":[{\"a\":1}]}",
                                            "{\"a\":[{\"anything-but\":[]}]}" };

START_TEST(a_malformed_pattern_is_refused)
{
    json_t *criteria = json_pack("{s:[{s:s}]}", "Filters", "Pattern", bad_patterns[_i]);

    ck_assert_ptr_null(filter_compile(criteria));
    json_decref(criteria);
}
END_TEST

Suite *suite_lambda_batch(void)
{
    Suite *suite = suite_create("lambda batch");
    TCase *tests = tcase_create("batch");

    tcase_add_test(tests, an_event_has_aws_keys_in_aws_order);
    tcase_add_test(tests, an_event_stays_under_six_megabytes);
    tcase_add_loop_test(tests, a_report_is_read_as_aws_reads_it, 0, sizeof reports / sizeof *reports);
    tcase_add_loop_test(tests, a_filter_lets_through_what_fits, 0, sizeof filters / sizeof *filters);
    tcase_add_test(tests, one_of_several_filters_is_enough_and_none_lets_all_through);
    tcase_add_loop_test(tests, a_malformed_pattern_is_refused, 0, sizeof bad_patterns / sizeof *bad_patterns);
    suite_add_tcase(suite, tests);
    return suite;
}
