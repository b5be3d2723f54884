"""The clients: `lowcloud fleet` against lowcloud and against a Kinesis that misbehaves, and `lowcloud watch` against WebSocket servers that do.

A stub stands in where lowcloud itself would be too well-behaved: throttled entries, faults, closed lines.
"""

import asyncio
import base64
import collections
import http.server
import json
import os
import signal
import subprocess
import tempfile
import threading
import unittest

from support import PATIENCE_SECONDS, ROOT, clean_environment, client, endpoint, run_lowcloud, unique, wait_until
from server import BINARY

import botocore.auth
import botocore.awsrequest
import botocore.credentials

TRACKS = os.path.join(ROOT, "scenarios", "fleet", "tracks")
FERRY = os.path.join(TRACKS, "ferry.gpx")


def fleet(*arguments, environment=None):
    """Runs a fleet to its end with --json; answers (process, summary or None)."""
    process = run_lowcloud("fleet", "--json", "--quiet", *arguments, environment=environment, seconds=PATIENCE_SECONDS * 2)
    lines = process.stdout.splitlines()
    return process, json.loads(lines[-1]) if lines else None


def records(stream):
    """All records of a stream as [(partition key, fix)], shard by shard."""
    kinesis, found = client("kinesis"), []
    for shard in kinesis.list_shards(StreamName=stream)["Shards"]:
        iterator = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        while True:
            answer = kinesis.get_records(ShardIterator=iterator)
            if not answer["Records"]:
                break
            found += [(record["PartitionKey"], json.loads(record["Data"])) for record in answer["Records"]]
            iterator = answer["NextShardIterator"]
    return found


def make_stream():
    name = unique("fixes")
    client("kinesis").create_stream(StreamName=name, ShardCount=2)
    return name


