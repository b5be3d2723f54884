/* Functions through their operations: made, named, changed, published, refused in AWS's words. */

#include "suites.h"

#include "base/base64.h"
#include "fixture.h"
#include "lambda/function.h"
#include "lambda/room.h"
#include "workshop.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

static const struct service *lambda(void)
{
    return lambda_service(fixture_world.lambda);
}

static const char *text(const json_t *value, const char *name)
{
    return json_string_value(json_object_get(value, name));
}

/* An archive with one file, in base64. */
static const char *zip_of(const char *name, const char *content, unsigned mode)
{
    static char encoded[4096];
    char bytes[2048];
    zip_error_t error;
    zip_source_t *source;
    zip_t *archive;
    zip_int64_t size;

    zip_error_init(&error);
    source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(source);
    archive = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    zip_file_add(archive, name, zip_source_buffer(archive, content, strlen(content), 0), 0);
    zip_file_set_external_attributes(archive, 0, 0, ZIP_OPSYS_UNIX, (0100000 | mode) << 16);
    zip_close(archive);
    zip_source_open(source);
    size = zip_source_read(source, bytes, sizeof bytes);
    zip_source_close(source);
    zip_source_free(source);
    base64_encode(bytes, (size_t)size, encoded);
    return encoded;
}

static const char *creation(const char *name, const char *more)
{
    static char input[8192];

    snprintf(input, sizeof input,
             "{'FunctionName':'%s','Runtime':'provided.al2023','Handler':'h','Role':'arn:aws:iam::000000000000:role/"
             "r','Code':{'ZipFile':'%s'}%s}",
             name, zip_of("bootstrap", "#!/bin/sh\nexit 5\n", 0755), more);
    return input;
}

static json_t *create(const char *name, const char *more)
{
    return fixture_done(lambda(), "CreateFunction", creation(name, more));
}

START_TEST(a_new_function_is_pending_and_then_active)
{
    json_t *made = create("f", ",'Environment':{'Variables':{'AB':'1'}},'Tags':{'t':'v'}");

    ck_assert_str_eq(text(made, "FunctionArn"), "arn:aws:lambda:us-east-1:000000000000:function:f");
    ck_assert_str_eq(text(made, "State"), "Pending");
    ck_assert_str_eq(text(made, "StateReasonCode"), "Creating");
    ck_assert_str_eq(text(made, "Version"), "$LATEST");
    ck_assert_str_eq(text(made, "LastModified"), "2023-11-14T22:13:20.000+0000");
    ck_assert_int_eq(json_integer_value(json_object_get(made, "Timeout")), 3);
    ck_assert_int_eq(json_integer_value(json_object_get(made, "MemorySize")), 128);
    fixture_expect(json_object_get(made, "Environment"), "{'Variables':{'AB':'1'}}");
    fixture_expect(json_object_get(made, "LoggingConfig"), "{'LogFormat':'Text','LogGroup':'/aws/lambda/f'}");
    made = fixture_done(lambda(), "GetFunction", "{'FunctionName':'f'}");
    ck_assert_str_eq(text(json_object_get(made, "Configuration"), "State"), "Active");
    ck_assert_str_eq(text(json_object_get(made, "Configuration"), "LastUpdateStatus"), "Successful");
    fixture_expect(json_object_get(made, "Tags"), "{'t':'v'}");
}
END_TEST

START_TEST(a_zipped_bootstrap_stays_runnable)
{
    struct workshop_result result;

    create("f", "");
    result = workshop_invoke("f", "{}");
    ck_assert_msg(strstr(result.payload, "exit status 5") != NULL, "%s", result.payload);
}
END_TEST

