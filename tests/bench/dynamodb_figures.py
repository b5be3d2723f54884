"""DynamoDB's figures: calls of one item and of many, and a million items: how fast they come in, what they take, and that a scan of them
stays small."""

import os
import tempfile

from figures import Call, beside_echo, echo_server, report, tell

from server import Server
from support import client

VALUE = {"S": "x" * 200}
KEY = {"S": "########"}
BATCH = 25
STAGES = [10_000, 100_000, 1_000_000]
SCAN_GROWTH_MIB = 16


def call(operation, body):
    return Call("dynamodb", f"DynamoDB_20120810.{operation}", "1.0", body)


def put(value=VALUE):
    return {"TableName": "bench", "Item": {"id": KEY, "value": value}}


def make_table(dynamodb, name, sort=None):
    keys = [("id", "HASH")] + ([(sort, "RANGE")] if sort else [])
    dynamodb.create_table(TableName=name, KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
                          AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys], BillingMode="PAY_PER_REQUEST")
    dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})


def batch_write(table):
    return call("BatchWriteItem", {"RequestItems": {table: [{"PutRequest": {"Item": {"id": KEY, "value": VALUE}}}] * BATCH}})


def bench_calls():
    with Server() as server, echo_server() as echo_port:
        dynamodb = client("dynamodb", at=server.endpoint)
        make_table(dynamodb, "bench")
        make_table(dynamodb, "lists", "sort")
        for number in range(100):
            dynamodb.put_item(TableName="lists", Item={"id": {"S": "one"}, "sort": {"S": f"{number:08}"}, "value": VALUE})
        for connections in (1, 16):
            beside_echo("PutItem of 200 bytes", call("PutItem", put()), server.port, echo_port, connections, 0.4 if connections > 1 else 0)
        for connections in (1, 16):
            beside_echo("GetItem of 200 bytes", call("GetItem", {"TableName": "bench", "Key": {"id": KEY}}), server.port, echo_port, connections,
                        0.6 if connections > 1 else 0)
        query = call("Query", {"TableName": "lists", "KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": {"S": "one"}}})
        transaction = call("TransactWriteItems", {"TransactItems": [{"Put": put()}] * 4})
        for name, what in (("Query of 100 items", query), ("TransactWriteItems of 4", transaction), (f"BatchWriteItem of {BATCH}", batch_write("bench"))):
            beside_echo(name, what, server.port, echo_port, 16, 0)


def files_mib(directory):
    return sum(os.path.getsize(os.path.join(directory, name)) for name in os.listdir(directory)) / 2 ** 20


def fill(server, where):
    """Loads the table up to each stage; tells each stage's own rate, and the memory after it."""
    done = 0
    for stage in STAGES:
        load = batch_write("million").load(server.port, 4, "-n", (stage - done) // BATCH, "-f", done)
        tell(f"{where}: {stage:,} items, by BatchWriteItem of {BATCH}", round((stage - done) / load["seconds"]), "items/s",
             f"memory then {server.memory_bytes() / 2 ** 20:.0f} MiB")
        done = stage


def scan(dynamodb):
    """Reads the whole table, page by page; answers how many items there were."""
    count, start = 0, {}
    while True:
        page = dynamodb.scan(TableName="million", Select="COUNT", **start)
        count += page["Count"]
        if "LastEvaluatedKey" not in page:
            return count
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def bench_million():
    with Server() as server:
        make_table(client("dynamodb", at=server.endpoint), "million")
        fill(server, "in memory")
    with tempfile.TemporaryDirectory(prefix="lowcloud-bench-") as directory:
        arguments = ["serve", "--data", directory]
        with Server(arguments) as server:
            make_table(client("dynamodb", at=server.endpoint), "million")
            fill(server, "with --data")
        size = files_mib(directory)
        tell("with --data: the files of 1,000,000 items", round(size), "MiB", f"{1_000_000 * 216 / 2 ** 20:.0f} MiB of keys, names and values")
        with Server(arguments) as server:
            dynamodb = client("dynamodb", at=server.endpoint)
            dynamodb.scan(TableName="million", Limit=1)
            before = server.memory_bytes() / 2 ** 20
            count = scan(dynamodb)
            grown = server.peak_bytes() / 2 ** 20 - before
        report("memory that a scan of them takes at its peak", round(grown, 1), "MiB", f"under {SCAN_GROWTH_MIB}", grown < SCAN_GROWTH_MIB and count == 1_000_000,
               f"{count:,} items read, {size:.0f} MiB of files, the process before {before:.1f} MiB")


