/* The SAM transform: what AWS::Serverless::* become, compared as JSON. The names and forms are those of AWS's own translator. */

#include "suites.h"

#include "deploy/document.h"
#include "deploy/sam.h"

#include <stdlib.h>
#include <string.h>

static struct arena arena;
static struct remarks remarks;
static struct template template;
static struct scope scope;

static void clear(void)
{
    template_clear(&template);
    scope_clear(&scope);
    arena_clear(&arena);
}

/* Expands resources (behind "Resources:\n"), with what stands before them. */
static bool expand(const char *before, const char *resources)
{
    char text[8192];
    const struct node *root;

    snprintf(text, sizeof text, "Transform: AWS::Serverless-2016-10-31\n%sResources:\n%s", before, resources);
    remarks = (struct remarks){ .arena = &arena, .file = "t.yaml" };
    root = document_parse(text, strlen(text), &remarks);
    ck_assert_msg(root != NULL, "%s", remarks.error);
    scope = (struct scope){ .arena = &arena, .remarks = &remarks, .region = "us-east-1", .account = "000000000000" };
    return template_open(&template, root, &remarks) && sam_expand(&template, &scope);
}

/* The resource called id, as JSON (where ' stands for "). */
static void expect(const char *id, const char *json)
{
    struct resource *resource = template_find(&template, id);
    char wanted[4096];
    json_t *body;
    char *dump;

    ck_assert_msg(resource != NULL, "there is no %s", id);
    body = node_to_json(resource->body);
    dump = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    snprintf(wanted, sizeof wanted, "%s", json);
    for (char *quote = wanted; (quote = strchr(quote, '\'')); *quote = '"')
        ;
    ck_assert_str_eq(dump, wanted);
    free(dump);
    json_decref(body);
}

START_TEST(a_function_becomes_a_function_and_its_role)
{
    ck_assert_msg(expand("", "  F:\n"
                             "    Type: AWS::Serverless::Function\n"
                             "    Condition: Always\n"
                             "    DependsOn: T\n"
                             "    Properties:\n"
                             "      CodeUri: src/\n"
                             "      Handler: app.handler\n"
                             "      Runtime: python3.12\n"
                             "      Tags: {team: fleet}\n"
                             "      Tracing: Active\n"
                             "      Policies: [AmazonDynamoDBFullAccess]\n"),
                  "%s", remarks.error);
    ck_assert_uint_eq(template.count, 2);
    expect("F", "{'Condition':'Always','DependsOn':'T','Properties':{'CodeUri':'src/','Handler':'app.handler','Role':{'Fn::GetAtt':["
                "'FRole','Arn']},'Runtime':'python3.12','Tags':[{'Key':'lambda:createdBy','Value':'SAM'},{'Key':'team','Value':'fleet'}],"
                "'TracingConfig':{'Mode':'Active'}},'Type':'AWS::Lambda::Function'}");
    expect("FRole", "{'Condition':'Always','Properties':{'AssumeRolePolicyDocument':{'Statement':[{'Action':['sts:AssumeRole'],'Effect':"
                    "'Allow','Principal':{'Service':['lambda.amazonaws.com']}}],'Version':'2012-10-17'},'ManagedPolicyArns':['arn:aws:iam:"
                    ":aws:policy/service-role/AWSLambdaBasicExecutionRole'],'Policies':['AmazonDynamoDBFullAccess']},'Type':'AWS::IAM::"
                    "Role'}");
}
END_TEST

START_TEST(a_role_of_its_own_is_kept)
{
    ck_assert(expand("", "  F:\n    Type: AWS::Serverless::Function\n    Properties: {InlineCode: x, Role: 'arn:r'}\n"));
    ck_assert_uint_eq(template.count, 1);
    expect("F", "{'Properties':{'Code':{'ZipFile':'x'},'Role':'arn:r','Tags':[{'Key':'lambda:createdBy','Value':'SAM'}]},'Type':'AWS::"
                "Lambda::Function'}");
}
END_TEST

