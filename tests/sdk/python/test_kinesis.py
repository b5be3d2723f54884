"""Kinesis through boto3: streams, shards, records and iterators, and the refusals in AWS's own words."""

import base64
import hashlib
import unittest
from datetime import datetime, timedelta, timezone

from support import ACCOUNT, REGION, aws_headers, client, http, refused, unique, wait_until

LAST_HASH_KEY = 2 ** 128 - 1


class KinesisTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kinesis = client("kinesis")

    def stream(self, shards=1):
        """A new active stream, deleted when the test ends."""
        name = unique("stream")
        self.kinesis.create_stream(StreamName=name, ShardCount=shards)
        self.addCleanup(self.kinesis.delete_stream, StreamName=name)
        wait_until(lambda: self.status(name) == "ACTIVE", f"{name} is ACTIVE")
        return name

    def status(self, name):
        return self.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamStatus"]

    def shards(self, name):
        return self.kinesis.describe_stream(StreamName=name)["StreamDescription"]["Shards"]

    def iterator(self, name, kind="TRIM_HORIZON", shard="shardId-000000000000", **more):
        return self.kinesis.get_shard_iterator(StreamName=name, ShardId=shard, ShardIteratorType=kind, **more)["ShardIterator"]

    def read(self, name, **more):
        return self.kinesis.get_records(ShardIterator=self.iterator(name, **more))

    def put(self, name, data, key="k", **more):
        return self.kinesis.put_record(StreamName=name, Data=data, PartitionKey=key, **more)


class Streams(KinesisTest):
    def test_a_new_stream_is_described(self):
        name = self.stream(shards=3)
        stream = self.kinesis.describe_stream(StreamName=name)["StreamDescription"]
        self.assertEqual(stream["StreamName"], name)
        self.assertEqual(stream["StreamARN"], f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{name}")
        self.assertEqual(stream["StreamStatus"], "ACTIVE")
        self.assertEqual(stream["RetentionPeriodHours"], 24)
        self.assertFalse(stream["HasMoreShards"])
        self.assertEqual(stream["EnhancedMonitoring"], [{"ShardLevelMetrics": []}])
        self.assertLess(abs(datetime.now(timezone.utc) - stream["StreamCreationTimestamp"]), timedelta(minutes=1))

    def test_the_shards_share_the_hash_keys_evenly(self):
        step = 2 ** 128 // 3
        wanted = [(0, step - 1), (step, 2 * step - 1), (2 * step, LAST_HASH_KEY)]
        shards = self.shards(self.stream(shards=3))
        ranges = [(int(shard["HashKeyRange"]["StartingHashKey"]), int(shard["HashKeyRange"]["EndingHashKey"])) for shard in shards]
        self.assertEqual(ranges, wanted)
        self.assertEqual([shard["ShardId"] for shard in shards], [f"shardId-{number:012}" for number in range(3)])
        for shard in shards:
            self.assertEqual(len(shard["SequenceNumberRange"]["StartingSequenceNumber"]), 56)
            self.assertNotIn("EndingSequenceNumber", shard["SequenceNumberRange"])

    def test_the_summary_counts_open_shards(self):
        summary = self.kinesis.describe_stream_summary(StreamName=self.stream(shards=2))["StreamDescriptionSummary"]
        self.assertEqual(summary["OpenShardCount"], 2)
        self.assertEqual(summary["ConsumerCount"], 0)
        self.assertEqual(summary["StreamModeDetails"], {"StreamMode": "PROVISIONED"})

    def test_boto3s_waiters_end(self):
        name = unique("stream")
        self.kinesis.create_stream(StreamName=name, ShardCount=1)
        self.kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        self.kinesis.delete_stream(StreamName=name)
        self.kinesis.get_waiter("stream_not_exists").wait(StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})

    def test_list_streams_pages_in_order_of_name(self):
        names = sorted(self.stream() for _ in range(3))
        first = self.kinesis.list_streams(Limit=1, ExclusiveStartStreamName=names[0])
        self.assertEqual((first["StreamNames"], first["HasMoreStreams"]), ([names[1]], True))
        every = [name for page in self.kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1})
                 for name in page["StreamNames"]]
        self.assertEqual([name for name in every if name in names], names)
        self.assertEqual(every, sorted(every))

    def test_list_shards_pages(self):
        name = self.stream(shards=5)
        first = self.kinesis.list_shards(StreamName=name, MaxResults=2)
        rest = self.kinesis.list_shards(NextToken=first["NextToken"])
        self.assertEqual([shard["ShardId"][-1] for shard in first["Shards"] + rest["Shards"]], list("01234"))
        self.assertNotIn("NextToken", rest)
        after = self.kinesis.list_shards(StreamName=name, ExclusiveStartShardId="shardId-000000000002")
        self.assertEqual([shard["ShardId"][-1] for shard in after["Shards"]], list("34"))

    def test_a_deleted_stream_is_not_found(self):
        name = unique("stream")
        self.kinesis.create_stream(StreamName=name, ShardCount=1)
        wait_until(lambda: self.status(name) == "ACTIVE", "it is ACTIVE")
        self.kinesis.delete_stream(StreamName=name)

        def is_gone():
            return name not in self.kinesis.list_streams(Limit=100)["StreamNames"]
        wait_until(is_gone, "it is gone")
        with refused(self, "ResourceNotFoundException", f"Stream {name} under account {ACCOUNT} not found.", 400):
            self.kinesis.describe_stream(StreamName=name)

    def test_a_stream_exists_once(self):
        name = self.stream()
        with refused(self, "ResourceInUseException", f"Stream {name} under account {ACCOUNT} already exists.", 400):
            self.kinesis.create_stream(StreamName=name, ShardCount=1)

    def test_tokens_and_names_exclude_each_other(self):
        name = self.stream()
        with refused(self, "InvalidArgumentException", "NextToken and StreamName cannot be provided together."):
            self.kinesis.list_shards(StreamName=name, NextToken="x")
        with refused(self, "InvalidArgumentException", "Either NextToken or StreamName should be provided."):
            self.kinesis.list_shards()


