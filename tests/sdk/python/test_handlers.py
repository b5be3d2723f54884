"""Handlers that misbehave: each gives the invoker AWS's own words, and the next invocation works."""

import base64
import io
import json
import threading
import unittest
import zipfile

from support import client, descendants, http, refused, template_up, unique, wait_until

CODE = '''
import json
import os
import sys
import time

runs = 0


class Odd(Exception):
    pass


def handler(event, context):
    global runs
    runs += 1
    how = event.get("how")
    if how == "raise":
        raise Odd("went wrong on purpose")
    if how == "exit":
        sys.exit(3)
    if how == "exit-zero":
        os._exit(0)
    if how == "kill":
        os.kill(os.getpid(), 9)
    if how == "hang":
        time.sleep(60)
    if how == "garbage":
        os.write(1, b"\\xff\\xfe\\x00 garbage without end" + b"x" * 100000)
        os.write(2, b"\\x1b[31m\\x00")
        return "still here"
    if how == "unserialisable":
        return {1, 2}
    if how == "large":
        return "x" * (7 * 1024 * 1024)
    if how == "six":
        return "x" * (6 * 1024 * 1024 - 2)
    if how == "env":
        return dict(os.environ)
    if how == "context":
        return [context.function_name, context.memory_limit_in_mb, context.aws_request_id, context.invoked_function_arn,
                context.get_remaining_time_in_millis() > 0]
    return {"runs": runs, "pid": os.getpid(), "event": event}
'''

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Faulty:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: faulty, Runtime: python3.11, Handler: app.handler, CodeUri: ., Timeout: 2}
  Missing:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: missing, Runtime: python3.11, Handler: app.absent, CodeUri: .}
  NoModule:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: no-module, Runtime: python3.11, Handler: inner.handler, CodeUri: .}
  Syntax:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: syntax, Runtime: python3.11, Handler: wrong.handler, CodeUri: .}
  Garbled:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: garbled, Runtime: provided.al2023, Handler: any, CodeUri: garbled, Timeout: 2}
  Ended:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: ended, Runtime: provided.al2023, Handler: any, CodeUri: ended, Timeout: 2}
