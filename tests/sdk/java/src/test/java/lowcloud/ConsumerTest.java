package lowcloud;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

class ConsumerTest {
    private static final int RECORDS = 60;
    private static final int KEYS = 6;

    private static void put(KinesisAsyncClient kinesis, String stream, int from, int to) {
        for (int number = from; number < to; number++) {
            String key = "key-" + number % KEYS;
            SdkBytes data = SdkBytes.fromUtf8String(Integer.toString(number));
            kinesis.putRecord(record -> record.streamName(stream).partitionKey(key).data(data)).join();
        }
    }

    /** Before a split, over it, and after it: each record once and in the order of its key, for a parent is read to its end first. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyRecordIsSeenOverASplit(boolean byFanOut) throws Exception {
        try (KinesisAsyncClient kinesis = Clients.here(KinesisAsyncClient.builder())) {
            String stream = Clients.makeStream(kinesis, 1);
            put(kinesis, stream, 0, RECORDS / 2);
            try (Consumer consumer = new Consumer(stream, byFanOut)) {
                consumer.awaitRecords(RECORDS / 2);
                kinesis.splitShard(split -> split.streamName(stream).shardToSplit("shardId-000000000000")
                        .newStartingHashKey("170141183460469231731687303715884105728")).join();
                kinesis.waiter().waitUntilStreamExists(request -> request.streamName(stream)).join();
                put(kinesis, stream, RECORDS / 2, RECORDS);
                consumer.awaitRecords(RECORDS);
                consumer.awaitEndOf("shardId-000000000000");
                consumer.assertSeenOnce(RECORDS);
                consumer.assertInOrder();
            }
        }
    }
}
