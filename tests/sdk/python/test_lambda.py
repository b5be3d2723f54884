"""Lambda through boto3: functions made of zip files, invoked in every way, changed, published, fed from a stream; and nothing left behind.

What handlers may do wrong is tried in test_handlers.py."""

import base64
import io
import json
import os
import tempfile
import unittest
import zipfile

from support import ACCOUNT, REGION, Server, client, descendants, refused, trace, unique, wait_for_ends, wait_until

ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"

ECHO = """
import os

runs = 0


def handler(event, context):
    global runs
    runs += 1
    print("the event is", event)
    if isinstance(event, dict) and event.get("fail"):
        raise RuntimeError(event["fail"])
    return {"event": event, "runs": runs, "pid": os.getpid(), "version": context.function_version, "arn": context.invoked_function_arn,
            "custom": context.client_context.custom if context.client_context else None, "place": os.environ.get("PLACE")}
"""

# Notes what it was handed in the file that its environment names.
COLLECT = """
import base64
import json
import os


def handler(event, context):
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(json.dumps([base64.b64decode(record["kinesis"]["data"]).decode() for record in event["Records"]]) + "\\n")
    if any(base64.b64decode(record["kinesis"]["data"]) == b"poison" for record in event["Records"]):
        raise ValueError("poison")
"""


def zipped(code, name="app.py"):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, code)
    return packed.getvalue()


class LambdaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.functions = client("lambda")

    def function(self, code=ECHO, **options):
        """A new active function, deleted when the test ends."""
        name = unique("function")
        self.functions.create_function(FunctionName=name, Runtime="python3.12", Role=ROLE, Handler="app.handler",
                                       Code={"ZipFile": zipped(code)}, **{"Timeout": 30, **options})
        self.addCleanup(self.functions.delete_function, FunctionName=name)
        self.functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        return name

    def invoke(self, name, event=None, **options):
        """Answers (what the function answered, the whole answer)."""
        answer = self.functions.invoke(FunctionName=name, Payload=json.dumps(event if event is not None else {}), **options)
        text = answer["Payload"].read()
        return json.loads(text) if text else None, answer


class Invocations(LambdaTest):
    def test_the_answer_comes_with_its_version_and_the_requests_id(self):
        name = self.function()
        payload, answer = self.invoke(name, {"a": [1, None, "é"]})
        self.assertEqual(payload["event"], {"a": [1, None, "é"]})
        self.assertEqual((answer["StatusCode"], answer["ExecutedVersion"]), (200, "$LATEST"))
        self.assertNotIn("FunctionError", answer)
        self.assertNotIn("LogResult", answer)
        self.assertRegex(answer["ResponseMetadata"]["RequestId"], "^[0-9a-f-]{36}$")

    def test_the_log_tail_holds_the_lines_of_this_invocation(self):
        name = self.function()
        self.invoke(name, {"first": 1}, LogType="Tail")
        _, answer = self.invoke(name, {"second": 2}, LogType="Tail")
        tail = base64.b64decode(answer["LogResult"]).decode()
        request = answer["ResponseMetadata"]["RequestId"]
        lines = tail.split("\n")
        self.assertEqual(lines[0], f"START RequestId: {request} Version: $LATEST")
        self.assertEqual(lines[1], "the event is {'second': 2}")
        self.assertEqual(lines[2], f"END RequestId: {request}")
        self.assertRegex(lines[3], f"^REPORT RequestId: {request}\tDuration: [0-9.]+ ms\tBilled Duration: [0-9]+ ms\t"
                                   "Memory Size: 128 MB\tMax Memory Used: [0-9]+ MB\t$", "a warm one has no Init Duration")

    def test_an_error_is_a_200_with_a_header(self):
        payload, answer = self.invoke(self.function(), {"fail": "on purpose"}, LogType="Tail")
        self.assertEqual((answer["StatusCode"], answer["FunctionError"], answer["ExecutedVersion"]), (200, "Unhandled", "$LATEST"))
        self.assertEqual((payload["errorType"], payload["errorMessage"]), ("RuntimeError", "on purpose"))
        self.assertEqual(payload["requestId"], answer["ResponseMetadata"]["RequestId"])
        self.assertIn("[ERROR] RuntimeError: on purpose", base64.b64decode(answer["LogResult"]).decode())

    def test_an_event_is_run_once_and_its_answer_is_nobodys(self):
        name = self.function()
        payload, answer = self.invoke(name, {"later": True}, InvocationType="Event")
        self.assertEqual((payload, answer["StatusCode"]), (None, 202))
        self.assertNotIn("ExecutedVersion", answer)
        request = answer["ResponseMetadata"]["RequestId"]
        wait_until(lambda: [event for event in trace() if event["kind"] == "result" and request in event["subject"]], "the event has run")
        self.assertEqual(self.invoke(name)[0]["runs"], 2)

    def test_a_dry_run_runs_nothing(self):
        name = self.function()
        payload, answer = self.invoke(name, InvocationType="DryRun")
        self.assertEqual((payload, answer["StatusCode"]), (None, 204))
        self.assertEqual(self.invoke(name)[0]["runs"], 1)

    def test_a_client_context_reaches_the_handler(self):
        context = base64.b64encode(json.dumps({"custom": {"who": "me"}}).encode()).decode()
        self.assertEqual(self.invoke(self.function(), ClientContext=context)[0]["custom"], {"who": "me"})

    def test_no_payload_is_an_empty_object(self):
        answer = self.functions.invoke(FunctionName=self.function())
        self.assertEqual(json.loads(answer["Payload"].read())["event"], {})

    def test_a_function_is_found_by_every_form_of_its_name(self):
        name = self.function()
        whole = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
        for form in (name, f"{ACCOUNT}:function:{name}", whole):
            self.assertEqual(self.invoke(form)[0]["arn"], whole)
        for form in (f"{name}:$LATEST", f"{whole}:$LATEST"):
            self.assertEqual(self.invoke(form)[0]["arn"], f"{whole}:$LATEST")

    def test_reserved_concurrency_of_nothing_throttles(self):
        name = self.function()
        self.functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
        with refused(self, "TooManyRequestsException", "Rate Exceeded.", 429) as caught:
            self.invoke(name)
        self.assertEqual(caught.exception.response["Reason"], "ReservedFunctionConcurrentInvocationLimitExceeded")
        self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"], "1")


