"""What the SDK tests share: clients that point at the server under test, names of one's own, waits with a deadline, raw sockets,
WebSocket clients, and templates brought up for one test.

tests/run.py starts a server for each test file and passes its address in LOWCLOUD_ENDPOINT. A file that is run by hand
(python3 tests/sdk/python/test_kinesis.py) starts its own.
"""

import asyncio
import atexit
import contextlib
import itertools
import json
import os
import select
import socket
import ssl
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))

from server import IS_SANITIZED, ROOT, Server, ServerFailed, clean_environment, descendants, run_lowcloud, wait_for_ends  # noqa: E402,F401

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402,F401

REGION = "us-east-1"
ACCOUNT = "000000000000"
PYTHON = os.environ.get("LOWCLOUD_PYTHON", "/usr/bin/python3")

# How long anything may take that should take milliseconds; sanitizers are slow and machines are shared.
PATIENCE_SECONDS = 40 if IS_SANITIZED else 15

_numbers = itertools.count(1)
_own_server = None


def endpoint():
    """The address of the server under test: "http://127.0.0.1:PORT"."""
    global _own_server
    if "LOWCLOUD_ENDPOINT" in os.environ:
        return os.environ["LOWCLOUD_ENDPOINT"]
    if not _own_server:
        _own_server = Server().start()
        atexit.register(_own_server.stop)
    return _own_server.endpoint


def port(of=None):
    return int((of or endpoint()).rpartition(":")[2])


def client(service, at=None, **options):
    """A boto3 client for the service at the server under test (or at another endpoint), which never retries: what the server answers
    is what the test sees."""
    config = Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=PATIENCE_SECONDS, parameter_validation=False)
    if "config" in options:
        config = config.merge(options.pop("config"))
    options.setdefault("region_name", REGION)
    return boto3.client(service, endpoint_url=at or endpoint(), aws_access_key_id="test", aws_secret_access_key="test", config=config,
                        **options)


def unique(prefix):
    """A name that no other test of this run uses."""
    return f"{prefix}-{os.getpid()}-{next(_numbers)}"


def assert_ends_at_once(test, end, seconds=2 if IS_SANITIZED else 0.2):
    """end starts a server, ends it and answers the seconds that its end took. The promise is 200 ms; a machine that is busy with other things
    may take a few more from one process now and then, hardly from three in a row."""
    took = []
    while len(took) < 3 and (not took or min(took) >= seconds):
        took.append(end())
    test.assertLess(min(took), seconds, took)


def wait_until(check, what, seconds=PATIENCE_SECONDS):
    """Calls check until it answers something true, and answers that; fails, saying what was waited for, after the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain until {what}")
        select.select([], [], [], 0.005)


@contextlib.contextmanager
def refused(test, code, message=None, status=None):
    """The calls inside are refused with AWS's error code, and with exactly that message and HTTP status when they are given."""
    with test.assertRaises(ClientError) as caught:
        yield caught
    answer = caught.exception.response
    test.assertEqual(answer["Error"]["Code"], code, answer["Error"].get("Message"))
    if message is not None:
        test.assertEqual(answer["Error"].get("Message", answer.get("message")), message)
    if status is not None:
        test.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], status)


# ---- HTTP without an SDK ----

class Reply:
    """An HTTP answer: status, headers (asked for in any case), body as bytes."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)


def http(method, path, body=None, headers=None, at=None, seconds=PATIENCE_SECONDS):
    """One HTTP request to the server under test; any status is an answer."""
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
    elif isinstance(body, str):
        body = body.encode()
    request = urllib.request.Request((at or endpoint()) + path, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=seconds) as answer:
            return Reply(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as answer:
        with answer:
            return Reply(answer.code, answer.headers, answer.read())


def aws_headers(target, service, version="1.1"):
    """The headers of an SDK's JSON call; the signature is of the right form."""
    return {"X-Amz-Target": target, "Content-Type": f"application/x-amz-json-{version}",
            "X-Amz-Date": "20260102T030405Z", "Authorization": authorization(service)}


def authorization(service, region=REGION):
    return (f"AWS4-HMAC-SHA256 Credential=test/20260102/{region}/{service}/aws4_request, "
            f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}")


