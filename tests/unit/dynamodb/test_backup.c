/* Backups and what is restored from them. The texts and forms were measured on the service in October 2026, but for a time that is asked
 * for: there is no history here. */

#include "suites.h"

#include "tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATE_MS = 500 };

#define HELD "'TableName':'held'"
#define ARN "arn:aws:dynamodb:us-east-1:000000000000:table/held"
#define INVALID "ValidationException: Invalid Request: "

static void create_held(void)
{
    tables_must("CreateTable",
                "{" HELD ",'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},{'AttributeName':'at','AttributeType':'N'},{"
                "'AttributeName':'kind','AttributeType':'S'}],'KeySchema':[{'AttributeName':'id','KeyType':'HASH'},{'AttributeName':'at',"
                "'KeyType':'RANGE'}],'LocalSecondaryIndexes':[{'IndexName':'local','KeySchema':[{'AttributeName':'id','KeyType':'HASH'},{"
                "'AttributeName':'kind','KeyType':'RANGE'}],'Projection':{'ProjectionType':'ALL'}}],'GlobalSecondaryIndexes':[{'IndexName':"
                "'by-kind','KeySchema':[{'AttributeName':'kind','KeyType':'HASH'}],'Projection':{'ProjectionType':'KEYS_ONLY'},"
                "'ProvisionedThroughput':{'ReadCapacityUnits':3,'WriteCapacityUnits':4}}],'ProvisionedThroughput':{'ReadCapacityUnits':1,"
                "'WriteCapacityUnits':2},'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'},'Tags':[{'Key':'a',"
                "'Value':'b'}],'TableClass':'STANDARD_INFREQUENT_ACCESS','SSESpecification':{'Enabled':true}}");
    tables_must("UpdateTimeToLive", "{" HELD ",'TimeToLiveSpecification':{'AttributeName':'ttl','Enabled':true}}");
}

static void put(const char *table, int at, const char *kind)
{
    const char *answer =
        tables_print_ask("PutItem", "{'TableName':'%s','Item':{'id':{'S':'x'},'at':{'N':'%d'},'kind':{'S':'%s'}}}", table, at, kind);

    ck_assert_str_eq(answer, "{}");
}

static void open_held(void)
{
    tables_open();
    create_held();
    put("held", 1, "red");
    put("held", 2, "blue");
}

/* The text of a member in the last answer, up to its quote. */
static const char *text_after(const char *answer, const char *member)
{
    static char text[300];
    const char *start = strstr(answer, member);

    ck_assert_msg(start != NULL, "%s has no %s", answer, member);
    start += strlen(member) + 3; /* ':' and a quote on each side */
    snprintf(text, sizeof text, "%.*s", (int)strcspn(start, "'"), start);
    return text;
}

/* Makes one and copies its ARN. */
static void back_up(char arn[300])
{
    strcpy(arn, text_after(tables_ask("CreateBackup", "{" HELD ",'BackupName':'nightly'}"), "BackupArn"));
}

static void expect_count(const char *table, const char *index, const char *condition, int count)
{
    const char *answer = tables_print_ask("Query",
                                          "{'TableName':'%s'%s%s%s,'Select':'COUNT','KeyConditionExpression':'%s = :v',"
                                          "'ExpressionAttributeValues':{':v':{'S':'%s'}}}",
                                          table, index ? ",'IndexName':'" : "", index ? index : "", index ? "'" : "",
                                          index && !strcmp(index, "by-kind") ? "kind" : "id", condition);
    char expected[60];

    snprintf(expected, sizeof expected, "{'Count':%d,'ScannedCount':%d}", count, count);
    ck_assert_str_eq(answer, expected);
}

static void restore(const char *arn, const char *target)
{
    const char *answer = tables_print_ask("RestoreTableFromBackup", "{'TargetTableName':'%s','BackupArn':'%s'}", target, arn);

    ck_assert_msg(strstr(answer, "'TableStatus':'CREATING'"), "%s", answer);
}

