/* Contributor insights of tables and global indexes: their states, what is told of them, their list. The texts and forms were measured on
 * the service in October 2026. */

#include "suites.h"

#include "tables.h"

#include <stdlib.h>
#include <string.h>

enum { STATE_MS = 500 };

#define HELD "'TableName':'held'"
#define BOTH "ACCESSED_AND_THROTTLED_KEYS"
#define NO_TABLE(name) "ResourceNotFoundException: Requested resource not found: Table: " name " not found"
#define NO_INDEX(name) "ResourceNotFoundException: Requested resource not found: Index: " name " not found for table: held"
#define RULE(kind, name, since) "'DynamoDBContributorInsights-" kind "-" name "-" since "'"

static void create(const char *name)
{
    tables_print_ask("CreateTable",
                     "{'TableName':'%s','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},{'AttributeName':'at',"
                     "'AttributeType':'N'}],'KeySchema':[{'AttributeName':'id','KeyType':'HASH'},{'AttributeName':'at','KeyType':'RANGE'}]"
                     ",'LocalSecondaryIndexes':[{'IndexName':'local','KeySchema':[{'AttributeName':'id','KeyType':'HASH'},{"
                     "'AttributeName':'at','KeyType':'RANGE'}],'Projection':{'ProjectionType':'ALL'}}],'GlobalSecondaryIndexes':[{"
                     "'IndexName':'by-at','KeySchema':[{'AttributeName':'at','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}],"
                     "'BillingMode':'PAY_PER_REQUEST'}",
                     name);
}

static void open_table(void)
{
    tables_open();
    create("held");
}

static void open_slowly(void)
{
    open_table();
    tables_room()->state_ms = STATE_MS;
}

#define ENABLE(more) "{" HELD ",'ContributorInsightsAction':'ENABLE'" more "}"
#define DISABLE(more) "{" HELD ",'ContributorInsightsAction':'DISABLE'" more "}"
#define TOLD(mode, status) "{'ContributorInsightsMode':'" mode "','ContributorInsightsStatus':'" status "','TableName':'held'}"
#define TOLD_OF_INDEX(status) \
    "{'ContributorInsightsMode':'" BOTH "','ContributorInsightsStatus':'" status "','IndexName':'by-at','TableName':'held'}"

START_TEST(a_table_that_was_never_asked_is_disabled)
{
    tables_expect("DescribeContributorInsights", "{" HELD "}", "{'ContributorInsightsStatus':'DISABLED','TableName':'held'}");
    tables_expect("UpdateContributorInsights", DISABLE(""), "{'ContributorInsightsStatus':'DISABLED','TableName':'held'}");
    tables_expect("ListContributorInsights", "{}", "{'ContributorInsightsSummaries':[]}");
    tables_expect("ListContributorInsights", "{" HELD "}", "{'ContributorInsightsSummaries':[]}");
}
END_TEST

START_TEST(enabling_and_disabling_take_their_time)
{
    tables_expect("UpdateContributorInsights", ENABLE(""), TOLD(BOTH, "ENABLING"));
    tables_expect("UpdateContributorInsights", ENABLE(""), TOLD(BOTH, "ENABLING"));
    tables_expect("DescribeContributorInsights", "{" HELD "}",
                  "{'ContributorInsightsMode':'" BOTH "','ContributorInsightsStatus':'ENABLING','LastUpdateDateTime':1700000000.123,"
                  "'TableName':'held'}");
    tables_advance(STATE_MS);
    tables_expect("UpdateContributorInsights", ENABLE(""), TOLD(BOTH, "ENABLED"));
    tables_expect(
        "DescribeContributorInsights", "{" HELD "}",
        "{'ContributorInsightsMode':'" BOTH
        "','ContributorInsightsRuleList':[" RULE("PKC", "held", "1700000000123") "," RULE("PKT", "held", "1700000000123") "," RULE(
            "SKC", "held", "1700000000123") "," RULE("SKT", "held",
                                                     "1700000000123") "],'ContributorInsightsStatus':'ENABLED',"
                                                                      "'LastUpdateDateTime':1700000000.623,'TableName':'held'}");
    tables_expect("UpdateContributorInsights", DISABLE(""), TOLD(BOTH, "DISABLING"));
    tables_expect("ListContributorInsights", "{" HELD "}", "{'ContributorInsightsSummaries':[" TOLD(BOTH, "DISABLING") "]}");
    tables_advance(STATE_MS);
    tables_expect("ListContributorInsights", "{" HELD "}", "{'ContributorInsightsSummaries':[]}");
    tables_expect("DescribeContributorInsights", "{" HELD "}",
                  "{'ContributorInsightsMode':'" BOTH "','ContributorInsightsStatus':'DISABLED','LastUpdateDateTime':1700000001.123,"
                  "'TableName':'held'}");
    tables_expect("UpdateContributorInsights", ENABLE(""), TOLD(BOTH, "ENABLING"));
    tables_must("DeleteTable", "{" HELD "}");
    tables_expect("UpdateContributorInsights", DISABLE(""), TOLD(BOTH, "DISABLING"));
}
END_TEST

