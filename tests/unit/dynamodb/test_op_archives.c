/* Exports, imports, global tables and replicas as an account has them that never made any. The texts were measured on the service
 * in October 2026, but for an import that is not found. */

#include "suites.h"

#include "tables.h"

#define ARN "arn:aws:dynamodb:us-east-1:000000000000:table/held"
#define OLD_VERSION                                                                                                                   \
    "ValidationException: One or more parameter values were invalid: DynamoDB global tables version 2017.11.29 is not supported. We " \
    "recommend using DynamoDB global tables version 2019.11.21, instead of version 2017.11.29 (Legacy)."
#define NO_GLOBAL(head) "GlobalTableNotFoundException: " head "Global table with name: 'held' does not exist."
#define NO_REPLICAS "ResourceNotFoundException: Global table with name: 'held' does not exist."

static const struct {
    const char *operation;
    const char *input;
    const char *answer;
} rows[] = {
    { "ListExports", "{}", "{'ExportSummaries':[]}" },
    { "ListImports", "{}", "{'ImportSummaryList':[]}" },

    { "DescribeExport", "{'ExportArn':'" ARN "/export/0'}",
      "ExportNotFoundException: Export not found: Export not found: " ARN "/export/0" },
    { "DescribeExport", "{'ExportArn':'arn:aws:dynamodb:eu-west-1:000000000000:table/held/export/0'}",
      "ExportNotFoundException: Export not found: Invalid export arn" },
    { "DescribeExport", "{'ExportArn':'" ARN "/import/0'}", "ValidationException: Invalid Export ARN" },
    { "DescribeExport", "{'ExportArn':'arn:aws:dynamodb:us-east-1:111111111111:table/held/export/0'}",
      "AccessDeniedException: Access is denied" },
    { "DescribeImport", "{'ImportArn':'" ARN "'}", "ValidationException: Invalid Import ARN" },
    { "DescribeImport", "{'ImportArn':'" ARN "/import/0'}",
      "ImportNotFoundException: Import not found: Import not found: " ARN "/import/0" },

    { "ListGlobalTables", "{'RegionName':'us-east-1','Limit':1}", "{'GlobalTables':[]}" },
    { "CreateGlobalTable", "{'GlobalTableName':'held','ReplicationGroup':[{'RegionName':'us-east-1'}]}", OLD_VERSION },
    { "CreateGlobalTable", "{'GlobalTableName':'held'}",
      "ValidationException: 1 validation error detected: Value null at 'replicationGroup' failed to satisfy constraint: Member must not be "
      "null" },
    { "UpdateGlobalTable", "{'GlobalTableName':'held','ReplicaUpdates':[]}",
      "ValidationException: One or more parameter values were invalid" },
    { "UpdateGlobalTable", "{'GlobalTableName':'none','ReplicaUpdates':[{'Create':{'RegionName':'us-east-1'}}]}", OLD_VERSION },
    { "UpdateGlobalTable", "{'GlobalTableName':'held','ReplicaUpdates':[{'Delete':{'RegionName':'us-east-1'}}]}",
      NO_GLOBAL("Global table not found: ") },
    { "UpdateGlobalTable", "{'GlobalTableName':'held','ReplicaUpdates':[{'Delete':{}}]}",
      "ValidationException: 1 validation error detected: Value null at 'replicaUpdates.1.member.delete.regionName' failed to satisfy "
      "constraint: Member must not be null" },
    { "DescribeGlobalTable", "{'GlobalTableName':'held'}", NO_GLOBAL("Global table not found: ") },
    { "DescribeGlobalTableSettings", "{'GlobalTableName':'held'}", NO_GLOBAL("") },
    { "UpdateGlobalTableSettings", "{'GlobalTableName':'held','GlobalTableBillingMode':'PROVISIONED'}", NO_GLOBAL("") },
    { "UpdateGlobalTableSettings", "{'GlobalTableName':'held','GlobalTableProvisionedWriteCapacityUnits':0}",
      "ValidationException: 1 validation error detected: Value '0' at 'globalTableProvisionedWriteCapacityUnits' failed to satisfy "
      "constraint: Member must have value greater than or equal to 1" },

    { "DescribeTableReplicaAutoScaling", "{'TableName':'held'}", NO_REPLICAS },
    { "DescribeTableReplicaAutoScaling", "{'TableName':'" ARN "'}", NO_REPLICAS },
    { "UpdateTableReplicaAutoScaling", "{'TableName':'held','ProvisionedWriteCapacityAutoScalingUpdate':{'MinimumUnits':1}}", NO_REPLICAS },
    { "UpdateTableReplicaAutoScaling", "{'TableName':'held','ReplicaUpdates':[]}",
      "ValidationException: 1 validation error detected: Value '[]' at 'replicaUpdates' failed to satisfy constraint: Member must have "
      "length greater than or equal to 1" },
};

START_TEST(an_account_that_made_none_has_none)
{
    tables_expect(rows[_i].operation, rows[_i].input, rows[_i].answer);
}
END_TEST

Suite *suite_dynamodb_archives(void)
{
    Suite *suite = suite_create("dynamodb_archives");
    TCase *tests = tcase_create("none");

    tcase_add_checked_fixture(tests, tables_open, tables_close);
    tcase_add_loop_test(tests, an_account_that_made_none_has_none, 0, sizeof rows / sizeof *rows);
    suite_add_tcase(suite, tests);
    return suite;
}