START_TEST(a_backup_tells_of_its_table)
{
    const char *answer = tables_ask("CreateBackup", "{" HELD ",'BackupName':'nightly'}");
    char arn[300];

    strcpy(arn, text_after(answer, "BackupArn"));
    ck_assert_int_eq(strncmp(arn, ARN "/backup/01700000000123-", strlen(ARN "/backup/01700000000123-")), 0);
    ck_assert_uint_eq(strlen(arn), strlen(ARN "/backup/01700000000123-00000000"));
    ck_assert_ptr_nonnull(strstr(answer, "'BackupCreationDateTime':1700000000.123,'BackupName':'nightly','BackupSizeBytes':29,"
                                         "'BackupStatus':'CREATING','BackupType':'USER'}}"));
    answer = tables_print_ask("DescribeBackup", "{'BackupArn':'%s'}", arn);
    ck_assert_ptr_nonnull(strstr(answer, "'BackupStatus':'AVAILABLE'"));
    ck_assert_ptr_nonnull(strstr(answer,
                                 "'SourceTableDetails':{'BillingMode':'PROVISIONED','ItemCount':2,'KeySchema':[{'AttributeName':'id',"
                                 "'KeyType':'HASH'},{'AttributeName':'at','KeyType':'RANGE'}],'ProvisionedThroughput':{"
                                 "'ReadCapacityUnits':1,'WriteCapacityUnits':2},'TableArn':'" ARN "','TableCreationDateTime':"
                                 "1700000000.123,"));
    ck_assert_ptr_nonnull(strstr(answer,
                                 "'GlobalSecondaryIndexes':[{'IndexName':'by-kind','KeySchema':[{'AttributeName':'kind','KeyType':'HASH'}],"
                                 "'Projection':{'ProjectionType':'KEYS_ONLY'},'ProvisionedThroughput':{'ReadCapacityUnits':3,"
                                 "'WriteCapacityUnits':4}}]"));
    ck_assert_ptr_nonnull(strstr(answer, "'StreamDescription':{'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'},"
                                         "'TimeToLiveDescription':{'AttributeName':'ttl','TimeToLiveStatus':'ENABLED'}"));
    answer = tables_print_ask("DescribeBackup", "{'BackupArn':'arn:aws:dynamodb:eu-west-1:000000000000:%s'}", strstr(arn, "table/"));
    ck_assert_ptr_nonnull(strstr(answer, "'BackupArn':'arn:aws:dynamodb:eu-west-1:"));
    answer = tables_print_ask("DeleteBackup", "{'BackupArn':'%s'}", arn);
    ck_assert_ptr_nonnull(strstr(answer, "'BackupStatus':'DELETED'"));
    ck_assert_ptr_nonnull(
        strstr(tables_print_ask("DescribeBackup", "{'BackupArn':'%s'}", arn), "BackupNotFoundException: Backup not found: "));
    ck_assert_ptr_nonnull(
        strstr(tables_print_ask("DeleteBackup", "{'BackupArn':'%s'}", arn), "BackupNotFoundException: Backup not found: "));
}
END_TEST

