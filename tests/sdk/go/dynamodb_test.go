package lowcloud

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A fix is an item as a Go program has it: the SDK turns it into attributes, and back.
type fix struct {
	Vehicle string             `dynamodbav:"vehicle"`
	At      int64              `dynamodbav:"at"`
	Place   map[string]float64 `dynamodbav:"place,omitempty"`
	Tags    []string           `dynamodbav:"tags,stringset,omitempty"`
	Raw     []byte             `dynamodbav:"raw,omitempty"`
	Seen    *bool              `dynamodbav:"seen"`
}

type attributes = map[string]types.AttributeValue

func text(value string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: value} }
func number(value string) types.AttributeValue { return &types.AttributeValueMemberN{Value: value} }

func marshalled(t *testing.T, value any) attributes {
	t.Helper()
	item, err := attributevalue.MarshalMap(value)
	must(t, err)
	return item
}

// makeTable makes a table of fixes: with a stream of the given view when it has one.
func makeTable(t *testing.T, ctx context.Context, client *dynamodb.Client, view types.StreamViewType) string {
	t.Helper()
	table := unique("fixes")
	input := &dynamodb.CreateTableInput{
		TableName: &table, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("vehicle"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("at"), AttributeType: types.ScalarAttributeTypeN},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("vehicle"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("at"), KeyType: types.KeyTypeRange},
		},
	}
	if view != "" {
		input.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: view}
	}
	_, err := client.CreateTable(ctx, input)
	must(t, err)
	waiter := dynamodb.NewTableExistsWaiter(client, func(options *dynamodb.TableExistsWaiterOptions) {
		options.MinDelay, options.MaxDelay = 10*time.Millisecond, time.Second
	})
	must(t, waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &table}, 10*time.Second))
	return table
}

func putFix(t *testing.T, ctx context.Context, client *dynamodb.Client, table string, item fix) {
	t.Helper()
	_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: marshalled(t, item)})
	must(t, err)
}

func keyOf(vehicle, at string) attributes {
	return attributes{"vehicle": text(vehicle), "at": number(at)}
}

func TestItemsComeOutAsTheyWentIn(t *testing.T) {
	ctx, client := bounded(t), dynamodb.NewFromConfig(here(t))
	table := makeTable(t, ctx, client, "")
	bus := fix{Vehicle: "bus", At: 1 << 60, Place: map[string]float64{"lat": 50.0625, "lon": -0.1}, Tags: []string{"a", "b"}, Raw: []byte{0, 255, 1}}
	putFix(t, ctx, client, table, bus)
	got, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: keyOf("bus", "1152921504606846976"), ConsistentRead: aws.Bool(true)})
	must(t, err)
	var read fix
	must(t, attributevalue.UnmarshalMap(got.Item, &read))
	equal(t, "the item", read, bus)

	updated, err := client.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &table, Key: keyOf("bus", "1152921504606846976"),
		UpdateExpression: aws.String("SET seen = :t, place.lat = place.lat + :n REMOVE #r ADD visits :one"), ReturnValues: types.ReturnValueAllNew,
		ExpressionAttributeNames:  map[string]string{"#r": "raw"},
		ExpressionAttributeValues: attributes{":t": &types.AttributeValueMemberBOOL{Value: true}, ":n": number("0.5"), ":one": number("1")}})
	must(t, err)
	read = fix{}
	must(t, attributevalue.UnmarshalMap(updated.Attributes, &read))
	equal(t, "the item updated", []any{read.Place["lat"], *read.Seen, len(read.Raw)}, []any{50.5625, true, 0})
	equal(t, "a counter that was not there", updated.Attributes["visits"], number("1"))

	removed, err := client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: keyOf("bus", "1152921504606846976"), ReturnValues: types.ReturnValueAllOld})
	must(t, err)
	equal(t, "the item removed", removed.Attributes["vehicle"], text("bus"))
}

func TestPagesOfDynamoDBAreFollowed(t *testing.T) {
	ctx, client := bounded(t), dynamodb.NewFromConfig(here(t))
	table := makeTable(t, ctx, client, "")
	writes := []types.WriteRequest{}
	for at := range int64(25) {
		writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: marshalled(t, fix{Vehicle: "bus", At: at})}})
	}
	written, err := client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: writes}})
	must(t, err)
	equal(t, "unprocessed tables", len(written.UnprocessedItems), 0)
	putFix(t, ctx, client, table, fix{Vehicle: "tram", At: 1})

	pages := pagesOf(t, ctx, dynamodb.NewQueryPaginator(client, &dynamodb.QueryInput{TableName: &table, Limit: aws.Int32(10), ScanIndexForward: aws.Bool(false),
		KeyConditionExpression: aws.String("vehicle = :v"), ExpressionAttributeValues: attributes{":v": text("bus")}}))
	queried, scanned := []fix{}, int32(0)
	for _, page := range pages {
		var items []fix
		must(t, attributevalue.UnmarshalListOfMaps(page.Items, &items))
		queried = append(queried, items...)
	}
	equal(t, "pages, items, first and last", []int64{int64(len(pages)), int64(len(queried)), queried[0].At, queried[24].At}, []int64{3, 25, 24, 0})

	for _, page := range pagesOf(t, ctx, dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{TableName: &table, Limit: aws.Int32(7),
		FilterExpression: aws.String("#a < :n"), ExpressionAttributeNames: map[string]string{"#a": "at"}, ExpressionAttributeValues: attributes{":n": number("3")}})) {
		scanned += page.Count
	}
	equal(t, "items that the filter lets pass", scanned, int32(4))

	keys := []attributes{keyOf("bus", "3"), keyOf("tram", "1"), keyOf("tram", "2")}
	batch, err := client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{table: {Keys: keys}}})
	must(t, err)
	equal(t, "items of a batch", len(batch.Responses[table]), 2)
}

