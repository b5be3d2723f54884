"""SubscribeToShard through boto3, which has HTTP/1.1 alone, and through sockets that read as slowly as a test wants."""

import contextlib
import json
import select
import socket
import time
import unittest

from support import (ACCOUNT, IS_SANITIZED, REGION, RawSocket, Server, assert_ends_at_once, authorization, client, http, refused, unique, wait_until)

SHARD = "shardId-000000000000"
LATEST = {"Type": "LATEST"}
TRIM_HORIZON = {"Type": "TRIM_HORIZON"}
CONSUMERS_MAX = 20


def make_stream(kinesis, shards=1):
    name = unique("stream")
    kinesis.create_stream(StreamName=name, ShardCount=shards)
    kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    return name


def make_consumer(kinesis, stream, name="app"):
    arn = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{stream}"
    return kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=name)["Consumer"]["ConsumerARN"]


def records_of(event):
    return [record["Data"] for record in event["SubscribeToShardEvent"]["Records"]]


class Subscribing(unittest.TestCase):
    def setUp(self):
        self.kinesis = client("kinesis")
        self.stream = make_stream(self.kinesis)
        self.addCleanup(self.kinesis.delete_stream, StreamName=self.stream, EnforceConsumerDeletion=True)
        self.consumer = make_consumer(self.kinesis, self.stream)

    def subscribe(self, position=None, shard=SHARD):
        answer = self.kinesis.subscribe_to_shard(ConsumerARN=self.consumer, ShardId=shard, StartingPosition=position or LATEST)
        self.addCleanup(answer["EventStream"].close)
        return answer

    def put(self, data):
        return self.kinesis.put_record(StreamName=self.stream, Data=data, PartitionKey="k")

    def test_records_come_as_they_are_put(self):
        self.put(b"before")
        answer = self.subscribe(TRIM_HORIZON)
        self.assertEqual(answer["ResponseMetadata"]["HTTPHeaders"]["content-type"], "application/vnd.amazon.eventstream")
        self.assertIn("x-amzn-requestid", answer["ResponseMetadata"]["HTTPHeaders"])
        events = iter(answer["EventStream"])
        self.assertEqual(records_of(next(events)), [b"before"])
        for data in (b"one", bytes(range(256))):
            place = self.put(data)
            event = next(events)
            self.assertEqual(records_of(event), [data])
            self.assertEqual(event["SubscribeToShardEvent"]["Records"][0]["SequenceNumber"], place["SequenceNumber"])
            self.assertEqual(event["SubscribeToShardEvent"]["MillisBehindLatest"], 0)

    def test_a_backlog_comes_whole_and_in_order(self):
        data = [b"%04d" % number * 5000 for number in range(200)]
        for start in range(0, 200, 40):
            self.kinesis.put_records(StreamName=self.stream, Records=[{"Data": piece, "PartitionKey": "k"} for piece in data[start:start + 40]])
        read = []
        for event in self.subscribe(TRIM_HORIZON)["EventStream"]:
            read += records_of(event)
            if len(read) == len(data):
                break
        self.assertEqual(read, data)

    def test_the_shards_end_is_the_streams(self):
        answer = self.subscribe()
        self.kinesis.split_shard(StreamName=self.stream, ShardToSplit=SHARD, NewStartingHashKey=str(2 ** 127))
        last = [event["SubscribeToShardEvent"] for event in answer["EventStream"]][-1]
        self.assertNotIn("ContinuationSequenceNumber", last)
        self.assertEqual([(child["ShardId"], child["ParentShards"]) for child in last["ChildShards"]],
                         [("shardId-000000000001", [SHARD]), ("shardId-000000000002", [SHARD])])

    def test_a_consumer_that_goes_is_an_exception_in_the_stream(self):
        answer = self.subscribe()
        self.kinesis.deregister_stream_consumer(ConsumerARN=self.consumer)
        with self.assertRaises(Exception) as caught:
            list(answer["EventStream"])
        self.assertIn("ResourceNotFoundException", str(caught.exception))
        self.assertIn(f"Consumer {self.consumer}, account {ACCOUNT} not found.", str(caught.exception))

    def test_refusals_before_the_stream(self):
        with refused(self, "ResourceNotFoundException", f"Shard shardId-000000000007 in stream {self.stream} under account {ACCOUNT} does not exist", 400):
            self.subscribe(shard="shardId-000000000007")
        self.subscribe()
        with refused(self, "ResourceInUseException",
                     f"Another active subscription exists for this consumer: {ACCOUNT}:{self.stream}:{SHARD}:app", 400):
            self.subscribe()

    def test_who_stops_reading_costs_little_and_holds_nobody_up(self):
        with Server() as server:
            kinesis = client("kinesis", at=server.endpoint)
            stream = make_stream(kinesis)
            entries = [{"Data": b"x" * 50000, "PartitionKey": "k"}] * 100
            for _ in range(8):
                kinesis.put_records(StreamName=stream, Records=entries)
            before = server.memory_bytes()
            with contextlib.ExitStack() as stack:
                for number in range(10):
                    slow = stack.enter_context(narrow_subscriber(server.endpoint, make_consumer(kinesis, stream, f"slow-{number}"), TRIM_HORIZON))
                    slow.read_until(b"initial-response")
                answer = kinesis.subscribe_to_shard(ConsumerARN=make_consumer(kinesis, stream), ShardId=SHARD, StartingPosition=TRIM_HORIZON)
                count = 0
                for event in answer["EventStream"]:
                    count += len(records_of(event))
                    if count == 800:
                        break
                answer["EventStream"].close()
                self.assertLess(server.memory_bytes() - before, (120 if IS_SANITIZED else 12) << 20)


