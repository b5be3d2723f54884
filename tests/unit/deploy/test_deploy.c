/* Deployments against rooms that note what they are asked: the order, the inputs, the outputs, and what is said about a broken template. */

#include "suites.h"

#include "rehearsal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct rehearsal rehearsal;

static void set_up(void)
{
    fixture_open();
    rehearsal_open(&rehearsal);
}

static void tear_down(void)
{
    rehearsal_close(&rehearsal);
    fixture_close();
}

static void expect_input(const char *head, const char *json)
{
    char wanted[4096];

    snprintf(wanted, sizeof wanted, "%s", json);
    for (char *quote = wanted; (quote = strchr(quote, '\'')); *quote = '"')
        ;
    ck_assert_str_eq(rehearsal_input(&rehearsal, head), wanted);
}

/* Whether the line that begins with `first` stands before the one that begins with `second`. */
static bool is_before(const char *first, const char *second)
{
    const char *one = strstr(rehearsal.score.data, first);
    const char *two = strstr(rehearsal.score.data, second);

    return one && two && one < two;
}

static void play(const char *text)
{
    ck_assert_msg(rehearsal_play(&rehearsal, text), "%s", rehearsal.said);
}

/* ---- whole templates ---- */

START_TEST(a_chat_is_made_in_the_order_of_its_references)
{
    char path[5000];

    snprintf(path, sizeof path, "%s/tests/unit/deploy/data/chat/template.yaml", rehearsal.home);
    ck_assert_msg(rehearsal_deploy(&rehearsal, path, NULL), "%s", rehearsal.said);
    ck_assert_str_eq(rehearsal.said, "");
    expect_input("apigateway CreateApi", "{'name':'Chat','protocolType':'WEBSOCKET','routeSelectionExpression':'$request.body.action'}");
    expect_input("dynamodb CreateTable",
                 "{'AttributeDefinitions':[{'AttributeName':'connectionId','AttributeType':'S'}],'KeySchema':[{'AttributeName':'"
                 "connectionId','KeyType':'HASH'}],'ProvisionedThroughput':{'ReadCapacityUnits':5,'WriteCapacityUnits':5},'"
                 "SSESpecification':{'Enabled':true},'TableName':'chat_connections'}");
    expect_input("apigateway CreateRoute", "{'apiId':'api-1','authorizationType':'NONE','operationName':'ConnectRoute','routeKey':'$"
                                           "connect','target':'integrations/integration-2'}");
    expect_input("apigateway CreateDeployment", "{'apiId':'api-1'}");
    expect_input("apigateway CreateStage", "{'apiId':'api-1','deploymentId':'deployment-8','description':'The only stage','stageName':'"
                                           "Prod'}");
    ck_assert(is_before("apigateway CreateApi", "apigateway CreateIntegration"));
    ck_assert(is_before("code onconnect", "\"routeKey\":\"$connect\""));
    ck_assert(is_before("\"routeKey\":\"sendmessage\"", "apigateway CreateDeployment"));
    ck_assert(is_before("apigateway CreateDeployment", "apigateway CreateStage"));
    ck_assert_str_eq(rehearsal_output(&rehearsal, "TableArn"), "arn:table/chat_connections");
    ck_assert_str_eq(rehearsal_output(&rehearsal, "Address"), "wss://api-1.execute-api.us-east-1.amazonaws.com/Prod");
    ck_assert_uint_eq(json_array_size(rehearsal.result.resources), 19);
}
END_TEST

static const char function_template[] = "Transform: AWS::Serverless-2016-10-31\n"
                                        "Resources:\n"
                                        "  Push:\n"
                                        "    Type: AWS::Serverless::Function\n"
                                        "    Properties:\n"
                                        "      CodeUri: handlers\n"
                                        "      Handler: push.handler\n"
                                        "      Runtime: python3.11\n"
                                        "      Timeout: '20'\n"
                                        "      Environment: {Variables: {PORT: 8080, DEBUG: true, VERSION: 1.10, HOME: !Ref Fixes}}\n"
                                        "      Events:\n"
                                        "        E: {Type: Kinesis, Properties: {Stream: !GetAtt Fixes.Arn, BatchSize: '10', "
                                        "BisectBatchOnFunctionError: 'true', StartingPosition: LATEST}}\n"
                                        "  Fixes: {Type: 'AWS::Kinesis::Stream'}\n";

