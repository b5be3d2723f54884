/* The control plane: what each version of the API answers, and how each refuses. */

#include "suites.h"

#include "analytics/play.h"
#include "base/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COPY                                                                    \
    "CREATE OR REPLACE STREAM \"OUT\" (\"id\" VARCHAR(16), \"seq\" INTEGER);\n" \
    "CREATE OR REPLACE PUMP \"P\" AS INSERT INTO \"OUT\" SELECT STREAM \"id\", \"seq\" FROM \"SOURCE_SQL_STREAM_001\";"
#define ROLE "'RoleARN':'arn:aws:iam::000000000000:role/r'"
#define PUSH "{'ResourceARN':'arn:aws:lambda:us-east-1:000000000000:function:push'," ROLE "}"
#define JSON_FORMAT "'DestinationSchema':{'RecordFormatType':'JSON'}"
#define TO_FUNCTION ",'Outputs':[{'Name':'OUT','LambdaOutput':" PUSH "," JSON_FORMAT "}]"
#define SCHEMA(type) "{'RecordFormat':{'RecordFormatType':'JSON'},'RecordColumns':[{'Name':'A','SqlType':'" type "'}]}"
#define STREAM_INPUT "'KinesisStreamsInput':{'ResourceARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes'," ROLE "}"
#define NAMED "'ApplicationName':'app'"
#define AT_1 NAMED ",'CurrentApplicationVersionId':1"

static void create(void)
{
    play_create(COPY, TO_FUNCTION ",'ApplicationDescription':'copies','Tags':[{'Key':'k','Value':'v'}]");
}

START_TEST(v1_describes_what_was_created)
{
    create();
    fixture_expect(
        fixture_done(play_v1(), "DescribeApplication", "{" NAMED "}"),
        "{'ApplicationDetail':{'ApplicationARN':'arn:aws:kinesisanalytics:us-east-1:000000000000:application/app','ApplicationCode':"
        "'CREATE OR REPLACE STREAM \\\"OUT\\\" (\\\"id\\\" VARCHAR(16), \\\"seq\\\" INTEGER);\\nCREATE OR REPLACE PUMP \\\"P\\\" AS INSERT "
        "INTO "
        "\\\"OUT\\\" SELECT STREAM \\\"id\\\", \\\"seq\\\" FROM \\\"SOURCE_SQL_STREAM_001\\\";','ApplicationDescription':'copies',"
        "'ApplicationName':'app','ApplicationStatus':'READY','ApplicationVersionId':1,'CloudWatchLoggingOptionDescriptions':[],"
        "'CreateTimestamp':1700000000.0,'InputDescriptions':[{'InAppStreamNames':['SOURCE_SQL_STREAM_001'],'InputId':'1.1',"
        "'InputParallelism':{'Count':1},'InputSchema':{'RecordColumns':[{'Mapping':'$.id','Name':'id','SqlType':'VARCHAR(16)'},"
        "{'Mapping':'$.seq','Name':'seq','SqlType':'INTEGER'},{'Mapping':'$.lat','Name':'lat','SqlType':'DOUBLE'},"
        "{'Mapping':'$.lon','Name':'lon','SqlType':'DOUBLE'}],'RecordFormat':{'MappingParameters':{'JSONMappingParameters':"
        "{'RecordRowPath':'$'}},'RecordFormatType':'JSON'}},'InputStartingPositionConfiguration':{},"
        "'KinesisStreamsInputDescription':{'ResourceARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes'," ROLE "},"
        "'NamePrefix':'SOURCE_SQL_STREAM'}],'LastUpdateTimestamp':1700000000.0,'OutputDescriptions':[{" JSON_FORMAT
        ",'LambdaOutputDescription':" PUSH ",'Name':'OUT','OutputId':'1.1'}],'ReferenceDataSourceDescriptions':[]}}");
}
END_TEST

#define V2_APPLICATION                                                                                                             \
    "{'ApplicationName':'two','RuntimeEnvironment':'SQL-1_0','ServiceExecutionRole':'arn:aws:iam::000000000000:role/r',"           \
    "'ApplicationConfiguration':{'SqlApplicationConfiguration':{'Inputs':[{'NamePrefix':'S','KinesisStreamsInput':{'ResourceARN':" \
    "'arn:aws:kinesis:us-east-1:000000000000:stream/fixes'},'InputParallelism':{'Count':2},'InputSchema':" SCHEMA(                 \
        "INTEGER") "}],"                                                                                                           \
                   "'Outputs':[{'Name':'OUT','LambdaOutput':{'ResourceARN':'arn:aws:lambda:us-east-1:000000000000:function:push'}" \
                   "," JSON_FORMAT "}]},"                                                                                          \
                   "'ApplicationCodeConfiguration':{'CodeContentType':'PLAINTEXT','CodeContent':{'TextContent':"                   \
                   "'CREATE STREAM OUT (A INT); CREATE PUMP P AS INSERT INTO OUT SELECT STREAM A FROM S_002'}},"                   \
                   "'EnvironmentProperties':{'PropertyGroups':[]}}}"

