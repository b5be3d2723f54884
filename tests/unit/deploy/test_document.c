/* Template files as trees: places, scalars, tags, and what is refused. */

#include "suites.h"

#include "deploy/document.h"

#include <stdlib.h>
#include <string.h>

static struct arena arena;
static struct remarks remarks;

static const struct node *read_as(const char *file, const char *text)
{
    remarks = (struct remarks){ .arena = &arena, .file = file };
    return document_parse(text, strlen(text), &remarks);
}

static void clear(void)
{
    arena_clear(&arena);
}

static void expect(const char *text, const char *json)
{
    const struct node *root = read_as("t.yaml", text);
    json_t *value;
    char *dump;

    ck_assert_msg(root != NULL, "%s: %s", text, remarks.error);
    value = node_to_json(root);
    dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    ck_assert_str_eq(dump, json);
    free(dump);
    json_decref(value);
}

START_TEST(scalars_are_read_as_cloudformation_reads_them)
{
    expect("[true, True, yes, on, FALSE, no, Off]", "[true,true,true,true,false,false,false]");
    expect("['true', \"no\", !!str yes]", "[\"true\",\"no\",\"yes\"]");
    expect("[1, -5, 0, 1.5, 1.5e3, +7]", "[1,-5,0,1.5,1500.0,7]");
    expect("[000000000000, 0123, 0x1F, 1_000, 1:30, 1e3, .5, '5', 2012-10-17, python3.12, 1.2.3]",
           "[\"000000000000\",\"0123\",\"0x1F\",\"1_000\",\"1:30\",\"1e3\",\".5\",\"5\",\"2012-10-17\",\"python3.12\",\"1.2.3\"]");
    expect("[null, ~, y, n]", "[null,null,\"y\",\"n\"]");
    expect("a:\nb: ", "{\"a\":null,\"b\":null}");
    expect("a: |\n  one\n  two\nb: >-\n  one\n  two\n", "{\"a\":\"one\\ntwo\\n\",\"b\":\"one two\"}");
}
END_TEST

START_TEST(a_number_keeps_its_text)
{
    const struct node *root = read_as("t.yaml", "[1.10, 3.0, 100000000000000000000]");

    ck_assert_str_eq(root->fields[0].value->text, "1.10");
    ck_assert_str_eq(root->fields[1].value->text, "3.0");
    ck_assert_str_eq(root->fields[2].value->text, "100000000000000000000");
    ck_assert_int_eq(root->fields[2].value->kind, NODE_NUMBER);
}
END_TEST

START_TEST(every_node_knows_its_place)
{
    const struct node *root = read_as("t.yaml", "# a comment\nResources:\n  Table:\n    Type: X\n    Tags: [a,\n      b]\n");
    const struct node *table = node_find(node_find(root, "Resources"), "Table");
    const struct node *tags = node_find(table, "Tags");

    ck_assert_int_eq(root->line, 2);
    ck_assert_int_eq(node_field(node_find(root, "Resources"), "Table")->line, 3);
    ck_assert_int_eq(node_find(table, "Type")->line, 4);
    ck_assert_int_eq(node_find(table, "Type")->column, 11);
    ck_assert_int_eq(tags->fields[1].value->line, 6);
    ck_assert_int_eq(tags->fields[1].value->column, 7);

    root = read_as("t.json", "{\n\t\"Resources\": {\n\t\t\"Table\": { \"Type\":\"X\",\n\t\t\t\"N\": 5 } } }");
    ck_assert_msg(root != NULL, "%s", remarks.error);
    table = node_find(node_find(root, "Resources"), "Table");
    ck_assert_int_eq(node_field(node_find(root, "Resources"), "Table")->line, 3);
    ck_assert_int_eq(node_find(table, "N")->line, 4);
    ck_assert_int_eq(node_find(table, "N")->column, 9);
}
END_TEST

START_TEST(short_tags_are_functions)
{
    expect("!Ref A", "{\"Ref\":\"A\"}");
    expect("!GetAtt A.B", "{\"Fn::GetAtt\":\"A.B\"}");
    expect("!Condition C", "{\"Condition\":\"C\"}");
    expect("!Sub '${A}-x'", "{\"Fn::Sub\":\"${A}-x\"}");
    expect("!Join ['', [!Ref A, 5]]", "{\"Fn::Join\":[\"\",[{\"Ref\":\"A\"},5]]}");
    expect("!If [C, !Ref AWS::NoValue, {a: !Base64 x}]", "{\"Fn::If\":[\"C\",{\"Ref\":\"AWS::NoValue\"},{\"a\":{\"Fn::Base64\":\"x\"}}]}");
    expect("!Transform {Name: AWS::Include}", "{\"Fn::Transform\":{\"Name\":\"AWS::Include\"}}");
    expect("Fn::Base64: !Sub |\n  #!/bin/sh\n", "{\"Fn::Base64\":{\"Fn::Sub\":\"#!/bin/sh\\n\"}}");
}
END_TEST