START_TEST(kinesis_events_become_mappings)
{
    ck_assert(expand("", "  F:\n"
                         "    Type: AWS::Serverless::Function\n"
                         "    Properties:\n"
                         "      Role: r\n"
                         "      Events:\n"
                         "        Fixes:\n"
                         "          Type: Kinesis\n"
                         "          Properties:\n"
                         "            Stream: !GetAtt S.Arn\n"
                         "            StartingPosition: TRIM_HORIZON\n"
                         "            BatchSize: 10\n"
                         "            FunctionResponseTypes: [ReportBatchItemFailures]\n"
                         "            DestinationConfig: {OnFailure: {Type: SQS, Destination: 'arn:q'}}\n"
                         "        Timer: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}\n"));
    expect("FFixes", "{'Properties':{'BatchSize':10,'DestinationConfig':{'OnFailure':{'Destination':'arn:q'}},'EventSourceArn':{'Fn::"
                     "GetAtt':'S.Arn'},'FunctionName':{'Ref':'F'},'FunctionResponseTypes':['ReportBatchItemFailures'],'StartingPosition':'"
                     "TRIM_HORIZON'},'Type':'AWS::Lambda::EventSourceMapping'}");
    ck_assert_uint_eq(template.count, 2);
    ck_assert_uint_eq(remarks.warning_count, 1);
    ck_assert_str_eq(remarks.warnings[0], "t.yaml:16: Resources.F.Properties.Events.Timer: events of type Schedule are not supported; they "
                                          "do not invoke the function");
}
END_TEST

START_TEST(changes_of_tables_become_mappings_too)
{
    ck_assert(expand("", "  F:\n"
                         "    Type: AWS::Serverless::Function\n"
                         "    Properties:\n"
                         "      Role: r\n"
                         "      EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: Lambda, Destination: 'arn:f'}}}\n"
                         "      Events:\n"
                         "        Changes:\n"
                         "          Type: DynamoDB\n"
                         "          Properties: {Stream: !GetAtt T.StreamArn, StartingPosition: LATEST, TumblingWindowInSeconds: 60}\n"));
    expect("FChanges",
           "{'Properties':{'EventSourceArn':{'Fn::GetAtt':'T.StreamArn'},'FunctionName':{'Ref':'F'},'StartingPosition':'LATEST',"
           "'TumblingWindowInSeconds':60},'Type':'AWS::Lambda::EventSourceMapping'}");
    expect("FEventInvokeConfig", "{'Properties':{'DestinationConfig':{'OnSuccess':{'Destination':'arn:f'}},'FunctionName':{'Ref':'F'},"
                                 "'Qualifier':'$LATEST'},'Type':'AWS::Lambda::EventInvokeConfig'}");
    ck_assert_uint_eq(remarks.warning_count, 0);
}
END_TEST

START_TEST(a_stream_event_gives_the_role_its_policy)
{
    ck_assert(expand("", "  F:\n    Type: AWS::Serverless::Function\n    Properties: {Events: {E: {Type: Kinesis, Properties: {Stream: a, "
                         "StartingPosition: LATEST}}}}\n"));
    expect("FRole", "{'Properties':{'AssumeRolePolicyDocument':{'Statement':[{'Action':['sts:AssumeRole'],'Effect':'Allow','Principal':{"
                    "'Service':['lambda.amazonaws.com']}}],'Version':'2012-10-17'},'ManagedPolicyArns':['arn:aws:iam::aws:policy/service-"
                    "role/AWSLambdaBasicExecutionRole','arn:aws:iam::aws:policy/service-role/AWSLambdaKinesisExecutionRole']},'Type':'AWS:"
                    ":IAM::Role'}");
}
END_TEST

START_TEST(an_alias_is_published)
{
    ck_assert(expand("", "  F:\n"
                         "    Type: AWS::Serverless::Function\n"
                         "    Properties:\n"
                         "      CodeUri: src/\n"
                         "      Role: r\n"
                         "      AutoPublishAlias: live\n"
                         "      Events: {E: {Type: Kinesis, Properties: {Stream: a}}}\n"));
    ck_assert_uint_eq(template.count, 4);
    expect("FAliaslive", "{'Properties':{'FunctionName':{'Ref':'F'},'FunctionVersion':{'Fn::GetAtt':['FVersione88f707fca','Version']},"
                         "'Name':'live'},'Type':'AWS::Lambda::Alias'}");
    expect("FVersione88f707fca", "{'Properties':{'FunctionName':{'Ref':'F'}},'Type':'AWS::Lambda::Version'}");
    expect("FE", "{'Properties':{'EventSourceArn':'a','FunctionName':{'Ref':'FAliaslive'}},'Type':'AWS::Lambda::EventSourceMapping'}");
}
END_TEST

START_TEST(globals_are_merged_into_each_function)
{
    ck_assert(expand("Globals:\n"
                     "  Function:\n"
                     "    Runtime: python3.12\n"
                     "    Timeout: 3\n"
                     "    Architectures: [x86_64]\n"
                     "    Environment: {Variables: {A: 1, B: 2}}\n"
                     "    Tags: {x: y}\n",
                     "  F:\n"
                     "    Type: AWS::Serverless::Function\n"
                     "    Properties:\n"
                     "      Role: r\n"
                     "      Timeout: 9\n"
                     "      Architectures: [arm64]\n"
                     "      Environment: {Variables: {B: !Ref X, C: 4}}\n"));
    expect("F", "{'Properties':{'Architectures':['x86_64','arm64'],'Environment':{'Variables':{'A':1,'B':{'Ref':'X'},'C':4}},'Role':'r','"
                "Runtime':'python3.12','Tags':[{'Key':'lambda:createdBy','Value':'SAM'},{'Key':'x','Value':'y'}],'Timeout':9},'Type':'AWS:"
                ":Lambda::Function'}");
}
END_TEST

