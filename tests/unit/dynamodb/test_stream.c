/* Capture: which changes become records, and what stands in them (facts: DynamoDB, 13); read as consumers inside lowcloud read. */

#include "suites.h"

#include "dynamodb/stream.h"
#include "fixture.h"
#include "tables.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 64 };

static struct arena arena;
static struct dynamodb_record records[MOST];
static size_t count;

static void open_arena(void)
{
    tables_open();
    arena = (struct arena){ 0 };
}

static void close_arena(void)
{
    arena_clear(&arena);
    tables_close();
}

static void create(const char *view)
{
    tables_print_ask("CreateTable",
                     "{'TableName':'things','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],"
                     "'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST',"
                     "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'%s'}}",
                     view);
}

static struct table *table_of(const char *name)
{
    return dynamodb_find_table(tables_room(), name);
}

/* The ARN of the table's stream, live or not. */
static const char *stream_of(const char *name)
{
    const struct table *table = table_of(name);

    ck_assert_ptr_nonnull(table->stream_label);
    return arena_print(&arena, "%s/stream/%s", table->arn, table->stream_label);
}

static void note_shard(void *context, const char *shard, const char *parent)
{
    ck_assert_ptr_null(parent);
    *(char **)context = arena_text(&arena, shard);
}

static const char *shard_of(const char *stream)
{
    char *shard = NULL;

    ck_assert_int_eq(dynamodb_each_shard(tables_room(), stream, note_shard, &shard), OK);
    ck_assert_ptr_nonnull(shard);
    return shard;
}

/* All records of the stream, from the beginning; answers what reading answered. */
static enum status read_all(const char *stream)
{
    struct dynamodb_reader reader;

    ck_assert_int_eq(dynamodb_reader_open(tables_room(), stream, shard_of(stream), DYNAMODB_TRIM_HORIZON, NULL, &reader), OK);
    return dynamodb_read(tables_room(), &reader, &arena, records, MOST, 1 << 20, &count);
}

/* The record's name and change, with single quotes and without its SequenceNumber. */
static const char *show(const struct dynamodb_record *record)
{
    json_t *change = json_loadb(record->change, record->change_bytes, 0, NULL);
    char *dumped;
    const char *text;

    ck_assert_ptr_nonnull(change);
    ck_assert_str_eq(json_string_value(json_object_get(change, "SequenceNumber")), record->sequence_number);
    json_object_del(change, "SequenceNumber");
    dumped = json_dumps(change, JSON_COMPACT);
    for (char *at = dumped; *at; at++)
        *at = *at == '"' ? '\'' : *at;
    text = arena_print(&arena, "%s %s", record->name, dumped);
    free(dumped);
    json_decref(change);
    return text;
}

static void write_a_life(void)
{
    tables_must("PutItem", "{'TableName':'things','Item':{'id':{'S':'a'},'n':{'N':'1'}}}");
    tables_must("UpdateItem", "{'TableName':'things','Key':{'id':{'S':'a'}},'UpdateExpression':'SET n = n + :one',"
                              "'ExpressionAttributeValues':{':one':{'N':'1'}}}");
    tables_must("DeleteItem", "{'TableName':'things','Key':{'id':{'S':'a'}}}");
}

static const struct {
    const char *view;
    const char *expected[3];
} views[] = {
    { "KEYS_ONLY",
      { "INSERT {'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'a'}},'SizeBytes':3,'StreamViewType':'KEYS_ONLY'}",
        "MODIFY {'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'a'}},'SizeBytes':3,'StreamViewType':'KEYS_ONLY'}",
        "REMOVE {'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'a'}},'SizeBytes':3,'StreamViewType':'KEYS_ONLY'}" } },
    { "NEW_IMAGE",
      { "INSERT {'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'a'}},'NewImage':{'id':{'S':'a'},'n':{'N':'1'}},'SizeBytes':9,"
        "'StreamViewType':'NEW_IMAGE'}",
        "MODIFY {'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'a'}},'NewImage':{'id':{'S':'a'},'n':{'N':'2'}},'SizeBytes':9,"
        "'StreamViewType':'NEW_IMAGE'}",
        "REMOVE {'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'a'}},'SizeBytes':3,'StreamViewType':'NEW_IMAGE'}" } },
    { "OLD_IMAGE",
      { "INSERT {'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'a'}},'SizeBytes':3,'StreamViewType':'OLD_IMAGE'}",
        "MODIFY {'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'a'}},'OldImage':{'id':{'S':'a'},'n':{'N':'1'}},'SizeBytes':9,"
        "'StreamViewType':'OLD_IMAGE'}",
        "REMOVE {'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'a'}},'OldImage':{'id':{'S':'a'},'n':{'N':'2'}},'SizeBytes':9,"
        "'StreamViewType':'OLD_IMAGE'}" } },
    { "NEW_AND_OLD_IMAGES",
      { "INSERT {'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'a'}},'NewImage':{'id':{'S':'a'},'n':{'N':'1'}},'SizeBytes':9,"
        "'StreamViewType':'NEW_AND_OLD_IMAGES'}",
        "MODIFY {'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'a'}},'NewImage':{'id':{'S':'a'},'n':{'N':'2'}},"
        "'OldImage':{'id':{'S':'a'},'n':{'N':'1'}},'SizeBytes':15,'StreamViewType':'NEW_AND_OLD_IMAGES'}",
        "REMOVE {'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'a'}},'OldImage':{'id':{'S':'a'},'n':{'N':'2'}},'SizeBytes':9,"
        "'StreamViewType':'NEW_AND_OLD_IMAGES'}" } },
};

