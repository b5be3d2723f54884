package lowcloud

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	tables "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

func TestChangesOfATableAreRead(t *testing.T) {
	ctx, client, streams := bounded(t), dynamodb.NewFromConfig(here(t)), dynamodbstreams.NewFromConfig(here(t))
	table := makeTable(t, ctx, client, tables.StreamViewTypeNewAndOldImages)
	putFix(t, ctx, client, table, fix{Vehicle: "bus", At: 1})
	putFix(t, ctx, client, table, fix{Vehicle: "bus", At: 1, Tags: []string{"changed"}})
	_, err := client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: keyOf("bus", "1")})
	must(t, err)

	listed, err := streams.ListStreams(ctx, &dynamodbstreams.ListStreamsInput{TableName: &table})
	must(t, err)
	equal(t, "streams of the table", len(listed.Streams), 1)
	described, err := streams.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: listed.Streams[0].StreamArn})
	must(t, err)
	equal(t, "its state", described.StreamDescription.StreamStatus, types.StreamStatusEnabled)
	iterator, err := streams.GetShardIterator(ctx, &dynamodbstreams.GetShardIteratorInput{StreamArn: listed.Streams[0].StreamArn,
		ShardId: described.StreamDescription.Shards[0].ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
	must(t, err)
	page, err := streams.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: iterator.ShardIterator})
	must(t, err)

	events := []types.OperationType{}
	for _, record := range page.Records {
		events = append(events, record.EventName)
	}
	equal(t, "what happened", events, []types.OperationType{types.OperationTypeInsert, types.OperationTypeModify, types.OperationTypeRemove})
	image, err := attributevalue.FromDynamoDBStreamsMap(page.Records[2].Dynamodb.OldImage)
	must(t, err)
	var last fix
	must(t, attributevalue.UnmarshalMap(image, &last))
	equal(t, "what was removed", last, fix{Vehicle: "bus", At: 1, Tags: []string{"changed"}})

	_, err = streams.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: aws.String(*listed.Streams[0].StreamArn + "9")})
	refused[*types.ResourceNotFoundException](t, err)
}
