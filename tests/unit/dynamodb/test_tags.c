/* Tags: what a key, a value, a set and a resource may not be. The texts were measured on the service in October 2026. */

#include "suites.h"

#include "tables.h"

#define ARN "arn:aws:dynamodb:us-east-1:000000000000:table/tagged"
#define RESOURCE "'ResourceArn':'" ARN "'"

static void open_table(void)
{
    tables_open();
    tables_must("CreateTable", "{'TableName':'tagged','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],'KeySchema':[{"
                               "'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST','Tags':[{'Key':'a','Value':'1'}]}");
}

static const struct {
    const char *operation;
    const char *input;
    const char *answer;
} refused[] = {
    { "TagResource", "{" RESOURCE ",'Tags':[]}", "ValidationException: Atleast one Tag needs to be provided as Input." },
    { "UntagResource", "{" RESOURCE ",'TagKeys':[]}", "ValidationException: Atleast one Tag Key needs to be provided as Input." },
    { "TagResource", "{" RESOURCE ",'Tags':[{'Key':'a#b','Value':''}]}", "ValidationException: The Tag Key provided is invalid, Key: a#b" },
    { "TagResource", "{" RESOURCE ",'Tags':[{'Key':'','Value':''}]}", "ValidationException: The Tag Key provided is invalid, Key: " },
    { "TagResource", "{" RESOURCE ",'Tags':[{'Key':'a','Value':'%'}]}",
      "ValidationException: The Tag Value provided is invalid, Value: %" },
    { "TagResource", "{" RESOURCE ",'Tags':[{'Key':'a'}]}", "ValidationException: The Tag Value provided is invalid, Value: null" },
    { "TagResource", "{" RESOURCE ",'Tags':[{'Key':'AWS:a','Value':''}]}",
      "ValidationException: Tag Key cannot be prefixed with aws:, Key: AWS:a" },
    { "UntagResource", "{" RESOURCE ",'TagKeys':['aws:a']}", "ValidationException: Tag Key cannot be prefixed with aws:, Key: aws:a" },
    { "TagResource", "{" RESOURCE ",'Tags':[{'Key':'a','Value':'1'},{'Key':'a','Value':'2'}]}",
      "ValidationException: Duplicate Tag Keys provided as input: Duplicate Tag Key found a" },
    { "ListTagsOfResource", "{'ResourceArn':'tagged'}",
      "ValidationException: One or more parameter values were invalid: ARNs must start with 'arn:': tagged" },
    { "ListTagsOfResource", "{'ResourceArn':'arn:aws:s3:::tagged'}",
      "ValidationException: One or more parameter values were invalid: Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::tagged" },
    { "ListTagsOfResource", "{'ResourceArn':'arn:aws:dynamodb:eu-west-1:000000000000:table/tagged'}",
      "ValidationException: Invalid TableArn: Invalid ResourceArn provided as input arn:aws:dynamodb:eu-west-1:000000000000:table/tagged" },
    { "ListTagsOfResource", "{'ResourceArn':'" ARN "/index/x'}",
      "ValidationException: One or more parameter values were invalid: Invalid resource arn provided, only table or stream is accepted. "
      "Provided resource arn: " ARN "/index/x" },
    { "ListTagsOfResource", "{'ResourceArn':'" ARN "2'}",
      "ResourceNotFoundException: Requested resource not found: ResourceArn: " ARN "2 not found" },
    { "CreateTable",
      "{'TableName':'other','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],'KeySchema':[{'AttributeName':'id',"
      "'KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST','Tags':[{'Key':'aws:a','Value':'1'}]}",
      "ValidationException: Tag Key cannot be prefixed with aws:, Key: aws:a" },
};

START_TEST(a_wrong_tag_is_refused)
{
    tables_expect(refused[_i].operation, refused[_i].input, refused[_i].answer);
    tables_expect("ListTagsOfResource", "{" RESOURCE "}", "{'Tags':[{'Key':'a','Value':'1'}]}");
}
END_TEST

START_TEST(a_table_has_fifty_tags_at_most)
{
    for (int i = 0; i < 49; i++)
        tables_print_ask("TagResource", "{" RESOURCE ",'Tags':[{'Key':'k%d','Value':'v'}]}", i);
    tables_expect("TagResource", "{" RESOURCE ",'Tags':[{'Key':'one more','Value':''}]}",
                  "ValidationException: Number of Tags exceed the current limit for the provided ResourceArn");
    tables_expect("TagResource", "{" RESOURCE ",'Tags':[{'Key':'k1','Value':'another'}]}", "");
}
END_TEST

START_TEST(letters_are_those_of_any_language)
{
    tables_expect("TagResource", "{" RESOURCE ",'Tags':[{'Key':'a','Value':'\xd0\xb9 b+c-d=e.f_g:h/i@j'}]}", "");
    tables_expect("ListTagsOfResource", "{" RESOURCE "}", "{'Tags':[{'Key':'a','Value':'\xd0\xb9 b+c-d=e.f_g:h/i@j'}]}");
}
END_TEST

Suite *suite_dynamodb_tags(void)
{
    Suite *suite = suite_create("dynamodb tags");
    TCase *tests = tcase_create("tags");

    tcase_add_checked_fixture(tests, open_table, tables_close);
    tcase_add_loop_test(tests, a_wrong_tag_is_refused, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tests, a_table_has_fifty_tags_at_most);
    tcase_add_test(tests, letters_are_those_of_any_language);
    suite_add_tcase(suite, tests);
    return suite;
}
