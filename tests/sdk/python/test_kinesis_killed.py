"""Streams with --data, killed at any moment: what was acknowledged is there again, in order, under the numbers that were told."""

import random
import tempfile
import threading
import unittest

from botocore.exceptions import BotoCoreError, ClientError

from support import PATIENCE_SECONDS, Server, client

KEY_SPACE = 2 ** 128
SHARDS_MOST = 6


def bounds(shard):
    return int(shard["HashKeyRange"]["StartingHashKey"]), int(shard["HashKeyRange"]["EndingHashKey"])


def open_shards(kinesis):
    listed = kinesis.list_shards(StreamName="fixes", ShardFilter={"Type": "AT_LATEST"})["Shards"]
    return sorted(listed, key=bounds)


def read(kinesis, shard):
    """All of the shard's records: [(sequence number, data)]."""
    iterator = kinesis.get_shard_iterator(StreamName="fixes", ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    records, is_behind = [], True
    while iterator and is_behind:
        answer = kinesis.get_records(ShardIterator=iterator)
        records += [(int(record["SequenceNumber"]), record["Data"]) for record in answer["Records"]]
        iterator, is_behind = answer.get("NextShardIterator"), bool(answer["Records"])
    return records


class Traffic:
    """Producers and a resharder that go on until the server is gone; notes what was acknowledged."""

    def __init__(self, endpoint, acknowledged, random_source):
        self.endpoint, self.acknowledged, self.random = endpoint, acknowledged, random_source
        self.changed = threading.Condition()
        self.count = 0
        self.threads = [threading.Thread(target=self.until_gone, args=(self.put, number)) for number in range(3)]
        self.threads.append(threading.Thread(target=self.until_gone, args=(self.reshard, 3)))
        for thread in self.threads:
            thread.start()

    def until_gone(self, act, number):
        kinesis, choices = client("kinesis", at=self.endpoint), random.Random(f"{number} {self.random.random()}")
        while True:
            try:
                act(kinesis, choices)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] != 400:
                    raise
            except BotoCoreError:
                return

    def put(self, kinesis, choices):
        entries = [{"PartitionKey": str(choices.randrange(50)), "Data": choices.randbytes(choices.randrange(300))} for _ in range(choices.randint(1, 20))]
        results = kinesis.put_records(StreamName="fixes", Records=entries)["Records"]
        with self.changed:
            for entry, result in zip(entries, results):
                self.acknowledged.setdefault(result["ShardId"], {})[int(result["SequenceNumber"])] = entry["Data"]
            self.count += len(entries)
            self.changed.notify_all()

    def reshard(self, kinesis, choices):
        with self.changed:
            self.changed.wait(1)
        shards = open_shards(kinesis)
        at = choices.randrange(len(shards) - 1)
        if len(shards) < SHARDS_MOST:
            kinesis.split_shard(StreamName="fixes", ShardToSplit=shards[at]["ShardId"], NewStartingHashKey=str(sum(bounds(shards[at])) // 2))
        else:
            kinesis.merge_shards(StreamName="fixes", ShardToMerge=shards[at]["ShardId"], AdjacentShardToMerge=shards[at + 1]["ShardId"])

    def wait_for(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: self.count >= count, PATIENCE_SECONDS), f"{self.count} records, not {count}"

    def join(self):
        for thread in self.threads:
            thread.join()


class Killed(unittest.TestCase):
    def test_what_was_acknowledged_is_read_back_in_order(self):
        random_source, acknowledged = random.Random(4), {}
        with tempfile.TemporaryDirectory(prefix="lowcloud-killed-") as folder:
            server = Server(["serve", "--data", folder]).start()
            client("kinesis", at=server.endpoint).create_stream(StreamName="fixes", ShardCount=2)
            for _ in range(4):
                traffic = Traffic(server.endpoint, acknowledged, random_source)
                traffic.wait_for(random_source.randint(1, 1500))
                server.kill()
                traffic.join()
                server = Server(["serve", "--data", folder]).start()
                self.check(client("kinesis", at=server.endpoint), acknowledged)
            server.stop()
        self.assertGreater(sum(len(records) for records in acknowledged.values()), 4)

    def check(self, kinesis, acknowledged):
        shards = open_shards(kinesis)
        self.assertEqual((bounds(shards[0])[0], bounds(shards[-1])[1]), (0, KEY_SPACE - 1))
        for shard, following in zip(shards, shards[1:]):
            self.assertEqual(bounds(shard)[1] + 1, bounds(following)[0])
        for shard, wanted in acknowledged.items():
            records = read(kinesis, shard)
            numbers = [number for number, _ in records]
            self.assertEqual(numbers, sorted(set(numbers)), shard)
            kept = dict(records)
            self.assertEqual({number: kept.get(number) for number in wanted}, wanted, shard)


if __name__ == "__main__":
    unittest.main()
