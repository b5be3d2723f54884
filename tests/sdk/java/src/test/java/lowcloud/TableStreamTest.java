package lowcloud;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsSchedulerFactory;
import com.amazonaws.services.dynamodbv2.streamsadapter.model.DynamoDBStreamsProcessRecordsInput;
import com.amazonaws.services.dynamodbv2.streamsadapter.polling.DynamoDBStreamsPollingConfig;
import com.amazonaws.services.dynamodbv2.streamsadapter.processor.DynamoDBStreamsShardRecordProcessor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.StreamTracker;

/** The Kinesis Client Library reads the stream of a table, through the adapter that AWS makes for that. */
class TableStreamTest {
    private static final int ITEMS = 30;

    /** What the processor has seen: an event's name and the item's key. */
    private final List<String> seen = new CopyOnWriteArrayList<>();

    private final class Processor implements DynamoDBStreamsShardRecordProcessor {
        @Override
        public void initialize(InitializationInput input) {}

        @Override
        public void processRecords(DynamoDBStreamsProcessRecordsInput input) {
            input.records().forEach(record ->
                    seen.add(record.getRecord().eventNameAsString() + " " + record.getRecord().dynamodb().keys().get("id").s()));
        }

        @Override
        public void leaseLost(LeaseLostInput input) {}

        @Override
        public void shardEnded(ShardEndedInput input) {}

        @Override
        public void shutdownRequested(ShutdownRequestedInput input) {}
    }

    /** Makes a table with a stream; answers the stream's ARN. */
    private static String makeTable(DynamoDbAsyncClient dynamodb, String table) {
        dynamodb.createTable(request -> request.tableName(table)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .streamSpecification(stream -> stream.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES))
                .keySchema(key -> key.attributeName("id").keyType(KeyType.HASH))
                .attributeDefinitions(attribute -> attribute.attributeName("id").attributeType(ScalarAttributeType.S))).join();
        return dynamodb.waiter().waitUntilTableExists(request -> request.tableName(table)).join().matched().response().orElseThrow().table().latestStreamArn();
    }

    private static List<String> write(DynamoDbAsyncClient dynamodb, String table, int from, int to) {
        IntStream.range(from, to).forEach(number -> dynamodb.putItem(
                request -> request.tableName(table).item(Map.of("id", AttributeValue.fromS("item-" + number)))).join());
        return IntStream.range(from, to).mapToObj(number -> "INSERT item-" + number).toList();
    }

    private Scheduler scheduler(String stream, DynamoDbStreamsClient streams, DynamoDbAsyncClient dynamodb, CloudWatchAsyncClient cloudwatch) {
        AmazonDynamoDBStreamsAdapterClient adapter = new AmazonDynamoDBStreamsAdapterClient(streams, Region.US_EAST_1);
        StreamTracker tracker = StreamsSchedulerFactory.createSingleStreamTracker(
                stream, InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON));
        ConfigsBuilder configs = new ConfigsBuilder(tracker, Clients.unique("table-consumer"), adapter, dynamodb, cloudwatch, "worker", Processor::new);
        return StreamsSchedulerFactory.createScheduler(configs.checkpointConfig(), configs.coordinatorConfig(),
                configs.leaseManagementConfig().shardSyncIntervalMillis(1000).failoverTimeMillis(2000), configs.lifecycleConfig(), configs.metricsConfig(), configs.processorConfig(),
                configs.retrievalConfig().retrievalSpecificConfig(new DynamoDBStreamsPollingConfig(adapter)), adapter);
    }

    @Test
    void everyChangeIsSeenInOrder() throws Exception {
        try (DynamoDbAsyncClient dynamodb = Clients.here(DynamoDbAsyncClient.builder());
                DynamoDbStreamsClient streams = Clients.here(DynamoDbStreamsClient.builder());
                CloudWatchAsyncClient cloudwatch = Clients.here(CloudWatchAsyncClient.builder())) {
            String table = Clients.unique("table");
            Scheduler scheduler = scheduler(makeTable(dynamodb, table), streams, dynamodb, cloudwatch);
            Thread worker = new Thread(scheduler);
            List<String> before = write(dynamodb, table, 0, ITEMS);
            worker.start();
            Clients.await("the changes from before", () -> seen.size() >= ITEMS);
            assertEquals(before, seen);
            seen.clear();
            List<String> after = write(dynamodb, table, ITEMS, 2 * ITEMS);
            Clients.await("the changes from after", () -> seen.size() >= ITEMS);
            assertEquals(after, seen);
            scheduler.shutdown();
            worker.join(TimeUnit.SECONDS.toMillis(30));
        }
    }
}