# ---- the clock ----

def advance(server, ms):
    http("POST", "/_lowcloud/clock", {"advanceMs": ms}, at=server.endpoint)


class Time(unittest.TestCase):
    def test_a_subscription_speaks_every_five_seconds_and_ends_after_five_minutes(self):
        with Server() as server:
            http("POST", "/_lowcloud/clock", {"mode": "frozen"}, at=server.endpoint)
            kinesis = client("kinesis", at=server.endpoint)
            stream = make_stream(kinesis)
            answer = kinesis.subscribe_to_shard(ConsumerARN=make_consumer(kinesis, stream), ShardId=SHARD, StartingPosition=LATEST)
            events = iter(answer["EventStream"])
            seen = [next(events)["SubscribeToShardEvent"]["ContinuationSequenceNumber"]]
            for _ in range(59):
                advance(server, 5000)
                seen.append(next(events)["SubscribeToShardEvent"]["ContinuationSequenceNumber"])
            self.assertEqual(seen, sorted(set(seen)))
            advance(server, 5000)
            self.assertLessEqual(len(list(events)), 1)


# ---- many of them ----

def request_to_subscribe(consumer, shard=SHARD, position=None):
    body = json.dumps({"ConsumerARN": consumer, "ShardId": shard, "StartingPosition": position or LATEST})
    return (f"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: Kinesis_20131202.SubscribeToShard\r\nContent-Type: application/x-amz-json-1.1\r\n"
            f"X-Amz-Date: 20260102T030405Z\r\nAuthorization: {authorization('kinesis')}\r\nContent-Length: {len(body)}\r\n\r\n{body}")


def subscriber(endpoint, consumer, shard=SHARD, position=None):
    raw = RawSocket(at=endpoint)
    raw.send(request_to_subscribe(consumer, shard, position))
    return raw


def narrow_subscriber(endpoint, consumer, position):
    """One whose kernel takes little ahead of it."""
    raw = RawSocket(at=endpoint)
    raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.send(request_to_subscribe(consumer, position=position))
    return raw


class Many(unittest.TestCase):
    READERS = 1000

    def test_a_thousand_readers_wait_and_are_all_told(self):
        shards = self.READERS // CONSUMERS_MAX
        with Server() as server, contextlib.ExitStack() as stack:
            kinesis = client("kinesis", at=server.endpoint)
            stream = make_stream(kinesis, shards)
            consumers = [make_consumer(kinesis, stream, f"app-{number}") for number in range(CONSUMERS_MAX)]
            before = server.memory_bytes()
            began = time.monotonic()
            readers = [stack.enter_context(subscriber(server.endpoint, consumer, f"shardId-{shard:012}"))
                       for consumer in consumers for shard in range(shards)]
            for reader in readers:
                self.assertIn(b"MillisBehindLatest", reader.read_until(b"MillisBehindLatest"))
            subscribed = time.monotonic() - began
            each = (server.memory_bytes() - before) / self.READERS
            began = time.monotonic()
            width = 2 ** 128 // shards
            for shard in range(shards):
                kinesis.put_record(StreamName=stream, Data=b"news", PartitionKey="k", ExplicitHashKey=str(shard * width))
            for reader in readers:
                self.assertIn(b"bmV3cw==", reader.read_until(b"bmV3cw=="))
            told = time.monotonic() - began
            print(f"# {self.READERS} readers: subscribed in {subscribed:.2f} s, {each / 1024:.1f} KiB each, {shards} records to all in {told:.2f} s")
            self.assertLess(each, (800 if IS_SANITIZED else 100) << 10)
            self.assertEqual(readable(readers), 0, "nobody is told twice")

    def test_those_who_leave_leave_nothing_behind(self):
        with Server() as server:
            kinesis = client("kinesis", at=server.endpoint)
            stream = make_stream(kinesis, 20)
            for number in range(3):
                consumer = make_consumer(kinesis, stream, f"app-{number}")
                before = server.open_files()
                with contextlib.ExitStack() as stack:
                    for shard in range(20):
                        stack.enter_context(subscriber(server.endpoint, consumer, f"shardId-{shard:012}")).read_until(b"MillisBehindLatest")
                wait_until(lambda: server.open_files() <= before, "the sockets of those who left are closed")

    def test_lowcloud_ends_at_once_with_readers_waiting(self):
        assert_ends_at_once(self, self.end_with_readers)

    def end_with_readers(self):
        with Server() as server, contextlib.ExitStack() as stack:
            kinesis = client("kinesis", at=server.endpoint)
            stream = make_stream(kinesis, 10)
            consumer = make_consumer(kinesis, stream)
            readers = [stack.enter_context(subscriber(server.endpoint, consumer, f"shardId-{shard:012}")) for shard in range(10)]
            for reader in readers:
                reader.read_until(b"MillisBehindLatest")
            began = time.monotonic()
            server.stop()
            took = time.monotonic() - began
            for reader in readers:
                self.assertTrue(reader.read_to_end().endswith(b"0\r\n\r\n"), "the answer has its end")
            return took


def readable(readers):
    return len(select.select([reader.socket for reader in readers[:500]], [], [], 0)[0])


if __name__ == "__main__":
    unittest.main()
