"""lowcloud itself, whatever the service: its ready line, its options, its end, what it keeps, and who may come in."""

import contextlib
import json
import os
import signal
import socket
import ssl
import tempfile
import unittest

from support import (ACCOUNT, PATIENCE_SECONDS, REGION, RawSocket, Server, assert_ends_at_once, authorization, aws_headers, client, http, port,
                     run_lowcloud)

COMMANDS = ("serve", "up", "ca", "fleet", "watch", "kinesis")

# One harmless call of each API.
CALLS = {
    "dynamodb": ("POST", "/", "{}", aws_headers("DynamoDB_20120810.ListTables", "dynamodb", "1.0")),
    "kinesis": ("POST", "/", "{}", aws_headers("Kinesis_20131202.ListStreams", "kinesis")),
    "lambda": ("GET", "/2015-03-31/functions/", None, {"Authorization": authorization("lambda"), "X-Amz-Date": "20260102T030405Z"}),
    "apigateway": ("GET", "/v2/apis", None, {"Authorization": authorization("apigateway"), "X-Amz-Date": "20260102T030405Z"}),
}


class Readiness(unittest.TestCase):
    def test_health_answers(self):
        reply = http("GET", "/_lowcloud/health")
        self.assertEqual(reply.status, 200)
        self.assertIsInstance(reply.json, dict)

    def test_the_ready_line_tells_what_a_script_needs(self):
        with Server() as server:
            self.assertEqual(server.ready["event"], "ready")
            self.assertRegex(server.ready["endpoint"], r"^http://127\.0\.0\.1:[0-9]+$")
            self.assertEqual((server.ready["region"], server.ready["account"]), (REGION, ACCOUNT))
            self.assertEqual((server.ready["outputs"], server.ready["websocket"]), ({}, {}))
            self.assertTrue(server.printed().endswith("\nReady.\n"))

    def test_quiet_leaves_two_lines(self):
        with Server(["serve", "--quiet"]) as server:
            lines = server.printed().splitlines()
            self.assertEqual(len(lines), 2, lines)
            self.assertEqual(json.loads(lines[0])["event"], "ready")
            self.assertEqual(lines[1], "Ready.")
            self.assertEqual(server.logged(), "")

    def test_it_serves_as_soon_as_it_is_ready(self):
        with Server() as server:
            self.assertEqual(client("dynamodb", at=server.endpoint).list_tables()["TableNames"], [])

    def test_it_does_nothing_while_nothing_is_asked(self):
        with Server() as server:
            http("GET", "/_lowcloud/health", at=server.endpoint)

            def spent():
                with open(f"/proc/{server.pid}/stat", encoding="ascii") as stat:
                    fields = stat.read().rpartition(")")[2].split()
                return int(fields[11]) + int(fields[12])
            before = spent()
            # Time must pass for this one; a long poll that nothing answers is an event that comes after a known while.
            http("GET", "/_lowcloud/trace?since=999999&wait=1000", at=server.endpoint)
            self.assertLessEqual(spent() - before, 3, "clock ticks of a hundredth of a second")


