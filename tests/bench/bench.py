"""`make bench`: the figures that lowcloud promises, each beside a yardstick that is measured in the same run.

What a figure may be on one machine it may not be on another; the yardstick tells what this machine gives at this moment: a bare libmicrohttpd
server that echoes (echo.c), bare sockets (fanout.c), or the smallest process that can be started. Bounded to about a minute and a half.
The figures go to build/bench/figures.json too.
"""

import json
import os
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
sys.path.insert(0, os.path.join(ROOT, "tests", "sdk", "python"))

from server import BINARY, Server, clean_environment  # noqa: E402
from support import client  # noqa: E402

TOOLS = os.path.join(ROOT, "build", "bench")
CONNECTIONS = 16
SIGNED = ("Authorization: AWS4-HMAC-SHA256 Credential=test/20260102/us-east-1/{}/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + "0" * 64)

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Native: {Type: AWS::Kinesis::Stream, Properties: {Name: native, ShardCount: 1}}
  Python: {Type: AWS::Kinesis::Stream, Properties: {Name: python, ShardCount: 1}}
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: bench, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Api, StageName: bench, AutoDeploy: true}
  NativeFunction:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: bootstrap
      CodeUri: native
      Environment: {Variables: {PUSH_PATH: !Sub "/_aws/execute-api/${Api}/${Stage}"}}
      Events: {Stream: {Type: Kinesis, Properties: {Stream: !GetAtt Native.Arn, StartingPosition: TRIM_HORIZON}}}
  PythonFunction:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: push.handler
      CodeUri: python
      Environment: {Variables: {WEBSOCKET_API_ENDPOINT: !Sub "https://${Api}.execute-api.${AWS::Region}.amazonaws.com/${Stage}"}}
      Events: {Stream: {Type: Kinesis, Properties: {Stream: !GetAtt Python.Arn, StartingPosition: TRIM_HORIZON}}}
Outputs:
  PushPath: {Value: !Sub "/_aws/execute-api/${Api}/${Stage}"}
"""

# It tells with each push how long the whole invocation before took it.
PYTHON_HANDLER = '''
import base64
import json
import os
import time

import boto3

gateway = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["WEBSOCKET_API_ENDPOINT"])
own_us = -1


def handler(event, context):
    global own_us
    began = time.perf_counter()
    for record in event["Records"]:
        fix = json.loads(base64.b64decode(record["kinesis"]["data"]))
        text = json.dumps({"seq": fix["seq"], "ownUs": own_us}, separators=(",", ":"))
        gateway.post_to_connection(ConnectionId=fix["connectionId"], Data=text.encode())
    own_us = int((time.perf_counter() - began) * 1e6)
'''

rows = []


def report(name, value, unit, wanted, is_met, yardstick):
    """One line of the table."""
    row = {"figure": name, "value": value, "unit": unit, "wanted": wanted, "met": is_met, "yardstick": yardstick}
    rows.append(row)
    word = "met" if is_met else "MISSED"
    print(f"{name:<58} {value:>10,} {unit:<9} wanted {wanted:<22} {word:<7} beside: {yardstick}", flush=True)


def tool(name, *arguments, stdin=None):
    """Runs a load client; answers what it printed."""
    ended = subprocess.run([os.path.join(TOOLS, name), *map(str, arguments)], stdin=stdin, capture_output=True, text=True, timeout=60, check=False)
    if ended.returncode:
        raise SystemExit(f"bench: {name} {' '.join(map(str, arguments))[:200]}: {ended.stderr.strip()}")
    return json.loads(ended.stdout)


# ---- start and idle ----

def seconds_until(command, mark):
    """Seconds from the start of command until mark stands in its output; the process is ended."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=clean_environment())
    said = b""
    while mark not in said and select.select([process.stdout], [], [], 10)[0]:
        more = os.read(process.stdout.fileno(), 4096)
        if not more:
            break
        said += more
    took = time.perf_counter() - began
    process.terminate()
    process.wait()
    process.stdout.close()
    if mark not in said:
        raise SystemExit(f"bench: {command} did not print {mark}: {said}")
    return took


def bench_start():
    command = [BINARY, "serve", "--port", "0"]
    seconds_until(command, b"Ready.")
    took = statistics.median(seconds_until(command, b"Ready.") for _ in range(15)) * 1000
    bare = statistics.median(seconds_until(["/bin/echo", "Ready."], b"Ready.") for _ in range(15)) * 1000
    report("start to Ready., no template", round(took, 1), "ms", "under 20", took < 20, f"/bin/echo {bare:.1f} ms")


