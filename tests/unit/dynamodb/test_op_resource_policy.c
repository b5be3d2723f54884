/* Resource-based policies and continuous backups of a table: kept, told, refused. The texts were measured on the service in October 2026,
 * but for a revision that does not match. */

#include "suites.h"

#include "tables.h"

#include <string.h>

#define ARN "arn:aws:dynamodb:us-east-1:000000000000:table/held"
#define RESOURCE "'ResourceArn':'" ARN "'"
#define INVALID "ValidationException: One or more parameter values were invalid: Invalid policy document: "
#define ALLOWS(more)                                                                                                                   \
    "{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':{" more                                                                           \
    "\\'Effect\\':\\'Allow\\',\\'Principal\\':{\\'AWS\\':\\'arn:aws:iam::000000000000:root\\'},\\'Action\\':[\\'dynamodb:GetItem\\']," \
    "\\'Resource\\':\\'" ARN "\\'}}"

static void open_table(void)
{
    tables_open();
    tables_must("CreateTable", "{'TableName':'held','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],'KeySchema':[{"
                               "'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}");
}

START_TEST(a_policy_is_told_in_its_canonical_form)
{
    static const char told[] =
        "{'Policy':'{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':[{\\'Effect\\':\\'Allow\\',\\'Principal\\':{\\'AWS\\':\\'"
        "arn:aws:iam::000000000000:root\\'},\\'Action\\':\\'dynamodb:GetItem\\',\\'Resource\\':\\'" ARN
        "\\'}]}','RevisionId':'1700000000123'}";

    tables_expect("GetResourcePolicy", "{" RESOURCE "}",
                  "PolicyNotFoundException: Resource-based policy not found for the provided ResourceArn: " ARN);
    tables_expect("PutResourcePolicy", "{" RESOURCE ",'Policy':'" ALLOWS("") "'}", "{'RevisionId':'1700000000123'}");
    tables_expect("GetResourcePolicy", "{" RESOURCE "}", told);
    tables_advance(1000);
    tables_expect("PutResourcePolicy", "{" RESOURCE ",'Policy':'" ALLOWS("") "'}", "{'RevisionId':'1700000000123'}");
    tables_expect("PutResourcePolicy", "{" RESOURCE ",'ExpectedRevisionId':'1','Policy':'" ALLOWS("\\'Sid\\':\\'s\\',") "'}",
                  "PolicyNotFoundException: Resource-based policy not found for the provided ResourceArn: The revision id of the policy "
                  "of " ARN " did not match");
    tables_expect("PutResourcePolicy", "{" RESOURCE ",'ExpectedRevisionId':'1700000000123','Policy':'" ALLOWS("\\'Sid\\':\\'s\\',") "'}",
                  "{'RevisionId':'1700000001123'}");
    tables_expect("DeleteResourcePolicy", "{" RESOURCE "}", "{'RevisionId':'1700000001123'}");
    tables_expect("GetResourcePolicy", "{" RESOURCE "}",
                  "PolicyNotFoundException: Resource-based policy not found for the provided ResourceArn: " ARN);
}
END_TEST

START_TEST(where_there_is_no_policy_none_is_deleted)
{
    tables_expect("DeleteResourcePolicy", "{" RESOURCE "}", "{}");
    tables_expect("DeleteResourcePolicy", "{'ResourceArn':'" ARN "2'}",
                  "ResourceNotFoundException: Requested resource not found: Table: held2 not found");
}
END_TEST

static const struct refusal refusals[] = {
    { "[]", INVALID "This policy contains invalid Json" },
    { "{", INVALID "This policy contains invalid Json" },
    { "{\\'Statement\\':[]}", INVALID "Could not parse the policy: Statement is empty!" },
    { "{\\'Statement\\':[{\\'Effect\\':\\'Deny\\',\\'Principal\\':\\'*\\',\\'Action\\':\\'*\\'}]}",
      INVALID "Missing required field Resource" },
    { "{\\'Statement\\':[7]}", INVALID "Missing required field Effect" },
};

START_TEST(a_wrong_policy_is_refused)
{
    ck_assert_str_eq(tables_print_ask("PutResourcePolicy", "{" RESOURCE ",'Policy':'%s'}", refusals[_i].input), refusals[_i].answer);
}
END_TEST

/* ---- continuous backups ---- */

#define BACKUPS(rest) "{'ContinuousBackupsDescription':{'ContinuousBackupsStatus':'ENABLED','PointInTimeRecoveryDescription':{" rest "}}}"
#define RECOVERY(specified) "{'TableName':'held','PointInTimeRecoverySpecification':{" specified "}}"

START_TEST(recovery_to_a_point_in_time_is_turned_on_and_off)
{
    tables_expect("UpdateContinuousBackups", RECOVERY("'PointInTimeRecoveryEnabled':true"),
                  BACKUPS("'EarliestRestorableDateTime':1700000000.123,'LatestRestorableDateTime':1700000000.123,"
                          "'PointInTimeRecoveryStatus':'ENABLED','RecoveryPeriodInDays':35"));
    tables_advance(600000);
    tables_expect("DescribeContinuousBackups", "{'TableName':'held'}",
                  BACKUPS("'EarliestRestorableDateTime':1700000000.123,'LatestRestorableDateTime':1700000300.123,"
                          "'PointInTimeRecoveryStatus':'ENABLED','RecoveryPeriodInDays':35"));
    tables_expect("UpdateContinuousBackups", RECOVERY("'PointInTimeRecoveryEnabled':true,'RecoveryPeriodInDays':7"),
                  BACKUPS("'EarliestRestorableDateTime':1700000000.123,'LatestRestorableDateTime':1700000300.123,"
                          "'PointInTimeRecoveryStatus':'ENABLED','RecoveryPeriodInDays':7"));
    tables_expect("UpdateContinuousBackups", RECOVERY("'PointInTimeRecoveryEnabled':false"),
                  BACKUPS("'PointInTimeRecoveryStatus':'DISABLED'"));
}
END_TEST

START_TEST(wrong_backups_are_refused)
{
    tables_expect("UpdateContinuousBackups", RECOVERY("'PointInTimeRecoveryEnabled':false,'RecoveryPeriodInDays':7"),
                  "ValidationException: Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.");
    tables_expect("UpdateContinuousBackups", "{'TableName':'none','PointInTimeRecoverySpecification':{'PointInTimeRecoveryEnabled':true}}",
                  "TableNotFoundException: Table not found: none");
    ck_assert_ptr_nonnull(
        strstr(tables_ask("UpdateContinuousBackups", RECOVERY("'PointInTimeRecoveryEnabled':true,'RecoveryPeriodInDays':36")),
               "Member must have value less than or equal to 35"));
}
END_TEST

Suite *suite_dynamodb_resource_policy(void)
{
    Suite *suite = suite_create("dynamodb resource policy");
    TCase *policies = tcase_create("policies");
    TCase *backups = tcase_create("continuous backups");

    tcase_add_checked_fixture(policies, open_table, tables_close);
    tcase_add_test(policies, a_policy_is_told_in_its_canonical_form);
    tcase_add_test(policies, where_there_is_no_policy_none_is_deleted);
    tcase_add_loop_test(policies, a_wrong_policy_is_refused, 0, (int)(sizeof refusals / sizeof *refusals));
    suite_add_tcase(suite, policies);
    tcase_add_checked_fixture(backups, open_table, tables_close);
    tcase_add_test(backups, recovery_to_a_point_in_time_is_turned_on_and_off);
    tcase_add_test(backups, wrong_backups_are_refused);
    suite_add_tcase(suite, backups);
    return suite;
}