"""

FILES = {
    "app.py": CODE,
    "inner.py": "import nowhere\n",
    "wrong.py": "def handler(:\n",
    # A custom runtime that posts malformed JSON for what it was asked.
    "garbled/bootstrap": """#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
    id=$(curl -s -D - -o /dev/null "$api/next" | tr -d '\\r' | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: *//p')
    curl -s -X POST -d '{"half": ' "$api/$id/response" >/dev/null
done
""",
    "ended/bootstrap": "#!/bin/sh\nexit 7\n",
}


class HandlerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.up = template_up(TEMPLATE, FILES)
        cls.server = cls.up.__enter__()
        cls.functions = client("lambda", at=cls.server.endpoint)

    @classmethod
    def tearDownClass(cls):
        cls.up.__exit__(None, None, None)

    def invoke(self, how=None, function="faulty", **options):
        """Answers (what the handler answered, the function error header, the whole answer)."""
        answer = self.functions.invoke(FunctionName=function, Payload=json.dumps({"how": how} if how else {}), **options)
        text = answer["Payload"].read()
        return json.loads(text) if text else None, answer.get("FunctionError"), answer

    def assert_works(self):
        payload, error, _ = self.invoke()
        self.assertIsNone(error)
        self.assertGreaterEqual(payload["runs"], 1)
        return payload


class Faults(HandlerTest):
    def tearDown(self):
        self.assert_works()

    def test_an_exception_is_told_whole(self):
        payload, error, answer = self.invoke("raise")
        self.assertEqual((answer["StatusCode"], error), (200, "Unhandled"))
        self.assertEqual(list(payload), ["errorMessage", "errorType", "requestId", "stackTrace"])
        self.assertEqual((payload["errorMessage"], payload["errorType"]), ("went wrong on purpose", "Odd"))
        self.assertEqual(len(payload["stackTrace"]), 1, "the bootstrap's own frames are not the user's")

    def test_an_exit_is_told_with_its_status(self):
        for how, reason in (("exit", "Runtime exited with error: exit status 3"), ("exit-zero", "Runtime exited without providing a reason"),
                            ("kill", "Runtime exited with error: signal: killed")):
            with self.subTest(how=how):
                payload, error, answer = self.invoke(how)
                self.assertEqual(error, "Unhandled")
                self.assertEqual(payload["errorType"], "Runtime.ExitError")
                self.assertEqual(payload["errorMessage"], f"RequestId: {answer['ResponseMetadata']['RequestId']} Error: {reason}")

    def test_a_hanging_handler_is_ended_at_its_timeout(self):
        payload, error, _ = self.invoke("hang")
        self.assertEqual(error, "Unhandled")
        self.assertEqual(payload["errorType"], "Sandbox.Timedout")
        self.assertRegex(payload["errorMessage"], "^RequestId: [0-9a-f-]{36} Error: Task timed out after 2.00 seconds$")

    def test_garbage_on_its_output_is_only_log(self):
        payload, error, _ = self.invoke("garbage")
        self.assertEqual((payload, error), ("still here", None))

    def test_what_is_no_json_cannot_be_answered(self):
        payload, error, _ = self.invoke("unserialisable")
        self.assertEqual((error, payload["errorType"]), ("Unhandled", "Runtime.MarshalError"))
        self.assertTrue(payload["errorMessage"].startswith("Unable to marshal response: "))

    def test_seven_megabytes_are_too_much_and_six_are_not(self):
        payload, error, _ = self.invoke("large")
        self.assertEqual(error, "Unhandled")
        self.assertEqual(payload, {"errorType": "Function.ResponseSizeTooLarge",
                                   "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes)."})
        payload, error, _ = self.invoke("six")
        self.assertEqual((len(payload), error), (6 * 1024 * 1024 - 2, None))

    def test_an_environment_lives_on_after_an_exception_and_not_after_an_exit(self):
        before = self.assert_works()
        self.invoke("raise")
        same = self.assert_works()
        self.assertEqual(same["pid"], before["pid"])
        self.invoke("exit")
        self.assertNotEqual(self.assert_works()["pid"], before["pid"])


class Starts(HandlerTest):
    def test_handlers_that_cannot_be_loaded(self):
        cases = [
            ("missing", "Runtime.HandlerNotFound", "Handler 'absent' missing on module 'app'"),
            ("no-module", "Runtime.ImportModuleError", "Unable to import module 'inner': No module named 'nowhere'"),
            ("syntax", "Runtime.UserCodeSyntaxError", "Syntax error in module 'wrong': "),
        ]
        for function, kind, message in cases:
            with self.subTest(function=function):
                payload, error, _ = self.invoke(function=function)
                self.assertEqual((error, payload["errorType"]), ("Unhandled", kind))
                self.assertTrue(payload["errorMessage"].startswith(message), payload["errorMessage"])

    def test_a_runtime_that_ends_before_it_asks(self):
        payload, error, _ = self.invoke(function="ended")
        self.assertEqual((error, payload["errorType"]), ("Unhandled", "Runtime.ExitError"))
        self.assertTrue(payload["errorMessage"].endswith("Error: Runtime exited with error: exit status 7"), payload)

    def test_malformed_json_of_a_custom_runtime_reaches_the_invoker_and_breaks_nothing(self):
        answer = self.functions.invoke(FunctionName="garbled", Payload="{}")
        self.assertEqual(answer["StatusCode"], 200)
        answer["Payload"].read()
        self.assert_works()

    def test_the_environment_is_a_functions(self):
        payload, _, _ = self.invoke("env")
        for name, value in (("AWS_LAMBDA_FUNCTION_NAME", "faulty"), ("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "us-east-1"),
                            ("_HANDLER", "app.handler"), ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"), ("TZ", ":UTC")):
            self.assertEqual(payload.get(name), value, name)

    def test_the_context_is_a_functions(self):
        payload, _, answer = self.invoke("context")
        self.assertEqual(payload, ["faulty", "128", answer["ResponseMetadata"]["RequestId"],
                                   "arn:aws:lambda:us-east-1:000000000000:function:faulty", True])

    def test_the_log_tail_comes_with_the_answer(self):
        _, _, answer = self.invoke(LogType="Tail")
        tail = base64.b64decode(answer["LogResult"]).decode()
        request = answer["ResponseMetadata"]["RequestId"]
        for line in (f"START RequestId: {request} Version: $LATEST\n", f"END RequestId: {request}\n", f"REPORT RequestId: {request}\tDuration: "):
            self.assertIn(line, tail)


class Wire(HandlerTest):
    def test_functions_that_do_not_exist(self):
        with refused(self, "ResourceNotFoundException", "Function not found: arn:aws:lambda:us-east-1:000000000000:function:absent:$LATEST", 404):
            self.invoke(function="absent")

    def test_what_is_no_json_is_no_event(self):
        with refused(self, "InvalidRequestContentException", status=400) as caught:
            self.functions.invoke(FunctionName="faulty", Payload="{nonsense")
        self.assertIn("Could not parse request body into json: ", str(caught.exception))

    def test_a_dry_run_runs_nothing(self):
        payload, error, answer = self.invoke("exit", InvocationType="DryRun")
        self.assertEqual((payload, error, answer["StatusCode"]), (None, None, 204))

    def test_an_event_is_taken_and_run_later(self):
        before = self.assert_works()["runs"]
        _, _, answer = self.invoke(InvocationType="Event")
        self.assertEqual(answer["StatusCode"], 202)
        wait_until(lambda: self.assert_works()["runs"] > before + 1, "the event has run")

    def test_concurrent_invocations_get_environments_of_their_own(self):
        results = []

        def call():
            results.append(client("lambda", at=self.server.endpoint).invoke(FunctionName="faulty", Payload='{"how":"hang"}')["FunctionError"])
        threads = [threading.Thread(target=call) for _ in range(3)]
        for thread in threads:
            thread.start()
        payload = self.assert_works()
        self.assertTrue(payload["pid"])
        for thread in threads:
            thread.join()
        self.assertEqual(results, ["Unhandled"] * 3)

    def test_a_function_from_a_zip_file(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("main.py", "def go(event, context):\n    return {'got': event}\n")
        name = unique("zipped")
        made = self.functions.create_function(FunctionName=name, Runtime="python3.11", Role="arn:aws:iam::000000000000:role/any",
                                              Handler="main.go", Code={"ZipFile": packed.getvalue()})
        self.assertEqual((made["FunctionName"], made["Handler"], made["Timeout"], made["MemorySize"]), (name, "main.go", 3, 128))
        self.functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        answer = self.functions.invoke(FunctionName=name, Payload='{"a":1}')
        self.assertEqual(json.loads(answer["Payload"].read()), {"got": {"a": 1}})
        self.functions.delete_function(FunctionName=name)
        with refused(self, "ResourceNotFoundException", status=404):
            self.functions.get_function(FunctionName=name)


class NoPython(unittest.TestCase):
    def test_a_machine_without_python_says_so_once_and_lives(self):
        with template_up(TEMPLATE, FILES, environment={"PATH": "/nowhere", "LOWCLOUD_PYTHON": None}) as server:
            answer = client("lambda", at=server.endpoint).invoke(FunctionName="faulty", Payload="{}")
            payload = json.loads(answer["Payload"].read())
            self.assertEqual(answer.get("FunctionError"), "Unhandled")
            self.assertIn("python3", payload["errorMessage"])
            self.assertEqual(http("GET", "/_lowcloud/health", at=server.endpoint).status, 200)
            self.assertEqual(descendants(server.pid), set())


class BadTemplates(unittest.TestCase):
    def refused(self, text, *says, files=None):
        from support import ServerFailed
        with self.assertRaises(ServerFailed) as caught:
            with template_up(text, files):
                pass
        for words in says:
            self.assertIn(words, str(caught.exception))

    def test_a_cycle_is_named(self):
        self.refused("Resources:\n  A:\n    Type: AWS::Kinesis::Stream\n    Properties: {Name: !Ref B}\n"
                     "  B:\n    Type: AWS::Kinesis::Stream\n    Properties: {Name: !Ref A}\n", "template.yaml:", "A", "B")

    def test_a_reference_to_nothing_is_named_with_its_line(self):
        self.refused("Resources:\n  A:\n    Type: AWS::Kinesis::Stream\n    Properties:\n      Name: !Ref Nothing\n", "template.yaml:5", "Nothing")

    def test_broken_yaml_is_named_with_its_line(self):
        self.refused("Resources:\n  A: [\n", "template.yaml:")

    def test_an_unknown_type_is_a_warning(self):
        text = "Resources:\n  A:\n    Type: AWS::Made::Up\n  B:\n    Type: AWS::Kinesis::Stream\n    Properties: {Name: b, ShardCount: 1, Colour: red}\n"
        with template_up(text) as server:
            said = server.printed() + server.logged()
            for words in ("template.yaml:3", "AWS::Made::Up", "template.yaml:6", "Colour"):
                self.assertIn(words, said)
            self.assertEqual(client("kinesis", at=server.endpoint).list_streams()["StreamNames"], ["b"])


if __name__ == "__main__":
    unittest.main()
