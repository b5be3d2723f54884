/* Applications through their operations: from a record in a stream to a function's answer. */

#include "suites.h"

#include "analytics/play.h"
#include "base/base64.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY                                                                    \
    "CREATE OR REPLACE STREAM \"OUT\" (\"id\" VARCHAR(16), \"seq\" INTEGER);\n" \
    "CREATE OR REPLACE PUMP \"P\" AS INSERT INTO \"OUT\" SELECT STREAM \"id\", \"seq\" FROM \"SOURCE_SQL_STREAM_001\";"
#define ROLE "'RoleARN':'arn:aws:iam::000000000000:role/r'"
#define ROLE_UPDATE "'RoleARNUpdate':'arn:aws:iam::000000000000:role/r'"
#define PUSH "{'ResourceARN':'arn:aws:lambda:us-east-1:000000000000:function:push'," ROLE "}"
#define OUTPUT(name, format) "{'Name':'" name "','LambdaOutput':" PUSH ",'DestinationSchema':{'RecordFormatType':'" format "'}}"
#define TO_FUNCTION ",'Outputs':[" OUTPUT("OUT", "JSON") "]"

static void open_copy(void)
{
    play_create(COPY, TO_FUNCTION);
    play_start("TRIM_HORIZON");
}

static void advance(int64_t ms)
{
    world_advance(&fixture_world, ms);
    play_turn();
}

/* ---- delivery ---- */

START_TEST(a_record_becomes_a_row_in_the_functions_event)
{
    const json_t *event, *record;
    const struct trace_event *batch, *cause;

    open_copy();
    play_put("{\"id\":\"car\",\"seq\":7,\"lat\":1.5}");
    ck_assert_uint_eq(play_waiting(), 1);
    event = play_first()->payload;
    record = json_array_get(json_object_get(event, "records"), 0);
    ck_assert_str_eq(play_first()->function, "arn:aws:lambda:us-east-1:000000000000:function:push");
    ck_assert_str_eq(json_string_value(json_object_get(event, "applicationArn")),
                     "arn:aws:kinesisanalytics:us-east-1:000000000000:application/app");
    ck_assert_uint_eq(json_string_length(json_object_get(event, "invocationId")), 36);
    ck_assert_uint_eq(json_string_length(json_object_get(record, "recordId")), 36);
    fixture_expect(json_object_get(record, "lambdaDeliveryRecordMetadata"), "{'retryHint':0}");
    ck_assert_str_eq(play_data(0), "{\"id\":\"car\",\"seq\":7}");
    batch = trace_find(fixture_world.ground.trace, play_first()->cause);
    ck_assert_int_eq(batch->kind, TRACE_BATCH);
    ck_assert_str_eq(batch->subject, "app/OUT");
    ck_assert_int_eq(batch->size_bytes, 1);
    cause = trace_find(fixture_world.ground.trace, batch->cause);
    ck_assert_int_eq(cause->kind, TRACE_RECORD);
    play_answer(NULL, NULL);
    advance(60000);
    ck_assert_uint_eq(play_waiting(), 0);
}
END_TEST

START_TEST(rows_of_one_batch_go_together_and_newer_ones_wait)
{
    open_copy();
    play_put("{\"id\":\"a\",\"seq\":1}\n{\"id\":\"b\",\"seq\":2}\n");
    play_put("{\"id\":\"c\",\"seq\":3}");
    play_put("{\"id\":\"d\",\"seq\":4}");
    ck_assert_uint_eq(play_waiting(), 1);
    ck_assert_str_eq(play_data(0), "{\"id\":\"a\",\"seq\":1}");
    ck_assert_str_eq(play_data(1), "{\"id\":\"b\",\"seq\":2}");
    play_answer(NULL, NULL);
    ck_assert_uint_eq(play_waiting(), 1);
    ck_assert_str_eq(play_data(0), "{\"id\":\"c\",\"seq\":3}");
    ck_assert_str_eq(play_data(1), "{\"id\":\"d\",\"seq\":4}");
    play_answer(NULL, NULL);
    ck_assert_uint_eq(play_waiting(), 0);
}
END_TEST

