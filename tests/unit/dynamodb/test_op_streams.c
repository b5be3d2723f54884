/* ListStreams, DescribeStream, GetShardIterator, GetRecords (facts: DynamoDB, 13). */

#include "suites.h"

#include "dynamodb/stream.h"
#include "tables.h"

#include <stdlib.h>
#include <string.h>

static struct arena arena;

static void open_room(void)
{
    tables_open();
    arena = (struct arena){ 0 };
}

static void close_room(void)
{
    arena_clear(&arena);
    tables_close();
}

static void create(const char *name)
{
    tables_print_ask("CreateTable",
                     "{'TableName':'%s','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],"
                     "'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST',"
                     "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'}}",
                     name);
}

static void put(const char *table, const char *id)
{
    tables_print_ask("PutItem", "{'TableName':'%s','Item':{'id':{'S':'%s'}}}", table, id);
}

static const struct stream *stream_of(const char *table)
{
    return dynamodb_find_table(tables_room(), table)->live;
}

/* The text of a member of the last answer, or NULL when it has none. */
static const char *member(const char *answer, const char *name)
{
    const char *at = strstr(answer, arena_print(&arena, "'%s':'", name));

    return at ? arena_copy(&arena, at + strlen(name) + 4, strcspn(at + strlen(name) + 4, "'")) : NULL;
}

static const char *iterator_at(const struct stream *stream, const char *type, const char *sequence)
{
    const char *answer = tables_print_ask("GetShardIterator", "{'StreamArn':'%s','ShardId':'%s','ShardIteratorType':'%s'%s}", stream->arn,
                                          stream->shard, type, sequence ? arena_print(&arena, ",'SequenceNumber':'%s'", sequence) : "");
    const char *iterator = member(answer, "ShardIterator");

    ck_assert_msg(iterator, "%s", answer);
    return iterator;
}

static const char *get(const char *iterator, const char *more)
{
    return tables_print_ask("GetRecords", "{'ShardIterator':'%s'%s}", iterator, more);
}

static int count_records(const char *answer)
{
    int count = 0;

    ck_assert_msg(strstr(answer, "'Records':["), "%s", answer);
    for (const char *at = answer; (at = strstr(at, "'eventID'")); at++)
        count++;
    return count;
}

START_TEST(streams_are_listed_page_by_page)
{
    const char *answer;

    create("second");
    create("first");
    tables_must("CreateTable", "{'TableName':'plain','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],"
                               "'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}");
    tables_expect("ListStreams", "{'TableName':'first'}",
                  "{'Streams':[{'StreamArn':'arn:aws:dynamodb:us-east-1:000000000000:table/first/stream/2023-11-14T22:13:20.123',"
                  "'StreamLabel':'2023-11-14T22:13:20.123','TableName':'first'}]}");
    tables_expect("ListStreams", "{'TableName':'plain'}", "{'Streams':[]}");
    answer = tables_ask("ListStreams", "{'Limit':1}");
    ck_assert_str_eq(member(answer, "TableName"), "first");
    answer = tables_print_ask("ListStreams", "{'Limit':1,'ExclusiveStartStreamArn':'%s'}", member(answer, "LastEvaluatedStreamArn"));
    ck_assert_str_eq(member(answer, "TableName"), "second");
    ck_assert_ptr_null(member(answer, "LastEvaluatedStreamArn"));
}
END_TEST

START_TEST(a_stream_is_described)
{
    char expected[1024];
    const struct stream *stream;

    create("things");
    stream = stream_of("things");
    snprintf(expected, sizeof expected,
             "{'StreamDescription':{'CreationRequestDateTime':1700000000.123,'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],"
             "'Shards':[{'SequenceNumberRange':{'StartingSequenceNumber':'1700000000123000000000000000'},'ShardId':'%s'}],"
             "'StreamArn':'%s','StreamLabel':'2023-11-14T22:13:20.123','StreamStatus':'ENABLED','StreamViewType':'NEW_IMAGE',"
             "'TableName':'things'}}",
             stream->shard, stream->arn);
    ck_assert_str_eq(tables_print_ask("DescribeStream", "{'StreamArn':'%s'}", stream->arn), expected);
    ck_assert_uint_ge(strlen(stream->shard), 28);
    ck_assert_ptr_nonnull(strstr(
        tables_print_ask("DescribeStream", "{'StreamArn':'%s','ExclusiveStartShardId':'%s'}", stream->arn, stream->shard), "'Shards':[]"));
    ck_assert_ptr_nonnull(
        strstr(tables_print_ask("DescribeStream", "{'StreamArn':'%s','ShardFilter':{'Type':'CHILD_SHARDS','ShardId':'%s'}}", stream->arn,
                                stream->shard),
               "'Shards':[]"));
}
END_TEST

