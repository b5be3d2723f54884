"""`make test-sdk`: the SDK tests with what is current instead of what Debian has, each installed from its language's registry below build/sdk.
A registry that is not reachable, or a toolchain that is not there, skips its part aloud.

    python3 tests/sdk/current [--binary build/lowcloud] [PART ...]

Parts: boto3, javascript, go, java, java-newest. Without any, all of them.
"""

import argparse
import os
import sys

from place import ROOT, Missing

from go import test_go
from java import test_java, test_java_newest
from scripts import test_node, test_python

PARTS = {"boto3": ("boto3", test_python), "javascript": ("the AWS SDK for JavaScript v3", test_node), "go": ("the AWS SDK for Go v2", test_go),
         "java": ("the AWS SDK for Java v2, the Kinesis Client Library, the Kinesis Producer Library and Flink", test_java),
         "java-newest": ("the newest Kinesis Client Library, with the SDK that it brings", test_java_newest)}


def counts_of(name, test, binary):
    """Runs a part, or says that it is skipped; answers [passed, failed, skipped]."""
    print(f"---- {name}", flush=True)
    try:
        return test(binary)
    except Missing as why:
        print(f"skipped {name}: {why}", flush=True)
        return [0, 0, 1]


def main():
    parser = argparse.ArgumentParser(description="Runs the SDK tests with the current SDKs.")
    parser.add_argument("--binary", default=os.path.join(ROOT, "build", "lowcloud"))
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {unknown[0]}; there are {', '.join(PARTS)}")
    counts = [counts_of(*PARTS[part], options.binary) for part in options.parts or PARTS]
    passed, failed, skipped = (sum(column) for column in zip(*counts))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