START_TEST(a_version_is_published_only_when_something_changed)
{
    json_t *version;

    create("f", "");
    version = fixture_done(lambda(), "PublishVersion", "{'FunctionName':'f','Description':'first'}");
    ck_assert_str_eq(text(version, "Version"), "1");
    ck_assert_str_eq(text(version, "FunctionArn"), "arn:aws:lambda:us-east-1:000000000000:function:f:1");
    ck_assert_str_eq(text(version, "Description"), "first");
    ck_assert_str_eq(text(fixture_done(lambda(), "PublishVersion", "{'FunctionName':'f'}"), "Version"), "1");
    fixture_done(lambda(), "UpdateFunctionConfiguration", "{'FunctionName':'f','Timeout':9}");
    ck_assert_str_eq(text(fixture_done(lambda(), "PublishVersion", "{'FunctionName':'f'}"), "Version"), "2");
    version = fixture_done(lambda(), "GetFunctionConfiguration", "{'FunctionName':'f','Qualifier':'1'}");
    ck_assert_int_eq(json_integer_value(json_object_get(version, "Timeout")), 3);
    version = fixture_done(lambda(), "ListVersionsByFunction", "{'FunctionName':'f'}");
    ck_assert_uint_eq(json_array_size(json_object_get(version, "Versions")), 3);
}
END_TEST

START_TEST(an_alias_leads_to_its_version)
{
    struct workshop_result result;

    create("f", "");
    fixture_done(lambda(), "PublishVersion", "{'FunctionName':'f'}");
    fixture_done(lambda(), "CreateAlias", "{'FunctionName':'f','Name':'prod','FunctionVersion':'1'}");
    result = workshop_invoke("f:prod", "{}");
    ck_assert_str_eq(result.version, "1");
    result = workshop_invoke("arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST", "{}");
    ck_assert_str_eq(result.version, "$LATEST");
    ck_assert_int_eq(fixture_call(lambda(), "CreateAlias", "{'FunctionName':'f','Name':'prod','FunctionVersion':'1'}").error,
                     ERR_RESOURCE_CONFLICT);
    fixture_done(lambda(), "DeleteAlias", "{'FunctionName':'f','Name':'prod'}");
    ck_assert_int_eq(workshop_invoke("f:prod", "{}").end, INVOCATION_ABSENT);
}
END_TEST

START_TEST(a_permission_is_kept_as_a_statement)
{
    json_t *answer;

    create("f", "");
    answer = fixture_done(lambda(), "AddPermission",
                          "{'FunctionName':'f','StatementId':'s','Action':'lambda:InvokeFunction','Principal':'apigateway.amazonaws.com',"
                          "'SourceArn':'arn:aws:execute-api:us-east-1:000000000000:a/*/$connect'}");
    ck_assert_str_eq(text(answer, "Statement"),
                     "{\"Sid\":\"s\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"apigateway.amazonaws.com\"},\"Action\":\"lambda:"
                     "InvokeFunction\",\"Resource\":\"arn:aws:lambda:us-east-1:000000000000:function:f\",\"Condition\":{\"ArnLike\":{"
                     "\"AWS:SourceArn\":\"arn:aws:execute-api:us-east-1:000000000000:a/*/$connect\"}}}");
    answer = fixture_done(lambda(), "GetPolicy", "{'FunctionName':'f'}");
    ck_assert_ptr_nonnull(strstr(text(answer, "Policy"), "{\"Version\":\"2012-10-17\",\"Id\":\"default\",\"Statement\":[{\"Sid\":\"s\""));
    fixture_done(lambda(), "RemovePermission", "{'FunctionName':'f','StatementId':'s'}");
    ck_assert_int_eq(fixture_call(lambda(), "GetPolicy", "{'FunctionName':'f'}").error, ERR_RESOURCE_NOT_FOUND);
}
END_TEST

START_TEST(listings_come_in_pages)
{
    json_t *page;

    create("a", "");
    create("b", "");
    create("c", "");
    page = fixture_done(lambda(), "ListFunctions", "{'MaxItems':2}");
    ck_assert_uint_eq(json_array_size(json_object_get(page, "Functions")), 2);
    ck_assert_str_eq(text(page, "NextMarker"), "2");
    page = fixture_done(lambda(), "ListFunctions", "{'MaxItems':2,'Marker':'2'}");
    ck_assert_uint_eq(json_array_size(json_object_get(page, "Functions")), 1);
    ck_assert_ptr_null(json_object_get(page, "NextMarker"));
}
END_TEST