START_TEST(v2_describes_the_same_applications)
{
    json_t *detail, *sql;

    create();
    detail = json_object_get(fixture_done(play_v2(), "CreateApplication", V2_APPLICATION), "ApplicationDetail");
    ck_assert_str_eq(json_string_value(json_object_get(detail, "RuntimeEnvironment")), "SQL-1_0");
    ck_assert_str_eq(json_string_value(json_object_get(detail, "ServiceExecutionRole")), "arn:aws:iam::000000000000:role/r");
    sql = json_object_get(json_object_get(detail, "ApplicationConfigurationDescription"), "SqlApplicationConfigurationDescription");
    fixture_expect(json_object_get(json_array_get(json_object_get(sql, "InputDescriptions"), 0), "InAppStreamNames"), "['S_001','S_002']");
    fixture_expect(json_object_get(sql, "OutputDescriptions"),
                   "[{" JSON_FORMAT ",'LambdaOutputDescription':{'ResourceARN':'arn:aws:lambda:us-east-1:000000000000:function:push'},"
                   "'Name':'OUT','OutputId':'1.1'}]");
    fixture_expect(
        json_object_get(json_object_get(detail, "ApplicationConfigurationDescription"), "ApplicationCodeConfigurationDescription"),
        "{'CodeContentDescription':{'CodeMD5':'0a270a69ae9d90cf25169b75bf8188db','CodeSize':86,'TextContent':"
        "'CREATE STREAM OUT (A INT); CREATE PUMP P AS INSERT INTO OUT SELECT STREAM A FROM S_002'},'CodeContentType':'PLAINTEXT'}");
    fixture_done(
        play_v2(), "StartApplication",
        "{'ApplicationName':'two','RunConfiguration':{'SqlRunConfigurations':[{'InputId':'1.1','InputStartingPositionConfiguration':"
        "{'InputStartingPosition':'TRIM_HORIZON'}}]}}");
    play_turn();
    fixture_expect(fixture_done(play_v2(), "ListApplications", "{}"),
                   "{'ApplicationSummaries':[{'ApplicationARN':'arn:aws:kinesisanalytics:us-east-1:000000000000:application/app',"
                   "'ApplicationName':'app','ApplicationStatus':'READY','ApplicationVersionId':1,'RuntimeEnvironment':'SQL-1_0'},"
                   "{'ApplicationARN':'arn:aws:kinesisanalytics:us-east-1:000000000000:application/two','ApplicationName':'two',"
                   "'ApplicationStatus':'RUNNING','ApplicationVersionId':1,'RuntimeEnvironment':'SQL-1_0'}]}");
}
END_TEST

START_TEST(applications_are_listed_in_pages)
{
    create();
    fixture_done(play_v2(), "CreateApplication", V2_APPLICATION);
    fixture_expect(fixture_done(play_v1(), "ListApplications", "{'Limit':1}"),
                   "{'ApplicationSummaries':[{'ApplicationARN':'arn:aws:kinesisanalytics:us-east-1:000000000000:application/app',"
                   "'ApplicationName':'app','ApplicationStatus':'READY'}],'HasMoreApplications':true}");
    fixture_expect(fixture_done(play_v1(), "ListApplications", "{'Limit':1,'ExclusiveStartApplicationName':'app'}"),
                   "{'ApplicationSummaries':[{'ApplicationARN':'arn:aws:kinesisanalytics:us-east-1:000000000000:application/two',"
                   "'ApplicationName':'two','ApplicationStatus':'READY'}],'HasMoreApplications':false}");
    ck_assert_str_eq(json_string_value(json_object_get(fixture_done(play_v2(), "ListApplications", "{'Limit':1}"), "NextToken")), "app");
    fixture_expect(fixture_done(play_v2(), "ListApplications", "{'NextToken':'two'}"), "{'ApplicationSummaries':[]}");
}
END_TEST

