package lowcloud;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kinesis.source.KinesisStreamsSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.SinkFunction;
import org.apache.flink.streaming.connectors.kinesis.FlinkKinesisConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/** Jobs of Apache Flink, in a cluster within this process, that read a stream by each of the connector's ways. The connector brings SDKs of its own. */
class FlinkTest {
    private static final int RECORDS = 200;

    /** What the sinks of all jobs have seen, by stream: they run in this process. */
    private static final Map<String, Collection<Integer>> SEEN = new ConcurrentHashMap<>();

    enum Way { POLLING, FAN_OUT, SOURCE }

    private static final class Noting implements SinkFunction<String> {
        private static final long serialVersionUID = 1;
        private final String stream;

        Noting(String stream) {
            this.stream = stream;
        }

        @Override
        public void invoke(String text, Context context) {
            SEEN.get(stream).add(Integer.parseInt(text));
        }
    }

    private static Properties here() {
        Properties properties = new Properties();
        properties.setProperty("aws.region", "us-east-1");
        properties.setProperty("aws.endpoint", System.getenv("LOWCLOUD_ENDPOINT"));
        properties.setProperty("aws.credentials.provider", "BASIC");
        properties.setProperty("aws.credentials.provider.basic.accesskeyid", "test");
        properties.setProperty("aws.credentials.provider.basic.secretkey", "test");
        properties.setProperty("flink.stream.initpos", "TRIM_HORIZON");
        properties.setProperty("flink.shard.discovery.intervalmillis", "500");
        return properties;
    }

    private static DataStream<String> read(StreamExecutionEnvironment flink, KinesisAsyncClient kinesis, String stream, Way way) {
        Properties properties = here();
        if (way == Way.SOURCE) {
            String arn = kinesis.describeStreamSummary(request -> request.streamName(stream)).join().streamDescriptionSummary().streamARN();
            return flink.fromSource(KinesisStreamsSource.<String>builder().setStreamArn(arn)
                            .setSourceConfig(Configuration.fromMap(asMap(properties)))
                            .setDeserializationSchema(new SimpleStringSchema()).build(),
                    WatermarkStrategy.noWatermarks(), "stream", Types.STRING);
        }
        if (way == Way.FAN_OUT) {
            properties.setProperty("flink.stream.recordpublisher", "EFO");
            properties.setProperty("flink.stream.efo.consumername", "flink");
        }
        return flink.addSource(new FlinkKinesisConsumer<>(stream, new SimpleStringSchema(), properties));
    }

    private static Map<String, String> asMap(Properties properties) {
        Map<String, String> map = new ConcurrentHashMap<>();
        properties.stringPropertyNames().forEach(name -> map.put(name, properties.getProperty(name)));
        return map;
    }

    private static void put(KinesisAsyncClient kinesis, String stream, int from, int to) {
        for (int number = from; number < to; number++) {
            String text = Integer.toString(number);
            kinesis.putRecord(record -> record.streamName(stream).partitionKey(text).data(SdkBytes.fromUtf8String(text))).join();
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aJobSeesEachRecordOverASplit(Way way) throws Exception {
        try (KinesisAsyncClient kinesis = Clients.here(KinesisAsyncClient.builder())) {
            String stream = Clients.makeStream(kinesis, 1);
            Collection<Integer> seen = new ConcurrentLinkedQueue<>();
            SEEN.put(stream, seen);
            put(kinesis, stream, 0, RECORDS / 2);
            StreamExecutionEnvironment flink = StreamExecutionEnvironment.createLocalEnvironment(1);
            read(flink, kinesis, stream, way).addSink(new Noting(stream));
            JobClient job = flink.executeAsync();
            Clients.await("the first records", () -> seen.size() >= RECORDS / 2);
            kinesis.splitShard(split -> split.streamName(stream).shardToSplit("shardId-000000000000")
                    .newStartingHashKey("170141183460469231731687303715884105728")).join();
            kinesis.waiter().waitUntilStreamExists(request -> request.streamName(stream)).join();
            put(kinesis, stream, RECORDS / 2, RECORDS);
            Clients.await("the records after the split", () -> seen.size() >= RECORDS);
            job.cancel().get();
            assertEquals(RECORDS, new HashSet<>(seen).size(), "different records");
            assertEquals(RECORDS, seen.size(), "records, none of them twice");
        }
    }
}
