"""The SDKs of the languages that the other tests have too, in today's versions: boto3, and the AWS SDK for JavaScript v3."""

import os
import shutil
import subprocess
import sys

from place import PLACE, ROOT, Missing, install, run

NODE_PACKAGES = ["@aws-sdk/client-apigatewaymanagementapi", "@aws-sdk/client-apigatewayv2", "@aws-sdk/client-cloudwatch", "@aws-sdk/client-dynamodb",
                 "@aws-sdk/client-dynamodb-streams", "@aws-sdk/client-kinesis", "@aws-sdk/client-lambda", "@aws-sdk/lib-dynamodb", "@smithy/node-http-handler", "ws"]


def test_python(binary):
    """The Python tests with boto3 as it is today, in place of Debian's."""
    place = os.path.join(PLACE, "python")
    if not os.path.isdir(os.path.join(place, "boto3")):
        install([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", place, "boto3"], PLACE)
    environment = {**os.environ, "PYTHONPATH": place}
    version = subprocess.run([sys.executable, "-c", "import boto3; print(boto3.__version__)"], env=environment, capture_output=True, text=True,
                             check=True).stdout.strip()
    print(f"boto3 is of version {version}", flush=True)
    return run(["--binary", binary, "python"], environment)


def test_node(binary):
    """The node tests, copied to where node finds the installed SDK from."""
    place = os.path.join(PLACE, "node")
    if not shutil.which("npm"):
        raise Missing("npm is not installed")
    if not all(os.path.isdir(os.path.join(place, "node_modules", package)) for package in NODE_PACKAGES):
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, "package.json"), "w", encoding="utf-8") as file:
            file.write('{"private": true}\n')
        install(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", *NODE_PACKAGES], place)
    tests = os.path.join(place, "tests")
    shutil.rmtree(tests, ignore_errors=True)
    shutil.copytree(os.path.join(ROOT, "tests", "sdk", "node", "npm"), tests)
    return run(["--binary", binary, *(os.path.join(tests, name) for name in sorted(os.listdir(tests)) if name.endswith(".mjs"))])
