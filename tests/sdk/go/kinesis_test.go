package lowcloud

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

const (
	firstShard = "shardId-000000000000"
	middleKey  = "170141183460469231731687303715884105728" // 2^127: what halves the keys of a stream with one shard
)

func awaitStream(t *testing.T, ctx context.Context, client *kinesis.Client, stream string) {
	t.Helper()
	waiter := kinesis.NewStreamExistsWaiter(client, func(options *kinesis.StreamExistsWaiterOptions) {
		options.MinDelay, options.MaxDelay = 10*time.Millisecond, time.Second
	})
	must(t, waiter.Wait(ctx, &kinesis.DescribeStreamInput{StreamName: &stream}, 10*time.Second))
}

func makeStream(t *testing.T, ctx context.Context, client *kinesis.Client, shards int32) string {
	t.Helper()
	stream := unique("stream")
	_, err := client.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: &stream, ShardCount: &shards})
	must(t, err)
	awaitStream(t, ctx, client, stream)
	return stream
}

func putText(t *testing.T, ctx context.Context, client *kinesis.Client, stream, text string) *kinesis.PutRecordOutput {
	t.Helper()
	put, err := client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: &stream, PartitionKey: aws.String("k"), Data: []byte(text)})
	must(t, err)
	return put
}

// read answers the texts of one GetRecords from where an iterator begins, and that answer.
func read(t *testing.T, ctx context.Context, client *kinesis.Client, from *kinesis.GetShardIteratorInput) ([]string, *kinesis.GetRecordsOutput) {
	t.Helper()
	iterator, err := client.GetShardIterator(ctx, from)
	must(t, err)
	page, err := client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator.ShardIterator})
	must(t, err)
	texts := []string{}
	for _, record := range page.Records {
		texts = append(texts, string(record.Data))
	}
	return texts, page
}

func TestEveryIteratorBeginsWhereItSays(t *testing.T) {
	ctx, client := bounded(t), kinesis.NewFromConfig(here(t))
	stream := makeStream(t, ctx, client, 1)
	latest, err := client.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{StreamName: &stream, ShardId: aws.String(firstShard),
		ShardIteratorType: types.ShardIteratorTypeLatest})
	must(t, err)
	before := time.Now().Add(-time.Second)
	putText(t, ctx, client, stream, "one")
	two := putText(t, ctx, client, stream, "two")
	putText(t, ctx, client, stream, "three")

	for _, begin := range []struct {
		from kinesis.GetShardIteratorInput
		want []string
	}{
		{kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeTrimHorizon}, []string{"one", "two", "three"}},
		{kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtSequenceNumber, StartingSequenceNumber: two.SequenceNumber},
			[]string{"two", "three"}},
		{kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAfterSequenceNumber, StartingSequenceNumber: two.SequenceNumber},
			[]string{"three"}},
		{kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeAtTimestamp, Timestamp: &before}, []string{"one", "two", "three"}},
		{kinesis.GetShardIteratorInput{ShardIteratorType: types.ShardIteratorTypeLatest}, []string{}},
	} {
		begin.from.StreamName, begin.from.ShardId = &stream, aws.String(firstShard)
		texts, page := read(t, ctx, client, &begin.from)
		equal(t, string(begin.from.ShardIteratorType), texts, begin.want)
		equal(t, "MillisBehindLatest", *page.MillisBehindLatest, int64(0))
		for _, record := range page.Records {
			if age := time.Since(*record.ApproximateArrivalTimestamp); age < -time.Second || age > time.Minute {
				t.Fatalf("a record of just now arrived %v ago", age)
			}
		}
	}
	page, err := client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: latest.ShardIterator, Limit: aws.Int32(2)})
	must(t, err)
	equal(t, "records after LATEST, two at most", len(page.Records), 2)
	page, err = client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: page.NextShardIterator})
	must(t, err)
	equal(t, "the record after them", string(page.Records[0].Data), "three")
}

