/* What `up` prints about a deployment: columns for a terminal, plain lines for programs. */

#include "suites.h"

#include "deploy/report.h"

#include <stdlib.h>

static const struct deploy_endpoint endpoints[] = { { "AWS APIs", "http://127.0.0.1:4566" }, { "chat", "ws://127.0.0.1:4566/Prod" } };

static void expect(bool is_aligned, const char *expected)
{
    struct deploy_result result = {
        .outputs = json_pack("{s:s}", "Address", "wss://x/Prod"),
        .resources = json_pack("[{s:s,s:s,s:s,s:s}, {s:s,s:s,s:s,s:s}]", "logicalId", "Fixes", "type", "AWS::Kinesis::Stream", "physicalId",
                               "fleet-fixes", "note", "", "logicalId", "R\xc3\xb6le", "type", "AWS::IAM::Role", "physicalId", "driver",
                               "note", "not enforced"),
    };
    size_t size;
    char *text;
    FILE *stream = open_memstream(&text, &size);

    deploy_report(stream, is_aligned, &result, endpoints, 2);
    fclose(stream);
    ck_assert_str_eq(text, expected);
    free(text);
    json_decref(result.outputs);
    json_decref(result.resources);
}

START_TEST(a_terminal_sees_columns)
{
    expect(true, "Endpoints\n"
                 "  AWS APIs  http://127.0.0.1:4566\n"
                 "  chat      ws://127.0.0.1:4566/Prod\n"
                 "Resources\n"
                 "  Fixes  Kinesis::Stream  fleet-fixes\n"
                 "  R\xc3\xb6le   IAM::Role        driver       not enforced\n"
                 "Outputs\n"
                 "  Address  wss://x/Prod\n");
}
END_TEST

START_TEST(a_program_reads_one_line_per_item)
{
    expect(false, "endpoint\tAWS APIs\thttp://127.0.0.1:4566\n"
                  "endpoint\tchat\tws://127.0.0.1:4566/Prod\n"
                  "resource\tFixes\tAWS::Kinesis::Stream\tfleet-fixes\t\n"
                  "resource\tR\xc3\xb6le\tAWS::IAM::Role\tdriver\tnot enforced\n"
                  "output\tAddress\twss://x/Prod\n");
}
END_TEST

Suite *suite_deploy_report(void)
{
    Suite *suite = suite_create("deploy report");
    TCase *tests = tcase_create("report");

    tcase_add_test(tests, a_terminal_sees_columns);
    tcase_add_test(tests, a_program_reads_one_line_per_item);
    suite_add_tcase(suite, tests);
    return suite;
}
