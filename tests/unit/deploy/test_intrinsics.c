/* Intrinsic functions, conditions and parameters: a template of one stream whose outputs are evaluated. */

#include "suites.h"

#include "rehearsal.h"

#include <stdlib.h>
#include <string.h>

static struct rehearsal rehearsal;

static void set_up(void)
{
    fixture_open();
    rehearsal_open(&rehearsal);
}

static void tear_down(void)
{
    rehearsal_close(&rehearsal);
    fixture_close();
}

static const char head[] = "Parameters:\n"
                           "  Name: {Type: String, Default: bus}\n"
                           "  Count: {Type: Number, Default: 3}\n"
                           "  Names: {Type: CommaDelimitedList, Default: 'a, b ,c'}\n"
                           "  Numbers: {Type: List<Number>, Default: '1,2'}\n"
                           "  Version: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /cdk-bootstrap/version}\n"
                           "Mappings:\n"
                           "  Sizes: {us-east-1: {small: 5, list: [x, y]}, other: {small: 6}}\n"
                           "Conditions:\n"
                           "  Yes: !Equals [!Ref Name, bus]\n"
                           "  No: !Not [!Condition Yes]\n"
                           "  Both: !And [!Condition Yes, !Not [!Condition No]]\n"
                           "  Either: {'Fn::Or': [Condition: No, Condition: Yes]}\n"
                           "  Neither: !Or [!Condition No, !Equals [1, '2']]\n"
                           "  Mapped: !Equals [!FindInMap [Sizes, !Ref AWS::Region, small], '5']\n"
                           "Resources:\n"
                           "  S: {Type: 'AWS::Kinesis::Stream', Properties: {Name: tram}}\n"
                           "  Gone: {Type: 'AWS::Kinesis::Stream', Condition: No}\n"
                           "Outputs:\n"
                           "  Value:\n"
                           "    Value: ";

static bool play(const char *expression)
{
    char text[4096];

    snprintf(text, sizeof text, "%s%s\n", head, expression);
    return rehearsal_play(&rehearsal, text);
}

static const struct {
    const char *expression;
    const char *value;
} values[] = {
    { "plain", "plain" },
    { "5", "5" },
    { "1.10", "1.10" },
    { "yes", "true" },
    { "!Ref Name", "bus" },
    { "!Ref Count", "3" },
    { "!Ref Version", "/cdk-bootstrap/version" },
    { "!Ref S", "tram" },
    { "!GetAtt S.Arn", "arn:kinesis/tram" },
    { "!GetAtt [S, Arn]", "arn:kinesis/tram" },
    { "{'Fn::GetAtt': [S, !Sub 'A${Part}']}", NULL },
    { "!Ref AWS::Region", "us-east-1" },
    { "!Ref AWS::AccountId", "000000000000" },
    { "!Ref AWS::Partition", "aws" },
    { "!Ref AWS::URLSuffix", "amazonaws.com" },
    { "!Sub '${S}-${S.Arn}-${AWS::Region}-${Name}'", "tram-arn:kinesis/tram-us-east-1-bus" },
    { "!Sub ['${A}${B}${S}', {A: 1, B: !Ref Name}]", "1bustram" },
    { "!Sub '${!Literal} $x ${Name}$'", "${Literal} $x bus$" },
    { "!Sub ''", "" },
    { "!Join ['/', [a, !Ref Count, !GetAtt S.Arn, true]]", "a/3/arn:kinesis/tram/true" },
    { "!Join ['', []]", "" },
    { "!Join [',', !Ref Names]", "a,b,c" },
    { "!Join ['+', !Ref Numbers]", "1+2" },
    { "!Join ['-', !Split ['/', 'x/y//z']]", "x-y--z" },
    { "!Select [1, !Split ['/', 'x/y/z']]", "y" },
    { "!Select ['2', !Ref Names]", "c" },
    { "!Select [0, !GetAZs '']", "us-east-1a" },
    { "!Select [2, !GetAZs eu-west-1]", "eu-west-1c" },
    { "!Base64 'hi there'", "aGkgdGhlcmU=" },
    { "!Join [',', !Cidr [10.0.0.0/16, 3, 8]]", "10.0.0.0/24,10.0.1.0/24,10.0.2.0/24" },
    { "!FindInMap [Sizes, !Ref AWS::Region, small]", "5" },
    { "!Join ['', !FindInMap [Sizes, us-east-1, list]]", "xy" },
    { "!FindInMap [Sizes, nowhere, small, {DefaultValue: !Ref Name}]", "bus" },
    { "!If [Yes, a, b]", "a" },
    { "!If [No, !Ref Gone, b]", "b" },
    { "!If [Both, 1, 2]", "1" },
    { "!If [Either, 1, 2]", "1" },
    { "!If [Neither, 1, 2]", "2" },
    { "!If [Mapped, 1, 2]", "1" },
    { "!Join ['', [a, !If [No, x, !Ref AWS::NoValue], b]]", "ab" },
    { "!Length [a, b]", "2" },
    { "!Length {Ref: Names}", "3" },
    { "!ToJsonString {a: [1, !Ref Name], b: true}", "{\"a\":[1,\"bus\"],\"b\":true}" },
    { "!Sub ['${Part}', {Part: !Select [0, !Ref Names]}]", "a" },
};

