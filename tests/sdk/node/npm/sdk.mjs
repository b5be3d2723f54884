// The AWS SDK for JavaScript v3, unmodified. Its Kinesis client opens HTTP/2 unless it is given the HTTP/1.1 handler: both are tried.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { spawn } from "node:child_process";
import test from "node:test";

import { ApiGatewayManagementApiClient, DeleteConnectionCommand, GetConnectionCommand, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { ApiGatewayV2Client, CreateApiCommand, CreateStageCommand, GetApiCommand } from "@aws-sdk/client-apigatewayv2";
import { CreateTableCommand, DescribeTimeToLiveCommand, DynamoDBClient, UpdateTimeToLiveCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand as DescribeTableStreamCommand, DynamoDBStreamsClient, GetRecordsCommand as GetChangesCommand,
         GetShardIteratorCommand as GetChangesIteratorCommand, ListStreamsCommand } from "@aws-sdk/client-dynamodb-streams";
import { KinesisClient, CreateStreamCommand, DeregisterStreamConsumerCommand, DescribeStreamCommand, GetRecordsCommand, GetShardIteratorCommand,
         PutRecordCommand, PutRecordsCommand, RegisterStreamConsumerCommand, SplitShardCommand, SubscribeToShardCommand, waitUntilStreamExists } from "@aws-sdk/client-kinesis";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import WebSocket from "ws";

const endpoint = process.env.LOWCLOUD_ENDPOINT;
const check = (name, body) => test(name, { timeout: 20000 }, body);

const common = { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 1 };
const waiting = (client) => ({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 });

// The messages of a WebSocket client, one after the other.
function listen(url) {
    const socket = new WebSocket(url);
    const messages = [], wanting = [];
    socket.on("message", (data) => (wanting.length ? wanting.shift()(data.toString()) : messages.push(data.toString())));
    socket.next = () => new Promise((resolve) => (messages.length ? resolve(messages.shift()) : wanting.push(resolve)));
    return new Promise((resolve, reject) => socket.once("open", () => resolve(socket)).once("error", reject));
}

async function useKinesis(kinesis, StreamName) {
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 2 }));
    await waitUntilStreamExists(waiting(kinesis), { StreamName });
    const Records = [..."abcdef"].map((letter) => ({ Data: Buffer.from(letter), PartitionKey: letter }));
    const put = await kinesis.send(new PutRecordsCommand({ StreamName, Records }));
    assert.equal(put.FailedRecordCount, 0);
    const single = await kinesis.send(new PutRecordCommand({ StreamName, Data: Buffer.alloc(600_000, "g"), PartitionKey: "g" }));
    assert.match(single.SequenceNumber, /^\d{56}$/);
    const { StreamDescription } = await kinesis.send(new DescribeStreamCommand({ StreamName }));
    const read = [];
    for (const { ShardId } of StreamDescription.Shards) {
        const iterator = await kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" }));
        const page = await kinesis.send(new GetRecordsCommand({ ShardIterator: iterator.ShardIterator }));
        for (const record of page.Records) {
            assert.ok(record.ApproximateArrivalTimestamp instanceof Date);
            read.push(Buffer.from(record.Data).toString());
        }
    }
    assert.deepEqual(read.sort(), [..."abcdef", "g".repeat(600_000)]);
    await assert.rejects(kinesis.send(new DescribeStreamCommand({ StreamName: "absent" })),
                         { name: "ResourceNotFoundException", message: "Stream absent under account 000000000000 not found." });
}

check("Kinesis over HTTP/1.1", async () => {
    await useKinesis(new KinesisClient({ ...common, requestHandler: new NodeHttpHandler() }), "js");
});

check("Kinesis over HTTP/2, as its client has it by default", async () => {
    const kinesis = new KinesisClient(common);
    await useKinesis(kinesis, "js-http2");
    const puts = Array.from({ length: 30 }, (_, i) => kinesis.send(new PutRecordCommand({ StreamName: "js-http2", Data: Buffer.from(`${i}`), PartitionKey: `${i}` })));
    assert.equal((await Promise.all(puts)).length, 30);
    assert.equal(kinesis.config.requestHandler.constructor.name, "NodeHttp2Handler");
    kinesis.destroy();
});