// With the SDK's own retries: net/http now and then closes a connection in the middle of a large answer that came at once, and the SDK
// asks again.
func TestRecordsOfEachSizeComeOutAsTheyWentIn(t *testing.T) {
	ctx, client := bounded(t), kinesis.NewFromConfig(here(t), func(options *kinesis.Options) { options.RetryMaxAttempts = 3 })
	stream := makeStream(t, ctx, client, 4)
	entries := []types.PutRecordsRequestEntry{}
	for i := range 500 {
		data := make([]byte, i*20)
		for j := range data {
			data[j] = byte(i + j)
		}
		entries = append(entries, types.PutRecordsRequestEntry{PartitionKey: aws.String(fmt.Sprint(i)), Data: data})
	}
	put, err := client.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: &stream, Records: entries})
	must(t, err)
	equal(t, "FailedRecordCount", *put.FailedRecordCount, int32(0))

	shards, err := client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &stream})
	must(t, err)
	seen := map[string][]byte{}
	for _, shard := range shards.Shards {
		_, page := read(t, ctx, client, &kinesis.GetShardIteratorInput{StreamName: &stream, ShardId: shard.ShardId,
			ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
		for _, record := range page.Records {
			seen[*record.PartitionKey] = record.Data
		}
	}
	for _, entry := range entries {
		if data, found := seen[*entry.PartitionKey]; !found || !slices.Equal(data, entry.Data) {
			t.Fatalf("the record of %d bytes came out with %d", len(entry.Data), len(data))
		}
	}
}

func streamARN(t *testing.T, ctx context.Context, client *kinesis.Client, stream string) *string {
	t.Helper()
	described, err := client.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: &stream})
	must(t, err)
	return described.StreamDescriptionSummary.StreamARN
}

// register makes a consumer of the stream, and waits until it may subscribe.
func register(t *testing.T, ctx context.Context, client *kinesis.Client, stream, name string) *string {
	t.Helper()
	registered, err := client.RegisterStreamConsumer(ctx, &kinesis.RegisterStreamConsumerInput{StreamARN: streamARN(t, ctx, client, stream), ConsumerName: &name})
	must(t, err)
	for status := types.ConsumerStatusCreating; status != types.ConsumerStatusActive; {
		consumer, err := client.DescribeStreamConsumer(ctx, &kinesis.DescribeStreamConsumerInput{ConsumerARN: registered.Consumer.ConsumerARN})
		must(t, err)
		status = consumer.ConsumerDescription.ConsumerStatus
	}
	return registered.Consumer.ConsumerARN
}

func TestPagesOfStreamsAndConsumersAreFollowed(t *testing.T) {
	ctx, client := bounded(t), kinesis.NewFromConfig(here(t))
	stream, other := makeStream(t, ctx, client, 1), makeStream(t, ctx, client, 1)
	streams, consumers := []string{}, []string{}
	for _, page := range pagesOf(t, ctx, kinesis.NewListStreamsPaginator(client, &kinesis.ListStreamsInput{Limit: aws.Int32(1)})) {
		equal(t, "streams of a page of one", len(page.StreamNames), 1)
		streams = append(streams, page.StreamNames...)
	}
	equal(t, "both are listed", []bool{slices.Contains(streams, stream), slices.Contains(streams, other)}, []bool{true, true})

	for _, name := range []string{"a", "b", "c"} {
		register(t, ctx, client, stream, name)
	}
	for _, page := range pagesOf(t, ctx, kinesis.NewListStreamConsumersPaginator(client,
		&kinesis.ListStreamConsumersInput{StreamARN: streamARN(t, ctx, client, stream), MaxResults: aws.Int32(2)})) {
		for _, consumer := range page.Consumers {
			consumers = append(consumers, *consumer.ConsumerName)
		}
	}
	slices.Sort(consumers)
	equal(t, "consumers", consumers, []string{"a", "b", "c"})
}

