"""PartiQL on DynamoDB through boto3: statements with parameters, pages to the end, batches, transactions, and that its writes are changes like
any other."""

import unittest
from decimal import Decimal

import boto3

from support import REGION, client, endpoint, refused, unique


class PartiqlTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = client("dynamodb")
        # A resource's client takes and gives Python's own values.
        cls.typed = boto3.resource("dynamodb", endpoint_url=endpoint(), region_name=REGION, aws_access_key_id="test",
                                   aws_secret_access_key="test").meta.client

    def table(self, **more):
        name = unique("partiql-")
        self.client.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"},
                                  {"AttributeName": "group", "AttributeType": "S"}],
            GlobalSecondaryIndexes=[{"IndexName": "by-group", "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
                                     "Projection": {"ProjectionType": "ALL"}}], **more)
        self.addCleanup(self.client.delete_table, TableName=name)
        self.client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        return name

    def run_one(self, statement, *parameters, **more):
        """Runs a statement with Python values; answers its items."""
        if parameters:
            more["Parameters"] = list(parameters)
        return self.typed.execute_statement(Statement=statement, **more)["Items"]

    def test_values_of_each_type_come_back_as_they_went(self):
        table = self.table()
        item = {"pk": "k", "sk": Decimal("1.5"), "none": None, "truth": True, "list": [1, "two", {"deep": [b"\x00\xff"]}], "strings": {"a", "b"},
                "numbers": {Decimal(1), Decimal("-2.25")}, "text": "\u00e4\u20ac\U0001f600 'quoted' \" \\ \n?", "empty": ""}
        names = list(item)
        values = ", ".join(f"'{name}': ?" for name in names)
        self.run_one(f'INSERT INTO "{table}" VALUE {{{values}}}', *(item[name] for name in names))
        got = self.run_one(f'SELECT * FROM "{table}" WHERE pk = ? AND sk = ?', "k", Decimal("1.50"))
        got[0]["list"][2]["deep"] = [bytes(got[0]["list"][2]["deep"][0])]
        self.assertEqual(got, [item])
        text = item["text"].replace("'", "''")
        self.assertEqual(self.run_one(f"SELECT sk FROM \"{table}\" WHERE pk = 'k' AND \"text\" = '{text}'"), [{"sk": Decimal("1.5")}])

    def test_pages_come_to_an_end(self):
        table = self.table()
        with boto3.resource("dynamodb", endpoint_url=endpoint(), region_name=REGION, aws_access_key_id="test",
                            aws_secret_access_key="test").Table(table).batch_writer() as batch:
            for number in range(60):
                batch.put_item(Item={"pk": f"k{number % 3}", "sk": number, "group": "even" if number % 2 == 0 else "odd"})
        for source, where, order, expected in (
                (f'"{table}"', "WHERE pk = 'k0' AND sk > 30", "ORDER BY sk DESC", list(range(57, 30, -3))),
                (f'"{table}"', "WHERE pk IN ['k2', 'k1'] AND sk < 12", "", [1, 4, 7, 10, 2, 5, 8, 11]),
                (f'"{table}"."by-group"', "WHERE \"group\" = 'odd' AND sk >= 50", None, [51, 53, 55, 57, 59]),
                (f'"{table}"', "WHERE sk BETWEEN 20 AND 22", None, [20, 21, 22])):
            seen, token, pages = [], {}, 0
            while pages < 40:
                page = self.typed.execute_statement(Statement=f"SELECT sk FROM {source} {where} {order or ''}", Limit=4, **token)
                self.assertLessEqual(len(page["Items"]), 4)
                seen += [int(item["sk"]) for item in page["Items"]]
                pages += 1
                if "NextToken" not in page:
                    break
                token = {"NextToken": page["NextToken"]}
            self.assertEqual(seen if order is not None else sorted(seen), expected)
            self.assertGreater(pages, 1)

    def test_writes_answer_what_they_are_asked_to_return(self):
        table = self.table()
        self.run_one(f"INSERT INTO \"{table}\" VALUE {{'pk': 'a', 'sk': 1, 'n': 5, 'tags': <<'x', 'y'>>}}")
        got = self.run_one(f"UPDATE \"{table}\" SET n = n + ? SET tags = set_delete(tags, ?) WHERE pk = 'a' AND sk = 1 RETURNING MODIFIED NEW *",
                           Decimal("1.5"), {"x"})
        self.assertEqual(got, [{"n": Decimal("6.5"), "tags": {"y"}}])
        gone = self.run_one(f"DELETE FROM \"{table}\" WHERE pk = 'a' AND sk = 1 RETURNING ALL OLD *")
        self.assertEqual(gone, [{"pk": "a", "sk": 1, "n": Decimal("6.5"), "tags": {"y"}}])

    def test_refusals_have_their_classes(self):
        table = self.table()
        insert = f"INSERT INTO \"{table}\" VALUE {{'pk': 'a', 'sk': 1}}"
        self.run_one(insert)
        for code, message, statement in (
                ("DuplicateItemException", "Duplicate primary key exists in table", insert),
                ("ConditionalCheckFailedException", "The conditional request failed", f"UPDATE \"{table}\" SET n = 1 WHERE pk = 'none' AND sk = 1"),
                ("ResourceNotFoundException", "Requested resource not found", "SELECT * FROM \"absent\""),
                ("ValidationException", "Statement wasn't well formed, can't be processed: Unexpected term", f"SELECT * FROM \"{table}\" WHERE")):
            with refused(self, code, message, 400):
                self.client.execute_statement(Statement=statement)

    def test_batches_and_transactions(self):
        table = self.table()
        self.client.execute_transaction(TransactStatements=[
            {"Statement": f"INSERT INTO \"{table}\" VALUE {{'pk': ?, 'sk': ?}}", "Parameters": [{"S": "a"}, {"N": str(number)}]}
            for number in range(3)])
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as caught:
            self.client.execute_transaction(TransactStatements=[
                {"Statement": f"UPDATE \"{table}\" SET n = 1 WHERE pk = 'a' AND sk = 0"},
                {"Statement": f"UPDATE \"{table}\" SET n = 1 WHERE pk = 'a' AND sk = 7"}])
        self.assertEqual([reason["Code"] for reason in caught.exception.response["CancellationReasons"]], ["None", "ConditionalCheckFailed"])
        got = self.client.execute_transaction(TransactStatements=[
            {"Statement": f"SELECT * FROM \"{table}\" WHERE pk = 'a' AND sk = {number}"} for number in (0, 7)])
        self.assertEqual(got["Responses"], [{"Item": {"pk": {"S": "a"}, "sk": {"N": "0"}}}, {}])
        batch = self.client.batch_execute_statement(Statements=[
            {"Statement": f"UPDATE \"{table}\" SET n = 1 WHERE pk = 'a' AND sk = {number} RETURNING ALL NEW *"} for number in (2, 7)])
        self.assertEqual(batch["Responses"][0]["Item"], {"pk": {"S": "a"}, "sk": {"N": "2"}, "n": {"N": "1"}})
        self.assertEqual(batch["Responses"][1]["Error"], {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"})

    def test_streams_tell_of_its_writes(self):
        table = self.table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
        streams = client("dynamodbstreams")
        self.run_one(f"INSERT INTO \"{table}\" VALUE {{'pk': 'a', 'sk': 1}}")
        self.client.execute_transaction(TransactStatements=[{"Statement": f"UPDATE \"{table}\" SET n = 1 WHERE pk = 'a' AND sk = 1"}])
        self.client.batch_execute_statement(Statements=[{"Statement": f"DELETE FROM \"{table}\" WHERE pk = 'a' AND sk = 1"}])
        arn = self.client.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        records = streams.get_records(ShardIterator=iterator)["Records"]
        self.assertEqual([record["eventName"] for record in records], ["INSERT", "MODIFY", "REMOVE"])
        self.assertEqual(records[2]["dynamodb"]["OldImage"], {"pk": {"S": "a"}, "sk": {"N": "1"}, "n": {"N": "1"}})


if __name__ == "__main__":
    unittest.main()
