"""DynamoDB through boto3: tables, items, expressions, indexes and pages, and the refusals in AWS's own words."""

import decimal
import unittest

import boto3
from boto3.dynamodb.conditions import Attr, Key

from support import ACCOUNT, REGION, client, endpoint, refused, unique

FAILED = "The conditional request failed"


class DynamoTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dynamodb = client("dynamodb")
        cls.resource = boto3.resource("dynamodb", endpoint_url=endpoint(), region_name=REGION, aws_access_key_id="test",
                                      aws_secret_access_key="test")

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
        return table

    def times(self, answer):
        return [int(item["at"]) for item in answer["Items"]]

    def test_query_by_key_range_in_both_directions(self):
        table = self.filled()
        self.assertEqual(self.times(table.query(KeyConditionExpression=Key("id").eq("bus"))), list(range(1, 20, 2)))
        self.assertEqual(self.times(table.query(KeyConditionExpression=Key("id").eq("bus") & Key("at").between(5, 9))), [5, 7, 9])
        backwards = table.query(KeyConditionExpression=Key("id").eq("tram") & Key("at").lt(6), ScanIndexForward=False)
        self.assertEqual(self.times(backwards), [4, 2, 0])

    def test_an_index_finds_by_another_key_and_follows_changes(self):
        table = self.filled()
        by_owner = dict(IndexName="by-owner", KeyConditionExpression=Key("owner").eq("o1"))
        self.assertEqual(self.times(table.query(**by_owner)), [1, 4, 7, 10, 13, 16, 19])
        table.update_item(Key={"id": "tram", "at": 4}, UpdateExpression="REMOVE #o", ExpressionAttributeNames={"#o": "owner"})
        table.delete_item(Key={"id": "bus", "at": 7})
        self.assertEqual(self.times(table.query(**by_owner)), [1, 10, 13, 16, 19])

    def test_pages_follow_each_other_until_all_is_seen(self):
        table = self.filled()
        for search in (dict(KeyConditionExpression=Key("id").eq("bus"), Limit=3), dict(Limit=7)):
            seen, start = [], {}
            while True:
                page = (table.query if "KeyConditionExpression" in search else table.scan)(**search, **start)
                seen += self.times(page)
                if "LastEvaluatedKey" not in page:
                    break
                start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
            self.assertEqual(sorted(seen), list(range(1, 20, 2)) if "KeyConditionExpression" in search else list(range(20)))

    def test_filters_come_after_the_limit(self):
        table = self.filled()
        page = table.query(KeyConditionExpression=Key("id").eq("bus"), FilterExpression=Attr("owner").is_in(["o1", "o2"]) & Attr("odd").eq(True), Limit=5)
        self.assertEqual((page["ScannedCount"], page["Count"], self.times(page)), (5, 3, [1, 5, 7]))
        counted = table.scan(Select="COUNT", FilterExpression=Attr("odd").eq(True))
        self.assertEqual((counted["Count"], counted["ScannedCount"]), (10, 20))
        self.assertNotIn("Items", counted)

    def test_projections_give_only_what_they_name(self):
        table = self.table()
        table.put_item(Item={"id": "a", "m": {"x": 1, "y": [5, 6, 7]}, "z": 1})
        answer = table.get_item(Key={"id": "a"}, ProjectionExpression="m.y[1], #i", ExpressionAttributeNames={"#i": "id"})
        self.assertEqual(answer["Item"], {"id": "a", "m": {"y": [6]}})

    def test_refusals(self):
        table = self.filled()
        with refused(self, "ValidationException", "Query condition missed key schema element: id"):
            table.query(KeyConditionExpression=Key("at").eq(1))
        with refused(self, "ValidationException", "The table does not have the specified index: none"):
            table.query(IndexName="none", KeyConditionExpression=Key("owner").eq("o1"))
        with refused(self, "ValidationException", "Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: status"):
            self.dynamodb.scan(TableName=table.name, FilterExpression="status = :s", ExpressionAttributeValues={":s": {"S": "x"}})


if __name__ == "__main__":
    unittest.main()