func TestPagesOfShardsAreFollowed(t *testing.T) {
	ctx, client := bounded(t), kinesis.NewFromConfig(here(t))
	stream := makeStream(t, ctx, client, 5)
	described, listed := []string{}, []string{}
	for _, page := range pagesOf(t, ctx, kinesis.NewDescribeStreamPaginator(client, &kinesis.DescribeStreamInput{StreamName: &stream, Limit: aws.Int32(2)})) {
		for _, shard := range page.StreamDescription.Shards {
			described = append(described, *shard.ShardId)
		}
	}
	for input := (&kinesis.ListShardsInput{StreamName: &stream, MaxResults: aws.Int32(2)}); input != nil; {
		page, err := client.ListShards(ctx, input)
		must(t, err)
		for _, shard := range page.Shards {
			listed = append(listed, *shard.ShardId)
		}
		input = nil
		if page.NextToken != nil {
			input = &kinesis.ListShardsInput{NextToken: page.NextToken, MaxResults: aws.Int32(2)}
		}
	}
	equal(t, "shards", len(described), 5)
	equal(t, "shards as ListShards has them", listed, described)
}

func subscribe(t *testing.T, ctx context.Context, client *kinesis.Client, consumer *string) *kinesis.SubscribeToShardEventStream {
	t.Helper()
	subscription, err := client.SubscribeToShard(ctx, &kinesis.SubscribeToShardInput{ConsumerARN: consumer, ShardId: aws.String(firstShard),
		StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}})
	must(t, err)
	t.Cleanup(func() { subscription.GetStream().Close() })
	return subscription.GetStream()
}

// nextEvent is the next event of a subscription that carries something: those that only say that the line is alive are passed over.
func nextEvent(t *testing.T, events *kinesis.SubscribeToShardEventStream) types.SubscribeToShardEvent {
	t.Helper()
	for event := range events.Events() {
		if value := event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value; len(value.Records)+len(value.ChildShards) > 0 {
			return value
		}
	}
	t.Fatalf("the subscription ended: %v", events.Err())
	return types.SubscribeToShardEvent{}
}

// split splits the stream's first shard in the middle.
func split(ctx context.Context, client *kinesis.Client, stream string) error {
	_, err := client.SplitShard(ctx, &kinesis.SplitShardInput{StreamName: &stream, ShardToSplit: aws.String(firstShard), NewStartingHashKey: aws.String(middleKey)})
	return err
}

// subscriptionToItsEnd reads records from before and after the call, is refused a second subscription, and sees the shard end.
func subscriptionToItsEnd(t *testing.T, client *kinesis.Client) {
	ctx := bounded(t)
	stream := makeStream(t, ctx, client, 1)
	consumer := register(t, ctx, client, stream, "reader")
	putText(t, ctx, client, stream, "before")
	events := subscribe(t, ctx, client, consumer)
	for _, text := range []string{"before", "one", "two"} {
		if text != "before" {
			putText(t, ctx, client, stream, text)
		}
		event := nextEvent(t, events)
		equal(t, "records of an event", len(event.Records), 1)
		equal(t, "the record pushed", string(event.Records[0].Data), text)
		equal(t, "digits to go on with", len(*event.ContinuationSequenceNumber), 56)
	}
	_, err := client.SubscribeToShard(ctx, &kinesis.SubscribeToShardInput{ConsumerARN: consumer, ShardId: aws.String(firstShard),
		StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeLatest}})
	refused[*types.ResourceInUseException](t, err)

	must(t, split(ctx, client, stream))
	last := nextEvent(t, events)
	equal(t, "children", len(last.ChildShards), 2)
	equal(t, "parents of a child", last.ChildShards[0].ParentShards, []string{firstShard})
	if _, more := <-events.Events(); more || events.Err() != nil {
		t.Fatalf("after the last event: another one, or %v", events.Err())
	}
}

func TestASubscriptionIsFedToTheEndOfItsShard(t *testing.T) {
	subscriptionToItsEnd(t, kinesis.NewFromConfig(here(t)))
}

// Over TLS the SDK takes the HTTP/2 that it is offered.
func TestASubscriptionIsFedOverHTTP2(t *testing.T) {
	var protocol string
	client := kinesis.NewFromConfig(here(t), func(options *kinesis.Options) {
		options.BaseEndpoint = aws.String(strings.Replace(*options.BaseEndpoint, "http://", "https://", 1))
		options.HTTPClient = noting{&protocol, awshttp.NewBuildableClient().WithTransportOptions(func(transport *http.Transport) {
			transport.TLSClientConfig.InsecureSkipVerify = true
		})}
	})
	subscriptionToItsEnd(t, client)
	equal(t, "the protocol", protocol, "HTTP/2.0")
}