START_TEST(a_deleted_tables_stream_is_disabled_and_can_be_read)
{
    const struct stream *stream;
    const char *answer;
    const char *next;

    create("things");
    put("things", "a");
    stream = stream_of("things");
    tables_must("DeleteTable", "{'TableName':'things'}");
    answer = tables_print_ask("DescribeStream", "{'StreamArn':'%s'}", stream->arn);
    ck_assert_str_eq(member(answer, "StreamStatus"), "DISABLED");
    ck_assert_str_eq(member(answer, "EndingSequenceNumber"), "1700000000123000000000000001");
    answer = get(iterator_at(stream, "TRIM_HORIZON", NULL), ",'Limit':1");
    ck_assert_int_eq(count_records(answer), 1);
    next = member(answer, "NextShardIterator");
    ck_assert_ptr_null(next);
    ck_assert_ptr_nonnull(strstr(tables_ask("ListStreams", "{'TableName':'things'}"), stream->arn));
    create("things");
    ck_assert_str_ne(stream_of("things")->arn, stream->arn);
}
END_TEST

START_TEST(a_record_looks_as_awss)
{
    const struct stream *stream;
    const char *answer;

    create("things");
    put("things", "a");
    stream = stream_of("things");
    answer = get(iterator_at(stream, "TRIM_HORIZON", NULL), "");
    ck_assert_ptr_nonnull(strstr(answer,
                                 "{'awsRegion':'us-east-1','dynamodb':{'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'a'}},"
                                 "'NewImage':{'id':{'S':'a'}},'SequenceNumber':'1700000000123000000000000001','SizeBytes':6,"
                                 "'StreamViewType':'NEW_IMAGE'},'eventID':'"));
    ck_assert_ptr_nonnull(strstr(answer, "','eventName':'INSERT','eventSource':'aws:dynamodb','eventVersion':'1.1'}]"));
    ck_assert_ptr_null(strstr(answer, "userIdentity"));
}
END_TEST

START_TEST(iterators_stand_where_they_were_asked)
{
    const struct stream *stream;
    const char *latest;
    const char *answer;

    create("things");
    stream = stream_of("things");
    put("things", "a");
    latest = iterator_at(stream, "LATEST", NULL);
    put("things", "b");
    put("things", "c");
    ck_assert_int_eq(count_records(get(latest, "")), 2);
    ck_assert_int_eq(count_records(get(latest, "")), 2);
    ck_assert_int_eq(count_records(get(iterator_at(stream, "TRIM_HORIZON", NULL), "")), 3);
    ck_assert_int_eq(count_records(get(iterator_at(stream, "AT_SEQUENCE_NUMBER", "1700000000123000000000000000"), "")), 3);
    ck_assert_int_eq(count_records(get(iterator_at(stream, "AFTER_SEQUENCE_NUMBER", "1700000000123000000000000000"), "")), 3);
    ck_assert_int_eq(count_records(get(iterator_at(stream, "AT_SEQUENCE_NUMBER", "1700000000123000000000000002"), "")), 2);
    ck_assert_int_eq(count_records(get(iterator_at(stream, "AFTER_SEQUENCE_NUMBER", "1700000000123000000000000002"), "")), 1);
    answer = get(iterator_at(stream, "TRIM_HORIZON", NULL), ",'Limit':2");
    ck_assert_int_eq(count_records(answer), 2);
    answer = get(member(answer, "NextShardIterator"), "");
    ck_assert_int_eq(count_records(answer), 1);
    ck_assert_int_eq(count_records(get(member(answer, "NextShardIterator"), "")), 0);
    ck_assert_str_ne(iterator_at(stream, "LATEST", NULL), iterator_at(stream, "LATEST", NULL));
}
END_TEST

START_TEST(an_answer_is_bounded_in_bytes)
{
    const struct stream *stream;
    char *text = malloc(390001);
    const char *answer;

    create("things");
    stream = stream_of("things");
    memset(text, 'x', 390000);
    text[390000] = '\0';
    for (int i = 0; i < 4; i++)
        tables_print_ask("PutItem", "{'TableName':'things','Item':{'id':{'S':'%d'},'text':{'S':'%s'}}}", i, text);
    answer = get(iterator_at(stream, "TRIM_HORIZON", NULL), "");
    ck_assert_int_eq(count_records(answer), 2);
    ck_assert_int_eq(count_records(get(member(answer, "NextShardIterator"), "")), 2);
    free(text);
}
END_TEST

START_TEST(an_iterator_expires_and_data_is_trimmed)
{
    const struct stream *stream;
    const char *iterator;

    create("things");
    stream = stream_of("things");
    put("things", "a");
    put("things", "b");
    iterator = iterator_at(stream, "TRIM_HORIZON", NULL);
    tables_advance(15 * 60 * 1000);
    ck_assert_int_eq(count_records(get(iterator, "")), 2);
    tables_advance(1);
    ck_assert_str_eq(get(iterator, ""), "ExpiredIteratorException: The provided iterator exceeds the maximum age allowed.");
    tables_advance(STREAM_LIFE_MS - 15 * 60 * 1000 - 1000);
    iterator = iterator_at(stream, "TRIM_HORIZON", NULL);
    tables_advance(60 * 1000);
    put("things", "c");
    ck_assert_str_eq(get(iterator, ""), "TrimmedDataAccessException: The data you are trying to access has been trimmed");
    ck_assert_str_eq(tables_print_ask("GetShardIterator",
                                      "{'StreamArn':'%s','ShardId':'%s','ShardIteratorType':'AT_SEQUENCE_NUMBER',"
                                      "'SequenceNumber':'1700000000123000000000000001'}",
                                      stream->arn, stream->shard),
                     "TrimmedDataAccessException: The data you are trying to access has been trimmed");
    ck_assert_int_eq(count_records(get(iterator_at(stream, "TRIM_HORIZON", NULL), "")), 1);
}
END_TEST

