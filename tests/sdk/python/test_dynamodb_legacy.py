"""DynamoDB through boto3 as programs from before expressions ask it: Expected, AttributeUpdates, KeyConditions, filters."""

import unittest
from decimal import Decimal

import boto3

from support import REGION, endpoint, refused, unique


def is_(operator, *values):
    return {"ComparisonOperator": operator, "AttributeValueList": list(values)}


class LegacyParametersTest(unittest.TestCase):
    def setUp(self):
        resource = boto3.resource("dynamodb", endpoint_url=endpoint(), region_name=REGION, aws_access_key_id="test",
                                  aws_secret_access_key="test")
        self.table = resource.create_table(
            TableName=unique("legacy"),
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "N"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        self.addCleanup(self.table.delete)
        self.table.wait_until_exists()

    def update(self, updates, **more):
        return self.table.update_item(Key={"pk": "k", "sk": 1}, AttributeUpdates=updates, **more)

    def item(self):
        return self.table.get_item(Key={"pk": "k", "sk": 1}, ConsistentRead=True)["Item"]

    def test_updates_put_add_and_delete(self):
        self.update({})
        self.assertEqual(self.item(), {"pk": "k", "sk": 1})
        self.update({
            "text": {"Value": "x"},
            "count": {"Action": "ADD", "Value": Decimal("2.5")},
            "set": {"Action": "ADD", "Value": {"a", "b"}},
            "list": {"Action": "ADD", "Value": [1]},
        })
        answer = self.update({
            "text": {"Action": "DELETE"},
            "count": {"Action": "ADD", "Value": -1},
            "set": {"Action": "DELETE", "Value": {"a"}},
            "list": {"Action": "ADD", "Value": ["two"]},
        }, ReturnValues="UPDATED_NEW")
        made = {"count": Decimal("1.5"), "set": {"b"}, "list": [1, "two"]}
        self.assertEqual(answer["Attributes"], made)
        self.assertEqual(self.item(), {"pk": "k", "sk": 1, **made})
        with refused(self, "ValidationException", "Type mismatch for attribute to update"):
            self.update({"list": {"Action": "ADD", "Value": {"s"}}})

    def test_optimistic_locking_by_expected_values(self):
        self.table.put_item(Item={"pk": "k", "sk": 1, "version": 1}, Expected={"pk": {"Exists": False}})
        with refused(self, "ConditionalCheckFailedException"):
            self.table.put_item(Item={"pk": "k", "sk": 1}, Expected={"pk": {"Exists": False}})
        self.update({"version": {"Value": 2}}, Expected={"version": {"Value": 1, "Exists": True}})
        with refused(self, "ConditionalCheckFailedException"):
            self.update({"version": {"Value": 3}}, Expected={"version": {"Value": 1, "Exists": True}})
        self.update({"version": {"Value": 3}}, ConditionalOperator="OR",
                    Expected={"version": is_("GT", 9), "sk": is_("BETWEEN", 0, 2)})
        with refused(self, "ValidationException", "1 validation error detected: ConditionalOperator can only be used when Filter or Expected has two or more elements"):
            self.table.delete_item(Key={"pk": "k", "sk": 1}, ConditionalOperator="OR", Expected={"version": is_("GT", 9)})
        self.table.delete_item(Key={"pk": "k", "sk": 1}, Expected={"version": is_("IN", 3, 4)})

    def test_keys_and_filters_choose_items(self):
        with self.table.batch_writer() as batch:
            for i in range(12):
                batch.put_item({"pk": "k", "sk": i, "half": i // 2, "tags": {f"t{i % 3}"}})
        keys = {"pk": is_("EQ", "k"), "sk": is_("LT", 8)}
        found = self.table.query(KeyConditions=keys, QueryFilter={"tags": is_("CONTAINS", "t1")}, ScanIndexForward=False)
        self.assertEqual([int(item["sk"]) for item in found["Items"]], [7, 4, 1])
        self.assertEqual(found["ScannedCount"], 8)
        found = self.table.scan(ScanFilter={"half": is_("GE", 5), "tags": is_("NOT_CONTAINS", "t0")}, ConditionalOperator="OR",
                                AttributesToGet=["sk"])
        self.assertEqual(sorted(int(item["sk"]) for item in found["Items"]), [1, 2, 4, 5, 7, 8, 10, 11])
        with refused(self, "ValidationException", "Query condition missed key schema element: pk"):
            self.table.query(KeyConditions={"sk": is_("EQ", 1)})
        with refused(self, "ValidationException", "QueryFilter can only contain non-primary key attributes: Primary key attribute: sk"):
            self.table.query(KeyConditions=keys, QueryFilter={"sk": is_("EQ", 1)})


if __name__ == "__main__":
    unittest.main()
