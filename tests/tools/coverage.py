"""Writes docs/coverage.md from lowcloud's operation tables: coverage.py OPERATIONS [--check]

OPERATIONS is the built tests/tools/operations, which prints the tables. What AWS has beside them comes from the service models in Debian's
botocore. With --check nothing is written: the exit code tells whether the page is what would be written.
"""

import os
import subprocess
import sys

import botocore.session

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, "docs", "coverage.md")

SERVICES = [
    ("Kinesis", "kinesis", "Kinesis_20131202", "kinesis"),
    ("DynamoDB", "dynamodb", "DynamoDB_20120810", "dynamodb"),
    ("DynamoDB Streams", "dynamodb", "DynamoDBStreams_20120810", "dynamodbstreams"),
    ("Lambda", "lambda", "", "lambda"),
    ("API Gateway (WebSocket APIs)", "apigateway", "", "apigatewayv2"),
    ("Kinesis Analytics v1", "kinesisanalytics", "KinesisAnalytics_20150814", "kinesisanalytics"),
    ("Kinesis Analytics v2", "kinesisanalytics", "KinesisAnalytics_20180523", "kinesisanalyticsv2"),
    ("CloudWatch", "monitoring", "GraniteServiceVersion20100801", "cloudwatch"),
]
OPENING = """# Coverage

Every operation that lowcloud serves, as its tables have it; written by `make coverage`, not by hand. A member of AWS's input that the table does not know is accepted and ignored: the last
column names those, by the service models of botocore {version}. Operations that are not listed answer `UnknownOperationException`.

Beside these: the management API of API Gateway (`POST`, `GET`, `DELETE /{{stage}}/@connections/{{id}}`), the WebSocket upgrade itself, and Lambda's Runtime API (`2018-06-01`), which are no tables.
"""


def served(program):
    """{(service, target prefix): {operation: (method, path, [members])}}"""
    tables = {}
    for line in subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines():
        service, prefix, name, method, path, members = line.split("\t")
        tables.setdefault((service, prefix), {})[name] = (method, path, members.split(",") if members else [])
    return tables


def members_of(operation):
    """The names of the members of AWS's input, spelled as AWS's model spells them."""
    return list(operation.input_shape.members) if operation.input_shape else []


def section(title, ours, model):
    newer = sorted(name for name in ours if name not in model.operation_names)
    counted = f"{len(ours) - len(newer)} of {len(model.operation_names)} operations" + (f", and {len(newer)} newer ones" if newer else "")
    lines = [f"\n## {title}: {counted}\n", "| operation | members read | members ignored |", "|---|---|---|"]
    for name in sorted(ours):
        _, _, members = ours[name]
        wanted = members_of(model.operation_model(name)) if name in model.operation_names else []
        known = {member.lower() for member in members}
        ignored = [member for member in wanted if member.lower() not in known]
        lines.append(f"| {name} | {', '.join(members) or '-'} | {', '.join(ignored) or '-'} |")
    absent = [name for name in model.operation_names if name not in ours]
    if absent:
        lines.append("\nNot served: " + ", ".join(sorted(absent)) + ".")
    return "\n".join(lines) + "\n"


def page(program):
    session, tables = botocore.session.get_session(), served(program)
    text = OPENING.format(version=botocore.__version__)
    for title, service, prefix, model in SERVICES:
        ours = tables.get((service, prefix)) or next((table for (name, other), table in tables.items() if name == service and not prefix), {})
        text += section(title, ours, session.get_service_model(model))
    return text


def main():
    text = page(sys.argv[1])
    if "--check" not in sys.argv:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(text)
        return 0
    with open(PAGE, encoding="utf-8") as file:
        if file.read() == text:
            return 0
    print("docs/coverage.md is not what the tables say: run `make coverage`")
    return 1


if __name__ == "__main__":
    sys.exit(main())