/* %s: the stream's ARN, then its shard. */
static const struct {
    const char *operation;
    const char *input;
    const char *answer;
} refusals[] = {
    { "ListStreams", "{'Limit':0}",
      "ValidationException: 1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater "
      "than or equal to 1" },
    { "ListStreams", "{'Limit':101}",
      "ValidationException: 1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less "
      "than or equal to 100" },
    { "ListStreams", "{'ExclusiveStartStreamArn':'nonsense'}", "ValidationException: Invalid StreamArn" },
    { "ListStreams", "{'TableName':'unknown'}", "ResourceNotFoundException: Requested resource not found: Table: unknown not found" },
    { "DescribeStream", "{'StreamArn':'fake-stream'}", "ValidationException: Invalid StreamArn" },
    { "DescribeStream", "{'StreamArn':'arn:aws:dynamodb:us-east-1:000000000000:table/other/stream/2023-11-14T22:13:20.123'}",
      "ResourceNotFoundException: Requested resource not found: Stream: "
      "arn:aws:dynamodb:us-east-1:000000000000:table/other/stream/2023-11-14T22:13:20.123 not found" },
    { "DescribeStream", "{'StreamArn':'%1$s','ShardFilter':{'Type':'CHILD_SHARDS','ShardId':'short'}}",
      "ValidationException: 1 validation error detected: Value 'short' at 'shardFilter.shardId' failed to satisfy constraint: Member must "
      "have length greater than or equal to 28" },
    { "GetShardIterator", "{'StreamArn':'%1$s','ShardId':'shardId-00000000000000000001-00000000','ShardIteratorType':'LATEST'}",
      "ResourceNotFoundException: Requested resource not found: Shard does not exist" },
    { "GetShardIterator", "{'StreamArn':'%1$s','ShardId':'%2$s','ShardIteratorType':'AT_SEQUENCE_NUMBER'}",
      "ValidationException: SequenceNumber is required for ShardIteratorType AT_SEQUENCE_NUMBER" },
    { "GetShardIterator",
      "{'StreamArn':'%1$s','ShardId':'%2$s','ShardIteratorType':'LATEST','SequenceNumber':'1700000000123000000000000001'}",
      "ValidationException: SequenceNumber must not be given for ShardIteratorType LATEST" },
    { "GetShardIterator",
      "{'StreamArn':'%1$s','ShardId':'%2$s','ShardIteratorType':'AT_SEQUENCE_NUMBER','SequenceNumber':'1700000000124000000000000001'}",
      "ValidationException: Invalid SequenceNumber" },
    { "GetShardIterator", "{'StreamArn':'%1$s','ShardId':'%2$s','ShardIteratorType':'SOMEWHERE'}",
      "ValidationException: 1 validation error detected: Value 'SOMEWHERE' at 'shardIteratorType' failed to satisfy constraint: Member "
      "must "
      "satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON]" },
    { "GetRecords", "{'ShardIterator':'nonsense'}", "ValidationException: Invalid ShardIterator" },
    { "GetRecords", "{'ShardIterator':'%1$s|1|AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=='}",
      "ValidationException: Invalid ShardIterator" },
    { "GetRecords", "{'ShardIterator':'x','Limit':1001}",
      "ValidationException: 1 validation error detected: Value '1001' at 'limit' failed to satisfy constraint: Member must have value less "
      "than or equal to 1000" },
};

START_TEST(what_is_wrong_is_refused)
{
    const struct stream *stream;
    char input[1024];

    create("things");
    stream = stream_of("things");
    snprintf(input, sizeof input, refusals[_i].input, stream->arn, stream->shard);
    ck_assert_str_eq(tables_ask(refusals[_i].operation, input), refusals[_i].answer);
}
END_TEST

Suite *suite_dynamodb_op_streams(void)
{
    Suite *suite = suite_create("dynamodb streams");
    TCase *tests = tcase_create("operations");

    tcase_add_checked_fixture(tests, open_room, close_room);
    tcase_add_test(tests, streams_are_listed_page_by_page);
    tcase_add_test(tests, a_stream_is_described);
    tcase_add_test(tests, a_deleted_tables_stream_is_disabled_and_can_be_read);
    tcase_add_test(tests, a_record_looks_as_awss);
    tcase_add_test(tests, iterators_stand_where_they_were_asked);
    tcase_add_test(tests, an_answer_is_bounded_in_bytes);
    tcase_add_test(tests, an_iterator_expires_and_data_is_trimmed);
    tcase_add_loop_test(tests, what_is_wrong_is_refused, 0, (int)(sizeof refusals / sizeof *refusals));
    suite_add_tcase(suite, tests);
    return suite;
}