static const char *record_id(size_t record)
{
    static char id[2][37];
    const json_t *value = json_object_get(json_array_get(json_object_get(play_first()->payload, "records"), record), "recordId");

    snprintf(id[record % 2], 37, "%s", json_string_value(value));
    return id[record % 2];
}

static json_int_t retry_hint(size_t record)
{
    const json_t *metadata =
        json_object_get(json_array_get(json_object_get(play_first()->payload, "records"), record), "lambdaDeliveryRecordMetadata");

    return json_integer_value(json_object_get(metadata, "retryHint"));
}

/* Each answer leaves something undelivered. %1$s is the first record's id, %2$s the second's. */
static const struct {
    const char *payload;
    const char *error;
    size_t again; /* records that are sent again */
} bad_answers[] = {
    { "{'records':[{'recordId':'%1$s','result':'Ok'},{'recordId':'%2$s','result':'DeliveryFailed'}]}", NULL, 1 },
    { "{'records':[{'recordId':'%1$s','result':'Ok'}]}%2$.0s", NULL, 1 },
    { "{'records':[{'recordId':'%1$s','result':'Ok'},{'recordId':'%2$s'}]}", NULL, 1 },
    { "{'records':[{'recordId':'%1$s','result':'ok'},{'recordId':'%2$s','result':1}]}", NULL, 2 },
    { "{'records':[{'recordId':'other','result':'Ok'}]}%1$.0s%2$.0s", NULL, 2 },
    { "{'records':[]}%1$.0s%2$.0s", NULL, 2 },
    { "null%1$.0s%2$.0s", NULL, 2 },
    { "not JSON%1$.0s%2$.0s", NULL, 2 },
    { "{}%1$.0s%2$.0s", "Unhandled", 2 },
};

START_TEST(what_is_not_delivered_is_sent_again)
{
    char payload[512];
    char last[37];

    open_copy();
    play_put("{\"id\":\"a\",\"seq\":1}{\"id\":\"b\",\"seq\":2}");
    strcpy(last, record_id(1));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(payload, sizeof payload, bad_answers[_i].payload, record_id(0), last);
#pragma GCC diagnostic pop
    play_answer(payload, bad_answers[_i].error);
    ck_assert_uint_eq(play_waiting(), 0); /* not at once */
    play_put("{\"id\":\"c\",\"seq\":3}");
    ck_assert_uint_eq(play_waiting(), 0); /* newer rows do not overtake */
    advance(500);
    ck_assert_uint_eq(play_waiting(), 1);
    ck_assert_uint_eq(json_array_size(json_object_get(play_first()->payload, "records")), bad_answers[_i].again);
    ck_assert_str_eq(record_id(bad_answers[_i].again - 1), last);
    ck_assert_int_eq(retry_hint(0), 1);
    play_answer(NULL, NULL);
    ck_assert_str_eq(play_data(0), "{\"id\":\"c\",\"seq\":3}");
    ck_assert_int_eq(retry_hint(0), 0);
    play_answer(NULL, NULL);
}
END_TEST

START_TEST(pauses_between_attempts_grow_to_a_bound)
{
    static const int64_t pauses[] = { 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000 };

    open_copy();
    play_put("{\"id\":\"a\",\"seq\":1}");
    for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
        ck_assert_int_eq(retry_hint(0), (json_int_t)i);
        play_answer(NULL, "Unhandled");
        advance(pauses[i] - 1);
        ck_assert_uint_eq(play_waiting(), 0);
        advance(1);
        ck_assert_uint_eq(play_waiting(), 1);
    }
}
END_TEST

START_TEST(csv_rows_and_the_error_stream_are_outputs_too)
{
    play_create(COPY, ",'Outputs':[" OUTPUT("OUT", "CSV") "," OUTPUT("error_stream", "JSON") "]");
    play_start("NOW");
    play_put("{\"id\":\"a, \\\"b\\\"\",\"seq\":1}");
    ck_assert_str_eq(play_data(0), "\"a, \"\"b\"\"\",1\n");
    play_answer(NULL, NULL);
    play_put("{\"id\":\"a\",\"seq\":1.5}");
    ck_assert_ptr_nonnull(strstr(play_data(0), "\"ERROR_NAME\":\"COERCION_ERROR\",\"MESSAGE\":\"Column seq: A number with a fraction"));
    ck_assert_ptr_nonnull(strstr(play_data(0), "\"DATA_ROW\":\"7B226964223A2261222C22736571223A312E357D\""));
    play_answer(NULL, NULL);
    play_put("no JSON");
    ck_assert_ptr_nonnull(strstr(play_data(0), "The record is not JSON"));
}
END_TEST

