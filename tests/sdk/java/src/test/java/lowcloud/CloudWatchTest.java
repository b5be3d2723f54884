package lowcloud;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.InvalidParameterCombinationException;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.StandardUnit;

/** PutMetricData in the protocol that the SDK for Java chooses (the forms of AWS Query), with both of its clients. */
class CloudWatchTest {
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.250Z");

    /** So many metrics that the SDK compresses them. */
    private static PutMetricDataRequest request(String namespace) {
        List<MetricDatum> data = IntStream.range(0, 200).mapToObj(number -> MetricDatum.builder()
                .metricName("metric-" + number).value(number + 0.5).unit(StandardUnit.COUNT).timestamp(AT)
                .dimensions(Dimension.builder().name("Line").value("x & ".repeat(25)).build())
                .build()).toList();
        return PutMetricDataRequest.builder().namespace(namespace).metricData(data).build();
    }

    private static void assertKept(String namespace) throws Exception {
        List<JsonNode> metrics = Metrics.of(namespace);
        assertEquals(200, metrics.size());
        assertEquals(7.5, metrics.get(7).get("Value").asDouble());
        assertEquals("Count", metrics.get(7).get("Unit").asText());
        assertEquals(AT.toEpochMilli() / 1000.0, metrics.get(7).get("Timestamp").asDouble());
        assertEquals("x & ".repeat(25), metrics.get(7).get("Dimensions").get(0).get("Value").asText());
    }

    @Test
    void theSynchronousClientPublishes() throws Exception {
        String namespace = Clients.unique("Sync");
        try (CloudWatchClient cloudwatch = Clients.here(CloudWatchClient.builder())) {
            cloudwatch.putMetricData(request(namespace));
        }
        assertKept(namespace);
    }

    @Test
    void theAsynchronousClientPublishes() throws Exception {
        String namespace = Clients.unique("Async");
        try (CloudWatchAsyncClient cloudwatch = Clients.here(CloudWatchAsyncClient.builder())) {
            cloudwatch.putMetricData(request(namespace)).join();
        }
        assertKept(namespace);
    }

    @Test
    void aRefusalIsTheSdksOwn() {
        try (CloudWatchClient cloudwatch = Clients.here(CloudWatchClient.builder())) {
            assertThrows(InvalidParameterCombinationException.class, () -> cloudwatch.putMetricData(
                    request -> request.namespace("refused").metricData(data -> data.metricName("m").value(1.0).values(1.0))));
        }
    }
}
