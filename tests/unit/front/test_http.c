/* HTTP through the front door: one test for each thing that libmicrohttpd does in its own way, seen from a client. */

#include "front/rig.h"

#include <sys/socket.h>

static struct peer peer;

static void expect(const char *heard, const char *text)
{
    ck_assert_msg(strstr(heard, text) != NULL, "wanted \"%s\" in \"%.600s\"", text, heard);
}

START_TEST(a_request_is_answered_and_the_connection_stays)
{
    const char *heard;

    peer_dial(&peer);
    for (int i = 0; i < 3; i++) {
        peer_say(&peer, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
        heard = peer_answer(&peer);
        ck_assert_int_eq(status_of(heard), 200);
        expect(heard, "Content-Length: 5\r\n");
        expect(heard, "\r\n\r\nhello");
        ck_assert_ptr_null(strstr(heard, "Connection: close"));
    }
    ck_assert_uint_eq(rig.front->socket_count, 1);
    peer_hang_up(&peer);
    rig_await_sockets(0);
}
END_TEST

START_TEST(the_date_is_the_clocks)
{
    expect(ask("GET / HTTP/1.1\r\n\r\n"), "\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n");
}
END_TEST

START_TEST(the_request_is_shown_as_it_was_sent)
{
    const char *heard =
        ask("PURGE /show/../show?a=%2F&b=c+d HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nx-tWo:  2 \t\r\nContent-Length: 3\r\n\r\nabc");

    ck_assert_int_eq(status_of(heard), 200);
    heard = ask("GET /show?a=%2F%40&b=c+d HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nx-tWo:  2 \t\r\nContent-Length: 3\r\n\r\nabc");
    expect(heard, "method=GET\ntarget=/show?a=%2F%40&b=c+d\npath=/show\nquery=a=%2F%40&b=c+d\n");
    expect(heard, "[Host]=[h]\n[X-Two]=[1]\n[x-tWo]=[2]\n[Content-Length]=[3]\n");
    expect(heard, "body=3:abc\nlarge=0 tls=0 from=127.0.0.1\n");
}
END_TEST

/* The library decodes the path and cuts it at an encoded NUL; what is behind the door sees neither. On a later request of a connection the
 * head is not peeked at, so this must hold there too. */
START_TEST(later_requests_are_held_to_the_same_rules)
{
    static const char *const bad[] = {
        "GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
        "GET / HTTP/1.1\r\n" UPGRADE_FIELDS "\r\n",
    };
    const char *heard;

    peer_dial(&peer);
    peer_say(&peer, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    ck_assert_int_eq(status_of(peer_answer(&peer)), 200);
    peer_say(&peer, bad[_i]);
    heard = peer_answer(&peer);
    ck_assert_int_eq(status_of(heard), 400);
    expect(heard, "{\"message\":\"Bad Request\"}");
    expect(heard, "Connection: close");
    peer_await_end(&peer);
    ck_assert_int_eq(rig.served, 1);
    ck_assert_int_eq(rig.upgrade_count, 0);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_later_head_has_the_same_bound)
{
    char *head = memory_new(2 * HEAD_MAX_BYTES);
    int fixed = sprintf(head, "GET / HTTP/1.1\r\nHost: h\r\nX: ");

    memset(head + fixed, 'x', HEAD_MAX_BYTES);
    strcpy(head + fixed + HEAD_MAX_BYTES, "\r\n\r\n");
    peer_dial(&peer);
    peer_say(&peer, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    ck_assert_int_eq(status_of(peer_answer(&peer)), 200);
    peer_say(&peer, head);
    ck_assert_int_eq(status_of(peer_answer(&peer)), 400);
    peer_await_end(&peer);
    ck_assert_int_eq(rig.served, 1);
    free(head);
    peer_hang_up(&peer);
}
END_TEST

/* The library answers a bad length with its status line and headers twice; the first request of a connection never gets there. */
START_TEST(a_bad_length_is_answered_once)
{
    const char *heard;

    peer_dial(&peer);
    peer_say(&peer, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ten\r\n\r\n");
    heard = peer_answer(&peer);
    ck_assert_int_eq(status_of(heard), 400);
    peer_await_end(&peer);
    ck_assert_uint_eq(peer.heard.size, 0);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_head_request_has_a_length_and_no_body)
{
    const char *heard;

    peer_dial(&peer);
    peer_say(&peer, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    peer_hear(&peer, "\r\n\r\n");
    expect(peer.heard.data, "Content-Length: 2\r\n");
    ck_assert_str_eq(peer.heard.data + peer.heard.size - 4, "\r\n\r\n");
    buffer_clear(&peer.heard);
    peer_say(&peer, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    heard = peer_answer(&peer);
    expect(heard, "\r\n\r\nok");
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_client_that_expects_100_gets_it)
{
    peer_dial(&peer);
    peer_say(&peer, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n");
    peer_hear(&peer, "HTTP/1.1 100 Continue\r\n\r\n");
    buffer_clear(&peer.heard);
    peer_say(&peer, "hi");
    expect(peer_answer(&peer), "\r\n\r\nhi");
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_chunked_body_is_joined_wherever_it_was_cut)
{
    const char *body = "3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n";

    peer_dial(&peer);
    peer_say(&peer, "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (const char *at = body; *at; at++) {
        peer_say_bytes(&peer, at, 1);
        rig_turn(3);
    }
    expect(peer_answer(&peer), "\r\n\r\nabcde");
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_malformed_chunk_is_refused)
{
    peer_dial(&peer);
    peer_say(&peer, "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
    ck_assert_int_eq(status_of(peer_answer(&peer)), 400);
    peer_await_end(&peer);
    ck_assert_int_eq(rig.served, 0);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_body_may_come_with_any_method_or_none)
{
    expect(ask("DELETE /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"), "\r\n\r\nx");
    expect(ask("POST /show HTTP/1.1\r\nHost: h\r\n\r\n"), "body=0:\n");
}
END_TEST

START_TEST(old_clients_are_answered_and_left)
{
    peer_dial(&peer);
    peer_say(&peer, "GET / HTTP/1.0\r\n\r\n");
    peer_await_end(&peer);
    expect(peer.heard.data, " 200 ");
    expect(peer.heard.data, "\r\n\r\nok");
    peer_hang_up(&peer);
}
END_TEST

static void say_body(size_t size_bytes)
{
    char *body = memory_new(size_bytes);

    peer_say_bytes(&peer, body, size_bytes);
    free(body);
}

/* Up to twice the bound a body is read to its end, so that a client that only listens then hears the service's own answer. */
START_TEST(a_body_over_the_bound_is_dropped_and_marked)
{
    char head[128];

    peer_dial(&peer);
    snprintf(head, sizeof head, "POST /show HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", 2 * RIG_BODY_MAX);
    peer_say(&peer, head);
    say_body(2 * RIG_BODY_MAX);
    expect(peer_answer(&peer), "body=0:\nlarge=1");
    peer_say(&peer, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    ck_assert_int_eq(status_of(peer_answer(&peer)), 200);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_body_at_the_bound_is_taken)
{
    char head[128];
    char size[32];

    peer_dial(&peer);
    snprintf(head, sizeof head, "POST /show HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", RIG_BODY_MAX);
    peer_say(&peer, head);
    say_body(RIG_BODY_MAX);
    snprintf(size, sizeof size, "body=%d:", RIG_BODY_MAX);
    expect(peer_answer(&peer), size);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_body_beyond_twice_the_bound_ends_the_connection)
{
    char head[128];

    peer_dial(&peer);
    snprintf(head, sizeof head, "POST /show HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", 2 * RIG_BODY_MAX + 1);
    peer_say(&peer, head);
    ck_assert_int_eq(status_of(peer_answer(&peer)), 413);
    peer_await_end(&peer);
    peer_hang_up(&peer);
    peer_dial(&peer);
    peer_say(&peer, "POST /show HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n50000\r\n");
    say_body(0x50000);
    peer_await_end(&peer);
    ck_assert_int_eq(rig.served, 0);
    peer_hang_up(&peer);
    rig_await_sockets(0);
}
END_TEST

/* --- answers that come later --- */

static void answer_held(int which, const char *body)
{
    struct exchange *exchange = rig.held[which];

    rig.held[which] = NULL;
    exchange_reply(exchange, 200, "text/plain", body);
}

START_TEST(an_answer_may_come_later)
{
    peer_dial(&peer);
    for (int i = 0; i < 3; i++) {
        peer_say(&peer, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
        rig_await(&rig.held_count, i + 1);
        rig_turn(3);
        peer_listen(&peer);
        ck_assert_uint_eq(peer.heard.size, 0);
        answer_held(i, "later");
        expect(peer_answer(&peer), "\r\n\r\nlater");
    }
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_suspended_request_does_not_spin_even_with_more_behind_it)
{
    peer_dial(&peer);
    peer_say(&peer, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    rig_await(&rig.held_count, 1);
    ck_assert(rig_is_asleep());
    peer_say(&peer, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    ck_assert(rig_is_asleep());
    answer_held(0, "first");
    expect(peer_answer(&peer), "\r\n\r\nfirst");
    expect(peer_answer(&peer), "\r\n\r\nok");
    ck_assert(rig_is_asleep());
    peer_hang_up(&peer);
}
END_TEST

START_TEST(pipelined_requests_are_answered_in_order)
{
    peer_dial(&peer);
    peer_say(&peer, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n1GET /hold HTTP/1.1\r\nHost: h\r\n\r\n"
                    "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n3");
    rig_await(&rig.held_count, 1);
    answer_held(0, "2");
    expect(peer_answer(&peer), "\r\n\r\n1");
    expect(peer_answer(&peer), "\r\n\r\n2");
    expect(peer_answer(&peer), "\r\n\r\n3");
    peer_hang_up(&peer);
}
END_TEST

/* The library does not look at a suspended connection: without a watch of our own it would hear of the client when it answers. */
START_TEST(a_client_that_leaves_while_it_waits_is_noticed)
{
    peer_dial(&peer);
    peer_say(&peer, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    rig_await(&rig.held_count, 1);
    peer_hang_up(&peer);
    rig_await(&rig.left_count, 1);
    rig_await_sockets(0);
}
END_TEST

/* Also while others keep the library busy all the time. */
START_TEST(a_client_that_leaves_is_noticed_under_load)
{
    struct peer flooding;
    struct buffer flood = { 0 };

    for (int i = 0; i < 4000; i++)
        buffer_add_text(&flood, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    peer_dial(&peer);
    peer_say(&peer, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    rig_await(&rig.held_count, 1);
    peer_dial(&flooding);
    peer_say_bytes(&flooding, flood.data, flood.size);
    rig_await(&rig.served, 2);
    peer_hang_up(&peer);
    rig_await(&rig.left_count, 1);
    ck_assert_int_lt(rig.served, 4001);
    buffer_clear(&flood);
    peer_hang_up(&flooding);
}
END_TEST

START_TEST(a_client_that_closes_half_counts_as_gone)
{
    peer_dial(&peer);
    peer_say(&peer, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    rig_await(&rig.held_count, 1);
    shutdown(peer.fd, SHUT_WR);
    rig_await(&rig.left_count, 1);
    peer_await_end(&peer);
    peer_hang_up(&peer);
    rig_await_sockets(0);
}
END_TEST

START_TEST(a_client_that_closes_half_after_asking_is_answered_when_we_can_at_once)
{
    peer_dial(&peer);
    peer_say(&peer, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    shutdown(peer.fd, SHUT_WR);
    expect(peer_answer(&peer), "\r\n\r\nok");
    peer_await_end(&peer);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_client_that_closes_half_in_the_middle_of_a_body_is_left)
{
    peer_dial(&peer);
    peer_say(&peer, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf");
    shutdown(peer.fd, SHUT_WR);
    peer_await_end(&peer);
    ck_assert_int_eq(rig.served, 0);
    peer_hang_up(&peer);
    rig_await_sockets(0);
}
END_TEST

/* As Java's client does: what it offers is declined by silence. */
START_TEST(an_upgrade_to_http_2_is_not_taken)
{
    const char *heard =
        ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n\r\n");

    ck_assert_int_eq(status_of(heard), 200);
    ck_assert_ptr_null(strstr(heard, "Upgrade"));
}
END_TEST

START_TEST(an_answer_to_nobody_is_dropped)
{
    struct exchange *exchange;

    peer_dial(&peer);
    peer_say(&peer, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    rig_await(&rig.held_count, 1);
    exchange = rig.held[0];
    exchange->left = NULL; /* one who answers, and does not ask to be told */
    peer_hang_up(&peer);
    rig_await_sockets(0);
    exchange_reply(exchange, 200, "text/plain", "late");
    rig.held[0] = NULL;
    rig_turn(4);
}
END_TEST

START_TEST(a_large_answer_comes_whole)
{
    const char *heard = ask("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");

    expect(heard, "Content-Length: 1048576\r\n");
    ck_assert_uint_eq(strlen(strstr(heard, "\r\n\r\n") + 4), 1 << 20);
}
END_TEST

/* One who floods us has only a bounded share of each turn. */
START_TEST(a_flood_of_requests_leaves_the_loop_its_turns)
{
    struct buffer flood = { 0 };

    for (int i = 0; i < 1000; i++)
        buffer_add_text(&flood, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    peer_dial(&peer);
    peer_say_bytes(&peer, flood.data, flood.size);
    rig_await(&rig.served, 1);
    ck_assert_int_lt(rig.served, 500);
    rig_await(&rig.served, 1000);
    buffer_clear(&flood);
    peer_hang_up(&peer);
}
END_TEST

/* --- bounds in time --- */

START_TEST(an_idle_connection_is_closed_in_the_end)
{
    peer_dial(&peer);
    peer_say(&peer, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    peer_answer(&peer);
    clock_advance(&rig.clock, 800000);
    rig_turn(4);
    peer_listen(&peer);
    ck_assert(!peer.is_over);
    clock_advance(&rig.clock, 200000);
    peer_await_end(&peer);
    rig_await_sockets(0);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_body_that_does_not_come_is_not_waited_for)
{
    peer_dial(&peer);
    peer_say(&peer, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe");
    rig_turn(8);
    clock_advance(&rig.clock, 70000);
    peer_await_end(&peer);
    rig_await_sockets(0);
    ck_assert_int_eq(rig.served, 0);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_request_that_is_being_answered_is_not_idle)
{
    peer_dial(&peer);
    peer_say(&peer, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    rig_await(&rig.held_count, 1);
    clock_advance(&rig.clock, 7200000);
    rig_turn(8);
    answer_held(0, "patience");
    expect(peer_answer(&peer), "\r\n\r\npatience");
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_frozen_clock_does_not_stop_requests)
{
    for (int i = 0; i < 5; i++)
        expect(ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), "\r\n\r\nok");
}
END_TEST

/* --- data on disk --- */

static int count_kept(void)
{
    sqlite3_stmt *statement = database_prepare(rig.ground.database, "SELECT count(*) FROM kept");
    int count;

    sqlite3_step(statement);
    count = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return count;
}

START_TEST(an_answer_waits_for_the_commit)
{
    peer_dial(&peer);
    peer_say(&peer, "GET /write HTTP/1.1\r\nHost: h\r\n\r\n");
    while (!rig.served)
        loop_turn(rig.ground.loop, 10);
    /* Written in this turn, not committed: the client must not hear of it yet. */
    ck_assert(database_is_dirty(rig.ground.database));
    peer_listen(&peer);
    ck_assert_uint_eq(peer.heard.size, 0);
    expect(peer_answer(&peer), "\r\n\r\nok");
    ck_assert(!database_is_dirty(rig.ground.database));
    ck_assert_int_eq(count_kept(), 1);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_held_answer_waits_for_the_commit_too)
{
    peer_dial(&peer);
    peer_say(&peer, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    rig_await(&rig.held_count, 1);
    database_write(rig.ground.database);
    answer_held(0, "kept");
    ck_assert(database_is_dirty(rig.ground.database));
    expect(peer_answer(&peer), "\r\n\r\nkept");
    ck_assert(!database_is_dirty(rig.ground.database));
    peer_hang_up(&peer);
}
END_TEST

START_TEST(answers_become_failures_when_the_commit_fails)
{
    peer_dial(&peer);
    peer_say(&peer, "GET /write HTTP/1.1\r\nHost: h\r\n\r\n");
    while (!rig.served)
        loop_turn(rig.ground.loop, 10);
    front_fail_answers(rig.front);
    ck_assert_int_eq(status_of(peer_answer(&peer)), 500);
    peer_hang_up(&peer);
}
END_TEST

Suite *suite_http(void)
{
    Suite *suite = suite_create("http");
    TCase *tests = tcase_create("http");
    TCase *frozen = tcase_create("frozen");
    TCase *kept = tcase_create("kept");

    tcase_add_checked_fixture(tests, rig_open, rig_close);
    tcase_add_test(tests, a_request_is_answered_and_the_connection_stays);
    tcase_add_test(tests, the_request_is_shown_as_it_was_sent);
    tcase_add_loop_test(tests, later_requests_are_held_to_the_same_rules, 0, 6);
    tcase_add_test(tests, a_later_head_has_the_same_bound);
    tcase_add_test(tests, a_bad_length_is_answered_once);
    tcase_add_test(tests, a_head_request_has_a_length_and_no_body);
    tcase_add_test(tests, a_client_that_expects_100_gets_it);
    tcase_add_test(tests, a_chunked_body_is_joined_wherever_it_was_cut);
    tcase_add_test(tests, a_malformed_chunk_is_refused);
    tcase_add_test(tests, a_body_may_come_with_any_method_or_none);
    tcase_add_test(tests, old_clients_are_answered_and_left);
    tcase_add_test(tests, a_body_over_the_bound_is_dropped_and_marked);
    tcase_add_test(tests, a_body_at_the_bound_is_taken);
    tcase_add_test(tests, a_body_beyond_twice_the_bound_ends_the_connection);
    tcase_add_test(tests, an_answer_may_come_later);
    tcase_add_test(tests, a_suspended_request_does_not_spin_even_with_more_behind_it);
    tcase_add_test(tests, pipelined_requests_are_answered_in_order);
    tcase_add_test(tests, a_client_that_leaves_while_it_waits_is_noticed);
    tcase_add_test(tests, a_client_that_leaves_is_noticed_under_load);
    tcase_add_test(tests, a_client_that_closes_half_counts_as_gone);
    tcase_add_test(tests, a_client_that_closes_half_after_asking_is_answered_when_we_can_at_once);
    tcase_add_test(tests, a_client_that_closes_half_in_the_middle_of_a_body_is_left);
    tcase_add_test(tests, an_upgrade_to_http_2_is_not_taken);
    tcase_add_test(tests, an_answer_to_nobody_is_dropped);
    tcase_add_test(tests, a_large_answer_comes_whole);
    tcase_add_test(tests, a_flood_of_requests_leaves_the_loop_its_turns);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(frozen, rig_open_frozen, rig_close);
    tcase_add_test(frozen, the_date_is_the_clocks);
    tcase_add_test(frozen, an_idle_connection_is_closed_in_the_end);
    tcase_add_test(frozen, a_body_that_does_not_come_is_not_waited_for);
    tcase_add_test(frozen, a_request_that_is_being_answered_is_not_idle);
    tcase_add_test(frozen, a_frozen_clock_does_not_stop_requests);
    suite_add_tcase(suite, frozen);
    tcase_add_checked_fixture(kept, rig_open_kept, rig_close);
    tcase_add_test(kept, an_answer_waits_for_the_commit);
    tcase_add_test(kept, a_held_answer_waits_for_the_commit_too);
    tcase_add_test(kept, answers_become_failures_when_the_commit_fails);
    suite_add_tcase(suite, kept);
    return suite;
}
