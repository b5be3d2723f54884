"""The AWS SDK for Java v2 and what is built upon it, fetched and run by Maven."""

import os
import shutil
import xml.etree.ElementTree

from place import LATE, PLACE, ROOT, Missing, bounded
from server import Server

TESTS = os.path.join(ROOT, "tests", "sdk", "java")
UNREACHABLE = ("Could not transfer", "Could not find artifact", "Could not resolve", "Unresolveable", LATE)


class Project:
    """One of the Maven projects: a folder with a pom.xml, and the name below which it is built."""

    def __init__(self, folder, name):
        self.pom = os.path.join(folder, "pom.xml")
        self.target = os.path.join(PLACE, "java", name)

    def maven(self, *goals, environment=None):
        """Runs Maven; answers (exit code, what it said)."""
        os.makedirs(self.target, exist_ok=True)
        return bounded(["mvn", "--batch-mode", "--quiet", "--file", self.pom, f"-Dmaven.repo.local={os.path.join(PLACE, 'java', 'repository')}",
                        f"-DbuildDirectory={self.target}", *goals], 600, environment=environment)

    def need(self):
        """Everything that the tests need is fetched, and built."""
        if not shutil.which("mvn") or not shutil.which("javac"):
            raise Missing("mvn or javac is not installed")
        code, said = self.maven("test-compile", "surefire:test", "-Dtest=NoSuchTest", "-Dsurefire.failIfNoSpecifiedTests=false")
        if code and any(sign in said for sign in UNREACHABLE):
            raise Missing("the registry did not give what is needed")

    def test(self, binary):
        """Runs the tests against a server of their own; answers their counts."""
        self.need()
        reports = os.path.join(self.target, "surefire-reports")
        shutil.rmtree(reports, ignore_errors=True)
        with Server(["serve"], binary=binary) as server:
            code, said = self.maven("surefire:test", environment={**os.environ, "LOWCLOUD_ENDPOINT": server.endpoint})
        counts = told(reports)
        if code or not sum(counts):
            print(said[-6000:])
            counts[1] = max(counts[1], 1)
        return counts


def told(reports):
    """What Surefire's reports tell: counts of [passed, failed, skipped], after a line for each class. It mixes up the suites of tests that run at once."""
    classes = {}
    for name in sorted(os.listdir(reports)) if os.path.isdir(reports) else []:
        for case in xml.etree.ElementTree.parse(os.path.join(reports, name)).iter("testcase") if name.endswith(".xml") else []:
            outcome = 1 if case.find("failure") is not None or case.find("error") is not None else 2 if case.find("skipped") is not None else 0
            classes.setdefault(case.get("classname"), []).append((outcome, float(case.get("time"))))
    for name, cases in sorted(classes.items()):
        outcomes = [outcome for outcome, _ in cases]
        print(f"{name}: {outcomes.count(0)} passed, {outcomes.count(1)} failed (at most {max(seconds for _, seconds in cases):.1f} s)")
    outcomes = [outcome for cases in classes.values() for outcome, _ in cases]
    return [outcomes.count(0), outcomes.count(1), outcomes.count(2)]


def test_java(binary):
    return Project(TESTS, "target").test(binary)


def test_java_newest(binary):
    return Project(os.path.join(TESTS, "newest"), "newest").test(binary)