class Changes(LambdaTest):
    def test_new_code_runs_from_the_next_invocation_on(self):
        name = self.function()
        before = self.invoke(name)[0]
        made = self.functions.update_function_code(FunctionName=name, ZipFile=zipped("def handler(e, c):\n    return 'new'\n"))
        self.assertEqual(made["LastUpdateStatus"], "InProgress")
        self.functions.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        self.assertEqual(self.invoke(name)[0], "new")
        self.assertEqual(before["runs"], 1)

    def test_new_variables_run_in_a_new_environment(self):
        name = self.function()
        before = self.invoke(name)[0]
        self.functions.update_function_configuration(FunctionName=name, Environment={"Variables": {"PLACE": "here"}})
        after = self.invoke(name)[0]
        self.assertEqual((before["place"], after["place"], after["runs"]), (None, "here", 1))
        self.assertNotEqual(before["pid"], after["pid"])

    def test_versions_keep_their_code_and_aliases_lead_to_them(self):
        name = self.function()
        first = self.functions.publish_version(FunctionName=name)
        self.assertEqual(first["Version"], "1")
        self.functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
        self.functions.update_function_code(FunctionName=name, ZipFile=zipped("def handler(e, c):\n    return c.function_version\n"),
                                            Publish=True)
        payload, answer = self.invoke(name, Qualifier="live")
        self.assertEqual((payload["version"], answer["ExecutedVersion"]), ("1", "1"))
        self.assertTrue(payload["arn"].endswith(f":function:{name}:live"), payload["arn"])
        self.functions.update_alias(FunctionName=name, Name="live", FunctionVersion="2")
        self.assertEqual(self.invoke(name, Qualifier="live")[0], "2")
        self.assertEqual(self.invoke(name)[0], "$LATEST")
        self.assertEqual([version["Version"] for version in self.functions.list_versions_by_function(FunctionName=name)["Versions"]],
                         ["$LATEST", "1", "2"])

    def test_a_name_is_given_once(self):
        name = self.function()
        with refused(self, "ResourceConflictException", f"Function already exist: {name}", 409):
            self.functions.create_function(FunctionName=name, Runtime="python3.12", Role=ROLE, Handler="app.handler",
                                           Code={"ZipFile": zipped(ECHO)})

    def test_listings_page_by_their_markers(self):
        names = sorted(self.function() for _ in range(3))
        pages = self.functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
        self.assertTrue(set(names) <= {function["FunctionName"] for page in pages for function in page["Functions"]})

    def test_what_is_no_archive_is_refused(self):
        with refused(self, "InvalidParameterValueException",
                     "Could not unzip uploaded file. Please check your file, then try to upload again.", 400):
            self.functions.create_function(FunctionName=unique("bad"), Runtime="python3.12", Role=ROLE, Handler="app.handler",
                                           Code={"ZipFile": b"PK\x03\x04 and no more"})


