/* Forms of AWS's Query protocol become the JSON that shapes speak of. */

#include "suites.h"

#include "cloudwatch/query.h"
#include "fixture.h"

#include <check.h>
#include <string.h>

static const struct member pair[] = { { "Name", STRING }, { "Value", STRING }, { 0 } };
static const struct member pairs[] = { { "member", STRUCTURE, .members = pair }, { 0 } };
static const struct member numbers[] = { { "member", DOUBLE }, { 0 } };
static const struct member shape[] = {
    { "Text", STRING },
    { "Whole", INTEGER },
    { "Number", DOUBLE },
    { "Yes", BOOLEAN },
    { "At", TIMESTAMP },
    { "Numbers", LIST, .members = numbers },
    { "Pairs", LIST, .members = pairs },
    { "Pair", STRUCTURE, .members = pair },
    { 0 },
};

static const struct {
    const char *form;
    const char *expected;
} forms[] = {
    { "", "{}" },
    { "Action=X&Version=2010-08-01", "{}" },
    { "Text=a+b%26c&Whole=7&Number=1.5&Yes=true", "{'Number':1.5,'Text':'a b&c','Whole':7,'Yes':true}" },
    { "Numbers.member.2=2&Numbers.member.1=1&Numbers.member.4=4", "{'Numbers':[1.0,2.0]}" },
    { "Numbers=", "{'Numbers':[]}" },
    { "Pairs.member.1.Name=a&Pairs.member.1.Value=b&Pairs.member.2.Name=c", "{'Pairs':[{'Name':'a','Value':'b'},{'Name':'c'}]}" },
    { "Pair.Name=x&Pair.Other=y", "{'Pair':{'Name':'x'}}" },
    { "At=2023-11-14T22%3A13%3A20Z", "{'At':1700000000.0}" },
    { "At=2023-11-14T22%3A13%3A20.500Z", "{'At':1700000000.5}" },
    { "At=yesterday&Whole=x&Number=nan&Number2=1&Yes=maybe", "{'At':'yesterday','Number':'nan','Whole':'x','Yes':'maybe'}" },
    { "Number=1e999&Whole=1e300", "{'Number':'1e999','Whole':9223372036854775807}" },
    { "Text=1&Text.Name=2", "{'Text':{'Name':'2'}}" },
    { "Text.=1&..=2&=3&&&Pairs.member.0.Name=x", "{'Pairs':[],'Text':{'':'1'}}" },
    { "Text=%ff", "{}" },
};

START_TEST(a_form_becomes_what_the_shape_wants)
{
    struct arena arena = { 0 };
    json_t *input = query_read(forms[_i].form, strlen(forms[_i].form), shape, &arena);

    fixture_expect(input, forms[_i].expected);
    json_decref(input);
    arena_clear(&arena);
}
END_TEST

START_TEST(a_name_of_many_parts_goes_no_deeper_than_it_may)
{
    struct arena arena = { 0 };
    char form[4096] = "Text";
    json_t *input;

    for (int i = 0; i < 1000; i++)
        strcat(form, ".a");
    strcat(form, "=1");
    input = query_read(form, strlen(form), shape, &arena);
    ck_assert(json_is_object(json_object_get(input, "Text")));
    json_decref(input);
    arena_clear(&arena);
}
END_TEST

Suite *suite_cloudwatch_query(void)
{
    Suite *suite = suite_create("cloudwatch query");
    TCase *tests = tcase_create("query");

    tcase_add_loop_test(tests, a_form_becomes_what_the_shape_wants, 0, sizeof forms / sizeof *forms);
    tcase_add_test(tests, a_name_of_many_parts_goes_no_deeper_than_it_may);
    suite_add_tcase(suite, tests);
    return suite;
}