class RawSocket:
    """A TCP connection (with tls: a TLS one, unverified) to the server under test, for bytes that no library would send."""

    def __init__(self, at=None, tls=False, seconds=PATIENCE_SECONDS):
        self.socket = socket.create_connection(("127.0.0.1", port(at)), timeout=seconds)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def read_some(self):
        """What has come, at least one byte; b"" when the server closed (or reset) the connection."""
        try:
            return self.socket.recv(65536)
        except ConnectionResetError:
            return b""

    def read_until(self, mark):
        """All bytes up to and with mark, or up to the end of the connection."""
        data = b""
        while mark not in data:
            more = self.read_some()
            if not more:
                break
            data += more
        return data

    def read_to_end(self):
        """All bytes until the server closes the connection."""
        data, more = b"", b"-"
        while more:
            more = self.read_some()
            data += more
        return data

    def read_reply(self):
        """One HTTP answer with a Content-Length, as a Reply; status 0 when the connection ended without one."""
        data = self.read_until(b"\r\n\r\n")
        head, end, body = data.partition(b"\r\n\r\n")
        if not end:
            return Reply(0, {}, data)
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        while len(body) < int(headers.get("content-length", 0)):
            more = self.read_some()
            if not more:
                break
            body += more
        return Reply(int(lines[0].split()[1]), headers, body)


# ---- WebSocket ----

class WebSocketClient:
    """A WebSocket client for tests that are written as plain functions; it needs Debian's python3-websockets.

    with WebSocketClient(url) as socket: socket.send("{}"); frame = socket.receive()
    """

    def __init__(self, url, headers=None, subprotocols=None, ssl_context=None, seconds=PATIENCE_SECONDS, **options):
        self.seconds = seconds
        self.loop = asyncio.new_event_loop()
        options.setdefault("ping_interval", None)
        options.setdefault("max_size", 2 ** 22)
        if headers:
            options["extra_headers"] = headers
        if ssl_context:
            options["ssl"] = ssl_context
        try:
            self.socket = self._run(self._connect(url, subprotocols=subprotocols, **options))
        except BaseException:
            self.loop.close()
            raise

    @staticmethod
    async def _connect(url, **options):
        import websockets
        return await websockets.connect(url, **options)  # inside the loop: the library takes the one that is running

    def _run(self, step):
        async def bounded():
            return await asyncio.wait_for(step, self.seconds)
        return self.loop.run_until_complete(bounded())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def subprotocol(self):
        return self.socket.subprotocol

    def send(self, message):
        """Sends a text (str) or binary (bytes) message."""
        self._run(self.socket.send(json.dumps(message) if isinstance(message, dict) else message))

    def receive(self):
        """The next message; fails after the deadline, or with websockets' ConnectionClosed."""
        return self._run(self.socket.recv())

    def receive_json(self):
        return json.loads(self.receive())

    def ping(self):
        """Sends a ping and waits for its pong."""
        async def step():
            await (await self.socket.ping())
        self._run(step())

    def wait_closed(self):
        """Waits until the server has closed the connection; answers (code, reason)."""
        self._run(self.socket.wait_closed())
        return self.socket.close_code, self.socket.close_reason

    def close(self, code=1000, reason=""):
        """Closes, and answers the (code, reason) that the connection ended with."""
        if self.loop.is_closed():
            return None
        try:
            self._run(self.socket.close(code, reason))
            return self.socket.close_code, self.socket.close_reason
        finally:
            self.loop.close()


# ---- templates ----

@contextlib.contextmanager
def template_up(template, files=None, parameters=None, arguments=(), environment=None):
    """Brings up a template in a server of its own: `with template_up(text, {"app.py": code}) as server`.

    template: the text, or the path of a file. files: {relative path: text}, laid beside the template. parameters: {name: value}.
    The server's `outputs`, `ready["websocket"]`, `endpoint`, and `directory` (where the files lie, to be changed by the test) are at hand.
    """
    with contextlib.ExitStack() as stack:
        if "\n" in template:
            directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="lowcloud-test-"))
            write_files(directory, {"template.yaml": template, **(files or {})})
            path = os.path.join(directory, "template.yaml")
        else:
            path = os.path.abspath(template)
            directory = os.path.dirname(path)
        options = [word for name, value in (parameters or {}).items() for word in ("--parameter-overrides", f"{name}={value}")]
        server = Server(["up", path, *options, *arguments], environment=environment)
        server.directory = directory
        yield stack.enter_context(server)


def write_files(directory, files):
    """Writes {relative path: text or bytes} below directory; a name that ends in `bootstrap` becomes executable."""
    for name, content in files.items():
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        if name.endswith("bootstrap"):
            os.chmod(path, 0o755)


# ---- the trace ----

def trace(since=0, at=None, wait_ms=0):
    """The events after `since`, oldest first."""
    reply = http("GET", f"/_lowcloud/trace?since={since}&wait={wait_ms}", at=at)
    return [json.loads(line) for line in reply.text.splitlines() if line]
