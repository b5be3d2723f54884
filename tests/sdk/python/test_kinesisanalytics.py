"""SQL applications through boto3, by both versions of the API: made, refused, run from a stream to a function and to another stream."""

import io
import json
import unittest
import zipfile

from support import ACCOUNT, REGION, client, refused, unique, wait_until

ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"
FAST = """
CREATE OR REPLACE STREAM "FAST" ("id" VARCHAR(16), "kmh" DOUBLE);
CREATE OR REPLACE PUMP "FIND_FAST" AS INSERT INTO "FAST"
SELECT STREAM "id", "speed" * 3.6 FROM "SOURCE_SQL_STREAM_001" WHERE "speed" > 10;
"""
# Puts the rows that it is given into a stream, and refuses each the first time.
HANDLER = """
import base64, os, boto3
def handle(event, context):
    results = []
    for record in event["records"]:
        again = record["lambdaDeliveryRecordMetadata"]["retryHint"] > 0
        if again:
            boto3.client("kinesis").put_record(StreamName=os.environ["ROWS"], PartitionKey="k", Data=base64.b64decode(record["data"]))
        results.append({"recordId": record["recordId"], "result": "Ok" if again else "DeliveryFailed"})
    return {"records": results}
"""


def stream_arn(name):
    return f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{name}"


def schema(**types):
    columns = [{"Name": name, "SqlType": sql_type, "Mapping": f"$.{name}"} for name, sql_type in types.items()]
    return {"RecordFormat": {"RecordFormatType": "JSON", "MappingParameters": {"JSONMappingParameters": {"RecordRowPath": "$"}}},
            "RecordEncoding": "UTF-8", "RecordColumns": columns}


class AnalyticsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kinesis, cls.functions = client("kinesis"), client("lambda")
        cls.v1, cls.v2 = client("kinesisanalytics"), client("kinesisanalyticsv2")

    def stream(self):
        name = unique("stream")
        self.kinesis.create_stream(StreamName=name, ShardCount=1)
        self.addCleanup(self.kinesis.delete_stream, StreamName=name)
        self.kinesis.get_waiter("stream_exists").wait(StreamName=name)
        return name

    def create(self, source, code=FAST, **more):
        name = unique("application")
        fixes = {"NamePrefix": "SOURCE_SQL_STREAM", "InputSchema": schema(id="VARCHAR(16)", speed="DOUBLE"),
                 "KinesisStreamsInput": {"ResourceARN": stream_arn(source), "RoleARN": ROLE}}
        summary = self.v1.create_application(ApplicationName=name, ApplicationCode=code, Inputs=[fixes], **more)["ApplicationSummary"]
        self.assertEqual(summary["ApplicationStatus"], "READY")
        self.addCleanup(self.delete, name)
        return name

    def delete(self, name):
        detail = self.v1.describe_application(ApplicationName=name)["ApplicationDetail"]
        self.v1.delete_application(ApplicationName=name, CreateTimestamp=detail["CreateTimestamp"])

    def start(self, name, position="TRIM_HORIZON"):
        start = {"Id": "1.1", "InputStartingPositionConfiguration": {"InputStartingPosition": position}}
        self.v1.start_application(ApplicationName=name, InputConfigurations=[start])
        wait_until(lambda: self.status(name) == "RUNNING", f"{name} runs")

    def status(self, name):
        return self.v2.describe_application(ApplicationName=name)["ApplicationDetail"]["ApplicationStatus"]

    def read(self, stream, count):
        """The data of the stream's records, once there are count of them."""
        def records():
            start = self.kinesis.get_shard_iterator(StreamName=stream, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
            found = self.kinesis.get_records(ShardIterator=start["ShardIterator"])["Records"]
            return [record["Data"].decode() for record in found] if len(found) >= count else None
        return wait_until(records, f"{stream} has {count} records")

    def put(self, stream, **fix):
        self.kinesis.put_record(StreamName=stream, PartitionKey="k", Data=json.dumps(fix))


class Running(AnalyticsTest):
    def test_rows_go_to_a_stream(self):
        source, rows = self.stream(), self.stream()
        name = self.create(source, Outputs=[{"Name": "FAST", "DestinationSchema": {"RecordFormatType": "CSV"},
                                             "KinesisStreamsOutput": {"ResourceARN": stream_arn(rows), "RoleARN": ROLE}}])
        self.put(source, id="slow", speed=5)
        self.put(source, id="fast", speed=20)
        self.start(name)
        self.put(source, id="faster", speed=30.5)
        self.assertEqual(self.read(rows, 2), ["fast,72\n", "faster,109.8\n"])

    def test_what_a_function_refuses_is_sent_again(self):
        source, rows = self.stream(), self.stream()
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("push.py", HANDLER)
        function = unique("push")
        made = self.functions.create_function(FunctionName=function, Runtime="python3.11", Role=ROLE, Handler="push.handle",
                                              Timeout=20, Environment={"Variables": {"ROWS": rows}}, Code={"ZipFile": package.getvalue()})
        self.addCleanup(self.functions.delete_function, FunctionName=function)
        name = self.create(source)
        added = self.v2.add_application_output(ApplicationName=name, CurrentApplicationVersionId=1, Output={
            "Name": "FAST", "DestinationSchema": {"RecordFormatType": "JSON"}, "LambdaOutput": {"ResourceARN": made["FunctionArn"]}})
        self.assertEqual(added["ApplicationVersionId"], 2)
        self.start(name)
        self.put(source, id="fast", speed=20)
        self.assertEqual(self.read(rows, 1), ['{"id":"fast","kmh":72.0}'])

    def test_a_stopped_application_goes_on_where_it_stopped(self):
        source, rows = self.stream(), self.stream()
        name = self.create(source, Outputs=[{"Name": "FAST", "DestinationSchema": {"RecordFormatType": "JSON"},
                                             "KinesisStreamsOutput": {"ResourceARN": stream_arn(rows), "RoleARN": ROLE}}])
        self.start(name, "NOW")
        self.put(source, id="first", speed=20)
        self.read(rows, 1)
        self.v2.stop_application(ApplicationName=name)
        wait_until(lambda: self.status(name) == "READY", f"{name} has stopped")
        self.put(source, id="second", speed=20)
        self.start(name, "LAST_STOPPED_POINT")
        self.assertEqual(self.read(rows, 2), ['{"id":"first","kmh":72.0}', '{"id":"second","kmh":72.0}'])


class Refusing(AnalyticsTest):
    def test_code_is_refused_with_its_place(self):
        with refused(self, "CodeValidationException", status=400,
                     message="From line 2, column 61 to line 2, column 65: COUNT is not supported by lowcloud: functions over several rows need a window"):
            self.v1.create_application(ApplicationName=unique("application"), ApplicationCode=(
                'CREATE OR REPLACE STREAM "S" (A INT);\n'
                'CREATE OR REPLACE PUMP "P" AS INSERT INTO "S" SELECT STREAM COUNT(*) FROM "X" GROUP BY A'))

    def test_versions_and_names_are_checked(self):
        name = self.create(self.stream())
        with refused(self, "ConcurrentModificationException"):
            self.v1.update_application(ApplicationName=name, CurrentApplicationVersionId=7, ApplicationUpdate={"ApplicationCodeUpdate": ""})
        with refused(self, "ResourceNotFoundException"):
            self.v2.describe_application(ApplicationName="none")
        with refused(self, "ResourceInUseException"):
            self.v1.create_application(ApplicationName=name)
        with refused(self, "UnsupportedOperationException"):
            self.v2.create_application(ApplicationName=unique("application"), RuntimeEnvironment="FLINK-1_15", ServiceExecutionRole=ROLE)


if __name__ == "__main__":
    unittest.main()