START_TEST(a_function_is_made_from_its_folder)
{
    rehearsal_write(&rehearsal, "handlers/push.py", "def handler(event, context): pass\n");
    play(function_template);
    ck_assert_str_eq(rehearsal.said, "");
    ck_assert_int_eq(strncmp(rehearsal_input(&rehearsal, "kinesis CreateStream"), "{\"ShardCount\":1,\"StreamName\":\"lowcloud-test-", 44),
                     0);
    ck_assert_ptr_nonnull(strstr(rehearsal.score.data, "code handlers lambda deploy {\"Environment\":{\"Variables\":{\"DEBUG\":\"true\","));
    ck_assert_ptr_nonnull(strstr(rehearsal.score.data, "\"PORT\":\"8080\",\"VERSION\":\"1.10\"}"));
    ck_assert_ptr_nonnull(strstr(rehearsal.score.data, "\"Handler\":\"push.handler\",\"Role\":\"arn:aws:iam::000000000000:role/"));
    ck_assert_ptr_nonnull(strstr(rehearsal.score.data, "\"Timeout\":20}"));
    ck_assert_ptr_nonnull(strstr(rehearsal_input(&rehearsal, "lambda CreateEventSourceMapping"),
                                 "{\"BatchSize\":10,\"BisectBatchOnFunctionError\":true,\"EventSourceArn\":\"arn:kinesis/lowcloud-test-"));
    ck_assert(is_before("kinesis CreateStream", "code handlers"));
    ck_assert(is_before("code handlers", "lambda CreateEventSourceMapping"));
}
END_TEST

START_TEST(the_same_seed_gives_the_same_names)
{
    char first[512];
    char name[512];

    play("Resources:\n  Fixes: {Type: 'AWS::Kinesis::Stream'}\n");
    snprintf(first, sizeof first, "%s", rehearsal_input(&rehearsal, "kinesis CreateStream"));
    play("Resources:\n  Fixes: {Type: 'AWS::Kinesis::Stream'}\n");
    ck_assert_str_eq(rehearsal_input(&rehearsal, "kinesis CreateStream"), first);
    snprintf(name, sizeof name, "\"StreamName\":\"%s-Fixes-", strrchr(rehearsal.folder, '/') + 1);
    ck_assert_msg(strstr(first, name) != NULL, "%s in %s", name, first);
    name[0] = '\0';
    ck_assert_int_eq(sscanf(strstr(first, "-Fixes-"), "-Fixes-%[A-Z0-9]", name), 1);
    ck_assert_uint_eq(strlen(name), 12);
}
END_TEST

START_TEST(an_application_is_started_when_everything_is_made)
{
    play("Resources:\n"
         "  Out:\n"
         "    Type: AWS::KinesisAnalytics::ApplicationOutput\n"
         "    Properties:\n"
         "      ApplicationName: !Ref App\n"
         "      Output: {Name: NEAR, LambdaOutput: {ResourceARN: 'arn:f', RoleARN: r}, DestinationSchema: {RecordFormatType: JSON}}\n"
         "  App:\n"
         "    Type: AWS::KinesisAnalytics::Application\n"
         "    Properties:\n"
         "      ApplicationName: fences\n"
         "      ApplicationCode: |\n"
         "        CREATE STREAM\n"
         "      Inputs: [{NamePrefix: S, InputParallelism: {Count: '1'}, KinesisStreamsInput: {ResourceARN: 'arn:s', RoleARN: r}}]\n"
         "  Later: {Type: 'AWS::Kinesis::Stream'}\n");
    expect_input("analytics_v1 CreateApplication",
                 "{'ApplicationCode':'CREATE STREAM\\n','ApplicationName':'fences','Inputs':[{'InputParallelism':{'Count':1},'"
                 "KinesisStreamsInput':{'ResourceARN':'arn:s','RoleARN':'r'},'NamePrefix':'S'}]}");
    expect_input("analytics_v1 AddApplicationOutput",
                 "{'ApplicationName':'fences','CurrentApplicationVersionId':7,'Output':{'DestinationSchema':{'RecordFormatType':'JSON'},'"
                 "LambdaOutput':{'ResourceARN':'arn:f','RoleARN':'r'},'Name':'NEAR'}}");
    expect_input("analytics_v1 StartApplication",
                 "{'ApplicationName':'fences','InputConfigurations':[{'Id':'1.1','InputStartingPositionConfiguration':{'"
                 "InputStartingPosition':'TRIM_HORIZON'}}]}");
    ck_assert(is_before("analytics_v1 AddApplicationOutput", "analytics_v1 StartApplication"));
    ck_assert(is_before("kinesis CreateStream", "analytics_v1 StartApplication"));
}
END_TEST

