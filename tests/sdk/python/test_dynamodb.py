"""DynamoDB through boto3: the client, the resource with its own types, waiters, paginators, batches, and refusals in AWS's own words."""

<<<<<<< HEAD
=======
import decimal
import gzip
>>>>>>> 8b87b9c (aws: read compressed requests of DynamoDB, as AWS does)
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

<<<<<<< HEAD
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
=======
    def table(self, sorted_by=None, indexes=()):
        """A new table with the key `id` (text) and maybe a sort key (a number); indexes: (name, hash, range or None)."""
        name = unique("table")
        kinds = {"id": "S"}
        if sorted_by:
            kinds[sorted_by] = "N"
        secondary = []
        for index, hash_key, range_key in indexes:
            kinds.update({key: "S" if key == hash_key else "N" for key in (hash_key, range_key) if key and key not in kinds})
            secondary.append({"IndexName": index, "KeySchema": schema(hash_key, range_key), "Projection": {"ProjectionType": "ALL"}})
        more = {"GlobalSecondaryIndexes": secondary} if secondary else {}
        self.dynamodb.create_table(TableName=name, KeySchema=schema("id", sorted_by), BillingMode="PAY_PER_REQUEST",
                                   AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind in kinds.items()], **more)
        self.addCleanup(self.dynamodb.delete_table, TableName=name)
        self.dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        return self.resource.Table(name)


def schema(hash_key, range_key=None):
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    return keys + [{"AttributeName": range_key, "KeyType": "RANGE"}] if range_key else keys


