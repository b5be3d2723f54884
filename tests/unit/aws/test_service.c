/* A request's way through a service: AWS's order of refusals, and how answers are dressed for their wire. */

#include "suites.h"

#include "fixture.h"

#include <string.h>

static const char SIGNED[] = "AWS4-HMAC-SHA256 Credential=test/20231114/eu-west-1/kinesis/aws4_request, SignedHeaders=host, Signature=00";

/* What was sent, kept for the test to look at. */
static int sent_status;
static char sent_body[4096];
static char sent_type[128];
static bool is_sent;

static void keep(struct exchange *exchange)
{
    const struct request headers = { .headers = exchange->answer.headers };
    const char *type = request_header(&headers, "Content-Type");

    sent_status = exchange->answer.status;
    snprintf(sent_body, sizeof sent_body, "%.*s", (int)exchange->answer.body.size,
             exchange->answer.body.size ? exchange->answer.body.data : "");
    snprintf(sent_type, sizeof sent_type, "%s", type ? type : "");
    ck_assert_ptr_nonnull(request_header(&headers, "x-amzn-RequestId"));
    is_sent = true;
    buffer_clear(&exchange->answer.body);
}

static void ask(const char *target, const char *content_type, const char *authorization, const char *body)
{
    struct exchange exchange = { .send = keep };
    struct request *request = &exchange.request;

    *request = (struct request){ .method = "POST", .target = "/", .path = "/", .query = "", .body = body, .body_size = strlen(body) };
    if (target)
        header_add(&request->headers, &exchange.arena, "X-Amz-Target", target);
    header_add(&request->headers, &exchange.arena, "Content-Type", content_type);
    header_add(&request->headers, &exchange.arena, "X-Amz-Date", "20231114T000000Z");
    if (authorization)
        header_add(&request->headers, &exchange.arena, "Authorization", authorization);
    is_sent = false;
    service_serve(kinesis_service(fixture_world.kinesis), &fixture_world.ground, &exchange);
    ck_assert(is_sent);
    arena_clear(&exchange.arena);
}

static const struct {
    const char *target;
    const char *authorization;
    const char *body;
    int status;
    const char *answer;
} refusals[] = {
    { "Kinesis_20131202.ListStreams", SIGNED, "{", 400, "{\"__type\":\"SerializationException\"}" },
    { "Kinesis_20131202.Nothing", SIGNED, "{}", 400, "{\"__type\":\"UnknownOperationException\"}" },
    { NULL, SIGNED, "{}", 400, "{\"__type\":\"UnknownOperationException\"}" },
    { "Kinesis_20131202.ListStreams", NULL, "{}", 400,
      "{\"__type\":\"MissingAuthenticationTokenException\",\"message\":\"Missing Authentication Token\"}" },
    { "Kinesis_20131202.ListStreams", "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host", "{}", 400,
      "{\"__type\":\"IncompleteSignatureException\",\"message\":\"Authorization header requires 'Signature' parameter. "
      "Authorization=AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host\"}" },
    { "Kinesis_20131202.ListStreams", SIGNED, "[]", 400, "{\"__type\":\"SerializationException\"}" },
    { "Kinesis_20131202.ListStreams", SIGNED, "{\"Limit\":\"x\"}", 400,
      "{\"__type\":\"SerializationException\",\"Message\":\"class java.lang.String can not be converted to an Integer\"}" },
    { "Kinesis_20131202.ListStreams", SIGNED, "{\"Limit\":0}", 400,
      "{\"__type\":\"ValidationException\",\"message\":\"1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: "
      "Member must "
      "have value greater than or equal to 1\"}" },
    { "Kinesis_20131202.DescribeStream", SIGNED, "{\"StreamName\":\"x\"}", 400,
      "{\"__type\":\"ResourceNotFoundException\",\"message\":\"Stream x under account 000000000000 not found.\"}" },
};

START_TEST(refusals_come_in_awss_order)
{
    ask(refusals[_i].target, "application/x-amz-json-1.1", refusals[_i].authorization, refusals[_i].body);
    ck_assert_int_eq(sent_status, refusals[_i].status);
    ck_assert_str_eq(sent_body, refusals[_i].answer);
    ck_assert_str_eq(sent_type, "application/x-amz-json-1.1");
}
END_TEST

START_TEST(an_operation_without_output_answers_an_empty_body)
{
    ask("Kinesis_20131202.CreateStream", "application/x-amz-json-1.1; charset=utf-8", SIGNED,
        "{\"StreamName\":\"fixes\",\"ShardCount\":1}");
    ck_assert_int_eq(sent_status, 200);
    ck_assert_str_eq(sent_body, "");
}
END_TEST

Suite *suite_service(void)
{
    Suite *suite = suite_create("service");
    TCase *tests = tcase_create("service");

    tcase_add_checked_fixture(tests, fixture_open, fixture_close);
    tcase_add_loop_test(tests, refusals_come_in_awss_order, 0, (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, an_operation_without_output_answers_an_empty_body);
    suite_add_tcase(suite, tests);
    return suite;
}