START_TEST(a_sql_application_of_version_two_is_started_too)
{
    play("Resources:\n"
         "  App:\n"
         "    Type: AWS::KinesisAnalyticsV2::Application\n"
         "    Properties:\n"
         "      ApplicationName: fences\n"
         "      RuntimeEnvironment: SQL-1_0\n"
         "      ServiceExecutionRole: r\n"
         "      ApplicationConfiguration:\n"
         "        ApplicationCodeConfiguration: {CodeContentType: PLAINTEXT, CodeContent: {TextContent: x}}\n"
         "        SqlApplicationConfiguration: {Inputs: [{NamePrefix: S}]}\n"
         "  Ref:\n"
         "    Type: AWS::KinesisAnalyticsV2::ApplicationReferenceDataSource\n"
         "    Properties: {ApplicationName: !Ref App, ReferenceDataSource: {TableName: FENCES}}\n");
    expect_input("analytics_v2 CreateApplication",
                 "{'ApplicationConfiguration':{'ApplicationCodeConfiguration':{'CodeContent':{'TextContent':'x'},'CodeContentType':'"
                 "PLAINTEXT'},'SqlApplicationConfiguration':{'Inputs':[{'NamePrefix':'S'}]}},'ApplicationName':'fences','"
                 "RuntimeEnvironment':'SQL-1_0','ServiceExecutionRole':'r'}");
    expect_input("analytics_v2 AddApplicationReferenceDataSource",
                 "{'ApplicationName':'fences','CurrentApplicationVersionId':7,'ReferenceDataSource':{'TableName':'FENCES'}}");
    expect_input("analytics_v2 StartApplication",
                 "{'ApplicationName':'fences','RunConfiguration':{'SqlRunConfigurations':[{'InputId':'1.1','"
                 "InputStartingPositionConfiguration':{'InputStartingPosition':'TRIM_HORIZON'}}]}}");
}
END_TEST

START_TEST(a_websocket_api_of_sam_is_made)
{
    rehearsal_write(&rehearsal, "f/index.mjs", "export const handler = async () => ({ statusCode: 200 });\n");
    play("Transform: AWS::Serverless-2016-10-31\n"
         "Resources:\n"
         "  W:\n"
         "    Type: AWS::Serverless::WebSocketApi\n"
         "    Properties:\n"
         "      RouteSelectionExpression: $request.body.action\n"
         "      Routes:\n"
         "        $connect: {FunctionArn: !GetAtt F.Arn}\n"
         "        say: {FunctionArn: !GetAtt F.Arn}\n"
         "  F:\n"
         "    Type: AWS::Serverless::Function\n"
         "    Properties: {FunctionName: talk, CodeUri: ./f, Handler: index.handler, Runtime: nodejs20.x, Role: 'arn:r'}\n");
    expect_input("apigateway CreateIntegration",
                 "{'apiId':'api-1','integrationType':'AWS_PROXY','integrationUri':'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/"
                 "functions/arn:aws:lambda:us-east-1:000000000000:function:talk/invocations'}");
    expect_input("apigateway CreateStage", "{'apiId':'api-1','autoDeploy':true,'stageName':'default'}");
    ck_assert(is_before("\"routeKey\":\"say\"", "apigateway CreateStage"));
}
END_TEST

/* ---- forms ---- */

START_TEST(a_json_template_with_tabs_is_read)
{
    rehearsal_write(
        &rehearsal, "stack.json",
        "{\n\t\"Resources\": {\n\t\t\"S\": {\n\t\t\t\"Type\": \"AWS::Kinesis::Stream\",\n\t\t\t\"Properties\": {\"Name\": \"tram\", "
        "\"ShardCount\": \"3\"}\n\t\t}\n\t},\n\t\"Outputs\": {\"A\": {\"Value\": {\"Fn::GetAtt\": [\"S\", \"Arn\"]}}}\n}\n");
    ck_assert_msg(rehearsal_deploy(&rehearsal, "stack.json", NULL), "%s", rehearsal.said);
    expect_input("kinesis CreateStream", "{'ShardCount':3,'StreamName':'tram'}");
    ck_assert_str_eq(rehearsal_output(&rehearsal, "A"), "arn:kinesis/tram");
}
END_TEST