START_TEST(aliases_and_merges_unfold)
{
    expect("a: &x {k: 1}\nb: *x\nc: {<<: *x, m: 2}\nd: {k: 3, <<: [*x, {n: 4}]}",
           "{\"a\":{\"k\":1},\"b\":{\"k\":1},\"c\":{\"m\":2,\"k\":1},\"d\":{\"k\":3,\"n\":4}}");
}
END_TEST

START_TEST(json_is_read_whole)
{
    expect("{\"a\": \"\\u00e9\\ud83d\\ude97\\/\\n\", \"b\": [1, -2.5e3, true, null, {}], \"c\":\"\\u0041\"}",
           "{\"a\":\"\xc3\xa9\xf0\x9f\x9a\x97/\\n\",\"b\":[1,-2500.0,true,null,{}],\"c\":\"A\"}");
    expect("\xef\xbb\xbf{\"a\":\"b\"}", "{\"a\":\"b\"}");
    expect("{a: 5, b: [x]}", "{\"a\":5,\"b\":[\"x\"]}"); /* a YAML flow map */
}
END_TEST

static const struct {
    const char *file;
    const char *text;
    const char *error;
} refusals[] = {
    { "t.yaml", "", "t.yaml: the template is empty; it needs at least a Resources section" },
    { "t.yaml", "# nothing\n", "t.yaml: the template is empty; it needs at least a Resources section" },
    { "t.yaml", "a: 1\nb: 2\na: 3\n", "t.yaml:3: the key a stands here twice (first in line 1); keep one of them" },
    { "t.yaml", "a: [1\nb: 2\n", "t.yaml:2: not valid YAML: while parsing a flow sequence, did not find expected ',' or ']'" },
    { "t.yaml", "a:\n\tb: 1\n",
      "t.yaml:2: not valid YAML: while scanning for the next token, found character that cannot start any token" },
    { "t.yaml", "a: !Foo x\n", "t.yaml:1: unknown tag !Foo; CloudFormation's short functions are !Ref, !GetAtt, !Sub and their like" },
    { "t.yaml", "a: !!binary eA==\n",
      "t.yaml:1: unknown tag tag:yaml.org,2002:binary; CloudFormation's short functions are !Ref, !GetAtt, !Sub and their like" },
    { "t.yaml", "a: *x\n", "t.yaml:1: the alias *x has no anchor &x that is whole before it" },
    { "t.yaml", "a: &x\n  b: *x\n", "t.yaml:2: the alias *x has no anchor &x that is whole before it" },
    { "t.yaml", "? [a]\n: b\n", "t.yaml:1: a key must be a text" },
    { "t.yaml", "a: 1\n---\nb: 2\n", "t.yaml:2: a second document begins here; a template is one document" },
    { "t.yaml", "a: \"x\\0y\"\n", "t.yaml:1: a text holds the character NUL; take it out" },
    { "t.yaml", "a: {<<: 5}\n", "t.yaml:1: << merges maps, not a number" },
    { "t.yaml", "a: \"\xff\"\n", "t.yaml: not valid YAML: invalid leading UTF-8 octet at byte 4; save the template as UTF-8" },
    { "t.json", "{\"a\": 1,\n \"a\": 2}", "t.json:2: the key a stands here twice (first in line 1); keep one of them" },
    { "t.json", "{\"a\": 1,}", "t.json:1: not valid JSON: expected a key in quotes in column 9" },
    { "t.json", "{\"a\": 01}", "t.json:1: not valid JSON: expected a value in column 7" },
    { "t.json", "{\"a\": \"x\ny\"}", "t.json:1: not valid JSON: a control character stands in a text in column 9" },
    { "t.json", "{\"a\": \"\\ud800\"}", "t.json:1: not valid JSON: a bad escape in column 14" },
    { "t.json", "{\"a\": \"\\u0000\"}", "t.json:1: not valid JSON: a bad escape in column 14" },
    { "t.json", "{\"a\": 1} x", "t.json:1: not valid JSON: something stands behind the document in column 10" },
    { "t.json", "[1 2]", "t.json:1: not valid JSON: expected ',' or ']' in column 4" },
    { "t.json", "{\"a\" 1}", "t.json:1: not valid JSON: expected ':' in column 6" },
    { "t.json", "{\"a\": \"\xff\"}", "t.json: not valid JSON: the file is not UTF-8; save it as such" },
    { "t.json", "{\"a\": \"x", "t.json:1: not valid JSON: a text does not end in column 9" },
};