START_TEST(an_update_names_parts_by_id_and_counts_the_version_up)
{
    json_t *detail;

    create();
    play_start("NOW");
    fixture_done(
        play_v1(), "UpdateApplication",
        "{" AT_1
        ",'ApplicationUpdate':{'ApplicationCodeUpdate':'CREATE STREAM \\\"OUT\\\" (N INT, NAME VARCHAR(8)); CREATE PUMP P AS INSERT INTO "
        "\\\"OUT\\\" SELECT STREAM \\\"seq\\\" * 2, \\\"id\\\" FROM "
        "T_001','InputUpdates':[{'InputId':'1.1','NamePrefixUpdate':'T','InputSchemaUpdate':{"
        "'RecordColumnUpdates':[{'Name':'id','SqlType':'VARCHAR(3)'},{'Name':'seq','SqlType':'BIGINT'}]}}],"
        "'OutputUpdates':[{'OutputId':'1.1','LambdaOutputUpdate':{'ResourceARNUpdate':"
        "'arn:aws:lambda:us-east-1:000000000000:function:other'}}]}}");
    play_put("{\"id\":\"abcdef\",\"seq\":21}");
    ck_assert_str_eq(play_data(0), "{\"N\":42,\"NAME\":\"abc\"}");
    ck_assert_str_eq(play_first()->function, "arn:aws:lambda:us-east-1:000000000000:function:other");
    detail = json_object_get(fixture_done(play_v1(), "DescribeApplication", "{" NAMED "}"), "ApplicationDetail");
    ck_assert_int_eq(json_integer_value(json_object_get(detail, "ApplicationVersionId")), 2);
    fixture_expect(json_object_get(json_array_get(json_object_get(detail, "OutputDescriptions"), 0), "LambdaOutputDescription"),
                   "{'ResourceARN':'arn:aws:lambda:us-east-1:000000000000:function:other'," ROLE "}");
    play_answer(NULL, NULL);
    fixture_done(
        play_v2(), "UpdateApplication",
        "{" NAMED
        ",'CurrentApplicationVersionId':2,'ApplicationConfigurationUpdate':{'ApplicationCodeConfigurationUpdate':{'CodeContentUpdate':{"
        "'TextContentUpdate':'CREATE STREAM \\\"OUT\\\" (N INT); CREATE PUMP P AS INSERT INTO \\\"OUT\\\" SELECT STREAM \\\"seq\\\" FROM "
        "T_001'}}}}");
    play_put("{\"id\":\"abcdef\",\"seq\":21}");
    ck_assert_str_eq(play_data(0), "{\"N\":21}");
}
END_TEST

START_TEST(outputs_come_and_go_while_it_runs)
{
    json_t *answer;

    play_create(COPY, "");
    play_start("NOW");
    answer = fixture_done(
        play_v2(), "AddApplicationOutput",
        "{" AT_1 ",'Output':{'Name':'OUT','LambdaOutput':{'ResourceARN':'arn:aws:lambda:us-east-1:000000000000:function:a'}," JSON_FORMAT
        "}}");
    fixture_expect(answer, "{'ApplicationARN':'arn:aws:kinesisanalytics:us-east-1:000000000000:application/app','ApplicationVersionId':2,"
                           "'OutputDescriptions':[{" JSON_FORMAT ",'LambdaOutputDescription':{'ResourceARN':"
                           "'arn:aws:lambda:us-east-1:000000000000:function:a'},'Name':'OUT','OutputId':'2.1'}]}");
    play_put("{\"id\":\"a\",\"seq\":1}");
    ck_assert_uint_eq(play_waiting(), 1);
    fixture_done(play_v1(), "DeleteApplicationOutput", "{" NAMED ",'CurrentApplicationVersionId':2,'OutputId':'2.1'}");
    play_answer(NULL, NULL);
    play_put("{\"id\":\"b\",\"seq\":2}");
    ck_assert_uint_eq(play_waiting(), 0);
}
END_TEST

START_TEST(tags_are_kept)
{
#define ARN "'ResourceARN':'arn:aws:kinesisanalytics:us-east-1:000000000000:application/app'"
    create();
    fixture_done(play_v1(), "TagResource", "{" ARN ",'Tags':[{'Key':'k','Value':'w'},{'Key':'l'}]}");
    fixture_expect(fixture_done(play_v2(), "ListTagsForResource", "{" ARN "}"), "{'Tags':[{'Key':'k','Value':'w'},{'Key':'l'}]}");
    fixture_done(play_v2(), "UntagResource", "{" ARN ",'TagKeys':['k','none']}");
    fixture_expect(fixture_done(play_v1(), "ListTagsForResource", "{" ARN "}"), "{'Tags':[{'Key':'l'}]}");
}
END_TEST