START_TEST(a_table_is_restored_as_it_was)
{
    char arn[300];
    const char *answer;

    back_up(arn);
    put("held", 3, "red");
    tables_must("DeleteItem", "{" HELD ",'Key':{'id':{'S':'x'},'at':{'N':'2'}}}");
    restore(arn, "again");
    expect_count("again", NULL, "x", 2);
    expect_count("again", "by-kind", "red", 1);
    expect_count("again", "by-kind", "blue", 1);
    expect_count("again", "local", "x", 2);
    expect_count("held", "by-kind", "red", 2);
    expect_count("held", "by-kind", "blue", 0);
    answer = tables_ask("DescribeTable", "{'TableName':'again'}");
    ck_assert_ptr_nonnull(strstr(answer, "'ItemCount':2,'KeySchema'"));
    ck_assert_ptr_nonnull(
        strstr(answer, "'RestoreSummary':{'RestoreDateTime':1700000000.123,'RestoreInProgress':false,'SourceBackupArn':'"));
    ck_assert_ptr_nonnull(strstr(answer, "'SSEDescription':"));
    ck_assert_ptr_null(strstr(answer, "StreamSpecification"));
    ck_assert_ptr_null(strstr(answer, "TableClass"));
    tables_expect("DescribeTimeToLive", "{'TableName':'again'}", "{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED'}}");
    tables_expect("ListTagsOfResource", "{'ResourceArn':'arn:aws:dynamodb:us-east-1:000000000000:table/again'}", "{'Tags':[]}");
    put("again", 9, "green"); /* it is a table like others, and apart from its backup */
    tables_must("DeleteTable", "{" HELD "}");
    restore(arn, "third");
    expect_count("third", NULL, "x", 2);
    expect_count("again", "by-kind", "green", 1);
    tables_must("DeleteTable", "{'TableName':'again'}");
    expect_count("third", "by-kind", "blue", 1);
}
END_TEST

START_TEST(a_restore_may_have_other_settings)
{
    char arn[300];
    const char *answer;

    back_up(arn);
    answer = tables_print_ask("RestoreTableFromBackup",
                              "{'TargetTableName':'demand','BackupArn':'%s','BillingModeOverride':'PAY_PER_REQUEST',"
                              "'OnDemandThroughputOverride':{'MaxReadRequestUnits':7},'GlobalSecondaryIndexOverride':[],"
                              "'SSESpecificationOverride':{'Enabled':false}}",
                              arn);
    ck_assert_ptr_nonnull(strstr(answer, "'BillingMode':'PAY_PER_REQUEST'"));
    answer = tables_ask("DescribeTable", "{'TableName':'demand'}");
    ck_assert_ptr_nonnull(strstr(answer, "'MaxReadRequestUnits':7"));
    ck_assert_ptr_null(strstr(answer, "GlobalSecondaryIndexes"));
    ck_assert_ptr_null(strstr(answer, "SSEDescription"));
    expect_count("demand", "local", "x", 2);
    tables_print_ask("RestoreTableFromBackup",
                     "{'TargetTableName':'other','BackupArn':'%s','ProvisionedThroughputOverride':{'ReadCapacityUnits':8,"
                     "'WriteCapacityUnits':9},'LocalSecondaryIndexOverride':[],'GlobalSecondaryIndexOverride':[{'IndexName':'by-kind',"
                     "'KeySchema':[{'AttributeName':'kind','KeyType':'HASH'}],'Projection':{'ProjectionType':'KEYS_ONLY'},"
                     "'ProvisionedThroughput':{'ReadCapacityUnits':5,'WriteCapacityUnits':6}}]}",
                     arn);
    answer = tables_ask("DescribeTable", "{'TableName':'other'}");
    ck_assert_ptr_nonnull(strstr(answer, "'ReadCapacityUnits':8"));
    ck_assert_ptr_nonnull(strstr(answer, "'ReadCapacityUnits':5"));
    expect_count("other", "by-kind", "red", 1);
}
END_TEST

START_TEST(a_backup_feeds_one_restore_at_a_time)
{
    char arn[300];
    char expected[500];

    back_up(arn);
    tables_room()->state_ms = STATE_MS;
    restore(arn, "first");
    ck_assert_ptr_nonnull(strstr(tables_ask("DescribeTable", "{'TableName':'first'}"), "'RestoreInProgress':true"));
    snprintf(expected, sizeof expected, "BackupInUseException: Backup is being used to restore another table: %s", arn);
    ck_assert_str_eq(tables_print_ask("RestoreTableFromBackup", "{'TargetTableName':'second','BackupArn':'%s'}", arn), expected);
    snprintf(expected, sizeof expected, "BackupInUseException: Backup is being used to restore table: %s", arn);
    ck_assert_str_eq(tables_print_ask("DeleteBackup", "{'BackupArn':'%s'}", arn), expected);
    tables_advance(STATE_MS);
    expect_count("first", NULL, "x", 2);
    restore(arn, "second");
}
END_TEST