START_TEST(large_rows_are_split_over_invocations)
{
    size_t total = 0;
    struct buffer record = { 0 };

    play_create(
        "CREATE STREAM \"OUT\" (A VARCHAR(65535), \"seq\" INTEGER);\n"
        "CREATE STREAM MID (A VARCHAR(65535), \"seq\" INTEGER);\n"
        "CREATE PUMP M AS INSERT INTO MID SELECT STREAM \"id\" || \"id\" || \"id\" || \"id\", \"seq\" FROM \"SOURCE_SQL_STREAM_001\";\n"
        "CREATE PUMP P AS INSERT INTO \"OUT\" SELECT STREAM A || A || A || A || A || A || A || A || A || A || A || A || A || A || A, "
        "\"seq\" FROM MID",
        TO_FUNCTION);
    play_start("TRIM_HORIZON");
    for (int i = 0; i < 9000; i++)
        buffer_print(&record, "{\"id\":\"0123456789abcdef\",\"seq\":%d}", i);
    play_put(record.data);
    buffer_clear(&record);
    for (int i = 0; i < 3 && play_waiting(); i++) { /* the fake refuses more than 6 MB */
        total += json_array_size(json_object_get(play_first()->payload, "records"));
        play_answer(NULL, NULL);
    }
    ck_assert_uint_eq(total, 9000);
}
END_TEST

/* ---- to a stream ---- */

static json_t *read_stream(const char *stream)
{
    char input[512];
    json_t *answer;

    snprintf(input, sizeof input, "{'StreamName':'%s','ShardId':'shardId-000000000000','ShardIteratorType':'TRIM_HORIZON'}", stream);
    answer = fixture_done(kinesis_service(fixture_world.kinesis), "GetShardIterator", input);
    snprintf(input, sizeof input, "{'ShardIterator':'%s'}", json_string_value(json_object_get(answer, "ShardIterator")));
    return json_object_get(fixture_done(kinesis_service(fixture_world.kinesis), "GetRecords", input), "Records");
}

START_TEST(rows_go_to_a_stream_and_wait_while_it_is_absent)
{
    json_t *records;

    play_create(COPY,
                ",'Outputs':[{'Name':'OUT','KinesisStreamsOutput':{'ResourceARN':'arn:aws:kinesis:us-east-1:000000000000:stream/rows'," ROLE
                "},'DestinationSchema':{'RecordFormatType':'JSON'}}]");
    play_start("TRIM_HORIZON");
    play_put("{\"id\":\"a\",\"seq\":1}{\"id\":\"b\",\"seq\":2}");
    fixture_done(kinesis_service(fixture_world.kinesis), "CreateStream", "{'StreamName':'rows','ShardCount':1}");
    play_turn();
    ck_assert_uint_eq(json_array_size(read_stream("rows")), 0);
    advance(500);
    records = read_stream("rows");
    ck_assert_uint_eq(json_array_size(records), 2);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(records, 0), "Data")), "eyJpZCI6ImEiLCJzZXEiOjF9");
    ck_assert_str_ne(json_string_value(json_object_get(json_array_get(records, 0), "PartitionKey")),
                     json_string_value(json_object_get(json_array_get(records, 1), "PartitionKey")));
}
END_TEST

/* ---- where reading begins ---- */

START_TEST(now_reads_what_comes_and_trim_horizon_what_is_there)
{
    play_create(COPY, TO_FUNCTION);
    play_put("{\"id\":\"before\",\"seq\":1}");
    play_start("NOW");
    ck_assert_uint_eq(play_waiting(), 0);
    play_put("{\"id\":\"after\",\"seq\":2}");
    ck_assert_str_eq(play_data(0), "{\"id\":\"after\",\"seq\":2}");
    play_answer(NULL, NULL);
    fixture_done(play_v1(), "StopApplication", "{'ApplicationName':'app'}");
    play_turn();
    ck_assert_str_eq(play_status(), "READY");
    play_put("{\"id\":\"later\",\"seq\":3}");
    ck_assert_uint_eq(play_waiting(), 0);
    play_start("LAST_STOPPED_POINT");
    ck_assert_str_eq(play_data(0), "{\"id\":\"later\",\"seq\":3}");
    play_answer(NULL, NULL);
    fixture_done(play_v1(), "StopApplication", "{'ApplicationName':'app'}");
    play_turn();
    play_start("TRIM_HORIZON");
    ck_assert_str_eq(play_data(0), "{\"id\":\"before\",\"seq\":1}");
    ck_assert_str_eq(play_data(2), "{\"id\":\"later\",\"seq\":3}");
}
END_TEST

