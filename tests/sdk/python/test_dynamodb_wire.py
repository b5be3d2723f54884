"""DynamoDB below the SDKs: bytes, headers and bounds of its HTTP, asked without a client library."""

import gzip
import http.client
import json
import unittest
import zlib

from support import PATIENCE_SECONDS, aws_headers, client, port, unique
from support import http as ask_http


def ask(operation, body, headers=None, at=None):
    """One signed call; body is JSON, or its text or bytes."""
    return ask_http("POST", "/", body, {**aws_headers(f"DynamoDB_20120810.{operation}", "dynamodb", "1.0"), **(headers or {})}, at=at)


def new_table(at=None):
    name = unique("wire")
    client("dynamodb", at).create_table(TableName=name, BillingMode="PAY_PER_REQUEST",
                                        AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
                                        KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}])
    return name


class CompressedAnswers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.table = new_table()
        cls.text = "<fix/>" * 1000
        ask("PutItem", {"TableName": cls.table, "Item": {"p": {"S": "a"}, "x": {"S": cls.text}}})

    def get(self, key="a", **headers):
        return ask("GetItem", {"TableName": self.table, "Key": {"p": {"S": key}}},
                   {name.replace("_", "-"): value for name, value in headers.items()})

    def test_a_long_answer_is_compressed_for_who_asks(self):
        for coding, undo in (("gzip", gzip.decompress), ("deflate", zlib.decompress)):
            with self.subTest(coding=coding):
                reply = self.get(Accept_Encoding=coding)
                self.assertEqual(reply.headers["content-encoding"], coding)
                self.assertEqual(json.loads(undo(reply.body))["Item"]["x"]["S"], self.text)
                self.assertLess(len(reply.body), len(self.text) // 10)

    def test_of_several_headers_the_first_counts(self):
        for codings, expected in ((("identity", "gzip"), None), (("gzip", "identity"), "gzip"), (("deflate", "gzip"), "deflate")):
            with self.subTest(codings=codings):
                connection = http.client.HTTPConnection("127.0.0.1", port(), timeout=PATIENCE_SECONDS)
                body = json.dumps({"TableName": self.table, "Key": {"p": {"S": "a"}}})
                connection.putrequest("POST", "/", skip_accept_encoding=True)
                for name, value in aws_headers("DynamoDB_20120810.GetItem", "dynamodb", "1.0").items():
                    connection.putheader(name, value)
                for coding in codings:
                    connection.putheader("Accept-Encoding", coding)
                connection.putheader("Content-Length", str(len(body)))
                connection.endheaders(body.encode())
                reply = connection.getresponse()
                reply.read()
                connection.close()
                self.assertEqual((reply.status, reply.headers["content-encoding"]), (200, expected))

    def test_the_checksum_is_of_the_bytes_as_sent(self):
        for coding in ("identity", "gzip", "deflate"):
            with self.subTest(coding=coding):
                reply = self.get(Accept_Encoding=coding)
                self.assertEqual(int(reply.headers["x-amz-crc32"]), zlib.crc32(reply.body))
                self.assertEqual(int(reply.headers["content-length"]), len(reply.body))

    def test_short_answers_and_other_clients_get_plain_text(self):
        for reply in (self.get("absent", Accept_Encoding="gzip"), self.get(Accept_Encoding="identity"), self.get(Accept_Encoding="br")):
            self.assertIsNone(reply.headers["content-encoding"])
            self.assertEqual(reply.status, 200)
            reply.json


if __name__ == "__main__":
    unittest.main()
