/* Selection expressions: what each finds in which message, and what is refused. */

#include "suites.h"

#include "apigateway/json_text.h"
#include "apigateway/selection.h"

#include <stdlib.h>
#include <string.h>

static const char *look_up(void *context, const char *name)
{
    (void)context;
    return !strcmp(name, "context.stage") ? "prod" : NULL;
}

static const struct {
    const char *expression;
    const char *body;
    const char *value;
} evaluations[] = {
    { "$request.body.action", "{\"action\":\"chat\"}", "chat" },
    { "${request.body.action}", "{\"action\":\"chat\"}", "chat" },
    { "$request.body.action", " {\"a\":1,\r\n\t\"action\" : \"chat\" } ", "chat" },
    { "$request.body.service.do", "{\"service\":{\"do\":\"go\"}}", "go" },
    { "$request.body.action", "{\"other\":\"chat\"}", "" },
    { "$request.body.action", "not json", "" },
    { "$request.body.action", "", "" },
    { "$request.body.action", "\"action\"", "" },
    { "$request.body.action", "[{\"action\":\"chat\"}]", "" },
    { "$request.body.action", "{\"action\":null}", "" },
    { "$request.body.action", "{\"action\":\"\"}", "" },
    { "$request.body.action", "{\"action\":1}", "1" },
    { "$request.body.action", "{\"action\":-1.50e3}", "-1.50e3" },
    { "$request.body.action", "{\"action\":true}", "true" },
    { "$request.body.action", "{\"action\":[\"a\",2,null]}", "[a, 2, ]" },
    { "$request.body.action", "{\"action\":[]}", "[]" },
    { "$request.body.action", "{\"action\":{\"b\":[1]}}", "{\"b\":[1]}" },
    /* What jansson would refuse, and the service does not. */
    { "$request.body.action", "{\"n\":12345678901234567890123,\"action\":\"chat\"}", "chat" },
    { "$request.body.action", "{\"n\":1e999,\"action\":\"chat\"}", "chat" },
    { "$request.body.action", "{\"emoji\":\"\\ud83d\",\"action\":\"chat\"}", "chat" },
    { "$request.body.action", "{\"nul\":\"\\u0000\",\"action\":\"chat\"}", "chat" },
    { "$request.body.action", "{\"action\":\"\\ud83d\\ude97\\u00e9\\u20ac\"}", "\xf0\x9f\x9a\x97\xc3\xa9\xe2\x82\xac" },
    { "$request.body.action", "{\"action\":\"\\ud83dx\"}", "\xef\xbf\xbdx" },
    { "$request.body.action", "{\"action\":\"\\ud83d\\u0041\"}",
      "\xef\xbf\xbd"
      "A" },
    { "$request.body.action", "{\"action\":\"\\b\\f\\n\\r\\t\\/\\\\\\\"\"}", "\b\f\n\r\t/\\\"" },
    { "$request.body.action", "{\"action\":\"first\",\"action\":\"last\"}", "last" },
    { "$request.body.action", "{\"\\u0061ction\":\"chat\"}", "chat" },
    { "$request.body.action", "{\"x\":\"}\\\"]\",\"y\":[{\"z\":\"[\"}],\"action\":\"chat\"}", "chat" },
    /* What is not JSON either way. */
    { "$request.body.action", "{\"action\":\"chat\"} x", "" },
    { "$request.body.action", "{\"action\":\"chat\",}", "" },
    { "$request.body.action", "{\"action\":\"chat\"", "" },
    { "$request.body.action", "{'action':'chat'}", "" },
    { "$request.body.action", "{\"action\":\"a\nb\"}", "" },
    { "$request.body.action", "{\"action\":01}", "" },
    { "$request.body.action", "{\"action\":\"\\x\"}", "" },
    { "$request.body.action", "{\"action\":\"\\u12g4\"}", "" },
    { "$request.body.action", "{\"action\" \"chat\"}", "" },
    { "$request.body.action", "{\"action\":nul}", "" },
    { "$request.body.action", "{\"action\":[1}", "" },
    /* Mixtures, escapes and paths. */
    { "${request.body.service}/${request.body.do}", "{\"service\":\"car\",\"do\":\"go\"}", "car/go" },
    { "${request.body.a}-${request.body.zz}", "{\"a\":\"join\"}", "join-" },
    { "$request.body.a/$request.body.b", "{\"a\":\"x\",\"b\":\"y\"}", "x/y" },
    { "static", "{}", "static" },
    { "\\$default", "{}", "$default" },
    { "\\", "{}", "\\" },
    { "", "{}", "" },
    { "$request.body", "\"chat\"", "chat" },
    { "$request.body.a-b_c1", "{\"a-b_c1\":\"x\"}", "x" },
    { "$request.body['a.b c']", "{\"a.b c\":\"x\"}", "x" },
    { "${request.body[\"a\"][1].b}", "{\"a\":[0,{\"b\":\"x\"}]}", "x" },
    { "$request.body.a[2]", "{\"a\":[0,1]}", "" },
    { "$request.body.a[0]", "{\"a\":\"x\"}", "" },
    { "$request.body.a[*].b", "{\"a\":[{\"b\":\"x\"},{\"c\":0},{\"b\":\"y\"}]}", "[x, y]" },
    { "$request.body.*", "{\"a\":1,\"b\":\"x\"}", "[1, x]" },
    { "$request.body.a[*][*]", "{\"a\":[[1]]}", "[]" },
    { "${context.stage}.$request.body.action.", "{\"action\":\"chat\"}", "prod.chat." },
    { "$request.header.x-api-key", "{}", "" },
    { "$stageVariables.none", "{}", "" },
    /* Evaluated once: what comes out is not an expression. */
    { "$request.body.action", "{\"action\":\"$request.body.b\",\"b\":\"x\"}", "$request.body.b" },
};