START_TEST(what_is_no_document_is_refused_with_its_line)
{
    const struct node *root = read_as(refusals[_i].file, refusals[_i].text);

    ck_assert_msg(root == NULL, "%s was accepted", refusals[_i].text);
    ck_assert_str_eq(remarks.error, refusals[_i].error);
}
END_TEST

/* 20 levels of ten aliases each: 10^20 values from 400 bytes. */
START_TEST(a_bomb_of_aliases_is_refused)
{
    char text[4096] = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";

    for (int i = 1; i < 20; i++) {
        char line[160];
        int length = snprintf(line, sizeof line, "a%d: &a%d [", i, i);

        for (int j = 0; j < 10; j++)
            length += snprintf(line + length, sizeof line - (size_t)length, "*a%d%s", i - 1, j < 9 ? "," : "]\n");
        strcat(text, line);
    }
    ck_assert_ptr_null(read_as("t.yaml", text));
    ck_assert_str_eq(remarks.error, "t.yaml:6: the document unfolds to more than 200000 values; use fewer aliases");
}
END_TEST

/* Each alias stands 60 levels deep in the next one: few values, but a walker would go down 60 levels a line. */
START_TEST(depth_is_bounded_through_aliases_too)
{
    static char text[60000];
    int length = snprintf(text, sizeof text, "a0: &a0 x\n");

    for (int i = 1; i < 4; i++) {
        length += snprintf(text + length, sizeof text - (size_t)length, "a%d: &a%d ", i, i);
        for (int j = 0; j < 60; j++)
            text[length++] = '[';
        length += snprintf(text + length, sizeof text - (size_t)length, "*a%d", i - 1);
        for (int j = 0; j < 60; j++)
            text[length++] = ']';
        text[length++] = '\n';
    }
    text[length] = '\0';
    ck_assert_ptr_null(read_as("t.yaml", text));
    ck_assert_str_eq(remarks.error, "t.yaml:3: the document is nested more than 100 levels deep");
    memset(text, '[', 5000);
    text[5000] = '\0';
    ck_assert_ptr_null(read_as("t.yaml", text));
    ck_assert_str_eq(remarks.error, "t.yaml:1: the document is nested more than 100 levels deep");
    ck_assert_ptr_null(read_as("t.json", text));
    ck_assert_str_eq(remarks.error, "t.json:1: the document is nested more than 100 levels deep");
}
END_TEST

START_TEST(a_document_that_is_too_large_is_refused)
{
    size_t size = DOCUMENT_BYTES_MAX + 1;
    char *text = malloc(size);

    memset(text, 'a', size);
    remarks = (struct remarks){ .arena = &arena, .file = "t.yaml" };
    ck_assert_ptr_null(document_parse(text, size, &remarks));
    ck_assert_str_eq(remarks.error, "t.yaml: the template is larger than 1000000 bytes; CloudFormation takes no larger one");
    free(text);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_refused)
{
    remarks = (struct remarks){ .arena = &arena, .file = "/nowhere/template.yaml" };
    ck_assert_ptr_null(document_read(&remarks));
    ck_assert_str_eq(remarks.error, "/nowhere/template.yaml: cannot read the template: No such file or directory");
    remarks = (struct remarks){ .arena = &arena, .file = "/tmp" };
    ck_assert_ptr_null(document_read(&remarks));
    ck_assert_str_eq(remarks.error, "/tmp: cannot read the template: it is not a file");
}
END_TEST

Suite *suite_deploy_document(void)
{
    Suite *suite = suite_create("deploy document");
    TCase *tests = tcase_create("document");

    tcase_add_checked_fixture(tests, NULL, clear);
    tcase_add_test(tests, scalars_are_read_as_cloudformation_reads_them);
    tcase_add_test(tests, a_number_keeps_its_text);
    tcase_add_test(tests, every_node_knows_its_place);
    tcase_add_test(tests, short_tags_are_functions);
    tcase_add_test(tests, aliases_and_merges_unfold);
    tcase_add_test(tests, json_is_read_whole);
    tcase_add_loop_test(tests, what_is_no_document_is_refused_with_its_line, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(tests, a_bomb_of_aliases_is_refused);
    tcase_add_test(tests, depth_is_bounded_through_aliases_too);
    tcase_add_test(tests, a_document_that_is_too_large_is_refused);
    tcase_add_test(tests, a_file_that_cannot_be_read_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
