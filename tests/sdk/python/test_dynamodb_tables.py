"""DynamoDB's tables over their whole life, through boto3: UpdateTable, states and waiters, and what infrastructure tools ask."""

import json
import unittest

from support import ACCOUNT, REGION, Server, client, endpoint, http, refused, unique, wait_until

IN_USE = "Attempt to change a resource which is still in use: "


def definition(name, **more):
    return {"TableName": name, "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST", **more}


def new_index(name, attribute):
    return {"AttributeDefinitions": [{"AttributeName": attribute, "AttributeType": "S"}],
            "GlobalSecondaryIndexUpdates": [{"Create": {"IndexName": name, "Projection": {"ProjectionType": "ALL"},
                                                        "KeySchema": [{"AttributeName": attribute, "KeyType": "HASH"}]}}]}


class TablesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = client("dynamodb")

    def table(self, **more):
        """The name of a new table, deleted when the test ends."""
        name = unique("table")
        self.client.create_table(**definition(name, **more))
        self.client.get_waiter("table_exists").wait(TableName=name)
        self.addCleanup(self.client.delete_table, TableName=name)
        return name

    def need(self, operation, member=None):
        """Skips the test where the SDK is too old to know what it is about."""
        model = self.client.meta.service_model
        if operation not in model.operation_names or (member and member not in model.operation_model(operation).input_shape.members):
            self.skipTest(f"this boto3 does not know {operation} {member or ''}")

    def describe(self, name):
        return self.client.describe_table(TableName=name)["Table"]

    def test_an_index_comes_and_goes(self):
        name = self.table()
        for key, value in (("a", {"S": "1"}), ("b", {"N": "1"}), ("c", {"S": ""})):
            self.client.put_item(TableName=name, Item={"id": {"S": key}, "x": value})
        told = self.client.update_table(TableName=name, **new_index("by-x", "x"))["TableDescription"]
        self.assertEqual(told["TableStatus"], "UPDATING")
        self.assertEqual((told["GlobalSecondaryIndexes"][0]["IndexStatus"], told["GlobalSecondaryIndexes"][0]["Backfilling"]),
                         ("CREATING", False))
        found = self.client.scan(TableName=name, IndexName="by-x")["Items"]
        self.assertEqual(found, [{"id": {"S": "a"}, "x": {"S": "1"}}])
        self.client.update_table(TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-x"}}])
        described = self.describe(name)
        self.assertNotIn("GlobalSecondaryIndexes", described)
        self.assertEqual([row["AttributeName"] for row in described["AttributeDefinitions"]], ["id"])

    def test_throughput_and_billing_change(self):
        name = self.table(BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
        told = self.client.update_table(TableName=name, ProvisionedThroughput={"ReadCapacityUnits": 3, "WriteCapacityUnits": 3})
        self.assertEqual(told["TableDescription"]["ProvisionedThroughput"]["ReadCapacityUnits"], 1)
        self.assertEqual(self.describe(name)["ProvisionedThroughput"]["ReadCapacityUnits"], 3)
        self.client.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
        self.assertEqual(self.describe(name)["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
        with refused(self, "ValidationException", "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
                           "WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"):
            self.client.update_table(TableName=name, ProvisionedThroughput={"ReadCapacityUnits": 3, "WriteCapacityUnits": 3})

    def test_a_stream_is_turned_on_and_off_and_on(self):
        name = self.table()
        view = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        self.client.update_table(TableName=name, StreamSpecification=view)
        first = self.describe(name)["LatestStreamArn"]
        with refused(self, "ValidationException", f"Table already has an enabled stream: TableName: {name}"):
            self.client.update_table(TableName=name, StreamSpecification=view)
        self.client.update_table(TableName=name, StreamSpecification={"StreamEnabled": False})
        with refused(self, "ValidationException", f"Table has no stream to disable: TableName: {name}"):
            self.client.update_table(TableName=name, StreamSpecification={"StreamEnabled": False})
        self.client.update_table(TableName=name, StreamSpecification=view)
        self.assertNotEqual(self.describe(name)["LatestStreamArn"], first)

    def test_a_protected_table_stays(self):
        self.need("UpdateTable", "DeletionProtectionEnabled")
        name = self.table(DeletionProtectionEnabled=True)
        with refused(self, "ValidationException"):
            self.client.delete_table(TableName=name)
        self.client.update_table(TableName=name, DeletionProtectionEnabled=False)

    def test_recovery_is_turned_on(self):
        name = self.table()
        self.client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        told = self.client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        self.assertEqual(told["PointInTimeRecoveryStatus"], "ENABLED")
        self.assertLessEqual(told["EarliestRestorableDateTime"], told["LatestRestorableDateTime"])
        self.assertEqual(self.client.list_backups(TableName=name)["BackupSummaries"], [])

    def test_a_policy_is_kept(self):
        self.need("PutResourcePolicy")
        arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{self.table()}"
        with self.assertRaises(self.client.exceptions.PolicyNotFoundException):
            self.client.get_resource_policy(ResourceArn=arn)
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                                                          "Action": "dynamodb:GetItem", "Resource": arn}]}
        revision = self.client.put_resource_policy(ResourceArn=arn, Policy=json.dumps(policy))["RevisionId"]
        told = self.client.get_resource_policy(ResourceArn=arn)
        self.assertEqual((json.loads(told["Policy"]), told["RevisionId"]), (policy, revision))
        self.client.delete_resource_policy(ResourceArn=arn)

    def test_a_table_is_restored_from_its_backup(self):
        self.need("RestoreTableFromBackup")
        name, restored = self.table(), unique("restored")
        self.client.put_item(TableName=name, Item={"id": {"S": "kept"}})
        arn = self.client.create_backup(TableName=name, BackupName="nightly")["BackupDetails"]["BackupArn"]
        self.client.delete_item(TableName=name, Key={"id": {"S": "kept"}})
        told = self.client.describe_backup(BackupArn=arn)["BackupDescription"]
        self.assertEqual((told["BackupDetails"]["BackupStatus"], told["SourceTableDetails"]["ItemCount"]), ("AVAILABLE", 1))
        self.client.restore_table_from_backup(TargetTableName=restored, BackupArn=arn)
        self.addCleanup(self.client.delete_table, TableName=restored)
        self.client.get_waiter("table_exists").wait(TableName=restored, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
        self.assertEqual(self.client.scan(TableName=restored)["Items"], [{"id": {"S": "kept"}}])
        self.assertEqual(self.describe(restored)["RestoreSummary"]["SourceBackupArn"], arn)
        with self.assertRaises(self.client.exceptions.TableAlreadyExistsException):
            self.client.restore_table_from_backup(TargetTableName=name, BackupArn=arn)
        self.client.delete_backup(BackupArn=arn)
        with self.assertRaises(self.client.exceptions.BackupNotFoundException):
            self.client.describe_backup(BackupArn=arn)

    def test_backups_are_listed_page_by_page(self):
        name = self.table()
        arns = [self.client.create_backup(TableName=name, BackupName="same-name")["BackupDetails"]["BackupArn"] for _ in range(5)]
        pages = list(self.client.get_paginator("list_backups").paginate(TableName=name, PaginationConfig={"PageSize": 2}))
        self.assertEqual([len(page["BackupSummaries"]) for page in pages], [2, 2, 1])
        self.assertCountEqual([backup["BackupArn"] for page in pages for backup in page["BackupSummaries"]], arns)
        for arn in arns:
            self.client.delete_backup(BackupArn=arn)

    def test_contributor_insights_are_kept(self):
        name = self.table()
        told = self.client.describe_contributor_insights(TableName=name)
        self.assertEqual((told["ContributorInsightsStatus"], "LastUpdateDateTime" in told), ("DISABLED", False))
        self.client.update_contributor_insights(TableName=name, ContributorInsightsAction="ENABLE")
        told = self.client.describe_contributor_insights(TableName=name)
        self.assertEqual(told["ContributorInsightsStatus"], "ENABLED")
        self.assertRegex(told["ContributorInsightsRuleList"][0], f"^DynamoDBContributorInsights-PKC-{name}-[0-9]{{13}}$")
        listed = self.client.list_contributor_insights(TableName=name)["ContributorInsightsSummaries"]
        self.assertEqual([row["TableName"] for row in listed], [name])
        self.client.update_contributor_insights(TableName=name, ContributorInsightsAction="DISABLE")
        self.assertEqual(self.client.list_contributor_insights(TableName=name)["ContributorInsightsSummaries"], [])

    def test_a_region_alone_has_no_global_tables(self):
        name = self.table()
        self.assertEqual(self.client.list_global_tables()["GlobalTables"], [])
        with self.assertRaises(self.client.exceptions.GlobalTableNotFoundException):
            self.client.describe_global_table(GlobalTableName=name)
        with refused(self, "ResourceNotFoundException", f"Global table with name: '{name}' does not exist."):
            self.client.describe_table_replica_auto_scaling(TableName=name)


class LifeTest(unittest.TestCase):
    """A server whose clock stands: states last until it is moved."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(arguments=("serve", "--freeze", "1790000000000"), environment={"LOWCLOUD_DYNAMODB_STATE_MS": "500"}).start()
        cls.client = client("dynamodb", at=cls.server.endpoint)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def test_states_follow_each_other(self):
        name = unique("slow")
        self.client.create_table(**definition(name))
        with refused(self, "ResourceInUseException", f"{IN_USE}Table is being created: {name}"):
            self.client.delete_table(TableName=name)
        with refused(self, "ResourceNotFoundException", "Requested resource not found"):
            self.client.get_item(TableName=name, Key={"id": {"S": "a"}})
        self.advance(500)
        self.client.get_waiter("table_exists").wait(TableName=name)
        self.client.update_table(TableName=name, **new_index("by-x", "x"))
        self.advance(500)
        index = self.client.describe_table(TableName=name)["Table"]["GlobalSecondaryIndexes"][0]
        self.assertEqual((index["IndexStatus"], index["Backfilling"]), ("CREATING", True))
        with refused(self, "ValidationException", "Cannot read from backfilling global secondary index: by-x"):
            self.client.scan(TableName=name, IndexName="by-x")
        self.advance(500)
        wait_until(lambda: self.client.describe_table(TableName=name)["Table"]["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE",
                   "the index is filled")
        self.client.delete_table(TableName=name)
        self.assertEqual(self.client.describe_table(TableName=name)["Table"]["TableStatus"], "DELETING")
        self.advance(500)
        self.client.get_waiter("table_not_exists").wait(TableName=name)

    def advance(self, ms):
        self.assertEqual(http("POST", "/_lowcloud/clock", {"advanceMs": ms}, at=self.server.endpoint).status, 200)


if __name__ == "__main__":
    unittest.main()