START_TEST(the_latest_time_of_a_table_is_now)
{
    tables_expect("RestoreTableToPointInTime", "{'SourceTableName':'held','TargetTableName':'again','UseLatestRestorableTime':true}",
                  "PointInTimeRecoveryUnavailableException: Point in time recovery is not enabled for table 'held'");
    tables_must("UpdateContinuousBackups", "{" HELD ",'PointInTimeRecoverySpecification':{'PointInTimeRecoveryEnabled':true}}");
    tables_must("RestoreTableToPointInTime", "{'SourceTableArn':'" ARN "','TargetTableName':'again','UseLatestRestorableTime':true}");
    expect_count("again", "by-kind", "red", 1);
    expect_count("again", NULL, "x", 2);
    tables_expect("RestoreTableToPointInTime", "{'SourceTableName':'held','TargetTableName':'again','UseLatestRestorableTime':true}",
                  "TableAlreadyExistsException: Table already exists: again");
    tables_expect("RestoreTableToPointInTime", "{'SourceTableName':'held','TargetTableName':'third','RestoreDateTime':1700000000}",
                  "InvalidRestoreTimeException: lowcloud keeps no history of a table: only UseLatestRestorableTime can be asked for");
}
END_TEST

/* ---- the list ---- */

/* How many are listed for the members, and whether there are more. */
static void expect_listed(const char *members, int count, bool has_more)
{
    const char *answer = tables_print_ask("ListBackups", "{%s}", members);
    int found = 0;

    for (const char *at = answer; (at = strstr(at, "'BackupArn':")); at++)
        found++;
    ck_assert_msg(found == count && (strstr(answer, "LastEvaluatedBackupArn") != NULL) == has_more, "%s: %s", members, answer);
}

START_TEST(backups_are_listed)
{
    char first[300];
    char arn[300];
    char members[400];

    back_up(first);
    tables_advance(1000);
    back_up(arn);
    tables_must("CreateTable", "{'TableName':'other','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],'KeySchema':[{"
                               "'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}");
    tables_advance(1000);
    tables_must("CreateBackup", "{'TableName':'other','BackupName':'nightly'}");
    expect_listed("", 3, false);
    expect_listed(HELD, 2, false);
    expect_listed("'TableName':'" ARN "'", 2, false);
    expect_listed("'TableName':'never'", 0, false);
    expect_listed("'Limit':2", 2, true);
    expect_listed("'Limit':3", 3, false);
    expect_listed("'BackupType':'ALL'", 3, false);
    expect_listed("'BackupType':'USER'", 3, false);
    expect_listed("'BackupType':'SYSTEM'", 0, false);
    expect_listed("'BackupType':'AWS_BACKUP'", 0, false);
    expect_listed("'TimeRangeLowerBound':1700000001.123", 2, false);
    expect_listed("'TimeRangeLowerBound':1700000001.124", 1, false);
    expect_listed("'TimeRangeUpperBound':1700000001.123", 1, false);
    expect_listed("'TimeRangeUpperBound':1700000001.124", 2, false);
    snprintf(members, sizeof members, "'ExclusiveStartBackupArn':'%s'", first);
    expect_listed(members, 2, false);
    tables_print_ask("DeleteBackup", "{'BackupArn':'%s'}", first);
    expect_listed(members, 2, false); /* the place stays one */
    tables_must("DeleteTable", "{" HELD "}");
    expect_listed(HELD, 1, false);
}
END_TEST

