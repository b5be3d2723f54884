"""A disk that is full: writers are told with a 500 in their service's own name, readers are served on, the process lives, and what was
acknowledged is there after kill -9 and a start with room again. A data file that was damaged is named and refused.

The disk is full in two ways: the process may not let a file grow further (RLIMIT_FSIZE, which needs no rights), and the file system has no
room left (a tmpfs in a user namespace of one's own, where the machine allows one).
"""

import contextlib
import os
import resource
import subprocess
import tempfile
import unittest

from support import PATIENCE_SECONDS, ClientError, Server, client, run_lowcloud

from server import BINARY  # support has made it reachable

KIB, MIB = 1 << 10, 1 << 20
FILE = "lowcloud.sqlite"
MOST_WRITES = 20_000


class LimitedFiles:
    """A folder on a disk with room, and processes whose files may not grow."""

    def __init__(self, stack):
        self.directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="lowcloud-data-"))

    def start(self):
        return Server(["serve", "--data", self.directory]).start()

    def fill(self, server):
        longest = max(os.path.getsize(os.path.join(self.directory, name)) for name in os.listdir(self.directory))
        self.limit(server, longest + MIB)

    def make_room(self, server):
        self.limit(server, resource.RLIM_INFINITY)

    @staticmethod
    def limit(server, size):
        hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, hard))

    def make_room_for_start(self):
        """The next process has no limit."""


