/* The runtimes of our own, with the machine's python3 and node: what handlers return, raise and see. Skipped aloud where one is missing. */

#include "suites.h"

#include "workshop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
    { "app.py", "def handler(e, c):\n    return [float('nan'), {'k': (1, 2)}]\n", "app.handler", "{}", false, false,
      "[NaN, {\"k\": [1, 2]}]" },
    { "app.py", "async def handler(e, c):\n    return 1\n", "app.handler", "{}", true, true,
      "{\"errorMessage\": \"Unable to marshal response: Object of type coroutine is not JSON serializable\"" },
    { "app.py", "def handler(e, c):\n    return e\n", "app.handler", "no json", true, true,
      "{\"errorMessage\": \"Unable to unmarshal input: Expecting value" },
    { "sys.py", "def handler(e, c):\n    return 1\n", "sys.handler", "{}", true, true,
      "{\"errorMessage\": \"Cannot use built-in module sys as a handler module\", \"errorType\": \"Runtime.BuiltInModuleConflict\"" },
    { "app.py",
      "import traceback\nclass Own(Exception):\n    def __str__(self):\n        return 'own ' + self.args[0]\n"
      "def handler(e, c):\n    try:\n        raise KeyError('x')\n    except KeyError as error:\n        raise Own('words') from error\n",
      "app.handler", "{}", true, true, "{\"errorMessage\": \"own words\", \"errorType\": \"Own\"" },
    { "app.py", "import sys\nsys.exit(3)\n", "app.handler", "{}", true, true, "{\"errorType\":\"Runtime.ExitError\"" },
    { "app.py",
      "class Handler:\n    def __call__(self, e, c):\n        return [c.identity.cognito_identity_id, c.tenant_id, len(c.aws_request_id), "
      "type(c.get_remaining_time_in_millis()).__name__, c.log_stream_name[:11] + c.log_stream_name[11:20], c.log('said')]\n"
      "handler = Handler()\n",
      "app.handler", "{}", false, false, "[null, null, 36, \"int\", \"2023/11/14/[$LATEST]\", null]" },
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
    { "app.cjs", "exports.handler = async () => require('path').basename(__filename);", "app.handler", "{}", false, false, "\"app.cjs\"" },
    { "app.mjs", "const late = await Promise.resolve('top');\nexport const handler = async () => late;", "app.handler", "{}", false, false,
      "\"top\"" },
    { "app.js", "exports.handler = async () => 1;", "../app.handler", "{}", true, true,
      "{\"errorType\":\"Runtime.MalformedHandlerName\",\"errorMessage\":\"'../app.handler' is not a valid handler name." },
    { "app.js", "exports.handler = 5;", "app.handler", "{}", true, true,
      "{\"errorType\":\"Runtime.HandlerNotFound\",\"errorMessage\":\"app.handler is not a function\"" },
    { "app.js", "throw new RangeError('at import');", "app.handler", "{}", true, true,
      "{\"errorType\":\"RangeError\",\"errorMessage\":\"at import\",\"trace\":[\"RangeError: at import\"" },
    { "app.js", "exports.handler = (e, c) => c.fail(new Error('old'));", "app.handler", "{}", true, true,
      "{\"errorType\":\"Error\",\"errorMessage\":\"old\"" },
    { "app.js", "exports.handler = (e, c) => c.done(null, { d: 1 });", "app.handler", "{}", false, false, "{\"d\":1}" },
    { "app.js",
      "exports.handler = (e, c, done) => { let n = 0; setTimeout(() => { n = 7; }, 20); done(null, { get n() { return n; } }); };",
      "app.handler", "{}", false, false, "{\"n\":7}" }, /* a callback's result is held until the loop is empty */
    { "app.js",
      "exports.handler = (e, c, done) => { c.callbackWaitsForEmptyEventLoop = false; setTimeout(() => {}, 20000); done(null, 'now'); };",
      "app.handler", "{}", false, false, "\"now\"" },
    { "app.js", "exports.handler = async () => { const o = {}; o.o = o; return o; };", "app.handler", "{}", true, true,
      "{\"errorType\":\"Error\",\"errorMessage\":\"Unable to stringify response body\"" },
    { "app.js", "exports.handler = async () => { throw { own: 1 }; };", "app.handler", "{}", true, false,
      "{\"errorType\":\"object\",\"errorMessage\":\"{\\\"own\\\":1}\",\"trace\":[]}" },
    { "app.js", "exports.handler = (e) => { throw new SyntaxError('late'); };", "app.handler", "{}", true, true,
      "{\"errorType\":\"SyntaxError\",\"errorMessage\":\"late\"" },
    { "app.js",
      "exports.handler = async (e, c) => [c.awsRequestId.length, c.clientContext === undefined, c.logGroupName, typeof "
      "c.getRemainingTimeInMillis(), process.env._X_AMZN_TRACE_ID.slice(0, 7), process.env._LOWCLOUD_ADDRESS === undefined];",
      "app.handler", "{}", false, false, "[36,true,\"/aws/lambda/f\",\"number\",\"Root=1-\",true]" },
    { "app.js",
      "exports.handler = awslambda.streamifyResponse(async (e, out) => { out = awslambda.HttpResponseStream.from(out, { statusCode: "
      "201 }); out.write('body'); out.end(); });",
      "app.handler", "{}", false, true, "{\"statusCode\":201}" },
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