START_TEST(a_table_has_its_indexes_stream_and_time_to_live)
{
    play("Resources:\n"
         "  T:\n"
         "    Type: AWS::DynamoDB::Table\n"
         "    Properties:\n"
         "      TableName: seats\n"
         "      BillingMode: PAY_PER_REQUEST\n"
         "      AttributeDefinitions: [{AttributeName: a, AttributeType: S}]\n"
         "      KeySchema: [{AttributeName: a, KeyType: HASH}]\n"
         "      GlobalSecondaryIndexes:\n"
         "        - {IndexName: i, KeySchema: [{AttributeName: a, KeyType: HASH}], Projection: {ProjectionType: ALL},\n"
         "           ContributorInsightsSpecification: {Enabled: 'true', Mode: THROTTLED_KEYS}}\n"
         "      ContributorInsightsSpecification: {Enabled: false}\n"
         "      OnDemandThroughput: {MaxReadRequestUnits: '7'}\n"
         "      ResourcePolicy: {PolicyDocument: {Version: 2012-10-17, Statement: []}}\n"
         "      StreamSpecification: {StreamViewType: NEW_IMAGE}\n"
         "      TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}\n"
         "      KinesisStreamSpecification: {StreamArn: 'arn:k', ApproximateCreationDateTimePrecision: MICROSECOND}\n"
         "      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7}\n"
         "      ImportSourceSpecification: {InputFormat: CSV}\n"
         "Outputs:\n  S: {Value: !GetAtt T.StreamArn}\n");
    expect_input(
        "dynamodb CreateTable",
        "{'AttributeDefinitions':[{'AttributeName':'a','AttributeType':'S'}],'BillingMode':'PAY_PER_REQUEST','"
        "GlobalSecondaryIndexes':[{'IndexName':'i','KeySchema':[{'AttributeName':'a','KeyType':'HASH'}],'Projection':{'"
        "ProjectionType':'ALL'}}],'KeySchema':[{'AttributeName':'a','KeyType':'HASH'}],'OnDemandThroughput':{'MaxReadRequestUnits':7},"
        "'StreamSpecification':{'StreamEnabled':"
        "true,'StreamViewType':'NEW_IMAGE'},'TableName':'seats'}");
    expect_input("dynamodb UpdateTimeToLive", "{'TableName':'seats','TimeToLiveSpecification':{'AttributeName':'ttl','Enabled':true}}");
    expect_input("dynamodb EnableKinesisStreamingDestination",
                 "{'EnableKinesisStreamingConfiguration':{'ApproximateCreationDateTimePrecision':'MICROSECOND'},'StreamArn':'arn:k',"
                 "'TableName':'seats'}");
    expect_input("dynamodb UpdateContinuousBackups", "{'PointInTimeRecoverySpecification':{'PointInTimeRecoveryEnabled':true,"
                                                     "'RecoveryPeriodInDays':7},'TableName':'seats'}");
    expect_input("dynamodb PutResourcePolicy",
                 "{'Policy':'{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':[]}','ResourceArn':'arn:aws:dynamodb:us-east-1:000000000000:"
                 "table/seats'}");
    expect_input("dynamodb UpdateContributorInsights", "{'ContributorInsightsAction':'ENABLE','ContributorInsightsMode':'THROTTLED_KEYS',"
                                                       "'IndexName':'i','TableName':'seats'}");
    ck_assert_str_eq(rehearsal_output(&rehearsal, "S"), "arn:stream/seats");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(rehearsal.result.resources, 0), "note")),
                     "of no effect: ImportSourceSpecification");
}
END_TEST

START_TEST(what_is_dropped_is_not_made)
{
    play("Parameters:\n  Stage: {Type: String, Default: dev}\n"
         "Conditions:\n  Prod: !Equals [!Ref Stage, prod]\n"
         "Resources:\n"
         "  A: {Type: 'AWS::Kinesis::Stream', Condition: Prod, Properties: {Name: a}}\n"
         "  B: {Type: 'AWS::Kinesis::Stream', DependsOn: A, Properties: {Name: !If [Prod, !Ref A, b]}}\n"
         "Outputs:\n  A: {Condition: Prod, Value: !Ref A}\n  B: {Value: !Ref B}\n");
    ck_assert_ptr_null(strstr(rehearsal.score.data, "\"a\""));
    ck_assert_uint_eq(json_object_size(rehearsal.result.outputs), 1);
    ck_assert_str_eq(rehearsal_output(&rehearsal, "B"), "b");
}
END_TEST

