package lowcloud

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

const handler = `
def handler(event, context):
    if event.get("fail"):
        raise ValueError(event["fail"])
    return {"echo": event, "version": context.function_version}
`

func zipped(t *testing.T, name, content string) []byte {
	t.Helper()
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	file, err := archive.Create(name)
	must(t, err)
	_, err = file.Write([]byte(content))
	must(t, err)
	must(t, archive.Close())
	return packed.Bytes()
}

// makeFunction makes a function of the handler above, and waits until it may be invoked.
func makeFunction(t *testing.T, ctx context.Context, client *lambda.Client) string {
	t.Helper()
	name := unique("function")
	_, err := client.CreateFunction(ctx, &lambda.CreateFunctionInput{FunctionName: &name, Runtime: types.RuntimePython311, Handler: aws.String("app.handler"),
		Role: aws.String("arn:aws:iam::" + account + ":role/any"), Code: &types.FunctionCode{ZipFile: zipped(t, "app.py", handler)}})
	must(t, err)
	waiter := lambda.NewFunctionActiveV2Waiter(client, func(options *lambda.FunctionActiveV2WaiterOptions) {
		options.MinDelay, options.MaxDelay = 10*time.Millisecond, time.Second
	})
	must(t, waiter.Wait(ctx, &lambda.GetFunctionInput{FunctionName: &name}, 10*time.Second))
	return name
}

func TestAFunctionIsMadeInvokedAndFound(t *testing.T) {
	ctx, client := bounded(t), lambda.NewFromConfig(here(t))
	name := makeFunction(t, ctx, client)
	answer, err := client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &name, Payload: []byte(`{"at": 1}`), LogType: types.LogTypeTail})
	must(t, err)
	equal(t, "status, error, payload", []any{answer.StatusCode, answer.FunctionError, string(answer.Payload)},
		[]any{int32(200), (*string)(nil), `{"echo": {"at": 1}, "version": "$LATEST"}`})
	if len(aws.ToString(answer.LogResult)) == 0 {
		t.Fatal("no end of the log was answered")
	}
	answer, err = client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &name, Payload: []byte(`{"fail": "on purpose"}`)})
	must(t, err)
	var failure struct{ ErrorMessage, ErrorType string }
	must(t, json.Unmarshal(answer.Payload, &failure))
	equal(t, "how it failed", []string{*answer.FunctionError, failure.ErrorType, failure.ErrorMessage}, []string{"Unhandled", "ValueError", "on purpose"})
	queued, err := client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &name, InvocationType: types.InvocationTypeEvent, Payload: []byte("{}")})
	must(t, err)
	equal(t, "the status of an event", queued.StatusCode, int32(202))

	listed := []string{}
	for _, page := range pagesOf(t, ctx, lambda.NewListFunctionsPaginator(client, &lambda.ListFunctionsInput{MaxItems: aws.Int32(1)})) {
		for _, function := range page.Functions {
			listed = append(listed, *function.FunctionName)
		}
	}
	equal(t, "the function is listed", slices.Contains(listed, name), true)
	_, err = client.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("absent")})
	refused[*types.ResourceNotFoundException](t, err)
	_, err = client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &name, Payload: []byte("{half")})
	refused[*types.InvalidRequestContentException](t, err)
}

func TestAMappingIsMadeAndFound(t *testing.T) {
	ctx, client, streams := bounded(t), lambda.NewFromConfig(here(t)), kinesis.NewFromConfig(here(t))
	name, stream := makeFunction(t, ctx, client), makeStream(t, ctx, streams, 1)
	made, err := client.CreateEventSourceMapping(ctx, &lambda.CreateEventSourceMappingInput{FunctionName: &name,
		EventSourceArn: streamARN(t, ctx, streams, stream), StartingPosition: types.EventSourcePositionTrimHorizon, BatchSize: aws.Int32(10)})
	must(t, err)
	listed, err := client.ListEventSourceMappings(ctx, &lambda.ListEventSourceMappingsInput{FunctionName: &name})
	must(t, err)
	equal(t, "the mapping", *listed.EventSourceMappings[0].UUID, *made.UUID)
	_, err = client.DeleteEventSourceMapping(ctx, &lambda.DeleteEventSourceMappingInput{UUID: made.UUID})
	must(t, err)
}