START_TEST(another_mode_keeps_the_rules_that_stay)
{
    tables_expect("UpdateContributorInsights", ENABLE(""), TOLD(BOTH, "ENABLING"));
    tables_advance(1000);
    tables_expect("UpdateContributorInsights", ENABLE(",'ContributorInsightsMode':'THROTTLED_KEYS'"), TOLD("THROTTLED_KEYS", "ENABLING"));
    tables_expect("DescribeContributorInsights", "{" HELD "}",
                  "{'ContributorInsightsMode':'THROTTLED_KEYS','ContributorInsightsRuleList':[" RULE(
                      "PKT", "held", "1700000000123") "," RULE("SKT", "held", "1700000000123") "],'ContributorInsightsStatus':'ENABLED',"
                                                                                               "'LastUpdateDateTime':1700000001.123,"
                                                                                               "'TableName':'held'}");
    tables_expect("UpdateContributorInsights", ENABLE(""), TOLD(BOTH, "ENABLING"));
}
END_TEST

START_TEST(an_index_has_its_own)
{
    tables_expect("UpdateContributorInsights", ENABLE(",'IndexName':'by-at'"), TOLD_OF_INDEX("ENABLING"));
    tables_expect("DescribeContributorInsights", "{" HELD "}", "{'ContributorInsightsStatus':'DISABLED','TableName':'held'}");
    tables_expect("DescribeContributorInsights", "{" HELD ",'IndexName':'by-at'}",
                  "{'ContributorInsightsMode':'" BOTH
                  "','ContributorInsightsRuleList':[" RULE("PKC", "held-by-at", "1700000000123") "," RULE(
                      "PKT", "held-by-at", "1700000000123") "],'ContributorInsightsStatus':'ENABLED','IndexName':'by-at',"
                                                            "'LastUpdateDateTime':1700000000.123,'TableName':'held'}");
    tables_must("UpdateTable", "{" HELD ",'GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'by-at'}}]}");
    tables_expect("DescribeContributorInsights", "{" HELD ",'IndexName':'by-at'}", NO_INDEX("by-at"));
    tables_expect("ListContributorInsights", "{" HELD "}", "{'ContributorInsightsSummaries':[]}");
}
END_TEST

START_TEST(an_index_that_is_being_filled_is_not_active)
{
    tables_must("UpdateTable", "{" HELD ",'AttributeDefinitions':[{'AttributeName':'x','AttributeType':'S'}],"
                               "'GlobalSecondaryIndexUpdates':[{'Create':{'IndexName':'by-x','KeySchema':[{'AttributeName':'x','KeyType':"
                               "'HASH'}],'Projection':{'ProjectionType':'ALL'}}}]}");
    tables_expect("UpdateContributorInsights", ENABLE(",'IndexName':'by-x'"), NO_INDEX("by-x"));
    tables_advance(STATE_MS);
    tables_expect(
        "UpdateContributorInsights", ENABLE(",'IndexName':'by-x'"),
        "ValidationException: Table or Index is not in a valid state to update Key Access Insights: IndexStatus must be ACTIVE to "
        "enable ContributorInsights.");
    tables_must("DescribeContributorInsights", "{" HELD ",'IndexName':'by-x'}");
    create("young");
    tables_expect(
        "UpdateContributorInsights", "{'TableName':'young','ContributorInsightsAction':'ENABLE'}",
        "ValidationException: Table or Index is not in a valid state to update Key Access Insights: TableStatus must be ACTIVE to "
        "enable ContributorInsights.");
}
END_TEST

