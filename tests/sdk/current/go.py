"""The AWS SDK for Go v2, with the Go that is on the machine if it is new enough. Debian 12's is not: the SDK asks for a newer one."""

import json
import os
import re
import shutil

from place import PLACE, ROOT, Missing, bounded
from server import Server

TESTS = os.path.join(ROOT, "tests", "sdk", "go")


def environment():
    """Go keeps what it fetches and builds below build/, where it may be deleted, and fetches no other Go."""
    place = os.path.join(PLACE, "go")
    return {**os.environ, "GOPATH": place, "GOMODCACHE": os.path.join(place, "modules"), "GOCACHE": os.path.join(place, "cache"),
            "GOFLAGS": "-mod=readonly -modcacherw", "GOTOOLCHAIN": "local", "GOWORK": "off"}


def release(text):
    return tuple(int(number) for number in re.search(r"(\d+)\.(\d+)", text).groups())


def need_go():
    """Everything that the tests need is fetched."""
    if not shutil.which("go"):
        raise Missing("go is not installed")
    with open(os.path.join(TESTS, "go.mod"), encoding="utf-8") as file:
        wanted = re.search(r"^go (\S+)$", file.read(), re.M)[1]
    _, found = bounded(["go", "env", "GOVERSION"], 60, TESTS, environment())
    if release(found) < release(wanted):
        raise Missing(f"{found.strip()} is installed, and the SDK needs {wanted}")
    code, said = bounded(["go", "mod", "download"], 300, TESTS, environment())
    if code:
        raise Missing("the modules could not be fetched: " + (said.strip().splitlines() or ["no reason given"])[-1])


def test_go(binary):
    need_go()
    with Server(["serve"], binary=binary) as server:
        code, said = bounded(["go", "test", "-count=1", "-timeout=120s", "-json", "./..."], 600, TESTS, {**environment(), "LOWCLOUD_ENDPOINT": server.endpoint})
    counts, output, seconds = {"pass": 0, "fail": 0, "skip": 0}, {}, 0
    for line in said.splitlines():
        event = json.loads(line) if line.startswith("{") else {"Action": "output", "Output": line + "\n"}
        name = event.get("Test", "")
        if event["Action"] == "output":
            output[name] = output.get(name, "") + event["Output"]
        elif event["Action"] in counts and name:
            counts[event["Action"]] += 1
            if event["Action"] != "pass":
                print(f"{event['Action']}: {name}\n{output.get(name, '')}")
        elif event["Action"] in counts:
            seconds = event["Elapsed"]
    if code and not counts["fail"]:
        print(said[-6000:])
        counts["fail"] += 1
    print(f"tests/sdk/go: {counts['pass']} passed, {counts['fail']} failed ({seconds} s)")
    return list(counts.values())
