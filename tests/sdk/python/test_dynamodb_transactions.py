"""DynamoDB's transactions and batches through boto3: all or nothing, the reasons of what is cancelled, tokens that outlive a kill, and what a
batch leaves for the next call."""

import tempfile
import threading
import unittest
from decimal import Decimal

import boto3

from support import REGION, Server, client, endpoint, refused, unique


def make_table(dynamodb, name, **more):
    dynamodb.create_table(TableName=name, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
                          AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], **more)
    dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})


def add_one(table, item):
    return {"Update": {"TableName": table, "Key": {"id": {"S": item}}, "UpdateExpression": "ADD n :one",
                       "ExpressionAttributeValues": {":one": {"N": "1"}}}}


class TransactionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = client("dynamodb")
        # The resource's client takes Python's own values.
        cls.resource = boto3.resource("dynamodb", endpoint_url=endpoint(), region_name=REGION, aws_access_key_id="test",
                                      aws_secret_access_key="test")

    def setUp(self):
        self.table = unique("accounts")
        make_table(self.client, self.table)
        self.addCleanup(self.client.delete_table, TableName=self.table)
        self.items = self.resource.Table(self.table)

    def balance(self, name):
        return self.items.get_item(Key={"id": name}, ConsistentRead=True)["Item"]["balance"]

    def transfer(self, amount, token=None):
        """What the transaction must hold to: the payer has enough, both accounts exist, and the receipt is new."""
        def move(name, by, condition):
            return {"Update": {"TableName": self.table, "Key": {"id": name}, "UpdateExpression": "SET balance = balance + :by",
                               "ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                               "ExpressionAttributeValues": {":by": by, **({":least": amount} if ":least" in condition else {})}}}

        self.resource.meta.client.transact_write_items(
            TransactItems=[move("payer", -amount, "balance >= :least"), move("payee", amount, "attribute_exists(id)"),
                           {"Put": {"TableName": self.table, "Item": {"id": f"receipt-{amount}", "amount": amount},
                                    "ConditionExpression": "attribute_not_exists(id)"}}],
            **({"ClientRequestToken": token} if token else {}))

    def open_accounts(self):
        self.items.put_item(Item={"id": "payer", "balance": 100})
        self.items.put_item(Item={"id": "payee", "balance": 0})

    def test_a_transfer_is_made_as_a_whole(self):
        self.open_accounts()
        self.transfer(Decimal("30.5"))
        answer = self.resource.meta.client.transact_get_items(
            TransactItems=[{"Get": {"TableName": self.table, "Key": {"id": name}}} for name in ("payer", "payee", "receipt-30.5", "nobody")])
        self.assertEqual([response.get("Item") for response in answer["Responses"]],
                         [{"id": "payer", "balance": Decimal("69.5")}, {"id": "payee", "balance": Decimal("30.5")},
                          {"id": "receipt-30.5", "amount": Decimal("30.5")}, None])

    def test_a_transfer_that_cannot_be_made_says_why_and_changes_nothing(self):
        self.open_accounts()
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as caught:
            self.resource.meta.client.transact_write_items(TransactItems=[
                {"Put": {"TableName": self.table, "Item": {"id": "new"}}},
                {"Update": {"TableName": self.table, "Key": {"id": "payer"}, "UpdateExpression": "SET balance = balance - :by",
                            "ConditionExpression": "balance >= :by", "ExpressionAttributeValues": {":by": 101},
                            "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}}])
        answer = caught.exception.response
        self.assertEqual(answer["Error"]["Message"], "Transaction cancelled, please refer cancellation reasons for specific reasons "
                                                     "[None, ConditionalCheckFailed]")
        self.assertEqual(answer["CancellationReasons"],
                         [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed",
                                             "Item": {"id": {"S": "payer"}, "balance": {"N": "100"}}}])
        self.assertNotIn("Item", self.items.get_item(Key={"id": "new"}))
        self.assertEqual(self.balance("payer"), 100)

    def test_the_same_token_pays_once(self):
        self.open_accounts()
        for _ in range(3):
            self.transfer(40, token="pay")
        self.assertEqual((self.balance("payer"), self.balance("payee")), (60, 40))
        with refused(self, "IdempotentParameterMismatchException"):
            self.transfer(41, token="pay")

    def test_no_update_is_lost_among_concurrent_transactions(self):
        failures = []

        def work():
            own = client("dynamodb")
            try:
                for _ in range(25):
                    own.transact_write_items(TransactItems=[add_one(self.table, "left"), add_one(self.table, "right")])
            except Exception as error:  # pylint: disable=broad-except
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        for name in ("left", "right"):
            self.assertEqual(self.items.get_item(Key={"id": name})["Item"]["n"], 100)

    def test_capacity_doubles_and_is_told_by_kind(self):
        written = self.client.transact_write_items(TransactItems=[add_one(self.table, "a")], ReturnConsumedCapacity="TOTAL")
        self.assertEqual(written["ConsumedCapacity"], [{"TableName": self.table, "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}])
        read = self.client.transact_get_items(TransactItems=[{"Get": {"TableName": self.table, "Key": {"id": {"S": "a"}}}}],
                                              ReturnConsumedCapacity="TOTAL")
        self.assertEqual(read["ConsumedCapacity"], [{"TableName": self.table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}])

    def test_what_is_wrong_with_the_request_is_no_cancellation(self):
        with refused(self, "ValidationException", "Transaction request cannot include multiple operations on one item", status=400):
            self.client.transact_write_items(TransactItems=[add_one(self.table, "a"), add_one(self.table, "a")])
        with refused(self, "ResourceNotFoundException", "Requested resource not found"):
            self.client.transact_write_items(TransactItems=[add_one("nowhere", "a")])
        with refused(self, "TransactionCanceledException",
                     "Transaction cancelled, please refer cancellation reasons for specific reasons [ValidationError]"):
            self.client.transact_write_items(TransactItems=[{"Put": {"TableName": self.table, "Item": {"id": {"N": "7"}}}}])


class KeptTransactionTest(unittest.TestCase):
    def test_a_token_outlives_a_kill_with_the_writes_that_it_stands_for(self):
        with tempfile.TemporaryDirectory(prefix="lowcloud-data-") as directory:
            server = Server(["serve", "--data", directory]).start()
            try:
                dynamodb = client("dynamodb", at=server.endpoint)
                make_table(dynamodb, "kept")
                dynamodb.transact_write_items(TransactItems=[add_one("kept", "a"), add_one("kept", "b")], ClientRequestToken="once")
            finally:
                server.kill()
            with Server(["serve", "--data", directory]) as again:
                dynamodb = client("dynamodb", at=again.endpoint)
                dynamodb.transact_write_items(TransactItems=[add_one("kept", "a"), add_one("kept", "b")], ClientRequestToken="once")
                for name in ("a", "b"):
                    self.assertEqual(dynamodb.get_item(TableName="kept", Key={"id": {"S": name}})["Item"]["n"], {"N": "1"})

    def test_a_stream_tells_the_changes_of_a_transaction_in_order_and_none_of_one_that_was_cancelled(self):
        with Server() as server:
            dynamodb, streams = client("dynamodb", at=server.endpoint), client("dynamodbstreams", at=server.endpoint)
            make_table(dynamodb, "told", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
            dynamodb.transact_write_items(TransactItems=[add_one("told", "a"), add_one("told", "b")])
            with refused(self, "TransactionCanceledException"):
                dynamodb.transact_write_items(TransactItems=[
                    add_one("told", "c"), {"ConditionCheck": {"TableName": "told", "Key": {"id": {"S": "d"}},
                                                              "ConditionExpression": "attribute_exists(id)"}}])
            dynamodb.transact_write_items(TransactItems=[{"Delete": {"TableName": "told", "Key": {"id": {"S": "b"}}}}, add_one("told", "a")])
            arn = dynamodb.describe_table(TableName="told")["Table"]["LatestStreamArn"]
            shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
            iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            records = streams.get_records(ShardIterator=iterator)["Records"]
            self.assertEqual([(record["eventName"], record["dynamodb"]["Keys"]["id"]["S"]) for record in records],
                             [("INSERT", "a"), ("INSERT", "b"), ("REMOVE", "b"), ("MODIFY", "a")])


class BatchTest(unittest.TestCase):
    def test_large_items_come_in_several_calls(self):
        dynamodb, table = client("dynamodb"), unique("large")
        make_table(dynamodb, table)
        self.addCleanup(dynamodb.delete_table, TableName=table)
        for number in range(45):
            dynamodb.put_item(TableName=table, Item={"id": {"S": str(number)}, "text": {"S": "x" * 390_000}})
        wanted, got, calls = {table: {"Keys": [{"id": {"S": str(number)}} for number in range(45)], "ProjectionExpression": "id"}}, [], 0
        while wanted:
            answer = dynamodb.batch_get_item(RequestItems=wanted)
            got += [item["id"]["S"] for item in answer["Responses"][table]]
            wanted = answer["UnprocessedKeys"]
            calls += 1
            self.assertLess(calls, 20)
        self.assertEqual(sorted(got, key=int), [str(number) for number in range(45)])
        self.assertGreater(calls, 1)

    def test_a_batch_writer_writes_more_than_one_batch(self):
        dynamodb, name = client("dynamodb"), unique("many")
        make_table(dynamodb, name)
        self.addCleanup(dynamodb.delete_table, TableName=name)
        table = boto3.resource("dynamodb", endpoint_url=endpoint(), region_name=REGION, aws_access_key_id="test",
                               aws_secret_access_key="test").Table(name)
        with table.batch_writer() as batch:
            for number in range(60):
                batch.put_item(Item={"id": str(number)})
            batch.delete_item(Key={"id": "7"})
        self.assertEqual(table.scan(Select="COUNT")["Count"], 59)
        with refused(self, "ValidationException"):
            dynamodb.batch_write_item(RequestItems={name: [{"DeleteRequest": {"Key": {"id": {"S": str(n)}}}} for n in range(26)]})


if __name__ == "__main__":
    unittest.main()