START_TEST(stopping_waits_for_the_delivery_under_way)
{
    open_copy();
    play_put("{\"id\":\"a\",\"seq\":1}");
    fixture_done(play_v1(), "StopApplication", "{'ApplicationName':'app'}");
    play_turn();
    ck_assert_str_eq(play_status(), "STOPPING");
    ck_assert_int_eq(fixture_call(play_v1(), "StopApplication", "{'ApplicationName':'app'}").error, ERR_RESOURCE_IN_USE);
    play_answer(NULL, "Unhandled");
    ck_assert_str_eq(play_status(), "READY");
    advance(60000);
    ck_assert_uint_eq(play_waiting(), 0);
    play_start("LAST_STOPPED_POINT"); /* what was not delivered still waits */
    ck_assert_int_eq(retry_hint(0), 1);
}
END_TEST

START_TEST(a_deleted_application_leaves_its_invocation_behind)
{
    open_copy();
    play_put("{\"id\":\"a\",\"seq\":1}");
    fixture_done(play_v1(), "DeleteApplication", "{'ApplicationName':'app','CreateTimestamp':1700000000}");
    ck_assert_int_eq(fixture_call(play_v1(), "DescribeApplication", "{'ApplicationName':'app'}").error, ERR_RESOURCE_NOT_FOUND);
    play_answer(NULL, NULL);
    play_put("{\"id\":\"b\",\"seq\":2}");
    ck_assert_uint_eq(play_waiting(), 0);
}
END_TEST

