"""A lowcloud process under test: started, waited for, asked, and ended, with a deadline on every step.

Whoever starts one says what it serves (`serve`, or `up TEMPLATE`); the server picks a free port, and its address is read from the line
{"event":"ready",...} that it prints. Nothing here waits for a duration: each wait is for an event, and fails when it does not come.
"""

import json
import os
import select
import signal
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ.get("LOWCLOUD_BINARY", os.path.join(ROOT, "build", "lowcloud"))
IS_SANITIZED = "/asan/" in BINARY

READY_SECONDS = 30 if IS_SANITIZED else 10
STOP_SECONDS = 10 if IS_SANITIZED else 5


class ServerFailed(Exception):
    """The server did not start, or did not end as it should; the text says why, with what it printed."""


def processes():
    """Every process of this machine: {pid: (parent's pid, start time)}. Zombies count as ended."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] not in "ZX":
            found[int(name)] = (int(fields[1]), fields[19])
    return found


def descendants(pid):
    """The processes below pid, as {(pid, start time)}."""
    table, below, frontier = processes(), set(), {pid}
    while frontier:
        frontier = {child for child, (parent, _) in table.items() if parent in frontier}
        below |= {(child, table[child][1]) for child in frontier}
    return below


def survivors(children):
    """Those of children (pairs of descendants) that still run."""
    table = processes()
    return {(pid, started) for pid, started in children if pid in table and table[pid][1] == started}


def wait_for_ends(children, seconds):
    """Waits until none of children runs; answers those that still do after the deadline."""
    deadline = time.monotonic() + seconds
    left = survivors(children)
    while left and time.monotonic() < deadline:
        select.select([], [], [], 0.005)
        left = survivors(left)
    return left


class Server:
    """One lowcloud process. Use it in a `with`, or call start and stop.

    arguments: after the binary, such as ["serve"] or ["up", "template.yaml"]; the port and the seed are added.
    environment: variables to add; None as a value takes one away.
    """

    def __init__(self, arguments=("serve",), environment=None, port=0, seed=1, directory=None, log_level=None, binary=BINARY):
        self.arguments = [binary, *arguments]
        if port is not None:
            self.arguments += ["--port", str(port)]
        if seed is not None:
            self.arguments += ["--seed", str(seed)]
        if log_level:
            self.arguments += ["--log", log_level]
        self.directory = directory
        self.environment = clean_environment(environment)
        self.process = None
        self.output = None
        self.log = None
        self.ready = None
        self.ready_seconds = None
        self.is_over = False

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if kind:
            self.kill()
        elif not self.is_over:
            self.stop()

    def launch(self):
        """Starts the process without waiting for it."""
        self.output = tempfile.TemporaryFile()
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(self.arguments, cwd=self.directory, env=self.environment, stdin=subprocess.DEVNULL,
                                        stdout=self.output, stderr=self.log)
        return self

    def start(self, seconds=READY_SECONDS):
        """Starts the process and waits for its `Ready.`"""
        began = time.monotonic()
        self.launch()
        try:
            self.wait_until_printed("\nReady.", seconds)
        except ServerFailed:
            self.kill()
            raise
        self.ready_seconds = time.monotonic() - began
        self.ready = self.ready_line()
        return self

    def wait_until_printed(self, text, seconds):
        """Waits until text stands in what the server printed on standard output."""
        deadline = time.monotonic() + seconds
        while text not in "\n" + self.printed():
            if self.process.poll() is not None:
                raise ServerFailed(f"{self.what()} ended with {self.process.returncode} before it was ready:\n{self.said()}")
            if time.monotonic() > deadline:
                raise ServerFailed(f"{self.what()} did not print {text.strip()!r} within {seconds} s:\n{self.said()}")
            select.select([], [], [], 0.002)

    def ready_line(self):
        for line in self.printed().splitlines():
            if line.startswith('{"event"'):
                said = json.loads(line)
                if said["event"] == "ready":
                    return said
        raise ServerFailed(f"{self.what()} said `Ready.` without its JSON line:\n{self.said()}")

    @property
    def endpoint(self):
        return self.ready["endpoint"]

    @property
    def port(self):
        return int(self.endpoint.rpartition(":")[2])

    @property
    def outputs(self):
        return self.ready.get("outputs", {})

    @property
    def pid(self):
        return self.process.pid

    def stop(self, how=signal.SIGTERM, seconds=STOP_SECONDS):
        """Ends the server with a signal, checks that it ended in time, with exit code 0, leaving no child; answers the seconds it took."""
        self.is_over = True
        if self.process.poll() is not None:
            raise ServerFailed(f"{self.what()} had ended by itself with {self.process.returncode}:\n{self.said()}")
        children = descendants(self.pid)
        began = time.monotonic()
        self.process.send_signal(how)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerFailed(f"{self.what()} did not end within {seconds} s of {how.name}:\n{self.said()}") from None
        took = time.monotonic() - began
        left = wait_for_ends(children, 1)
        said = self.said()
        self.close()
        if left:
            raise ServerFailed(f"{self.what()} left {len(left)} children behind:\n{said}")
        if code != 0:
            raise ServerFailed(f"{self.what()} ended with {code} after {how.name}:\n{said}")
        return took

    def kill(self):
        """Ends the server at once; harmless when it has ended."""
        self.is_over = True
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def close(self):
        for file in (self.output, self.log):
            file.close()

    def printed(self):
        """What it wrote to standard output until now."""
        return read_all(self.output)

    def logged(self):
        """What it wrote to standard error until now."""
        return read_all(self.log)

    def said(self):
        return self.printed()[-2000:] + self.logged()[-6000:]

    def what(self):
        return " ".join(os.path.basename(word) if number == 0 else word for number, word in enumerate(self.arguments))

    def memory_bytes(self):
        """Its resident memory."""
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def open_files(self):
        """How many files and sockets it has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def peak_bytes(self):
        """The most that its resident memory ever was."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) * 1024


def read_all(file):
    if file is None or file.closed:
        return ""
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode("utf-8", "replace")


def clean_environment(extra=None):
    """The environment for a server under test: ours without what would point an SDK or lowcloud elsewhere."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("AWS_", "LOWCLOUD_")) or name in ("LOWCLOUD_PYTHON", "LOWCLOUD_CA_DIR")}
    # The user's own authority stays untouched.
    environment.setdefault("LOWCLOUD_CA_DIR", os.path.join(ROOT, "build", "test-ca"))
    for name, value in (extra or {}).items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    return environment


def run_lowcloud(*arguments, seconds=20, environment=None, directory=None, text=""):
    """Runs lowcloud to its end, with text on its standard input; answers the finished process, with its output as text."""
    return subprocess.run([BINARY, *arguments], cwd=directory, env=clean_environment(environment), input=text,
                          capture_output=True, text=True, timeout=seconds, check=False)