func TestAConditionThatFailsTellsTheItem(t *testing.T) {
	ctx, client := bounded(t), dynamodb.NewFromConfig(here(t))
	table := makeTable(t, ctx, client, "")
	putFix(t, ctx, client, table, fix{Vehicle: "bus", At: 1, Tags: []string{"first"}})
	_, err := client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: keyOf("bus", "1"), ConditionExpression: aws.String("attribute_not_exists(vehicle)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld})
	failure := refused[*types.ConditionalCheckFailedException](t, err)
	equal(t, "its message", failure.ErrorMessage(), "The conditional request failed")
	equal(t, "the item that was there", failure.Item["tags"], types.AttributeValue(&types.AttributeValueMemberSS{Value: []string{"first"}}))

	_, err = client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("absent"), Key: keyOf("bus", "1")})
	equal(t, "its message", refused[*types.ResourceNotFoundException](t, err).ErrorMessage(), "Requested resource not found")
}

func TestATransactionIsWholeOrTellsWhy(t *testing.T) {
	ctx, client := bounded(t), dynamodb.NewFromConfig(here(t))
	table := makeTable(t, ctx, client, "")
	put := func(at, condition string) types.TransactWriteItem {
		action := &types.Put{TableName: &table, Item: keyOf("bus", at), ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}
		if condition != "" {
			action.ConditionExpression = &condition
		}
		return types.TransactWriteItem{Put: action}
	}
	_, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{put("1", ""), put("2", "")}})
	must(t, err)
	_, err = client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{put("3", ""), put("1", "attribute_not_exists(vehicle)")}})
	reasons := refused[*types.TransactionCanceledException](t, err).CancellationReasons
	equal(t, "the codes", []string{*reasons[0].Code, *reasons[1].Code}, []string{"None", "ConditionalCheckFailed"})
	equal(t, "the item that was there", attributes(reasons[1].Item), keyOf("bus", "1"))

	read, err := client.TransactGetItems(ctx, &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{
		{Get: &types.Get{TableName: &table, Key: keyOf("bus", "2")}}, {Get: &types.Get{TableName: &table, Key: keyOf("bus", "3")}}}})
	must(t, err)
	equal(t, "attributes of what is there and what is not", []int{len(read.Responses[0].Item), len(read.Responses[1].Item)}, []int{2, 0})

	token := aws.String(unique("token"))
	for _, at := range []string{"4", "5"} {
		_, err = client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{put(at, "")}, ClientRequestToken: token})
	}
	refused[*types.IdempotentParameterMismatchException](t, err)
}

func TestPartiQLTakesGoValues(t *testing.T) {
	ctx, client := bounded(t), dynamodb.NewFromConfig(here(t))
	table := makeTable(t, ctx, client, "")
	run := func(statement string, values ...any) (*dynamodb.ExecuteStatementOutput, error) {
		parameters, err := attributevalue.MarshalList(values)
		must(t, err)
		return client.ExecuteStatement(ctx, &dynamodb.ExecuteStatementInput{Statement: &statement, Parameters: parameters})
	}
	for at := range 3 {
		_, err := run(`INSERT INTO "`+table+`" VALUE {'vehicle': ?, 'at': ?, 'stops': ?}`, "bus", at, []any{at, "x"})
		must(t, err)
	}
	_, err := run(`INSERT INTO "`+table+`" VALUE {'vehicle': ?, 'at': ?}`, "bus", 0)
	refused[*types.DuplicateItemException](t, err)
	found, err := run(`SELECT "at", stops[1] FROM "`+table+`" WHERE vehicle = ? AND "at" > ? ORDER BY "at" DESC`, "bus", 0)
	must(t, err)
	equal(t, "what was found", found.Items, []attributes{{"at": number("2"), "stops[1]": text("x")}, {"at": number("1"), "stops[1]": text("x")}})

	batch, err := client.BatchExecuteStatement(ctx, &dynamodb.BatchExecuteStatementInput{Statements: []types.BatchStatementRequest{
		{Statement: aws.String(`SELECT "at" FROM "` + table + `" WHERE vehicle = 'bus' AND "at" = 1`)},
		{Statement: aws.String(`SELECT * FROM "` + table + `" WHERE vehicle = 'bus'`)}}})
	must(t, err)
	equal(t, "the first statement's item", batch.Responses[0].Item, attributes{"at": number("1")})
	equal(t, "the second one's error", batch.Responses[1].Error.Code, types.BatchStatementErrorCodeEnumValidationError)
}

func TestTablesComeAndGo(t *testing.T) {
	ctx, client := bounded(t), dynamodb.NewFromConfig(here(t))
	table := makeTable(t, ctx, client, "")
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{TableName: &table, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}}})
	refused[*types.ResourceInUseException](t, err)
	makeTable(t, ctx, client, "")
	listed := []string{}
	for _, page := range pagesOf(t, ctx, dynamodb.NewListTablesPaginator(client, &dynamodb.ListTablesInput{Limit: aws.Int32(1)})) {
		listed = append(listed, page.TableNames...)
	}
	equal(t, "the table is listed", slices.Contains(listed, table), true)
	_, err = client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &table})
	must(t, err)
	waiter := dynamodb.NewTableNotExistsWaiter(client, func(options *dynamodb.TableNotExistsWaiterOptions) {
		options.MinDelay, options.MaxDelay = 10*time.Millisecond, time.Second
	})
	must(t, waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &table}, 10*time.Second))
}
