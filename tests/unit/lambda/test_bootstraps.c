/* The runtimes of our own, with the machine's python3 and node: what handlers return, raise and see. Skipped aloud where one is missing. */

#include "suites.h"

#include "workshop.h"

#include <stdlib.h>
#include <string.h>

/* Files, a handler's name, an event, and what comes back: the whole payload, or its beginning when `begins`. */
struct lesson {
    const char *file;
    const char *code;
    const char *handler;
    const char *event;
    bool is_error;
    bool begins;
    const char *payload;
};

static void learn(const char *runtime, const struct lesson *lesson)
{
    struct workshop_result result;

    workshop_write(lesson->file, lesson->code, 0644);
    workshop_deploy("f", runtime, lesson->handler, ",'Timeout':30");
    result = workshop_invoke("f", lesson->event);
    ck_assert_msg(result.is_error == lesson->is_error, "%s", result.payload);
    if (lesson->begins)
        ck_assert_msg(!strncmp(result.payload, lesson->payload, strlen(lesson->payload)), "%s", result.payload);
    else
        ck_assert_str_eq(result.payload, lesson->payload);
}

static const struct lesson python[] = {
    { "app.py", "def handler(e, c):\n    return e\n", "app.handler", "{\"a\": [1, null]}", false, false, "{\"a\": [1, null]}" },
    { "app.py", "def handler(e, c):\n    pass\n", "app.handler", "{}", false, false, "null" },
    { "app.py", "from decimal import Decimal\ndef handler(e, c):\n    return {'d': Decimal('1.50'), 'l': [Decimal(3)]}\n", "app.handler",
      "{}", false, false, "{\"d\": 1.50, \"l\": [3]}" },
    { "app.py", "def handler(e, c):\n    return b'raw'\n", "app.handler", "{}", false, false, "raw" },
    { "app.py", "def handler(e, c):\n    return 'é'\n", "app.handler", "{}", false, false, "\"é\"" },
    { "app.py", "def handler(e, c):\n    raise ValueError('boom')\n", "app.handler", "{}", true, true,
      "{\"errorMessage\": \"boom\", \"errorType\": \"ValueError\", \"requestId\": \"" },
    { "app.py", "def handler(e, c):\n    return object()\n", "app.handler", "{}", true, true,
      "{\"errorMessage\": \"Unable to marshal response: Object of type object is not JSON serializable\", \"errorType\": "
      "\"Runtime.MarshalError\"" },
    { "app.py", "import nosuch\n", "app.handler", "{}", true, false,
      "{\"errorMessage\": \"Unable to import module 'app': No module named 'nosuch'\", \"errorType\": \"Runtime.ImportModuleError\", "
      "\"requestId\": \"\", \"stackTrace\": []}" },
    { "app.py", "x = 1\n", "app.handler", "{}", true, false,
      "{\"errorMessage\": \"Handler 'handler' missing on module 'app'\", \"errorType\": \"Runtime.HandlerNotFound\", \"requestId\": \"\", "
      "\"stackTrace\": []}" },
    { "app.py", "def handler(:\n", "app.handler", "{}", true, true, "{\"errorMessage\": \"Syntax error in module 'app': invalid syntax" },
    { "app.py", "raise KeyError('k')\n", "app.handler", "{}", true, true, "{\"errorMessage\": \"'k'\", \"errorType\": \"KeyError\"" },
    { "app.py", "x = 1\n", "nodots", "{}", true, true, "{\"errorMessage\": \"Bad handler 'nodots': " },
    { "app.py", "import sys\ndef handler(e, c):\n    sys.exit(4)\n", "app.handler", "{}", true, true,
      "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: " },
    { "app.py", "import os\ndef handler(e, c):\n    os.close(1); os.close(2); raise ValueError('quiet')\n", "app.handler", "{}", true, true,
      "{\"errorMessage\": \"quiet\"" },
    { "app.py",
      "def handler(e, c):\n    return [c.function_name, c.memory_limit_in_mb, c.function_version, c.invoked_function_arn, "
      "c.log_group_name, 0 < c.get_remaining_time_in_millis() or True, c.client_context]\n",
      "app.handler", "{}", false, false,
      "[\"f\", \"128\", \"$LATEST\", \"arn:aws:lambda:us-east-1:000000000000:function:f\", \"/aws/lambda/f\", true, null]" },
    { "app.py",
      "import os\ndef handler(e, c):\n    return [os.environ['_X_AMZN_TRACE_ID'][:7], os.environ['AWS_EXECUTION_ENV'], "
      "os.environ['_HANDLER'], '_LOWCLOUD_ADDRESS' in os.environ]\n",
      "app.handler", "{}", false, false, "[\"Root=1-\", \"AWS_Lambda_python3.12\", \"app.handler\", false]" },
};

START_TEST(python_handlers_are_run_as_lambda_runs_them)
{
    if (workshop_has("python3"))
        learn("python3.12", &python[_i]);
}
END_TEST

START_TEST(python_before_3_12_escapes_what_is_not_ascii)
{
    struct lesson lesson = { "app.py", "def handler(e, c):\n    return 'é'\n", "app.handler", "{}", false, false, "\"\\u00e9\"" };

    if (workshop_has("python3"))
        learn("python3.11", &lesson);
}
END_TEST

