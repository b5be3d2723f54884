package lowcloud

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// kept is what lowcloud has taken in of a namespace, as /_lowcloud/metrics tells it.
func kept(t *testing.T, namespace string) []map[string]any {
	t.Helper()
	answer, err := http.Get(os.Getenv("LOWCLOUD_ENDPOINT") + "/_lowcloud/metrics")
	must(t, err)
	defer answer.Body.Close()
	metrics := []map[string]any{}
	for lines := json.NewDecoder(answer.Body); lines.More(); {
		var call struct {
			Namespace string
			Data      []map[string]any
		}
		must(t, lines.Decode(&call))
		if call.Namespace == namespace {
			metrics = append(metrics, call.Data...)
		}
	}
	return metrics
}

// The SDK for Go speaks CBOR with CloudWatch, and compresses what is over 10 KiB.
func TestMetricsArePublished(t *testing.T) {
	ctx, client := bounded(t), cloudwatch.NewFromConfig(here(t))
	namespace, at := unique("Fleet"), time.Unix(1767323045, 250_000_000)
	data := []types.MetricDatum{{MetricName: aws.String("Latency"), Timestamp: &at, Unit: types.StandardUnitMilliseconds, Value: aws.Float64(2.5),
		Dimensions: []types.Dimension{{Name: aws.String("Line"), Value: aws.String("1 & 2")}}}}
	for range 200 {
		data = append(data, types.MetricDatum{MetricName: aws.String("Size"), Values: []float64{1, 2}, Counts: []float64{3, 4},
			Dimensions: []types.Dimension{{Name: aws.String("Place"), Value: aws.String(strings.Repeat("x", 100))}}})
	}
	_, err := client.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: &namespace, MetricData: data})
	must(t, err)
	metrics := kept(t, namespace)
	equal(t, "metrics kept", len(metrics), 201)
	equal(t, "the first one", []any{metrics[0]["Value"], metrics[0]["Unit"], metrics[0]["Timestamp"]}, []any{2.5, "Milliseconds", 1767323045.25})
	equal(t, "the last one's counts", metrics[200]["Counts"], any([]any{3.0, 4.0}))

	_, err = client.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: &namespace,
		MetricData: []types.MetricDatum{{MetricName: aws.String("m"), Value: aws.Float64(1), Values: []float64{1}}}})
	refused[*types.InvalidParameterCombinationException](t, err)
}
