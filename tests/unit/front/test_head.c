/* The strict reader of request heads: what is refused, with which status, and what is read out of a sound one. */

#include "suites.h"

#include "base/memory.h"
#include "front/head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;
static struct request request;
static struct head head;

static void forget(void)
{
    arena_clear(&arena);
    request = (struct request){ 0 };
}

static enum head_state read_text(const char *text)
{
    forget();
    return head_read(&arena, text, strlen(text), &request, &head);
}

static const struct {
    const char *text;
    int refusal;
} refusals[] = {
    { "garbage\r\n\r\n", 400 },
    { "GET\r\n\r\n", 400 },
    { "GET /\r\n\r\n", 400 },
    { "GET  / HTTP/1.1\r\n\r\n", 400 },
    { "GET / HTTP/1.1 \r\n\r\n", 400 },
    { "GET / http/1.1\r\n\r\n", 400 },
    { "G@T / HTTP/1.1\r\n\r\n", 400 },
    { "GET /a b HTTP/1.1\r\n\r\n", 400 },
    { "GET / HTTP/1.2\r\n\r\n", 505 },
    { "PRI * HTTP/2.0\r\n\r\n", 505 },
    { "GET * HTTP/1.1\r\n\r\n", 400 },
    { "CONNECT host:443 HTTP/1.1\r\n\r\n", 400 },
    { "GET /a%00b HTTP/1.1\r\n\r\n", 400 },
    { "GET /a?b=%00 HTTP/1.1\r\n\r\n", 400 },
    { "GET /\x01 HTTP/1.1\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nno colon\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n: no name\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nBlank : before the colon\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nX-Fold: a\r\n b\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nX-Fold: a\r\n\tb: c\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nX-Control: a\x01z\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nX-Return: a\rb\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length: \r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length: 1a\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400 },
};

START_TEST(what_could_be_read_in_two_ways_is_refused)
{
    ck_assert_msg(read_text(refusals[_i].text) == HEAD_REFUSED, "%s", refusals[_i].text);
    ck_assert_msg(head.refusal == refusals[_i].refusal, "%d: %s", head.refusal, refusals[_i].text);
}
END_TEST

START_TEST(a_nul_is_refused_anywhere)
{
    static const char in_target[] = "GET /a\0b HTTP/1.1\r\n\r\n";
    static const char in_value[] = "GET / HTTP/1.1\r\nX: a\0b\r\n\r\n";

    forget();
    ck_assert_int_eq(head_read(&arena, in_target, sizeof in_target - 1, &request, &head), HEAD_REFUSED);
    forget();
    ck_assert_int_eq(head_read(&arena, in_value, sizeof in_value - 1, &request, &head), HEAD_REFUSED);
}
END_TEST

START_TEST(a_sound_head_is_read_as_it_was_sent)
{
    const char *text = "\r\nPOST /a%2Fb//../c?x=%40&y HTTP/1.1\r\nHost: h\r\nx-Case:  two words \t\r\nX-Case: again\r\nEmpty:\r\n\r\nbody";

    ck_assert_int_eq(read_text(text), HEAD_WHOLE);
    ck_assert_str_eq(text + head.size_bytes, "body");
    ck_assert_str_eq(request.method, "POST");
    ck_assert_str_eq(request.target, "/a%2Fb//../c?x=%40&y");
    ck_assert_str_eq(request.path, "/a%2Fb//../c");
    ck_assert_str_eq(request.query, "x=%40&y");
    ck_assert_uint_eq(request.headers.count, 4);
    ck_assert_str_eq(request.headers.items[1].name, "x-Case");
    ck_assert_str_eq(request.headers.items[1].value, "two words");
    ck_assert_str_eq(request.headers.items[2].value, "again");
    ck_assert_str_eq(request.headers.items[3].value, "");
    ck_assert(!head.is_old);
}
END_TEST

START_TEST(the_absolute_form_and_bare_line_feeds_are_accepted)
{
    ck_assert_int_eq(read_text("GET http://host:1/a?b HTTP/1.0\n\n"), HEAD_WHOLE);
    ck_assert_str_eq(request.path, "/a");
    ck_assert_str_eq(request.query, "b");
    ck_assert(head.is_old);
    ck_assert_int_eq(read_text("GET HTTPS://host?b HTTP/1.1\r\n\r\n"), HEAD_WHOLE);
    ck_assert_str_eq(request.path, "/");
    ck_assert_str_eq(request.query, "b");
}
END_TEST

/* Every shorter beginning of a sound head is a partial one, however it was cut. */
START_TEST(a_head_that_is_not_whole_waits)
{
    const char *text = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    for (size_t size = 0; size < strlen(text); size++) {
        forget();
        ck_assert_int_eq(head_read(&arena, text, size, &request, &head), HEAD_PARTIAL);
    }
}
END_TEST

START_TEST(a_head_over_the_bound_is_refused)
{
    char *text = memory_new(HEAD_MAX_BYTES + 64);
    int fixed = sprintf(text, "GET / HTTP/1.1\r\nX: ");

    memset(text + fixed, 'x', HEAD_MAX_BYTES);
    forget();
    ck_assert_int_eq(head_read(&arena, text, HEAD_MAX_BYTES, &request, &head), HEAD_PARTIAL);
    ck_assert_int_eq(head_read(&arena, text, HEAD_MAX_BYTES + 1, &request, &head), HEAD_REFUSED);
    ck_assert_int_eq(head.refusal, 400);
    memcpy(text + HEAD_MAX_BYTES - 4, "\r\n\r\n", 4);
    ck_assert_int_eq(head_read(&arena, text, HEAD_MAX_BYTES, &request, &head), HEAD_WHOLE);
    free(text);
}
END_TEST

#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define REST "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"

static const struct {
    const char *text;
    int refusal;
} upgrades[] = {
    { "GET / HTTP/1.1\r\n" REST KEY "\r\n", 0 },
    { "GET / HTTP/1.1\r\nUpgrade: h2c, WebSocket\r\nConnection: keep-alive, upgrade\r\nSec-WebSocket-Version: 13\r\n" KEY "\r\n", 0 },
    { "GET / HTTP/1.1\r\n" REST KEY "Content-Length: 0\r\n\r\n", 0 },
    { "POST / HTTP/1.1\r\n" REST KEY "\r\n", 400 },
    { "GET / HTTP/1.0\r\n" REST KEY "\r\n", 400 },
    { "GET / HTTP/1.1\r\n" REST "\r\n", 400 },
    { "GET / HTTP/1.1\r\n" REST "Sec-WebSocket-Key: short==\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" REST "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j!Q==\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" REST KEY "Content-Length: 1\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\n" REST KEY "Transfer-Encoding: chunked\r\n\r\n", 400 },
    { "GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" KEY "\r\n", 400 },
    { "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: keep-alive\r\nSec-WebSocket-Version: 13\r\n" KEY "\r\n", 400 },
    { "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" KEY "\r\n", 426 },
    { "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n" KEY "\r\n", 426 },
};

START_TEST(an_upgrade_must_be_well_formed)
{
    ck_assert_int_eq(read_text(upgrades[_i].text), HEAD_WHOLE);
    ck_assert(head_is_upgrade(&request));
    ck_assert_msg(head_check_upgrade(&request, &head) == upgrades[_i].refusal, "%s", upgrades[_i].text);
}
END_TEST

START_TEST(an_upgrade_has_a_bound_of_its_own)
{
    static const char form[] = "GET / HTTP/1.1\r\n" REST KEY "X: %s\r\n\r\n";
    char value[HEAD_UPGRADE_MAX_BYTES] = "";
    char text[sizeof form + sizeof value];
    size_t most = HEAD_UPGRADE_MAX_BYTES - (sizeof form - 3);

    memset(value, 'x', most);
    snprintf(text, sizeof text, form, value);
    ck_assert_int_eq(read_text(text), HEAD_WHOLE);
    ck_assert_int_eq(head_check_upgrade(&request, &head), 0);
    value[most] = 'x';
    snprintf(text, sizeof text, form, value);
    ck_assert_int_eq(read_text(text), HEAD_WHOLE);
    ck_assert_int_eq(head_check_upgrade(&request, &head), 431);
}
END_TEST

START_TEST(another_protocol_is_no_upgrade)
{
    ck_assert_int_eq(read_text("GET / HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n"), HEAD_WHOLE);
    ck_assert(!head_is_upgrade(&request));
    ck_assert_int_eq(read_text("GET / HTTP/1.1\r\nUpgrade: websockets\r\n\r\n"), HEAD_WHOLE);
    ck_assert(!head_is_upgrade(&request));
}
END_TEST

Suite *suite_head(void)
{
    Suite *suite = suite_create("head");
    TCase *tests = tcase_create("head");

    tcase_add_checked_fixture(tests, NULL, forget);
    tcase_add_loop_test(tests, what_could_be_read_in_two_ways_is_refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(tests, a_nul_is_refused_anywhere);
    tcase_add_test(tests, a_sound_head_is_read_as_it_was_sent);
    tcase_add_test(tests, the_absolute_form_and_bare_line_feeds_are_accepted);
    tcase_add_test(tests, a_head_that_is_not_whole_waits);
    tcase_add_test(tests, a_head_over_the_bound_is_refused);
    tcase_add_loop_test(tests, an_upgrade_must_be_well_formed, 0, sizeof upgrades / sizeof *upgrades);
    tcase_add_test(tests, an_upgrade_has_a_bound_of_its_own);
    tcase_add_test(tests, another_protocol_is_no_upgrade);
    suite_add_tcase(suite, tests);
    return suite;
}