/* ---- refusals, of an application "app" at version 1, READY ---- */

#define CREATE(members) "{'ApplicationName':'new'" members "}"

static const struct {
    int version; /* of the API */
    const char *operation;
    const char *input;
    enum error_id error;
    const char *message;
} refusals[] = {
    { 1, "DescribeApplication", "{'ApplicationName':'none'}", ERR_RESOURCE_NOT_FOUND, "Application none not found." },
    { 1, "DescribeApplication", "{'ApplicationName':'a b'}", ERR_VALIDATION,
      "1 validation error detected: Value 'a b' at 'applicationName' failed to satisfy constraint: Member must satisfy regular expression "
      "pattern: "
      "[a-zA-Z0-9_.-]+" },
    { 1, "CreateApplication", "{" NAMED "}", ERR_RESOURCE_IN_USE, "Application with name app already exists." },
    { 1, "CreateApplication", CREATE(",'ApplicationCode':'CREATE STREAM S (A INT);\\nGROUP'"), ERR_CODE_VALIDATION,
      "From line 2, column 1 to line 2, column 5: GROUP is not supported by lowcloud: it runs filters, expressions, pumps and joins with "
      "reference data; "
      "a statement is CREATE STREAM or CREATE PUMP" },
    { 1, "CreateApplication", CREATE(",'Inputs':[{'NamePrefix':'S'," STREAM_INPUT ",'InputSchema':" SCHEMA("NUMBER") "}]"),
      ERR_INVALID_ARGUMENT, "Column 'A' has the SQL type 'NUMBER', which is not known" },
    { 1, "CreateApplication",
      CREATE(",'Inputs':[{'NamePrefix':'S'," STREAM_INPUT ",'InputSchema':{'RecordFormat':{'RecordFormatType':'JSON'},'RecordColumns':["
             "{'Name':'A','SqlType':'INT','Mapping':'$..x'}]}}]"),
      ERR_INVALID_ARGUMENT, "The mapping '$..x' of column 'A' is not a JSONPath that can be followed" },
    { 1, "CreateApplication", CREATE(",'Inputs':[{'NamePrefix':'S','InputSchema':" SCHEMA("INT") "}]"), ERR_INVALID_ARGUMENT,
      "Input must have a KinesisStreamsInput" },
    { 1, "CreateApplication",
      CREATE(",'Inputs':[{'NamePrefix':'S','KinesisFirehoseInput':{'ResourceARN':'arn:f'," ROLE "},'InputSchema':" SCHEMA("INT") "}]"),
      ERR_INVALID_ARGUMENT, "KinesisFirehoseInput is not supported by lowcloud: there are no delivery streams" },
    { 1, "CreateApplication",
      CREATE(",'Inputs':[{'NamePrefix':'S'," STREAM_INPUT ",'InputSchema':" SCHEMA("INT") "},{'NamePrefix':'T'," STREAM_INPUT
                                                                                          ",'InputSchema':" SCHEMA("INT") "}]"),
      ERR_INVALID_ARGUMENT, "An application has at most one input" },
    { 1, "CreateApplication", CREATE(",'Outputs':[{'Name':'O'," JSON_FORMAT "}]"), ERR_INVALID_ARGUMENT,
      "Output must have exactly one of KinesisStreamsOutput, KinesisFirehoseOutput and LambdaOutput" },
    { 1, "CreateApplication", CREATE(",'Inputs':[{'NamePrefix':'S','KinesisStreamsInput':{'ResourceARN':'arn:x'},'InputSchema':{}}]"),
      ERR_VALIDATION,
      "3 validation errors detected: Value null at 'inputs.1.member.kinesisStreamsInput.roleARN' failed to satisfy constraint: Member must "
      "not be null; "
      "Value null at 'inputs.1.member.inputSchema.recordFormat' failed to satisfy constraint: Member must not be null; Value null at "
      "'inputs.1.member.inputSchema.recordColumns' failed to satisfy constraint: Member must not be null" },
    { 2, "CreateApplication", "{'ApplicationName':'new','RuntimeEnvironment':'FLINK-1_15','ServiceExecutionRole':'arn:r'}",
      ERR_UNSUPPORTED_OPERATION, "RuntimeEnvironment FLINK-1_15 is not supported by lowcloud: SQL-1_0 is" },
    { 1, "StartApplication", "{'ApplicationName':'app','InputConfigurations':[{'Id':'9.9','InputStartingPositionConfiguration':{}}]}",
      ERR_INVALID_ARGUMENT, "Application app has no input with id 9.9." },
    { 1, "StopApplication", "{" NAMED "}", ERR_RESOURCE_IN_USE, "Application app cannot be stopped while it is in READY state." },
    { 1, "DeleteApplication", "{" NAMED ",'CreateTimestamp':1600000000}", ERR_INVALID_ARGUMENT,
      "CreateTimestamp does not match the time at which application app was created." },
    { 1, "DeleteApplicationOutput", "{" AT_1 ",'OutputId':'7.1'}", ERR_RESOURCE_NOT_FOUND, "Application app has no OutputId 7.1." },
    { 1, "DeleteApplicationOutput", "{" NAMED ",'CurrentApplicationVersionId':5,'OutputId':'1.1'}", ERR_CONCURRENT_MODIFICATION,
      "Invalid application version id: 5. The current version of application app is 1." },
    { 1, "UpdateApplication", "{" AT_1 ",'ApplicationUpdate':{'OutputUpdates':[{'OutputId':'7.1'}]}}", ERR_RESOURCE_NOT_FOUND,
      "Application app has no OutputId 7.1." },
    { 1, "UpdateApplication", "{" AT_1 ",'ApplicationUpdate':{'ApplicationCodeUpdate':'CREATE'}}", ERR_CODE_VALIDATION,
      "At line 1, column 7: The code ends where STREAM or PUMP is expected" },
    { 1, "AddApplicationInput", "{" AT_1 ",'Input':{'NamePrefix':'S'," STREAM_INPUT ",'InputSchema':" SCHEMA("INT") "}}",
      ERR_INVALID_ARGUMENT, "An application has at most one input" },
    { 1, "ListTagsForResource", "{'ResourceARN':'arn:aws:kinesisanalytics:us-east-1:000000000000:application/none'}",
      ERR_RESOURCE_NOT_FOUND, "Resource arn:aws:kinesisanalytics:us-east-1:000000000000:application/none not found." },
};