/* What is under way ends with the index: the memory checker sees what would go on. */
START_TEST(an_index_that_leaves_takes_them_along)
{
    tables_must("UpdateTable", "{" HELD ",'GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'by-at'}}]}");
    tables_advance(STATE_MS / 2);
    tables_expect("UpdateContributorInsights", ENABLE(",'IndexName':'by-at'"), TOLD_OF_INDEX("ENABLING"));
    tables_advance(STATE_MS / 2);
    tables_expect("DescribeContributorInsights", "{" HELD ",'IndexName':'by-at'}", NO_INDEX("by-at"));
    tables_advance(STATE_MS);
    tables_expect("ListContributorInsights", "{}", "{'ContributorInsightsSummaries':[]}");
}
END_TEST

START_TEST(a_lost_turn_takes_those_of_a_leaving_index_along)
{
    sqlite3 *handle = database_handle(tables_room()->ground->database);

    tables_must("UpdateTable", "{" HELD ",'GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'by-at'}}]}");
    tables_expect("UpdateContributorInsights", ENABLE(",'IndexName':'by-at'"), TOLD_OF_INDEX("ENABLING"));
    ck_assert_int_eq(tables_end_turn(), OK);
    sqlite3_exec(handle, "PRAGMA query_only = 1", NULL, NULL, NULL);
    tables_ask("TagResource", "{'ResourceArn':'arn:aws:dynamodb:us-east-1:000000000000:table/held','Tags':[{'Key':'a','Value':'b'}]}");
    ck_assert_int_eq(tables_end_turn(), BROKEN);
    sqlite3_exec(handle, "PRAGMA query_only = 0", NULL, NULL, NULL);
    tables_advance(2 * STATE_MS);
    tables_expect("DescribeContributorInsights", "{" HELD ",'IndexName':'by-at'}", NO_INDEX("by-at"));
}
END_TEST

/* All entries, page by page, as "table" or "table/index". */
static char *list_all(int page_size, int *pages)
{
    static char all[512];
    char token[256] = "";

    all[0] = '\0';
    for (*pages = 0; *pages < 10; ++*pages) {
        json_t *json;
        json_t *entry;
        size_t i;
        char *text = strdup(*token ? tables_print_ask("ListContributorInsights", "{'MaxResults':%d,'NextToken':'%s'}", page_size, token)
                                   : tables_print_ask("ListContributorInsights", "{'MaxResults':%d}", page_size));

        for (char *c = text; *c; c++)
            *c = *c == '\'' ? '"' : *c;
        json = json_loads(text, 0, NULL);
        free(text);
        ck_assert_ptr_nonnull(json);
        json_array_foreach(json_object_get(json, "ContributorInsightsSummaries"), i, entry)
        {
            const char *index = json_string_value(json_object_get(entry, "IndexName"));

            snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s%s ", json_string_value(json_object_get(entry, "TableName")),
                     index ? "/" : "", index ? index : "");
        }
        snprintf(token, sizeof token, "%s",
                 json_object_get(json, "NextToken") ? json_string_value(json_object_get(json, "NextToken")) : "");
        json_decref(json);
        if (!*token)
            break;
    }
    return all;
}

START_TEST(the_list_comes_in_pages)
{
    static const char *const names[] = { "held", "held-more", "ahead" };
    int pages;

    create("held-more");
    create("ahead");
    for (int i = 0; i < 3; i++) {
        tables_print_ask("UpdateContributorInsights", "{'TableName':'%s','ContributorInsightsAction':'ENABLE'}", names[i]);
        tables_print_ask("UpdateContributorInsights", "{'TableName':'%s','IndexName':'by-at','ContributorInsightsAction':'ENABLE'}",
                         names[i]);
    }
    ck_assert_str_eq(list_all(1, &pages), "ahead ahead/by-at held held/by-at held-more held-more/by-at ");
    ck_assert_int_eq(pages, 5);
    ck_assert_str_eq(list_all(4, &pages), "ahead ahead/by-at held held/by-at held-more held-more/by-at ");
    ck_assert_int_eq(pages, 1);
    ck_assert_str_eq(list_all(6, &pages), "ahead ahead/by-at held held/by-at held-more held-more/by-at ");
    ck_assert_int_eq(pages, 0);
    tables_expect("ListContributorInsights", "{'NextToken':'?'}", "ValidationException: Invalid Request: Provided nextToken is invalid: ?");
    tables_expect("ListContributorInsights", "{'NextToken':''}", "ValidationException: Invalid Request: Provided nextToken is invalid: ");
}
END_TEST