START_TEST(a_simple_table_is_paid_per_request)
{
    ck_assert(expand("", "  T:\n    Type: AWS::Serverless::SimpleTable\n"
                         "  U:\n    Type: AWS::Serverless::SimpleTable\n    Properties:\n      TableName: users\n"
                         "      PrimaryKey: {Name: UserID, Type: Number}\n"
                         "      ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 6}\n      Tags: {a: b}\n"));
    expect("T", "{'Properties':{'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],'BillingMode':'PAY_PER_REQUEST','"
                "KeySchema':[{'AttributeName':'id','KeyType':'HASH'}]},'Type':'AWS::DynamoDB::Table'}");
    expect("U", "{'Properties':{'AttributeDefinitions':[{'AttributeName':'UserID','AttributeType':'N'}],'KeySchema':[{'AttributeName':'"
                "UserID','KeyType':'HASH'}],'ProvisionedThroughput':{'ReadCapacityUnits':5,'WriteCapacityUnits':6},'TableName':'users','"
                "Tags':[{'Key':'a','Value':'b'}]},'Type':'AWS::DynamoDB::Table'}");
}
END_TEST

START_TEST(a_websocket_api_becomes_its_parts)
{
    ck_assert_msg(expand("", "  W:\n"
                             "    Type: AWS::Serverless::WebSocketApi\n"
                             "    Properties:\n"
                             "      RouteSelectionExpression: $request.body.action\n"
                             "      StageName: prod\n"
                             "      Auth: {AuthType: CUSTOM, AuthArn: !GetAtt A.Arn, IdentitySource: [route.request.header.Auth]}\n"
                             "      Routes:\n"
                             "        $connect: {FunctionArn: !GetAtt F.Arn}\n"
                             "        send: {FunctionArn: !GetAtt G.Arn, IntegrationTimeout: 5000, OperationName: say}\n"),
                  "%s", remarks.error);
    ck_assert_uint_eq(template.count, 10);
    expect("W", "{'Properties':{'Name':'W','ProtocolType':'WEBSOCKET','RouteSelectionExpression':'$request.body.action','Tags':{"
                "'websocketapi:createdBy':'SAM'}},'Type':'AWS::ApiGatewayV2::Api'}");
    expect("WConnectRoute", "{'Properties':{'ApiId':{'Ref':'W'},'AuthorizationType':'CUSTOM','AuthorizerId':{'Ref':'WConnectAuthorizer'},'"
                            "RouteKey':'$connect','Target':{'Fn::Join':['/',['integrations',{'Ref':'WConnectIntegration'}]]}},'Type':'AWS:"
                            ":ApiGatewayV2::Route'}");
    expect("WsendIntegration",
           "{'Properties':{'ApiId':{'Ref':'W'},'IntegrationType':'AWS_PROXY','IntegrationUri':{'Fn::Sub':['arn:${AWS::Partition}:"
           "apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations',{'FunctionArn':{'Fn::GetAtt':'G.Arn'}}"
           "]},'TimeoutInMillis':5000},'Type':'AWS::ApiGatewayV2::Integration'}");
    expect("WsendRoute", "{'Properties':{'ApiId':{'Ref':'W'},'OperationName':'say','RouteKey':'send','Target':{'Fn::Join':['/',['"
                         "integrations',{'Ref':'WsendIntegration'}]]}},'Type':'AWS::ApiGatewayV2::Route'}");
    expect("WsendPermission", "{'Properties':{'Action':'lambda:InvokeFunction','FunctionName':{'Fn::GetAtt':'G.Arn'},'Principal':'"
                              "apigateway.amazonaws.com'},'Type':'AWS::Lambda::Permission'}");
    expect("WDefaultStage", "{'Properties':{'ApiId':{'Ref':'W'},'AutoDeploy':true,'StageName':'prod'},'Type':'AWS::ApiGatewayV2::Stage'}");
    ck_assert_ptr_nonnull(template_find(&template, "WConnectAuthorizer"));
}
END_TEST

