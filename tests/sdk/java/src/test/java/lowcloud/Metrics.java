package lowcloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/** The metrics that lowcloud has taken in, as /_lowcloud/metrics tells them. */
final class Metrics {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Metrics() {}

    static List<JsonNode> of(String namespace) throws IOException, InterruptedException {
        URI address = URI.create(System.getenv("LOWCLOUD_ENDPOINT") + "/_lowcloud/metrics");
        String lines = HttpClient.newHttpClient().send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString()).body();
        List<JsonNode> metrics = new ArrayList<>();
        for (String line : lines.lines().toList()) {
            JsonNode call = JSON.readTree(line);
            if (call.get("namespace").asText().equals(namespace))
                call.get("data").forEach(metrics::add);
        }
        return metrics;
    }

    /** The sum of a metric over all that was published of it, without the finer ones of other dimensions. */
    static double sumOf(String namespace, String name, int dimensions) throws IOException, InterruptedException {
        return of(namespace).stream()
                .filter(metric -> metric.get("MetricName").asText().equals(name) && metric.path("Dimensions").size() == dimensions)
                .mapToDouble(metric -> metric.get("StatisticValues").get("Sum").asDouble())
                .sum();
    }
}
