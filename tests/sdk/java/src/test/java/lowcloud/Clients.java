package lowcloud;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/** Clients as their builders make them: what they speak (HTTP/2, CBOR) is the SDK's own choice. */
final class Clients {
    private static final long PATIENCE_SECONDS = 170;

    private Clients() {}

    static <B extends AwsClientBuilder<B, C>, C> C here(B builder) {
        return builder.endpointOverride(URI.create(System.getenv("LOWCLOUD_ENDPOINT")))
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build();
    }

    static String unique(String what) {
        return what + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    static String makeStream(KinesisAsyncClient kinesis, int shards) {
        String name = unique("stream");
        kinesis.createStream(stream -> stream.streamName(name).shardCount(shards)).join();
        kinesis.waiter().waitUntilStreamExists(stream -> stream.streamName(name)).join();
        return name;
    }

    /** Something that is so, or not yet; to find out may fail. */
    interface Condition {
        boolean isSo() throws Exception;
    }

    static void await(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.isSo()) {
            assertTrue(System.nanoTime() < end, "still waiting for " + what);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
