"""The AWS CLI as Debian ships it: one smoke test per service. Its version 2.9 does not know AWS_ENDPOINT_URL: --endpoint-url it is."""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))

from support import ACCOUNT, REGION, endpoint, unique  # noqa: E402

AWS = "/usr/bin/aws" if os.path.exists("/usr/bin/aws") else shutil.which("aws")
if not AWS:
    raise unittest.SkipTest("the AWS CLI is not installed")


class CliTest(unittest.TestCase):
    def aws(self, *arguments, fails=False):
        """What the CLI prints, decoded; with fails, what it says on standard error."""
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                       "AWS_DEFAULT_REGION": REGION, "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1"}
        ended = subprocess.run([AWS, "--endpoint-url", endpoint(), "--output", "json", *arguments], env=environment, capture_output=True,
                               text=True, timeout=60, check=False)
        self.assertEqual(ended.returncode != 0, fails, ended.stderr)
        if fails:
            return ended.stderr
        return json.loads(ended.stdout) if ended.stdout.strip() else None


class Smoke(CliTest):
    def test_kinesis(self):
        name = unique("cli")
        self.aws("kinesis", "create-stream", "--stream-name", name, "--shard-count", "1")
        self.aws("kinesis", "wait", "stream-exists", "--stream-name", name)
        put = self.aws("kinesis", "put-record", "--stream-name", name, "--partition-key", "k", "--data", base64.b64encode(b"fix").decode())
        iterator = self.aws("kinesis", "get-shard-iterator", "--stream-name", name, "--shard-id", put["ShardId"],
                            "--shard-iterator-type", "TRIM_HORIZON")["ShardIterator"]
        records = self.aws("kinesis", "get-records", "--shard-iterator", iterator)["Records"]
        self.assertEqual([base64.b64decode(record["Data"]) for record in records], [b"fix"])
        self.assertIn("ResourceNotFoundException", self.aws("kinesis", "describe-stream", "--stream-name", "absent", fails=True))

    def test_dynamodb(self):
        name = unique("cli")
        self.aws("dynamodb", "create-table", "--table-name", name, "--attribute-definitions", "AttributeName=id,AttributeType=S",
                 "--key-schema", "AttributeName=id,KeyType=HASH", "--billing-mode", "PAY_PER_REQUEST")
        self.aws("dynamodb", "wait", "table-exists", "--table-name", name)
        self.aws("dynamodb", "put-item", "--table-name", name, "--item", '{"id":{"S":"a"},"n":{"N":"1.50"}}')
        item = self.aws("dynamodb", "get-item", "--table-name", name, "--key", '{"id":{"S":"a"}}')["Item"]
        self.assertEqual(item, {"id": {"S": "a"}, "n": {"N": "1.5"}})
        said = self.aws("dynamodb", "put-item", "--table-name", name, "--item", '{"id":{"S":"a"}}', "--condition-expression",
                        "attribute_not_exists(id)", fails=True)
        self.assertRegex(said, r"\(ConditionalCheckFailedException\) when calling the PutItem operation.*: The conditional request failed")

    def test_a_table_gains_an_index(self):
        name = unique("cli")
        self.aws("dynamodb", "create-table", "--table-name", name, "--attribute-definitions", "AttributeName=id,AttributeType=S",
                 "--key-schema", "AttributeName=id,KeyType=HASH", "--billing-mode", "PAY_PER_REQUEST")
        told = self.aws("dynamodb", "update-table", "--table-name", name, "--attribute-definitions", "AttributeName=x,AttributeType=S",
                        "--global-secondary-index-updates",
                        json.dumps([{"Create": {"IndexName": "by-x", "Projection": {"ProjectionType": "ALL"},
                                                "KeySchema": [{"AttributeName": "x", "KeyType": "HASH"}]}}]))
        self.assertEqual(told["TableDescription"]["GlobalSecondaryIndexes"][0]["IndexStatus"], "CREATING")
        self.aws("dynamodb", "wait", "table-exists", "--table-name", name)
        described = self.aws("dynamodb", "describe-table", "--table-name", name)["Table"]
        self.assertEqual(described["GlobalSecondaryIndexes"][0]["IndexStatus"], "ACTIVE")

    def test_partiql(self):
        name = unique("cli")
        self.aws("dynamodb", "create-table", "--table-name", name, "--attribute-definitions", "AttributeName=id,AttributeType=S",
                 "--key-schema", "AttributeName=id,KeyType=HASH", "--billing-mode", "PAY_PER_REQUEST")
        self.aws("dynamodb", "execute-statement", "--statement", f"INSERT INTO \"{name}\" VALUE {{'id': ?, 'n': 1}}", "--parameters",
                 '[{"S":"a"}]')
        said = self.aws("dynamodb", "execute-statement", "--statement", f"UPDATE \"{name}\" SET n = n + 1 WHERE id = 'a' RETURNING ALL NEW *")
        self.assertEqual(said["Items"], [{"id": {"S": "a"}, "n": {"N": "2"}}])
        said = self.aws("dynamodb", "batch-execute-statement", "--statements", json.dumps([{"Statement": f"SELECT n FROM \"{name}\" WHERE id = 'a'"}]))
        self.assertEqual(said["Responses"], [{"TableName": name, "Item": {"n": {"N": "2"}}}])
        self.aws("dynamodb", "execute-transaction", "--transact-statements", json.dumps([{"Statement": f"DELETE FROM \"{name}\" WHERE id = 'a'"}]))
        self.assertEqual(self.aws("dynamodb", "execute-statement", "--statement", f"SELECT * FROM \"{name}\"")["Items"], [])

    def test_lambda(self):
        name = unique("cli")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("main.py", "def handler(event, context):\n    return event['n'] + 1\n")
        with tempfile.TemporaryDirectory(prefix="lowcloud-cli-") as directory:
            path, out = os.path.join(directory, "code.zip"), os.path.join(directory, "out.json")
            with open(path, "wb") as file:
                file.write(packed.getvalue())
            self.aws("lambda", "create-function", "--function-name", name, "--runtime", "python3.11", "--handler", "main.handler",
                     "--role", f"arn:aws:iam::{ACCOUNT}:role/any", "--zip-file", f"fileb://{path}")
            self.aws("lambda", "invoke", "--function-name", name, "--payload", base64.b64encode(b'{"n":1}').decode(), out)
            with open(out, encoding="utf-8") as file:
                self.assertEqual(json.load(file), 2)

    def test_apigateway(self):
        api = self.aws("apigatewayv2", "create-api", "--name", unique("cli"), "--protocol-type", "WEBSOCKET", "--route-selection-expression",
                       "$request.body.action")
        self.assertEqual(api["ApiEndpoint"], f"wss://{api['ApiId']}.execute-api.{REGION}.amazonaws.com")
        self.aws("apigatewayv2", "create-stage", "--api-id", api["ApiId"], "--stage-name", "prod", "--auto-deploy")
        items = self.aws("apigatewayv2", "get-stages", "--api-id", api["ApiId"])["Items"]
        self.assertEqual([stage["StageName"] for stage in items], ["prod"])
        self.aws("apigatewayv2", "delete-api", "--api-id", api["ApiId"])
        self.assertIn("NotFoundException", self.aws("apigatewayv2", "get-api", "--api-id", api["ApiId"], fails=True))

    def test_a_service_that_is_not_there_says_so(self):
        said = self.aws("cloudformation", "list-stacks", fails=True)
        self.assertIn("(UnknownOperationException)", said)
        self.assertIn("lowcloud knows no service that this request is for", said)

    def test_kinesis_analytics(self):
        self.assertEqual(self.aws("kinesisanalyticsv2", "list-applications")["ApplicationSummaries"], [])


if __name__ == "__main__":
    unittest.main()
