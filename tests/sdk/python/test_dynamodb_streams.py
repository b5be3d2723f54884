"""DynamoDB's streams and time to live through boto3: what each write leaves behind, iterators, the end of a stream, items that expire on the
clock, and what outlives a kill."""

import json
import tempfile
import time
import unittest

from support import Server, client, http, refused, unique, wait_until


def clock(at=None, **wanted):
    return http("POST", "/_lowcloud/clock", wanted, at=at).json


class Streams:
    """Both clients of a server, and short words for what the tests ask of them."""

    def __init__(self, at=None):
        self.dynamodb, self.streams = client("dynamodb", at=at), client("dynamodbstreams", at=at)

    def create(self, name, view="NEW_AND_OLD_IMAGES"):
        """Makes a table with a stream; answers the stream's ARN."""
        table = self.dynamodb.create_table(
            TableName=name, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": view})["TableDescription"]
        self.dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        return table["LatestStreamArn"]

    def put(self, table, **item):
        self.dynamodb.put_item(TableName=table, Item={name: {"N" if isinstance(value, int) else "S": str(value)} for name, value in item.items()})

    def describe(self, arn):
        return self.streams.describe_stream(StreamArn=arn)["StreamDescription"]

    def iterator(self, arn, kind="TRIM_HORIZON", **more):
        shard = self.describe(arn)["Shards"][0]["ShardId"]
        return self.streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType=kind, **more)["ShardIterator"]

    def read(self, arn, kind="TRIM_HORIZON", **more):
        return self.streams.get_records(ShardIterator=self.iterator(arn, kind, **more))["Records"]