START_TEST(all_shards_are_read_and_a_new_stream_of_the_name_too)
{
    const struct service *kinesis = kinesis_service(fixture_world.kinesis);

    open_copy();
    fixture_done(kinesis, "UpdateShardCount", "{'StreamName':'fixes','TargetShardCount':2,'ScalingType':'UNIFORM_SCALING'}");
    play_turn();
    play_put("{\"id\":\"a\",\"seq\":1}");
    ck_assert_str_eq(play_data(0), "{\"id\":\"a\",\"seq\":1}");
    play_answer(NULL, NULL);
    fixture_done(kinesis, "DeleteStream", "{'StreamName':'fixes'}");
    play_turn();
    advance(1000);
    fixture_done(kinesis, "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    play_turn();
    play_put("{\"id\":\"b\",\"seq\":2}");
    ck_assert_str_eq(play_data(0), "{\"id\":\"b\",\"seq\":2}");
}
END_TEST

START_TEST(now_skips_what_is_in_the_children_of_a_shard_too)
{
    play_create(COPY, TO_FUNCTION);
    fixture_done(kinesis_service(fixture_world.kinesis), "UpdateShardCount",
                 "{'StreamName':'fixes','TargetShardCount':2,'ScalingType':'UNIFORM_SCALING'}");
    play_turn();
    play_put("{\"id\":\"before\",\"seq\":1}");
    play_start("NOW");
    play_put("{\"id\":\"after\",\"seq\":2}");
    ck_assert_uint_eq(play_waiting(), 1);
    ck_assert_str_eq(play_data(0), "{\"id\":\"after\",\"seq\":2}");
}
END_TEST

/* A function takes thousands of records at once, PutRecords 500: what failed in the one goes to the other in parts. */
START_TEST(an_output_may_change_its_kind_while_records_wait)
{
    struct buffer record = { 0 };

    open_copy();
    for (int i = 0; i < 1200; i++)
        buffer_print(&record, "{\"id\":\"a\",\"seq\":%d}", i);
    play_put(record.data);
    buffer_clear(&record);
    play_answer(NULL, "Unhandled");
    fixture_done(kinesis_service(fixture_world.kinesis), "CreateStream", "{'StreamName':'rows','ShardCount':1}");
    fixture_done(play_v1(), "UpdateApplication",
                 "{'ApplicationName':'app','CurrentApplicationVersionId':1,'ApplicationUpdate':{'OutputUpdates':[{'OutputId':'1.1',"
                 "'KinesisStreamsOutputUpdate':{'ResourceARNUpdate':'arn:aws:kinesis:us-east-1:000000000000:stream/rows'," ROLE_UPDATE
                 "}}]}}");
    advance(500);
    ck_assert_uint_eq(play_waiting(), 0);
    ck_assert_uint_eq(json_array_size(read_stream("rows")), 1200);
}
END_TEST

START_TEST(reading_pauses_while_too_much_waits)
{
    struct buffer record = { 0 };

    play_create("CREATE STREAM \"OUT\" (A VARCHAR(65535), \"seq\" INTEGER);\n"
                "CREATE PUMP P AS INSERT INTO \"OUT\" SELECT STREAM \"id\" || \"id\" || \"id\" || \"id\" || \"id\" || \"id\" || \"id\" || "
                "\"id\", \"seq\"\n"
                "FROM \"SOURCE_SQL_STREAM_001\"",
                TO_FUNCTION);
    play_start("TRIM_HORIZON");
    for (int i = 0; i < 9000; i++)
        buffer_print(&record, "{\"id\":\"0123456789abcdef\",\"seq\":%d}", i);
    for (int i = 0; i < 20; i++)
        play_put(record.data);
    buffer_clear(&record);
    play_put("{\"id\":\"last\",\"seq\":-1}");
    for (int i = 0; i < 100 && play_waiting(); i++) {
        size_t count = json_array_size(json_object_get(play_first()->payload, "records"));

        if (strstr(play_data(count - 1), "\"seq\":-1")) {
            play_answer(NULL, NULL);
            ck_assert_uint_eq(play_waiting(), 0);
            return;
        }
        play_answer(NULL, NULL);
    }
    ck_abort_msg("the last record was not delivered");
}
END_TEST

/* ---- preprocessing ---- */

#define PROCESSOR "{'InputLambdaProcessor':{'ResourceARN':'arn:aws:lambda:us-east-1:000000000000:function:clean'," ROLE "}}"

START_TEST(records_are_preprocessed)
{
    const json_t *record;
    char answer[1024];

    play_create(COPY, TO_FUNCTION);
    fixture_done(play_v1(), "AddApplicationInputProcessingConfiguration",
                 "{'ApplicationName':'app','CurrentApplicationVersionId':1,'InputId':'1.1','InputProcessingConfiguration':" PROCESSOR "}");
    play_start("TRIM_HORIZON");
    play_put("raw");
    ck_assert_str_eq(play_first()->function, "arn:aws:lambda:us-east-1:000000000000:function:clean");
    ck_assert_str_eq(json_string_value(json_object_get(play_first()->payload, "streamArn")),
                     "arn:aws:kinesis:us-east-1:000000000000:stream/fixes");
    record = json_array_get(json_object_get(play_first()->payload, "records"), 0);
    ck_assert_str_eq(play_data(0), "raw");
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(record, "kinesisStreamRecordMetadata"), "partitionKey")), "car");
    play_answer("{'records':[]}", NULL); /* a breach of the contract: the whole batch again */
    ck_assert_uint_eq(play_waiting(), 0);
    advance(500);
    record = json_array_get(json_object_get(play_first()->payload, "records"), 0);
    snprintf(answer, sizeof answer,
             "{'records':[{'recordId':'%s','result':'Ok','data':'eyJpZCI6ImEiLCJzZXEiOjF9eyJpZCI6ImIiLCJzZXEiOjJ9'}]}",
             json_string_value(json_object_get(record, "recordId")));
    play_answer(answer, NULL);
    ck_assert_str_eq(play_first()->function, "arn:aws:lambda:us-east-1:000000000000:function:push");
    ck_assert_str_eq(play_data(0), "{\"id\":\"a\",\"seq\":1}");
    ck_assert_str_eq(play_data(1), "{\"id\":\"b\",\"seq\":2}");
}
END_TEST