static const struct {
    const char *operation;
    const char *input;
    const char *answer;
} refusals[] = {
    { "CreateBackup", "{'TableName':'never','BackupName':'nightly'}", "TableNotFoundException: Table not found: never" },
    { "CreateBackup", "{" HELD ",'BackupName':'a b'}",
      "ValidationException: 1 validation error detected: Value 'a b' at 'backupName' failed to satisfy constraint: Member must satisfy "
      "regular expression pattern: [a-zA-Z0-9_.-]+" },
    { "ListBackups", "{'TimeRangeLowerBound':2,'TimeRangeUpperBound':1}",
      "ValidationException: One or more parameter values were invalid: Time range lower bound must be less than or equal to upper bound" },
    { "ListBackups", "{'ExclusiveStartBackupArn':'arn:aws:dynamodb:eu-west-1:000000000000:table/held/backup/1'}",
      INVALID "The supplied ExclusiveStartBackupArn does not match the region" },
    { "ListBackups", "{'ExclusiveStartBackupArn':'" ARN "'}", "ValidationException: Invalid Backup ARN" },
    { "DescribeBackup", "{'BackupArn':'" ARN "/backup/01791504762511-2779fadd'}",
      "BackupNotFoundException: Backup not found: " ARN "/backup/01791504762511-2779fadd" },
    { "DeleteBackup", "{'BackupArn':'" ARN "'}", "ValidationException: Invalid Backup ARN" },
    { "DescribeBackup", "{'BackupArn':'" ARN "/backup/'}", "ValidationException: Invalid Backup ARN" },
    { "DescribeBackup", "{'BackupArn':'arn:aws:dynamodb:us-east-1:000000000000:table//backup/1'}",
      "ValidationException: Invalid Backup ARN" },
    { "DescribeBackup", "{'BackupArn':'arn:aws:dynamodb:us-east-1:111111111111:table/held/backup/1'}",
      "AccessDeniedException: Access is denied" },
    { "DescribeBackup", "{'BackupArn':'short'}",
      "ValidationException: 1 validation error detected: Value 'short' at 'backupArn' failed to satisfy constraint: Member must have "
      "length greater than or equal to 37" },
    { "RestoreTableFromBackup", "{'TargetTableName':'again','BackupArn':'" ARN "/backup/1'}",
      "BackupNotFoundException: Backup not found: " ARN "/backup/1" },
    { "RestoreTableFromBackup", "{'TargetTableName':'again','BackupArn':'" ARN "'}", "ValidationException: Invalid Backup ARN" },
    { "RestoreTableToPointInTime", "{'SourceTableName':'held','TargetTableName':'again'}",
      INVALID "Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both" },
    { "RestoreTableToPointInTime", "{'TargetTableName':'again','UseLatestRestorableTime':true}",
      INVALID "Must provide exactly one of: sourceTableArn, sourceTableName" },
    { "RestoreTableToPointInTime", "{'SourceTableArn':'held','TargetTableName':'again','UseLatestRestorableTime':true}",
      "ValidationException: One or more parameter values were invalid: sourceTableArn is not a valid ARN" },
    { "RestoreTableToPointInTime", "{'SourceTableArn':'" ARN "/index/by-kind','TargetTableName':'again','UseLatestRestorableTime':true}",
      "ValidationException: One or more parameter values were invalid: sourceTableArn is not a valid ARN" },
    { "RestoreTableToPointInTime",
      "{'SourceTableArn':'arn:aws:dynamodb:eu-west-1:000000000000:table/held','TargetTableName':'again','UseLatestRestorableTime':true}",
      "TableNotFoundException: Table not found: arn:aws:dynamodb:eu-west-1:000000000000:table/held" },
    { "RestoreTableToPointInTime",
      "{'SourceTableArn':'arn:aws:dynamodb:us-east-1:111111111111:table/held','TargetTableName':'again','UseLatestRestorableTime':true}",
      "ValidationException: This action is only supported by accounts that match the resource owner\u2019s account." },
    { "RestoreTableToPointInTime", "{'SourceTableArn':'" ARN "2','TargetTableName':'again','UseLatestRestorableTime':true}",
      "TableNotFoundException: Table not found: " ARN "2" },
    { "RestoreTableToPointInTime", "{'SourceTableName':'never','TargetTableName':'held','UseLatestRestorableTime':true}",
      "TableNotFoundException: Table not found: never" },
};

