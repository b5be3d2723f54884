"""Wire cases: recorded requests and the answers that must come, as files. docs: tests/wire/README.md.

    # What is tried, and how AWS's answer is known.
    === the name of the first step
    POST /
    X-Amz-Target: DynamoDB_20120810.GetItem

    {"TableName":"absent"}
    --- 400
    content-type: application/x-amz-json-1.0

    {"__type":"...","message":"..."}

The lines of a body are joined without their indentation, so that a long one can be broken. In what must come, <any>, <uuid>, <number>,
<text> and <keep NAME> stand for what differs from run to run; <NAME> in a later step is what was kept. A header is checked when it is
listed; `!name` says that it must be absent.
"""

import http.client
import re

PLACEHOLDERS = {
    "any": r".*",
    "text": r'[^"]*',
    "number": r"-?[0-9]+(?:\.[0-9]+)?",
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "date": r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT",
}
HOLE = re.compile(r"<(keep )?([a-z][a-z0-9_]*)>")
SIGNED = re.compile(r"<signed ([a-z0-9-]+)>")


class CaseBroken(Exception):
    """The case file itself cannot be read; the text names file and line."""


class Step:
    def __init__(self, name, line):
        self.name, self.line = name, line
        self.request, self.answer = [], []


def read_case(path):
    """The steps of a case file, in order."""
    steps, part = [], None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line.startswith("=== "):
                steps.append(Step(line[4:], number))
                part = steps[-1].request
            elif line.startswith("--- ") and steps:
                part = steps[-1].answer
                part.append(line[4:])
            elif part is not None:
                part.append(line)
            elif line and not line.startswith("#"):
                raise CaseBroken(f"{path}:{number}: a comment (#) or a step (=== NAME) must come first")
    for step in steps:
        if not step.answer or not step.request:
            raise CaseBroken(f"{path}:{step.line}: the step has no request, or no answer (--- STATUS)")
    if not steps:
        raise CaseBroken(f"{path}: the case has no step (=== NAME)")
    return steps


def split(lines):
    """(first line, [(header, value or None when it must be absent)], body) of a request or an answer."""
    headers, rest = [], list(lines[1:])
    while rest and rest[0].strip():
        line = rest.pop(0)
        name, _, value = line.partition(":")
        headers.append((name[1:].strip(), None) if line.startswith("!") else (name.strip(), value.strip()))
    return lines[0].strip(), headers, "".join(line.strip() for line in rest)


def fill(text, kept):
    """text with what was kept in place of <NAME>, and <signed SERVICE> as a credential of the right form."""
    text = SIGNED.sub(lambda match: "AWS4-HMAC-SHA256 Credential=test/20260102/us-east-1/" + match[1] + "/aws4_request, "
                      "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64, text)
    return HOLE.sub(lambda match: kept.get(match[2], match[0]), text)


def pattern(text, kept):
    """A regular expression for what must come."""
    expression, place, named = "", 0, set()
    for hole in HOLE.finditer(text):
        keep, name = hole[1], hole[2]
        expression += re.escape(text[place:hole.start()])
        if keep:
            expression += f"(?P={name})" if name in named else f'(?P<{name}>[^"]*)'
            named.add(name)
        elif name in kept:
            expression += re.escape(kept[name])
        elif name in PLACEHOLDERS:
            expression += PLACEHOLDERS[name]
        else:
            expression += re.escape(hole[0])
        place = hole.end()
    return re.compile(expression + re.escape(text[place:]), re.DOTALL)


def send(port, step, kept):
    """Sends the step's request; answers (status, headers in lower case, body as text)."""
    first, headers, body = split(step.request)
    method, _, target = fill(first, kept).partition(" ")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        given = {name.lower() for name, _ in headers}
        if "host" not in given:
            connection.putheader("Host", f"127.0.0.1:{port}")
        data = fill(body, kept).encode()
        if "content-length" not in given and (data or method in ("POST", "PUT", "PATCH")):
            connection.putheader("Content-Length", str(len(data)))
        if "x-amz-date" not in given:
            connection.putheader("X-Amz-Date", "20260102T030405Z")
        for name, value in headers:
            connection.putheader(name, fill(value, kept))
        connection.endheaders(data)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def check(step, answer, kept):
    """The first difference between what came and what must, in words; None when there is none. Keeps what is to be kept."""
    status, headers, body = answer
    wanted_status, wanted_headers, wanted_body = split(step.answer)
    if str(status) != wanted_status:
        return f"status {status} came, {wanted_status} must:\n    {body}"
    for name, value in wanted_headers:
        came = headers.get(name.lower())
        if value is None and came is not None:
            return f"header {name} came ({came}), none must"
        if value is not None:
            match = pattern(value, kept).fullmatch(came or "")
            if came is None or not match:
                return f"header {name}: {came!r} came, {value!r} must"
            kept.update(match.groupdict())
    match = pattern(wanted_body, kept).fullmatch(body)
    if not match:
        return f"the body came as\n    {body}\nand must be\n    {wanted_body}"
    kept.update(match.groupdict())
    return None


def run_case(path, port):
    """Runs a case; answers what differs, in words, or None."""
    kept = {}
    for step in read_case(path):
        try:
            difference = check(step, send(port, step, kept), kept)
        except (OSError, http.client.HTTPException) as error:
            difference = f"no answer came: {error!r}"
        if difference:
            return f"{path}:{step.line}: {step.name}: {difference}"
    return None