class StubKinesis(http.server.ThreadingHTTPServer):
    """Answers PutRecords as `answer(call number, records)` says: a list with None (taken) or an error code for each record, or
    (status, body). Keeps the requests, and the data of what was taken, in order."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), StubHandler)
        self.answer, self.calls, self.taken, self.lock = answer, [], [], threading.Lock()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class StubHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            status, answer = self.decide(body)
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def decide(self, body):
        server, asked = self.server, json.loads(body)
        server.calls.append((dict(self.headers), body))
        fates = server.answer(len(server.calls), asked["Records"])
        if isinstance(fates, tuple):
            return fates
        entries = []
        for record, fate in zip(asked["Records"], fates):
            if fate is None:
                server.taken.append(json.loads(base64.b64decode(record["Data"])))
                entries.append({"SequenceNumber": str(len(server.taken)), "ShardId": "shardId-000000000000"})
            else:
                entries.append({"ErrorCode": fate, "ErrorMessage": "no"})
        return 200, {"FailedRecordCount": sum(fate is not None for fate in fates), "Records": entries}


class Fleet(unittest.TestCase):
    def assert_in_order(self, fixes):
        seen = collections.Counter()
        for fix in fixes:
            seen[fix["id"]] += 1
            self.assertEqual(fix["seq"], seen[fix["id"]], fix["id"])
        return seen

    def test_every_fix_arrives_in_order(self):
        stream = make_stream()
        process, summary = fleet("--endpoint", endpoint(), "--stream", stream, "--track", FERRY, "--track", os.path.join(TRACKS, "clinic.csv"),
                                 "--track", os.path.join(TRACKS, "rounds.geojson"), "--vehicles", "12", "--speed", "400", "--seed", "3")
        self.assertEqual(process.returncode, 0, process.stderr)
        found = records(stream)
        self.assertEqual(len(found), summary["fixes"])
        self.assertEqual(len(self.assert_in_order([fix for _, fix in found])), 12)
        self.assertTrue(all(key == fix["id"] for key, fix in found))
        self.assertEqual(set(found[0][1]), {"id", "ts", "seq", "lat", "lon", "speedMps", "headingDeg", "accuracyM"})

    def test_the_same_seed_drives_the_same_way(self):
        drives = []
        for _ in range(2):
            stream = make_stream()
            fleet("--endpoint", endpoint(), "--stream", stream, "--track", FERRY, "--rate", "20", "--speed", "900", "--seed", "5", "--jitter", "4")
            drives.append(sorted((fix["seq"], fix["lat"], fix["lon"], fix["accuracyM"]) for _, fix in records(stream)))
        self.assertTrue(drives[0])
        self.assertEqual(drives[0], drives[1])

    def test_throttled_entries_are_put_again_in_order(self):
        def answer(call, asked):
            return ["ProvisionedThroughputExceededException" if (call + i) % 3 == 0 else None for i in range(len(asked))]
        with StubKinesis(answer) as stub:
            process, summary = fleet("--endpoint", stub.url, "--stream", "s", "--track", FERRY, "--vehicles", "6", "--rate", "20", "--speed", "200")
            self.assertEqual(process.returncode, 0, process.stderr)
            self.assertEqual(len(self.assert_in_order(stub.taken)), 6)
            self.assertEqual(len(stub.taken), summary["fixes"])
            self.assertGreater(summary["repeated"], 10)

    def test_faults_of_the_service_are_outlived(self):
        def answer(call, asked):
            return (500, {"__type": "InternalFailure"}) if call in (1, 2, 5) else [None] * len(asked)
        with StubKinesis(answer) as stub:
            process, summary = fleet("--endpoint", stub.url, "--stream", "s", "--track", FERRY, "--rate", "20", "--speed", "500")
            self.assertEqual(process.returncode, 0, process.stderr)
            self.assertEqual(summary["repeated"], 3)
            self.assert_in_order(stub.taken)

    def test_it_gives_up_after_so_many_tries(self):
        with StubKinesis(lambda call, asked: ["InternalFailure"] * len(asked)) as stub:
            process, summary = fleet("--endpoint", stub.url, "--stream", "s", "--track", FERRY, "--tries", "3")
            self.assertEqual(process.returncode, 1)
            self.assertIn("gave up after 3 tries: InternalFailure: no", process.stderr)
            self.assertEqual((summary["fixes"], summary["ok"]), (0, False))

    def test_what_cannot_work_is_said_in_one_line(self):
        stream = unique("absent")
        with socket_that_is_closed() as port:
            for arguments, said in (
                (["--endpoint", endpoint(), "--stream", stream], f"ResourceNotFoundException: Stream {stream} under account 000000000000 not found."),
                (["--endpoint", f"http://127.0.0.1:{port}", "--stream", "s"], "Failed to connect to 127.0.0.1"),
                (["--endpoint", endpoint(), "--stream", "bad name"], "ValidationException: 1 validation error detected"),
            ):
                process, _ = fleet("--track", FERRY, *arguments)
                self.assertEqual(process.returncode, 1, arguments)
                self.assertIn(said, process.stderr)
                self.assertEqual(len(process.stderr.splitlines()), 1, process.stderr)

    def test_a_bad_track_is_named_with_its_line(self):
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write("lat,lon,time\n1,2,3\n1,north,4\n")
            file.flush()
            process = run_lowcloud("fleet", "--stream", "s", "--track", file.name)
            self.assertEqual((process.returncode, process.stderr), (1, f'lowcloud fleet: {file.name}:3: longitude "north" is not a number\n'))

    def test_the_signature_is_the_sdks(self):
        environment = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                       "AWS_SESSION_TOKEN": "a+token/with=signs"}
        with StubKinesis(lambda call, asked: [None] * len(asked)) as stub:
            fleet("--endpoint", stub.url, "--stream", "s", "--track", FERRY, "--speed", "10000", "--region", "eu-west-1", environment=environment)
            headers, body = stub.calls[0]
        given = {name.lower(): value for name, value in headers.items()}
        signed = given["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
        self.assertLessEqual({"host", "x-amz-date", "x-amz-security-token", "x-amz-target"}, set(signed))
        request = botocore.awsrequest.AWSRequest("POST", stub.url + "/", data=body)
        for name in signed:
            request.headers[name] = given[name]
        request.context["timestamp"] = given["x-amz-date"]
        credentials = botocore.credentials.Credentials("AKIDEXAMPLE", environment["AWS_SECRET_ACCESS_KEY"], environment["AWS_SESSION_TOKEN"])
        signer = botocore.auth.SigV4Auth(credentials, "kinesis", "eu-west-1")
        expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
        self.assertEqual(given["authorization"].split("Signature=")[1], expected)

    def test_an_interrupt_ends_it_with_a_summary(self):
        stream = make_stream()
        process = subprocess.Popen([BINARY, "fleet", "--json", "--endpoint", endpoint(), "--stream", stream, "--track", FERRY, "--rate", "50",
                                    "--loops", "0"], env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        wait_until(lambda: records(stream), "the first fix is there")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
        summary = json.loads(output)
        self.assertEqual((process.returncode, summary["interrupted"], summary["ok"]), (0, True, True))
        self.assertEqual(len(records(stream)), summary["fixes"])


class socket_that_is_closed:
    """A port on which nobody listens: bound, so that nobody else takes it."""

    def __enter__(self):
        import socket
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        return self.socket.getsockname()[1]

    def __exit__(self, *_):
        self.socket.close()


class StubDoor:
    """A WebSocket server whose paths misbehave: /push pushes five times, /drop closes with 4001 after one push, /refuse answers 401,
    /echo answers each message. Needs Debian's python3-websockets."""

    def __enter__(self):
        self.closes, self.heads = [], []
        self.loop = asyncio.new_event_loop()
        started = threading.Event()

        async def serve():
            import websockets
            self.stopping = asyncio.Event()
            async with websockets.serve(self.serve_one, "127.0.0.1", 0, process_request=self.look) as server:
                self.port = server.sockets[0].getsockname()[1]
                started.set()
                await self.stopping.wait()

        self.thread = threading.Thread(target=lambda: self.loop.run_until_complete(serve()), daemon=True)
        self.thread.start()
        started.wait(PATIENCE_SECONDS)
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(PATIENCE_SECONDS)
        self.loop.close()

    async def look(self, path, headers):
        self.heads.append((path, dict(headers)))
        return (http.HTTPStatus.UNAUTHORIZED, [], b"no") if path.startswith("/refuse") else None

    async def serve_one(self, socket, path):
        import websockets
        try:
            if path.startswith("/drop"):
                await socket.send("once")
                await socket.close(4001, "moved")
            for i in range(5 if path.startswith("/push") else 0):
                await socket.send(json.dumps({"ts": 1, "i": i, "path": path}))
            async for message in socket:
                await socket.send(f"echo {message}")
        except websockets.exceptions.ConnectionClosed:
            pass
        finally:
            self.closes.append(socket.close_code)

    def url(self, path):
        return f"ws://127.0.0.1:{self.port}{path}"