class Options(unittest.TestCase):
    def refused(self, *arguments, says, environment=None):
        """lowcloud with these arguments ends at once with an error of one line that says all of `says`."""
        ended = run_lowcloud(*arguments, environment=environment)
        self.assertNotEqual(ended.returncode, 0)
        self.assertNotIn("Ready.", ended.stdout)
        for word in says:
            self.assertIn(word, ended.stderr)
        self.assertLessEqual(len(ended.stderr.strip().splitlines()), 2, ended.stderr)

    def test_region_account_and_host_rule_what_is_made(self):
        with Server(["serve", "--region", "eu-central-1", "--account", "123456789012", "--host", "127.0.0.1"]) as server:
            self.assertEqual((server.ready["region"], server.ready["account"]), ("eu-central-1", "123456789012"))
            kinesis = client("kinesis", at=server.endpoint, region_name="eu-central-1")
            kinesis.create_stream(StreamName="s", ShardCount=1)
            self.assertEqual(kinesis.describe_stream(StreamName="s")["StreamDescription"]["StreamARN"],
                             "arn:aws:kinesis:eu-central-1:123456789012:stream/s")

    def test_each_option_has_a_variable(self):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            free = probe.getsockname()[1]
        environment = {"LOWCLOUD_REGION": "ap-south-1", "LOWCLOUD_ACCOUNT": "111122223333", "LOWCLOUD_PORT": str(free), "LOWCLOUD_SEED": "7",
                       "LOWCLOUD_HOST": "127.0.0.1", "LOWCLOUD_LOG": "error"}
        with Server(["serve"], environment=environment, port=None, seed=None) as server:
            self.assertEqual((server.ready["region"], server.ready["account"], server.port), ("ap-south-1", "111122223333", free))

    def test_an_option_goes_before_its_variable(self):
        with Server(["serve", "--region", "us-west-2"], environment={"LOWCLOUD_REGION": "ap-south-1"}) as server:
            self.assertEqual(server.ready["region"], "us-west-2")

    def test_typos_are_named(self):
        self.refused("serve", "--prot", "4566", says=["--prot"])
        self.refused("serve", "--port", says=["--port"])
        self.refused("serve", "--port", "80x", says=["port", "80x"])
        self.refused("serve", "--port", "65536", says=["port", "65536"])
        self.refused("serve", "--seed", "one", says=["seed", "one"])
        self.refused("serve", "--account", "12", says=["account", "12"])
        self.refused("serve", "--log", "loud", says=["log", "loud"])
        unknown = run_lowcloud("sevre")
        self.assertNotEqual(unknown.returncode, 0)
        self.assertIn("sevre", unknown.stderr.splitlines()[0])
        self.refused("serve", "template.yaml", says=["template.yaml"])
        self.refused("serve", says=["LOWCLOUD_PORT", "x"], environment={"LOWCLOUD_PORT": "x"})

    def test_a_port_in_use_is_named(self):
        with Server() as first:
            self.refused("serve", "--port", str(first.port), says=[str(first.port), "in use"])
            self.assertEqual(http("GET", "/_lowcloud/health", at=first.endpoint).status, 200)

    def test_a_missing_template_is_named(self):
        self.refused("up", "/nowhere/template.yaml", "--port", "0", says=["/nowhere/template.yaml"])

    def test_help_is_complete(self):
        overview = run_lowcloud("--help")
        self.assertEqual((overview.returncode, overview.stderr), (0, ""))
        for command in COMMANDS:
            with self.subTest(command=command):
                self.assertIn(command, overview.stdout)
                ended = run_lowcloud(command, "--help")
                self.assertEqual((ended.returncode, ended.stderr), (0, ""))
                self.assertIn("lowcloud " + command, ended.stdout)
        serve = run_lowcloud("serve", "--help").stdout
        for option in ("--port", "--host", "--data", "--region", "--account", "--seed", "--log", "--quiet", "--allow-origin"):
            self.assertIn(option, serve)

    def test_the_version_is_one_line(self):
        ended = run_lowcloud("--version")
        self.assertEqual(ended.returncode, 0)
        self.assertRegex(ended.stdout, r"^lowcloud [0-9]+\.[0-9]+(\.[0-9]+)?\n$")

    def test_no_command_shows_how_to_begin(self):
        ended = run_lowcloud()
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("lowcloud", ended.stdout + ended.stderr)
        self.assertIn("serve", ended.stdout + ended.stderr)


class Ending(unittest.TestCase):
    def end(self, how, *sent):
        """Has raw clients send and hang on, ends the server; answers the seconds that its end took."""
        server = Server().start()
        with contextlib.ExitStack() as stack:
            for data in sent:
                stack.enter_context(RawSocket(at=server.endpoint)).send(data)
            http("GET", "/_lowcloud/health", at=server.endpoint)
            return server.stop(how)

    def test_both_signals_end_it_at_once_with_clients_connected(self):
        half = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf"
        for how in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(how=how.name):
                assert_ends_at_once(self, lambda how=how: self.end(how, "", half))

    def test_a_long_poll_does_not_hold_it(self):
        poll = "GET /_lowcloud/trace?since=999999&wait=20000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
        assert_ends_at_once(self, lambda: self.end(signal.SIGTERM, poll))


