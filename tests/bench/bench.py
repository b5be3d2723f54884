"""`make bench`: the figures that lowcloud promises, each beside a yardstick that is measured in the same run.

The yardsticks: a bare libmicrohttpd server that echoes (echo.c), bare sockets (fanout.c), or the smallest process that can be started.
Bounded to about four minutes. The figures go to build/bench/figures.json too. Names after `make bench ONLY=...` choose parts.
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

from figures import TOOLS, echo_server, missed, report, rows, tool

from server import BINARY, Server, clean_environment
from support import client

import dynamodb_figures
import kinesis_figures

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


# ---- pushes ----

def bench_pushes():
    with echo_server() as port:
        echo_latency = tool("load", port, 1, "/", "x" * 200)
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


PARTS = {
    "start": bench_start,
    "idle": bench_idle,
    "dynamodb": dynamodb_figures.bench_calls,
    "million": dynamodb_figures.bench_million,
    "kinesis": kinesis_figures.bench_calls,
    "records": kinesis_figures.bench_records,
    "pushes": bench_pushes,
}


def main():
    wanted = sys.argv[1:] or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        raise SystemExit(f"bench: there is no part {' '.join(unknown)}; the parts are: {' '.join(PARTS)}")
    print("lowcloud's figures, each beside its yardstick of the same run:")
    for name in wanted:
        PARTS[name]()
    with open(os.path.join(TOOLS, "figures.json"), "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)
    promised = [row for row in rows if row["wanted"]]
    print(f"{len(promised) - len(missed())} of {len(promised)} promised figures met" + (": missed " + ", ".join(missed()) if missed() else ""))


if __name__ == "__main__":
    main()