def bench_idle():
    with Server() as server:
        client("kinesis", at=server.endpoint).list_streams()
        memory = server.memory_bytes() / 2 ** 20
    with subprocess.Popen([os.path.join(TOOLS, "echo")], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bare:
        bare.stdout.readline()
        with open(f"/proc/{bare.pid}/statm", encoding="ascii") as statm:
            bare_memory = int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2 ** 20
        bare.stdin.close()
    report("idle memory (RSS), after one call", round(memory, 1), "MiB", "under 12", memory < 12, f"bare echo server {bare_memory:.1f} MiB")


# ---- throughput ----

def item_body():
    return json.dumps({"TableName": "bench", "Item": {"id": {"S": "########"}, "value": {"S": "x" * 200}}})


def record_body():
    return json.dumps({"StreamName": "bench", "PartitionKey": "########", "Data": "eHh4" * 67})


def json_headers(target, service, version):
    return [f"X-Amz-Target: {target}", f"Content-Type: application/x-amz-json-{version}", "X-Amz-Date: 20260102T030405Z",
            "User-Agent: Boto3/1.26.27 Python/3.11.2 Linux/6.1 Botocore/1.29.27", "Accept-Encoding: identity", SIGNED.format(service)]


def bench_throughput():
    calls = {"PutItem": (item_body(), json_headers("DynamoDB_20120810.PutItem", "dynamodb", "1.0")),
             "PutRecord": (record_body(), json_headers("Kinesis_20131202.PutRecord", "kinesis", "1.1"))}
    with Server() as server, subprocess.Popen([os.path.join(TOOLS, "echo")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as echo:
        dynamodb, kinesis = client("dynamodb", at=server.endpoint), client("kinesis", at=server.endpoint)
        dynamodb.create_table(TableName="bench", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                              AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
        dynamodb.get_waiter("table_exists").wait(TableName="bench", WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        kinesis.create_stream(StreamName="bench", ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(StreamName="bench", WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        echo_port = int(echo.stdout.readline())
        for name, (body, headers) in calls.items():
            # Taken in turns, so that what else the machine does falls on both; the middle one of the pairs counts.
            pairs = []
            for _ in range(5):
                bare = tool("load", echo_port, CONNECTIONS, 1, "/", body, *headers)["perSecond"]
                pairs.append((tool("load", server.port, CONNECTIONS, 1, "/", body, *headers)["perSecond"], bare))
            ours, bare = sorted(pairs, key=lambda pair: pair[0] / pair[1])[len(pairs) // 2]
            report(f"{name} of 200 bytes, {CONNECTIONS} connections", round(ours), "per s", "a third of the echo", ours >= bare / 3,
                   f"libmicrohttpd echo {round(bare):,} per s, {ours / bare:.0%} of it")
        latency = tool("load", echo_port, 1, 1, "/", "x" * 200)
        echo.stdin.close()
    return latency


# ---- pushes ----

def bench_pushes(echo_latency):
    with tempfile.TemporaryDirectory(prefix="lowcloud-bench-") as directory:
        for folder in ("native", "python"):
            os.mkdir(os.path.join(directory, folder))
        with open(os.path.join(directory, "template.yaml"), "w", encoding="utf-8") as file:
            file.write(TEMPLATE)
        with open(os.path.join(directory, "python", "push.py"), "w", encoding="utf-8") as file:
            file.write(PYTHON_HANDLER)
        shutil.copy(os.path.join(TOOLS, "native"), os.path.join(directory, "native", "bootstrap"))
        with Server(["up", os.path.join(directory, "template.yaml"), "--quiet"], log_level="error") as server:
            path = server.outputs["PushPath"]
            bench_latency(server, path, echo_latency)
            bench_records(server, path, echo_latency)
            bench_clients(server, path)


def bench_latency(server, path, echo):
    push = tool("push", server.port, path, "latency", 5000)
    beside = f"one HTTP echo p50 {echo['p50Us'] / 1000:.3f} ms, p99 {echo['p99Us'] / 1000:.3f} ms"
    report("post_to_connection to frame, p50", push["p50Us"] / 1000, "ms", "under 0.15", push["p50Us"] < 150, beside)
    report("post_to_connection to frame, p99", push["p99Us"] / 1000, "ms", "under 1", push["p99Us"] < 1000, beside)


def bench_records(server, path, echo):
    native = tool("push", server.port, path, "record", 2000, "native")
    report("record put to frame, warm native handler, p50", native["p50Us"] / 1000, "ms", "under 1", native["p50Us"] < 1000,
           f"four HTTP echoes {4 * echo['p50Us'] / 1000:.3f} ms")
    python = tool("push", server.port, path, "record", 300, "python")
    report("record put to frame, Python handler, beyond its own time", python["beyondP50Us"] / 1000, "ms", "2 at most", python["beyondP50Us"] <= 2000,
           f"the handler's own time p50 {python['ownP50Us'] / 1000:.2f} ms, the whole {python['p50Us'] / 1000:.2f} ms")


def bench_clients(server, path):
    before = server.memory_bytes()
    with subprocess.Popen([os.path.join(TOOLS, "push"), str(server.port), path, "hold", "1000"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as held:
        if held.stdout.readline() != "open\n":
            raise SystemExit("bench: 1,000 clients could not be held")
        each = (server.memory_bytes() - before) / 1000 / 1024
        held.stdin.close()
    report("1,000 WebSocket clients, memory each", round(each, 1), "KiB", "under 8", each < 8, "the process before them "
           f"{before / 2 ** 20:.1f} MiB")
    posted = tool("push", server.port, path, "fanout", 1000, 20)
    bare = tool("fanout", "bare", 1000, 60)
    ours = tool("fanout", "front", 1000, 60)
    report("one 200-byte message to 1,000 clients", round(ours["perSecond"]), "frames/s", "60,000 or more", ours["perSecond"] >= 60000,
           f"send() on bare sockets {round(bare['perSecond']):,} per s; by one POST each {round(posted['perSecond']):,} per s")


def main():
    print("lowcloud's figures, each beside its yardstick of the same run:")
    bench_start()
    bench_idle()
    bench_pushes(bench_throughput())
    with open(os.path.join(TOOLS, "figures.json"), "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)
    missed = [row["figure"] for row in rows if not row["met"]]
    print(f"{len(rows) - len(missed)} of {len(rows)} figures met" + (": missed " + ", ".join(missed) if missed else ""))


if __name__ == "__main__":
    main()
