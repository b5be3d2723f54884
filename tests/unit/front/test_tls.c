/* TLS: the same house behind a locked door. The client checks certificates as strictly as OpenSSL can. */

#include "front/rig.h"

#include <openssl/x509v3.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static struct peer peer;

static void expect_answer(void)
{
    const char *heard;

    peer_say(&peer, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
    heard = peer_answer(&peer);
    ck_assert_int_eq(status_of(heard), 200);
    ck_assert_ptr_nonnull(strstr(heard, "\r\n\r\nhi"));
}

static const char *const names[] = { "localhost", "dynamodb.us-east-1.amazonaws.com", "abc123.execute-api.eu-west-1.amazonaws.com",
                                     "Upper.Case.example", NULL };

START_TEST(the_certificate_is_for_the_name_that_was_asked_for)
{
    peer_dial_tls(&peer, names[_i]);
    expect_answer();
    expect_answer();
    peer_hang_up(&peer);
    rig_await_sockets(0);
}
END_TEST

START_TEST(what_is_behind_the_door_knows_of_tls_and_the_client)
{
    peer_dial_tls(&peer, "localhost");
    peer_say(&peer, "GET /show HTTP/1.1\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(peer_answer(&peer), "tls=1 from=127.0.0.1\n"));
    peer_hang_up(&peer);
}
END_TEST

/* A client that knows both gets HTTP/2: test_http2.c. */
START_TEST(http_1_1_is_chosen_for_who_offers_that_alone)
{
    static const unsigned char offer[] = "\x08http/1.1";
    const unsigned char *chosen;
    unsigned size;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    int result = 0;

    peer_dial(&peer);
    peer.tls = SSL_new(context);
    SSL_CTX_free(context);
    SSL_set_alpn_protos(peer.tls, offer, sizeof offer - 1);
    SSL_set_fd(peer.tls, peer.fd);
    ck_assert_int_eq(ioctl(peer.fd, FIONBIO, &(int){ 1 }), 0);
    for (int i = 0; i < 100 && (result = SSL_connect(peer.tls)) != 1; i++)
        loop_turn(rig.ground.loop, 10);
    ck_assert_int_eq(result, 1);
    SSL_get0_alpn_selected(peer.tls, &chosen, &size);
    ck_assert_uint_eq(size, 8);
    ck_assert_int_eq(memcmp(chosen, "http/1.1", 8), 0);
    expect_answer();
    peer_hang_up(&peer);
}
END_TEST

/* More than all buffers on the way hold, in both directions. */
START_TEST(large_bodies_pass_both_ways)
{
    char *body = memory_new(RIG_BODY_MAX);
    char head[128];
    const char *heard;

    for (int i = 0; i < RIG_BODY_MAX; i++)
        body[i] = (char)('a' + i % 23);
    peer_dial_tls(&peer, "localhost");
    snprintf(head, sizeof head, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", RIG_BODY_MAX);
    peer_say(&peer, head);
    peer_say_bytes(&peer, body, RIG_BODY_MAX);
    heard = peer_answer(&peer);
    ck_assert_int_eq(memcmp(strstr(heard, "\r\n\r\n") + 4, body, RIG_BODY_MAX), 0);
    peer_say(&peer, "GET /large HTTP/1.1\r\n\r\n");
    ck_assert_uint_eq(strlen(strstr(peer_answer(&peer), "\r\n\r\n") + 4), 1 << 20);
    peer_hang_up(&peer);
    free(body);
}
END_TEST

/* Neither half a head behind a relay nor an idle one may spin: a socket pair does not honour SO_RCVLOWAT. */
START_TEST(nothing_spins_behind_a_relay)
{
    peer_dial_tls(&peer, "localhost");
    ck_assert(rig_is_asleep());
    peer_say(&peer, "GET / HTT");
    ck_assert(rig_is_asleep());
    peer_say(&peer, "P/1.1\r\n\r\n");
    ck_assert_int_eq(status_of(peer_answer(&peer)), 200);
    ck_assert(rig_is_asleep());
    peer_hang_up(&peer);
    rig_await_sockets(0);
}
END_TEST

START_TEST(a_reader_that_stops_does_not_spin)
{
    peer_dial_tls(&peer, "localhost");
    for (int i = 0; i < 8; i++)
        peer_say(&peer, "GET /large HTTP/1.1\r\n\r\n");
    rig_await(&rig.served, 1);
    rig_turn(200); /* until every buffer on the way is full */
    ck_assert(rig_is_asleep());
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(status_of(peer_answer(&peer)), 200);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_client_that_leaves_while_it_waits_is_noticed_through_tls)
{
    peer_dial_tls(&peer, "localhost");
    peer_say(&peer, "GET /hold HTTP/1.1\r\n\r\n");
    rig_await(&rig.held_count, 1);
    peer_hang_up(&peer);
    rig_await(&rig.left_count, 1);
    rig_await_sockets(0);
}
END_TEST

START_TEST(a_websocket_works_through_tls)
{
    struct buffer frame = { 0 };
    char *bytes = memory_new(100000);

    peer_dial_tls(&peer, "localhost");
    peer_say(&peer, "GET /a HTTP/1.1\r\n" UPGRADE_FIELDS "\r\n");
    ck_assert_int_eq(status_of(peer_answer(&peer)), 101);
    peer_text(&peer, "hello");
    rig_await(&rig.message_count, 1);
    websocket_send(rig.websocket, bytes, 100000);
    for (size_t size = 0; size < 100000; size += frame.size)
        ck_assert_int_ge(peer_next_frame(&peer, &frame), 0);
    websocket_close(rig.websocket, 1001, "Going away");
    peer_expect_close(&peer, 1001);
    peer_hang_up(&peer);
    rig_await(&rig.closed_count, 1);
    rig_await_sockets(0);
    buffer_clear(&frame);
    free(bytes);
}
END_TEST

/* A body that is refused before it is read: its answer must get through the socket pair although much is still unread in it. */
START_TEST(an_early_refusal_reaches_the_client_through_tls)
{
    char head[128];
    char *body = memory_new(500000);

    peer_dial_tls(&peer, "localhost");
    snprintf(head, sizeof head, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", 500000);
    peer_say(&peer, head);
    ck_assert_int_eq(status_of(peer_answer(&peer)), 413);
    peer_say_bytes(&peer, body, 500000);
    peer_await_end(&peer);
    peer_hang_up(&peer);
    rig_await_sockets(0);
    free(body);
}
END_TEST

START_TEST(a_broken_handshake_is_left)
{
    peer_dial(&peer);
    peer_say_bytes(&peer, "\x16\x03\x01\x00\x04nope", 9);
    peer_await_end(&peer);
    peer_hang_up(&peer);
    rig_await_sockets(0);
}
END_TEST

START_TEST(tls_within_tls_is_nonsense)
{
    peer_dial_tls(&peer, "localhost");
    peer_say(&peer, "\x16\x03\x01\r\n\r\n");
    ck_assert_int_eq(status_of(peer_answer(&peer)), 400);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_handshake_that_does_not_end_is_not_waited_for)
{
    peer_dial(&peer);
    peer_say(&peer, "\x16\x03\x01");
    rig_await_sockets(1);
    rig_turn(4);
    ck_assert(rig_is_asleep());
    clock_advance(&rig.clock, HEAD_TIMEOUT_MS + 1);
    peer_await_end(&peer);
    rig_await_sockets(0);
    peer_hang_up(&peer);
}
END_TEST

/* The machine's clock, by which clients check, need not be ours. */
START_TEST(certificates_minted_under_a_frozen_clock_are_valid)
{
    peer_dial_tls(&peer, "frozen.example");
    expect_answer();
    peer_hang_up(&peer);
}
END_TEST

START_TEST(who_waits_gets_503_through_tls_at_closing_time)
{
    peer_dial_tls(&peer, "localhost");
    peer_say(&peer, "GET /hold HTTP/1.1\r\n\r\n");
    rig_await(&rig.held_count, 1);
    front_close(rig.front);
    rig.front = NULL;
    peer_listen(&peer);
    ck_assert_int_eq(status_of(peer.heard.data), 503);
    peer_hang_up(&peer);
}
END_TEST

Suite *suite_tls(void)
{
    Suite *suite = suite_create("tls");
    TCase *tests = tcase_create("tls");
    TCase *frozen = tcase_create("frozen");

    tcase_add_checked_fixture(tests, rig_open, rig_close);
    tcase_add_loop_test(tests, the_certificate_is_for_the_name_that_was_asked_for, 0, sizeof names / sizeof *names);
    tcase_add_test(tests, what_is_behind_the_door_knows_of_tls_and_the_client);
    tcase_add_test(tests, http_1_1_is_chosen_for_who_offers_that_alone);
    tcase_add_test(tests, large_bodies_pass_both_ways);
    tcase_add_test(tests, nothing_spins_behind_a_relay);
    tcase_add_test(tests, a_reader_that_stops_does_not_spin);
    tcase_add_test(tests, a_client_that_leaves_while_it_waits_is_noticed_through_tls);
    tcase_add_test(tests, a_websocket_works_through_tls);
    tcase_add_test(tests, an_early_refusal_reaches_the_client_through_tls);
    tcase_add_test(tests, a_broken_handshake_is_left);
    tcase_add_test(tests, tls_within_tls_is_nonsense);
    tcase_add_test(tests, who_waits_gets_503_through_tls_at_closing_time);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(frozen, rig_open_frozen, rig_close);
    tcase_add_test(frozen, a_handshake_that_does_not_end_is_not_waited_for);
    tcase_add_test(frozen, certificates_minted_under_a_frozen_clock_are_valid);
    suite_add_tcase(suite, frozen);
    return suite;
}
