/* SubscribeToShard, from a client without a door: what is sent and when, how subscriptions displace each other and end, and what a client
 * that does not read costs. */

#include "aws/cbor.h"
#include "fixture.h"
#include "kinesis/subscription.h"
#include "suites.h"

#include <string.h>
#include <zlib.h>

#define SHARD "shardId-000000000000"
#define TRIM_HORIZON "{'Type':'TRIM_HORIZON'}"
#define LATEST "{'Type':'LATEST'}"
#define EVENT "SubscribeToShardEvent"

/* A client: the front door's side of one exchange. */
struct client {
    struct exchange exchange; /* first */
    struct buffer heard;
    size_t read_bytes; /* of heard, by next_message */
    char type[64];     /* of the last message: its event or exception type */
    char content_type[64];
    json_t *payload; /* of the last message */
    bool is_ended;
    bool is_shut; /* takes nothing */
};

static char consumer_arn[512];

static const struct service *kinesis(void)
{
    return kinesis_service(fixture_world.kinesis);
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void open_stream(void)
{
    json_t *consumer;
    char input[256];

    fixture_open();
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':2}");
    snprintf(input, sizeof input, "{'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes','ConsumerName':'app'}");
    consumer = json_object_get(fixture_done(kinesis(), "RegisterStreamConsumer", input), "Consumer");
    snprintf(consumer_arn, sizeof consumer_arn, "%s", text_of(consumer, "ConsumerARN"));
}

/* Key "a" falls into shard 0. */
static const char *put(size_t size_bytes)
{
    static char sequence[64];
    struct buffer input = { 0 };

    buffer_add_text(&input, "{'StreamName':'fixes','PartitionKey':'a','Data':'");
    for (size_t i = 0; i < size_bytes / 3; i++)
        buffer_add_text(&input, "QUJD");
    buffer_add_text(&input, "'}");
    snprintf(sequence, sizeof sequence, "%s", text_of(fixture_done(kinesis(), "PutRecord", input.data), "SequenceNumber"));
    buffer_clear(&input);
    return sequence;
}

/* ---- the client ---- */

static void take(struct client *client)
{
    struct exchange *exchange = &client->exchange;

    if (!exchange->answer.body.size)
        return;
    buffer_add(&client->heard, exchange->answer.body.data, exchange->answer.body.size);
    buffer_clear(&exchange->answer.body);
    if (exchange->drained)
        exchange->drained(exchange, exchange->context);
}

static void flow(struct exchange *exchange)
{
    (void)exchange; /* the test takes what is there when it listens */
}

static void send_answer(struct exchange *exchange)
{
    struct client *client = (struct client *)exchange;

    client->is_ended = true;
    take(client);
}

static void hang_up(struct client *client)
{
    exchange_leave(&client->exchange);
    ck_assert(client->is_ended);
    json_decref(client->payload);
    buffer_clear(&client->heard);
    buffer_clear(&client->exchange.answer.body);
    arena_clear(&client->exchange.arena);
    *client = (struct client){ 0 };
}

static void subscribe_as(struct client *client, const char *content_type, const void *body, size_t size_bytes)
{
    struct exchange *exchange = &client->exchange;
    struct request *request = &exchange->request;

    *client = (struct client){ 0 };
    request->method = "POST";
    request->path = request->target = "/";
    request->query = "";
    request->body = arena_copy(&exchange->arena, body, size_bytes);
    request->body_size = size_bytes;
    header_add(&request->headers, &exchange->arena, "X-Amz-Target", "Kinesis_20131202.SubscribeToShard");
    header_add(&request->headers, &exchange->arena, "Content-Type", content_type);
    header_add(&request->headers, &exchange->arena, "X-Amz-Date", "20260102T030405Z");
    header_add(&request->headers, &exchange->arena, "Authorization",
               "AWS4-HMAC-SHA256 Credential=a/20260102/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=00");
    exchange->flow = flow;
    exchange->send = send_answer;
    service_serve(kinesis(), &fixture_world.ground, exchange);
}

static char *input_of(const char *position)
{
    static char input[1024];

    snprintf(input, sizeof input, "{'ConsumerARN':'%s','ShardId':'" SHARD "','StartingPosition':%s}", consumer_arn, position);
    for (char *at = input; *at; at++)
        if (*at == '\'')
            *at = '"';
    return input;
}

static void subscribe(struct client *client, const char *position)
{
    const char *input = input_of(position);

    subscribe_as(client, "application/x-amz-json-1.1", input, strlen(input));
}

/* ---- messages ---- */

static uint32_t number_at(const char *bytes)
{
    const unsigned char *at = (const unsigned char *)bytes;

    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void read_headers(struct client *client, const char *at, const char *end)
{
    while (at < end) {
        int name_size = (unsigned char)at[0];
        const char *name = at + 1;
        int value_size = (unsigned char)at[name_size + 2] << 8 | (unsigned char)at[name_size + 3];
        const char *value = at + name_size + 4;

        if (!strncmp(name, ":event-type", 11) || !strncmp(name, ":exception-type", 15))
            snprintf(client->type, sizeof client->type, "%.*s", value_size, value);
        if (!strncmp(name, ":content-type", 13))
            snprintf(client->content_type, sizeof client->content_type, "%.*s", value_size, value);
        at = value + value_size;
    }
    ck_assert_ptr_eq(at, end);
}

/* Reads the next message; false when there is none. */
static bool next_message(struct client *client)
{
    const char *at;
    uint32_t whole;
    uint32_t headers;

    for (int i = 0; i < 4; i++)
        loop_turn(fixture_world.ground.loop, 0);
    if (!client->is_shut)
        take(client);
    if (client->read_bytes == client->heard.size)
        return false;
    at = client->heard.data + client->read_bytes;
    ck_assert_uint_ge(client->heard.size - client->read_bytes, 16);
    whole = number_at(at);
    headers = number_at(at + 4);
    ck_assert_uint_eq(number_at(at + 8), crc32(0, (const Bytef *)at, 8));
    ck_assert_uint_eq(number_at(at + whole - 4), crc32(0, (const Bytef *)at, whole - 4));
    read_headers(client, at + 12, at + 12 + headers);
    json_decref(client->payload);
    client->payload = NULL;
    if (strstr(client->content_type, "cbor"))
        cbor_read(at + 12 + headers, whole - headers - 16, &client->payload);
    else
        client->payload = json_loadb(at + 12 + headers, whole - headers - 16, 0, NULL);
    ck_assert_ptr_nonnull(client->payload);
    client->read_bytes += whole;
    return true;
}

static json_t *expect_message(struct client *client, const char *type)
{
    ck_assert(next_message(client));
    ck_assert_str_eq(client->type, type);
    return client->payload;
}

/* The next event, with that many records. */
static json_t *expect_event(struct client *client, size_t records)
{
    json_t *event = expect_message(client, EVENT);

    ck_assert_uint_eq(json_array_size(json_object_get(event, "Records")), records);
    return event;
}

/* Subscribes, and reads what always comes first. */
static json_t *begin(struct client *client, const char *position, size_t records)
{
    subscribe(client, position);
    fixture_expect(expect_message(client, "initial-response"), "{}");
    return expect_event(client, records);
}

static void expect_end(struct client *client)
{
    ck_assert(!next_message(client));
    ck_assert(client->is_ended);
}

/* ---- what is sent ---- */

START_TEST(records_come_as_they_are_put)
{
    struct client client;
    json_t *event;
    json_t *record;

    event = begin(&client, LATEST, 0);
    ck_assert_int_eq(client.exchange.answer.status, 200);
    ck_assert_str_eq(client.content_type, "application/json");
    ck_assert_uint_eq(strlen(text_of(event, "ContinuationSequenceNumber")), 56);
    ck_assert_int_eq(json_integer_value(json_object_get(event, "MillisBehindLatest")), 0);
    ck_assert_ptr_null(json_object_get(event, "ChildShards"));
    put(3);
    put(3);
    event = expect_event(&client, 2);
    record = json_array_get(json_object_get(event, "Records"), 0);
    ck_assert_str_eq(text_of(record, "Data"), "QUJD");
    ck_assert_str_eq(text_of(record, "PartitionKey"), "a");
    ck_assert_double_eq(json_number_value(json_object_get(record, "ApproximateArrivalTimestamp")), 1700000000.0);
    ck_assert_ptr_null(json_object_get(record, "EncryptionType"));
    ck_assert(!next_message(&client));
    hang_up(&client);
}
END_TEST

START_TEST(a_record_of_another_shard_does_not_come)
{
    struct client client;

    begin(&client, LATEST, 0);
    fixture_done(kinesis(), "PutRecord", "{'StreamName':'fixes','PartitionKey':'b','Data':''}");
    ck_assert(!next_message(&client));
    hang_up(&client);
}
END_TEST

static const char *after(const char *type, const char *sequence)
{
    static char position[200];

    snprintf(position, sizeof position, "{'Type':'%s','SequenceNumber':'%s'}", type, sequence);
    return position;
}

START_TEST(reading_begins_where_the_client_says)
{
    struct client client;
    char second[64];

    put(3);
    world_advance(&fixture_world, 1000);
    strcpy(second, put(3));
    put(3);
    begin(&client, TRIM_HORIZON, 3);
    world_advance(&fixture_world, SUBSCRIPTION_EXCLUSIVE_MS);
    hang_up(&client);
    begin(&client, after("AT_SEQUENCE_NUMBER", second), 2);
    world_advance(&fixture_world, SUBSCRIPTION_EXCLUSIVE_MS);
    hang_up(&client);
    begin(&client, after("AFTER_SEQUENCE_NUMBER", second), 1);
    world_advance(&fixture_world, SUBSCRIPTION_EXCLUSIVE_MS);
    hang_up(&client);
    begin(&client, "{'Type':'AT_TIMESTAMP','Timestamp':1700000000.5}", 2);
    world_advance(&fixture_world, SUBSCRIPTION_EXCLUSIVE_MS);
    hang_up(&client);
    begin(&client, LATEST, 0);
    hang_up(&client);
}
END_TEST

START_TEST(a_continuation_leads_on_also_when_nothing_came)
{
    struct client client;
    char first[64];
    char then[64];

    put(3);
    strcpy(first, text_of(begin(&client, LATEST, 0), "ContinuationSequenceNumber"));
    world_advance(&fixture_world, SUBSCRIPTION_HEARTBEAT_MS);
    strcpy(then, text_of(expect_event(&client, 0), "ContinuationSequenceNumber"));
    ck_assert_str_gt(then, first);
    hang_up(&client);
    put(3);
    begin(&client, after("AFTER_SEQUENCE_NUMBER", then), 1);
    hang_up(&client);
}
END_TEST

START_TEST(something_is_said_every_five_seconds)
{
    struct client client;

    begin(&client, LATEST, 0);
    world_advance(&fixture_world, SUBSCRIPTION_HEARTBEAT_MS - 1);
    ck_assert(!next_message(&client));
    world_advance(&fixture_world, 1);
    expect_event(&client, 0);
    world_advance(&fixture_world, 3000);
    put(3);
    expect_event(&client, 1);
    world_advance(&fixture_world, 4999);
    ck_assert(!next_message(&client));
    world_advance(&fixture_world, 1);
    expect_event(&client, 0);
    hang_up(&client);
}
END_TEST

START_TEST(it_ends_after_five_minutes)
{
    struct client client;

    begin(&client, LATEST, 0);
    for (int i = 0; i < 59; i++) {
        world_advance(&fixture_world, SUBSCRIPTION_HEARTBEAT_MS);
        expect_event(&client, 0);
    }
    ck_assert(!client.is_ended);
    world_advance(&fixture_world, SUBSCRIPTION_HEARTBEAT_MS);
    next_message(&client);
    expect_end(&client);
    hang_up(&client);
    begin(&client, LATEST, 0);
    hang_up(&client);
}
END_TEST

static void split(void)
{
    fixture_done(kinesis(), "SplitShard", "{'StreamName':'fixes','ShardToSplit':'" SHARD "','NewStartingHashKey':'1000'}");
}

START_TEST(the_last_event_names_the_children)
{
    struct client client;
    json_t *event;
    json_t *child;

    begin(&client, LATEST, 0);
    put(3);
    split();
    event = expect_event(&client, 1);
    ck_assert_ptr_null(json_object_get(event, "ContinuationSequenceNumber"));
    ck_assert_uint_eq(json_array_size(json_object_get(event, "ChildShards")), 2);
    child = json_array_get(json_object_get(event, "ChildShards"), 0);
    ck_assert_str_eq(text_of(child, "ShardId"), "shardId-000000000002");
    fixture_expect(json_object_get(child, "ParentShards"), "['" SHARD "']");
    expect_end(&client);
    hang_up(&client);
    world_advance(&fixture_world, SUBSCRIPTION_EXCLUSIVE_MS);
    event = begin(&client, TRIM_HORIZON, 1);
    ck_assert_uint_eq(json_array_size(json_object_get(event, "ChildShards")), 2);
    expect_end(&client);
    hang_up(&client);
}
END_TEST

START_TEST(what_is_encrypted_says_so)
{
    struct client client;

    fixture_done(kinesis(), "StartStreamEncryption", "{'StreamName':'fixes','EncryptionType':'KMS','KeyId':'alias/aws/kinesis'}");
    put(3);
    ck_assert_str_eq(text_of(json_array_get(json_object_get(begin(&client, TRIM_HORIZON, 1), "Records"), 0), "EncryptionType"), "KMS");
    hang_up(&client);
}
END_TEST

START_TEST(who_asks_in_cbor_is_told_in_cbor)
{
    struct buffer body = { 0 };
    struct client client;
    json_t *input;
    json_t *record;

    put(3);
    input = json_loads(input_of("{'Type':'AT_TIMESTAMP','Timestamp':1700000000.0}"), 0, NULL);
    cbor_write(&body, input, (const struct member[]){ { "Timestamp", TIMESTAMP }, { 0 } });
    subscribe_as(&client, "application/x-amz-cbor-1.1", body.data, body.size);
    json_decref(input);
    buffer_clear(&body);
    fixture_expect(expect_message(&client, "initial-response"), "{}");
    ck_assert_str_eq(client.content_type, "application/x-amz-cbor-1.1");
    record = json_array_get(json_object_get(expect_event(&client, 1), "Records"), 0);
    ck_assert_str_eq(text_of(record, "Data"), "QUJD");
    ck_assert_ptr_nonnull(memmem(client.heard.data, client.heard.size,
                                 "\x43"
                                 "ABC",
                                 4)); /* three bytes, and not their base64 */
    hang_up(&client);
}
END_TEST

/* ---- clients that do not read ---- */

START_TEST(a_backlog_comes_as_fast_as_it_is_taken)
{
    struct client client;
    size_t records = 0;

    for (int i = 0; i < 60; i++)
        put(30000);
    subscribe(&client, TRIM_HORIZON);
    expect_message(&client, "initial-response");
    while (next_message(&client)) {
        records += json_array_size(json_object_get(client.payload, "Records"));
        ck_assert_uint_le(json_array_size(json_object_get(client.payload, "Records")), SUBSCRIPTION_EVENT_BYTES / 30000);
        if (records < 60)
            ck_assert_ptr_nonnull(text_of(client.payload, "ContinuationSequenceNumber"));
    }
    ck_assert_uint_eq(records, 60);
    hang_up(&client);
}
END_TEST

START_TEST(one_who_takes_nothing_costs_an_event_or_two)
{
    struct client client;

    for (int i = 0; i < 60; i++)
        put(30000);
    subscribe(&client, TRIM_HORIZON);
    client.is_shut = true;
    for (int i = 0; i < 60; i++) {
        put(30000);
        world_advance(&fixture_world, 1000);
    }
    ck_assert_uint_le(client.exchange.answer.body.size, SUBSCRIPTION_WAITING_BYTES + SUBSCRIPTION_EVENT_BYTES * 3 / 2);
    client.is_shut = false;
    expect_message(&client, "initial-response");
    expect_event(&client, 4); /* said when there was nothing newer */
    ck_assert_int_gt(json_integer_value(json_object_get(expect_event(&client, 4), "MillisBehindLatest")), 50000);
    hang_up(&client);
}
END_TEST

START_TEST(one_larger_record_comes_alone)
{
    struct client client;

    put(3);
    put(600000);
    put(3);
    begin(&client, TRIM_HORIZON, 1);
    expect_event(&client, 1);
    expect_event(&client, 1);
    hang_up(&client);
}
END_TEST

START_TEST(records_that_have_left_the_shard_are_not_sent)
{
    struct client client;

    fixture_done(kinesis(), "IncreaseStreamRetentionPeriod", "{'StreamName':'fixes','RetentionPeriodHours':48}");
    for (int i = 0; i < 20; i++)
        put(30000);
    world_advance(&fixture_world, 30 * 3600 * 1000);
    put(3);
    subscribe(&client, TRIM_HORIZON);
    fixture_done(kinesis(), "DecreaseStreamRetentionPeriod", "{'StreamName':'fixes','RetentionPeriodHours':24}");
    expect_message(&client, "initial-response");
    expect_event(&client, 4); /* on its way already */
    expect_event(&client, 1);
    hang_up(&client);
}
END_TEST

/* ---- one consumer, one subscription ---- */

START_TEST(a_second_one_within_five_seconds_is_refused)
{
    struct client client;
    struct client second;

    begin(&client, LATEST, 0);
    if (_i)
        hang_up(&client); /* also when the first has left: the call counts */
    world_advance(&fixture_world, SUBSCRIPTION_EXCLUSIVE_MS - 1);
    subscribe(&second, LATEST);
    ck_assert(second.is_ended);
    ck_assert_int_eq(second.exchange.answer.status, 400);
    ck_assert_str_eq(second.heard.data,
                     "{\"__type\":\"ResourceInUseException\",\"message\":\"Another active subscription exists for this consumer: "
                     "000000000000:fixes:" SHARD ":app\"}");
    hang_up(&second);
    if (!_i)
        hang_up(&client);
}
END_TEST

/* ---- who reads inside holds the consumer's subscription as a client does ---- */

static int woken;

static void wake(struct kinesis_listener *listener)
{
    (void)listener;
    woken++;
}

static bool hold(void)
{
    return kinesis_consumer_hold(fixture_world.kinesis, consumer_arn, SHARD);
}

static void expect_refused(void)
{
    struct client client;

    subscribe(&client, LATEST);
    ck_assert_int_eq(client.exchange.answer.status, 400);
    ck_assert_ptr_nonnull(strstr(client.heard.data, "\"ResourceInUseException\""));
    hang_up(&client);
}

START_TEST(what_is_held_inside_is_refused_to_clients_for_five_seconds)
{
    struct client client;

    ck_assert(hold());
    expect_refused();
    world_advance(&fixture_world, SUBSCRIPTION_EXCLUSIVE_MS - 1);
    ck_assert(hold());
    expect_refused();
    world_advance(&fixture_world, 1);
    begin(&client, LATEST, 0);
    ck_assert(!hold());
    hang_up(&client);
}
END_TEST

/* As Lambda does when another client has displaced it. */
START_TEST(what_a_client_took_is_taken_back_after_five_seconds)
{
    struct kinesis_listener listener = { 0 };
    struct client client;

    kinesis_listen(fixture_world.kinesis, "fixes", &listener, wake);
    ck_assert(hold());
    world_advance(&fixture_world, SUBSCRIPTION_EXCLUSIVE_MS);
    begin(&client, LATEST, 0);
    woken = 0;
    world_advance(&fixture_world, SUBSCRIPTION_EXCLUSIVE_MS - 1);
    ck_assert_int_eq(woken, 0);
    ck_assert(!hold());
    world_advance(&fixture_world, 1);
    ck_assert_int_eq(woken, 1);
    ck_assert(hold());
    expect_event(&client, 0); /* of its fifth second */
    fixture_expect(expect_message(&client, "ResourceInUseException"),
                   "{'message':'Another active subscription exists for this consumer: 000000000000:fixes:" SHARD ":app'}");
    expect_end(&client);
    hang_up(&client);
    kinesis_unlisten(&listener);
}
END_TEST

/* Two may read by one consumer; one of them rests. */
START_TEST(who_waits_inside_is_told_though_another_let_go)
{
    struct kinesis_listener listener = { 0 };
    struct client client;

    kinesis_listen(fixture_world.kinesis, "fixes", &listener, wake);
    begin(&client, LATEST, 0);
    ck_assert(!hold());
    kinesis_consumer_let_go(fixture_world.kinesis, consumer_arn);
    woken = 0;
    world_advance(&fixture_world, SUBSCRIPTION_EXCLUSIVE_MS);
    ck_assert_int_eq(woken, 1);
    ck_assert(hold());
    hang_up(&client);
    kinesis_unlisten(&listener);
}
END_TEST

START_TEST(what_is_held_is_let_go_and_begun_anew_every_five_minutes)
{
    struct client client;

    ck_assert(hold());
    world_advance(&fixture_world, SUBSCRIPTION_LIFE_MS);
    ck_assert(hold());
    expect_refused();
    kinesis_consumer_let_go(fixture_world.kinesis, consumer_arn);
    world_advance(&fixture_world, SUBSCRIPTION_EXCLUSIVE_MS);
    begin(&client, LATEST, 0);
    world_advance(&fixture_world, SUBSCRIPTION_EXCLUSIVE_MS);
    expect_event(&client, 0); /* nobody takes it back */
    hang_up(&client);
}
END_TEST

START_TEST(a_later_one_displaces_the_first)
{
    struct client client;
    struct client second;

    begin(&client, LATEST, 0);
    world_advance(&fixture_world, SUBSCRIPTION_EXCLUSIVE_MS);
    expect_event(&client, 0);
    begin(&second, LATEST, 0);
    fixture_expect(expect_message(&client, "ResourceInUseException"),
                   "{'message':'Another active subscription exists for this consumer: 000000000000:fixes:" SHARD ":app'}");
    expect_end(&client);
    put(3);
    expect_event(&second, 1);
    hang_up(&client);
    put(3);
    expect_event(&second, 1);
    hang_up(&second);
}
END_TEST

START_TEST(a_consumer_that_goes_ends_its_subscriptions)
{
    struct client client;
    char input[600];
    char expected[700];

    begin(&client, LATEST, 0);
    snprintf(input, sizeof input, "{'ConsumerARN':'%s'}", consumer_arn);
    fixture_done(kinesis(), "DeregisterStreamConsumer", input);
    snprintf(expected, sizeof expected, "{'message':'Consumer %s, account 000000000000 not found.'}", consumer_arn);
    fixture_expect(expect_message(&client, "ResourceNotFoundException"), expected);
    expect_end(&client);
    hang_up(&client);
}
END_TEST

START_TEST(a_stream_that_goes_ends_its_subscriptions)
{
    struct client client;

    begin(&client, LATEST, 0);
    fixture_done(kinesis(), "DeleteStream", "{'StreamName':'fixes','EnforceConsumerDeletion':true}");
    fixture_expect(expect_message(&client, "ResourceNotFoundException"),
                   "{'message':'Stream fixes under account 000000000000 not found.'}");
    expect_end(&client);
    hang_up(&client);
}
END_TEST

START_TEST(one_that_leaves_is_forgotten)
{
    struct client client;

    begin(&client, LATEST, 0);
    hang_up(&client);
    put(3);
    world_advance(&fixture_world, 400000);
}
END_TEST

/* ---- refusals ---- */

static const struct {
    const char *input; /* %s is the consumer's ARN */
    enum error_id error;
    const char *message;
} refusals[] = {
    { "{'ConsumerARN':'%s','ShardId':'" SHARD "'}", ERR_VALIDATION,
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null" },
    { "{'ConsumerARN':'%s','ShardId':'" SHARD "','StartingPosition':{'Type':'FIRST'}}", ERR_VALIDATION,
      "1 validation error detected: Value 'FIRST' at 'startingPosition.type' failed to satisfy constraint: Member must satisfy enum value "
      "set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]" },
    { "{'ConsumerARN':'app','ShardId':'" SHARD "','StartingPosition':" LATEST "}", ERR_VALIDATION,
      "1 validation error detected: Value 'app' at 'consumerARN' failed to satisfy constraint: Member must satisfy regular expression "
      "pattern: ^(arn):aws.*:kinesis:.*:\\d{12}:.*stream\\/[a-zA-Z0-9_.-]+\\/consumer\\/[a-zA-Z0-9_.-]+:[0-9]+" },
    { "{'ConsumerARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes/consumer/no:1','ShardId':'" SHARD "','StartingPosition':" LATEST
      "}",
      ERR_RESOURCE_NOT_FOUND,
      "Consumer arn:aws:kinesis:us-east-1:000000000000:stream/fixes/consumer/no:1, account 000000000000 not found." },
    { "{'ConsumerARN':'%s','ShardId':'shardId-000000000009','StartingPosition':" LATEST "}", ERR_RESOURCE_NOT_FOUND,
      "Shard shardId-000000000009 in stream fixes under account 000000000000 does not exist" },
    { "{'ConsumerARN':'%s','ShardId':'nine','StartingPosition':" LATEST "}", ERR_RESOURCE_NOT_FOUND,
      "Could not find shard nine in stream fixes under account 000000000000." },
    { "{'ConsumerARN':'%s','ShardId':'" SHARD "','StartingPosition':{'Type':'AT_SEQUENCE_NUMBER'}}", ERR_INVALID_ARGUMENT,
      "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no "
      "StartingSequenceNumber. Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber." },
    { "{'ConsumerARN':'%s','ShardId':'" SHARD "','StartingPosition':{'Type':'AT_SEQUENCE_NUMBER','SequenceNumber':'12'}}",
      ERR_INVALID_ARGUMENT,
      "Invalid StartingSequenceNumber. It encodes shardId-000000000012, while it was used in a call to a shard with " SHARD },
    { "{'ConsumerARN':'%s','ShardId':'" SHARD "','StartingPosition':{'Type':'AT_TIMESTAMP','Timestamp':1700000001}}", ERR_INVALID_ARGUMENT,
      "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: 1700000001000, "
      "currentTimestampInMillis: 1700000000000" },
};

START_TEST(what_is_wrong_is_refused_in_awss_words)
{
    char input[1024];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(input, sizeof input, refusals[_i].input, consumer_arn);
#pragma GCC diagnostic pop
    fixture_refused(kinesis(), "SubscribeToShard", input, refusals[_i].error, refusals[_i].message);
}
END_TEST

START_TEST(a_consumer_that_is_not_active_yet_is_refused)
{
    setenv("LOWCLOUD_KINESIS_STATE_MS", "500", 1);
    fixture_open();
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    world_advance(&fixture_world, 500);
    fixture_done(kinesis(), "RegisterStreamConsumer",
                 "{'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes','ConsumerName':'app'}");
    fixture_refused(kinesis(), "SubscribeToShard",
                    "{'ConsumerARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes/consumer/app:1700000000','ShardId':'" SHARD
                    "','StartingPosition':" LATEST "}",
                    ERR_RESOURCE_IN_USE,
                    "Consumer app with creation timestamp 1700000000 under stream: fixes , account 000000000000 is not in ACTIVE status.");
    ck_assert(
        !kinesis_consumer_is_active(fixture_world.kinesis, "arn:aws:kinesis:us-east-1:000000000000:stream/fixes/consumer/app:1700000000"));
    fixture_close();
}
END_TEST

/* ---- for those inside ---- */

START_TEST(a_consumers_arn_names_its_stream)
{
    const struct kinesis *room = fixture_world.kinesis;
    struct kinesis_reader reader;
    char arn[2048];

    ck_assert(kinesis_is_consumer_arn(consumer_arn));
    ck_assert(!kinesis_is_consumer_arn("arn:aws:kinesis:us-east-1:000000000000:stream/fixes"));
    ck_assert(kinesis_consumer_is_active(room, consumer_arn));
    ck_assert(kinesis_stream_exists(room, consumer_arn, arn));
    ck_assert_str_eq(arn, "arn:aws:kinesis:us-east-1:000000000000:stream/fixes");
    ck_assert_int_eq(kinesis_reader_open(room, consumer_arn, SHARD, KINESIS_LATEST, 0, NULL, &reader), OK);
    ck_assert_str_eq(reader.stream, "fixes");
    consumer_arn[strlen(consumer_arn) - 1] = 'x';
    ck_assert(!kinesis_stream_exists(room, consumer_arn, NULL));
    ck_assert(!kinesis_consumer_is_active(room, consumer_arn));
}
END_TEST

Suite *suite_kinesis_subscription(void)
{
    Suite *suite = suite_create("kinesis subscription");
    TCase *tests = tcase_create("subscription");
    TCase *slow = tcase_create("slow states");

    tcase_add_checked_fixture(tests, open_stream, fixture_close);
    tcase_add_test(tests, records_come_as_they_are_put);
    tcase_add_test(tests, a_record_of_another_shard_does_not_come);
    tcase_add_test(tests, reading_begins_where_the_client_says);
    tcase_add_test(tests, a_continuation_leads_on_also_when_nothing_came);
    tcase_add_test(tests, something_is_said_every_five_seconds);
    tcase_add_test(tests, it_ends_after_five_minutes);
    tcase_add_test(tests, the_last_event_names_the_children);
    tcase_add_test(tests, what_is_encrypted_says_so);
    tcase_add_test(tests, who_asks_in_cbor_is_told_in_cbor);
    tcase_add_test(tests, a_backlog_comes_as_fast_as_it_is_taken);
    tcase_add_test(tests, one_who_takes_nothing_costs_an_event_or_two);
    tcase_add_test(tests, one_larger_record_comes_alone);
    tcase_add_test(tests, records_that_have_left_the_shard_are_not_sent);
    tcase_add_loop_test(tests, a_second_one_within_five_seconds_is_refused, 0, 2);
    tcase_add_test(tests, a_later_one_displaces_the_first);
    tcase_add_test(tests, what_is_held_inside_is_refused_to_clients_for_five_seconds);
    tcase_add_test(tests, what_a_client_took_is_taken_back_after_five_seconds);
    tcase_add_test(tests, who_waits_inside_is_told_though_another_let_go);
    tcase_add_test(tests, what_is_held_is_let_go_and_begun_anew_every_five_minutes);
    tcase_add_test(tests, a_consumer_that_goes_ends_its_subscriptions);
    tcase_add_test(tests, a_stream_that_goes_ends_its_subscriptions);
    tcase_add_test(tests, one_that_leaves_is_forgotten);
    tcase_add_loop_test(tests, what_is_wrong_is_refused_in_awss_words, 0, (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, a_consumers_arn_names_its_stream);
    suite_add_tcase(suite, tests);
    tcase_add_test(slow, a_consumer_that_is_not_active_yet_is_refused);
    suite_add_tcase(suite, slow);
    return suite;
}
