"""`make test-sdk`: the SDK tests with what is current instead of what Debian has: boto3 from Python's registry, and the AWS SDK for JavaScript
v3 from node's, and the AWS SDK for Java with the Kinesis Client Library from Java's, all installed below build/sdk. A registry that is not
reachable, or a client that is not there, skips its part aloud.
"""

import argparse
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from server import Server  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLACE = os.path.join(ROOT, "build", "sdk")
JAVA_TESTS = os.path.join(ROOT, "tests", "sdk", "java")
RUN = os.path.join(ROOT, "tests", "run.py")
NODE_PACKAGES = ["@aws-sdk/client-apigatewaymanagementapi", "@aws-sdk/client-apigatewayv2", "@aws-sdk/client-cloudwatch", "@aws-sdk/client-dynamodb",
                 "@aws-sdk/client-dynamodb-streams", "@aws-sdk/client-kinesis", "@aws-sdk/client-lambda", "@aws-sdk/lib-dynamodb", "@smithy/node-http-handler", "ws"]


def install(command, directory):
    """Runs a package client; answers None, or why it did not work."""
    os.makedirs(directory, exist_ok=True)
    try:
        ended = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        return "the registry did not answer in time"
    except OSError as error:
        return f"{command[0]}: {error.strerror}"
    return None if ended.returncode == 0 else "it could not be installed: " + (ended.stderr.strip().splitlines() or ["no reason given"])[-1]


def current_boto3():
    """The environment in which Python finds the current boto3, or why there is none."""
    place = os.path.join(PLACE, "python")
    if not os.path.isdir(os.path.join(place, "boto3")):
        why = install([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", place, "boto3"], PLACE)
        if why:
            return None, why
    return {**os.environ, "PYTHONPATH": place}, None


def current_node():
    """The copies of the node tests that lie beside the installed SDK, or why there are none."""
    place = os.path.join(PLACE, "node")
    if not shutil.which("npm"):
        return None, "npm is not installed"
    if not all(os.path.isdir(os.path.join(place, "node_modules", package)) for package in NODE_PACKAGES):
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, "package.json"), "w", encoding="utf-8") as file:
            file.write('{"private": true}\n')
        why = install(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", *NODE_PACKAGES], place)
        if why:
            return None, why
    tests = os.path.join(place, "tests")
    shutil.rmtree(tests, ignore_errors=True)
    shutil.copytree(os.path.join(ROOT, "tests", "sdk", "node", "npm"), tests)
    return [os.path.join(tests, name) for name in sorted(os.listdir(tests)) if name.endswith(".mjs")], None


def maven(*goals, environment=None, seconds=600):
    """Runs Maven on the Java tests; answers (exit code, what it said)."""
    place = os.path.join(PLACE, "java")
    os.makedirs(place, exist_ok=True)
    command = ["mvn", "--batch-mode", "--quiet", "--file", os.path.join(JAVA_TESTS, "pom.xml"), f"-Dmaven.repo.local={os.path.join(place, 'repository')}",
               f"-DbuildDirectory={os.path.join(place, 'target')}", *goals]
    try:
        ended = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds,
                               check=False)
    except subprocess.TimeoutExpired:
        return 1, f"it did not end within {seconds} s"
    return ended.returncode, ended.stdout


def missing_java():
    """Why the Java tests cannot run, or None: everything that they need is fetched."""
    if not shutil.which("mvn") or not shutil.which("javac"):
        return "mvn or javac is not installed"
    code, said = maven("test-compile", "surefire:test", "-Dtest=NoSuchTest", "-Dsurefire.failIfNoSpecifiedTests=false")
    if code and any(sign in said for sign in ("Could not transfer", "Could not find artifact", "Could not resolve", "Unresolveable", "did not end within")):
        return "the registry did not give what is needed"
    return None


def run_java(binary):
    """Runs the Java tests against a server of their own; answers their counts, as their reports tell them."""
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


def run(arguments, environment=None):
    """Runs the runner; answers its exit code and its counts."""
    process = subprocess.Popen([sys.executable, RUN, *arguments], env=environment, stdout=subprocess.PIPE, text=True)
    last = ""
    for line in process.stdout:
        if last:
            print(last, end="")
        last = line
    words = last.replace(",", "").split()
    if process.wait() == 0 or "passed" in words:
        return [int(words[0]), int(words[2]), int(words[4])]
    print(last, end="")
    return [0, 1, 0]


def main():
    parser = argparse.ArgumentParser(description="Runs the SDK tests with the current SDKs.")
    parser.add_argument("--binary", default=os.path.join(ROOT, "build", "lowcloud"))
    binary = parser.parse_args().binary
    counts = []
    environment, why = current_boto3()
    if environment:
        version = subprocess.run([sys.executable, "-c", "import boto3; print(boto3.__version__)"], env=environment, capture_output=True, text=True,
                                 check=True).stdout.strip()
        print(f"---- boto3 {version}")
        counts.append(run(["--binary", binary, "python"], environment))
    else:
        print(f"skipped the current boto3: {why}")
        counts.append([0, 0, 1])
    files, why = current_node()
    if files:
        print("---- the AWS SDK for JavaScript v3")
        counts.append(run(["--binary", binary, *files]))
    else:
        print(f"skipped the AWS SDK for JavaScript: {why}")
        counts.append([0, 0, 1])
    why = missing_java()
    if why:
        print(f"skipped the AWS SDK for Java: {why}")
        counts.append([0, 0, 1])
    else:
        print("---- the AWS SDK for Java v2 and the Kinesis Client Library")
        counts.append(run_java(binary))
    passed, failed, skipped = (sum(column) for column in zip(*counts))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
