package lowcloud;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
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

/** A worker of the Kinesis Client Library that notes the numbers in a stream's records: its leases in DynamoDB, its metrics to CloudWatch, all of them here. */
final class Consumer implements AutoCloseable {
    private final KinesisAsyncClient kinesis = Clients.here(KinesisAsyncClient.builder());
    private final DynamoDbAsyncClient dynamodb = Clients.here(DynamoDbAsyncClient.builder());
    private final CloudWatchAsyncClient cloudwatch = Clients.here(CloudWatchAsyncClient.builder());
    private final Scheduler scheduler;
    private final Thread worker;

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

    /** Reads the stream from its beginning: by enhanced fan-out, or by polling. */
    Consumer(String stream, boolean byFanOut) {
        SingleStreamTracker tracker =
                new SingleStreamTracker(stream, InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON));
        ConfigsBuilder configs = new ConfigsBuilder(tracker, Clients.unique("consumer"), kinesis, dynamodb, cloudwatch, "worker", Processor::new);
        scheduler = new Scheduler(configs.checkpointConfig(),
                configs.coordinatorConfig().parentShardPollIntervalMillis(500).shardConsumerDispatchPollIntervalMillis(100),
                configs.leaseManagementConfig().shardSyncIntervalMillis(1000).failoverTimeMillis(2000),
                configs.lifecycleConfig(), configs.metricsConfig(), configs.processorConfig(),
                byFanOut ? configs.retrievalConfig() : configs.retrievalConfig().retrievalSpecificConfig(new PollingConfig(stream, kinesis)));
        worker = new Thread(scheduler);
        worker.start();
    }

    void awaitRecords(int count) throws Exception {
        Clients.await(count + " records", () -> seen.values().stream().mapToInt(List::size).sum() >= count);
    }

    void awaitEndOf(String shard) throws Exception {
        Clients.await("the end of " + shard, () -> ended.contains(shard));
    }

    /** Each number below count was seen, and none twice. */
    void assertSeenOnce(int count) {
        Set<Integer> all = new HashSet<>();
        seen.values().forEach(all::addAll);
        assertEquals(count, all.size(), "different records");
        assertEquals(count, seen.values().stream().mapToInt(List::size).sum(), "records, none of them twice");
    }

    /** The numbers of each key were seen in their order. */
    void assertInOrder() {
        seen.forEach((key, numbers) -> {
            List<Integer> sorted = new ArrayList<>(numbers);
            sorted.sort(null);
            assertEquals(sorted, numbers, "the order of " + key);
        });
    }

    @Override
    public void close() throws InterruptedException {
        scheduler.shutdown();
        worker.join(TimeUnit.SECONDS.toMillis(30));
        kinesis.close();
        dynamodb.close();
        cloudwatch.close();
    }
}
