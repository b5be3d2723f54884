"""Where the current SDKs are installed, and how a client of a registry is run."""

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PLACE = os.path.join(ROOT, "build", "sdk")
RUN = os.path.join(ROOT, "tests", "run.py")

sys.path.insert(0, os.path.join(ROOT, "tests", "support"))

LATE = "did not end within"


class Missing(Exception):
    """What a part needs is not to be had here; the text says why."""


def bounded(command, seconds, directory=None, environment=None):
    """Runs command; answers (exit code, what it said). The code of one that does not end in time is 1."""
    try:
        ended = subprocess.run(command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return 1, f"it {LATE} {seconds} s"
    return ended.returncode, ended.stdout


def install(command, directory):
    """Runs a package client in a directory that is made for it."""
    os.makedirs(directory, exist_ok=True)
    code, said = bounded(command, 300, directory)
    if code:
        raise Missing("it could not be installed: " + (said.strip().splitlines() or ["no reason given"])[-1])


def run(arguments, environment=None):
    """Runs the runner of all tests; answers its counts: passed, failed, skipped."""
    process = subprocess.Popen([sys.executable, RUN, *arguments], env=environment, stdout=subprocess.PIPE, text=True)
    last = ""
    for line in process.stdout:
        if last:
            print(last, end="", flush=True)
        last = line
    words = last.replace(",", "").split()
    if process.wait() == 0 or "passed" in words:
        return [int(words[0]), int(words[2]), int(words[4])]
    print(last, end="")
    return [0, 1, 0]
