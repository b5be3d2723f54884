"""Event source mappings through boto3, with real Python handlers: lanes, tumbling windows, what is given up and where it is told."""

import json
import os
import tempfile
import unittest

from support import ACCOUNT, REGION, client, http, template_up, trace, unique, wait_until, write_files
from test_lambda import StreamTest

# Notes each event in the file that its environment names, with the data of its records in place of the records.
NOTE = """
import base64
import json
import os


def data(record):
    return base64.b64decode(record["kinesis"]["data"]).decode()


def note(event):
    seen = [data(record) for record in event["Records"]]
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(json.dumps({**event, "Records": seen}) + "\\n")
    return seen
"""

# Waits for a file when it is handed "slow".
GATED = NOTE + """

def handler(event, context):
    if "slow" in note(event):
        with open(os.environ["NOTES"] + ".gate"):
            pass
"""

# Counts words, as AWS's own example of windows does.
COUNTING = NOTE + """

def handler(event, context):
    state = event["state"]
    for word in note(event):
        if word == "big":
            return {"state": {"big": "x" * (1 << 20)}}
        state[word] = state.get(word, 0) + 1
    return {"state": state}
"""

FAILING = NOTE + """

def handler(event, context):
    if "poison" in note(event):
        raise ValueError("poison")
"""


# A table whose changes one function mirrors into another table, and a consumer of a stream that another one reads by.
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: orders
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
  Mirror:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: mirror
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Copy:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.copy
      CodeUri: src
      Timeout: 30
      Events:
        Changes:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Orders.StreamArn
            StartingPosition: TRIM_HORIZON
            FunctionResponseTypes: [ReportBatchItemFailures]
            FilterCriteria: {Filters: [{Pattern: '{"eventName": ["INSERT", "MODIFY"]}'}]}
  Fixes:
    Type: AWS::Kinesis::Stream
    Properties: {Name: fixes}
  Reader:
    Type: AWS::Kinesis::StreamConsumer
    Properties: {ConsumerName: reader, StreamARN: !GetAtt Fixes.Arn}
  Read:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.read
      CodeUri: src
      Timeout: 30
      Events:
        Fixes: {Type: Kinesis, Properties: {Stream: !GetAtt Reader.ConsumerARN, StartingPosition: TRIM_HORIZON}}
Outputs:
  Stream: {Value: !GetAtt Orders.StreamArn}
  Reader: {Value: !Ref Reader}
"""

TEMPLATE_CODE = """
import boto3

mirror = boto3.resource("dynamodb").Table("mirror")
fail_once = {"b"}


def copy(event, context):
    for record in event["Records"]:
        key = record["dynamodb"]["Keys"]["id"]["S"]
        if key in fail_once:
            fail_once.remove(key)
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        mirror.put_item(Item={"id": key, "source": record["eventSourceARN"], "value": record["dynamodb"]["NewImage"]["value"]["S"]})
    return {"batchItemFailures": []}


def read(event, context):
    for record in event["Records"]:
        mirror.put_item(Item={"id": record["kinesis"]["partitionKey"], "source": record["eventSourceARN"]})