class Seed(unittest.TestCase):
    def ids(self, seed):
        """Ids that a server hands out to the same requests."""
        with Server(seed=seed) as server:
            kinesis, gateway = client("kinesis", at=server.endpoint), client("apigatewayv2", at=server.endpoint)
            first = kinesis.list_streams()["ResponseMetadata"]
            api = gateway.create_api(Name="a", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")
            return first["RequestId"], api["ApiId"]

    def test_a_seed_gives_the_same_ids_again(self):
        first, again, other = self.ids(7), self.ids(7), self.ids(8)
        self.assertEqual(first, again)
        self.assertTrue(all(mine != others for mine, others in zip(first, other)))


class Keeping(unittest.TestCase):
    def test_what_was_acknowledged_outlives_a_kill(self):
        with tempfile.TemporaryDirectory(prefix="lowcloud-data-") as directory:
            server = Server(["serve", "--data", directory]).start()
            try:
                numbers = self.fill(server)
            finally:
                server.kill()
            with Server(["serve", "--data", directory]) as again:
                self.check(again, numbers)

    def fill(self, server):
        kinesis, dynamodb = client("kinesis", at=server.endpoint), client("dynamodb", at=server.endpoint)
        kinesis.create_stream(StreamName="kept", ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(StreamName="kept", WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        dynamodb.create_table(TableName="kept", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                              AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
        dynamodb.get_waiter("table_exists").wait(TableName="kept", WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        numbers = []
        for number in range(50):
            numbers.append(kinesis.put_record(StreamName="kept", Data=b"%d" % number, PartitionKey="k")["SequenceNumber"])
            dynamodb.put_item(TableName="kept", Item={"id": {"S": str(number)}})
        return numbers

    def check(self, server, numbers):
        kinesis, dynamodb = client("kinesis", at=server.endpoint), client("dynamodb", at=server.endpoint)
        iterator = kinesis.get_shard_iterator(StreamName="kept", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
        records = kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
        self.assertEqual([record["SequenceNumber"] for record in records], numbers)
        self.assertEqual(dynamodb.scan(TableName="kept", Select="COUNT")["Count"], 50)
        later = kinesis.put_record(StreamName="kept", Data=b"later", PartitionKey="k")["SequenceNumber"]
        self.assertGreater(later, numbers[-1])

    def test_without_a_folder_nothing_is_left(self):
        with tempfile.TemporaryDirectory(prefix="lowcloud-cwd-") as directory, tempfile.TemporaryDirectory(prefix="lowcloud-tmp-") as temporary:
            with Server(environment={"TMPDIR": temporary}, directory=directory) as server:
                client("kinesis", at=server.endpoint).create_stream(StreamName="s", ShardCount=1)
            self.assertEqual((os.listdir(directory), os.listdir(temporary)), ([], []))


class Strangers(unittest.TestCase):
    """What a foreign web page could send is refused; local pages get AWS's CORS answers."""

    def ask(self, service, **headers):
        method, path, body, own = CALLS[service]
        return http(method, path, body, {**own, **{name.replace("_", "-"): value for name, value in headers.items()}})

    def test_the_calls_succeed_from_here(self):
        for service in CALLS:
            with self.subTest(service=service):
                self.assertEqual(self.ask(service).status, 200)

    def test_a_foreign_origin_is_refused_everywhere(self):
        for service in CALLS:
            for origin in ("https://evil.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example:4566", "null"):
                with self.subTest(service=service, origin=origin):
                    reply = self.ask(service, Origin=origin)
                    self.assertEqual(reply.status, 403)
                    self.assertIsNone(reply.headers["Access-Control-Allow-Origin"])

    def test_a_foreign_preflight_is_refused(self):
        reply = http("OPTIONS", "/", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST",
                                              "Access-Control-Request-Headers": "x-amz-target"})
        self.assertEqual(reply.status, 403)
        self.assertIsNone(reply.headers["Access-Control-Allow-Origin"])

    def test_a_foreign_host_is_refused_everywhere(self):
        for service in CALLS:
            for host in ("evil.example", f"evil.example:{port()}", "localhost.evil.example", "169.254.169.254"):
                with self.subTest(service=service, host=host):
                    self.assertEqual(self.ask(service, Host=host).status, 403)

    def test_the_control_room_is_closed_to_strangers_too(self):
        self.assertEqual(http("GET", "/_lowcloud/trace", headers={"Origin": "https://evil.example"}).status, 403)
        self.assertEqual(http("GET", "/_lowcloud/health", headers={"Host": "evil.example"}).status, 403)

    def test_local_hosts_and_amazons_are_served(self):
        for host in ("localhost", f"localhost:{port()}", "127.0.0.1", "[::1]:4566", "kinesis.us-east-1.amazonaws.com",
                     "dynamodb.eu-west-1.amazonaws.com:443"):
            with self.subTest(host=host):
                self.assertEqual(self.ask("kinesis", Host=host).status, 200)

    def test_local_origins_get_cors(self):
        for origin in ("http://localhost:3000", "http://127.0.0.1", "http://[::1]:8080"):
            with self.subTest(origin=origin):
                reply = self.ask("dynamodb", Origin=origin)
                self.assertEqual(reply.status, 200)
                self.assertIn(reply.headers["Access-Control-Allow-Origin"], ("*", origin))
                preflight = http("OPTIONS", "/", headers={"Origin": origin, "Access-Control-Request-Method": "POST",
                                                          "Access-Control-Request-Headers": "x-amz-target,content-type"})
                self.assertEqual(preflight.status, 200)
                self.assertIn(preflight.headers["Access-Control-Allow-Origin"], ("*", origin))
                self.assertIn("x-amz-target", preflight.headers["Access-Control-Allow-Headers"].lower())
                self.assertEqual(preflight.headers["Access-Control-Max-Age"], "172800")

    def test_an_origin_can_be_allowed(self):
        with Server(["serve", "--allow-origin", "https://app.example"]) as server:
            for origin, status in (("https://app.example", 200), ("https://other.example", 403), ("http://app.example", 403)):
                method, path, body, own = CALLS["dynamodb"]
                reply = http(method, path, body, {**own, "Origin": origin}, at=server.endpoint)
                self.assertEqual(reply.status, status, origin)


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        ended = run_lowcloud("ca")
        assert ended.returncode == 0, ended.stderr
        cls.authority = ended.stdout.strip()

    def handshake(self, name):
        """A verified TLS connection for the server's name, on the port that also takes plain HTTP."""
        context = ssl.create_default_context(cafile=self.authority)
        return context.wrap_socket(socket.create_connection(("127.0.0.1", port()), timeout=PATIENCE_SECONDS), server_hostname=name)

    def test_the_authoritys_certificate_is_printed_as_a_path(self):
        self.assertTrue(os.path.isabs(self.authority))
        with open(self.authority, encoding="ascii") as file:
            self.assertTrue(file.read().startswith("-----BEGIN CERTIFICATE-----"))

    def test_each_name_gets_a_certificate(self):
        for name in ("localhost", "127.0.0.1", "dynamodb.us-east-1.amazonaws.com", "abcdefghij.execute-api.us-east-1.amazonaws.com"):
            with self.subTest(name=name), self.handshake(name) as connection:
                connection.sendall(f"GET /_lowcloud/health HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
                self.assertTrue(connection.recv(4096).startswith(b"HTTP/1.1 200"))

    def test_boto3_speaks_https_with_the_authority(self):
        kinesis = client("kinesis", at=f"https://localhost:{port()}", verify=self.authority)
        self.assertIn("StreamNames", kinesis.list_streams())

    def test_a_key_is_its_owners_alone(self):
        folder = os.path.dirname(self.authority)
        for name in os.listdir(folder):
            if "key" in name:
                self.assertEqual(os.stat(os.path.join(folder, name)).st_mode & 0o077, 0, name)


class Trace(unittest.TestCase):
    def test_a_record_leaves_a_line(self):
        with Server() as server:
            kinesis = client("kinesis", at=server.endpoint)
            kinesis.create_stream(StreamName="s", ShardCount=1)
            kinesis.get_waiter("stream_exists").wait(StreamName="s", WaiterConfig={"Delay": 1, "MaxAttempts": 5})
            number = kinesis.put_record(StreamName="s", Data=b"12345", PartitionKey="k")["SequenceNumber"]
            lines = [json.loads(line) for line in http("GET", "/_lowcloud/trace?since=0", at=server.endpoint).text.splitlines()]
            self.assertEqual([line["id"] for line in lines], sorted(line["id"] for line in lines))
            record = next(line for line in lines if line["kind"] == "record")
            self.assertIn(number, record["subject"])
            self.assertEqual(record["size"], 5)

    def test_a_reader_waits_for_the_next_event(self):
        with Server() as server, RawSocket(at=server.endpoint) as waiting:
            waiting.send("GET /_lowcloud/trace?since=0&wait=10000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            client("kinesis", at=server.endpoint).create_stream(StreamName="s", ShardCount=1)
            self.assertIn(b"CreateStream", waiting.read_until(b"CreateStream"))


if __name__ == "__main__":
    unittest.main()