class StreamTest(LambdaTest):
    """A stream of one shard, and a file in which functions note what they were handed, one line of JSON each."""

    def setUp(self):
        self.kinesis = client("kinesis")
        self.stream = unique("stream")
        self.kinesis.create_stream(StreamName=self.stream, ShardCount=1)
        self.addCleanup(self.kinesis.delete_stream, StreamName=self.stream, EnforceConsumerDeletion=True)
        self.kinesis.get_waiter("stream_exists").wait(StreamName=self.stream, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        self.arn = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{self.stream}"
        directory = tempfile.TemporaryDirectory(prefix="lowcloud-test-")
        self.addCleanup(directory.cleanup)
        self.notes = os.path.join(directory.name, "notes")

    def seen(self):
        if not os.path.exists(self.notes):
            return []
        with open(self.notes, encoding="utf-8") as notes:
            return [json.loads(line) for line in notes if line.endswith("\n")]


class Mappings(StreamTest):
    def map(self, **options):
        made = self.functions.create_event_source_mapping(
            FunctionName=self.function(COLLECT, Environment={"Variables": {"NOTES": self.notes}}), EventSourceArn=self.arn,
            **{"StartingPosition": "TRIM_HORIZON", **options})
        self.assertEqual(made["State"], "Creating")
        self.addCleanup(self.functions.delete_event_source_mapping, UUID=made["UUID"])
        return made["UUID"]

    def put(self, *data):
        self.kinesis.put_records(StreamName=self.stream, Records=[{"Data": text, "PartitionKey": "k"} for text in data])

    def test_records_reach_the_function_in_order_in_batches(self):
        self.put("a", "b", "c", "d", "e")
        uuid = self.map(BatchSize=2)
        wait_until(lambda: len(self.seen()) == 3, "three batches came")
        self.assertEqual(self.seen(), [["a", "b"], ["c", "d"], ["e"]])
        wait_until(lambda: self.functions.get_event_source_mapping(UUID=uuid)["LastProcessingResult"] == "OK", "the last batch is done")
        self.assertEqual(self.functions.get_event_source_mapping(UUID=uuid)["State"], "Enabled")

    def test_a_poisoned_batch_is_halved_and_given_up(self):
        self.put("a", "poison", "c")
        self.map(BisectBatchOnFunctionError=True, MaximumRetryAttempts=0)
        wait_until(lambda: ["c"] in self.seen() or ["poison", "c"] in self.seen()[-1:], "the batch was halved")
        wait_until(lambda: self.seen()[-1] == ["c"], "the rest came through")
        self.assertEqual(self.seen()[:2], [["a", "poison", "c"], ["a"]])

    def test_disabled_is_quiet_and_enabled_goes_on(self):
        uuid = self.map(Enabled=False)
        self.put("a")
        self.assertEqual(self.functions.get_event_source_mapping(UUID=uuid)["State"], "Disabled")
        self.functions.update_event_source_mapping(UUID=uuid, Enabled=True)
        wait_until(lambda: self.seen() == [["a"]], "the record came")

    def test_a_mapping_is_listed_and_deleted(self):
        uuid = self.map()
        listed = self.functions.list_event_source_mappings(EventSourceArn=self.arn)["EventSourceMappings"]
        self.assertEqual([mapping["UUID"] for mapping in listed], [uuid])
        self.doCleanups()
        with refused(self, "ResourceNotFoundException", "The resource you requested does not exist.", 404):
            self.functions.get_event_source_mapping(UUID=uuid)

    def test_the_batch_is_caused_by_its_first_record_and_the_invocation_by_the_batch(self):
        self.map()
        self.put("a")
        wait_until(self.seen, "the record came")
        events = {event["id"]: event for event in trace()}
        batch = [event for event in events.values() if event["kind"] == "batch"][-1]
        self.assertEqual(events[batch["cause"]]["kind"], "record")
        self.assertTrue([event for event in events.values() if event["kind"] == "invocation" and event["cause"] == batch["id"]])


class Ends(unittest.TestCase):
    """lowcloud ends: whatever way, no process of its functions stays."""

    def run_functions(self, server):
        functions = client("lambda", at=server.endpoint)
        code = ("import os, subprocess\n"
                "def handler(e, c):\n"
                "    return subprocess.Popen(['setsid', 'sleep', '1000']).pid\n")
        for name in ("one", "two"):
            functions.create_function(FunctionName=name, Runtime="python3.12", Role=ROLE, Handler="app.handler", Timeout=30,
                                      Code={"ZipFile": zipped(code)})
            functions.invoke(FunctionName=name)["Payload"].read()
        children = descendants(server.process.pid)
        self.assertGreaterEqual(len(children), 4, "two environments, two processes of theirs")
        return children

    def test_killed(self):
        with Server() as server:
            children = self.run_functions(server)
            server.kill()
            self.assertEqual(wait_for_ends(children, 5), set())

    def test_interrupted(self):
        with Server() as server:
            children = self.run_functions(server)
            server.stop()
            self.assertEqual(wait_for_ends(children, 1), set())


if __name__ == "__main__":
    unittest.main()
