"""lowcloud's runtime for Python functions: asks the Runtime API for events, calls the handler, answers as the managed runtime does.

It runs before the handler's module is imported, so it also sees to it that SDKs reach lowcloud: names under amazonaws.com resolve to the
emulator's port, and a botocore that does not know AWS_ENDPOINT_URL is given it.
"""

import importlib
import importlib.util
import json
import logging
import os
import socket
import sys
import time
import traceback

HERE = __file__
PREFIX = "/2018-06-01/runtime"


# ---- the wire: one connection, plain HTTP/1.1; the answer and the question for the next event leave in one packet ----


class Wire:
    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self.address = address
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""
        self.next_request = ("GET %s/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n" % (PREFIX, address)).encode()

    def ask(self):
        self.socket.sendall(self.next_request)

    def post(self, path, body, headers=(), ask_next=False):
        head = ["POST %s%s HTTP/1.1" % (PREFIX, path), "Host: " + self.address, "Content-Length: %d" % len(body)]
        head.extend("%s: %s" % pair for pair in headers)
        message = "\r\n".join(head).encode() + b"\r\n\r\n" + body
        self.socket.sendall(message + self.next_request if ask_next else message)

    def read(self):
        """The next answer: (headers in lower case, body)."""
        data = self.pending
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, rest = data.partition(b"\r\n\r\n")
        lines = head.decode("iso-8859-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        size = int(headers.get("content-length", 0))
        if len(rest) < size:
            parts = [rest]
            have = len(rest)
            while have < size:
                parts.append(self._more())
                have += len(parts[-1])
            rest = b"".join(parts)
        self.pending = rest[size:]
        return headers, rest[:size]

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            os._exit(0)  # lowcloud has let this environment go
        return data


# ---- the context object ----


class Identity:
    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")

    def __init__(self):
        self.cognito_identity_id = None
        self.cognito_identity_pool_id = None


class Client:
    __slots__ = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")

    def __init__(self, given):
        for name in self.__slots__:
            setattr(self, name, given.get(name))


class ClientContext:
    __slots__ = ("custom", "env", "client")

    def __init__(self, given):
        self.custom = given.get("custom")
        self.env = given.get("env")
        self.client = Client(given["client"]) if given.get("client") else None


class LambdaContext:
    def __init__(self, headers):
        given = headers.get("lambda-runtime-client-context")
        given = json.loads(given) if given else None
        self.aws_request_id = headers.get("lambda-runtime-aws-request-id")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self.client_context = ClientContext(given) if isinstance(given, dict) else None
        self.identity = Identity()
        self._epoch_deadline_time_in_ms = int(headers.get("lambda-runtime-deadline-ms", 0))

    def get_remaining_time_in_millis(self):
        return max(self._epoch_deadline_time_in_ms - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))

    def __repr__(self):
        names = ("aws_request_id", "log_group_name", "log_stream_name", "function_name", "memory_limit_in_mb", "function_version",
                 "invoked_function_arn", "client_context", "identity", "tenant_id")
        return "LambdaContext([%s])" % ",".join("%s=%s" % (name, getattr(self, name)) for name in names)


# ---- logging, as the managed runtime sets it up ----


class RequestIdFilter(logging.Filter):
    request_id = ""

    def filter(self, record):
        record.aws_request_id = self.request_id
        return True


def set_up_logging():
    formatter = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    stamp = RequestIdFilter()
    handler.addFilter(stamp)
    logging.getLogger().addHandler(handler)
    return stamp


# ---- failures ----


class Fault(Exception):
    """A failure that the runtime finds itself; `kind` is AWS's name of it."""

    def __init__(self, kind, message, trace=None):
        super().__init__(message)
        self.kind = kind
        self.trace = trace or []


def stack_of(error):
    return traceback.format_list([frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != HERE])


def describe(error, request_id):
    """The error as its JSON and its type."""
    if isinstance(error, Fault):
        kind, stack = error.kind, error.trace
    else:
        kind, stack = type(error).__name__, stack_of(error)
    report = {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": stack}
    return report, kind


def log_failure(report):
    text = "[ERROR] %s: %s" % (report["errorType"], report["errorMessage"])
    if report["stackTrace"]:
        text += "\nTraceback (most recent call last):\n" + "".join(report["stackTrace"]).rstrip("\n")
    lines = []
    for line in text.split("\n"):
        body = line.lstrip(" ")
        lines.append("\u00a0" * (len(line) - len(body)) + body)
    try:
        sys.stdout.write("\r".join(lines) + "\n")
    except (OSError, ValueError):
        pass  # the handler closed its output; the answer counts


def error_headers(kind):
    return (("Content-Type", "application/json"), ("Lambda-Runtime-Function-Error-Type", kind.encode("ascii", "replace").decode()))


# ---- events and results ----

DECIMAL_MARK = "\ue000lowcloud:decimal:"


def to_plain(value):
    """What json cannot write: Decimal becomes a bare number in the text, so that items of DynamoDB may be returned."""
    if type(value).__name__ == "Decimal" and type(value).__module__ == "decimal":
        return DECIMAL_MARK + str(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def encode(value, ascii_only):
    text = json.dumps(value, default=to_plain, ensure_ascii=ascii_only)
    mark = json.dumps(DECIMAL_MARK, ensure_ascii=ascii_only)[:-1]
    if mark in text:
        parts = text.split(mark)
        for i in range(1, len(parts)):
            number, _, rest = parts[i].partition('"')
            parts[i] = number + rest
        text = "".join(parts)
    return text.encode("utf-8", "surrogatepass")


def read_event(headers, body):
    if headers.get("content-type") != "application/json":
        return body
    try:
        return json.loads(body)
    except Exception as error:
        raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error)


def write_result(result, ascii_only):
    if isinstance(result, bytes):
        return result, "application/unknown"
    try:
        return encode(result, ascii_only), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % error)