START_TEST(stopping_takes_back_what_is_with_the_preprocessing_function)
{
    play_create(COPY, TO_FUNCTION);
    fixture_done(play_v1(), "AddApplicationInputProcessingConfiguration",
                 "{'ApplicationName':'app','CurrentApplicationVersionId':1,'InputId':'1.1','InputProcessingConfiguration':" PROCESSOR "}");
    play_start("TRIM_HORIZON");
    play_put("raw");
    fixture_done(play_v1(), "StopApplication", "{'ApplicationName':'app'}");
    play_answer(NULL, NULL);
    ck_assert_uint_eq(play_waiting(), 0);
    play_start("LAST_STOPPED_POINT");
    ck_assert_str_eq(play_data(0), "raw");
}
END_TEST

/* ---- reference data ---- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

#define REFERENCE                                                                                                                     \
    "{'ApplicationName':'app','CurrentApplicationVersionId':%d,'ReferenceDataSource':{'TableName':'FENCES','S3ReferenceDataSource':{" \
    "'BucketARN':'arn:aws:s3:::places','FileKey':'fences.csv','ReferenceRoleARN':'arn:aws:iam::000000000000:role/r'},"                \
    "'ReferenceSchema':{'RecordFormat':{'RecordFormatType':'CSV','MappingParameters':{'CSVMappingParameters':{"                       \
    "'RecordRowDelimiter':'\\n','RecordColumnDelimiter':','}}},'RecordColumns':[{'Name':'fenceId','SqlType':'VARCHAR(16)'},"          \
    "{'Name':'lat','SqlType':'DOUBLE'},{'Name':'lon','SqlType':'DOUBLE'},{'Name':'radiusM','SqlType':'DOUBLE'}]}}}"

static void add_reference(int version)
{
    char input[2048];

    snprintf(input, sizeof input, REFERENCE, version);
    fixture_done(play_v1(), "AddApplicationReferenceDataSource", input);
}

/* As a template does it: the application first, whose code names a table that is added afterwards. */
START_TEST(reference_data_is_loaded_at_start_and_at_an_update)
{
    char path[512];
    struct fixture_answer answer;

    snprintf(path, sizeof path, "%s/fences.csv", fixture_world.ground.state_directory);
    play_create("CREATE STREAM \"OUT\" (\"id\" VARCHAR(16), \"fenceId\" VARCHAR(16));\n"
                "CREATE PUMP P AS INSERT INTO \"OUT\" SELECT STREAM s.\"id\", f.\"fenceId\" FROM \"SOURCE_SQL_STREAM_001\" s LEFT JOIN "
                "\"FENCES\" f\n"
                "ON POWER((s.\"lat\" - f.\"lat\") * 111320, 2) + POWER((s.\"lon\" - f.\"lon\") * 74170, 2) < POWER(f.\"radiusM\", 2);",
                TO_FUNCTION);
    answer = fixture_call(play_v1(), "StartApplication", "{'ApplicationName':'app','InputConfigurations':[]}");
    ck_assert_int_eq(answer.error, ERR_INVALID_APPLICATION_CONFIGURATION);
    ck_assert_str_eq(answer.message, "From line 2, column 111 to line 2, column 118: Object 'FENCES' not found");
    add_reference(1);
    answer = fixture_call(play_v1(), "StartApplication", "{'ApplicationName':'app','InputConfigurations':[]}");
    ck_assert_int_eq(answer.error, ERR_INVALID_APPLICATION_CONFIGURATION);
    ck_assert_ptr_nonnull(strstr(answer.message, "s3://places/fences.csv is not there"));
    write_file(path, "depot,48.2,16.4,500\r\n\"port\",48.3,16.5,1000\n");
    ck_assert_int_eq(analytics_reference_file(play_room, "places", "fences.csv", path), OK);
    play_start("TRIM_HORIZON");
    play_put("{\"id\":\"in\",\"lat\":48.2001,\"lon\":16.4001}{\"id\":\"out\",\"lat\":48.25,\"lon\":16.45}");
    ck_assert_str_eq(play_data(0), "{\"id\":\"in\",\"fenceId\":\"depot\"}");
    ck_assert_str_eq(play_data(1), "{\"id\":\"out\",\"fenceId\":null}");
    play_answer(NULL, NULL);
    write_file(path, "yard,48.2,16.4,500\n");
    fixture_done(play_v1(), "UpdateApplication",
                 "{'ApplicationName':'app','CurrentApplicationVersionId':2,'ApplicationUpdate':{'ReferenceDataSourceUpdates':[{'"
                 "ReferenceId':'2.1'}]}}");
    ck_assert_str_eq(play_status(), "RUNNING");
    play_put("{\"id\":\"in\",\"lat\":48.2001,\"lon\":16.4001}");
    ck_assert_str_eq(play_data(0), "{\"id\":\"in\",\"fenceId\":\"yard\"}");
    play_answer(NULL, NULL);
    write_file(path, "yard,north,16.4,500\n");
    answer =
        fixture_call(play_v1(), "UpdateApplication", "{'ApplicationName':'app','CurrentApplicationVersionId':3,'ApplicationUpdate':{}}");
    ck_assert_ptr_nonnull(strstr(answer.message, "Column lat: Value is not a number, in: yard,north,16.4,500"));
    play_put("{\"id\":\"in\",\"lat\":48.2001,\"lon\":16.4001}"); /* a refused update changes nothing */
    ck_assert_str_eq(play_data(0), "{\"id\":\"in\",\"fenceId\":\"yard\"}");
    unlink(path);
}
END_TEST

