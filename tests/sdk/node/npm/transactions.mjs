// DynamoDB's transactions through the AWS SDK for JavaScript v3: its own tokens, its exceptions with their reasons, the document client.

import assert from "node:assert/strict";
import test from "node:test";

import { CreateTableCommand, DynamoDBClient, TransactionCanceledException, TransactWriteItemsCommand, waitUntilTableExists }
    from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, BatchWriteCommand, DynamoDBDocumentClient, GetCommand, TransactGetCommand, TransactWriteCommand }
    from "@aws-sdk/lib-dynamodb";

const endpoint = process.env.LOWCLOUD_ENDPOINT;
const check = (name, body) => test(name, { timeout: 20000 }, body);
const common = { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 1 };
const dynamodb = new DynamoDBClient(common);
const documents = DynamoDBDocumentClient.from(dynamodb);

async function makeTable(TableName) {
    await dynamodb.send(new CreateTableCommand({
        TableName, BillingMode: "PAY_PER_REQUEST", AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    }));
    await waitUntilTableExists({ client: dynamodb, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName });
    return TableName;
}

const addOne = (TableName, id) => ({ Update: { TableName, Key: { id }, UpdateExpression: "ADD n :one", ExpressionAttributeValues: { ":one": 1 } } });

check("a transaction is written and read as a whole", async () => {
    const TableName = await makeTable("js-whole");
    await documents.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: { id: "a", list: [1, null] } } }, addOne(TableName, "b")] }));
    const { Responses } = await documents.send(new TransactGetCommand({
        TransactItems: [..."abc"].map((id) => ({ Get: { TableName, Key: { id } } })),
    }));
    assert.deepEqual(Responses, [{ Item: { id: "a", list: [1, null] } }, { Item: { id: "b", n: 1 } }, {}]);
});

check("a cancelled transaction is an exception of its own, with a reason for each action", async () => {
    const TableName = await makeTable("js-cancelled");
    await documents.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName, Item: { id: "a", v: 1 } } }] }));
    const sent = dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [
        { Put: { TableName, Item: { id: { S: "b" } } } },
        { Put: { TableName, Item: { id: { S: "a" } }, ConditionExpression: "attribute_not_exists(id)", ReturnValuesOnConditionCheckFailure: "ALL_OLD" } },
    ] }));
    await assert.rejects(sent, (error) => {
        assert.ok(error instanceof TransactionCanceledException);
        assert.equal(error.message, "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]");
        assert.deepEqual(error.CancellationReasons, [
            { Code: "None" },
            { Code: "ConditionalCheckFailed", Message: "The conditional request failed", Item: { id: { S: "a" }, v: { N: "1" } } },
        ]);
        return true;
    });
    assert.equal((await documents.send(new GetCommand({ TableName, Key: { id: "b" } }))).Item, undefined);
});

check("a token does its transaction once; the SDK gives each call its own", async () => {
    const TableName = await makeTable("js-token");
    const once = { TransactItems: [addOne(TableName, "a")], ClientRequestToken: "js" };
    await documents.send(new TransactWriteCommand(once));
    const again = await documents.send(new TransactWriteCommand({ ...once, ReturnConsumedCapacity: "TOTAL" }));
    assert.deepEqual(again.ConsumedCapacity, [{ TableName, CapacityUnits: 2, ReadCapacityUnits: 2 }]);
    await documents.send(new TransactWriteCommand({ TransactItems: once.TransactItems }));
    assert.equal((await documents.send(new GetCommand({ TableName, Key: { id: "a" } }))).Item.n, 2);
    await assert.rejects(documents.send(new TransactWriteCommand({ ...once, TransactItems: [addOne(TableName, "b")] })),
                         { name: "IdempotentParameterMismatchException" });
});

check("batches of the document client", async () => {
    const TableName = await makeTable("js-batch");
    const written = await documents.send(new BatchWriteCommand({
        RequestItems: { [TableName]: [..."abc"].map((id) => ({ PutRequest: { Item: { id } } })) },
    }));
    assert.deepEqual(written.UnprocessedItems, {});
    const read = await documents.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [..."abcd"].map((id) => ({ id })) } } }));
    assert.deepEqual(read.Responses[TableName].map((item) => item.id).sort(), ["a", "b", "c"]);
    assert.deepEqual(read.UnprocessedKeys, {});
    const twice = { RequestItems: { [TableName]: [{ PutRequest: { Item: { id: "a" } } }, { DeleteRequest: { Key: { id: "a" } } }] } };
    await assert.rejects(documents.send(new BatchWriteCommand(twice)),
                         { name: "ValidationException", message: "Provided list of item keys contains duplicates" });
});