class Capture(unittest.TestCase):
    def setUp(self):
        self.ask = Streams()
        self.name = unique("table")
        self.arn = self.ask.create(self.name)
        self.addCleanup(self.ask.dynamodb.delete_table, TableName=self.name)

    def test_every_way_of_writing_leaves_a_record(self):
        dynamodb, key = self.ask.dynamodb, {"id": {"S": "a"}}
        self.ask.put(self.name, id="a", n=1)
        dynamodb.update_item(TableName=self.name, Key=key, UpdateExpression="SET n = n + :one", ExpressionAttributeValues={":one": {"N": "1"}})
        dynamodb.batch_write_item(RequestItems={self.name: [{"DeleteRequest": {"Key": key}}]})
        dynamodb.transact_write_items(TransactItems=[
            {"Put": {"TableName": self.name, "Item": {"id": {"S": "b"}}}}, {"Put": {"TableName": self.name, "Item": {"id": {"S": "c"}}}}])
        records = self.ask.read(self.arn)
        self.assertEqual([record["eventName"] for record in records], ["INSERT", "MODIFY", "REMOVE", "INSERT", "INSERT"])
        self.assertEqual({record["eventSource"] for record in records}, {"aws:dynamodb"})
        change = records[1]["dynamodb"]
        self.assertEqual((change["OldImage"], change["NewImage"]), ({**key, "n": {"N": "1"}}, {**key, "n": {"N": "2"}}))
        self.assertEqual((change["Keys"], change["SizeBytes"], change["ApproximateCreationDateTime"].microsecond), (key, 15, 0))

    def test_what_was_refused_leaves_none(self):
        dynamodb = self.ask.dynamodb
        with refused(self, "ConditionalCheckFailedException"):
            dynamodb.put_item(TableName=self.name, Item={"id": {"S": "a"}}, ConditionExpression="attribute_exists(id)")
        with refused(self, "TransactionCanceledException"):
            dynamodb.transact_write_items(TransactItems=[
                {"Put": {"TableName": self.name, "Item": {"id": {"S": "b"}}}},
                {"Delete": {"TableName": self.name, "Key": {"id": {"S": "c"}}, "ConditionExpression": "attribute_exists(id)"}}])
        self.assertEqual(self.ask.read(self.arn), [])

    def test_a_reader_goes_on_from_page_to_page(self):
        latest = self.ask.iterator(self.arn, "LATEST")
        for letter in "abcde":
            self.ask.put(self.name, id=letter)
        seen, iterator = [], latest
        while len(seen) < 5:
            page = self.ask.streams.get_records(ShardIterator=iterator, Limit=2)
            seen += [record["dynamodb"]["Keys"]["id"]["S"] for record in page["Records"]]
            iterator = page["NextShardIterator"]
        self.assertEqual(seen, list("abcde"))
        third = self.ask.read(self.arn)[2]["dynamodb"]["SequenceNumber"]
        for kind, first in (("AT_SEQUENCE_NUMBER", "c"), ("AFTER_SEQUENCE_NUMBER", "d")):
            records = self.ask.read(self.arn, kind, SequenceNumber=third)
            self.assertEqual(records[0]["dynamodb"]["Keys"]["id"]["S"], first)

    def test_disabled_it_ends_and_enabled_again_it_is_another(self):
        dynamodb = self.ask.dynamodb
        self.ask.put(self.name, id="a")
        table = dynamodb.update_table(TableName=self.name, StreamSpecification={"StreamEnabled": False})["TableDescription"]
        self.assertEqual(table["LatestStreamArn"], self.arn)
        self.ask.put(self.name, id="unseen")
        old = self.ask.describe(self.arn)
        self.assertEqual((old["StreamStatus"], "EndingSequenceNumber" in old["Shards"][0]["SequenceNumberRange"]), ("DISABLED", True))
        page = self.ask.streams.get_records(ShardIterator=self.ask.iterator(self.arn))
        self.assertEqual((len(page["Records"]), "NextShardIterator" in page), (1, False))
        table = dynamodb.update_table(TableName=self.name, StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
        new = table["TableDescription"]["LatestStreamArn"]
        self.ask.put(self.name, id="b")
        self.assertNotEqual(new, self.arn)
        self.assertEqual([record["dynamodb"]["Keys"]["id"]["S"] for record in self.ask.read(new)], ["b"])
        listed = self.ask.streams.list_streams(TableName=self.name)["Streams"]
        self.assertEqual([stream["StreamArn"] for stream in listed], [self.arn, new])

    def test_changes_go_into_a_kinesis_stream(self):
        dynamodb, kinesis = self.ask.dynamodb, client("kinesis")
        kinesis.create_stream(StreamName=self.name, ShardCount=1)
        self.addCleanup(kinesis.delete_stream, StreamName=self.name)
        kinesis.get_waiter("stream_exists").wait(StreamName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        stream = kinesis.describe_stream_summary(StreamName=self.name)["StreamDescriptionSummary"]["StreamARN"]
        dynamodb.enable_kinesis_streaming_destination(TableName=self.name, StreamArn=stream)
        told = dynamodb.describe_kinesis_streaming_destination(TableName=self.name)["KinesisDataStreamDestinations"]
        self.assertEqual(told, [{"StreamArn": stream, "DestinationStatus": "ACTIVE"}])
        self.ask.put(self.name, id="a", n=1)
        iterator = kinesis.get_shard_iterator(StreamName=self.name, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
        (record,) = kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
        change = json.loads(record["Data"])
        self.assertEqual((change["eventName"], change["tableName"], change["recordFormat"]), ("INSERT", self.name, "application/json"))
        self.assertEqual(change["dynamodb"]["NewImage"], {"id": {"S": "a"}, "n": {"N": "1"}})

    def test_an_iterator_that_is_none_is_refused(self):
        iterator = self.ask.iterator(self.arn)
        with refused(self, "ValidationException", "Invalid ShardIterator", 400):
            self.ask.streams.get_records(ShardIterator=iterator.replace(self.name, "other"))


class OnTheClock(unittest.TestCase):
    """With a clock that is moved by hand."""

    def setUp(self):
        self.server = Server().start()
        self.addCleanup(self.server.stop)
        self.ask = Streams(self.server.endpoint)
        self.now = self.clock(mode="frozen")["nowMs"] // 1000

    def clock(self, **wanted):
        return clock(self.server.endpoint, **wanted)

    def test_an_expired_item_goes_and_the_stream_tells_who_removed_it(self):
        dynamodb, arn = self.ask.dynamodb, self.ask.create("sessions", "OLD_IMAGE")
        dynamodb.update_time_to_live(TableName="sessions", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
        self.assertEqual(dynamodb.describe_time_to_live(TableName="sessions")["TimeToLiveDescription"],
                         {"TimeToLiveStatus": "ENABLED", "AttributeName": "until"})
        self.ask.put("sessions", id="short", until=self.now + 60)
        self.ask.put("sessions", id="long", until=self.now + 6000)
        self.clock(advanceMs=62000)
        self.assertEqual([item["id"]["S"] for item in dynamodb.scan(TableName="sessions")["Items"]], ["long"])
        removal = self.ask.read(arn)[-1]
        self.assertEqual((removal["eventName"], removal["dynamodb"]["OldImage"]["id"]["S"]), ("REMOVE", "short"))
        self.assertEqual(removal["userIdentity"], {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"})

    def test_iterators_expire_and_records_are_trimmed(self):
        arn = self.ask.create("things")
        self.ask.put("things", id="a")
        number = self.ask.read(arn)[0]["dynamodb"]["SequenceNumber"]
        iterator = self.ask.iterator(arn)
        self.clock(advanceMs=15 * 60 * 1000 + 1)
        with refused(self, "ExpiredIteratorException", status=400):
            self.ask.streams.get_records(ShardIterator=iterator)
        self.clock(advanceMs=24 * 3600 * 1000)
        self.ask.put("things", id="b")
        self.clock(advanceMs=24 * 3600 * 1000)
        self.ask.put("things", id="c")
        with refused(self, "TrimmedDataAccessException", status=400):
            self.ask.read(arn, "AT_SEQUENCE_NUMBER", SequenceNumber=number)
        self.assertEqual([record["dynamodb"]["Keys"]["id"]["S"] for record in self.ask.read(arn)], ["b", "c"])
        self.ask.dynamodb.delete_table(TableName="things")
        self.assertEqual(self.ask.describe(arn)["StreamStatus"], "DISABLED")
        self.clock(advanceMs=24 * 3600 * 1000 + 1)
        with refused(self, "ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found"):
            self.ask.describe(arn)


class Keeping(unittest.TestCase):
    def test_what_was_acknowledged_outlives_a_kill(self):
        with tempfile.TemporaryDirectory(prefix="lowcloud-data-") as directory:
            server = Server(["serve", "--data", directory]).start()
            try:
                ask = Streams(server.endpoint)
                arn = ask.create("kept")
                ask.dynamodb.update_time_to_live(TableName="kept", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
                for number in range(50):
                    ask.put("kept", id=str(number))
                before = ask.read(arn)
                ask.put("kept", id="expired", until=int(time.time()) + 1)
            finally:
                server.kill()
            with Server(["serve", "--data", directory]) as again:
                ask = Streams(again.endpoint)
                records = ask.read(arn)
                self.assertEqual(records[:50], before)
                self.assertEqual(records[50]["dynamodb"]["Keys"], {"id": {"S": "expired"}})
                wait_until(lambda: ask.read(arn)[-1]["eventName"] == "REMOVE", "the item that had expired is gone")
                ask.put("kept", id="later")
                numbers = [record["dynamodb"]["SequenceNumber"] for record in ask.read(arn)]
                self.assertEqual(numbers, sorted(numbers))
                self.assertEqual(len(set(numbers)), 53)


if __name__ == "__main__":
    unittest.main()