# ---- the handler ----


def load_handler(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name)
    dotted = module_name.replace("/", ".")
    if dotted.split(".")[0] in sys.builtin_module_names:
        raise Fault("Runtime.BuiltInModuleConflict", "Cannot use built-in module %s as a handler module" % module_name)
    try:
        module = importlib.import_module(dotted)
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, error))
    except SyntaxError as error:
        place = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)]
        raise Fault("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module_name, error), place)
    if not hasattr(module, function_name):
        raise Fault("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function_name, module_name))
    return getattr(module, function_name)


# ---- the way to lowcloud ----


def redirect_names(host, port):
    """Connections to AWS's names go to the emulator; TLS is spoken there for the name that was asked for."""
    original = socket.getaddrinfo

    def is_aws(name):
        if isinstance(name, bytes):
            name = name.decode("ascii", "replace")
        return isinstance(name, str) and name.lower().rstrip(".").endswith((".amazonaws.com", ".amazonaws.com.cn"))

    def getaddrinfo(name, service, *arguments, **options):
        if is_aws(name) and service in (443, 80, "443", "80", "https", "http", None, 0):
            return original(host, port, *arguments, **options) if service else original(host, None, *arguments, **options)
        return original(name, service, *arguments, **options)

    socket.getaddrinfo = getaddrinfo


class BotocoreHook:
    """Gives AWS_ENDPOINT_URL to clients of a botocore that does not read it itself (before 1.31). An explicit endpoint wins."""

    busy = False

    def find_spec(self, name, path=None, target=None):
        if name != "botocore.session" or self.busy:
            return None
        self.busy = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self.busy = False
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                wrap_session(module.Session)

            spec.loader.exec_module = exec_module
        return spec


def wrap_session(session):
    version = importlib.import_module("botocore").__version__.split(".")
    if (int(version[0]), int(version[1])) >= (1, 31):
        return
    create = session.create_client

    def create_client(self, service_name, *arguments, **options):
        if len(arguments) < 5 and options.get("endpoint_url") is None:
            if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() != "true":
                own = "AWS_ENDPOINT_URL_" + service_name.replace("-", "_").upper()
                endpoint = os.environ.get(own) or os.environ.get("AWS_ENDPOINT_URL")
                if endpoint:
                    options["endpoint_url"] = endpoint
        return create(self, service_name, *arguments, **options)

    session.create_client = create_client


def add_the_sdk():
    """Lambda's Python brings boto3; here the system's packages stand behind the interpreter's own, when it is another one."""
    system = "/usr/lib/python3/dist-packages"
    if system not in sys.path and os.path.isdir(system):
        sys.path.append(system)


# ---- a life ----


def prepare():
    place = os.environ.pop("_LOWCLOUD_ADDRESS", "")
    root = os.environ.get("LAMBDA_TASK_ROOT", os.getcwd())
    sys.path[0] = root  # in place of this file's own folder
    sys.argv = [HERE]
    add_the_sdk()
    if place:
        host, _, port = place.rpartition(":")
        redirect_names(host, int(port))
    sys.meta_path.insert(0, BotocoreHook())
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def give_up(wire, error):
    report, kind = describe(error, "")
    log_failure(report)
    wire.post("/init/error", encode(report, True), error_headers(kind))
    wire.read()
    sys.exit(1)


def answer(handler, headers, body, ascii_only):
    """The path to post to, the bytes, and their headers."""
    context = LambdaContext(headers)
    place = "/invocation/" + context.aws_request_id
    try:
        result, content_type = write_result(handler(read_event(headers, body), context), ascii_only)
        return place + "/response", result, (("Content-Type", content_type),)
    except Exception as error:
        report, kind = describe(error, context.aws_request_id)
        log_failure(report)
        return place + "/error", encode(report, ascii_only), error_headers(kind)


def serve(wire, handler, stamp):
    version = os.environ.get("AWS_EXECUTION_ENV", "").rpartition("python3.")[2]
    ascii_only = not version.isdigit() or int(version) < 12
    wire.ask()
    while True:
        headers, body = wire.read()
        trace = headers.get("lambda-runtime-trace-id")
        if trace:
            os.environ["_X_AMZN_TRACE_ID"] = trace
        else:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        stamp.request_id = headers.get("lambda-runtime-aws-request-id", "")
        path, result, result_headers = answer(handler, headers, body, ascii_only)
        wire.post(path, result, result_headers, ask_next=True)
        wire.read()  # that the answer was taken


def main():
    wire = Wire(os.environ["AWS_LAMBDA_RUNTIME_API"])
    prepare()
    stamp = set_up_logging()
    try:
        handler = load_handler(os.environ.get("_HANDLER", ""))
    except Exception as error:
        give_up(wire, error)
    serve(wire, handler, stamp)


if __name__ == "__main__":
    main()