START_TEST(an_event_is_tried_again_under_the_same_request_id)
{
    const struct trace *trace = fixture_world.ground.trace;
    char subject[160] = "";
    int results = 0;
    int faults = 0;

    create("f", "");
    ck_assert_int_eq(fixture_call(lambda(), "Invoke", "{'FunctionName':'f','InvocationType':'Event','Payload':'e30='}").error, ERR_NONE);
    for (int round = 0; round < 3; round++) {
        int64_t deadline_us = fixture_deadline_us();

        if (round)
            world_advance(&fixture_world, 60000 * round);
        while ((results <= round || workshop_environments("f")) && clock_stopwatch_us() < deadline_us) {
            loop_turn(fixture_world.ground.loop, 20);
            results = 0;
            for (uint64_t id = 1; id <= trace_newest(trace); id++)
                results += trace_find(trace, id)->kind == TRACE_RESULT;
        }
        ck_assert_int_eq(results, round + 1);
    }
    for (uint64_t id = 1; id <= trace_newest(trace); id++) {
        const struct trace_event *event = trace_find(trace, id);

        faults += event->kind == TRACE_FAULT && !strcmp(event->note, "RetriesExhausted");
        if (event->kind != TRACE_RESULT)
            continue;
        if (*subject)
            ck_assert_str_eq(subject, event->subject);
        strcpy(subject, event->subject);
    }
    ck_assert_int_eq(faults, 1);
}
END_TEST

static const struct {
    const char *text;
    bool is_name;
    const char *name;
    const char *qualifier;
} names[] = {
    { "f", true, "f", "" },
    { "f:1", true, "f", "1" },
    { "f:$LATEST", true, "f", "$LATEST" },
    { "000000000000:function:f", true, "f", "" },
    { "000000000000:f", true, "f", "" },
    { "000000000000:f:prod", true, "f", "prod" },
    { "00000000000:f", true, "00000000000", "f" },
    { "arn:aws:lambda:us-east-1:000000000000:function:f", true, "f", "" },
    { "arn:aws:lambda:us-east-1:000000000000:function:f:prod", true, "f", "prod" },
    { "", false, "", "" },
    { ":", false, "", "" },
    { "f:", false, "", "" },
    { "f:1:2", false, "", "" },
    { "f g", false, "", "" },
    { "../f", false, "", "" },
    { "arn:aws:lambda:us-east-1:000000000000:function:", false, "", "" },
    { "arn:aws:lambda::function:f", false, "", "" },
    { ":function:f", false, "", "" },
};

START_TEST(names_have_four_forms)
{
    struct function_name name;

    ck_assert_int_eq(function_name_read(names[_i].text, &name), names[_i].is_name);
    if (!names[_i].is_name)
        return;
    ck_assert_str_eq(name.name, names[_i].name);
    ck_assert_str_eq(name.qualifier, names[_i].qualifier);
}
END_TEST

Suite *suite_lambda_function(void)
{
    Suite *suite = suite_create("lambda function");
    TCase *tests = tcase_create("function");

    tcase_add_checked_fixture(tests, workshop_open, workshop_close);
    tcase_add_test(tests, a_new_function_is_pending_and_then_active);
    tcase_add_test(tests, a_zipped_bootstrap_stays_runnable);
    tcase_add_test(tests, a_version_is_published_only_when_something_changed);
    tcase_add_test(tests, an_alias_leads_to_its_version);
    tcase_add_test(tests, a_permission_is_kept_as_a_statement);
    tcase_add_test(tests, listings_come_in_pages);
    tcase_add_test(tests, an_event_is_tried_again_under_the_same_request_id);
    tcase_add_loop_test(tests, names_have_four_forms, 0, sizeof names / sizeof *names);
    suite_add_tcase(suite, tests);
    return suite;
}
