"""The test runner: every part of the tests, one closing line.

    run.py [--binary build/lowcloud] [--unit build/unit-tests] [PART or FILE ...]

Parts: unit (Check), wire (tests/wire/**/*.case), python, cli, node (tests/sdk/...), scenario (tests/scenario). Without any, all of them.
Each file gets a server of its own, on a free port, which must end cleanly when the file is done: that counts as one more test. What fails
is printed in full, what is skipped by name; the last line is `N passed, N failed, N skipped`, and the exit code tells whether all passed.
"""

import argparse
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TESTS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(TESTS)
sys.path.insert(0, os.path.join(TESTS, "support"))

PARTS = ("unit", "wire", "python", "cli", "node", "scenario")


class Tally:
    """What passed, failed and was skipped, printed as it comes."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add(self, name, passed, failed=(), skipped=(), seconds=None):
        """One file's result: failed and skipped are pairs (test, text)."""
        self.passed += passed
        self.failed += len(failed)
        self.skipped += len(skipped)
        for test, text in failed:
            print(f"FAILED {name}: {test}\n{indent(text)}")
        for test, reason in skipped:
            print(f"skipped {name}: {test}: {reason}")
        took = "" if seconds is None else f" ({seconds:.1f} s)"
        counts = f"{passed} passed" + (f", {len(failed)} failed" if failed else "") + (f", {len(skipped)} skipped" if skipped else "")
        print(f"{name}: {counts}{took}", flush=True)

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped", flush=True)
        return 1 if self.failed or not self.passed else 0


def indent(text):
    return "".join(f"    {line}\n" for line in str(text).rstrip().splitlines()).rstrip("\n")


def relative(path):
    return os.path.relpath(path, ROOT)


def run_bounded(command, seconds, environment=None):
    """Runs command in a process group of its own, which is ended after the deadline; answers (exit code or None, what it printed)."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        output.seek(0)
        return code, output.read().decode("utf-8", "replace")


def run_unit(tally, options):
    began = time.monotonic()
    code, said = run_bounded([options.unit], options.patience)
    line = re.search(r"^[0-9]+%: Checks: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+)$", said, re.M)
    if code is None or not line:
        tally.add("unit", 0, [("all", f"no closing line of Check (exit code {code}):\n{said[-3000:]}")])
        return
    checks, bad = int(line[1]), int(line[2]) + int(line[3])
    failed = [(text.split(":")[0], text) for text in re.findall(r"^.*:[0-9]+:[FE]:.*$", said, re.M)]
    failed += [("unnamed", said[-3000:])] * (bad - len(failed))
    if code != 0 and not failed:
        failed.append(("exit code", f"{code}:\n{said[-3000:]}"))
    skipped = [("unit", text) for text in re.findall(r"^skipped:? .*$", said, re.M)]
    tally.add("unit", checks - bad, failed, skipped, time.monotonic() - began)


def with_server(tally, name, use):
    """Starts a server for the file called name, has use(server) answer (passed, failed, skipped), and checks that the server ends well."""
    from server import Server, ServerFailed
    began = time.monotonic()
    passed, failed, skipped = 0, [], []
    server = Server()
    try:
        server.start()
        passed, failed, skipped = use(server)
        server.stop()
        passed += 1
    except ServerFailed as error:
        failed = [*failed, ("the server", str(error))]
    finally:
        server.kill()
    tally.add(name, passed, failed, skipped, time.monotonic() - began)


def run_wire(tally, _, files):
    from wire import CaseBroken, run_case

    def use(path, server):
        try:
            difference = run_case(path, server.port)
        except CaseBroken as error:
            difference = str(error)
        return (0, [(relative(path), difference)], []) if difference else (1, [], [])

    for path in files:
        with_server(tally, relative(path), lambda server, path=path: use(path, server))


def run_python(tally, options, files):
    """unittest files, each in a process of its own with LOWCLOUD_ENDPOINT set."""
    for path in files:
        def use(server, path=path):
            with tempfile.TemporaryDirectory(prefix="lowcloud-report-") as directory:
                report = os.path.join(directory, "report.json")
                command = [options.python, os.path.join(TESTS, "support", "unittest_report.py"), path, report, *options.only]
                code, said = run_bounded(command, options.patience, child_environment(options, server))
                if not os.path.exists(report):
                    why = f"did not end within {options.patience} s" if code is None else f"ended with {code}, without a report"
                    return 0, [("the whole file", f"{why}:\n{said[-3000:]}")], []
                with open(report, encoding="utf-8") as file:
                    result = json.load(file)
            if result["failed"] and options.log:
                print(f"the server's log of {relative(path)}:\n{indent(server.logged()[-3000:])}")
            return result["passed"], result["failed"], result["skipped"]
        with_server(tally, relative(path), use)


def run_node(tally, options, files):
    """Node's own test runner; its files need nothing but node (those under npm/ are run by `make test-sdk`)."""
    if not options.node:
        tally.add("tests/sdk/node", 0, [], [("all", "node is not installed")])
        return
    for path in files:
        def use(server, path=path):
            code, said = run_bounded([options.node, "--test", "--test-reporter=tap", path], options.patience, child_environment(options, server))
            counts = {word: int(number) for word, number in re.findall(r"^\S+ (pass|fail|cancelled|skipped|todo) ([0-9]+)$", said, re.M)}
            if code is None or "pass" not in counts:
                return 0, [("the whole file", f"exit code {code}:\n{said[-3000:]}")], []
            bad = counts["fail"] + counts.get("cancelled", 0)
            failed = re.findall(r"^not ok [0-9]+ - (.*)\n((?:  .*\n)*)", said, re.M)[:bad]
            failed += [("the whole file", said[-3000:])] * (max(bad, 1 if code else 0) - len(failed))
            reasons = re.findall(r"^(?:ok [0-9]+ - |\S+ )(.*?) (?:\([0-9.]+ms\) )?# (?:SKIP|skip) ?(.*)$", said, re.M)
            skipped = (reasons + [("unnamed", "")] * counts.get("skipped", 0))[:counts.get("skipped", 0)]
            return counts["pass"], failed, skipped
        with_server(tally, relative(path), use)