// noting notes in which protocol the last answer came.
type noting struct {
	protocol *string
	client   kinesis.HTTPClient
}

func (n noting) Do(request *http.Request) (*http.Response, error) {
	answer, err := n.client.Do(request)
	if err == nil {
		*n.protocol = answer.Proto
	}
	return answer, err
}

func TestASubscriptionEndsWithItsConsumer(t *testing.T) {
	ctx, client := bounded(t), kinesis.NewFromConfig(here(t))
	stream := makeStream(t, ctx, client, 1)
	consumer := register(t, ctx, client, stream, "reader")
	putText(t, ctx, client, stream, "one")
	events := subscribe(t, ctx, client, consumer)
	nextEvent(t, events)
	_, err := client.DeregisterStreamConsumer(ctx, &kinesis.DeregisterStreamConsumerInput{ConsumerARN: consumer})
	must(t, err)
	for range events.Events() {
	}
	refused[*types.ResourceNotFoundException](t, events.Err())
}

func TestReshardingLosesNothing(t *testing.T) {
	ctx, client := bounded(t), kinesis.NewFromConfig(here(t))
	stream := makeStream(t, ctx, client, 1)
	putText(t, ctx, client, stream, "parent")
	must(t, split(ctx, client, stream))
	awaitStream(t, ctx, client, stream)
	refused[*types.InvalidArgumentException](t, split(ctx, client, stream))
	putText(t, ctx, client, stream, "child")
	_, err := client.MergeShards(ctx, &kinesis.MergeShardsInput{StreamName: &stream, ShardToMerge: aws.String("shardId-000000000001"),
		AdjacentShardToMerge: aws.String("shardId-000000000002")})
	must(t, err)
	awaitStream(t, ctx, client, stream)
	putText(t, ctx, client, stream, "grandchild")

	seen, ended := []string{}, 0
	shards, err := client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &stream})
	must(t, err)
	for _, shard := range shards.Shards {
		texts, page := read(t, ctx, client, &kinesis.GetShardIteratorInput{StreamName: &stream, ShardId: shard.ShardId,
			ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
		seen = append(seen, texts...)
		if page.NextShardIterator == nil {
			ended++
			if len(page.ChildShards) == 0 {
				t.Fatalf("%s ended without children", *shard.ShardId)
			}
		}
	}
	equal(t, "records, parents first", seen, []string{"parent", "child", "grandchild"})
	equal(t, "shards that ended", ended, 3)

	count, err := client.UpdateShardCount(ctx, &kinesis.UpdateShardCountInput{StreamName: &stream, TargetShardCount: aws.Int32(2),
		ScalingType: types.ScalingTypeUniformScaling})
	must(t, err)
	equal(t, "the count before and after", []int32{*count.CurrentShardCount, *count.TargetShardCount}, []int32{1, 2})
	awaitStream(t, ctx, client, stream)
	open, err := client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: &stream, ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtLatest}})
	must(t, err)
	equal(t, "open shards", len(open.Shards), 2)
}

func TestRefusalsOfKinesisAreTyped(t *testing.T) {
	ctx, client := bounded(t), kinesis.NewFromConfig(here(t))
	stream := makeStream(t, ctx, client, 1)
	_, err := client.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: aws.String("absent")})
	equal(t, "its message", refused[*types.ResourceNotFoundException](t, err).ErrorMessage(), "Stream absent under account "+account+" not found.")
	_, err = client.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: &stream, ShardCount: aws.Int32(1)})
	refused[*types.ResourceInUseException](t, err)
	_, err = client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: aws.String("made up")})
	refused[*types.InvalidArgumentException](t, err)

	_, err = client.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: &stream})
	must(t, err)
	waiter := kinesis.NewStreamNotExistsWaiter(client, func(options *kinesis.StreamNotExistsWaiterOptions) {
		options.MinDelay, options.MaxDelay = 10*time.Millisecond, time.Second
	})
	must(t, waiter.Wait(ctx, &kinesis.DescribeStreamInput{StreamName: &stream}, 10*time.Second))
}