"""


def clock(**wanted):
    return http("POST", "/_lowcloud/clock", wanted).json


def destinations(arn, since=0):
    lines = http("GET", f"/_lowcloud/destinations?since={since}").text.splitlines()
    return [entry for entry in map(json.loads, lines) if entry["destination"] == arn]


class MappingTest(StreamTest):
    def batches(self):
        return [event["Records"] for event in self.seen()]

    def map(self, code, **options):
        self.name = self.function(code, Environment={"Variables": {"NOTES": self.notes}})
        made = self.functions.create_event_source_mapping(
            FunctionName=self.name, **{"EventSourceArn": self.arn, "StartingPosition": "TRIM_HORIZON", **options})
        self.addCleanup(self.functions.delete_event_source_mapping, UUID=made["UUID"])
        return made["UUID"]

    def put(self, data, key="k"):
        return self.kinesis.put_record(StreamName=self.stream, Data=data, PartitionKey=key)["SequenceNumber"]


class Lanes(MappingTest):
    def test_a_slow_key_does_not_hold_up_the_others(self):
        os.mkfifo(self.notes + ".gate")
        gate = None
        self.map(GATED, ParallelizationFactor=10, BatchSize=1)
        self.put("slow", "a")
        wait_until(lambda: self.batches() == [["slow"]], "the slow record is in its handler")
        try:
            for key in range(30):
                self.put(f"{key}", f"key-{key}")
            self.put("behind", "a")
            # Some keys share the slow one's lane; most do not.
            wait_until(lambda: len(self.batches()) > 15, "other lanes go on")
            self.assertNotIn(["behind"], self.batches())
        finally:
            gate = os.open(self.notes + ".gate", os.O_WRONLY)
        wait_until(lambda: len(self.batches()) == 32, "all came, once")
        os.close(gate)
        self.assertEqual(len({json.dumps(batch) for batch in self.batches()}), 32)
        self.assertLess(self.batches().index(["slow"]), self.batches().index(["behind"]))


class Consumers(MappingTest):
    def test_a_mapping_holds_its_consumers_subscription(self):
        consumer = self.kinesis.register_stream_consumer(StreamARN=self.arn, ConsumerName="push")["Consumer"]["ConsumerARN"]
        self.addCleanup(self.kinesis.deregister_stream_consumer, ConsumerARN=consumer)
        self.map(GATED, EventSourceArn=consumer)
        with self.assertRaisesRegex(self.kinesis.exceptions.ResourceInUseException, "Another active subscription exists for this consumer"):
            self.kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId="shardId-000000000000", StartingPosition={"Type": "LATEST"})
        self.put("a")
        wait_until(lambda: self.batches() == [["a"]], "the mapping reads on")


class Windows(MappingTest):
    def setUp(self):
        super().setUp()
        clock(mode="frozen")
        self.addCleanup(clock, mode="real")
        clock(advanceMs=60000 - clock(advanceMs=0)["nowMs"] % 60000)

    def rest(self, count):
        """Waits until so many events were handled; the clock may be moved then."""
        wait_until(lambda: len([event for event in trace() if event["kind"] == "result" and event["subject"].startswith(self.name)]) == count,
                   f"{count} events were handled")

    def test_state_is_carried_through_a_window(self):
        self.map(COUNTING, TumblingWindowInSeconds=60)
        for count, word in enumerate("aba", 1):
            self.put(word)
            self.rest(count)
        clock(advanceMs=60000)
        wait_until(lambda: len(self.seen()) == 4, "the window was closed")
        self.assertEqual([event["state"] for event in self.seen()], [{}, {"a": 1}, {"a": 1, "b": 1}, {"a": 2, "b": 1}])
        self.assertEqual([event["isFinalInvokeForWindow"] for event in self.seen()], [False, False, False, True])
        last = self.seen()[-1]
        self.assertEqual(last["Records"], [])
        self.assertEqual(last["shardId"], "shardId-000000000000")
        self.assertEqual(last["eventSourceARN"], self.arn)
        self.assertRegex(last["window"]["start"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$")
        self.assertNotEqual(last["window"]["start"], last["window"]["end"])

    def test_a_state_over_one_megabyte_ends_the_window_early(self):
        self.put("big")
        self.put("a")
        self.map(COUNTING, TumblingWindowInSeconds=900, BatchSize=1)
        wait_until(lambda: len(self.seen()) == 3, "the window went on afresh")
        first, early, again = self.seen()
        self.assertTrue(early["isWindowTerminatedEarly"] and early["isFinalInvokeForWindow"])
        self.assertEqual(len(early["state"]["big"]), 1 << 20)
        self.assertEqual((again["Records"], again["state"], again["window"]), (["a"], {}, first["window"]))


class GivenUp(MappingTest):
    def test_the_queue_would_get_what_aws_sends(self):
        queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{unique('queue')}"
        first = self.put("poison")
        last = self.put("b")
        self.map(FAILING, MaximumRetryAttempts=1, DestinationConfig={"OnFailure": {"Destination": queue}})
        [entry] = wait_until(lambda: destinations(queue), "the batch was given up")
        body = entry["body"]
        self.assertEqual(list(body), ["requestContext", "responseContext", "version", "timestamp", "KinesisBatchInfo"])
        self.assertEqual(body["requestContext"]["condition"], "RetryAttemptsExhausted")
        self.assertEqual(body["requestContext"]["approximateInvokeCount"], 2)
        self.assertEqual(body["responseContext"], {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"})
        info = body["KinesisBatchInfo"]
        self.assertEqual((info["startSequenceNumber"], info["endSequenceNumber"], info["batchSize"]), (first, last, 2))

        # Whoever gets the message reads the records by it, as on AWS.
        iterator = self.kinesis.get_shard_iterator(StreamName=self.stream, ShardId=info["shardId"], ShardIteratorType="AT_SEQUENCE_NUMBER",
                                                   StartingSequenceNumber=info["startSequenceNumber"])["ShardIterator"]
        records = self.kinesis.get_records(ShardIterator=iterator, Limit=info["batchSize"])["Records"]
        self.assertEqual([record["Data"] for record in records], [b"poison", b"b"])

    def test_a_function_is_told_of_an_event_that_failed(self):
        told = self.function(NOTE.replace("record[\"kinesis\"][\"data\"]", "b''") + "\n\ndef handler(event, context):\n"
                             "    note({\"Records\": [], **event})\n", Environment={"Variables": {"NOTES": self.notes}})
        failing = self.function("def handler(event, context):\n    raise ValueError('no')\n")
        self.functions.put_function_event_invoke_config(
            FunctionName=failing, MaximumRetryAttempts=0,
            DestinationConfig={"OnFailure": {"Destination": self.functions.get_function_configuration(FunctionName=told)["FunctionArn"]}})
        self.functions.invoke(FunctionName=failing, InvocationType="Event", Payload=b'{"a": 1}')
        [event] = wait_until(self.seen, "the record came")
        self.assertEqual(event["requestPayload"], {"a": 1})
        self.assertEqual(event["requestContext"]["condition"], "RetriesExhausted")
        self.assertEqual(event["responsePayload"]["errorMessage"], "no")


class Templates(unittest.TestCase):
    def test_changes_of_a_table_and_a_consumers_records_reach_their_functions(self):
        with template_up(TEMPLATE, {"src/app.py": TEMPLATE_CODE}) as server:
            orders = client("dynamodb", at=server.endpoint)

            def mirrored(key):
                return orders.get_item(TableName="mirror", Key={"id": {"S": key}}).get("Item")

            self.assertRegex(server.outputs["Stream"], r":table/orders/stream/\d{4}-")
            for key in ("a", "b", "c"):
                orders.put_item(TableName="orders", Item={"id": {"S": key}, "value": {"S": f"value of {key}"}})
            orders.delete_item(TableName="orders", Key={"id": {"S": "a"}})
            for key in ("a", "b", "c"):
                item = wait_until(lambda key=key: mirrored(key), f"the change of {key} came, after b had failed once")
                self.assertEqual(item["value"], {"S": f"value of {key}"})
                self.assertEqual(item["source"], {"S": server.outputs["Stream"]})

            client("kinesis", at=server.endpoint).put_record(StreamName="fixes", Data=b"x", PartitionKey="fix")
            item = wait_until(lambda: mirrored("fix"), "the consumer's record came")
            self.assertEqual(item["source"], {"S": server.outputs["Reader"]})
            self.assertRegex(server.outputs["Reader"], r"stream/fixes/consumer/reader:\d+$")

    def test_a_second_run_on_the_same_data_goes_on(self):
        with tempfile.TemporaryDirectory(prefix="lowcloud-test-") as directory:
            write_files(directory, {"template.yaml": TEMPLATE, "src/app.py": TEMPLATE_CODE})
            readers = []
            for run in ("first", "second"):
                with template_up(f"{directory}/template.yaml", arguments=["--data", f"{directory}/data"]) as server:
                    readers.append(server.outputs["Reader"])
                    tables = client("dynamodb", at=server.endpoint)
                    tables.put_item(TableName="orders", Item={"id": {"S": run}, "value": {"S": "v"}})
                    wait_until(lambda: "Item" in tables.get_item(TableName="mirror", Key={"id": {"S": run}}), f"the {run} run's change came")
            self.assertEqual(readers[0], readers[1])


if __name__ == "__main__":
    unittest.main()