START_TEST(what_is_not_enforced_still_has_a_name_and_attributes)
{
    play("Resources:\n"
         "  R: {Type: 'AWS::IAM::Role', Properties: {RoleName: driver, AssumeRolePolicyDocument: {}}}\n"
         "  B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: maps}}\n"
         "  Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: dead}}\n"
         "  P: {Type: 'AWS::SSM::Parameter', Properties: {Name: /a, Type: String, Value: v}}\n"
         "  X: {Type: 'AWS::AppSync::GraphQLApi', Properties: {Name: x}}\n"
         "Outputs:\n"
         "  A: {Value: !Sub '${R}|${R.Arn}|${B.Arn}|${Q}|${Q.Arn}|${P.Value}'}\n"
         "  B: {Value: !GetAtt X.Arn}\n"
         "  C: {Value: !GetAtt X.GraphQLUrl}\n");
    ck_assert_str_eq(rehearsal_output(&rehearsal, "A"),
                     "driver|arn:aws:iam::000000000000:role/driver|arn:aws:s3:::maps|https://sqs.us-east-1.amazonaws.com/000000000000/dead|"
                     "arn:aws:sqs:us-east-1:000000000000:dead|v");
    ck_assert_int_eq(strncmp(rehearsal_output(&rehearsal, "B"), "arn:aws:appsync:us-east-1:000000000000:", 39), 0);
    ck_assert_str_eq(rehearsal_output(&rehearsal, "C") + strlen(rehearsal_output(&rehearsal, "C")) - 11, ".GraphQLUrl");
    ck_assert_ptr_nonnull(strstr(rehearsal.said,
                                 "lowcloud: warn: template.yaml:6: Resources.X: unknown type AWS::AppSync::GraphQLApi; it is not made\n"
                                 "lowcloud: warn: template.yaml:10: Outputs.C.Value.Fn::GetAtt: the attribute GraphQLUrl of the unknown "
                                 "type AWS::AppSync::GraphQLApi is made up: "));
    ck_assert_ptr_null(rehearsal.score.data);
}
END_TEST

START_TEST(unknown_properties_are_warnings_with_their_lines)
{
    play("Resources:\n"
         "  T:\n"
         "    Type: AWS::DynamoDB::Table\n"
         "    Properties:\n"
         "      TableNam: x\n"
         "      KeySchema:\n"
         "        - {AttributeName: a, KeyTyp: HASH}\n");
    ck_assert_str_eq(rehearsal.said,
                     "lowcloud: warn: template.yaml:5: Resources.T.Properties.TableNam: unknown property; it is passed over\n"
                     "lowcloud: warn: template.yaml:7: Resources.T.Properties.KeySchema[0].KeyTyp: unknown property; it is passed over\n");
}
END_TEST

START_TEST(a_room_may_answer_later)
{
    rehearsal.unanswered = "CreateApi";
    play("Resources:\n  A: {Type: 'AWS::ApiGatewayV2::Api', Properties: {Name: n, ProtocolType: WEBSOCKET}}\n"
         "Outputs:\n  A: {Value: !GetAtt A.ApiEndpoint}\n");
    ck_assert_str_eq(rehearsal_output(&rehearsal, "A"), "wss://api-1");
}
END_TEST

START_TEST(a_refusal_names_the_resource)
{
    rehearsal.refused = "CreateStream";
    rehearsal.refusal = ERR_LIMIT_EXCEEDED;
    ck_assert(!rehearsal_play(&rehearsal, "Resources:\n  A: {Type: 'AWS::Kinesis::Stream'}\n"));
    ck_assert_str_eq(rehearsal.said, "lowcloud: error: template.yaml:2: Resources.A: CreateStream of AWS::Kinesis::Stream was refused: "
                                     "LimitExceededException: the room says no\n");
    rehearsal.refused = "deploy";
    rehearsal_write(&rehearsal, "f/index.py", "");
    ck_assert(!rehearsal_play(&rehearsal, "Resources:\n  F: {Type: 'AWS::Lambda::Function', Properties: {Code: f, Handler: index.h, "
                                          "Runtime: python3.11, Role: r}}\n"));
    ck_assert_str_eq(rehearsal.said, "lowcloud: error: template.yaml:2: Resources.F: CreateFunction was refused: the room says no\n");
}
END_TEST

