"""`lowcloud kinesis`: what people type to look at a stream, follow it, and put lines into it."""

import json
import signal
import subprocess
import unittest

from support import PATIENCE_SECONDS, clean_environment, client, endpoint, run_lowcloud, unique, wait_until
from server import BINARY


def make_stream(shards=2):
    name = unique("lines")
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName=name, ShardCount=shards)
    wait_until(lambda: status(name) == "ACTIVE", PATIENCE_SECONDS)
    return name


def status(name):
    return client("kinesis").describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamStatus"]


def stream(action, name, *arguments, text=""):
    return run_lowcloud("kinesis", action, name, "--endpoint", endpoint(), *arguments, text=text, seconds=PATIENCE_SECONDS * 2)


def tail(name, *arguments):
    """What a tail from the start prints, line by line."""
    process = stream("tail", name, "--from", "start", *arguments)
    assert process.returncode == 0, process.stderr
    return process.stdout.splitlines()


class StreamClient(unittest.TestCase):
    def test_lines_come_out_as_they_went_in(self):
        name = make_stream(1)
        process = stream("put", name, text="first\n\nzweite Zeile: \u00fc\nlast, without its newline")
        self.assertEqual((process.returncode, process.stdout, process.stderr), (0, "", "4 records put, 0 repeated\n"))
        self.assertEqual(tail(name, "--raw", "--count", "4"), ["first", "", "zweite Zeile: \u00fc", "last, without its newline"])

    def test_many_lines_take_several_calls_and_keep_their_order(self):
        name = make_stream(1)
        lines = [f"line {number} " + "x" * 1000 for number in range(6000)]
        self.assertEqual(stream("put", name, "--quiet", text="\n".join(lines) + "\n").returncode, 0)
        self.assertEqual(tail(name, "--raw", "--count", str(len(lines))), lines)

    def test_keys_are_drawn_by_the_seed_or_given(self):
        name = make_stream()
        self.assertEqual(stream("put", name, "--key", "mine", text="a\n").returncode, 0)
        for _ in range(2):
            self.assertEqual(stream("put", name, "--seed", "7", text="b\n").returncode, 0)
        records = [json.loads(line) for line in tail(name, "--json", "--count", "3")]
        keys = {record["data"]: [other["partitionKey"] for other in records if other["data"] == record["data"]] for record in records}
        self.assertEqual(keys["a"], ["mine"])
        self.assertEqual(len(set(keys["b"])), 1)
        self.assertEqual(len(keys["b"]), 2)

    def test_data_that_is_no_text_is_shown_in_base64(self):
        name = make_stream(1)
        client("kinesis").put_record(StreamName=name, Data=b"\xff\x00", PartitionKey="k")
        self.assertTrue(tail(name, "--count", "1")[0].endswith(" shardId-000000000000 k base64:/wA="))
        self.assertEqual(json.loads(tail(name, "--json", "--count", "1")[0])["dataBase64"], "/wA=")

    def test_raw_data_comes_whole(self):
        name = make_stream(1)
        client("kinesis").put_record(StreamName=name, Data=b"a\x00b", PartitionKey="k")
        self.assertEqual(tail(name, "--raw", "--count", "1"), ["a\x00b"])

    def test_no_more_is_printed_than_was_asked_for(self):
        name = make_stream(8)
        self.assertEqual(stream("put", name, text="x\n" * 400).returncode, 0)
        for count in (1, 7, 100):
            self.assertEqual(len(tail(name, "--raw", "--count", str(count))), count)

    def test_a_tail_goes_on_over_splits_and_merges(self):
        name, kinesis = make_stream(), client("kinesis")
        with subprocess.Popen([BINARY, "kinesis", "tail", name, "--endpoint", endpoint(), "--from", "start", "--raw", "--count", "3"],
                              env=clean_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
            stream("put", name, "--key", "k", text="before\n")
            self.assertEqual(process.stdout.readline(), "before\n")
            kinesis.split_shard(StreamName=name, ShardToSplit="shardId-000000000000", NewStartingHashKey="1000")
            wait_until(lambda: status(name) == "ACTIVE", PATIENCE_SECONDS)
            stream("put", name, "--key", "k", text="between\n")
            self.assertEqual(process.stdout.readline(), "between\n")
            kinesis.merge_shards(StreamName=name, ShardToMerge="shardId-000000000003", AdjacentShardToMerge="shardId-000000000001")
            wait_until(lambda: status(name) == "ACTIVE", PATIENCE_SECONDS)
            stream("put", name, "--key", "k", text="after\n")
            self.assertEqual(process.stdout.read(), "after\n")
            self.assertEqual(process.wait(PATIENCE_SECONDS), 0)

    def test_shards_are_shown_with_ranges_and_ages(self):
        name = make_stream()
        stream("put", name, "--key", "a", text="one\n")
        shown = stream("shards", name)
        self.assertEqual(shown.returncode, 0)
        lines = shown.stdout.splitlines()
        self.assertEqual(len(lines), 2)
        for line in lines:
            self.assertRegex(line, r"^shardId-00000000000\d  open     50\.0 %  oldest: (empty|\d+\.\d{3} s) +\d+ to \d+$")
        shards = [json.loads(line) for line in stream("shards", name, "--json").stdout.splitlines()]
        self.assertEqual(sum("oldestAgeMs" in shard for shard in shards), 1)

    def test_an_interrupt_ends_a_tail_and_a_put_that_wait(self):
        name = make_stream()
        for action in ("tail", "put"):
            with subprocess.Popen([BINARY, "kinesis", action, name, "--endpoint", endpoint()], env=clean_environment(), stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                process.stdin.write("a line\n" if action == "put" else "")
                process.stdin.flush()
                if action == "put":
                    self.assertEqual(tail(name, "--raw", "--count", "1"), ["a line"])
                else:
                    wait_until(lambda pid=process.pid: caught(pid, signal.SIGINT), PATIENCE_SECONDS)
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(PATIENCE_SECONDS), 0, process.stderr.read())

    def test_what_cannot_work_is_said_in_one_line(self):
        name = make_stream()
        cases = [
            (("tail", unique("nothing")), 1, "ListShards: ResourceNotFoundException: Stream "),
            (("tail", name, "--shard", "shardId-000000000009"), 1, "it has no shard shardId-000000000009"),
            (("put", unique("nothing")), 1, "ResourceNotFoundException: Stream "),
            (("tail", name, "--from", "yesterday"), 2, "--from yesterday: neither start, nor latest, nor a moment such as "),
            (("frobnicate", name), 2, 'unknown action "frobnicate": tail, put or shards is needed'),
        ]
        for arguments, code, problem in cases:
            process = stream(*arguments, text="line\n")
            self.assertEqual(process.returncode, code, process.stderr)
            self.assertIn(problem, process.stderr.splitlines()[-1] if arguments[0] != "put" else process.stderr)
        process = stream("put", name, text="x" * (1 << 20) + "x\n")
        self.assertEqual(process.returncode, 1)
        self.assertIn("a line is longer than 1 MiB", process.stderr)


def caught(pid, number):
    """Whether the process has a handler for the signal."""
    with open(f"/proc/{pid}/status", encoding="ascii") as text:
        mask = next(int(line.split()[1], 16) for line in text if line.startswith("SigCgt:"))
    return bool(mask >> (number - 1) & 1)


if __name__ == "__main__":
    unittest.main()
