package lowcloud;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/** A consumer of the Kinesis Client Library: its leases in DynamoDB, its metrics to CloudWatch, its records from Kinesis, all of them here. */
class ConsumerTest {
    private static final int RECORDS = 60;
    private static final int KEYS = 6;
    private static final long PATIENCE_SECONDS = 170;

    /** What all shards' processors have seen: the numbers of each key, in order. */
    private final Map<String, List<Integer>> seen = new ConcurrentHashMap<>();
    private final Set<String> ended = ConcurrentHashMap.newKeySet();

    private final class Processor implements ShardRecordProcessor {
        private String shard;

        @Override
        public void initialize(InitializationInput input) {
            shard = input.shardId();
        }

        @Override
        public void processRecords(ProcessRecordsInput input) {
            input.records().forEach(record -> {
                byte[] data = new byte[record.data().remaining()];
                record.data().get(data);
                seen.computeIfAbsent(record.partitionKey(), key -> new CopyOnWriteArrayList<>()).add(Integer.parseInt(new String(data)));
            });
        }

        @Override
        public void leaseLost(LeaseLostInput input) {}

        @Override
        public void shardEnded(ShardEndedInput input) {
            try {
                input.checkpointer().checkpoint();
                ended.add(shard);
            } catch (InvalidStateException | ShutdownException problem) {
                throw new IllegalStateException(problem);
            }
        }

        @Override
        public void shutdownRequested(ShutdownRequestedInput input) {}
    }

    private static void put(KinesisAsyncClient kinesis, String stream, int from, int to) {
        for (int number = from; number < to; number++) {
            String key = "key-" + number % KEYS;
            SdkBytes data = SdkBytes.fromUtf8String(Integer.toString(number));
            kinesis.putRecord(record -> record.streamName(stream).partitionKey(key).data(data)).join();
        }
    }

    private int count() {
        return seen.values().stream().mapToInt(List::size).sum();
    }

    private void await(String what, BooleanSupplier isSo) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!isSo.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "still waiting for " + what + "; seen: " + seen + ", ended: " + ended);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** Before a split, over it, and after it: each record once and in the order of its key, for a parent is read to its end first. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyRecordIsSeenOverASplit(boolean byFanOut) throws Exception {
        try (KinesisAsyncClient kinesis = Clients.here(KinesisAsyncClient.builder());
                DynamoDbAsyncClient dynamodb = Clients.here(DynamoDbAsyncClient.builder());
                CloudWatchAsyncClient cloudwatch = Clients.here(CloudWatchAsyncClient.builder())) {
            String stream = Clients.makeStream(kinesis, 1);
            SingleStreamTracker tracker =
                    new SingleStreamTracker(stream, InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON));
            ConfigsBuilder configs = new ConfigsBuilder(tracker, Clients.unique("consumer"), kinesis, dynamodb, cloudwatch, "worker", Processor::new);
            Scheduler scheduler = new Scheduler(configs.checkpointConfig(),
                    configs.coordinatorConfig().parentShardPollIntervalMillis(500).shardConsumerDispatchPollIntervalMillis(100),
                    configs.leaseManagementConfig().shardSyncIntervalMillis(1000).failoverTimeMillis(2000),
                    configs.lifecycleConfig(), configs.metricsConfig(), configs.processorConfig(),
                    byFanOut ? configs.retrievalConfig() : configs.retrievalConfig().retrievalSpecificConfig(new PollingConfig(stream, kinesis)));
            Thread worker = new Thread(scheduler);

            put(kinesis, stream, 0, RECORDS / 2);
            worker.start();
            await("the first records", () -> count() == RECORDS / 2);
            kinesis.splitShard(split -> split.streamName(stream).shardToSplit("shardId-000000000000")
                    .newStartingHashKey("170141183460469231731687303715884105728")).join();
            kinesis.waiter().waitUntilStreamExists(request -> request.streamName(stream)).join();
            put(kinesis, stream, RECORDS / 2, RECORDS);
            await("the records after the split", () -> count() == RECORDS);
            await("the end of the parent", () -> ended.contains("shardId-000000000000"));
            scheduler.shutdown();
            worker.join(TimeUnit.SECONDS.toMillis(30));
        }
        Set<Integer> all = new HashSet<>();
        seen.forEach((key, numbers) -> {
            List<Integer> sorted = new ArrayList<>(numbers);
            sorted.sort(null);
            assertEquals(sorted, numbers, "the order of " + key);
            all.addAll(numbers);
        });
        assertEquals(RECORDS, all.size());
    }
}