static const struct {
    const char *operation;
    const char *input;
    const char *answer;
} refusals[] = {
    { "DescribeContributorInsights", "{'TableName':'none'}", NO_TABLE("none") },
    { "UpdateContributorInsights", "{'TableName':'none','ContributorInsightsAction':'ENABLE'}", NO_TABLE("none") },
    { "ListContributorInsights", "{'TableName':'none'}", NO_TABLE("none") },
    { "DescribeContributorInsights", "{" HELD ",'IndexName':'none'}", NO_INDEX("none") },
    { "DescribeContributorInsights", "{" HELD ",'IndexName':'local'}", NO_INDEX("local") },
    { "UpdateContributorInsights", "{" HELD ",'IndexName':'local','ContributorInsightsAction':'ENABLE'}", NO_INDEX("local") },
    { "UpdateContributorInsights", "{" HELD "}",
      "ValidationException: 1 validation error detected: Value null at 'contributorInsightsAction' failed to satisfy constraint: Member "
      "must not be null" },
    { "UpdateContributorInsights", "{" HELD ",'ContributorInsightsAction':'enable'}",
      "ValidationException: 1 validation error detected: Value 'enable' at 'contributorInsightsAction' failed to satisfy constraint: "
      "Member must satisfy enum value set: [ENABLE, DISABLE]" },
    { "ListContributorInsights", "{'MaxResults':101}",
      "ValidationException: 1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: Member must have value "
      "less than or equal to 100" },
};

START_TEST(what_is_wrong_is_refused)
{
    tables_expect(refusals[_i].operation, refusals[_i].input, refusals[_i].answer);
}
END_TEST

START_TEST(they_outlive_the_process)
{
    tables_open_kept();
    create("held");
    tables_room()->state_ms = STATE_MS;
    tables_advance(STATE_MS);
    tables_must("UpdateContributorInsights", ENABLE(",'IndexName':'by-at','ContributorInsightsMode':'THROTTLED_KEYS'"));
    tables_open_again();
    ck_assert_ptr_nonnull(
        strstr(tables_ask("DescribeContributorInsights", "{" HELD ",'IndexName':'by-at'}"), "'ContributorInsightsStatus':'ENABLED'"));
    ck_assert_ptr_nonnull(strstr(tables_ask("DescribeContributorInsights", "{" HELD ",'IndexName':'by-at'}"), "'THROTTLED_KEYS'"));
    tables_close_kept();
}
END_TEST

Suite *suite_dynamodb_contributor_insights(void)
{
    Suite *suite = suite_create("dynamodb_contributor_insights");
    TCase *quick = tcase_create("done at once");
    TCase *slow = tcase_create("with states");
    TCase *kept = tcase_create("kept");

    tcase_add_checked_fixture(quick, open_table, tables_close);
    tcase_add_test(quick, a_table_that_was_never_asked_is_disabled);
    tcase_add_test(quick, another_mode_keeps_the_rules_that_stay);
    tcase_add_test(quick, an_index_has_its_own);
    tcase_add_test(quick, the_list_comes_in_pages);
    tcase_add_loop_test(quick, what_is_wrong_is_refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_checked_fixture(slow, open_slowly, tables_close);
    tcase_add_test(slow, enabling_and_disabling_take_their_time);
    tcase_add_test(slow, an_index_that_is_being_filled_is_not_active);
    tcase_add_test(slow, an_index_that_leaves_takes_them_along);
    tcase_add_test(slow, a_lost_turn_takes_those_of_a_leaving_index_along);
    tcase_add_test(kept, they_outlive_the_process);
    suite_add_tcase(suite, quick);
    suite_add_tcase(suite, slow);
    suite_add_tcase(suite, kept);
    return suite;
}