START_TEST(inline_code_and_packages_are_code_too)
{
    rehearsal_write(&rehearsal, "code.zip", "PK..");
    play("Resources:\n"
         "  F: {Type: 'AWS::Lambda::Function', Properties: {Code: {ZipFile: 'x = 1'}, Handler: index.h, Runtime: python3.11, Role: r, "
         "FunctionName: f}}\n"
         "  G: {Type: 'AWS::Lambda::Function', Properties: {Code: code.zip, Handler: index.h, Runtime: python3.11, Role: r, FunctionName: "
         "g, "
         "ReservedConcurrentExecutions: 2, Tags: [{Key: a, Value: b}]}}\n");
    ck_assert_ptr_nonnull(strstr(rehearsal.score.data, "code inline-F lambda deploy {\"FunctionName\":\"f\""));
    expect_input("lambda CreateFunction", "{'Code':{'ZipFile':'UEsuLg=='},'FunctionName':'g','Handler':'index.h','Role':'r','Runtime':'"
                                          "python3.11','Tags':{'a':'b'}}");
    expect_input("lambda PutFunctionConcurrency", "{'FunctionName':'g','ReservedConcurrentExecutions':2}");
}
END_TEST

/* The CDK leaves code in a folder that the metadata names, the Serverless Framework as a package beside its template. */
START_TEST(code_that_other_tools_would_upload_is_found)
{
    rehearsal_write(&rehearsal, "asset.1234/index.js", "exports.handler = async () => 1;\n");
    rehearsal_write(&rehearsal, "service.zip", "PK..");
    rehearsal_write(
        &rehearsal, "Fleet.template.json",
        "{\"Resources\":{"
        "\"F\":{\"Type\":\"AWS::Lambda::Function\",\"Properties\":{\"Code\":{\"S3Bucket\":{\"Fn::Sub\":\"cdk-assets-${AWS::AccountId}\"},"
        "\"S3Key\":\"1234.zip\"},\"Role\":\"r\",\"Handler\":\"index.handler\",\"Runtime\":\"nodejs20.x\"},"
        "\"Metadata\":{\"aws:asset:path\":\"asset.1234\",\"aws:asset:property\":\"Code\"}},"
        "\"G\":{\"Type\":\"AWS::Lambda::Function\",\"Properties\":{\"Code\":{\"S3Bucket\":\"b\",\"S3Key\":\"a/b/service.zip\"},"
        "\"Role\":\"r\",\"Handler\":\"index.handler\",\"Runtime\":\"nodejs20.x\"}}},"
        "\"Rules\":{\"CheckBootstrapVersion\":{\"Assertions\":[]}}}\n");
    ck_assert_msg(rehearsal_deploy(&rehearsal, "Fleet.template.json", NULL), "%s", rehearsal.said);
    ck_assert_ptr_nonnull(strstr(rehearsal.score.data, "code asset.1234 lambda deploy "));
    ck_assert_ptr_nonnull(strstr(rehearsal_input(&rehearsal, "lambda CreateFunction"), "{\"Code\":{\"ZipFile\":\"UEsuLg==\"}"));
}
END_TEST

START_TEST(without_versions_the_function_answers_for_its_alias)
{
    rehearsal_write(&rehearsal, "f/bootstrap", "#!/bin/sh\n");
    play(
        "Transform: AWS::Serverless-2016-10-31\n"
        "Resources:\n"
        "  F: {Type: 'AWS::Serverless::Function', Properties: {FunctionName: f, CodeUri: f, Runtime: provided.al2023, Handler: x, Role: r, "
        "AutoPublishAlias: live, Events: {E: {Type: Kinesis, Properties: {Stream: 'arn:s', StartingPosition: LATEST}}}}}\n");
    expect_input("lambda CreateEventSourceMapping", "{'EventSourceArn':'arn:s','FunctionName':'arn:aws:lambda:us-east-1:000000000000:"
                                                    "function:f','StartingPosition':'LATEST'}");
}
END_TEST

/* ---- what is refused ---- */

#define STREAM "  S: {Type: 'AWS::Kinesis::Stream'}\n"