class SmallDisk:
    """A tmpfs of a few megabytes that a namespace of one's own holds, also while no server runs."""

    SIZE = 5 * MIB

    def __init__(self, stack):
        self.directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="lowcloud-data-"))
        script = f"mount -t tmpfs -o size={self.SIZE} none {self.directory} && echo mounted && exec cat"
        self.holder = subprocess.Popen(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        stack.callback(self.let_go)
        if self.holder.stdout.readline() != "mounted\n":
            raise unittest.SkipTest("NOT TRIED: no tmpfs in a user namespace here: " + self.holder.stderr.read().strip())

    def let_go(self):
        self.holder.stdin.close()
        self.holder.wait(PATIENCE_SECONDS)
        self.holder.stdout.close()
        self.holder.stderr.close()

    def inside(self, *words):
        return ["nsenter", "--target", str(self.holder.pid), "--user", "--mount", "--preserve-credentials", *words]

    def start(self):
        first, *others = self.inside(BINARY, "serve", "--data", self.directory)
        return Server(others, binary=first).start()

    def fill(self, server):
        """It is small enough."""

    def make_room(self, _server=None):
        subprocess.run(self.inside("mount", "-o", "remount,size=64m", self.directory), check=True, timeout=PATIENCE_SECONDS)

    make_room_for_start = make_room


class FullDisk:
    """What a service's test says: make, write one more thing (answers what names it), error, and check all that was acknowledged."""

    def asked(self, server, service):
        """A client; many writes share one."""
        clients = self.__dict__.setdefault("clients", {})
        key = (server.endpoint, service)
        if key not in clients:
            clients[key] = client(service, at=server.endpoint)
        return clients[key]

    def run_full(self, disk):
        server = disk.start()
        try:
            self.make(server)
            disk.fill(server)
            kept = self.write_until_refused(server)
            self.assertGreater(len(kept), 10)
            self.check(server, kept)
            kept += self.write_again(server, 20)
            self.check(server, kept)
            server.kill()
            disk.make_room_for_start()
            server = disk.start()
            self.check(server, kept)
            kept.append(self.write(server, MOST_WRITES))
            self.check(server, kept)
        finally:
            server.kill()

    def write_until_refused(self, server):
        kept = []
        for number in range(MOST_WRITES):
            try:
                kept.append(self.write(server, number))
            except ClientError as error:
                self.assert_told(error)
                return kept
        self.fail("the disk was never full")

    def write_again(self, server, count):
        """The process lives, and goes on telling. Now and then there may be room for one more."""
        kept = []
        for number in range(MOST_WRITES - count, MOST_WRITES):
            try:
                kept.append(self.write(server, number))
            except ClientError as error:
                self.assert_told(error)
        return kept

    def assert_told(self, error):
        self.assertEqual(error.response["Error"]["Code"], self.error, error.response)
        self.assertEqual(error.response["ResponseMetadata"]["HTTPStatusCode"], 500)

    def run_freed(self, disk):
        """Room comes back while the process runs."""
        server = disk.start()
        try:
            self.make(server)
            disk.fill(server)
            kept = self.write_until_refused(server)
            disk.make_room(server)
            kept += [self.write(server, MOST_WRITES + number) for number in range(50)]
            self.check(server, kept)
            server.kill()
            server = disk.start()
            self.check(server, kept)
        finally:
            server.kill()

    def test_a_file_may_not_grow(self):
        with contextlib.ExitStack() as stack:
            self.run_full(LimitedFiles(stack))

    def test_a_file_may_grow_again(self):
        with contextlib.ExitStack() as stack:
            self.run_freed(LimitedFiles(stack))

    def test_a_disk_has_no_room(self):
        with contextlib.ExitStack() as stack:
            self.run_full(SmallDisk(stack))

    def test_a_disk_has_room_again(self):
        with contextlib.ExitStack() as stack:
            self.run_freed(SmallDisk(stack))


class DynamoDB(FullDisk, unittest.TestCase):
    error = "InternalServerError"

    def make(self, server):
        self.asked(server, "dynamodb").create_table(
            TableName="full", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}, {"AttributeName": "kind", "AttributeType": "S"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
            GlobalSecondaryIndexes=[{"IndexName": "by-kind", "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}],
                                     "Projection": {"ProjectionType": "ALL"}}])

    @staticmethod
    def item(number):
        return {"id": {"N": str(number)}, "kind": {"S": f"kind {number % 3}"}, "text": {"S": "x" * 2000}}

    def write(self, server, number):
        table = self.asked(server, "dynamodb")
        if number % 2:
            table.put_item(TableName="full", Item=self.item(number))
        else:
            table.transact_write_items(TransactItems=[{"Put": {"TableName": "full", "Item": self.item(number)}}])
        return number

    def check(self, server, kept):
        """What was acknowledged is there, all of it and alone: in the table, in its index, in its stream."""
        table = self.asked(server, "dynamodb")
        there = [item for page in table.get_paginator("scan").paginate(TableName="full", ConsistentRead=True) for item in page["Items"]]
        by_kind = [int(item["id"]["N"]) for kind in range(3)
                   for page in table.get_paginator("query").paginate(TableName="full", IndexName="by-kind", KeyConditionExpression="kind = :k",
                                                                    ExpressionAttributeValues={":k": {"S": f"kind {kind}"}})
                   for item in page["Items"]]
        self.assertEqual(sorted(there, key=lambda item: int(item["id"]["N"])), [self.item(number) for number in sorted(kept)])
        self.assertEqual(sorted(by_kind), sorted(kept))
        self.assertEqual(self.streamed(server), kept)
        self.assertEqual(table.describe_table(TableName="full")["Table"]["ItemCount"], len(kept))

    def streamed(self, server):
        streams, numbers = self.asked(server, "dynamodbstreams"), []
        arn = streams.list_streams(TableName="full")["Streams"][0]["StreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        while True:
            page = streams.get_records(ShardIterator=iterator)
            if not page["Records"]:
                return numbers
            numbers += [int(record["dynamodb"]["Keys"]["id"]["N"]) for record in page["Records"]]
            iterator = page["NextShardIterator"]


class Kinesis(FullDisk, unittest.TestCase):
    error = "InternalFailure"

    def make(self, server):
        kinesis = self.asked(server, "kinesis")
        kinesis.create_stream(StreamName="full", ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(StreamName="full", WaiterConfig={"Delay": 1, "MaxAttempts": 5})

    def write(self, server, number):
        return self.asked(server, "kinesis").put_record(StreamName="full", PartitionKey="k",
                                                                Data=b"%d %s" % (number, b"x" * 2000))["SequenceNumber"]

    def check(self, server, kept):
        """What was acknowledged is there, in its order. What was not may be there too: a 500 says nothing of that."""
        kinesis, there = self.asked(server, "kinesis"), []
        iterator = kinesis.get_shard_iterator(StreamName="full", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        while True:
            page = kinesis.get_records(ShardIterator=iterator)
            there += [record["SequenceNumber"] for record in page["Records"]]
            if not page["Records"]:
                break
            iterator = page["NextShardIterator"]
        acknowledged = set(kept)
        self.assertEqual([number for number in there if number in acknowledged], kept)
        self.assertEqual(there, sorted(set(there)))


class DamagedFile(unittest.TestCase):
    def assert_refused(self, directory, why):
        ended = run_lowcloud("serve", "--port", "0", "--data", directory)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn(os.path.join(directory, FILE), ended.stderr)
        self.assertIn("move it away, or start with another --data", ended.stderr)
        self.assertIn(why, ended.stderr)
        self.assertNotIn("Ready.", ended.stdout)

    def fill(self, directory):
        with Server(["serve", "--data", directory]) as server:
            kinesis, table = Kinesis(), DynamoDB()
            kinesis.make(server)
            table.make(server)
            for number in range(200):
                kinesis.write(server, number)
                table.write(server, number)

    def test_a_damaged_file_is_named_and_refused(self):
        with tempfile.TemporaryDirectory(prefix="lowcloud-data-") as directory:
            self.fill(directory)
            path = os.path.join(directory, FILE)
            with open(path, "r+b") as file:
                file.seek(os.path.getsize(path) // 8192 * 4096)
                file.write(b"\xa5" * 16384)
            self.assert_refused(directory, "is not a sound lowcloud data file")

    def test_a_file_that_is_cut_is_named_and_refused(self):
        with tempfile.TemporaryDirectory(prefix="lowcloud-data-") as directory:
            self.fill(directory)
            os.truncate(os.path.join(directory, FILE), 100 * KIB)
            self.assert_refused(directory, "is not a sound lowcloud data file")

    def test_a_file_of_another_kind_is_named_and_refused(self):
        with tempfile.TemporaryDirectory(prefix="lowcloud-data-") as directory:
            with open(os.path.join(directory, FILE), "w", encoding="ascii") as file:
                file.write("no database at all\n" * 1000)
            self.assert_refused(directory, "is not a sound lowcloud data file")


if __name__ == "__main__":
    unittest.main()