START_TEST(python_stacks_begin_in_the_users_code)
{
    struct workshop_result result;

    if (!workshop_has("python3"))
        return;
    workshop_write("app.py", "def inner():\n    raise ValueError('deep')\ndef handler(e, c):\n    inner()\n", 0644);
    workshop_deploy("f", "python3.12", "app.handler", ",'Timeout':30");
    result = workshop_invoke("f", "{}");
    ck_assert_msg(strstr(result.payload, "\"stackTrace\": [\"  File \\\"") != NULL, "%s", result.payload);
    ck_assert_ptr_nonnull(strstr(result.payload, "app.py\\\", line 4, in handler\\n    inner()\\n\", \""));
    ck_assert_ptr_nonnull(strstr(result.payload, "app.py\\\", line 2, in inner\\n"));
    ck_assert_ptr_null(strstr(result.payload, "bootstrap"));
}
END_TEST

/* A module below a folder, named as templates name it, with its neighbours importable as they are on AWS. */
START_TEST(python_handlers_lie_in_packages_too)
{
    char path[128];

    if (!workshop_has("python3"))
        return;
    snprintf(path, sizeof path, "%s/pkg", workshop_directory());
    ck_assert_int_eq(mkdir(path, 0755), 0);
    workshop_write("beside.py", "word = 'beside'\n", 0644);
    workshop_write("pkg/mod.py", "import beside\ndef handler(e, c):\n    return [beside.word, __name__]\n", 0644);
    workshop_deploy("f", "python3.12", "pkg/mod.handler", ",'Timeout':30");
    ck_assert_str_eq(workshop_invoke("f", "{}").payload, "[\"beside\", \"pkg.mod\"]");
    workshop_deploy("g", "python3.12", "pkg.mod.handler", ",'Timeout':30");
    ck_assert_str_eq(workshop_invoke("g", "{}").payload, "[\"beside\", \"pkg.mod\"]");
}
END_TEST

START_TEST(node_modules_by_their_manifest_are_esm)
{
    if (!workshop_has("node"))
        return;
    workshop_write("package.json", "{\"type\":\"module\"}", 0644);
    workshop_write("app.js", "import fs from 'fs';\nexport const handler = async () => typeof fs.readFileSync;", 0644);
    workshop_deploy("f", "nodejs20.x", "app.handler", ",'Timeout':30");
    ck_assert_str_eq(workshop_invoke("f", "{}").payload, "\"function\"");
}
END_TEST

/* What a failed invocation leaves behind does not reach the next one. */
START_TEST(an_environment_works_on_after_an_error)
{
    static const struct {
        const char *program;
        const char *runtime;
        const char *file;
        const char *code;
    } runs[] = {
        { "python3", "python3.12", "app.py",
          "n = 0\ndef handler(e, c):\n    global n\n    n += 1\n    if e == 1:\n        raise OSError('x')\n    return n\n" },
        { "node", "nodejs20.x", "app.js",
          "let n = 0; exports.handler = async (e) => { n++; if (e === 1) throw new Error('x'); return n; };" },
    };

    if (!workshop_has(runs[_i].program))
        return;
    workshop_write(runs[_i].file, runs[_i].code, 0644);
    workshop_deploy("f", runs[_i].runtime, "app.handler", ",'Timeout':30");
    ck_assert_str_eq(workshop_invoke("f", "0").payload, "1");
    ck_assert(workshop_invoke("f", "1").is_error);
    ck_assert_str_eq(workshop_invoke("f", "0").payload, "3");
}
END_TEST

Suite *suite_lambda_bootstraps(void)
{
    Suite *suite = suite_create("lambda bootstraps");
    TCase *tests = tcase_create("bootstraps");

    tcase_add_checked_fixture(tests, workshop_open, workshop_close);
    tcase_add_loop_test(tests, python_handlers_are_run_as_lambda_runs_them, 0, sizeof python / sizeof *python);
    tcase_add_test(tests, python_before_3_12_escapes_what_is_not_ascii);
    tcase_add_test(tests, python_logs_carry_level_time_and_request_id);
    tcase_add_loop_test(tests, node_handlers_are_run_as_lambda_runs_them, 0, sizeof node / sizeof *node);
    tcase_add_test(tests, node_logs_carry_time_request_id_and_level);
    tcase_add_test(tests, python_stacks_begin_in_the_users_code);
    tcase_add_test(tests, python_handlers_lie_in_packages_too);
    tcase_add_test(tests, node_modules_by_their_manifest_are_esm);
    tcase_add_loop_test(tests, an_environment_works_on_after_an_error, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}