class Writing(KinesisTest):
    def test_a_record_goes_to_the_shard_of_its_keys_hash(self):
        name = self.stream(shards=4)
        for key in ("vehicle-1", "vehicle-2", "ü", "x" * 256):
            shard = int.from_bytes(hashlib.md5(key.encode()).digest(), "big") // (2 ** 128 // 4)
            answer = self.put(name, b"fix", key)
            self.assertEqual(answer["ShardId"], f"shardId-{min(shard, 3):012}")
            self.assertRegex(answer["SequenceNumber"], "^[0-9]{56}$")
            self.assertNotIn("EncryptionType", answer)

    def test_an_explicit_hash_key_overrides_the_partition_key(self):
        name = self.stream(shards=2)
        for hash_key, shard in (("0", 0), (str(2 ** 127 - 1), 0), (str(2 ** 127), 1), (str(LAST_HASH_KEY), 1)):
            self.assertEqual(self.put(name, b"x", ExplicitHashKey=hash_key)["ShardId"], f"shardId-{shard:012}")
        with refused(self, "InvalidArgumentException", "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "
                     f"Specified value was {2 ** 128}"):
            self.put(name, b"x", ExplicitHashKey=str(2 ** 128))

    def test_sequence_numbers_grow(self):
        name = self.stream()
        numbers = [self.put(name, b"x")["SequenceNumber"] for _ in range(20)]
        self.assertEqual(numbers, sorted(set(numbers)))

    def test_put_records_answers_each_in_order(self):
        name = self.stream(shards=3)
        entries = [{"Data": f"{number}".encode(), "PartitionKey": f"key {number}"} for number in range(50)]
        answer = self.kinesis.put_records(StreamName=name, Records=entries)
        self.assertEqual(answer["FailedRecordCount"], 0)
        self.assertEqual(len(answer["Records"]), 50)
        read = {}
        for shard in self.shards(name):
            for record in self.read(name, shard=shard["ShardId"])["Records"]:
                read[record["SequenceNumber"], shard["ShardId"]] = record
        for entry, place in zip(entries, answer["Records"]):
            record = read[place["SequenceNumber"], place["ShardId"]]
            self.assertEqual((record["Data"], record["PartitionKey"]), (entry["Data"], entry["PartitionKey"]))

    def test_any_bytes_come_back_as_they_were(self):
        name = self.stream()
        samples = [b"", bytes(range(256)), b"\0" * 1000, "grüße, 世界".encode()]
        for data in samples:
            self.put(name, data)
        self.assertEqual([record["Data"] for record in self.read(name)["Records"]], samples)

    def test_a_record_of_almost_a_megabyte_comes_back(self):
        name = self.stream()
        data = bytes(range(256)) * 4095
        self.put(name, data)
        self.assertEqual(self.read(name)["Records"][0]["Data"], data)

    def test_refusals(self):
        name = self.stream()
        detected = "{} validation error{} detected: ".format
        length_1 = "Member must have length greater than or equal to 1"
        cases = [
            (dict(StreamName=name, Data=b"x", PartitionKey=""), "ValidationException",
             detected(1, "") + f"Value '' at 'partitionKey' failed to satisfy constraint: {length_1}"),
            (dict(StreamName=name, Data=b"x", PartitionKey="k" * 257), "ValidationException",
             detected(1, "") + f"Value '{'k' * 257}' at 'partitionKey' failed to satisfy constraint: Member must have length less than or equal to 256"),
            (dict(StreamName="absent", Data=b"x", PartitionKey="k"), "ResourceNotFoundException",
             f"Stream absent under account {ACCOUNT} not found."),
            (dict(StreamName="no/name", Data=b"x", PartitionKey="k"), "ValidationException",
             detected(1, "") + "Value 'no/name' at 'streamName' failed to satisfy constraint: "
             "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
        ]
        for arguments, code, message in cases:
            with self.subTest(arguments=str(arguments)[:120]), refused(self, code, message, 400):
                self.kinesis.put_record(**arguments)

    def test_ten_megabytes_with_keys_that_json_makes_long_are_taken(self):
        key = "\U0001f69a" * 256  # twelve letters of JSON for four bytes
        data = b"x" * (10 * 1024 * 1024 // 500 - len(key.encode()) - 1)
        answer = self.kinesis.put_records(StreamName=self.stream(), Records=[{"Data": data, "PartitionKey": key}] * 500)
        self.assertEqual(answer["FailedRecordCount"], 0)

    def test_501_entries_are_too_many(self):
        name = self.stream()
        with refused(self, "ValidationException") as caught:
            self.kinesis.put_records(StreamName=name, Records=[{"Data": b"x", "PartitionKey": "k"}] * 501)
        self.assertIn("at 'records' failed to satisfy constraint: Member must have length less than or equal to 500", str(caught.exception))


class Reading(KinesisTest):
    def test_each_kind_of_iterator_starts_where_it_says(self):
        name = self.stream()
        latest = self.iterator(name, "LATEST")
        numbers = [self.put(name, data)["SequenceNumber"] for data in (b"a", b"b", b"c")]
        long_ago = datetime(2020, 1, 1, tzinfo=timezone.utc)
        starts = [
            (dict(kind="TRIM_HORIZON"), [b"a", b"b", b"c"]),
            (dict(kind="LATEST"), []),
            (dict(kind="AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1]), [b"b", b"c"]),
            (dict(kind="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1]), [b"c"]),
            (dict(kind="AT_TIMESTAMP", Timestamp=long_ago), [b"a", b"b", b"c"]),
        ]
        for start, wanted in starts:
            with self.subTest(**{key: str(value) for key, value in start.items()}):
                self.assertEqual([record["Data"] for record in self.read(name, **start)["Records"]], wanted)
        kept = self.kinesis.get_records(ShardIterator=latest)["Records"]
        self.assertEqual([record["Data"] for record in kept], [b"a", b"b", b"c"], "LATEST is fixed when the iterator is made")

    def test_a_shards_starting_number_is_a_place_to_start(self):
        name = self.stream()
        start = self.shards(name)[0]["SequenceNumberRange"]["StartingSequenceNumber"]
        self.put(name, b"a")
        for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
            self.assertEqual(len(self.read(name, kind=kind, StartingSequenceNumber=start)["Records"]), 1)

    def test_iterators_follow_each_other_and_may_be_used_again(self):
        name = self.stream()
        for number in range(5):
            self.put(name, b"%d" % number)
        first = self.iterator(name)
        page = self.kinesis.get_records(ShardIterator=first, Limit=2)
        self.assertEqual([record["Data"] for record in page["Records"]], [b"0", b"1"])
        self.assertGreaterEqual(page["MillisBehindLatest"], 0)
        page = self.kinesis.get_records(ShardIterator=page["NextShardIterator"])
        self.assertEqual([record["Data"] for record in page["Records"]], [b"2", b"3", b"4"])
        self.assertEqual(page["MillisBehindLatest"], 0)
        again = self.kinesis.get_records(ShardIterator=first, Limit=2)
        self.assertEqual([record["Data"] for record in again["Records"]], [b"0", b"1"])

    def test_an_empty_read_hands_out_another_iterator(self):
        name = self.stream()
        iterator = self.iterator(name)
        page = self.kinesis.get_records(ShardIterator=iterator)
        self.assertEqual((page["Records"], page["MillisBehindLatest"]), ([], 0))
        self.assertNotEqual(page["NextShardIterator"], iterator)

    def test_a_record_tells_when_it_arrived(self):
        name = self.stream()
        self.put(name, b"x", "the key")
        record = self.read(name)["Records"][0]
        self.assertEqual(record["PartitionKey"], "the key")
        self.assertLess(abs(datetime.now(timezone.utc) - record["ApproximateArrivalTimestamp"]), timedelta(minutes=1))
        self.assertNotIn("EncryptionType", record)

    def test_refusals_of_iterators(self):
        name = self.stream()
        must = ("Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST "
                "and no StartingSequenceNumber. Request specified {}")
        number = self.put(name, b"x")["SequenceNumber"]
        cases = [
            (dict(kind="LATEST", StartingSequenceNumber=number), "InvalidArgumentException",
             must.format("LATEST and also a StartingSequenceNumber.")),
            (dict(kind="TRIM_HORIZON", shard="shardId-000000000007"), "ResourceNotFoundException",
             f"Shard shardId-000000000007 in stream {name} under account {ACCOUNT} does not exist"),
        ]
        for arguments, code, message in cases:
            with self.subTest(arguments=str(arguments)), refused(self, code, message, 400):
                self.iterator(name, **arguments)
        with refused(self, "InvalidArgumentException"):
            self.iterator(name, kind="AT_TIMESTAMP", Timestamp=datetime.now(timezone.utc) + timedelta(hours=1))
        with refused(self, "ValidationException") as caught:
            self.iterator(name, kind="SIDEWAYS")
        self.assertIn("Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
                      str(caught.exception))

    def test_garbage_is_no_iterator(self):
        for garbage in ("x", "AAAAAAAAAAE" * 3, base64.b64encode(b"\0" * 150).decode()):
            with self.subTest(garbage=garbage), refused(self, "InvalidArgumentException", "Invalid ShardIterator.", 400):
                self.kinesis.get_records(ShardIterator=garbage)

    def test_limits_of_get_records(self):
        iterator = self.iterator(self.stream())
        for limit in (0, 10001):
            with self.subTest(limit=limit), refused(self, "ValidationException"):
                self.kinesis.get_records(ShardIterator=iterator, Limit=limit)


class Wire(KinesisTest):
    def test_answers_carry_amazons_request_ids(self):
        headers = self.kinesis.list_streams()["ResponseMetadata"]["HTTPHeaders"]
        self.assertRegex(headers["x-amzn-requestid"], "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$")
        self.assertRegex(headers["x-amz-id-2"], "^[A-Za-z0-9+/]{80,}={0,2}$")
        self.assertEqual(headers["content-type"], "application/x-amz-json-1.1")

    def test_an_operation_without_output_has_an_empty_body(self):
        name = unique("stream")
        reply = http("POST", "/", {"StreamName": name, "ShardCount": 1}, aws_headers("Kinesis_20131202.CreateStream", "kinesis"))
        self.assertEqual((reply.status, reply.body), (200, b""))

    def test_a_stream_of_another_account_is_denied_as_iam_does(self):
        arn = f"arn:aws:kinesis:{REGION}:111122223333:stream/fixes"
        reply = http("POST", "/", {"StreamARN": arn}, aws_headers("Kinesis_20131202.DescribeStream", "kinesis"))
        self.assertEqual((reply.status, reply.json["__type"]), (400, "AccessDeniedException"))
        self.assertTrue(reply.json["Message"].endswith(f"is not authorized to perform: kinesis:DescribeStream on resource: {arn} because no "
                                                       "resource-based policy allows the kinesis:DescribeStream action"))

    def test_bytes_of_cbor_are_no_text(self):
        headers = {**aws_headers("Kinesis_20131202.DescribeStream", "kinesis"), "Content-Type": "application/x-amz-cbor-1.1"}
        reply = http("POST", "/", b"\xa1\x6aStreamName\x45fixes", headers)
        self.assertEqual((reply.status, reply.headers["x-amzn-ErrorType"]), (400, "SerializationException"))
        self.assertIn(b"class java.nio.HeapByteBuffer can not be converted to an String", reply.body)
        reply = http("POST", "/", b"\xa1\x6aStreamName\x65fixes", headers)
        self.assertEqual((reply.status, reply.headers["x-amzn-ErrorType"]), (400, "ResourceNotFoundException"))


if __name__ == "__main__":
    unittest.main()
