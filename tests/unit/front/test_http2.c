/* Connections of HTTP/2: a test for each bound, some with frames written by hand. */

#include "front/http2_client.h"

#include <sys/socket.h>

START_TEST(the_bodies_of_a_connection_are_bounded_together)
{
    client_dial();
    for (int i = 0; i < 5; i++) {
        client_post("/echo", i, RIG_BODY_MAX - 1000, true);
        for (int j = 0; j < 8; j++)
            client_turn();
    }
    ck_assert_uint_eq(client_await(9)->error, NGHTTP2_REFUSED_STREAM);
    ck_assert_int_eq(client.over_count, 1);
    ck_assert_int_eq(client_await(client_get("/"))->status, 200);
    ck_assert(rig_is_asleep());
    client_hang_up();
}
END_TEST

/* Who takes no answers gets few made for it; its other requests wait, and are served when it reads. */
START_TEST(requests_of_one_who_does_not_read_wait)
{
    const nghttp2_settings_entry open = { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20 };

    client_dial_shut();
    for (int i = 0; i < 20; i++)
        client_get("/large");
    for (int i = 0; i < 20; i++)
        client_turn();
    ck_assert_int_eq(rig.served, 1);
    ck_assert(rig_is_asleep());
    nghttp2_submit_settings(client.session, NGHTTP2_FLAG_NONE, &open, 1);
    client_await_count(&client.over_count, 20);
    for (int i = 0; i < 20; i++)
        ck_assert_uint_eq(client.replies[i].body.size, 1 << 20);
    client_hang_up();
}
END_TEST

START_TEST(streams_over_the_number_are_refused)
{
    client_dial_shut();
    for (int i = 0; i < 130; i++)
        client_submit("GET", "/large", NULL, NULL);
    client_say();
    client_await_count(&client.over_count, 2);
    for (int i = 0; i < 10; i++)
        client_turn();
    ck_assert_int_eq(client.over_count, 2);
    ck_assert_uint_eq(client.replies[128].error, NGHTTP2_REFUSED_STREAM);
    ck_assert_uint_eq(client.replies[129].error, NGHTTP2_REFUSED_STREAM);
    ck_assert_uint_eq(nghttp2_session_get_remote_settings(client.session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS), 128);
    client_hang_up();
    rig_await_sockets(0);
}
END_TEST