START_TEST(each_view_shows_its_images)
{
    create(views[_i].view);
    write_a_life();
    ck_assert_int_eq(read_all(stream_of("things")), OK);
    ck_assert_uint_eq(count, 3);
    for (int i = 0; i < 3; i++)
        ck_assert_str_eq(show(&records[i]), views[_i].expected[i]);
}
END_TEST

START_TEST(records_have_ids_growing_numbers_and_a_trace)
{
    create("KEYS_ONLY");
    write_a_life();
    read_all(stream_of("things"));
    for (size_t i = 0; i < count; i++) {
        const struct trace_event *event = trace_find(tables_room()->ground->trace, records[i].event);

        ck_assert_uint_eq(strlen(records[i].id), 32);
        ck_assert_uint_ge(strlen(records[i].sequence_number), 21);
        ck_assert_ptr_nonnull(event);
        ck_assert_int_eq(event->kind, TRACE_RECORD);
        ck_assert_str_eq(event->note, records[i].name);
        ck_assert(!i || strcmp(records[i - 1].sequence_number, records[i].sequence_number) < 0);
        ck_assert(!i || strcmp(records[i - 1].id, records[i].id));
    }
}
END_TEST

/* What leaves an item as it was is no change. */
START_TEST(a_write_without_effect_leaves_no_record)
{
    create("NEW_AND_OLD_IMAGES");
    tables_must("PutItem",
                "{'TableName':'things','Item':{'id':{'S':'a'},'n':{'NS':['1','2.50']},'m':{'M':{'x':{'S':'1'},'y':{'S':'2'}}}}}");
    tables_must("PutItem", "{'TableName':'things','Item':{'m':{'M':{'y':{'S':'2'},'x':{'S':'1'}}},'id':{'S':'a'},'n':{'NS':['2.5','1']}}}");
    tables_must("UpdateItem", "{'TableName':'things','Key':{'id':{'S':'a'}},'UpdateExpression':'REMOVE nothing'}");
    tables_must("UpdateItem", "{'TableName':'things','Key':{'id':{'S':'b'}},'UpdateExpression':'REMOVE nothing'}");
    tables_must("DeleteItem", "{'TableName':'things','Key':{'id':{'S':'b'}}}");
    tables_must("BatchWriteItem", "{'RequestItems':{'things':[{'DeleteRequest':{'Key':{'id':{'S':'c'}}}},"
                                  "{'PutRequest':{'Item':{'id':{'S':'d'}}}}]}}");
    read_all(stream_of("things"));
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(records[0].name, "INSERT");
    ck_assert_str_eq(show(&records[1]), "INSERT {'ApproximateCreationDateTime':1700000000,'Keys':{'id':{'S':'d'}},'NewImage':{'id':{'S':'d'"
                                        "}},'SizeBytes':6,'StreamViewType':'NEW_AND_OLD_IMAGES'}");
}
END_TEST