class Tables(DynamoTest):
    def test_a_table_is_described(self):
        table = self.table(sorted_by="at", indexes=[("by-owner", "owner", "at")])
        described = self.dynamodb.describe_table(TableName=table.name)["Table"]
        self.assertEqual(described["TableArn"], f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table.name}")
        self.assertEqual(described["TableStatus"], "ACTIVE")
        self.assertEqual(described["KeySchema"], schema("id", "at"))
        self.assertEqual(described["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
        index = described["GlobalSecondaryIndexes"][0]
        self.assertEqual((index["IndexName"], index["IndexStatus"], index["KeySchema"]), ("by-owner", "ACTIVE", schema("owner", "at")))

    def test_tables_are_listed_in_pages(self):
        names = sorted(self.table().name for _ in range(3))
        pages = self.dynamodb.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 1})
        every = [name for page in pages for name in page["TableNames"]]
        self.assertEqual([name for name in every if name in names], names)

    def test_refusals(self):
        name = self.table().name
        with refused(self, "ResourceInUseException", status=400):
            self.dynamodb.create_table(TableName=name, KeySchema=schema("id"), BillingMode="PAY_PER_REQUEST",
                                       AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
        with refused(self, "ResourceNotFoundException", "Requested resource not found: Table: absent not found", 400):
            self.dynamodb.describe_table(TableName="absent")
        with refused(self, "ResourceNotFoundException", "Requested resource not found"):
            self.dynamodb.get_item(TableName="absent", Key={"id": {"S": "a"}})
        with refused(self, "ValidationException"):
            self.dynamodb.create_table(TableName="keyless", KeySchema=schema("id"), BillingMode="PAY_PER_REQUEST", AttributeDefinitions=[])


class Compression(DynamoTest):
    """Whoever compresses what it sends, as SDKs may, is understood."""

    def send(self, body, coding="gzip"):
        def compress(request, **_):
            request.data = body
            request.headers["Content-Encoding"] = coding

        dynamodb = client("dynamodb")
        dynamodb.meta.events.register("before-sign.dynamodb.ListTables", compress)
        return dynamodb.list_tables

    def test_a_compressed_request_is_read(self):
        self.table()
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


class Items(DynamoTest):
    def test_every_type_comes_back_as_it_was(self):
        table = self.table()
        item = {"id": "all", "text": "grüße, 世界", "empty": "", "number": decimal.Decimal("-12345678901234567890.123456789012345678"),
                "small": decimal.Decimal("1E-130"), "bytes": b"\x00\xff", "yes": True, "nothing": None, "list": [1, "two", [3, {"four": 4}]],
                "map": {"a": {"b": {"c": 1}}}, "texts": {"x", "y"}, "numbers": {decimal.Decimal(1), decimal.Decimal("2.5")}, "blobs": {b"p", b"q"}}
        table.put_item(Item=item)
        back = table.get_item(Key={"id": "all"}, ConsistentRead=True)["Item"]
        for name in ("bytes", "blobs"):
            back[name] = {blob.value for blob in back[name]} if isinstance(back[name], set) else back[name].value
        self.assertEqual(back, item)

    def test_numbers_keep_38_digits_and_no_more(self):
        table = self.table()
        for given, kept in (("1.50", "1.5"), ("0.0", "0"), ("-0", "0"), ("1e2", "100"), ("9" * 38, "9" * 38), ("0.00001", "0.00001")):
            self.dynamodb.put_item(TableName=table.name, Item={"id": {"S": "n"}, "n": {"N": given}})
            self.assertEqual(self.dynamodb.get_item(TableName=table.name, Key={"id": {"S": "n"}})["Item"]["n"]["N"], kept)
        for given in ("9" * 39, "1e126", "one", ""):
            with self.subTest(given=given), refused(self, "ValidationException"):
                self.dynamodb.put_item(TableName=table.name, Item={"id": {"S": "n"}, "n": {"N": given}})

    def test_what_was_there_is_told(self):
        table = self.table()
        self.assertNotIn("Attributes", table.put_item(Item={"id": "a", "v": 1}, ReturnValues="ALL_OLD"))
        self.assertEqual(table.put_item(Item={"id": "a", "v": 2}, ReturnValues="ALL_OLD")["Attributes"], {"id": "a", "v": 1})
        self.assertEqual(table.delete_item(Key={"id": "a"}, ReturnValues="ALL_OLD")["Attributes"], {"id": "a", "v": 2})
        self.assertNotIn("Item", table.get_item(Key={"id": "a"}))
        table.delete_item(Key={"id": "a"})

    def test_conditions_guard_what_is_there(self):
        table = self.table()
        table.put_item(Item={"id": "a", "v": 1}, ConditionExpression=Attr("id").not_exists())
        with refused(self, "ConditionalCheckFailedException", FAILED, 400):
            table.put_item(Item={"id": "a", "v": 2}, ConditionExpression=Attr("id").not_exists())
        with refused(self, "ConditionalCheckFailedException", FAILED):
            table.delete_item(Key={"id": "a"}, ConditionExpression=Attr("v").gt(1))
        table.delete_item(Key={"id": "a"}, ConditionExpression=Attr("v").eq(1) & Attr("w").not_exists())

    def test_refusals(self):
        table = self.table(sorted_by="at")
        cases = [
            ({"id": {"S": "a"}}, "One or more parameter values were invalid: Missing the key at in the item"),
            ({"id": {"N": "1"}, "at": {"N": "1"}}, "One or more parameter values were invalid: Type mismatch for key id expected: S actual: N"),
        ]
        for item, message in cases:
            with self.subTest(item=item), refused(self, "ValidationException", message, 400):
                self.dynamodb.put_item(TableName=table.name, Item=item)
        with refused(self, "ValidationException", "The provided key element does not match the schema"):
            self.dynamodb.get_item(TableName=table.name, Key={"id": {"S": "a"}})
        with refused(self, "ValidationException", "Item size has exceeded the maximum allowed size"):
            table.put_item(Item={"id": "a", "at": 1, "big": "x" * (400 * 1024)})

    def test_parameters_from_before_expressions_are_refused_not_ignored(self):
        table = self.table()
        with refused(self, "ValidationException") as caught:
            self.dynamodb.update_item(TableName=table.name, Key={"id": {"S": "a"}}, AttributeUpdates={"v": {"Value": {"N": "1"}}})
        self.assertIn("{AttributeUpdates}", str(caught.exception))
        with refused(self, "ValidationException"):
            self.dynamodb.put_item(TableName=table.name, Item={"id": {"S": "a"}}, Expected={"id": {"Exists": False}})
        self.assertNotIn("Item", table.get_item(Key={"id": "a"}))


class Updates(DynamoTest):
    def update(self, table, expression, values=None, names=None, **more):
        arguments = dict(Key={"id": "a"}, UpdateExpression=expression, ReturnValues="ALL_NEW", **more)
        if values:
            arguments["ExpressionAttributeValues"] = values
        if names:
            arguments["ExpressionAttributeNames"] = names
        return table.update_item(**arguments)["Attributes"]

    def test_set_remove_add_and_delete(self):
        table = self.table()
        steps = [
            ("SET v = :one, #d.x = :one", {":one": 1}, {"#d": "deep"}, None),
            ("SET v = :one, deep = :map", {":one": 1, ":map": {"hops": [1, 2, 3]}}, None, {"v": 1, "deep": {"hops": [1, 2, 3]}}),
            ("SET v = v + :two, w = if_not_exists(w, :two)", {":two": 2}, None, {"v": 3, "w": 2, "deep": {"hops": [1, 2, 3]}}),
            ("SET deep.hops[1] = :x REMOVE deep.hops[2], w", {":x": "x"}, None, {"v": 3, "deep": {"hops": [1, "x"]}}),
            ("SET deep.hops = list_append(deep.hops, :more)", {":more": [9]}, None, {"v": 3, "deep": {"hops": [1, "x", 9]}}),
            ("ADD v :minus, tags :tags", {":minus": -5, ":tags": {"p", "q"}}, None, {"v": -2, "tags": {"p", "q"}, "deep": {"hops": [1, "x", 9]}}),
            ("DELETE tags :p", {":p": {"p"}}, None, {"v": -2, "tags": {"q"}, "deep": {"hops": [1, "x", 9]}}),
        ]
        for expression, values, names, wanted in steps:
            with self.subTest(expression):
                if wanted is None:
                    with refused(self, "ValidationException", "The document path provided in the update expression is invalid for update"):
                        self.update(table, expression, values, names)
                else:
                    self.assertEqual(self.update(table, expression, values, names), {"id": "a", **wanted})

    def test_bad_expressions(self):
        table = self.table()
        cases = [
            ("SET v = :v SET w = :v", {":v": 1}, 'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;'),
            ("SET v = :absent", {":v": 1}, "Invalid UpdateExpression: An expression attribute value used in expression is not defined; "
             "attribute value: :absent"),
            ("SET id = :v", {":v": "b"}, "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key"),
            ("NONSENSE", None, 'Invalid UpdateExpression: Syntax error; token: "NONSENSE", near: "NONSENSE"'),
        ]
        for expression, values, message in cases:
            # Since about July 2026 these two operations put it before what is wrong with the request in itself.
            message = ("1 validation error detected: " if message.startswith("Invalid") else "") + message
            with self.subTest(expression), refused(self, "ValidationException", message):
                self.update(table, expression, values)


class Searches(DynamoTest):
    def filled(self):
        table = self.table(sorted_by="at", indexes=[("by-owner", "owner", "at")])
        for number in range(20):
            table.put_item(Item={"id": "bus" if number % 2 else "tram", "at": number, "owner": f"o{number % 3}", "odd": bool(number % 2)})
>>>>>>> 8b87b9c (aws: read compressed requests of DynamoDB, as AWS does)
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


if __name__ == "__main__":
    unittest.main()