START_TEST(what_is_wrong_is_refused)
{
    tables_expect(refusals[_i].operation, refusals[_i].input, refusals[_i].answer);
}
END_TEST

#define BY_KIND                                                                                                                   \
    "{'IndexName':'by-kind','KeySchema':[{'AttributeName':'kind','KeyType':'HASH'}],'Projection':{'ProjectionType':'KEYS_ONLY'}," \
    "'ProvisionedThroughput':{'ReadCapacityUnits':5,'WriteCapacityUnits':6}}"

static const struct {
    const char *members;
    const char *answer;
} overrides[] = {
    { "'TargetTableName':'held'", "TableAlreadyExistsException: Table already exists: held" },
    { "'TargetTableName':'again','BillingModeOverride':'PAY_PER_REQUEST','ProvisionedThroughputOverride':{'ReadCapacityUnits':1,"
      "'WriteCapacityUnits':1}",
      INVALID "Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST" },
    { "'TargetTableName':'again','OnDemandThroughputOverride':{'MaxReadRequestUnits':1}",
      INVALID "Cannot override MaxReadRequestUnits for OnDemandThroughput unless BillingModeOverride is PAY_PER_REQUEST" },
    { "'TargetTableName':'again','GlobalSecondaryIndexOverride':[{'IndexName':'new','KeySchema':[{'AttributeName':'kind','KeyType':'HASH'}]"
      ","
      "'Projection':{'ProjectionType':'ALL'}}]",
      INVALID "Index new does not match a secondary index that existed in the source table and cannot be created during the restore "
              "operation" },
    { "'TargetTableName':'again','GlobalSecondaryIndexOverride':[" BY_KIND "," BY_KIND "]",
      "ValidationException: One or more parameter values were invalid: Duplicate index name: by-kind" },
    { "'TargetTableName':'again','GlobalSecondaryIndexOverride':[{'IndexName':'by-kind','KeySchema':[{'AttributeName':'kind','KeyType':"
      "'HASH'}],'Projection':{'ProjectionType':'KEYS_ONLY','NonKeyAttributes':['x']}}]",
      INVALID "Index by-kind does not match a secondary index that existed in the source table and cannot be created during the restore "
              "operation" },
    { "'TargetTableName':'again','BillingModeOverride':'PAY_PER_REQUEST','OnDemandThroughputOverride':{'MaxWriteRequestUnits':0}",
      INVALID "Requested MaxWriteRequestUnits for OnDemandThroughput is outside of valid range" },
    { "'TargetTableName':'again','ProvisionedThroughputOverride':{'ReadCapacityUnits':40001,'WriteCapacityUnits':1}",
      "LimitExceededException: The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in us-east-1. Per "
      "table "
      "maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits." },
    { "'TargetTableName':'again','GlobalSecondaryIndexOverride':[{'IndexName':'by-kind','KeySchema':[{'AttributeName':'id','KeyType':'HASH'"
      "}"
      "],'Projection':{'ProjectionType':'KEYS_ONLY'}}]",
      INVALID "Index by-kind does not match a secondary index that existed in the source table and cannot be created during the restore "
              "operation" },
    { "'TargetTableName':'again','GlobalSecondaryIndexOverride':[{'IndexName':'by-kind','KeySchema':[{'AttributeName':'kind','KeyType':"
      "'HASH'}],'Projection':{'ProjectionType':'KEYS_ONLY'}}]",
      INVALID "Must specify provisioned throughput for index by-kind" },
};

START_TEST(overrides_that_do_not_fit_are_refused)
{
    char arn[300];

    back_up(arn);
    ck_assert_str_eq(tables_print_ask("RestoreTableFromBackup", "{'BackupArn':'%s',%s}", arn, overrides[_i].members), overrides[_i].answer);
}
END_TEST

