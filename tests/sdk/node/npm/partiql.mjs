// PartiQL through the AWS SDK for JavaScript v3: statements with parameters as JavaScript has them, pages, batches, transactions.

import assert from "node:assert/strict";
import test from "node:test";

import { CreateTableCommand, DynamoDBClient, DuplicateItemException, TransactionCanceledException, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { BatchExecuteStatementCommand, DynamoDBDocumentClient, ExecuteStatementCommand, ExecuteTransactionCommand,
         paginateScan } from "@aws-sdk/lib-dynamodb";

const common = { endpoint: process.env.LOWCLOUD_ENDPOINT, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" },
                 maxAttempts: 1 };
const TableName = "js-partiql";

test("PartiQL through the document client", { timeout: 20000 }, async () => {
    const dynamodb = new DynamoDBClient(common);
    const documents = DynamoDBDocumentClient.from(dynamodb);
    const run = (Statement, Parameters, more) => documents.send(new ExecuteStatementCommand({ Statement, Parameters, ...more }));

    await dynamodb.send(new CreateTableCommand({
        TableName, BillingMode: "PAY_PER_REQUEST", KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }, { AttributeName: "sk", KeyType: "RANGE" }],
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }, { AttributeName: "sk", AttributeType: "N" }],
    }));
    await waitUntilTableExists({ client: dynamodb, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName });
    for (let sk = 0; sk < 7; sk++)
        await run(`INSERT INTO "${TableName}" VALUE {'pk': ?, 'sk': ?, 'list': ?, 'map': ?}`, ["a", sk, [sk, "x"], { deep: true }]);
    await assert.rejects(run(`INSERT INTO "${TableName}" VALUE {'pk': 'a', 'sk': 0}`), DuplicateItemException);

    const seen = [];
    let NextToken;
    do {
        const page = await run(`SELECT sk, map.deep, "list"[1] FROM "${TableName}" WHERE pk = ? ORDER BY sk DESC`, ["a"], { Limit: 3, NextToken });
        seen.push(...page.Items);
        NextToken = page.NextToken;
    } while (NextToken);
    assert.deepEqual(seen, [6, 5, 4, 3, 2, 1, 0].map((sk) => ({ sk, deep: true, "list[1]": "x" })));

    const batch = await documents.send(new BatchExecuteStatementCommand({ Statements: [
        { Statement: `SELECT sk FROM "${TableName}" WHERE pk = ? AND sk = ?`, Parameters: ["a", 3] },
        { Statement: `SELECT * FROM "${TableName}" WHERE pk = ?`, Parameters: ["a"] },
    ] }));
    assert.deepEqual(batch.Responses[0], { TableName, Item: { sk: 3 } });
    assert.equal(batch.Responses[1].Error.Code, "ValidationError");

    const statement = { Statement: `UPDATE "${TableName}" SET n = ? WHERE pk = 'a' AND sk = ?`, Parameters: [1.5, 0] };
    assert.deepEqual((await documents.send(new ExecuteTransactionCommand({ TransactStatements: [statement] }))).Responses, []);
    await assert.rejects(documents.send(new ExecuteTransactionCommand({ TransactStatements: [{ ...statement, Parameters: [2, 99] }] })),
                         (error) => error instanceof TransactionCanceledException && error.CancellationReasons[0].Code === "ConditionalCheckFailed");
    const items = [];
    for await (const page of paginateScan({ client: documents }, { TableName }))
        items.push(...page.Items);
    assert.deepEqual(items.map((item) => item.n).filter((n) => n), [1.5]);
});