START_TEST(a_folder_can_stand_for_s3)
{
    char path[512];

    snprintf(path, sizeof path, "%s/places", fixture_world.ground.state_directory);
    ck_assert_int_eq(access(fixture_world.ground.state_directory, W_OK), 0);
    ck_assert_int_ne(mkdtemp(strcpy(path, "/tmp/lowcloud-s3-XXXXXX")) == NULL, 1);
    setenv("LOWCLOUD_S3_DIR", path, 1);
    strcat(path, "/places");
    ck_assert_int_eq(fixture_call(play_v1(), "ListApplications", "{}").error, ERR_NONE);
    play_create(COPY, TO_FUNCTION);
    add_reference(1);
    ck_assert_int_eq(fixture_call(play_v1(), "StartApplication", "{'ApplicationName':'app','InputConfigurations':[]}").error,
                     ERR_INVALID_APPLICATION_CONFIGURATION);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    strcat(path, "/fences.csv");
    write_file(path, "depot,48.2,16.4,500\n");
    play_start("NOW");
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    unsetenv("LOWCLOUD_S3_DIR");
}
END_TEST

Suite *suite_analytics_application(void)
{
    Suite *suite = suite_create("analytics application");
    TCase *tests = tcase_create("application");

    tcase_add_checked_fixture(tests, play_open, play_close);
    tcase_add_test(tests, a_record_becomes_a_row_in_the_functions_event);
    tcase_add_test(tests, rows_of_one_batch_go_together_and_newer_ones_wait);
    tcase_add_loop_test(tests, what_is_not_delivered_is_sent_again, 0, (int)(sizeof bad_answers / sizeof *bad_answers));
    tcase_add_test(tests, pauses_between_attempts_grow_to_a_bound);
    tcase_add_test(tests, csv_rows_and_the_error_stream_are_outputs_too);
    tcase_add_test(tests, large_rows_are_split_over_invocations);
    tcase_add_test(tests, rows_go_to_a_stream_and_wait_while_it_is_absent);
    tcase_add_test(tests, now_reads_what_comes_and_trim_horizon_what_is_there);
    tcase_add_test(tests, stopping_waits_for_the_delivery_under_way);
    tcase_add_test(tests, a_deleted_application_leaves_its_invocation_behind);
    tcase_add_test(tests, all_shards_are_read_and_a_new_stream_of_the_name_too);
    tcase_add_test(tests, now_skips_what_is_in_the_children_of_a_shard_too);
    tcase_add_test(tests, an_output_may_change_its_kind_while_records_wait);
    tcase_add_test(tests, reading_pauses_while_too_much_waits);
    tcase_add_test(tests, records_are_preprocessed);
    tcase_add_test(tests, stopping_takes_back_what_is_with_the_preprocessing_function);
    tcase_add_test(tests, reference_data_is_loaded_at_start_and_at_an_update);
    tcase_add_test(tests, a_folder_can_stand_for_s3);
    suite_add_tcase(suite, tests);
    return suite;
}