START_TEST(a_write_that_is_taken_back_leaves_no_record)
{
    create("KEYS_ONLY");
    ck_assert_int_eq(store_begin(tables_room()->store), OK);
    write_a_life();
    ck_assert_int_eq(store_end(tables_room()->store, false), OK);
    tables_must("PutItem", "{'TableName':'things','Item':{'id':{'S':'b'}}}");
    ck_assert_int_eq(read_all(stream_of("things")), OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(records[0].name, "INSERT");
}
END_TEST

START_TEST(a_reader_goes_on_where_it_was)
{
    const char *stream;
    struct dynamodb_reader reader;

    create("KEYS_ONLY");
    stream = stream_of("things");
    write_a_life();
    ck_assert_int_eq(dynamodb_reader_open(tables_room(), stream, shard_of(stream), DYNAMODB_TRIM_HORIZON, NULL, &reader), OK);
    ck_assert_int_eq(dynamodb_read(tables_room(), &reader, &arena, records, 2, 1 << 20, &count), OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(dynamodb_read(tables_room(), &reader, &arena, records, MOST, 1, &count), OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(records[0].name, "REMOVE");
    tables_advance(5000);
    ck_assert_int_eq(dynamodb_behind_ms(tables_room(), &reader), 0);
    ck_assert_int_eq(
        dynamodb_reader_open(tables_room(), stream, shard_of(stream), DYNAMODB_AFTER_SEQUENCE, records[0].sequence_number, &reader), OK);
    tables_must("PutItem", "{'TableName':'things','Item':{'id':{'S':'b'}}}");
    tables_advance(7000);
    ck_assert_int_eq(dynamodb_behind_ms(tables_room(), &reader), 7000);
    ck_assert_int_eq(dynamodb_read(tables_room(), &reader, &arena, records, MOST, 1 << 20, &count), OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(dynamodb_reader_open(tables_room(), stream, shard_of(stream), DYNAMODB_LATEST, NULL, &reader), OK);
    ck_assert_int_eq(dynamodb_read(tables_room(), &reader, &arena, records, MOST, 1 << 20, &count), OK);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(dynamodb_reader_open(tables_room(), stream, shard_of(stream), DYNAMODB_AFTER_SEQUENCE, "12", &reader), INVALID);
    ck_assert_int_eq(dynamodb_reader_open(tables_room(), stream, "shardId-0", DYNAMODB_LATEST, NULL, &reader), ABSENT);
}
END_TEST

START_TEST(records_and_closed_streams_go_after_a_day)
{
    const char *stream;

    create("KEYS_ONLY");
    stream = stream_of("things");
    write_a_life();
    tables_advance(3600 * 1000);
    tables_must("PutItem", "{'TableName':'things','Item':{'id':{'S':'b'}}}");
    tables_advance(STREAM_LIFE_MS - 3600 * 1000 + 1);
    ck_assert_int_eq(read_all(stream), OK);
    ck_assert_uint_eq(count, 1);
    tables_must("DeleteTable", "{'TableName':'things'}");
    ck_assert_int_eq(read_all(stream), OK);
    ck_assert_uint_eq(count, 1);
    tables_advance(STREAM_LIFE_MS - 1);
    ck_assert_int_eq(read_all(stream), FULL);
    tables_advance(120 * 1000);
    ck_assert(!dynamodb_stream_exists(tables_room(), stream));
    ck_assert_uint_eq(tables_room()->streams.count, 0);
}
END_TEST

START_TEST(a_stream_ends_when_disabled_and_the_next_has_another_arn)
{
    const char *first;
    const char *second;
    struct table *table;
    json_t *specification = json_pack("{s:b, s:s}", "StreamEnabled", 1, "StreamViewType", "NEW_IMAGE");

    create("KEYS_ONLY");
    table = table_of("things");
    first = stream_of("things");
    write_a_life();
    ck_assert_int_eq(stream_disable(tables_room(), table), OK);
    tables_must("PutItem", "{'TableName':'things','Item':{'id':{'S':'b'}}}");
    ck_assert_int_eq(stream_enable(tables_room(), table, specification), OK);
    second = stream_of("things");
    tables_must("PutItem", "{'TableName':'things','Item':{'id':{'S':'c'}}}");
    ck_assert_str_ne(first, second);
    read_all(first);
    ck_assert_uint_eq(count, 3);
    read_all(second);
    ck_assert_uint_eq(count, 1);
    json_decref(specification);
}
END_TEST

START_TEST(a_stream_is_bounded_in_bytes)
{
    create("NEW_IMAGE");
    tables_room()->stream_max_bytes = 4096;
    for (int i = 0; i < 200; i++)
        tables_print_ask("PutItem", "{'TableName':'things','Item':{'id':{'S':'%d'}}}", i);
    ck_assert_uint_le(table_of("things")->live->bytes, 4096 + 200);
    read_all(stream_of("things"));
    ck_assert_uint_gt(count, 30);
    ck_assert_ptr_nonnull(strstr(records[count - 1].change, "\"199\""));
}
END_TEST

/* As a process that was killed: what it had committed is there again, and numbers go on. */
START_TEST(records_outlive_the_process)
{
    char directory[] = "/tmp/lowcloud-test-XXXXXX";
    char last[DYNAMODB_SEQUENCE_SIZE];
    char *path;

    ck_assert_ptr_nonnull(mkdtemp(directory));
    tables_open_in(directory);
    arena = (struct arena){ 0 };
    create("NEW_IMAGE");
    write_a_life();
    read_all(stream_of("things"));
    strcpy(last, records[2].sequence_number);
    tables_close();
    tables_open_in(directory);
    ck_assert_int_eq(read_all(stream_of("things")), OK);
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(records[2].sequence_number, last);
    tables_advance(STREAM_LIFE_MS + 61000);
    read_all(stream_of("things"));
    ck_assert_uint_eq(count, 0);
    tables_close();
    tables_open_in(directory);
    tables_must("PutItem", "{'TableName':'things','Item':{'id':{'S':'b'}}}");
    read_all(stream_of("things"));
    ck_assert_uint_eq(count, 1);
    ck_assert_int_lt(strcmp(last, records[0].sequence_number), 0);
    tables_close();
    arena_clear(&arena);
    path = arena_print(&arena, "%s/lowcloud.sqlite", directory);
    unlink(path);
    rmdir(directory);
    arena_clear(&arena);
}
END_TEST

/* ---- listening ---- */

static int woken_count;

static void note_woken(struct dynamodb_listener *listener)
{
    (void)listener;
    woken_count++;
}

START_TEST(a_listener_is_woken_once_a_turn)
{
    const struct service *service = dynamodb_service(fixture_world.dynamodb);
    struct dynamodb_listener listener = { 0 };
    json_t *output = fixture_done(service, "CreateTable",
                                  "{'TableName':'things','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],"
                                  "'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST',"
                                  "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'}}");

    woken_count = 0;
    dynamodb_listen(fixture_world.dynamodb,
                    json_string_value(json_object_get(json_object_get(output, "TableDescription"), "LatestStreamArn")), &listener,
                    note_woken);
    fixture_done(service, "PutItem", "{'TableName':'things','Item':{'id':{'S':'a'}}}");
    fixture_done(service, "PutItem", "{'TableName':'things','Item':{'id':{'S':'b'}}}");
    loop_turn(fixture_world.ground.loop, 0);
    ck_assert_int_ge(woken_count, 1);
    woken_count = 0;
    fixture_done(service, "PutItem", "{'TableName':'things','Item':{'id':{'S':'b'}}}");
    loop_turn(fixture_world.ground.loop, 0);
    ck_assert_int_eq(woken_count, 0);
    fixture_done(service, "DeleteTable", "{'TableName':'things'}");
    loop_turn(fixture_world.ground.loop, 0);
    ck_assert_int_eq(woken_count, 1);
    dynamodb_unlisten(&listener);
}
END_TEST

Suite *suite_dynamodb_stream(void)
{
    Suite *suite = suite_create("dynamodb stream");
    TCase *capture = tcase_create("capture");
    TCase *files = tcase_create("files");
    TCase *world = tcase_create("world");

    tcase_add_checked_fixture(capture, open_arena, close_arena);
    tcase_add_loop_test(capture, each_view_shows_its_images, 0, (int)(sizeof views / sizeof *views));
    tcase_add_test(capture, records_have_ids_growing_numbers_and_a_trace);
    tcase_add_test(capture, a_write_without_effect_leaves_no_record);
    tcase_add_test(capture, a_write_that_is_taken_back_leaves_no_record);
    tcase_add_test(capture, a_reader_goes_on_where_it_was);
    tcase_add_test(capture, records_and_closed_streams_go_after_a_day);
    tcase_add_test(capture, a_stream_ends_when_disabled_and_the_next_has_another_arn);
    tcase_add_test(capture, a_stream_is_bounded_in_bytes);
    suite_add_tcase(suite, capture);
    tcase_add_test(files, records_outlive_the_process);
    suite_add_tcase(suite, files);
    tcase_add_checked_fixture(world, fixture_open, fixture_close);
    tcase_add_test(world, a_listener_is_woken_once_a_turn);
    suite_add_tcase(suite, world);
    return suite;
}
