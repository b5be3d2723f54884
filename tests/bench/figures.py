"""What the parts of `make bench` share: the table's lines, the load clients, and the echo server that is each rate's yardstick.

What a figure may be on one machine it may not be on another; the yardstick tells what this machine gives at this moment.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
sys.path.insert(0, os.path.join(ROOT, "tests", "sdk", "python"))

TOOLS = os.path.join(ROOT, "build", "bench")
SIGNED = ("Authorization: AWS4-HMAC-SHA256 Credential=test/20260102/us-east-1/{}/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + "0" * 64)
ROUNDS = 3

rows = []


def report(name, value, unit, wanted, is_met, yardstick):
    """One line of the table. wanted "": the figure is told, and no promise is held to it."""
    row = {"figure": name, "value": value, "unit": unit, "wanted": wanted, "met": is_met, "yardstick": yardstick}
    rows.append(row)
    word = "" if not wanted else "met" if is_met else "MISSED"
    print(f"{name:<58} {value:>10,} {unit:<9} {'wanted ' + wanted if wanted else 'told':<29} {word:<7} beside: {yardstick}", flush=True)


def tell(name, value, unit, beside):
    report(name, value, unit, "", True, beside)


def missed():
    return [row["figure"] for row in rows if not row["met"]]


def tool(name, *arguments, text=None):
    """Runs a load client, with text on its standard input; answers what it printed."""
    ended = subprocess.run([os.path.join(TOOLS, name), *map(str, arguments)], input=text or "", capture_output=True, text=True, timeout=300, check=False)
    if ended.returncode:
        raise SystemExit(f"bench: {name} {' '.join(map(str, arguments))[:200]}: {ended.stderr.strip()}")
    return json.loads(ended.stdout)


class Call:
    """One call of an operation as a load client sends it."""

    def __init__(self, service, target, version, body):
        self.text = json.dumps(body)
        self.headers = [f"X-Amz-Target: {target}", f"Content-Type: application/x-amz-json-{version}", "X-Amz-Date: 20260102T030405Z",
                        "User-Agent: Boto3/1.26.27 Python/3.11.2 Linux/6.1 Botocore/1.29.27", "Accept-Encoding: identity", SIGNED.format(service)]

    def load(self, port, connections, *options):
        """Sends it again and again; answers what `load` measured."""
        return tool("load", *options, port, connections, "/", "-", *self.headers, text=self.text)


@contextlib.contextmanager
def echo_server():
    """The bare libmicrohttpd server (echo.c): its port."""
    with subprocess.Popen([os.path.join(TOOLS, "echo")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as echo:
        yield int(echo.stdout.readline())
        echo.stdin.close()


def beside_echo(name, call, port, echo_port, connections, least):
    """Reports a call's rate beside the echo's. They are taken in turns, so that what else the machine does falls on both; the middle one
    of three pairs counts. least: the part of the echo's rate that is wanted, or 0."""
    pairs = []
    for _ in range(ROUNDS):
        bare = call.load(echo_port, connections)["perSecond"]
        pairs.append((call.load(port, connections)["perSecond"], bare))
    ours, bare = sorted(pairs, key=lambda pair: pair[0] / pair[1])[len(pairs) // 2]
    connected = f"{connections} connection{'s' if connections > 1 else ''}"
    report(f"{name}, {connected}", round(ours), "per s", f"{least:.0%} of the echo" if least else "", ours >= bare * least,
           f"libmicrohttpd echo {round(bare):,} per s, {ours / bare:.0%} of it")


def median_rate(call, port, connections):
    """The middle one of three rates."""
    return statistics.median(call.load(port, connections)["perSecond"] for _ in range(ROUNDS))
