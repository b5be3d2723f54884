"""The AWS SDK for Java v2 and what is built upon it, fetched and run by Maven."""

import os
import shutil
import xml.etree.ElementTree

from place import LATE, PLACE, ROOT, Missing, bounded
from server import Server

TESTS = os.path.join(ROOT, "tests", "sdk", "java")
UNREACHABLE = ("Could not transfer", "Could not find artifact", "Could not resolve", "Unresolveable", LATE)


def maven(*goals, environment=None):
    """Runs Maven on the Java tests; answers (exit code, what it said)."""
    place = os.path.join(PLACE, "java")
    os.makedirs(place, exist_ok=True)
    return bounded(["mvn", "--batch-mode", "--quiet", "--file", os.path.join(TESTS, "pom.xml"), f"-Dmaven.repo.local={os.path.join(place, 'repository')}",
                    f"-DbuildDirectory={os.path.join(place, 'target')}", *goals], 600, environment=environment)


def need_java():
    """Everything that the tests need is fetched, and built."""
    if not shutil.which("mvn") or not shutil.which("javac"):
        raise Missing("mvn or javac is not installed")
    code, said = maven("test-compile", "surefire:test", "-Dtest=NoSuchTest", "-Dsurefire.failIfNoSpecifiedTests=false")
    if code and any(sign in said for sign in UNREACHABLE):
        raise Missing("the registry did not give what is needed")


def test_java(binary):
    need_java()
    reports = os.path.join(PLACE, "java", "target", "surefire-reports")
    shutil.rmtree(reports, ignore_errors=True)
    with Server(["serve"], binary=binary) as server:
        code, said = maven("surefire:test", environment={**os.environ, "LOWCLOUD_ENDPOINT": server.endpoint})
    counts = [0, 0, 0]
    for name in sorted(os.listdir(reports)) if os.path.isdir(reports) else []:
        if name.endswith(".xml"):
            suite = xml.etree.ElementTree.parse(os.path.join(reports, name)).getroot()
            total, failed, skipped = int(suite.get("tests")), int(suite.get("failures")) + int(suite.get("errors")), int(suite.get("skipped"))
            counts = [before + now for before, now in zip(counts, (total - failed - skipped, failed, skipped))]
            print(f"{suite.get('name')}: {total - failed - skipped} passed, {failed} failed ({suite.get('time')} s)")
    if code or not sum(counts):
        print(said[-6000:])
        counts[1] = max(counts[1], 1)
    return counts
