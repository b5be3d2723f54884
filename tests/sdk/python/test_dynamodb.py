"""DynamoDB through boto3: the client, the resource with its own types, waiters, paginators, batches, and refusals in AWS's own words."""

import gzip
import unittest
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key

from support import REGION, client, endpoint, refused, unique


class DynamoDbTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = client("dynamodb")
        cls.resource = boto3.resource("dynamodb", endpoint_url=endpoint(), region_name=REGION, aws_access_key_id="test",
                                      aws_secret_access_key="test")

    def table(self):
        """A new table with a range key and a global index, deleted when the test ends."""
        table = self.resource.create_table(
            TableName=unique("table"),
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "N"},
                {"AttributeName": "group", "AttributeType": "S"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-group",
                    "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        self.addCleanup(table.delete)
        table.wait_until_exists()
        return table

    def test_python_values_come_back_as_they_went(self):
        table = self.table()
        item = {
            "pk": "k",
            "sk": Decimal("1.5"),
            "none": None,
            "truth": True,
            "list": [1, "two", {"deep": [b"\x00\xff"]}],
            "strings": {"a", "b"},
            "numbers": {Decimal(1), Decimal("-2.25")},
            "text": "\u00e4\u20ac\U0001f600 \"quoted\" \\ \n",
            "empty": "",
        }
        table.put_item(Item=item)
        got = table.get_item(Key={"pk": "k", "sk": Decimal("1.50")})["Item"]
        got["list"][2]["deep"] = [bytes(got["list"][2]["deep"][0])]
        self.assertEqual(got, item)

    def test_queries_and_indexes_page(self):
        table = self.table()
        with table.batch_writer() as batch:
            for number in range(60):
                batch.put_item(Item={"pk": "k", "sk": number - 30, "group": "even" if number % 2 == 0 else "odd"})
        got = table.query(KeyConditionExpression=Key("pk").eq("k") & Key("sk").between(-3, 3), ScanIndexForward=False)
        self.assertEqual([int(item["sk"]) for item in got["Items"]], [3, 2, 1, 0, -1, -2, -3])
        pages = self.client.get_paginator("query").paginate(
            TableName=table.name,
            IndexName="by-group",
            KeyConditionExpression="#g = :g",
            ExpressionAttributeNames={"#g": "group"},
            ExpressionAttributeValues={":g": {"S": "odd"}},
            PaginationConfig={"PageSize": 7},
        )
        numbers = [int(item["sk"]["N"]) for page in pages for item in page["Items"]]
        self.assertEqual(sorted(numbers), list(range(-29, 30, 2)))
        found = table.scan(FilterExpression=Attr("sk").gt(25) & Attr("group").eq("even"))
        self.assertEqual((found["Count"], found["ScannedCount"]), (2, 60))

    def test_updates_count_and_conditions_hold(self):
        table = self.table()
        for _ in range(3):
            answer = table.update_item(
                Key={"pk": "k", "sk": 1},
                UpdateExpression="SET hits = if_not_exists(hits, :zero) + :one, #log = list_append(if_not_exists(#log, :none), :entry)",
                ExpressionAttributeNames={"#log": "log"},
                ExpressionAttributeValues={":zero": 0, ":one": Decimal("0.1"), ":none": [], ":entry": ["x"]},
                ReturnValues="UPDATED_NEW",
            )
        self.assertEqual(answer["Attributes"], {"hits": Decimal("0.3"), "log": ["x", "x", "x"]})
        with refused(self, "ConditionalCheckFailedException", "The conditional request failed", 400):
            table.put_item(Item={"pk": "k", "sk": 1}, ConditionExpression=Attr("pk").not_exists())

    def test_refusals_are_awss(self):
        table = self.table()
        with refused(self, "ValidationException", "The provided key element does not match the schema", 400):
            self.client.get_item(TableName=table.name, Key={"pk": {"S": "k"}})
        with refused(self, "ResourceNotFoundException", "Requested resource not found: Table: nowhere not found", 400):
            self.client.describe_table(TableName="nowhere")
        with refused(self, "ResourceInUseException", f"Table already exists: {table.name}", 400):
            self.client.create_table(
                TableName=table.name,
                KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )

    def test_tags_and_batches(self):
        table = self.table()
        arn = table.table_arn
        self.client.tag_resource(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "test"}])
        self.assertEqual(self.client.list_tags_of_resource(ResourceArn=arn)["Tags"], [{"Key": "stage", "Value": "test"}])
        self.client.untag_resource(ResourceArn=arn, TagKeys=["stage"])
        self.assertEqual(self.client.list_tags_of_resource(ResourceArn=arn)["Tags"], [])
        table.put_item(Item={"pk": "a", "sk": 1})
        got = self.resource.batch_get_item(RequestItems={table.name: {"Keys": [{"pk": "a", "sk": 1}, {"pk": "b", "sk": 1}]}})
        self.assertEqual(got["Responses"][table.name], [{"pk": "a", "sk": Decimal(1)}])


class Compression(unittest.TestCase):
    """Whoever compresses what it sends, as SDKs may, is understood."""

    def send(self, body, coding="gzip"):
        def compress(request, **_):
            request.data = body
            request.headers["Content-Encoding"] = coding

        dynamodb = client("dynamodb")
        dynamodb.meta.events.register("before-sign.dynamodb.ListTables", compress)
        return dynamodb.list_tables

    def test_a_compressed_request_is_read(self):
        name = unique("packed")
        self.client = client("dynamodb")
        self.client.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                                 AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
        self.addCleanup(self.client.delete_table, TableName=name)
        self.assertEqual(len(self.send(gzip.compress(b'{"Limit":1}'))()["TableNames"]), 1)

    def test_what_unfolds_to_too_much_is_refused(self):
        with self.assertRaises(Exception) as raised:
            self.send(gzip.compress(b" " * (17 << 20)))()
        self.assertEqual(raised.exception.response["ResponseMetadata"]["HTTPStatusCode"], 413)

    def test_what_cannot_be_unfolded_is_a_failure(self):
        for body, coding in ((b"{}", "gzip"), (b"{}", "br")):
            with self.assertRaises(Exception) as raised:
                self.send(body, coding)()
            self.assertEqual(raised.exception.response["ResponseMetadata"]["HTTPStatusCode"], 500)


if __name__ == "__main__":
    unittest.main()
