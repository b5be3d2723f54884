/* UpdateTable: its refusals, what it answers, and what is there afterwards. The texts were measured on the service in October 2026. */

#include "suites.h"

#include "tables.h"

#include <string.h>

#define INVALID "ValidationException: One or more parameter values were invalid: "
#define IN_USE "ResourceInUseException: Attempt to change a resource which is still in use: "
#define LIMIT "LimitExceededException: Subscriber limit exceeded: "
#define ONE_INDEX LIMIT "Only 1 online index can be created or deleted simultaneously per table"
#define UNITS(r, w) "{'ReadCapacityUnits':" #r ",'WriteCapacityUnits':" #w "}"
#define NEW_INDEX(name, key)                                                \
    "{'Create':{'IndexName':'" name "','KeySchema':[{'AttributeName':'" key \
    "','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'},'ProvisionedThroughput':" UNITS(1, 1) "}}"
#define DEFINED(name, type) "'AttributeDefinitions':[{'AttributeName':'" name "','AttributeType':'" type "'}]"
#define DELETED(name) "{'Delete':{'IndexName':'" name "'}}"

/* A provisioned table with a local and a global index, and one on demand. */
static void open_tables(void)
{
    tables_open();
    tables_must("CreateTable",
                "{'TableName':'units','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},{'AttributeName':'at',"
                "'AttributeType':'N'},{'AttributeName':'kind','AttributeType':'S'}],'KeySchema':[{'AttributeName':'id','KeyType':'HASH'},"
                "{'AttributeName':'at','KeyType':'RANGE'}],'LocalSecondaryIndexes':[{'IndexName':'local','KeySchema':[{'AttributeName':"
                "'id','KeyType':'HASH'},{'AttributeName':'kind','KeyType':'RANGE'}],'Projection':{'ProjectionType':'ALL'}}],"
                "'GlobalSecondaryIndexes':[{'IndexName':'by-kind','KeySchema':[{'AttributeName':'kind','KeyType':'HASH'}],'Projection':"
                "{'ProjectionType':'ALL'},'ProvisionedThroughput':" UNITS(3, 3) "}],'ProvisionedThroughput':" UNITS(5, 5) "}");
    tables_must("CreateTable", "{'TableName':'free','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},{'AttributeName':"
                               "'kind','AttributeType':'S'}],'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],"
                               "'GlobalSecondaryIndexes':[{'IndexName':'by-kind','KeySchema':[{'AttributeName':'kind','KeyType':'HASH'}],"
                               "'Projection':{'ProjectionType':'ALL'}}],'BillingMode':'PAY_PER_REQUEST'}");
}

/* ---- what is refused ---- */

#define LOCAL_REGION                                                                                                                      \
    "ValidationException: Cannot add or delete the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as " \
    "required."
#define NO_PART                                                                                                                         \
    "ValidationException: Update global table operation failed because one or more replicas were not part of the global table. Please " \
    "retry the request without these replicas: [eu-west-1]."