def child_environment(options, server):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment.update(LOWCLOUD_ENDPOINT=server.endpoint, LOWCLOUD_PYTHON=os.environ.get("LOWCLOUD_PYTHON", "/usr/bin/python3"),
                       LOWCLOUD_BINARY=options.binary, LOWCLOUD_SERVER_PID=str(server.pid), PYTHONDONTWRITEBYTECODE="1")
    return environment


FILES = {
    "wire": "wire/**/*.case",
    "python": "sdk/python/test_*.py",
    "cli": "sdk/cli/test_*.py",
    "node": "sdk/node/*.mjs",
    "scenario": "scenario/test_*.py",
}
RUN = {"wire": run_wire, "python": run_python, "cli": run_python, "node": run_node, "scenario": run_python}


def files_of(part):
    return sorted(glob.glob(os.path.join(TESTS, FILES[part]), recursive=True))


def part_of(path):
    """The part that a file belongs to, by its place and name."""
    for part in FILES:
        if os.path.abspath(path) in files_of(part):
            return part
    if path.endswith(".mjs"):
        return "node"
    sys.exit(f"{path} is no test: none of {', '.join(FILES.values())}")


def read_options():
    parser = argparse.ArgumentParser(description="Runs lowcloud's tests; the last line counts them.")
    parser.add_argument("--binary", default=os.path.join(ROOT, "build", "lowcloud"))
    parser.add_argument("--unit", default=os.path.join(ROOT, "build", "unit-tests"))
    parser.add_argument("--python", default=os.environ.get("LOWCLOUD_PYTHON", "/usr/bin/python3"), help="runs the Python files")
    parser.add_argument("--node", default=shutil.which("node"))
    parser.add_argument("--patience", type=float, default=150, help="seconds that one file may take")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="only Python tests whose name holds NAME")
    parser.add_argument("--log", action="store_true", help="with a failure, print the end of the server's log too")
    parser.add_argument("what", nargs="*", metavar="PART|FILE", help=f"parts ({', '.join(PARTS)}) or test files; none: all parts")
    options = parser.parse_args()
    options.binary, options.unit = os.path.abspath(options.binary), os.path.abspath(options.unit)
    os.environ["LOWCLOUD_BINARY"] = options.binary
    return options


def main():
    options = read_options()
    tally = Tally()
    for what in options.what or PARTS:
        if what == "unit":
            run_unit(tally, options)
        elif what in FILES:
            RUN[what](tally, options, files_of(what))
        else:
            RUN[part_of(what)](tally, options, [os.path.abspath(what)])
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