static const struct {
    const char *text;
    const char *error; /* behind "lowcloud: error: template.yaml" */
} refusals[] = {
    { "[a]\n", ":1: a template is a map with a Resources section, not a list" },
    { "Description: x\n", ":1: At least one Resources member must be defined; add a resource" },
    { "Resources: {}\n", ":1: At least one Resources member must be defined; add a resource" },
    { "Resource:\n  A: {}\n", ":1: Invalid template property or properties [Resource]; the sections are Resources, Parameters, Outputs and "
                              "their like" },
    { "Resources: [a]\n", ":1: Resources: this section must be a map, not a list" },
    { "Resources:\n  A: 5\n", ":2: Resources.A: a resource is a map with a Type, not a number" },
    { "Resources:\n  A: {}\n", ":2: Resources.A: Every Resources object must contain a Type member; add one" },
    { "Resources:\n  A-B: {Type: X}\n", ":2: Resources.A-B: Resource name A-B is non alphanumeric; use letters and digits" },
    { "Resources:\n  A:\n    Type: X\n    Name: y\n", ":4: Resources.A: Invalid template resource property 'Name'; what configures the "
                                                      "resource stands under Properties" },
    { "Resources:\n  A:\n    Type: X\n    Properties: [y]\n", ":4: Resources.A: Properties must be a map, not a list" },
    { "Resources:\n  A: {Type: X, Condition: Nope}\n", ":2: Resources.A: Unresolved condition dependency Nope; define it in the Conditions "
                                                       "section" },
    { "Resources:\n  A: {Type: X, DependsOn: B}\n", ":2: Resources.A.DependsOn: Unresolved resource dependencies [B] in the Resources "
                                                    "block of the template" },
    { "Resources:\n  S:\n    Type: AWS::Kinesis::Stream\n    Properties:\n      ShardCount: many\n",
      ":5: Resources.S.Properties.ShardCount: a number is needed here, not \"many\"" },
    { "Resources:\n  S:\n    Type: AWS::Kinesis::Stream\n    Properties:\n      StreamModeDetails: ON_DEMAND\n",
      ":5: Resources.S.Properties.StreamModeDetails: a map is needed here, not \"ON_DEMAND\"" },
    { "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      KeySchema: a\n",
      ":5: Resources.T.Properties.KeySchema: a list is needed here, not \"a\"" },
    { "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n", ":2: Resources.T.Properties: Property KeySchema cannot be empty; add it" },
    { "Resources:\n  S:\n    Type: AWS::ApiGatewayV2::Stage\n    Properties: {ApiId: a, StageName: s, AutoDeploy: maybe}\n",
      ":4: Resources.S.Properties.AutoDeploy: true or false is needed here, not \"maybe\"" },
    { "Resources:\n  S:\n    Type: AWS::ApiGatewayV2::Api\n    Properties: {Name: [a]}\n",
      ":4: Resources.S.Properties.Name: a text is needed here, not a list" },
    { "Resources:\n" STREAM "Outputs:\n  O: {}\n", ":4: Outputs.O: Every Outputs member must contain a Value object; add one" },
    { "Resources:\n" STREAM "Outputs:\n  O: {Value: [a]}\n", ":4: Outputs.O.Value: a text is needed here, not a list" },
    { "Globals: {Fnction: {}}\nTransform: AWS::Serverless-2016-10-31\nResources:\n" STREAM,
      ":1: Globals.Fnction: 'Globals' section is invalid: it is not supported here" },
    { "Resources:\n  A:\n    Type: AWS::ApiGatewayV2::Api\n    Properties:\n      Body: {openapi: '3'}\n",
      ":5: Resources.A.Properties.Body: APIs from OpenAPI documents are HTTP APIs, which lowcloud does not have; use WebSocket routes" },
    /* circles */
    { "Resources:\n  A: {Type: X, DependsOn: A}\n", ":2: Resources.A: Circular dependency between resources: [A]; take out one of the "
                                                    "references A -> A" },
    { "Resources:\n  Z: {Type: X}\n  C: {Type: X, DependsOn: B}\n  A:\n    Type: X\n    Properties: {P: !Ref C}\n"
      "  B: {Type: X, Properties: {P: !Sub '${A.Arn}'}}\n",
      ":3: Resources.C: Circular dependency between resources: [C, B, A]; take out one of the references C -> B -> A -> C" },
    /* code */
    { "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: nowhere\n      Handler: a.b\n      Runtime: "
      "python3.11\n      Role: r\n",
      ":5: Resources.F.Properties.Code: there is no folder or package at FOLDER/nowhere; correct the path, or build first" },
    { "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: .\n      Handler: app/main.go\n      Runtime: "
      "python3.11\n      Role: r\n",
      ":6: Resources.F.Properties.Handler: app/main.go is in FOLDER/app/main.py, which does not exist; correct Handler or CodeUri, or "
      "build first (sam build) and give .aws-sam/build/template.yaml" },
    { "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: .\n      Handler: app.h\n      Runtime: nodejs20.x\n"
      "      Role: r\n",
      ":6: Resources.F.Properties.Handler: app.h is in FOLDER/app.js, which does not exist; correct Handler or CodeUri, or build first "
      "(sam build) and give .aws-sam/build/template.yaml" },
    { "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: .\n      Handler: h\n      Runtime: provided.al2\n"
      "      Role: r\n",
      ":7: Resources.F.Properties.Runtime: FOLDER holds no bootstrap, which provided.al2 runs; build the function first" },
    { "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: {S3Bucket: b, S3Key: k}\n      Role: r\n",
      ":5: Resources.F.Properties.Code: code in S3 is not reached from here; give a local folder, or put the package beside the template" },
    { "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: {ZipFile: x}\n      Runtime: java21\n      Role: "
      "r\n",
      ":5: Resources.F.Properties.Code: code in the template is for Python and Node.js alone; give a folder" },
    { "Resources:\n  F: {Type: 'AWS::Lambda::Function', Properties: {Role: r, Handler: a.b, Runtime: python3.11}}\n",
      ":2: Resources.F: a function needs its code; give CodeUri (or Code) a folder beside the template" },
    { "Resources:\n  F: {Type: 'AWS::Lambda::Function', Properties: {Code: .}}\n",
      ":2: Resources.F.Properties: Property Role cannot be empty; add it" },
};