// A client can have one stream in a session, so who subscribes puts over another connection: the handler opens it.
async function subscribeWith(kinesis, StreamName) {
    const ShardId = "shardId-000000000000";
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    await waitUntilStreamExists(waiting(kinesis), { StreamName });
    const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`;
    const register = async (ConsumerName) =>
        (await kinesis.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName }))).Consumer.ConsumerARN;
    const subscribe = async (ConsumerARN) =>
        (await kinesis.send(new SubscribeToShardCommand({ ConsumerARN, ShardId, StartingPosition: { Type: "TRIM_HORIZON" } }))).EventStream[Symbol.asyncIterator]();
    const put = (text) => kinesis.send(new PutRecordCommand({ StreamName, Data: Buffer.from(text), PartitionKey: "k" }));
    await put("before");
    const first = await register("first"), second = await register("second");
    const events = await subscribe(first), others = await subscribe(second);
    for (const text of ["before", "one", "two"]) {
        if (text !== "before") await put(text);
        for (const reader of [events, others]) {
            const { SubscribeToShardEvent } = (await reader.next()).value;
            assert.deepEqual(SubscribeToShardEvent.Records.map((record) => Buffer.from(record.Data).toString()), [text]);
            assert.ok(SubscribeToShardEvent.Records[0].ApproximateArrivalTimestamp instanceof Date);
            assert.match(SubscribeToShardEvent.ContinuationSequenceNumber, /^\d{56}$/);
        }
    }
    await assert.rejects(subscribe(first), { name: "ResourceInUseException" });
    await kinesis.send(new DeregisterStreamConsumerCommand({ ConsumerARN: second }));
    await assert.rejects(others.next(), { name: "ResourceNotFoundException" });
    await kinesis.send(new SplitShardCommand({ StreamName, ShardToSplit: ShardId, NewStartingHashKey: "1000" }));
    const { SubscribeToShardEvent: last } = (await events.next()).value;
    assert.equal(last.ContinuationSequenceNumber, undefined);
    assert.deepEqual(last.ChildShards.map((child) => child.ParentShards), [[ShardId], [ShardId]]);
    assert.equal((await events.next()).done, true);
}

check("SubscribeToShard over HTTP/2, as its client has it by default", async () => {
    const kinesis = new KinesisClient(common);
    await subscribeWith(kinesis, "js-fan-out-http2");
    assert.equal(kinesis.config.requestHandler.constructor.name, "NodeHttp2Handler");
    kinesis.destroy();
});

check("SubscribeToShard over HTTP/1.1", async () => {
    const kinesis = new KinesisClient({ ...common, requestHandler: new NodeHttpHandler() });
    await subscribeWith(kinesis, "js-fan-out");
    kinesis.destroy();
});

check("DynamoDB through the document client", async () => {
    const dynamodb = new DynamoDBClient(common);
    const documents = DynamoDBDocumentClient.from(dynamodb);
    await dynamodb.send(new CreateTableCommand({
        TableName: "js-table", BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }, { AttributeName: "at", AttributeType: "N" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }, { AttributeName: "at", KeyType: "RANGE" }],
    }));
    await waitUntilTableExists(waiting(dynamodb), { TableName: "js-table" });
    for (const at of [3, 1, 2])
        await documents.send(new PutCommand({ TableName: "js-table", Item: { id: "bus", at, tags: new Set(["a", "b"]), deep: { list: [1, "x", null] } } }));
    const found = await documents.send(new QueryCommand({ TableName: "js-table", KeyConditionExpression: "id = :i AND #a > :n",
                                                          ExpressionAttributeNames: { "#a": "at" }, ExpressionAttributeValues: { ":i": "bus", ":n": 1 } }));
    assert.deepEqual(found.Items.map((item) => item.at), [2, 3]);
    assert.deepEqual(found.Items[0].deep, { list: [1, "x", null] });
    await assert.rejects(documents.send(new PutCommand({ TableName: "js-table", Item: { id: "bus", at: 1 }, ConditionExpression: "attribute_not_exists(id)" })),
                         { name: "ConditionalCheckFailedException", message: "The conditional request failed" });
});

check("DynamoDB Streams: changes are read, and an expired item's removal names the service", async () => {
    const TableName = "js-changes";
    const dynamodb = new DynamoDBClient(common), streams = new DynamoDBStreamsClient(common);
    const documents = DynamoDBDocumentClient.from(dynamodb);
    await dynamodb.send(new CreateTableCommand({
        TableName, BillingMode: "PAY_PER_REQUEST", AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }], StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }));
    await waitUntilTableExists(waiting(dynamodb), { TableName });
    await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: "until" } }));
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    assert.deepEqual(TimeToLiveDescription, { TimeToLiveStatus: "ENABLED", AttributeName: "until" });
    const [{ StreamArn }] = (await streams.send(new ListStreamsCommand({ TableName }))).Streams;
    const { StreamDescription } = await streams.send(new DescribeTableStreamCommand({ StreamArn }));
    assert.ok(StreamDescription.CreationRequestDateTime instanceof Date);
    const [{ ShardId }] = StreamDescription.Shards;
    let { ShardIterator } = await streams.send(new GetChangesIteratorCommand({ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" }));
    await documents.send(new PutCommand({ TableName, Item: { id: "a", until: Math.floor(Date.now() / 1000) } }));
    const read = [];
    for (const deadline = Date.now() + 15000; read.length < 2 && Date.now() < deadline;) {
        const page = await streams.send(new GetChangesCommand({ ShardIterator }));
        read.push(...page.Records);
        ShardIterator = page.NextShardIterator;
    }
    assert.deepEqual(read.map((record) => record.eventName), ["INSERT", "REMOVE"]);
    assert.deepEqual(read[1].userIdentity, { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" });
    assert.deepEqual(read[1].dynamodb.OldImage.id, { S: "a" });
    assert.ok(read[0].dynamodb.ApproximateCreationDateTime instanceof Date);
    await assert.rejects(streams.send(new GetChangesCommand({ ShardIterator: "nonsense" })), { name: "ValidationException", message: "Invalid ShardIterator" });
});

check("API Gateway: a client is pushed to, described, dropped, and gone", async () => {
    const gateway = new ApiGatewayV2Client(common);
    const { ApiId } = await gateway.send(new CreateApiCommand({ Name: "js", ProtocolType: "WEBSOCKET", RouteSelectionExpression: "$request.body.action" }));
    await gateway.send(new CreateStageCommand({ ApiId, StageName: "prod", AutoDeploy: true }));
    const base = `/_aws/execute-api/${ApiId}/prod`;
    const management = new ApiGatewayManagementApiClient({ ...common, endpoint: endpoint + base });
    const socket = await listen(endpoint.replace("http", "ws") + base);
    socket.send("?");
    const ConnectionId = JSON.parse(await socket.next()).connectionId;
    await management.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from("hello") }));
    assert.equal(await socket.next(), "hello");
    const described = await management.send(new GetConnectionCommand({ ConnectionId }));
    assert.ok(described.ConnectedAt instanceof Date && described.Identity.SourceIp === "127.0.0.1");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await management.send(new DeleteConnectionCommand({ ConnectionId }));
    await closed;
    await assert.rejects(management.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from("late") })), { name: "GoneException" });
    await assert.rejects(gateway.send(new GetApiCommand({ ApiId: "aaaaaaaaaa" })), { name: "NotFoundException" });
});

// A node function whose own code uses the SDK with no endpoint at all; the SDK lies beside this test, above the function's folder.
const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Table: {Type: AWS::Serverless::SimpleTable}
  Writer:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: writer, Runtime: nodejs20.x, Handler: writer.handler, CodeUri: ., Timeout: 20, Environment: {Variables: {TABLE: !Ref Table}}}
`;
const writer = `
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
const client = new DynamoDBClient({});
export const handler = async (event) => {
    await client.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { id: { S: event.id } } }));
    const { Item } = await client.send(new GetItemCommand({ TableName: process.env.TABLE, Key: { id: { S: event.id } } }));
    return Item;
};
`;

check("a node handler that knows no endpoint reaches the table", async () => {
    const folder = fs.mkdtempSync(path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "function-"));
    fs.writeFileSync(path.join(folder, "template.yaml"), template);
    fs.writeFileSync(path.join(folder, "writer.mjs"), writer);
    const server = spawn(process.env.LOWCLOUD_BINARY, ["up", path.join(folder, "template.yaml"), "--port", "0", "--quiet"], { stdio: ["ignore", "pipe", "inherit"] });
    try {
        const ready = await new Promise((resolve, reject) => {
            let said = "";
            server.stdout.on("data", (text) => { said += text; if (said.includes("Ready.\n")) resolve(JSON.parse(said.split("\n")[0])); });
            server.once("exit", (code) => reject(new Error(`lowcloud up ended with ${code}: ${said}`)));
        });
        const answer = await new LambdaClient({ ...common, endpoint: ready.endpoint }).send(new InvokeCommand({ FunctionName: "writer", Payload: '{"id":"from node"}' }));
        assert.equal(answer.FunctionError, undefined, Buffer.from(answer.Payload).toString());
        assert.deepEqual(JSON.parse(Buffer.from(answer.Payload).toString()), { id: { S: "from node" } });
    } finally {
        const ended = new Promise((resolve) => server.once("exit", resolve));
        if (server.exitCode === null && server.kill("SIGTERM")) await ended;
        fs.rmSync(folder, { recursive: true });
    }
});