START_TEST(functions_have_their_values)
{
    bool is_done = play(values[_i].expression);

    if (values[_i].value)
        ck_assert_str_eq(rehearsal_output(&rehearsal, "Value"), values[_i].value);
    else
        ck_assert(!is_done);
}
END_TEST

/* The expression stands in line 21. */
static const struct {
    const char *expression;
    const char *error;
} refusals[] = {
    { "!Ref Nobody", "Ref: Unresolved resource dependencies [Nobody] in the template; there is no parameter or resource of this name" },
    { "!Ref Gone",
      "Ref: Unresolved resource dependencies [Gone] in the template: its condition No does not hold; reach it through Fn::If" },
    { "!GetAtt S.Size", "Fn::GetAtt: Requested attribute Size does not exist in schema for AWS::Kinesis::Stream" },
    { "!GetAtt S", "Fn::GetAtt: Fn::GetAtt takes Resource.Attribute, not S" },
    { "!GetAtt [S]", "Fn::GetAtt: Fn::GetAtt takes [resource, attribute]" },
    { "!Sub '${Name'", "Fn::Sub: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and "
                       "colons; write ${!Literal} for a text that is to stay" },
    { "!Sub '${a b}'", "Fn::Sub: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and "
                       "colons; write ${!Literal} for a text that is to stay" },
    { "!Sub '${Names}'", "Fn::Sub: a text is needed here, not a list" },
    { "!Sub [x]", "Fn::Sub: Fn::Sub takes a text, or [text, { Name: value }]" },
    { "!Join ['', x]", "Fn::Join: Fn::Join needs a list here, not a text" },
    { "!Join [a]", "Fn::Join: Fn::Join takes [separator, [values]]" },
    { "!Join ['', [[a]]]", "Fn::Join[0]: a text is needed here, not a list" },
    { "!Split ['', x]", "Fn::Split: Fn::Split needs a separator that is not empty" },
    { "!Select [3, !Ref Names]", "Fn::Select: Fn::Select cannot select nonexistent value at index 3 of a list of 3" },
    { "!Select [-1, [a]]", "Fn::Select: Fn::Select cannot select nonexistent value at index -1 of a list of 1" },
    { "!If [Nope, a, b]", "Fn::If: Unresolved condition dependency Nope; define it in the Conditions section" },
    { "!If [Yes, a]", "Fn::If: Fn::If takes [condition, value if true, value if false]" },
    { "!FindInMap [Sizes, x, small]", "Fn::FindInMap: Unable to get mapping for Sizes::x::small; add it to the Mappings section" },
    { "!ImportValue other-stack",
      "Fn::ImportValue: No export named other-stack found: there are no other stacks here; give the value as a parameter" },
    { "!Cidr [10.0.0.0/30, 9, 8]", "Fn::Cidr: Fn::Cidr cannot cut 10.0.0.0/30 into 9 blocks of 8 host bits (IPv4 only)" },
    { "!Transform {Name: AWS::Include}", "the function Fn::Transform is not supported" },
    { "!Ref Names", "a text is needed here, not a list" },
    { "{a: b}", "a text is needed here, not a map" },
};