START_TEST(one_who_resets_all_it_asks_is_sent_away)
{
    client_dial();
    for (int i = 0; i < 700; i++) {
        int32_t id = client_submit("GET", "/", NULL, NULL);

        client_say();
        nghttp2_submit_rst_stream(client.session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
        client_say();
    }
    client_await_count(&client.goaway_count, 1);
    client_await_end();
    client_hang_up();
    rig_await_sockets(0);
}
END_TEST

static void say_frame(int type, int flags, int32_t id, const void *payload, size_t size)
{
    unsigned char head[9] = { (unsigned char)(size >> 16), (unsigned char)(size >> 8), (unsigned char)size, (unsigned char)type,
                              (unsigned char)flags };

    head[8] = (unsigned char)id;
    peer_say_bytes(&client.peer, head, sizeof head);
    peer_say_bytes(&client.peer, payload, size);
}

START_TEST(a_head_without_end_is_cut_off)
{
    static const char padding[1000];

    client_dial();
    client_say();
    say_frame(NGHTTP2_HEADERS, 0, 1, "\x82\x86\x84", 3);
    for (int i = 0; i < 20; i++)
        say_frame(NGHTTP2_CONTINUATION, 0, 1, padding, 0);
    client_await_end();
    ck_assert_int_eq(rig.served, 0);
    client_hang_up();
    rig_await_sockets(0);
}
END_TEST

/* Pings and settings each want an answer. One who does not read them is not read from, and one who sends hundreds in a breath is sent away:
 * either way they do not pile up here. */
static void flood(int type, int flags, size_t payload_size)
{
    static const char payload[8];
    char frame[17] = { 0, 0, (char)payload_size, (char)type, (char)flags };
    size_t sent = 0;
    int stuck = 0;

    memcpy(frame + 9, payload, payload_size);
    client_dial();
    client_say();
    while (stuck < 50 && sent < 64 << 20) {
        ssize_t size = send(client.peer.fd, frame, 9 + payload_size, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (size > 0)
            sent += (size_t)size;
        stuck = size > 0 ? 0 : stuck + 1;
        if (size <= 0)
            rig_turn(1);
    }
    ck_assert_uint_lt(sent, 64 << 20);
    ck_assert(rig_is_asleep());
    client_hang_up();
    rig_await_sockets(0);
}

START_TEST(a_flood_of_pings_is_stopped)
{
    flood(NGHTTP2_PING, 0, 8);
}
END_TEST

START_TEST(a_flood_of_settings_is_stopped)
{
    flood(NGHTTP2_SETTINGS, 0, 0);
}
END_TEST

START_TEST(settings_of_too_many_entries_end_the_connection)
{
    static const char entries[6 * 40];

    client_dial();
    client_say();
    say_frame(NGHTTP2_SETTINGS, 0, 0, entries, sizeof entries);
    client_await_count(&client.goaway_count, 1);
    client_await_end();
    client_hang_up();
}
END_TEST

START_TEST(what_is_no_http_2_after_the_preface_is_ended)
{
    peer_dial(&client.peer);
    peer_say(&client.peer, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
    peer_await_end(&client.peer);
    ck_assert_int_eq(rig.served, 0);
    peer_hang_up(&client.peer);
    rig_await_sockets(0);
    memset(&client, 0, sizeof client);
}
END_TEST

START_TEST(a_connection_is_freed_for_a_newcomer_when_it_is_idle)
{
    client_dial();
    client_get("/hold");
    client_await_count(&rig.held_count, 1);
    ck_assert(!http2_make_room(rig.front->http2));
    rig_answer(0, "x");
    client_await(1);
    ck_assert(http2_make_room(rig.front->http2));
    client_await_end();
    ck_assert_int_eq(client.goaway_count, 1);
    ck_assert_uint_eq(rig.front->socket_count, 0);
    client_hang_up();
}
END_TEST

START_TEST(an_idle_connection_is_closed_in_the_end)
{
    client_dial();
    client_await(client_get("/"));
    clock_advance(&rig.clock, 800000);
    for (int i = 0; i < 4; i++)
        client_turn();
    ck_assert(!client.peer.is_over);
    clock_advance(&rig.clock, 200000);
    client_await_end();
    ck_assert_int_eq(client.goaway_count, 1);
    client_hang_up();
    rig_await_sockets(0);
}
END_TEST

START_TEST(half_a_preface_is_not_waited_for)
{
    peer_dial(&client.peer);
    peer_say(&client.peer, "PRI * HTTP/2.0\r\n\r\nSM");
    ck_assert(rig_is_asleep());
    clock_advance(&rig.clock, 10000);
    peer_await_end(&client.peer);
    peer_hang_up(&client.peer);
    rig_await_sockets(0);
    memset(&client, 0, sizeof client);
}
END_TEST

START_TEST(a_body_that_does_not_come_is_not_waited_for)
{
    client_dial();
    client_post("/echo", 0, 100, true);
    for (int i = 0; i < 8; i++)
        client_turn();
    clock_advance(&rig.clock, 70000);
    ck_assert_uint_eq(client_await(1)->error, NGHTTP2_CANCEL);
    ck_assert_int_eq(rig.served, 0);
    client_hang_up();
}
END_TEST

START_TEST(an_answer_that_is_not_taken_is_withdrawn)
{
    client_dial_shut();
    client_get("/large");
    for (int i = 0; i < 8; i++)
        client_turn();
    clock_advance(&rig.clock, 290000);
    client_turn();
    ck_assert_int_eq(client.over_count, 0);
    clock_advance(&rig.clock, 20000);
    ck_assert_uint_eq(client_await(1)->error, NGHTTP2_CANCEL);
    client_hang_up();
}
END_TEST

/* Its window is open, but it does not even read from its socket. */
START_TEST(one_who_stops_reading_is_hung_up_on)
{
    const nghttp2_settings_entry open = { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 64 << 20 };

    peer_dial(&client.peer);
    client_begin(&open, 1);
    nghttp2_session_set_local_window_size(client.session, NGHTTP2_FLAG_NONE, 0, 64 << 20);
    for (int i = 0; i < 30; i++)
        client_submit("GET", "/large", NULL, NULL);
    client_say();
    rig_turn(200);
    ck_assert(rig_is_asleep());
    clock_advance(&rig.clock, 310000);
    rig_await_sockets(0);
    client_hang_up();
}
END_TEST

START_TEST(a_request_that_is_being_answered_is_not_idle)
{
    client_dial();
    client_get("/hold");
    client_await_count(&rig.held_count, 1);
    clock_advance(&rig.clock, 7200000);
    rig_turn(8);
    rig_answer(0, "patience");
    ck_assert_str_eq(client_await(1)->body.data, "patience");
    client_hang_up();
}
END_TEST

Suite *suite_http2(void)
{
    Suite *suite = suite_create("http2");
    TCase *tests = tcase_create("connections");
    TCase *frozen = tcase_create("frozen");

    tcase_add_checked_fixture(tests, rig_open, rig_close);
    tcase_add_test(tests, the_bodies_of_a_connection_are_bounded_together);
    tcase_add_test(tests, requests_of_one_who_does_not_read_wait);
    tcase_add_test(tests, streams_over_the_number_are_refused);
    tcase_add_test(tests, one_who_resets_all_it_asks_is_sent_away);
    tcase_add_test(tests, a_head_without_end_is_cut_off);
    tcase_add_test(tests, a_flood_of_pings_is_stopped);
    tcase_add_test(tests, a_flood_of_settings_is_stopped);
    tcase_add_test(tests, settings_of_too_many_entries_end_the_connection);
    tcase_add_test(tests, what_is_no_http_2_after_the_preface_is_ended);
    tcase_add_test(tests, a_connection_is_freed_for_a_newcomer_when_it_is_idle);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(frozen, rig_open_frozen, rig_close);
    tcase_add_test(frozen, an_idle_connection_is_closed_in_the_end);
    tcase_add_test(frozen, half_a_preface_is_not_waited_for);
    tcase_add_test(frozen, a_body_that_does_not_come_is_not_waited_for);
    tcase_add_test(frozen, an_answer_that_is_not_taken_is_withdrawn);
    tcase_add_test(frozen, one_who_stops_reading_is_hung_up_on);
    tcase_add_test(frozen, a_request_that_is_being_answered_is_not_idle);
    suite_add_tcase(suite, frozen);
    return suite;
}
