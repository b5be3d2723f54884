"""Kinesis's figures: records in and out, what they take in memory, and a stream of a thousand shards."""

import base64

from figures import Call, beside_echo, echo_server, median_rate, report, tell, tool

from server import Server
from support import client, wait_until

DATA = base64.b64encode(b"x" * 200).decode()
BATCH = 500
MILLION = 1_000_000
SHARDS = 1000


def call(operation, body):
    return Call("kinesis", f"Kinesis_20131202.{operation}", "1.1", body)


def make_stream(kinesis, name, shards=1):
    kinesis.create_stream(StreamName=name, ShardCount=shards)
    kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 10})


def put_records(stream):
    return call("PutRecords", {"StreamName": stream, "Records": [{"PartitionKey": "########", "Data": DATA}] * BATCH})


def put_record(stream):
    return call("PutRecord", {"StreamName": stream, "PartitionKey": "########", "Data": DATA})


def bench_calls():
    with Server() as server, echo_server() as echo_port:
        make_stream(client("kinesis", at=server.endpoint), "bench")
        for connections in (1, 16):
            beside_echo("PutRecord of 200 bytes", put_record("bench"), server.port, echo_port, connections, 0.4 if connections > 1 else 0)


def bench_records():
    bench_batches()
    bench_shards()
    bench_subscription()


def bench_batches():
    with Server() as server:
        kinesis = client("kinesis", at=server.endpoint)
        make_stream(kinesis, "bench")
        before = server.memory_bytes()
        load = put_records("bench").load(server.port, 4, "-n", MILLION // BATCH)
        records = MILLION / load["seconds"]
        report(f"PutRecords of {BATCH} x 200 bytes", round(records), "records/s", "200,000 or more", records >= 200_000, "one million of them, 4 connections")
        tell("memory of a million retained records", round((server.memory_bytes() - before) / 2 ** 20), "MiB", f"{MILLION * 208 / 2 ** 20:.0f} MiB of keys and data")
        shard = kinesis.list_shards(StreamName="bench")["Shards"][0]["ShardId"]
        iterator = kinesis.get_shard_iterator(StreamName="bench", ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        load = call("GetRecords", {"ShardIterator": iterator}).load(server.port, 2)
        tell("GetRecords of 10,000 x 200 bytes, 2 connections", round(load["answerBytes"] / load["seconds"] / 2 ** 20), "MiB/s",
             f"answers of {load['answerBytes'] / load['requests'] / 2 ** 20:.1f} MiB, base64 and all")


def bench_shards():
    with Server() as server:
        kinesis = client("kinesis", at=server.endpoint)
        before = server.memory_bytes()
        make_stream(kinesis, "wide", SHARDS)
        make_stream(kinesis, "narrow")
        wide, narrow = (median_rate(put_record(name), server.port, 16) for name in ("wide", "narrow"))
        tell(f"PutRecord into {SHARDS:,} shards, 16 connections", round(wide), "per s", f"into one shard {round(narrow):,} per s; the process before them "
             f"{before / 2 ** 20:.1f} MiB")


def bench_subscription():
    with Server() as server, echo_server() as echo_port:
        kinesis = client("kinesis", at=server.endpoint)
        make_stream(kinesis, "pushed")
        arn = kinesis.describe_stream_summary(StreamName="pushed")["StreamDescriptionSummary"]["StreamARN"]
        consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="reader")["Consumer"]["ConsumerARN"]
        wait_until(lambda: kinesis.describe_stream_consumer(ConsumerARN=consumer)["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE", 10)
        pushed = tool("subscribe", server.port, 5000, "pushed", consumer)
        echo = tool("load", echo_port, 1, "/", "x" * 200)
        report("PutRecord to an event of SubscribeToShard, p99", pushed["p99Us"] / 1000, "ms", "under 5", pushed["p99Us"] < 5000,
               f"p50 {pushed['p50Us'] / 1000:.3f} ms; one HTTP echo p50 {echo['p50Us'] / 1000:.3f} ms, p99 {echo['p99Us'] / 1000:.3f} ms")