START_TEST(what_a_function_cannot_do_is_told_with_its_line)
{
    char expected[1024];
    bool is_plain = strncmp(refusals[_i].error, "Fn::", 4) && strncmp(refusals[_i].error, "Ref:", 4);

    snprintf(expected, sizeof expected, "lowcloud: error: template.yaml:21: Outputs.Value.Value%s%s\n", is_plain ? ": " : ".",
             refusals[_i].error);
    ck_assert(!play(refusals[_i].expression));
    ck_assert_str_eq(rehearsal.said, expected);
}
END_TEST

/* ---- parameters ---- */

static const char *const parameter_head = "Parameters:\n"
                                          "  P:\n"
                                          "    Type: %s\n"
                                          "Resources:\n"
                                          "  S: {Type: 'AWS::Kinesis::Stream', Properties: {Name: tram}}\n"
                                          "Outputs:\n"
                                          "  Value: {Value: !Join ['|', [!Ref P]]}\n";

static bool play_parameter(const char *rest, const char *given)
{
    char text[2048];

    snprintf(text, sizeof text, parameter_head, rest);
    rehearsal_write(&rehearsal, "template.yaml", text);
    return rehearsal_deploy(&rehearsal, "template.yaml", given ? (const char *const[]){ given, NULL } : NULL);
}

static const struct {
    const char *rest;
    const char *given;
    const char *value; /* or, beginning with '!', the error behind "Parameters.P: " */
} parameters[] = {
    { "String", "P=x=y", "x=y" },
    { "String", NULL, "!Parameters: [P] must have values; give one with --parameter-overrides P=..." },
    { "String\n    Default: ''", NULL, "" },
    { "String\n    MinLength: 3", "P=ab", "!Parameter 'P' must contain at least 3 characters" },
    { "String\n    MaxLength: 3", "P=abcd", "!Parameter 'P' must contain at most 3 characters" },
    { "String\n    AllowedValues: [dev, prod]", "P=prod", "prod" },
    { "String\n    AllowedValues: [dev, prod]", "P=test", "!Parameter 'P' must be one of AllowedValues" },
    { "String\n    AllowedPattern: '^[A-Za-z_]+$'", "P=a_b", "a_b" },
    { "String\n    AllowedPattern: '^[A-Za-z_]+$'", "P=a-b", "!Parameter 'P' must match pattern ^[A-Za-z_]+$" },
    { "String\n    AllowedPattern: 'a+'", "P=baab", "!Parameter 'P' must match pattern a+" },
    { "String\n    AllowedPattern: '\\w+\\.\\d{2}(?:x|y)[\\w\\-\\]]*'", "P=a_b.12y-]z", "a_b.12y-]z" },
    { "String\n    AllowedPattern: 'a+'\n    ConstraintDescription: only a, please", "P=b",
      "!Parameter 'P' failed to satisfy constraint: only a, please" },
    { "Number\n    MinValue: 2", "P=1.5", "!Parameter 'P' must be a number not less than 2" },
    { "Number\n    MaxValue: 2", "P=3", "!Parameter 'P' must be a number not greater than 2" },
    { "Number", "P=x", "!Parameter 'P' must be a number" },
    { "Number", "P=1.50", "1.50" },
    { "String\n    NoEcho: true\n    MinLength: 9", "P=secret", "!Parameter 'P' must contain at least 9 characters" },
    { "AWS::EC2::VPC::Id", "P=vpc-1", "vpc-1" },
    { "Strin", "P=1", "!a parameter needs a Type: String, Number, CommaDelimitedList, ..." },
    { "String\n    Foo: 1", "P=1", "!Invalid template parameter property 'Foo'" },
};

START_TEST(parameters_are_checked_in_cloudformations_words)
{
    bool is_done = play_parameter(parameters[_i].rest, parameters[_i].given);

    if (*parameters[_i].value != '!') {
        ck_assert_str_eq(rehearsal_output(&rehearsal, "Value"), parameters[_i].value);
        ck_assert_str_eq(rehearsal.said, "");
        return;
    }
    ck_assert(!is_done);
    ck_assert_msg(strstr(rehearsal.said, ": Parameters.P: ") && strstr(rehearsal.said, parameters[_i].value + 1), "%s", rehearsal.said);
    ck_assert_msg(!strstr(rehearsal.said, "secret"), "a value that must not be echoed: %s", rehearsal.said);
}
END_TEST