START_TEST(refused_in_words)
{
    struct fixture_answer answer;

    create();
    answer = fixture_call(refusals[_i].version == 1 ? play_v1() : play_v2(), refusals[_i].operation, refusals[_i].input);
    ck_assert_str_eq(answer.message, refusals[_i].message);
    ck_assert_int_eq(answer.error, refusals[_i].error);
    ck_assert_str_eq(play_status(), "READY");
}
END_TEST

START_TEST(a_running_application_cannot_be_started_and_needs_its_stream)
{
    create();
    fixture_done(kinesis_service(fixture_world.kinesis), "DeleteStream", "{'StreamName':'fixes'}");
    play_turn();
    ck_assert_str_eq(fixture_call(play_v1(), "StartApplication", "{" NAMED ",'InputConfigurations':[]}").message,
                     "There is no stream arn:aws:kinesis:us-east-1:000000000000:stream/fixes for the application to read");
    fixture_done(kinesis_service(fixture_world.kinesis), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    play_turn();
    play_start("NOW");
    ck_assert_int_eq(fixture_call(play_v1(), "StartApplication", "{" NAMED ",'InputConfigurations':[]}").error, ERR_RESOURCE_IN_USE);
}
END_TEST

START_TEST(an_output_of_a_stream_that_is_not_created_is_refused_at_start)
{
    struct fixture_answer answer;

    play_create("CREATE STREAM S (A INT)", TO_FUNCTION);
    answer = fixture_call(play_v1(), "StartApplication", "{" NAMED ",'InputConfigurations':[]}");
    ck_assert_int_eq(answer.error, ERR_INVALID_APPLICATION_CONFIGURATION);
    ck_assert_str_eq(answer.message, "The code creates no in-application stream 'OUT', which is the name of an output");
}
END_TEST

Suite *suite_analytics_operations(void)
{
    Suite *suite = suite_create("analytics operations");
    TCase *tests = tcase_create("operations");

    tcase_add_checked_fixture(tests, play_open, play_close);
    tcase_add_test(tests, v1_describes_what_was_created);
    tcase_add_test(tests, v2_describes_the_same_applications);
    tcase_add_test(tests, applications_are_listed_in_pages);
    tcase_add_test(tests, an_update_names_parts_by_id_and_counts_the_version_up);
    tcase_add_test(tests, outputs_come_and_go_while_it_runs);
    tcase_add_test(tests, tags_are_kept);
    tcase_add_loop_test(tests, refused_in_words, 0, (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, a_running_application_cannot_be_started_and_needs_its_stream);
    tcase_add_test(tests, an_output_of_a_stream_that_is_not_created_is_refused_at_start);
    suite_add_tcase(suite, tests);
    return suite;
}
