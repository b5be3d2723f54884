package lowcloud;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.UserRecordResult;

/** The Kinesis Producer Library: its own native program packs many records into one, and speaks with Kinesis and CloudWatch by TLS alone. It promises no order. */
class ProducerTest {
    private static final int RECORDS = 5000;
    private static final int KEYS = 40;
    private static final byte[] MAGIC = {(byte) 0xF3, (byte) 0x89, (byte) 0x9A, (byte) 0xC2};

    private final String namespace = Clients.unique("Producer");

    private KinesisProducer producer() {
        URI endpoint = URI.create(System.getenv("LOWCLOUD_ENDPOINT"));
        return new KinesisProducer(new KinesisProducerConfiguration()
                .setRegion("us-east-1")
                .setCredentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .setKinesisEndpoint(endpoint.getHost()).setKinesisPort(endpoint.getPort())
                .setCloudwatchEndpoint(endpoint.getHost()).setCloudwatchPort(endpoint.getPort())
                .setVerifyCertificate(false)
                .setTempDirectory(System.getProperty("producer.directory"))
                .setMetricsNamespace(namespace).setMetricsUploadDelay(500));
    }

    private static List<UserRecordResult> put(KinesisProducer producer, String stream, int from, int to) throws Exception {
        List<ListenableFuture<UserRecordResult>> promised = new ArrayList<>();
        for (int number = from; number < to; number++)
            promised.add(producer.addUserRecord(stream, "key-" + number % KEYS, ByteBuffer.wrap(Integer.toString(number).getBytes())));
        producer.flushSync();
        List<UserRecordResult> results = new ArrayList<>();
        for (ListenableFuture<UserRecordResult> result : promised)
            results.add(result.get());
        return results;
    }

    private static List<Record> recordsOf(KinesisAsyncClient kinesis, String stream) {
        List<Record> records = new ArrayList<>();
        for (Shard shard : kinesis.listShards(request -> request.streamName(stream)).join().shards()) {
            String iterator = kinesis.getShardIterator(request -> request.streamName(stream).shardId(shard.shardId())
                    .shardIteratorType(ShardIteratorType.TRIM_HORIZON)).join().shardIterator();
            records.addAll(kinesis.getRecords(request -> request.shardIterator(iterator)).join().records());
        }
        return records;
    }

    private static boolean isPacked(Record record) {
        return Arrays.equals(MAGIC, Arrays.copyOf(record.data().asByteArray(), MAGIC.length));
    }

    /** Puts records, KEYS at a time, until the producer has read the list of shards: before that it packs nothing. Answers how many. */
    private static int putUntilPacked(KinesisAsyncClient kinesis, KinesisProducer producer, String stream) throws Exception {
        int count = 0;
        while (recordsOf(kinesis, stream).stream().noneMatch(ProducerTest::isPacked)) {
            put(producer, stream, count, count + KEYS);
            count += KEYS;
            assertTrue(count < RECORDS, count + " records were put, and none was packed");
        }
        return count;
    }

    @Test
    void aConsumerUnpacksWhatTheProducerPacked() throws Exception {
        try (KinesisAsyncClient kinesis = Clients.here(KinesisAsyncClient.builder())) {
            String stream = Clients.makeStream(kinesis, 2);
            KinesisProducer producer = producer();
            int first = putUntilPacked(kinesis, producer, stream), before = recordsOf(kinesis, stream).size();

            for (UserRecordResult result : put(producer, stream, first, first + RECORDS)) {
                assertTrue(result.isSuccessful());
                assertEquals(1, result.getAttempts().size(), "attempts: the shard is the one that the producer foresaw");
            }
            int packed = recordsOf(kinesis, stream).size() - before;
            assertTrue(packed < RECORDS / 10, RECORDS + " records were put as " + packed);
            try (Consumer consumer = new Consumer(stream, false)) {
                consumer.awaitRecords(first + RECORDS);
                consumer.assertSeenOnce(first + RECORDS);
            }
            Clients.await("the producer's metrics", () -> Metrics.sumOf(namespace, "UserRecordsPut", 1) == first + RECORDS);
            assertEquals(0, Metrics.sumOf(namespace, "AllErrors", 1));
            producer.destroy();
        }
    }

    /** What the producer packs for a shard that has been split goes to one child; it puts again what belongs to the other. */
    @Test
    void nothingIsLostWhereAShardIsSplit() throws Exception {
        try (KinesisAsyncClient kinesis = Clients.here(KinesisAsyncClient.builder())) {
            String stream = Clients.makeStream(kinesis, 1);
            KinesisProducer producer = producer();
            int first = putUntilPacked(kinesis, producer, stream);
            kinesis.splitShard(split -> split.streamName(stream).shardToSplit("shardId-000000000000")
                    .newStartingHashKey("170141183460469231731687303715884105728")).join();
            kinesis.waiter().waitUntilStreamExists(request -> request.streamName(stream)).join();
            assertTrue(put(producer, stream, first, first + RECORDS).stream().allMatch(UserRecordResult::isSuccessful));
            try (Consumer consumer = new Consumer(stream, true)) {
                consumer.awaitRecords(first + RECORDS);
                consumer.assertSeenOnce(first + RECORDS);
            }
            producer.destroy();
        }
    }
}
