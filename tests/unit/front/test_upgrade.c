/* Upgrades that are held until somebody decides, as API Gateway holds them while $connect runs. */

#include "front/rig.h"

#include <sys/socket.h>

static struct peer peer;

static void dial_and_hold(void)
{
    peer_dial(&peer);
    peer_say(&peer, "GET /hold?a=b HTTP/1.1\r\n" UPGRADE_FIELDS "\r\n");
    rig_await(&rig.upgrade_count, 1);
}

START_TEST(the_client_hears_nothing_before_the_decision)
{
    const char *heard;

    dial_and_hold();
    ck_assert_str_eq(rig.upgrade->request.path, "/hold");
    ck_assert_str_eq(rig.upgrade->request.query, "a=b");
    ck_assert_str_eq(rig.upgrade->request.remote_address, "127.0.0.1");
    ck_assert_str_eq(request_header(&rig.upgrade->request, "sec-websocket-key"), "dGhlIHNhbXBsZSBub25jZQ==");
    ck_assert(rig_is_asleep());
    peer_listen(&peer);
    ck_assert_uint_eq(peer.heard.size, 0);
    ck_assert_ptr_nonnull(rig_accept(rig.upgrade));
    heard = peer_answer(&peer);
    ck_assert_int_eq(status_of(heard), 101);
    ck_assert_ptr_nonnull(strstr(heard, "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    ck_assert_ptr_null(strstr(heard, "Sec-WebSocket-Protocol"));
    ck_assert_ptr_null(strstr(heard, "Sec-WebSocket-Extensions"));
    peer_hang_up(&peer);
    rig_await(&rig.closed_count, 1);
}
END_TEST

START_TEST(the_101_is_dated_by_the_clock)
{
    const char *heard = ask("GET /a HTTP/1.1\r\n" UPGRADE_FIELDS "\r\n");

    ck_assert_ptr_nonnull(strcasestr(heard, "\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n"));
}
END_TEST

/* Bytes behind the head stay in the socket, and are the library's first frames. */
START_TEST(frames_sent_with_the_head_are_delivered)
{
    peer_dial(&peer);
    peer_say(&peer, "GET /a HTTP/1.1\r\n" UPGRADE_FIELDS "\r\n\x81\x83\x01\x01\x01\x01\x60\x63\x62");
    rig_await(&rig.message_count, 1);
    ck_assert_str_eq(rig.message.data, "abc");
    ck_assert_int_eq(status_of(peer_answer(&peer)), 101);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(who_leaves_before_the_decision_is_noticed)
{
    dial_and_hold();
    peer_hang_up(&peer);
    rig_await(&rig.upgrade_left_count, 1);
    rig_await_sockets(0);
    ck_assert_int_eq(rig.closed_count, 0);
}
END_TEST

START_TEST(who_leaves_before_an_unheard_decision_is_closed_after_it)
{
    struct upgrade *held;

    dial_and_hold();
    held = rig.upgrade;
    held->left = NULL; /* one who decides, and does not ask to be told */
    peer_hang_up(&peer);
    rig_await_sockets(0);
    ck_assert_ptr_nonnull(rig_accept(held));
    ck_assert_int_eq(rig.closed_count, 0);
    ck_assert_int_eq(websocket_send(rig.websocket, "x", 1), ABSENT);
    rig_await(&rig.closed_count, 1);
    ck_assert_int_eq(rig.closed_code, 1006);
    ck_assert(!rig.closed_by_us);
}
END_TEST

START_TEST(a_refusal_is_plain_http)
{
    const char *heard;

    peer_dial(&peer);
    peer_say(&peer, "GET /refuse HTTP/1.1\r\n" UPGRADE_FIELDS "\r\n");
    heard = peer_answer(&peer);
    ck_assert_int_eq(status_of(heard), 403);
    ck_assert_ptr_nonnull(strstr(heard, "\r\nx-amzn-ErrorType: ForbiddenException\r\n"));
    ck_assert_ptr_nonnull(strstr(heard, "\r\nContent-Length: 23\r\n"));
    ck_assert_ptr_nonnull(strstr(heard, "\r\n\r\n{\"message\":\"Forbidden\"}"));
    peer_await_end(&peer);
    peer_hang_up(&peer);
    rig_await_sockets(0);
}
END_TEST

/* Without draining, what the client has sent behind its head would turn the answer into a reset. */
static void expect_refusal_behind_frames(void)
{
    char *frames = memory_new(100000);

    peer_say(&peer, "GET /refuse HTTP/1.1\r\n" UPGRADE_FIELDS "\r\n");
    peer_say_bytes(&peer, frames, 100000);
    ck_assert_int_eq(status_of(peer_answer(&peer)), 403);
    peer_await_end(&peer);
    ck_assert(!peer.was_reset);
    free(frames);
    peer_hang_up(&peer);
}

START_TEST(a_refusal_reaches_who_has_sent_on)
{
    peer_dial(&peer);
    expect_refusal_behind_frames();
}
END_TEST

START_TEST(a_refusal_reaches_who_has_sent_on_through_tls)
{
    peer_dial_tls(&peer, "localhost");
    expect_refusal_behind_frames();
}
END_TEST

/* Refusals cannot be made to carry headers of others. */
START_TEST(a_refusals_headers_cannot_break_out)
{
    struct header_list headers = { 0 };

    dial_and_hold();
    header_add(&headers, &rig.upgrade->arena, "X-Bad", "a\r\nX-Injected: b");
    header_add(&headers, &rig.upgrade->arena, "Content-Length", "99");
    upgrade_refuse(rig.upgrade, 401, &headers, "", 0);
    ck_assert_ptr_null(strstr(peer_answer(&peer), "X-Injected"));
    peer_await_end(&peer);
    peer_hang_up(&peer);
}
END_TEST

/* The library itself rejects protocol lists and Connection headers over 127 bytes, and protocols that it does not know. */
START_TEST(heads_that_the_library_would_reject_are_accepted)
{
    struct buffer head = { 0 };
    const char *heard;
    char name[1501] = "";

    memset(name, 'p', 1500);
    buffer_print(&head, "GET /a HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade");
    for (int i = 0; i < 40; i++)
        buffer_print(&head, ", token-%d", i);
    buffer_print(&head, "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: %s, other\r\nCookie: ", name);
    for (int i = 0; i < 200; i++)
        buffer_print(&head, "cookie%d=value; ", i);
    buffer_print(&head, "\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nX-Choose: %s\r\n\r\n", name);
    peer_dial(&peer);
    peer_say(&peer, head.data);
    heard = peer_answer(&peer);
    ck_assert_int_eq(status_of(heard), 101);
    ck_assert_ptr_nonnull(strstr(heard, name));
    ck_assert_ptr_null(strstr(heard, "deflate"));
    buffer_clear(&head);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_subprotocol_cannot_break_out_of_the_101)
{
    const char *heard;

    dial_and_hold();
    header_add(&rig.upgrade->request.headers, &rig.upgrade->arena, "X-Choose", "a\r\nSet-Cookie: b");
    ck_assert_ptr_nonnull(rig_accept(rig.upgrade));
    heard = peer_answer(&peer);
    ck_assert_int_eq(status_of(heard), 101);
    ck_assert_ptr_null(strstr(heard, "Set-Cookie"));
    peer_hang_up(&peer);
}
END_TEST

/* The client has reset the line, and we do not know it yet when it is accepted. */
START_TEST(who_resets_before_the_101_is_closed_after_it)
{
    struct linger at_once = { 1, 0 };
    struct upgrade *held;

    dial_and_hold();
    held = rig.upgrade;
    setsockopt(peer.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    peer_hang_up(&peer);
    ck_assert_ptr_nonnull(rig_accept(held));
    ck_assert_int_eq(rig.closed_count, 0);
    rig_await(&rig.closed_count, 1);
    ck_assert_int_eq(rig.closed_code, 1006);
    rig_await_sockets(0);
}
END_TEST

static const struct {
    const char *fields;
    int status;
} malformed[] = {
    { "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n", 400 },
    { "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 426 },
    { "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 400 },
};

START_TEST(a_malformed_upgrade_is_refused_at_the_door)
{
    char head[512];
    const char *heard;

    snprintf(head, sizeof head, "GET /a HTTP/1.1\r\nHost: h\r\n%s\r\n", malformed[_i].fields);
    heard = ask(head);
    ck_assert_int_eq(status_of(heard), malformed[_i].status);
    if (malformed[_i].status == 426)
        ck_assert_ptr_nonnull(strstr(heard, "\r\nSec-WebSocket-Version: 13\r\n"));
    ck_assert_int_eq(rig.upgrade_count, 0);
}
END_TEST

Suite *suite_upgrade(void)
{
    Suite *suite = suite_create("upgrade");
    TCase *tests = tcase_create("upgrade");
    TCase *frozen = tcase_create("frozen");

    tcase_add_checked_fixture(tests, rig_open, rig_close);
    tcase_add_test(tests, the_client_hears_nothing_before_the_decision);
    tcase_add_test(tests, frames_sent_with_the_head_are_delivered);
    tcase_add_test(tests, who_leaves_before_the_decision_is_noticed);
    tcase_add_test(tests, who_leaves_before_an_unheard_decision_is_closed_after_it);
    tcase_add_test(tests, a_refusal_is_plain_http);
    tcase_add_test(tests, a_refusal_reaches_who_has_sent_on);
    tcase_add_test(tests, a_refusal_reaches_who_has_sent_on_through_tls);
    tcase_add_test(tests, a_refusals_headers_cannot_break_out);
    tcase_add_test(tests, heads_that_the_library_would_reject_are_accepted);
    tcase_add_test(tests, a_subprotocol_cannot_break_out_of_the_101);
    tcase_add_test(tests, who_resets_before_the_101_is_closed_after_it);
    tcase_add_loop_test(tests, a_malformed_upgrade_is_refused_at_the_door, 0, sizeof malformed / sizeof *malformed);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(frozen, rig_open_frozen, rig_close);
    tcase_add_test(frozen, the_101_is_dated_by_the_clock);
    suite_add_tcase(suite, frozen);
    return suite;
}