START_TEST(an_expression_has_its_value)
{
    struct buffer value = { 0 };
    struct apigateway_selection *selection;
    const char *fault;

    ck_assert_msg(apigateway_selection_parse(evaluations[_i].expression, &selection, &fault) == OK, "%s: %s", evaluations[_i].expression,
                  fault);
    buffer_add_text(&value, "");
    apigateway_selection_evaluate(selection, evaluations[_i].body, strlen(evaluations[_i].body), look_up, NULL, &value);
    ck_assert_msg(!strcmp(value.data, evaluations[_i].value), "%s of %s is '%s', not '%s'", evaluations[_i].expression,
                  evaluations[_i].body, value.data, evaluations[_i].value);
    apigateway_selection_free(selection);
    buffer_clear(&value);
}
END_TEST

static const struct {
    const char *expression;
    const char *fault;
} refusals[] = {
    { "${request.body.a", "a brace is not closed" },
    { "$request.body..a", "a name of the path is empty" },
    { "${request.body.}", "a name of the path is empty" },
    { "$request.body[?(@.a)]", "the path holds more than names, indexes and wildcards" },
    { "$request.body[-1]", "the path holds more than names, indexes and wildcards" },
    { "$request.body['a", "a bracket of the path is not closed" },
    { "$request.body[1", "a bracket of the path is not closed" },
    { "${request.body[0]x}", "the path holds more than names, indexes and wildcards" },
    { "$request.bodyaction", "the variable is not known" },
    { "$request.path.a", "the variable is not known" },
    { "$context.", "the variable is not known" },
    { "$", "the variable is not known" },
    { "$$request.body.a", "the variable is not known" },
};

START_TEST(what_is_not_understood_is_refused)
{
    struct apigateway_selection *selection;
    const char *fault;

    ck_assert_int_eq(apigateway_selection_parse(refusals[_i].expression, &selection, &fault), INVALID);
    ck_assert_str_eq(fault, refusals[_i].fault);
    ck_assert_ptr_null(selection);
}
END_TEST

START_TEST(an_expression_is_bounded)
{
    char expression[APIGATEWAY_SELECTION_MAX_LENGTH + 2];
    struct apigateway_selection *selection;
    const char *fault;

    memset(expression, 'a', sizeof expression);
    expression[APIGATEWAY_SELECTION_MAX_LENGTH + 1] = '\0';
    ck_assert_int_eq(apigateway_selection_parse(expression, &selection, &fault), INVALID);
    ck_assert_str_eq(fault, "the expression is too long");
    expression[APIGATEWAY_SELECTION_MAX_LENGTH] = '\0';
    ck_assert_int_eq(apigateway_selection_parse(expression, &selection, &fault), OK);
    apigateway_selection_free(selection);
    for (int i = 0; i < APIGATEWAY_SELECTION_MAX_LENGTH; i += 2)
        memcpy(expression + i, ".a", 2);
    memcpy(expression, "x$request.body", 14);
    ck_assert_int_eq(apigateway_selection_parse(expression, &selection, &fault), INVALID);
    ck_assert_str_eq(fault, "the path is too long");
}
END_TEST

/* 1,000 levels are read, one more is not JSON to us; neither uses the stack. */
START_TEST(depth_is_bounded)
{
    char *text = malloc(2 * (APIGATEWAY_JSON_TEXT_DEPTH + 1) + 1);
    struct apigateway_json_slice value;

    for (size_t depth = APIGATEWAY_JSON_TEXT_DEPTH; depth <= APIGATEWAY_JSON_TEXT_DEPTH + 1; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        ck_assert_int_eq(apigateway_json_text_open(text, 2 * depth, &value), depth == APIGATEWAY_JSON_TEXT_DEPTH ? OK : INVALID);
    }
    free(text);
}
END_TEST

Suite *suite_apigateway_selection(void)
{
    Suite *suite = suite_create("apigateway selection");
    TCase *tests = tcase_create("selection");

    tcase_add_loop_test(tests, an_expression_has_its_value, 0, (int)(sizeof evaluations / sizeof *evaluations));
    tcase_add_loop_test(tests, what_is_not_understood_is_refused, 0, (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, an_expression_is_bounded);
    tcase_add_test(tests, depth_is_bounded);
    suite_add_tcase(suite, tests);
    return suite;
}