START_TEST(python_logs_carry_level_time_and_request_id)
{
    struct workshop_result result;
    char expected[160];

    if (!workshop_has("python3"))
        return;
    workshop_write(
        "app.py",
        "import logging\ndef handler(e, c):\n    logging.warning('careful')\n    logging.info('unseen')\n    raise OSError('x')\n", 0644);
    workshop_deploy("f", "python3.12", "app.handler", ",'Timeout':30");
    result = workshop_invoke_log("f", "{}");
    snprintf(expected, sizeof expected, "Z\t%s\tcareful\n", result.request_id);
    ck_assert_ptr_nonnull(strstr(result.log, "\n[WARNING]\t"));
    ck_assert_msg(strstr(result.log, expected) != NULL, "%s", result.log);
    ck_assert_ptr_null(strstr(result.log, "unseen"));
    ck_assert_ptr_nonnull(strstr(result.log, "[ERROR] OSError: x\rTraceback (most recent call last):\r\302\240\302\240File \""));
}
END_TEST

static const struct lesson node[] = {
    { "app.js", "exports.handler = async (e) => e;", "app.handler", "{\"a\":[1,null]}", false, false, "{\"a\":[1,null]}" },
    { "app.js", "exports.handler = async () => {};", "app.handler", "{}", false, false, "null" },
    { "app.js", "exports.handler = (e, c, done) => setTimeout(() => done(null, 'late'), 5);", "app.handler", "{}", false, false,
      "\"late\"" },
    { "app.js", "exports.handler = (e, c, done) => done(new TypeError('bad'));", "app.handler", "{}", true, true,
      "{\"errorType\":\"TypeError\",\"errorMessage\":\"bad\",\"trace\":[\"TypeError: bad\"" },
    { "app.js", "exports.handler = (e, c) => c.succeed('old');", "app.handler", "{}", false, false, "\"old\"" },
    { "app.js", "exports.handler = () => {};", "app.handler", "{}", false, false, "null" },
    { "app.js", "exports.handler = async () => { throw 'text'; };", "app.handler", "{}", true, false,
      "{\"errorType\":\"string\",\"errorMessage\":\"text\",\"trace\":[]}" },
    { "app.js", "exports.handler = () => new Promise(() => {});", "app.handler", "{}", true, true,
      "{\"errorType\":\"Runtime.NodeJsExit\"" },
    { "app.js",
      "exports.handler = async () => { setTimeout(() => { throw new Error('later'); }, 5); await new Promise((r) => setTimeout(r, 2000)); "
      "};",
      "app.handler", "{}", true, true, "{\"errorType\":\"Error\",\"errorMessage\":\"later\"" },
    { "app.js", "exports.handler = async () => { Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 2000)); };",
      "app.handler", "{}", true, true, "{\"errorType\":\"Runtime.UnhandledPromiseRejection\",\"errorMessage\":\"Error: lost\"" },
    { "app.js", "exports.handler = async () => process.exit(3);", "app.handler", "{}", true, true, "{\"errorType\":\"Runtime.ExitError\"" },
    { "app.mjs", "export const handler = async (e) => `esm ${e}`;", "app.handler", "\"x\"", false, false, "\"esm x\"" },
    { "app.js", "exports.deep = { er: async () => 'nested' };", "app.deep.er", "{}", false, false, "\"nested\"" },
    { "app.js", "exports.x = 1;", "app.handler", "{}", true, true,
      "{\"errorType\":\"Runtime.HandlerNotFound\",\"errorMessage\":\"app.handler is undefined or not exported\"" },
    { "app.js", "require('nosuch');", "app.handler", "{}", true, true,
      "{\"errorType\":\"Runtime.ImportModuleError\",\"errorMessage\":\"Error: Cannot find module 'nosuch'" },
    { "app.js", "exports.handler = ((", "app.handler", "{}", true, true, "{\"errorType\":\"Runtime.UserCodeSyntaxError\"" },
    { "app.js", "exports.handler = async (e, c) => [c.functionName, c.memoryLimitInMB, c.functionVersion, c.invokedFunctionArn];",
      "app.handler", "{}", false, false, "[\"f\",\"128\",\"$LATEST\",\"arn:aws:lambda:us-east-1:000000000000:function:f\"]" },
    { "app.js", "exports.handler = awslambda.streamifyResponse(async (e, out) => { out.write('a'); out.write('b'); out.end(); });",
      "app.handler", "{}", false, false, "ab" },
};

START_TEST(node_handlers_are_run_as_lambda_runs_them)
{
    if (workshop_has("node"))
        learn("nodejs20.x", &node[_i]);
}
END_TEST

START_TEST(node_logs_carry_time_request_id_and_level)
{
    struct workshop_result result;
    char expected[160];

    if (!workshop_has("node"))
        return;
    workshop_write("app.js", "exports.handler = async () => { console.warn('two\\nlines'); };", 0644);
    workshop_deploy("f", "nodejs20.x", "app.handler", ",'Timeout':30");
    result = workshop_invoke_log("f", "{}");
    snprintf(expected, sizeof expected, "Z\t%s\tWARN\ttwo\rlines\n", result.request_id);
    ck_assert_msg(strstr(result.log, expected) != NULL, "%s", result.log);
}
END_TEST

Suite *suite_lambda_bootstraps(void)
{
    Suite *suite = suite_create("lambda bootstraps");
    TCase *tests = tcase_create("bootstraps");

    tcase_add_checked_fixture(tests, workshop_open, workshop_close);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, python_handlers_are_run_as_lambda_runs_them, 0, sizeof python / sizeof *python);
    tcase_add_test(tests, python_before_3_12_escapes_what_is_not_ascii);
    tcase_add_test(tests, python_logs_carry_level_time_and_request_id);
    tcase_add_loop_test(tests, node_handlers_are_run_as_lambda_runs_them, 0, sizeof node / sizeof *node);
    tcase_add_test(tests, node_logs_carry_time_request_id_and_level);
    suite_add_tcase(suite, tests);
    return suite;
}