static const struct refusal refusals[] = {
    { "'AttributeDefinitions':[]",
      "ValidationException: At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
      "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
      "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required" },
    { "'GlobalSecondaryIndexUpdates':[],'DeletionProtectionEnabled':true", INVALID "List of GlobalSecondaryIndexUpdates is empty" },
    { "'ReplicaUpdates':[{'Create':{'RegionName':'eu-west-1'}}]",
      "ValidationException: Region eu-west-1 is not supported. The latest version of global tables are only supported in the following "
      "regions: [us-east-1]" },
    { "'ReplicaUpdates':[{'Create':{'RegionName':'us-east-1'}}]", LOCAL_REGION },
    { "'ReplicaUpdates':[{'Delete':{'RegionName':'us-east-1'}}]", LOCAL_REGION },
    { "'ReplicaUpdates':[{'Delete':{'RegionName':'eu-west-1'}}]", NO_PART },
    { "'ReplicaUpdates':[{'Update':{'RegionName':'eu-west-1','TableClassOverride':'STANDARD'}}]", NO_PART },
    { "'ReplicaUpdates':[{}]", "ValidationException: There are no actions specified in the Replica Update Action of the request." },
    { "'ReplicaUpdates':[{'Create':{'RegionName':'eu-west-1'}},{'Create':{'RegionName':'eu-west-2'}}]",
      "ValidationException: Update table operation with more than one create or delete replica actions not allowed" },
    { "'ReplicaUpdates':[{'Create':{'RegionName':'eu-west-1'}},{'Delete':{'RegionName':'eu-west-2'}}]",
      "ValidationException: Update table operation with more than one type of replica actions not allowed." },
    { "'ReplicaUpdates':[{'Create':{}}]",
      "ValidationException: 1 validation error detected: Value null at 'replicaUpdates.1.member.create.regionName' failed to satisfy "
      "constraint: Member must not be null" },
    { "'ReplicaUpdates':[{'Create':{'RegionName':'eu-west-1'}}],'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'}",
      INVALID "Replica modification must be the only operation in the request" },
    { "'MultiRegionConsistency':'STRONG'", "ValidationException: lowcloud does not serve global tables: {MultiRegionConsistency}" },
    { "'ProvisionedThroughput':{}",
      "ValidationException: 2 validation errors detected: Value null at 'provisionedThroughput.writeCapacityUnits' failed to satisfy "
      "constraint: Member must not be null; Value null at 'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: Member "
      "must not be null" },
    { "'ProvisionedThroughput':" UNITS(1000000000001, 1),
      "ValidationException: Given value 1000000000001 for ReadCapacityUnits is out of bounds" },
    { "'ProvisionedThroughput':" UNITS(5, 5),
      "ValidationException: The provisioned throughput for the table will not change. The requested value equals the current value. "
      "Current "
      "ReadCapacityUnits provisioned for the table: 5. Requested ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the "
      "table: 5. Requested WriteCapacityUnits: 5. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request "
      "higher limits." },
    { "'BillingMode':'PROVISIONED'", INVALID "ProvisionedThroughput must be specified when BillingMode is PROVISIONED" },
    { "'BillingMode':'PAY_PER_REQUEST','ProvisionedThroughput':" UNITS(1, 1),
      INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST" },
    { "'OnDemandThroughput':{'MaxReadRequestUnits':5}",
      INVALID "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED" },
    { "'WarmThroughput':{'WriteUnitsPerSecond':4}",
      INVALID "Requested WriteUnitsPerSecond for WarmThroughput for table is lower than current WarmThroughput, decreasing "
              "WarmThroughput is not supported" },
    { "'StreamSpecification':{'StreamEnabled':true}", INVALID "If stream is being enabled then UpdateViewType is required" },
    { "'StreamSpecification':{'StreamEnabled':false,'StreamViewType':'KEYS_ONLY'}",
      INVALID "If stream is being disabled, then UpdateViewType must not be specified" },
    { "'StreamSpecification':{'StreamEnabled':false}", "ValidationException: Table has no stream to disable: TableName: units" },
    { "'SSESpecification':{'Enabled':false}", INVALID "Table is already encrypted by default" },
    { "'SSESpecification':{'Enabled':false,'SSEType':'KMS'}", INVALID "SSEType can not be specified if Enabled is false" },
    { "'SSESpecification':{'Enabled':true,'KMSMasterKeyId':'alias/mine'}",
      INVALID "SSEType KMS is required if KMSMasterKeyId is specified" },
    /* one change at a time */
    { "'DeletionProtectionEnabled':true,'SSESpecification':{'Enabled':true}",
      INVALID "Server-Side Encryption modification must be the only operation in the request" },
    { "'DeletionProtectionEnabled':true,'TableClass':'STANDARD'",
      INVALID "TableClass modification must be the only operation in the request" },
    { "'DeletionProtectionEnabled':true,'BillingMode':'PAY_PER_REQUEST'",
      INVALID "DeletionProtection modification must be the only operation in the request" },
    { "'OnDemandThroughput':{'MaxReadRequestUnits':5},'StreamSpecification':{'StreamEnabled':false}",
      INVALID "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request" },
    { "'ProvisionedThroughput':" UNITS(6, 6) ",'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'}",
      INVALID "You cannot modify stream status while updating table IOPS" },
    { "'ProvisionedThroughput':" UNITS(6, 6) ",'GlobalSecondaryIndexUpdates':[" DELETED("by-kind") "]",
      INVALID "You cannot create or delete index while updating table IOPS" },
    /* indexes */
    { "'GlobalSecondaryIndexUpdates':[{}]",
      INVALID "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be "
              "null" },
    { "'GlobalSecondaryIndexUpdates':[{'Update':{'IndexName':'by-kind'},'Delete':{'IndexName':'by-kind'}}]",
      INVALID "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object" },
    { "'GlobalSecondaryIndexUpdates':[" DELETED("by-kind") "," DELETED("by-kind") "]",
      INVALID "Only one global secondary index update per index is allowed simultaneously. Index: by-kind" },
    { "'GlobalSecondaryIndexUpdates':[" DELETED("one") "," DELETED("two") "]", ONE_INDEX },
    { "'GlobalSecondaryIndexUpdates':[" NEW_INDEX("one", "x") "," DELETED("by-kind") "]," DEFINED("x", "S"), ONE_INDEX },
    { "'GlobalSecondaryIndexUpdates':[" DELETED("none") "]",
      "ResourceNotFoundException: Requested resource not found: Index none for table units" },
    { "'GlobalSecondaryIndexUpdates':[" DELETED("local") "]",
      "ValidationException: Cannot delete an index that is not a GlobalSecondaryIndex: local" },
    { "'GlobalSecondaryIndexUpdates':[" NEW_INDEX("by-kind", "x") "]," DEFINED("x", "S"),
      "ValidationException: Attempting to create an index which already exists" },
    { "'GlobalSecondaryIndexUpdates':[" NEW_INDEX("new", "id") "]", INVALID "AttributeDefinitions is not specified for index: new" },
    { "'GlobalSecondaryIndexUpdates':[" NEW_INDEX("new", "id") "]," DEFINED("x", "S"),
      INVALID "Some index key attributes are not defined in AttributeDefinitions. Keys: [id], AttributeDefinitions: [x]" },
    { "'GlobalSecondaryIndexUpdates':[" NEW_INDEX("new", "kind") "]," DEFINED("kind", "N"),
      INVALID "Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. Existing schema: "
              "Schema:[SchemaElement: key{kind:S:HASH}] New schema: Schema:[SchemaElement: key{kind:N:HASH}]" },
    { "'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'new','KeySchema':[{'AttributeName':'x','KeyType':'HASH'}],'Projection':"
      "{'ProjectionType':'ALL'}}}]," DEFINED("x", "S"),
      INVALID "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: new" },
    { "'GlobalSecondaryIndexUpdates':[{'Update':{'IndexName':'by-kind','ProvisionedThroughput':" UNITS(3, 3) "}}]",
      "ValidationException: The provisioned throughput for the index by-kind will not change. The requested value equals the current "
      "value. Current ReadCapacityUnits provisioned for index by-kind: 3. Requested ReadCapacityUnits: 3. Current WriteCapacityUnits "
      "provisioned for index by-kind: 3. Requested WriteCapacityUnits: 3. Refer to the Amazon DynamoDB Developer Guide for current limits "
      "and how to request higher limits." },
};

START_TEST(a_wrong_change_is_refused)
{
    ck_assert_str_eq(tables_print_ask("UpdateTable", "{'TableName':'units',%s}", refusals[_i].input), refusals[_i].answer);
}
END_TEST

START_TEST(on_demand_has_rules_of_its_own)
{
    tables_expect("UpdateTable", "{'TableName':'free','ProvisionedThroughput':" UNITS(1, 1) "}",
                  INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    tables_expect("UpdateTable", "{'TableName':'free','BillingMode':'PROVISIONED','ProvisionedThroughput':" UNITS(1, 1) "}",
                  INVALID "ProvisionedThroughput must be specified for index: by-kind");
    tables_expect(
        "UpdateTable",
        "{'TableName':'free','GlobalSecondaryIndexUpdates':[{'Update':{'IndexName':'by-kind','ProvisionedThroughput':" UNITS(1, 1) "}}]}",
        INVALID "The only Updates for index: by-kind when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, "
                "WarmThroughput");
    tables_expect("UpdateTable", "{'TableName':'free','OnDemandThroughput':{'MaxReadRequestUnits':0}}",
                  INVALID "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range");
    tables_expect("UpdateTable", "{'TableName':'none','BillingMode':'PAY_PER_REQUEST'}",
                  "ResourceNotFoundException: Requested resource not found: Table: none not found");
}
END_TEST

/* ---- what changes ---- */

/* A part of what DescribeTable (or the answer just given) tells. */
static void expect_part(const char *answer, const char *part)
{
    ck_assert_msg(strstr(answer, part), "%s\n  does not tell %s", answer, part);
}

static void expect_described(const char *table, const char *part)
{
    expect_part(tables_print_ask("DescribeTable", "{'TableName':'%s'}", table), part);
}

static void expect_not_described(const char *table, const char *part)
{
    const char *answer = tables_print_ask("DescribeTable", "{'TableName':'%s'}", table);

    ck_assert_msg(!strstr(answer, part), "%s\n  tells %s", answer, part);
}

START_TEST(throughput_is_told_as_it_was_until_it_has_changed)
{
    tables_advance(1000);
    expect_part(tables_ask("UpdateTable", "{'TableName':'units','ProvisionedThroughput':" UNITS(9, 5) "}"),
                "'ProvisionedThroughput':{'LastIncreaseDateTime':1700000001.123,'NumberOfDecreasesToday':0,'ReadCapacityUnits':5,"
                "'WriteCapacityUnits':5}");
    expect_described("units", "'ProvisionedThroughput':{'LastIncreaseDateTime':1700000001.123,'NumberOfDecreasesToday':0,"
                              "'ReadCapacityUnits':9,'WriteCapacityUnits':5}");
    expect_described("units", "'WarmThroughput':{'ReadUnitsPerSecond':9,'Status':'ACTIVE','WriteUnitsPerSecond':5}");
    tables_must("UpdateTable", "{'TableName':'units','ProvisionedThroughput':" UNITS(1, 1) "}");
    expect_described("units", "'NumberOfDecreasesToday':1,'ReadCapacityUnits':1,'WriteCapacityUnits':1}");
    expect_described("units", "'WarmThroughput':{'ReadUnitsPerSecond':9,'Status':'ACTIVE','WriteUnitsPerSecond':5}");
    tables_advance(INT64_C(86400000));
    expect_described("units", "'NumberOfDecreasesToday':0,'ReadCapacityUnits':1,'WriteCapacityUnits':1}");
}
END_TEST

START_TEST(an_index_changes_its_throughput_while_the_table_is_active)
{
    const char *answer = tables_ask("UpdateTable", "{'TableName':'units','GlobalSecondaryIndexUpdates':[{'Update':{'IndexName':'by-kind',"
                                                   "'ProvisionedThroughput':" UNITS(7, 7) "}}]}");

    expect_part(answer, "'IndexStatus':'UPDATING'");
    expect_part(answer, "'TableStatus':'ACTIVE'");
    expect_part(answer, "'ReadCapacityUnits':3,'WriteCapacityUnits':3}");
    expect_described("units", "'IndexStatus':'ACTIVE'");
    expect_described("units", "'ReadCapacityUnits':7,'WriteCapacityUnits':7}");
}
END_TEST

START_TEST(a_table_becomes_on_demand_and_provisioned_again)
{
    const char *answer;

    expect_not_described("units", "BillingModeSummary");
    answer = tables_ask("UpdateTable", "{'TableName':'units','BillingMode':'PAY_PER_REQUEST'}");
    expect_part(answer, "'BillingModeSummary':{'BillingMode':'PAY_PER_REQUEST'}");
    expect_part(answer, "'TableStatus':'UPDATING'");
    expect_described("units", "'BillingModeSummary':{'BillingMode':'PAY_PER_REQUEST','LastUpdateToPayPerRequestDateTime':1700000000.123}");
    expect_described("units", "'ReadCapacityUnits':0,'WriteCapacityUnits':0}");
    expect_described("units", "'WarmThroughput':{'ReadUnitsPerSecond':12000,'Status':'ACTIVE','WriteUnitsPerSecond':4000}");
    expect_part(tables_ask("UpdateTable", "{'TableName':'units','BillingMode':'PAY_PER_REQUEST'}"), "'TableStatus':'UPDATING'");
    tables_must("UpdateTable",
                "{'TableName':'units','BillingMode':'PROVISIONED','ProvisionedThroughput':" UNITS(
                    2, 2) ",'GlobalSecondaryIndexUpdates':[{'Update':{'IndexName':'by-kind','ProvisionedThroughput':" UNITS(4, 4) "}}]}");
    expect_described("units", "'BillingModeSummary':{'BillingMode':'PROVISIONED','LastUpdateToPayPerRequestDateTime':1700000000.123}");
    expect_described("units", "'ReadCapacityUnits':2,'WriteCapacityUnits':2}");
    expect_described("units", "'ReadCapacityUnits':4,'WriteCapacityUnits':4}");
}
END_TEST

START_TEST(a_bound_on_demand_is_set_and_taken_away)
{
    tables_must("UpdateTable", "{'TableName':'free','OnDemandThroughput':{'MaxReadRequestUnits':10,'MaxWriteRequestUnits':20}}");
    expect_described("free", "'OnDemandThroughput':{'MaxReadRequestUnits':10,'MaxWriteRequestUnits':20}");
    tables_must("UpdateTable", "{'TableName':'free','OnDemandThroughput':{'MaxReadRequestUnits':-1}}");
    expect_described("free", "'OnDemandThroughput':{'MaxWriteRequestUnits':20}");
}
END_TEST

START_TEST(each_stream_has_a_label_of_its_own)
{
    expect_part(tables_ask("UpdateTable", "{'TableName':'free','StreamSpecification':{'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'}}"),
                "'TableStatus':'UPDATING'");
    expect_described("free", "'LatestStreamLabel':'2023-11-14T22:13:20.123'");
    expect_described("free", "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'}");
    tables_expect("UpdateTable", "{'TableName':'free','StreamSpecification':{'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'}}",
                  "ValidationException: Table already has an enabled stream: TableName: free");
    tables_must("UpdateTable", "{'TableName':'free','StreamSpecification':{'StreamEnabled':false}}");
    expect_not_described("free", "StreamSpecification");
    expect_described("free", "'LatestStreamLabel':'2023-11-14T22:13:20.123'");
    tables_must("UpdateTable", "{'TableName':'free','StreamSpecification':{'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'}}");
    expect_described("free", "'LatestStreamLabel':'2023-11-14T22:13:20.124'");
}
END_TEST

START_TEST(protection_class_and_encryption_change)
{
    expect_part(tables_ask("UpdateTable", "{'TableName':'free','DeletionProtectionEnabled':true}"), "'TableStatus':'ACTIVE'");
    tables_expect("DeleteTable", "{'TableName':'free'}",
                  "ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
                  "protection first.");
    tables_must("UpdateTable", "{'TableName':'free','TableClass':'STANDARD'}");
    expect_not_described("free", "TableClassSummary");
    tables_must("UpdateTable", "{'TableName':'free','TableClass':'STANDARD_INFREQUENT_ACCESS'}");
    expect_described("free", "'TableClassSummary':{'LastUpdateDateTime':1700000000.123,'TableClass':'STANDARD_INFREQUENT_ACCESS'}");
    expect_part(tables_ask("UpdateTable", "{'TableName':'free','SSESpecification':{'Enabled':true}}"),
                "'SSEDescription':{'Status':'UPDATING'}");
    expect_described("free", "'SSEDescription':{'KMSMasterKeyArn':'arn:aws:kms:us-east-1:000000000000:key/");
    tables_must("UpdateTable", "{'TableName':'free','SSESpecification':{'Enabled':false}}");
    expect_not_described("free", "SSEDescription");
}
END_TEST

/* ---- indexes ---- */

START_TEST(a_new_index_holds_the_items_that_fit_it)
{
    tables_must("PutItem", "{'TableName':'free','Item':{'id':{'S':'a'},'x':{'S':'1'}}}");
    tables_must("PutItem", "{'TableName':'free','Item':{'id':{'S':'b'},'x':{'N':'1'}}}");
    tables_must("PutItem", "{'TableName':'free','Item':{'id':{'S':'c'},'x':{'S':''}}}");
    tables_must("PutItem", "{'TableName':'free','Item':{'id':{'S':'d'}}}");
    expect_part(
        tables_ask("UpdateTable",
                   "{'TableName':'free','GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'by-x','KeySchema':"
                   "[{'AttributeName':'x','KeyType':'HASH'}],'Projection':{'ProjectionType':'KEYS_ONLY'}}}]," DEFINED("x", "S") "}"),
        "{'Backfilling':false,'IndexArn':'arn:aws:dynamodb:us-east-1:000000000000:table/free/index/by-x','IndexName':'by-x',"
        "'IndexSizeBytes':0,'IndexStatus':'CREATING','ItemCount':0,");
    expect_described("free", "'IndexName':'by-x','IndexSizeBytes':5,'IndexStatus':'ACTIVE','ItemCount':1,");
    expect_not_described("free", "Backfilling");
    tables_expect("Scan", "{'TableName':'free','IndexName':'by-x'}",
                  "{'Count':1,'Items':[{'id':{'S':'a'},'x':{'S':'1'}}],'ScannedCount':1}");
    tables_expect("PutItem", "{'TableName':'free','Item':{'id':{'S':'e'},'x':{'N':'1'}}}",
                  INVALID "Type mismatch for Index Key x Expected: S Actual: N IndexName: by-x");
}
END_TEST

START_TEST(a_deleted_index_leaves_nothing_behind)
{
    const char *answer = tables_ask("UpdateTable", "{'TableName':'free','GlobalSecondaryIndexUpdates':[" DELETED("by-kind") "]}");

    expect_part(answer, "'IndexStatus':'DELETING'");
    expect_part(answer, "'TableStatus':'UPDATING'");
    expect_described("free", "{'Table':{'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],");
    expect_not_described("free", "GlobalSecondaryIndexes");
    tables_expect("Scan", "{'TableName':'free','IndexName':'by-kind'}",
                  "ValidationException: The table does not have the specified index: by-kind");
    tables_must("PutItem", "{'TableName':'free','Item':{'id':{'S':'a'},'kind':{'N':'1'}}}");
}
END_TEST

Suite *suite_dynamodb_update_table(void)
{
    Suite *suite = suite_create("dynamodb update table");
    TCase *tests = tcase_create("update table");

    tcase_add_checked_fixture(tests, open_tables, tables_close);
    tcase_add_loop_test(tests, a_wrong_change_is_refused, 0, (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, on_demand_has_rules_of_its_own);
    tcase_add_test(tests, throughput_is_told_as_it_was_until_it_has_changed);
    tcase_add_test(tests, an_index_changes_its_throughput_while_the_table_is_active);
    tcase_add_test(tests, a_table_becomes_on_demand_and_provisioned_again);
    tcase_add_test(tests, a_bound_on_demand_is_set_and_taken_away);
    tcase_add_test(tests, each_stream_has_a_label_of_its_own);
    tcase_add_test(tests, protection_class_and_encryption_change);
    tcase_add_test(tests, a_new_index_holds_the_items_that_fit_it);
    tcase_add_test(tests, a_deleted_index_leaves_nothing_behind);
    suite_add_tcase(suite, tests);
    return suite;
}
