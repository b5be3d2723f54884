/* Deployments into the real rooms: the chat of tests/unit/deploy/data and the shipped fleet; and a second run on the same data. */

#include "suites.h"

#include "fixture.h"

#include "apigateway/apigateway.h"
#include "base/buffer.h"
#include "base/text.h"
#include "deploy/deploy.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct deploy_result result;

static bool deploy(struct world *world, const char *path)
{
    struct deploy_rooms rooms = {
        .apigateway = apigateway_service(world->apigateway),
        .dynamodb = dynamodb_service(world->dynamodb),
        .kinesis = kinesis_service(world->kinesis),
        .lambda = lambda_service(world->lambda),
        .analytics_v1 = analytics_service_v1(world->analytics),
        .analytics_v2 = analytics_service_v2(world->analytics),
        .functions = world->lambda,
        .deploy_code = lambda_deploy_directory,
        .analytics = world->analytics,
        .name_reference = analytics_reference_file,
    };

    return deploy_template(&world->ground, &rooms, path, NULL, 0, &result);
}

static void forget(void)
{
    json_decref(result.outputs);
    json_decref(result.resources);
    result = (struct deploy_result){ 0 };
}

static void tear_down(void)
{
    forget();
    fixture_close();
}

static void add_stage(void *context, const char *name, const char *api_id, const char *stage)
{
    (void)api_id;
    buffer_print(context, "%s/%s;", name, stage);
}

/* "name/stage;" of each. */
static void expect_stages(struct world *world, const char *expected)
{
    struct buffer stages = { 0 };

    apigateway_each_stage(world->apigateway, add_stage, &stages);
    ck_assert_str_eq(stages.data ? stages.data : "", expected);
    buffer_clear(&stages);
}

/* What the result says of a resource under key. */
static const char *told(const char *logical_id, const char *key)
{
    for (size_t i = 0; i < json_array_size(result.resources); i++) {
        json_t *resource = json_array_get(result.resources, i);

        if (text_is(json_string_value(json_object_get(resource, "logicalId")), logical_id))
            return json_string_value(json_object_get(resource, key));
    }
    ck_abort_msg("%s was not made", logical_id);
}

START_TEST(a_chat_stands_in_the_rooms)
{
    json_t *answer;

    ck_assert(deploy(&fixture_world, "tests/unit/deploy/data/chat/template.yaml"));
    expect_stages(&fixture_world, "Chat/Prod;");
    answer = fixture_done(dynamodb_service(fixture_world.dynamodb), "DescribeTable", "{'TableName':'chat_connections'}");
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(answer, "Table"), "TableStatus")), "ACTIVE");
    answer = fixture_done(lambda_service(fixture_world.lambda), "ListFunctions", "{}");
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "Functions")), 3);
}
END_TEST

START_TEST(the_fleet_stands_in_the_rooms_and_its_application_runs)
{
    json_t *answer;

    ck_assert(deploy(&fixture_world, "scenarios/fleet/template.yaml"));
    expect_stages(&fixture_world, "tracking/prod;");
    answer = fixture_done(analytics_service_v1(fixture_world.analytics), "DescribeApplication", "{'ApplicationName':'fleet-fences'}");
    answer = json_object_get(answer, "ApplicationDetail");
    ck_assert_str_eq(json_string_value(json_object_get(answer, "ApplicationStatus")), "RUNNING");
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "OutputDescriptions")), 1);
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "ReferenceDataSourceDescriptions")), 1);
    answer = fixture_done(kinesis_service(fixture_world.kinesis), "DescribeStreamSummary", "{'StreamName':'fleet-fixes'}");
    fixture_expect(json_object_get(json_object_get(answer, "StreamDescriptionSummary"), "OpenShardCount"), "2");
}
END_TEST

/* ---- a second run on the same data ---- */

static const char kept_template[] = "Transform: AWS::Serverless-2016-10-31\n"
                                    "Resources:\n"
                                    "  Seats: {Type: AWS::Serverless::SimpleTable}\n"
                                    "  Fixes: {Type: AWS::Kinesis::Stream}\n"
                                    "  Api:\n"
                                    "    Type: AWS::ApiGatewayV2::Api\n"
                                    "    Properties: {Name: kept, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.a}\n"
                                    "  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: s, AutoDeploy: "
                                    "true}}\n"
                                    "  Push:\n"
                                    "    Type: AWS::Serverless::Function\n"
                                    "    Properties:\n"
                                    "      InlineCode: 'def handler(event, context): pass'\n"
                                    "      Handler: index.handler\n"
                                    "      Runtime: python3.11\n"
                                    "      AutoPublishAlias: live\n"
                                    "      Events:\n"
                                    "        E: {Type: Kinesis, Properties: {Stream: !GetAtt Fixes.Arn, StartingPosition: TRIM_HORIZON}}\n";

static int remove_entry(const char *path, const struct stat *entry, int kind, struct FTW *place)
{
    (void)entry;
    (void)kind;
    (void)place;
    return remove(path);
}

static void open_kept(struct world *world, const char *folder, int64_t seed)
{
    struct world_options options = { .port = -1, .seed = seed, .frozen_ms = FIXTURE_TIME_MS, .data_directory = folder };

    ck_assert_int_eq(world_open(world, &options), OK);
}

START_TEST(a_second_run_on_the_same_data_finds_its_resources)
{
    static const char *const same[] = { "Seats", "Fixes", "Push" };
    static const char *const kept[] = { "Seats", "Fixes" };
    char folder[] = "/tmp/lowcloud-test-XXXXXX";
    char names[3][256];
    char path[128];
    struct world world;
    FILE *file;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/template.yaml", folder);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(kept_template, file);
    fclose(file);

    open_kept(&world, folder, 1);
    ck_assert(deploy(&world, path));
    for (size_t i = 0; i < 3; i++)
        snprintf(names[i], sizeof names[i], "%s", told(same[i], "physicalId"));
    world_close(&world);
    forget();

    open_kept(&world, folder, 2); /* another seed: what has the same name has it from the data */
    ck_assert(deploy(&world, path));
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(told(same[i], "physicalId"), names[i]);
    for (size_t i = 0; i < 2; i++)
        ck_assert_str_eq(told(kept[i], "note"), "kept from an earlier run");
    expect_stages(&world, "kept/s;");
    world_close(&world);
    forget();
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
END_TEST

Suite *suite_deploy_rooms(void)
{
    Suite *suite = suite_create("deploy rooms");
    TCase *tests = tcase_create("rooms");
    TCase *again = tcase_create("again");

    tcase_add_checked_fixture(tests, fixture_open, tear_down);
    tcase_add_test(tests, a_chat_stands_in_the_rooms);
    tcase_add_test(tests, the_fleet_stands_in_the_rooms_and_its_application_runs);
    tcase_add_test(again, a_second_run_on_the_same_data_finds_its_resources);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, again);
    return suite;
}