def watch(*arguments):
    """Runs a watch to its end with --json; answers (process, lines)."""
    process = run_lowcloud("watch", "--json", *arguments, seconds=PATIENCE_SECONDS * 2)
    return process, [json.loads(line) for line in process.stdout.splitlines()]


class Watch(unittest.TestCase):
    def test_pushes_are_printed_and_counted(self):
        with StubDoor() as door:
            process, lines = watch("--url", door.url("/push"), "--clients", "3", "--query", "VehicleID=car-{n}", "--count", "15",
                                   "--origin", "http://localhost:3000", "--header", "X-Token: a b")
            self.assertEqual(process.returncode, 0, process.stderr)
            for number in (1, 2, 3):
                pushed = [json.loads(line["text"]) for line in lines if line["event"] == "push" and line["client"] == number]
                self.assertEqual([push["i"] for push in pushed], [0, 1, 2, 3, 4])
                self.assertEqual({push["path"] for push in pushed}, {f"/push?VehicleID=car-{number}"})
            summary = lines[-1]
            self.assertEqual((summary["event"], summary["pushes"], summary["connects"], summary["latencyMs"]["count"]), ("summary", 15, 3, 15))
            head = {name.lower(): value for name, value in door.heads[0][1].items()}
            self.assertEqual((head["origin"], head["x-token"]), ("http://localhost:3000", "a b"))
            wait_until(lambda: len(door.closes) == 3, "the server saw all clients close")
            self.assertEqual(door.closes, [1000, 1000, 1000])

    def test_a_subscription_is_sent_and_its_answer_printed(self):
        with StubDoor() as door:
            process, lines = watch("--url", door.url("/echo"), "--send", '{"n":{n}}', "--send", "again", "--count", "2")
            self.assertEqual(process.returncode, 0, process.stderr)
            self.assertEqual([line["text"] for line in lines if line["event"] == "push"], ['echo {"n":1}', "echo again"])

    def test_a_closed_client_is_a_failure(self):
        with StubDoor() as door:
            process, lines = watch("--url", door.url("/drop"))
            self.assertEqual(process.returncode, 1)
            self.assertEqual([(line["event"], line.get("code"), line.get("reason")) for line in lines if line["event"] == "closed"],
                             [("closed", 4001, "moved")])

    def test_it_connects_anew_when_asked(self):
        with StubDoor() as door:
            process, lines = watch("--url", door.url("/drop"), "--reconnect", "--count", "3")
            self.assertEqual(process.returncode, 0, process.stderr)
            self.assertEqual(lines[-1]["connects"], 3)

    def test_a_refused_client_is_told_the_status(self):
        with StubDoor() as door:
            process, lines = watch("--url", door.url("/refuse"))
            self.assertEqual(process.returncode, 1)
            self.assertEqual((lines[0]["event"], lines[0]["code"]), ("refused", 401))

    def test_nobody_there_and_too_few_pushes_are_failures(self):
        with socket_that_is_closed() as port, StubDoor() as door:
            self.assertEqual(watch("--url", f"ws://127.0.0.1:{port}/x", "--clients", "4")[0].returncode, 1)
            process, lines = watch("--url", door.url("/push"), "--expect", "6", "--duration", "0.5")
            self.assertEqual((process.returncode, lines[-1]["pushes"]), (1, 5))
            self.assertIn("5 pushes came, 6 were expected", process.stderr)

    def test_an_interrupt_ends_it_with_a_summary(self):
        with StubDoor() as door:
            process = subprocess.Popen([BINARY, "watch", "--json", "--url", door.url("/push")], env=clean_environment(), stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
            for _ in range(6):
                process.stdout.readline()
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=PATIENCE_SECONDS)
            self.assertEqual((process.returncode, json.loads(output.splitlines()[-1])["pushes"]), (0, 5))
            wait_until(lambda: door.closes == [1000], "the server saw it close")

    def test_wrong_addresses_are_named(self):
        for url, said in (("http//x", "http//x: begins with neither ws:// nor wss://"), ("ws://", "ws://: names no host"),
                          ("ws://h:0/", "ws://h:0/: has no port that can be read"), ("ws://h:x", "ws://h:x: has no port that can be read")):
            process = run_lowcloud("watch", "--url", url)
            self.assertEqual((process.returncode, process.stderr), (1, f"lowcloud watch: {said}\n"))


class Demo(unittest.TestCase):
    def test_every_expected_push_arrives(self):
        process = run_lowcloud("demo", "--quiet", "--speed", "150", directory=ROOT, seconds=90)
        self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
        self.assertIn("OK: nothing lost, nothing twice, nothing out of order", process.stdout)

    def test_a_wrong_handler_is_found_out(self):
        """The demo must be able to fail: here the margin of the handlers differs from the one it reckons with."""
        import shutil
        with tempfile.TemporaryDirectory(prefix="lowcloud-test-") as directory:
            shutil.copytree(os.path.join(ROOT, "scenarios", "fleet"), os.path.join(directory, "fleet"))
            template = os.path.join(directory, "fleet", "template.yaml")
            with open(template, encoding="utf-8") as file:
                text = file.read()
            with open(template, "w", encoding="utf-8") as file:
                file.write(text.replace("    Default: 15\n", "    Default: 60\n"))
            process = run_lowcloud("demo", "--quiet", "--speed", "150", "--scenario", os.path.join(directory, "fleet"), seconds=90)
        self.assertEqual(process.returncode, 1, process.stdout)
        self.assertIn("NOT OK", process.stdout)


if __name__ == "__main__":
    unittest.main()
