package lowcloud;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

class SdkTest {
    /** CBOR over HTTP/2 by prior knowledge: the asynchronous client's own choice. */
    @Test
    void recordsComeOutAsTheyWentIn() {
        try (KinesisAsyncClient kinesis = Clients.here(KinesisAsyncClient.builder())) {
            String stream = Clients.makeStream(kinesis, 1);
            SdkBytes data = SdkBytes.fromByteArray(new byte[] {0, 1, -1, 'x'});
            String sequence = kinesis.putRecord(record -> record.streamName(stream).partitionKey("k").data(data)).join().sequenceNumber();
            List<Record> records = read(kinesis, stream, "shardId-000000000000");

            assertEquals(1, records.size());
            assertEquals(data, records.get(0).data());
            assertEquals(sequence, records.get(0).sequenceNumber());
            assertTrue(Math.abs(records.get(0).approximateArrivalTimestamp().toEpochMilli() - System.currentTimeMillis()) < 60_000);
        }
    }

    private static List<Record> read(KinesisAsyncClient kinesis, String stream, String shard) {
        String iterator = kinesis.getShardIterator(
                        request -> request.streamName(stream).shardId(shard).shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                .join()
                .shardIterator();
        return kinesis.getRecords(request -> request.shardIterator(iterator)).join().records();
    }

    /** CBOR over HTTP/1.1. */
    @Test
    void theSynchronousClientPutsAndIsRefused() {
        try (KinesisClient kinesis = Clients.here(KinesisClient.builder())) {
            String stream = Clients.unique("stream");
            kinesis.createStream(request -> request.streamName(stream).shardCount(2));
            kinesis.waiter().waitUntilStreamExists(request -> request.streamName(stream));
            assertEquals(0, kinesis.putRecords(request -> request.streamName(stream).records(
                            entry -> entry.partitionKey("a").data(SdkBytes.fromUtf8String("1")),
                            entry -> entry.partitionKey("b").data(SdkBytes.fromUtf8String("2")))).failedRecordCount());
            assertThrows(ResourceNotFoundException.class, () -> kinesis.describeStreamSummary(request -> request.streamName("no-such-stream")));
        }
    }

    @Test
    void anErrorOverHttp2IsTheSdksOwn() {
        try (KinesisAsyncClient kinesis = Clients.here(KinesisAsyncClient.builder())) {
            CompletionException thrown = assertThrows(CompletionException.class,
                    () -> kinesis.describeStreamSummary(request -> request.streamName("no-such-stream")).join());
            assertTrue(thrown.getCause() instanceof ResourceNotFoundException, thrown.getCause().toString());
        }
    }

    @Test
    void aSubscriptionIsFedWhileRecordsArePut() throws InterruptedException {
        try (KinesisAsyncClient kinesis = Clients.here(KinesisAsyncClient.builder())) {
            String stream = Clients.makeStream(kinesis, 1);
            String arn = kinesis.describeStreamSummary(request -> request.streamName(stream)).join().streamDescriptionSummary().streamARN();
            String consumer = kinesis.registerStreamConsumer(request -> request.streamARN(arn).consumerName("reader")).join().consumer().consumerARN();
            BlockingQueue<Record> seen = new ArrayBlockingQueue<>(100);

            while (!"ACTIVE".equals(kinesis.describeStreamConsumer(request -> request.consumerARN(consumer)).join()
                    .consumerDescription().consumerStatusAsString()))
                Thread.onSpinWait();
            kinesis.subscribeToShard(
                    request -> request.consumerARN(consumer).shardId("shardId-000000000000").startingPosition(start -> start.type(ShardIteratorType.LATEST)),
                    SubscribeToShardResponseHandler.builder()
                            .subscriber(event -> {
                                if (event instanceof SubscribeToShardEvent)
                                    seen.addAll(((SubscribeToShardEvent) event).records());
                            })
                            .onResponse(response -> kinesis.putRecord(
                                    record -> record.streamName(stream).partitionKey("k").data(SdkBytes.fromUtf8String("pushed"))))
                            .build());
            Record record = seen.poll(20, TimeUnit.SECONDS);
            assertTrue(record != null, "nothing was pushed");
            assertEquals("pushed", record.data().asUtf8String());
        }
    }

    /** The SDK checks x-amz-crc32, and sends a token with each transaction. */
    @Test
    void itemsAndTransactions() {
        try (DynamoDbClient dynamodb = Clients.here(DynamoDbClient.builder())) {
            String table = Clients.unique("table");
            dynamodb.createTable(request -> request.tableName(table)
                    .billingMode(BillingMode.PAY_PER_REQUEST)
                    .keySchema(key -> key.attributeName("id").keyType(KeyType.HASH))
                    .attributeDefinitions(attribute -> attribute.attributeName("id").attributeType(ScalarAttributeType.S)));
            dynamodb.waiter().waitUntilTableExists(request -> request.tableName(table));
            Map<String, AttributeValue> item = Map.of("id", AttributeValue.fromS("one"), "n", AttributeValue.fromN("1.50"));

            dynamodb.transactWriteItems(request -> request.transactItems(action -> action.put(put -> put.tableName(table).item(item))));
            assertEquals("1.5", dynamodb.getItem(request -> request.tableName(table).key(Map.of("id", AttributeValue.fromS("one")))).item().get("n").n());
            assertThrows(ConditionalCheckFailedException.class,
                    () -> dynamodb.putItem(request -> request.tableName(table).item(item).conditionExpression("attribute_not_exists(id)")));
        }
    }
}
