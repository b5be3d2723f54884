"""Bad input at the front door: each gets an answer or a closed connection, within bounds, and takes nothing else down."""

import json
import os
import struct
import unittest

from support import RawSocket, aws_headers, client, http, template_up

MIB = 1 << 20


class FaultTest(unittest.TestCase):
    """After each test the server still answers, and quickly."""

    def tearDown(self):
        self.assertEqual(http("GET", "/_lowcloud/health", seconds=5).status, 200)


class Requests(FaultTest):
    def test_half_a_request_is_waited_for_and_disturbs_nobody(self):
        for half in (b"", b"P", b"POST / HT", b"POST / HTTP/1.1\r\nHost: localho", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00",
                     b"GET /stage HTTP/1.1\r\nUpgrade: websocket\r\n", b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345"):
            with self.subTest(half=half), RawSocket() as raw:
                raw.send(half)
                self.assertEqual(http("GET", "/_lowcloud/health").status, 200)

    def test_a_request_may_come_byte_by_byte(self):
        with RawSocket() as raw:
            for byte in b"GET /_lowcloud/health HTTP/1.1\r\nHost: localhost\r\n\r\n":
                raw.send(bytes([byte]))
            self.assertEqual(raw.read_reply().status, 200)

    def test_requests_may_come_at_once(self):
        with RawSocket() as raw:
            raw.send(b"GET /_lowcloud/health HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2 +
                     b"GET /_lowcloud/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            self.assertEqual(raw.read_to_end().count(b"HTTP/1.1 200"), 3)

    def test_what_is_no_http_is_closed_or_refused(self):
        for garbage in (b"\0\0\0\0\r\n\r\n", b"hello\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\xff" * 2000 + b"\r\n\r\n",
                        b"SSH-2.0-x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05hello world, this is no handshake"):
            with self.subTest(garbage=garbage[:40]), RawSocket() as raw:
                raw.send(garbage)
                answer = raw.read_to_end()
                self.assertFalse(answer.startswith(b"HTTP/1.1 2"), answer[:200])

    def test_a_header_too_long_is_refused(self):
        for size in (20_000, 200_000):
            with self.subTest(size=size), RawSocket() as raw:
                self.send_until_closed(raw, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * size + b"\r\n\r\n")
                answer = raw.read_to_end()
                self.assertRegex(answer, b"^(HTTP/1.1 4[0-9][0-9] |$)")

    def test_a_head_without_end_is_closed(self):
        with RawSocket() as raw:
            self.send_until_closed(raw, b"GET / HTTP/1.1\r\n" + b"X-Header: value\r\n" * 100_000)
            self.assertRegex(raw.read_to_end(), b"^(HTTP/1.1 4[0-9][0-9] |$)")

    def send_until_closed(self, raw, data):
        """Sends data, or as much as the server takes before it closes the connection."""
        try:
            raw.send(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def test_a_body_too_large_is_refused_in_the_services_words(self):
        body = b'{"TableName":"' + b"x" * (17 * MIB) + b'"}'
        reply = http("POST", "/", body, aws_headers("DynamoDB_20120810.PutItem", "dynamodb", "1.0"))
        self.assertEqual(reply.status, 413)
        self.assertIn("RequestEntityTooLarge", reply.text)

    def test_bodies_that_are_no_json(self):
        bodies = [b"", b"{", b"nonsense", b"[]", b'"text"', b"\xff\xfe", b'{"StreamName":"\xc3\x28"}', b"{" * 100_000, b'{"a":' * 5000 + b"1" + b"}" * 5000]
        for body in bodies:
            for target, service, version in (("Kinesis_20131202.ListStreams", "kinesis", "1.1"), ("DynamoDB_20120810.ListTables", "dynamodb", "1.0")):
                with self.subTest(body=body[:20], service=service):
                    reply = http("POST", "/", body, aws_headers(target, service, version))
                    self.assertEqual(reply.status, 400, reply.text)
                    self.assertIn("SerializationException", reply.text)

    def test_unknown_targets_are_unknown_operations(self):
        for target in ("Kinesis_20131202.NoSuch", "Kinesis_20131202.", "Kinesis_20131202", "NoSuch_1.PutItem", "DynamoDB_20120810.putitem", "." * 300):
            with self.subTest(target=target):
                reply = http("POST", "/", b"{}", aws_headers(target, "kinesis", "1.0" if target.startswith("DynamoDB") else "1.1"))
                self.assertEqual(reply.status, 400)
                self.assertIn("UnknownOperationException", reply.text)

    def test_paths_that_nobody_serves(self):
        for method, path in (("GET", "/nowhere"), ("POST", "/" + "a/" * 2000), ("GET", "/%00"), ("GET", "/..%2f..%2fetc/passwd"), ("DELETE", "/"),
                             ("GET", "/_lowcloud/nothing"), ("PUT", "/2015-03-31/functions/"), ("BREW", "/")):
            with self.subTest(path=path[:40]):
                reply = http(method, path)
                self.assertGreaterEqual(reply.status, 400)
                self.assertLess(reply.status, 500)

    def test_a_broken_chunked_body_is_refused(self):
        head = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: Kinesis_20131202.ListStreams\r\nTransfer-Encoding: chunked\r\n\r\n"
        with RawSocket() as raw:
            raw.send(head + b"zz\r\nnonsense\r\n0\r\n\r\n")
            self.assertRegex(raw.read_to_end(), b"^(HTTP/1.1 400 |$)")

    def test_a_chunked_body_is_read(self):
        headers = "".join(f"{name}: {value}\r\n" for name, value in aws_headers("Kinesis_20131202.ListStreams", "kinesis").items())
        with RawSocket() as raw:
            raw.send(f"POST / HTTP/1.1\r\nHost: localhost\r\n{headers}Transfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n1\r\n}}\r\n0\r\n\r\n")
            reply = raw.read_reply()
            self.assertEqual(reply.status, 200)
            self.assertIn("StreamNames", reply.json)

    def test_expect_continue_is_answered(self):
        headers = "".join(f"{name}: {value}\r\n" for name, value in aws_headers("Kinesis_20131202.ListStreams", "kinesis").items())
        with RawSocket() as raw:
            raw.send(f"POST / HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            self.assertTrue(raw.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 100"))
            raw.send("{}")
            self.assertEqual(raw.read_reply().status, 200)

    def test_many_connections_that_say_nothing_leave_room_for_others(self):
        idle = [RawSocket() for _ in range(300)]
        try:
            self.assertEqual(http("GET", "/_lowcloud/health").status, 200)
        finally:
            for raw in idle:
                raw.socket.close()

    def test_a_client_that_leaves_in_the_middle_is_forgotten(self):
        for step in (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n123", b"GET /_lowcloud/trace?since=999999&wait=5000 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                     b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                     b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"):
            for _ in range(20):
                with RawSocket() as raw:
                    raw.send(step)


# ---- WebSocket frames ----

OPEN_API = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: open, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Api, StageName: test, AutoDeploy: true}
"""


def frame(opcode, payload=b"", final=True, masked=True, reserved=0):
    head = bytes([(0x80 if final else 0) | reserved | opcode])
    mask = 0x80 if masked else 0
    size = len(payload)
    if size < 126:
        head += bytes([mask | size])
    elif size < 65536:
        head += bytes([mask | 126]) + struct.pack(">H", size)
    else:
        head += bytes([mask | 127]) + struct.pack(">Q", size)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))


def close_code_in(data):
    """The code of the close frame among the server's frames, or None when none has come whole."""
    while len(data) >= 2:
        size, start = (struct.unpack(">H", data[2:4])[0], 4) if data[1] == 126 and len(data) >= 4 else (data[1], 2)
        if data[0] & 15 == 8 and len(data) >= start + 2:
            return struct.unpack(">H", data[start:start + 2])[0]
        data = data[start + size:]
    return None


class Frames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.up = template_up(OPEN_API)
        cls.server = cls.up.__enter__()
        cls.path = cls.server.ready["websocket"]["open"].partition("://")[2].partition("/")[2]

    @classmethod
    def tearDownClass(cls):
        cls.up.__exit__(None, None, None)

    def connect(self):
        raw = RawSocket(at=self.server.endpoint)
        raw.send(f"GET /{self.path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        answer = raw.read_until(b"\r\n\r\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 101"), answer)
        self.assertIn(b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", answer)
        return raw

    def close_code(self, *frames):
        """The code of the close frame that the server answers to frames with; None when it just closed."""
        with self.connect() as raw:
            for data in frames:
                raw.send(data)
            answer = b""
            while True:
                more = raw.read_some()
                if not more:
                    return None
                answer += more
                code = close_code_in(answer)
                if code:
                    return code

    def test_what_a_client_may_not_send_closes_with_its_code(self):
        cases = [
            ("a binary frame", 1003, [frame(2, b"binary")]),
            ("invalid UTF-8", 1007, [frame(1, b"\xc3\x28")]),
            ("a frame of more than 32 KiB", 1009, [frame(1, b"x" * (32 * 1024 + 1))]),
            ("a message of more than 128 KiB", 1009, [frame(1, b"x" * 32768, final=False)] + [frame(0, b"x" * 32768, final=False)] * 4),
            ("a reserved bit", 1002, [frame(1, b"x", reserved=0x40)]),
            ("an unknown opcode", 1002, [frame(3, b"x")]),
            ("a continuation of nothing", 1002, [frame(0, b"x")]),
        ]
        for name, code, frames in cases:
            with self.subTest(name):
                self.assertEqual(self.close_code(*frames), code)
                self.assertEqual(http("GET", "/_lowcloud/health", at=self.server.endpoint).status, 200)

    def test_a_fragmented_message_of_128_kib_is_one_message(self):
        parts = [frame(1, b'"' + b"x" * 32767, final=False), frame(0, b"x" * 32768, final=False), frame(0, b"x" * 32768, final=False),
                 frame(0, b"x" * 32767 + b'"')]
        with self.connect() as raw:
            for part in parts:
                raw.send(part)
            answer = raw.read_until(b'"}')
            self.assertIn(b'"message": "Forbidden"', answer)

    def test_a_split_character_is_whole_again(self):
        with self.connect() as raw:
            raw.send(frame(1, "ü".encode()[:1], final=False) + frame(0, "ü".encode()[1:]))
            self.assertIn(b"Forbidden", raw.read_until(b'"}'))

    def test_pings_are_answered(self):
        with self.connect() as raw:
            raw.send(frame(9, b"are you there"))
            self.assertEqual(raw.read_until(b"there"), b"\x8a\x0dare you there")

    def test_handshakes_that_are_none(self):
        good = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        for name, value in (("Sec-WebSocket-Version", "12"), ("Sec-WebSocket-Key", "short"), ("Sec-WebSocket-Key", None), ("Connection", "close")):
            headers = {**good, name: value}
            lines = "".join(f"{key}: {text}\r\n" for key, text in headers.items() if text is not None)
            with self.subTest(name, value=value), RawSocket(at=self.server.endpoint) as raw:
                raw.send(f"GET /{self.path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n")
                self.assertRegex(raw.read_until(b"\r\n\r\n"), b"^HTTP/1.1 4[0-9][0-9] ")

    def test_a_reader_too_slow_is_bounded_and_closed(self):
        with self.connect() as raw:
            raw.send(frame(1, b"?"))
            answer = raw.read_until(b'"}')
            connection = json.loads(answer[answer.index(b"{"):])["connectionId"]
            management = client("apigatewaymanagementapi", at=f"{self.server.endpoint}/{self.path}")
            before, message, sent = self.server.memory_bytes(), b"x" * 100_000, 0
            with self.assertRaises(management.exceptions.GoneException):
                for _ in range(1000):
                    management.post_to_connection(ConnectionId=connection, Data=message)
                    sent += 1
            self.assertGreater(sent, 0)
            self.assertLess(self.server.memory_bytes() - before, 40 * MIB)


if __name__ == "__main__":
    unittest.main()