START_TEST(a_table_on_demand_needs_units_to_be_provisioned)
{
    char arn[300];

    tables_must("UpdateTable", "{" HELD ",'BillingMode':'PAY_PER_REQUEST'}");
    back_up(arn);
    ck_assert_str_eq(
        tables_print_ask("RestoreTableFromBackup", "{'BackupArn':'%s','TargetTableName':'again','BillingModeOverride':'PROVISIONED'}", arn),
        INVALID "Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED");
    ck_assert_str_eq(tables_print_ask("RestoreTableFromBackup",
                                      "{'BackupArn':'%s','TargetTableName':'again','ProvisionedThroughputOverride':{'ReadCapacityUnits':1,"
                                      "'WriteCapacityUnits':1}}",
                                      arn),
                     INVALID "Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED");
    restore(arn, "again");
}
END_TEST

/* ---- kept ---- */

START_TEST(backups_outlive_the_process_and_numbers_do_not_meet)
{
    char arn[300];

    tables_open_kept();
    create_held();
    put("held", 1, "red");
    back_up(arn);
    tables_must("DeleteTable", "{" HELD "}");
    tables_open_again();
    create_held(); /* its items must not lie where the backup's do */
    put("held", 7, "blue");
    expect_listed("", 1, false);
    restore(arn, "again");
    expect_count("again", "by-kind", "red", 1);
    expect_count("again", "by-kind", "blue", 0);
    ck_assert_int_eq(tables_end_turn(), OK);
    sqlite3_exec(database_handle(tables_room()->ground->database), "PRAGMA query_only = 1", NULL, NULL, NULL);
    ck_assert_ptr_nonnull(strstr(tables_print_ask("DeleteBackup", "{'BackupArn':'%s'}", arn), "InternalServerError"));
    ck_assert_ptr_nonnull(strstr(tables_ask("CreateBackup", "{" HELD ",'BackupName':'nightly'}"), "InternalServerError"));
    ck_assert_ptr_nonnull(
        strstr(tables_print_ask("RestoreTableFromBackup", "{'TargetTableName':'fourth','BackupArn':'%s'}", arn), "InternalServerError"));
    ck_assert_int_eq(tables_end_turn(), BROKEN);
    sqlite3_exec(database_handle(tables_room()->ground->database), "PRAGMA query_only = 0", NULL, NULL, NULL);
    expect_listed("", 1, false);
    ck_assert_ptr_nonnull(strstr(tables_ask("DescribeTable", "{'TableName':'fourth'}"), "ResourceNotFoundException"));
    restore(arn, "third");
    expect_count("third", "by-kind", "red", 1);
    ck_assert_ptr_nonnull(strstr(tables_print_ask("DeleteBackup", "{'BackupArn':'%s'}", arn), "'DELETED'"));
    tables_open_again();
    expect_listed("", 0, false);
    ck_assert_ptr_nonnull(strstr(tables_ask("DescribeTable", "{'TableName':'third'}"), "'RestoreInProgress':false"));
    tables_close_kept();
}
END_TEST

Suite *suite_dynamodb_backup(void)
{
    Suite *suite = suite_create("dynamodb backup");
    TCase *tests = tcase_create("made and restored");
    TCase *kept = tcase_create("kept");

    tcase_add_checked_fixture(tests, open_held, tables_close);
    tcase_add_test(tests, a_backup_tells_of_its_table);
    tcase_add_test(tests, a_table_is_restored_as_it_was);
    tcase_add_test(tests, a_restore_may_have_other_settings);
    tcase_add_test(tests, a_backup_feeds_one_restore_at_a_time);
    tcase_add_test(tests, the_latest_time_of_a_table_is_now);
    tcase_add_test(tests, backups_are_listed);
    tcase_add_loop_test(tests, what_is_wrong_is_refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_loop_test(tests, overrides_that_do_not_fit_are_refused, 0, sizeof overrides / sizeof *overrides);
    tcase_add_test(tests, a_table_on_demand_needs_units_to_be_provisioned);
    tcase_add_test(kept, backups_outlive_the_process_and_numbers_do_not_meet);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, kept);
    return suite;
}