START_TEST(a_parameter_can_come_from_the_environment)
{
    setenv("LOWCLOUD_PARAMETER_P", "from outside", 1);
    ck_assert(play_parameter("String\n    Default: x", NULL));
    ck_assert_str_eq(rehearsal_output(&rehearsal, "Value"), "from outside");
    ck_assert(play_parameter("String\n    Default: x", "P=nearer"));
    ck_assert_str_eq(rehearsal_output(&rehearsal, "Value"), "nearer");
    unsetenv("LOWCLOUD_PARAMETER_P");
}
END_TEST

START_TEST(a_parameter_that_the_template_does_not_have_is_refused)
{
    ck_assert(!play_parameter("String\n    Default: x", "Q=1"));
    ck_assert_str_eq(rehearsal.said,
                     "lowcloud: error: template.yaml: Parameters: [Q] do not exist in the template; add it or leave it out\n");
}
END_TEST

START_TEST(a_pattern_beyond_posix_is_told_and_not_checked)
{
    ck_assert(play_parameter("String\n    AllowedPattern: '(?=a).*'", "P=b"));
    ck_assert_str_eq(rehearsal.said, "lowcloud: warn: template.yaml:4: Parameters.P: AllowedPattern is not checked: it is beyond POSIX "
                                     "patterns\n");
}
END_TEST

/* A hundred texts of a hundred thousand characters each, joined a hundred times over. */
START_TEST(a_template_that_unfolds_without_end_is_refused)
{
    char *text = malloc(400000);
    int length = sprintf(text,
                         "Parameters:\n  P: {Type: String, Default: %0100000d}\nResources:\n"
                         "  S: {Type: 'AWS::Kinesis::Stream', Properties: {Name: !Sub '",
                         1);

    for (int i = 0; i < 10000; i++)
        length += sprintf(text + length, "${P}");
    sprintf(text + length, "'}}\n");
    ck_assert(!rehearsal_play(&rehearsal, text));
    ck_assert_str_eq(rehearsal.said, "lowcloud: error: template.yaml:4: Resources.S.Properties.Name.Fn::Sub: the template unfolds to more "
                                     "than lowcloud takes (1000000 values, 67108864 bytes)\n");
    free(text);
}
END_TEST

START_TEST(conditions_that_depend_on_themselves_are_refused)
{
    ck_assert(!rehearsal_play(&rehearsal, "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\nResources:\n"
                                          "  S: {Type: 'AWS::Kinesis::Stream', Condition: A}\n"));
    ck_assert_str_eq(rehearsal.said, "lowcloud: error: template.yaml:3: Conditions.B.Fn::Not[0].Condition: the condition A depends on "
                                     "itself; break the circle\n");
    ck_assert(!rehearsal_play(&rehearsal, "Conditions:\n  A: !Equals [!Ref S, x]\nResources:\n"
                                          "  S: {Type: 'AWS::Kinesis::Stream', Condition: A}\n"));
    ck_assert_str_eq(rehearsal.said, "lowcloud: error: template.yaml:2: Conditions.A.Fn::Equals.Ref: Unresolved dependencies [S]. Cannot "
                                     "reference resources in the Conditions block of the template\n");
}
END_TEST

Suite *suite_deploy_intrinsics(void)
{
    Suite *suite = suite_create("deploy intrinsics");
    TCase *tests = tcase_create("intrinsics");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, functions_have_their_values, 0, sizeof values / sizeof *values);
    tcase_add_loop_test(tests, what_a_function_cannot_do_is_told_with_its_line, 0, sizeof refusals / sizeof *refusals);
    tcase_add_loop_test(tests, parameters_are_checked_in_cloudformations_words, 0, sizeof parameters / sizeof *parameters);
    tcase_add_test(tests, a_parameter_can_come_from_the_environment);
    tcase_add_test(tests, a_parameter_that_the_template_does_not_have_is_refused);
    tcase_add_test(tests, a_pattern_beyond_posix_is_told_and_not_checked);
    tcase_add_test(tests, a_template_that_unfolds_without_end_is_refused);
    tcase_add_test(tests, conditions_that_depend_on_themselves_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
