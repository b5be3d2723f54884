/* The clients' command lines, and what they read from the wire. */

#include "suites.h"

#include "arguments.h"
#include "fleet_options.h"
#include "local.h"
#include "producer.h"
#include "push.h"
#include "stream_options.h"
#include "watch_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 16 };

/* Splits "a b c" into an argument vector behind a name. The texts live until the next call. */
static int split(const char *line, char **argv)
{
    static char copy[512];
    int count = 1;

    argv[0] = "subcommand";
    strcpy(copy, line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        argv[count++] = word;
    return count;
}

static struct {
    bool flag;
    const char *text;
    struct option_list list;
    double number;
    int64_t count;
} values;

static const struct option_row rows[] = {
    { "--flag", OPTION_FLAG, &values.flag, 0, 0, NULL, "A flag." },
    { "--text", OPTION_TEXT, &values.text, 0, 0, "TEXT", "A text." },
    { "--list", OPTION_LIST, &values.list, 0, 0, "ITEM", "Items." },
    { "--number", OPTION_NUMBER, &values.number, 0, 10, "N", "A number." },
    { "--count", OPTION_COUNT, &values.count, 1, 1000, "N", "A count." },
    { 0 },
};

static enum arguments_outcome parse(const char *line, char *problem)
{
    char *argv[ARGUMENTS_MAX];

    memset(&values, 0, sizeof values);
    return arguments_parse(rows, split(line, argv), argv, problem);
}

START_TEST(options_are_read)
{
    char problem[256];

    ck_assert_int_eq(parse("--flag --text a --list x --list=y=z --number 2.5 --count=7", problem), ARGUMENTS_OK);
    ck_assert(values.flag);
    ck_assert_str_eq(values.text, "a");
    ck_assert_uint_eq(values.list.count, 2);
    ck_assert_str_eq(values.list.items[1], "y=z");
    ck_assert_double_eq(values.number, 2.5);
    ck_assert_int_eq(values.count, 7);
    ck_assert_int_eq(parse("--nonsense --help", problem), ARGUMENTS_HELP);
    ck_assert_int_eq(parse("--text=", problem), ARGUMENTS_OK);
    ck_assert_str_eq(values.text, "");
}
END_TEST

static const struct {
    const char *line;
    const char *problem;
} wrong[] = {
    { "--what", "unknown option \"--what\" (--help lists all)" },
    { "--fla", "unknown option \"--fla\" (--help lists all)" },
    { "--flags", "unknown option \"--flags\" (--help lists all)" },
    { "file.gpx", "unknown argument \"file.gpx\" (--help lists all)" },
    { "--flag=1", "--flag takes no value" },
    { "--text", "--text needs a value: --text TEXT" },
    { "--number x", "--number x: not a number" },
    { "--number nan", "--number nan: not a number" },
    { "--number 0x5", "--number 0x5: not a number" },
    { "--number=", "--number : not a number" },
    { "--number 11", "--number 11: not between 0 and 10" },
    { "--number -1", "--number -1: not between 0 and 10" },
    { "--count 0", "--count 0: not between 1 and 1000" },
    { "--count 2.5", "--count 2.5: not a whole number" },
};

START_TEST(wrong_options_are_named)
{
    char problem[256];

    ck_assert_int_eq(parse(wrong[_i].line, problem), ARGUMENTS_WRONG);
    ck_assert_str_eq(problem, wrong[_i].problem);
}
END_TEST

START_TEST(a_list_is_bounded)
{
    char *argv[2 * OPTION_LIST_MAX + 8];
    char problem[256];
    int count = 1;

    memset(&values, 0, sizeof values);
    for (int i = 0; i <= OPTION_LIST_MAX; i++) {
        argv[count++] = "--list";
        argv[count++] = "x";
    }
    ck_assert_int_eq(arguments_parse(rows, count, argv, problem), ARGUMENTS_WRONG);
    ck_assert_str_eq(problem, "--list is given more than 64 times");
}
END_TEST

static void forget_environment(void)
{
    static const char *const names[] = { "AWS_ENDPOINT_URL_KINESIS", "AWS_ENDPOINT_URL",      "LOWCLOUD_ENDPOINT", "AWS_REGION",
                                         "AWS_DEFAULT_REGION",       "LOWCLOUD_REGION",       "AWS_CA_BUNDLE",     "LOWCLOUD_CA_FILE",
                                         "AWS_ACCESS_KEY_ID",        "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LOWCLOUD_SEED",
                                         "LOWCLOUD_WEBSOCKET_URL" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}

static struct fleet_options fleet;

static enum arguments_outcome read_fleet(const char *line, char *problem)
{
    char *argv[ARGUMENTS_MAX];

    return fleet_options_read(&fleet, split(line, argv), argv, problem);
}

START_TEST(a_fleet_goes_to_this_machine_unless_told)
{
    char problem[256];

    ck_assert_int_eq(read_fleet("--track a.gpx --track b.gpx --stream s", problem), ARGUMENTS_OK);
    ck_assert_str_eq(fleet.remote.endpoint, "http://127.0.0.1:4566");
    ck_assert_str_eq(fleet.remote.region, "us-east-1");
    ck_assert_str_eq(fleet.remote.key, "test");
    ck_assert_int_eq(fleet.vehicles, 2);
    ck_assert_double_eq(fleet.plan.speed, 1);
    setenv("LOWCLOUD_ENDPOINT", "http://localhost:1", 1);
    ck_assert_int_eq(read_fleet("--track a --stream s", problem), ARGUMENTS_OK);
    ck_assert_str_eq(fleet.remote.endpoint, "http://localhost:1");
    setenv("AWS_ENDPOINT_URL", "http://[::1]:2", 1);
    setenv("AWS_ENDPOINT_URL_KINESIS", "", 1);
    ck_assert_int_eq(read_fleet("--track a --stream s", problem), ARGUMENTS_OK);
    ck_assert_str_eq(fleet.remote.endpoint, "http://[::1]:2");
    setenv("AWS_ENDPOINT_URL_KINESIS", "http://localhost:3", 1);
    ck_assert_int_eq(read_fleet("--track a --stream s", problem), ARGUMENTS_OK);
    ck_assert_str_eq(fleet.remote.endpoint, "http://localhost:3");
    ck_assert_int_eq(read_fleet("--track a --stream s --endpoint http://localhost:4", problem), ARGUMENTS_OK);
    ck_assert_str_eq(fleet.remote.endpoint, "http://localhost:4");
}
END_TEST

START_TEST(a_fleet_goes_to_aws_with_credentials)
{
    char problem[256];

    ck_assert_int_eq(read_fleet("--track a --stream s --endpoint aws --region eu-west-1", problem), ARGUMENTS_WRONG);
    ck_assert_str_eq(problem,
                     "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for an endpoint that is not on this machine");
    setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    setenv("AWS_SESSION_TOKEN", "token", 1);
    ck_assert_int_eq(read_fleet("--track a --stream s --endpoint aws --region eu-west-1", problem), ARGUMENTS_OK);
    ck_assert_str_eq(fleet.remote.endpoint, "https://kinesis.eu-west-1.amazonaws.com");
    ck_assert_str_eq(fleet.remote.key, "AKIDEXAMPLE");
    ck_assert_str_eq(fleet.remote.session_token, "token");
    ck_assert_int_eq(read_fleet("--track a --stream s --endpoint aws --region cn-north-1", problem), ARGUMENTS_OK);
    ck_assert_str_eq(fleet.remote.endpoint, "https://kinesis.cn-north-1.amazonaws.com.cn");
}
END_TEST

static const struct {
    const char *line;
    const char *problem;
} wrong_fleets[] = {
    { "--stream s", "no track: --track FILE is needed" },
    { "--track a", "no stream: --stream NAME is needed" },
    { "--track a --stream=", "no stream: --stream NAME is needed" },
    { "--track a --stream s --endpoint localhost:1", "--endpoint localhost:1: begins with neither http:// nor https://" },
    { "--track a --stream s --endpoint http://localhost.example.com",
      "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for an endpoint that is not on this machine" },
    { "--track a --stream s --vehicles 0", "--vehicles 0: not between 1 and 10000" },
    { "--track a --stream s --speed 0", "--speed 0: not between 0.001 and 10000" },
};

START_TEST(wrong_fleets_are_named)
{
    char problem[256];

    ck_assert_int_eq(read_fleet(wrong_fleets[_i].line, problem), ARGUMENTS_WRONG);
    ck_assert_str_eq(problem, wrong_fleets[_i].problem);
}
END_TEST

static const struct {
    const char *line;
    const char *problem; /* NULL: it is right */
} streams[] = {
    { "tail s", NULL },
    { "tail s --from 2026-11-24T09:30:00Z --shard shardId-000000000000 --count 5 --raw", NULL },
    { "put arn:aws:kinesis:us-east-1:000000000000:stream/s --key k --tries 3", NULL },
    { "", "no action: tail, put or shards is needed (--help tells more)" },
    { "drop s", "unknown action \"drop\": tail, put or shards is needed (--help tells more)" },
    { "shards", "no stream: lowcloud kinesis shards STREAM" },
    { "shards --json", "no stream: lowcloud kinesis shards STREAM" },
    { "tail s --count 0", "--count 0: not between 1 and 1e+15" },
    { "tail s t", "unknown argument \"t\" (--help lists all)" },
    { "tail s --from tomorrow", "--from tomorrow: neither start, nor latest, nor a moment such as 2026-11-24T09:30:00Z" },
    { "tail s --endpoint localhost:1", "--endpoint localhost:1: begins with neither http:// nor https://" },
};

START_TEST(streams_are_named_with_an_action)
{
    struct stream_options options;
    char *argv[32];
    char problem[256];
    enum arguments_outcome outcome = stream_options_read(&options, split(streams[_i].line, argv), argv, problem);

    ck_assert_int_eq(outcome, streams[_i].problem ? ARGUMENTS_WRONG : ARGUMENTS_OK);
    ck_assert_str_eq(problem, streams[_i].problem ? streams[_i].problem : "");
}
END_TEST

static const struct {
    const char *line;
    const char *problem; /* NULL: it is right */
} watches[] = {
    { "--url ws://x/y --clients 3 --send a --send b --reconnect", NULL },
    { "", "no address: --url ws://HOST:PORT/STAGE is needed" },
    { "--url ws://x --header nonsense", "--header is not \"Name: value\"" },
    { "--url ws://x --header :x", "--header is not \"Name: value\"" },
    { "--url ws://x --header X-A:b", NULL },
    { "--url ws://x --clients 0", "--clients 0: not between 1 and 100000" },
};

START_TEST(watches_are_read)
{
    struct watch_options options;
    char *argv[ARGUMENTS_MAX];
    char problem[256];
    int argc = split(watches[_i].line, argv);

    ck_assert_int_eq(watch_options_read(&options, argc, argv, problem), watches[_i].problem ? ARGUMENTS_WRONG : ARGUMENTS_OK);
    ck_assert_str_eq(problem, watches[_i].problem ? watches[_i].problem : "");
}
END_TEST

static const struct {
    const char *url;
    bool is_here;
} addresses[] = {
    { "http://localhost:4566", true },
    { "ws://127.0.0.1/prod", true },
    { "https://[::1]:4566/", true },
    { "wss://localhost?x", true },
    { "localhost", true },
    { "http://localhost.example.com", false },
    { "http://127.0.0.10", false },
    { "http://[::1].example.com", false },
    { "https://kinesis.us-east-1.amazonaws.com", false },
    { "http://example.com/://localhost", false },
};

START_TEST(this_machine_is_known_by_its_names)
{
    ck_assert(local_is_here(addresses[_i].url) == addresses[_i].is_here);
}
END_TEST

START_TEST(lowclouds_own_authority_is_trusted_on_this_machine_alone)
{
    char directory[] = "/tmp/lowcloud-unit-XXXXXX";
    char file[64];
    char path[4096];

    ck_assert_ptr_nonnull(mkdtemp(directory));
    setenv("LOWCLOUD_CA_DIR", directory, 1);
    ck_assert_ptr_null(local_trust("wss://localhost", NULL, path)); /* there is none yet */
    snprintf(file, sizeof file, "%s/ca.pem", directory);
    fclose(fopen(file, "w"));
    ck_assert_str_eq(local_trust("wss://localhost", NULL, path), file);
    ck_assert_ptr_null(local_trust("wss://example.com", NULL, path));
    setenv("AWS_CA_BUNDLE", "bundle.pem", 1);
    ck_assert_str_eq(local_trust("wss://localhost", NULL, path), "bundle.pem");
    ck_assert_str_eq(local_trust("wss://localhost", "mine.pem", path), "mine.pem");
    unlink(file);
    rmdir(directory);
}
END_TEST

/* What Kinesis may answer to two records, and what becomes of them. */
static const struct {
    int status;
    const char *body;
    enum producer_fate fates[2];
    const char *problems[2];
} answers[] = {
    { 200,
      "{\"FailedRecordCount\":0,\"Records\":[{\"SequenceNumber\":\"1\",\"ShardId\":\"s\"},{\"SequenceNumber\":\"2\",\"ShardId\":\"s\"}]}",
      { PRODUCER_TAKEN, PRODUCER_TAKEN },
      { "", "" } },
    { 200,
      "{\"FailedRecordCount\":1,\"Records\":[{\"ErrorCode\":\"ProvisionedThroughputExceededException\",\"ErrorMessage\":\"slow\"},"
      "{\"SequenceNumber\":\"2\",\"ShardId\":\"s\"}]}",
      { PRODUCER_DELAYED, PRODUCER_TAKEN },
      { "ProvisionedThroughputExceededException: slow", "" } },
    { 200,
      "{\"FailedRecordCount\":2,\"Records\":[{\"ErrorCode\":\"InternalFailure\",\"ErrorMessage\":\"Internal Service Failure\"},{}]}",
      { PRODUCER_DELAYED, PRODUCER_DELAYED },
      { "InternalFailure: Internal Service Failure", "no sequence number: " } },
    { 200,
      "{\"Records\":[]}",
      { PRODUCER_REFUSED, PRODUCER_REFUSED },
      { "the answer is not that of Kinesis PutRecords", "the answer is not that of Kinesis PutRecords" } },
    { 200,
      "<html>",
      { PRODUCER_REFUSED, PRODUCER_REFUSED },
      { "the answer is not that of Kinesis PutRecords", "the answer is not that of Kinesis PutRecords" } },
    { 400,
      "{\"__type\":\"ResourceNotFoundException\",\"message\":\"Stream s under account 0 not found.\"}",
      { PRODUCER_REFUSED, PRODUCER_REFUSED },
      { "ResourceNotFoundException: Stream s under account 0 not found.",
        "ResourceNotFoundException: Stream s under account 0 not found." } },
    { 400,
      "{\"__type\":\"com.amazonaws.kinesis.v20131202#LimitExceededException\",\"Message\":\"later\"}",
      { PRODUCER_DELAYED, PRODUCER_DELAYED },
      { "LimitExceededException: later", "LimitExceededException: later" } },
    { 500, "", { PRODUCER_DELAYED, PRODUCER_DELAYED }, { "HTTP status 500", "HTTP status 500" } },
    { 429, "{}", { PRODUCER_DELAYED, PRODUCER_DELAYED }, { "HTTP status 429", "HTTP status 429" } },
    { 403, "{\"message\":\"Forbidden\"}", { PRODUCER_REFUSED, PRODUCER_REFUSED }, { "Forbidden", "Forbidden" } },
    { 0, "", { PRODUCER_UNHEARD, PRODUCER_UNHEARD }, { "no line", "no line" } },
};

START_TEST(answers_of_kinesis_are_read)
{
    struct producer_result results[2];
    struct courier_answer answer = { .status = answers[_i].status,
                                     .body = answers[_i].body,
                                     .size_bytes = strlen(answers[_i].body),
                                     .problem = answers[_i].status ? NULL : "no line" };

    producer_read_answer(&answer, results, 2);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(results[i].fate, answers[_i].fates[i]);
        ck_assert_str_eq(results[i].problem, answers[_i].problems[i]);
    }
}
END_TEST

START_TEST(a_put_is_written_as_kinesis_reads_it)
{
    struct producer_record records[] = { { "{}", 2, "car-1" }, { "hello", 5, "\"" } };
    struct buffer body = { 0 };

    producer_print_body("s", records, 2, &body);
    ck_assert_str_eq(body.data, "{\"StreamName\":\"s\",\"Records\":[{\"Data\":\"e30=\",\"PartitionKey\":\"car-1\"},"
                                "{\"Data\":\"aGVsbG8=\",\"PartitionKey\":\"\\\"\"}]}");
    buffer_clear(&body);
}
END_TEST

static const struct {
    const char *text;
    int64_t time_ms; /* -1: none */
} pushes[] = {
    { "{\"ts\":1700000000000}", 1700000000000 },
    { "{\"sentAt\":1700000000000.25,\"x\":1}", 1700000000000 },
    { "{\"sentAt\":5,\"ts\":7}", 7 },
    { "{\"sentAt\":5,\"ts\":\"7\"}", 5 },
    { "{\"ts\":-1}", -1 },
    { "{\"ts\":1e300}", -1 },
    { "{\"ts\":", -1 },
    { "[1]", -1 },
    { "ts", -1 },
    { "", -1 },
};

START_TEST(the_moment_of_a_push_is_found)
{
    int64_t time_ms = -1;
    bool has_one = push_sent_at(pushes[_i].text, strlen(pushes[_i].text), &time_ms);

    ck_assert(has_one == (pushes[_i].time_ms >= 0));
    ck_assert_int_eq(time_ms, pushes[_i].time_ms);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *suite_arguments(void)
{
    Suite *suite = suite_create("arguments");
    TCase *lines = tcase_create("lines");
    TCase *wire = tcase_create("wire");

    tcase_add_checked_fixture(lines, forget_environment, NULL);
    tcase_add_test(lines, options_are_read);
    tcase_add_loop_test(lines, wrong_options_are_named, 0, COUNT(wrong));
    tcase_add_test(lines, a_list_is_bounded);
    tcase_add_test(lines, a_fleet_goes_to_this_machine_unless_told);
    tcase_add_test(lines, a_fleet_goes_to_aws_with_credentials);
    tcase_add_loop_test(lines, wrong_fleets_are_named, 0, COUNT(wrong_fleets));
    tcase_add_loop_test(lines, streams_are_named_with_an_action, 0, COUNT(streams));
    tcase_add_loop_test(lines, watches_are_read, 0, COUNT(watches));
    tcase_add_loop_test(lines, this_machine_is_known_by_its_names, 0, COUNT(addresses));
    tcase_add_test(lines, lowclouds_own_authority_is_trusted_on_this_machine_alone);
    tcase_add_loop_test(wire, answers_of_kinesis_are_read, 0, COUNT(answers));
    tcase_add_test(wire, a_put_is_written_as_kinesis_reads_it);
    tcase_add_loop_test(wire, the_moment_of_a_push_is_found, 0, COUNT(pushes));
    suite_add_tcase(suite, lines);
    suite_add_tcase(suite, wire);
    return suite;
}