static const struct {
    const char *resources;
    const char *error;
} refusals[] = {
    { "  W:\n    Type: AWS::Serverless::WebSocketApi\n",
      "t.yaml:3: Resources.W.Properties.Routes: Routes must be a map of route keys, with at least one and at most 300" },
    { "  W:\n    Type: AWS::Serverless::WebSocketApi\n    Properties:\n      StageName: $default\n      Routes:\n        a: {FunctionArn: "
      "f}\n",
      "t.yaml:6: Resources.W.Properties.StageName: a WebSocket API has no $default stage; give it a name" },
    { "  W:\n    Type: AWS::Serverless::WebSocketApi\n    Properties:\n      Routes:\n        a-b: {FunctionArn: f}\n",
      "t.yaml:7: Resources.W.Properties.Routes.a-b: a route key must be $connect, $disconnect, $default or alphanumeric" },
    { "  W:\n    Type: AWS::Serverless::WebSocketApi\n    Properties:\n      Routes:\n        a: {}\n",
      "t.yaml:7: Resources.W.Properties.Routes.a: Property FunctionArn cannot be empty; give the ARN of the route's function" },
    { "  W:\n    Type: AWS::Serverless::WebSocketApi\n    Properties:\n      Auth: {AuthType: CUSTOM, AuthArn: x}\n      Routes:\n"
      "        a: {FunctionArn: f}\n",
      "t.yaml:6: Resources.W.Properties.Auth: an authorizer needs a $connect route; add one to Routes" },
    { "  F:\n    Type: AWS::Serverless::Function\n    Properties: {Events: {E: {Type: Kinesis, Properties: {BatchSize: 1}}}}\n",
      "t.yaml:5: Resources.F.Properties.Events.E.Properties: Property Stream cannot be empty; give the stream's ARN" },
    { "  F:\n    Type: AWS::Serverless::Function\n    Properties: {Events: {E: {}}}\n",
      "t.yaml:5: Resources.F.Properties.Events.E: an event needs a Type, such as Kinesis" },
    { "  F:\n    Type: AWS::Serverless::Function\n  FRole:\n    Type: AWS::IAM::Role\n",
      "t.yaml:5: Resources.FRole: there is a resource of this name already; rename one of them" },
    { "  F:\n    Type: AWS::Serverless::Function\n    Properties: {AutoPublishAlias: !Ref Nobody}\n",
      "t.yaml:5: Resources.F.Properties.AutoPublishAlias.Ref: Unresolved dependencies [Nobody]. Cannot reference resources in the "
      "Conditions block of the template" },
};

START_TEST(what_sam_cannot_expand_is_refused)
{
    ck_assert(!expand("", refusals[_i].resources));
    ck_assert_str_eq(remarks.error, refusals[_i].error);
}
END_TEST

START_TEST(without_the_transform_there_is_no_serverless)
{
    const char *text = "Resources:\n  F: {Type: AWS::Serverless::Function}\n";

    remarks = (struct remarks){ .arena = &arena, .file = "t.yaml" };
    scope = (struct scope){ .arena = &arena, .remarks = &remarks };
    ck_assert(template_open(&template, document_parse(text, strlen(text), &remarks), &remarks));
    ck_assert(!sam_expand(&template, &scope));
    ck_assert_str_eq(remarks.error, "t.yaml:2: Resources.F: AWS::Serverless::Function needs the SAM transform; add Transform: "
                                    "AWS::Serverless-2016-10-31");
}
END_TEST

START_TEST(unknown_properties_are_told)
{
    ck_assert(expand("Globals: {Function: {Memory: 5}}\n", "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n"
                                                           "      Handlr: x\n"));
    ck_assert_uint_eq(remarks.warning_count, 2);
    ck_assert_str_eq(remarks.warnings[0], "t.yaml:2: Resources.F.Properties.Memory: unknown property; it is passed over");
    ck_assert_str_eq(remarks.warnings[1], "t.yaml:7: Resources.F.Properties.Handlr: unknown property; it is passed over");
}
END_TEST

Suite *suite_deploy_sam(void)
{
    Suite *suite = suite_create("deploy sam");
    TCase *tests = tcase_create("sam");

    tcase_add_checked_fixture(tests, NULL, clear);
    tcase_add_test(tests, a_function_becomes_a_function_and_its_role);
    tcase_add_test(tests, a_role_of_its_own_is_kept);
    tcase_add_test(tests, kinesis_events_become_mappings);
    tcase_add_test(tests, changes_of_tables_become_mappings_too);
    tcase_add_test(tests, a_stream_event_gives_the_role_its_policy);
    tcase_add_test(tests, an_alias_is_published);
    tcase_add_test(tests, globals_are_merged_into_each_function);
    tcase_add_test(tests, a_simple_table_is_paid_per_request);
    tcase_add_test(tests, a_websocket_api_becomes_its_parts);
    tcase_add_loop_test(tests, what_sam_cannot_expand_is_refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(tests, without_the_transform_there_is_no_serverless);
    tcase_add_test(tests, unknown_properties_are_told);
    suite_add_tcase(suite, tests);
    return suite;
}