/* FOLDER in the expected text stands for the test's own folder. */
static void expand_folder(const char *error, char *expected, size_t size)
{
    const char *place = strstr(error, "FOLDER");

    if (place)
        snprintf(expected, size, "lowcloud: error: template.yaml%.*s%s%s\n", (int)(place - error), error, rehearsal.folder,
                 place + strlen("FOLDER"));
    else
        snprintf(expected, size, "lowcloud: error: template.yaml%s\n", error);
}

START_TEST(a_broken_template_is_refused_with_its_line)
{
    char expected[2048];

    expand_folder(refusals[_i].error, expected, sizeof expected);
    ck_assert(!rehearsal_play(&rehearsal, refusals[_i].text));
    ck_assert_str_eq(rehearsal.said, expected);
    if (!strstr(expected, "Outputs.O.Value")) /* what an output is worth is only known at the end */
        ck_assert_ptr_null(rehearsal.score.data);
}
END_TEST

Suite *suite_deploy(void)
{
    Suite *suite = suite_create("deploy");
    TCase *tests = tcase_create("deploy");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_chat_is_made_in_the_order_of_its_references);
    tcase_add_test(tests, a_function_is_made_from_its_folder);
    tcase_add_test(tests, the_same_seed_gives_the_same_names);
    tcase_add_test(tests, an_application_is_started_when_everything_is_made);
    tcase_add_test(tests, a_sql_application_of_version_two_is_started_too);
    tcase_add_test(tests, a_websocket_api_of_sam_is_made);
    tcase_add_test(tests, a_json_template_with_tabs_is_read);
    tcase_add_test(tests, a_table_has_its_indexes_stream_and_time_to_live);
    tcase_add_test(tests, what_is_dropped_is_not_made);
    tcase_add_test(tests, what_is_not_enforced_still_has_a_name_and_attributes);
    tcase_add_test(tests, unknown_properties_are_warnings_with_their_lines);
    tcase_add_test(tests, a_room_may_answer_later);
    tcase_add_test(tests, a_refusal_names_the_resource);
    tcase_add_test(tests, inline_code_and_packages_are_code_too);
    tcase_add_test(tests, code_that_other_tools_would_upload_is_found);
    tcase_add_test(tests, without_versions_the_function_answers_for_its_alias);
    tcase_add_loop_test(tests, a_broken_template_is_refused_with_its_line, 0, sizeof refusals / sizeof *refusals);
    suite_add_tcase(suite, tests);
    return suite;
}
