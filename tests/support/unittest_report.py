"""Runs one unittest file and reports it in JSON: unittest_report.py FILE REPORT [NAME ...]

REPORT gets {"passed": N, "failed": [[name, text], ...], "skipped": [[name, reason], ...]}; it is missing when the process died.
NAMEs (substrings) choose tests. A file whose needs are not met raises unittest.SkipTest when it is imported.
"""

import importlib.util
import json
import os
import sys
import traceback
import unittest

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Collector(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.passed, self.failed, self.skipped_tests = 0, [], []

    def startTest(self, test):
        super().startTest(test)
        print(f"  {name_of(test)}", flush=True)

    def addSuccess(self, test):
        self.passed += 1

    def addError(self, test, err):
        self.failed.append((name_of(test), told(err)))

    def addFailure(self, test, err):
        self.addError(test, err)

    def addSkip(self, test, reason):
        self.skipped_tests.append((name_of(test), reason))

    def addExpectedFailure(self, test, err):
        self.failed.append((name_of(test), "expected failures are not used here: a test passes, fails or is skipped"))

    def addUnexpectedSuccess(self, test):
        self.addExpectedFailure(test, None)

    def addSubTest(self, test, subtest, err):
        if err:
            self.failed.append((str(subtest), told(err)))

    def report(self):
        return {"passed": self.passed, "failed": self.failed, "skipped": self.skipped_tests}


def told(err):
    """The error and the lines of the tests that led to it, without the insides of libraries."""
    kind, error, trace = err
    lines = [f"{os.path.relpath(frame.filename, TESTS)}:{frame.lineno}: {frame.line}\n" for frame in traceback.extract_tb(trace)
             if frame.filename.startswith(TESTS)]
    return "".join(lines + traceback.format_exception_only(kind, error))


def name_of(test):
    return ".".join(test.id().split(".")[1:]) or test.id()


def wanted(suite, names):
    """The tests of suite whose name holds one of names."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from wanted(test, names)
        elif not names or any(name in test.id() for name in names):
            yield test


def load(path):
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location(os.path.splitext(os.path.basename(path))[0], path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


def main(path, report, *names):
    result = Collector()
    try:
        suite = unittest.TestSuite(wanted(load(path), names))
    except unittest.SkipTest as skip:
        result.skipped_tests.append((os.path.basename(path), str(skip)))
    else:
        suite.run(result)
    with open(report, "w", encoding="utf-8") as file:
        json.dump(result.report(), file)
    return 1 if result.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
