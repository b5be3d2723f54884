/* The front door's closing: whoever is there is told, and nobody holds it up. */

#include "front/rig.h"

static struct peer peer;

static void close_front(void)
{
    int64_t began = clock_stopwatch_us();

    front_close(rig.front);
    rig.front = NULL;
    ck_assert_int_lt(clock_stopwatch_us() - began, 400000); /* 150 ms, and room for a busy machine and sanitizers */
}

START_TEST(who_waits_for_an_answer_gets_503_at_closing_time)
{
    peer_dial(&peer);
    peer_say(&peer, "GET /hold HTTP/1.1\r\n\r\n");
    rig_await(&rig.held_count, 1);
    close_front();
    ck_assert_int_eq(rig.left_count, 1);
    peer_listen(&peer);
    ck_assert_int_eq(status_of(peer.heard.data), 503);
    ck_assert(peer.is_over);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_held_upgrade_gets_503_at_closing_time)
{
    peer_dial(&peer);
    peer_say(&peer, "GET /hold HTTP/1.1\r\n" UPGRADE_FIELDS "\r\n");
    rig_await(&rig.upgrade_count, 1);
    close_front();
    ck_assert_int_eq(rig.upgrade_left_count, 1);
    peer_listen(&peer);
    ck_assert_int_eq(status_of(peer.heard.data), 503);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(websockets_are_told_at_closing_time)
{
    struct buffer frame = { 0 };

    peer_upgrade(&peer, "/a");
    close_front();
    ck_assert_int_eq(rig.closed_count, 1);
    ck_assert_int_eq(rig.closed_code, 1001);
    ck_assert(rig.closed_by_us);
    peer_listen(&peer);
    rig.front = NULL;
    ck_assert_uint_ge(peer.heard.size, 4);
    ck_assert_int_eq(memcmp(peer.heard.data, "\x88\x0c\x03\xe9Going away", 14), 0);
    buffer_clear(&frame);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(an_exchange_may_be_sent_when_the_door_has_closed)
{
    struct exchange *exchange;

    peer_dial(&peer);
    peer_say(&peer, "GET /hold HTTP/1.1\r\n\r\n");
    rig_await(&rig.held_count, 1);
    exchange = rig.held[0];
    exchange->left = NULL;
    close_front();
    exchange_reply(exchange, 200, "text/plain", "too late");
    rig.held[0] = NULL;
    peer_hang_up(&peer);
}
END_TEST

START_TEST(strangers_of_every_kind_do_not_hold_up_the_closing)
{
    struct peer peers[4];

    peer_dial(&peers[0]);
    peer_say(&peers[0], "GET / HT");
    peer_dial(&peers[1]);
    peer_say(&peers[1], "garbage\r\n\r\n");
    peer_dial(&peers[2]);
    peer_say(&peers[2], "POST /echo HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf");
    peer_dial(&peers[3]);
    peer_say(&peers[3], "\x16\x03\x01");
    rig_await_sockets(4);
    rig_turn(4);
    close_front();
    for (int i = 0; i < 4; i++) {
        peer_listen(&peers[i]);
        ck_assert(peers[i].is_over);
        peer_hang_up(&peers[i]);
    }
}
END_TEST

static void ask_again(struct deferred *deferred)
{
    peer_say(&peer, "GET /hold HTTP/1.1\r\n\r\n");
    free(deferred);
}

/* The HTTP library ends the process when a request is suspended as it stops; so a late one is refused, not held. */
START_TEST(who_asks_while_we_close_is_refused)
{
    struct peer waiting;

    peer_dial(&peer);
    peer_say(&peer, "GET / HTTP/1.1\r\n\r\n");
    peer_answer(&peer);
    peer_dial(&waiting);
    peer_say(&waiting, "GET /hold HTTP/1.1\r\n\r\n");
    rig_await(&rig.held_count, 1);
    loop_defer(rig.ground.loop, memory_new(sizeof(struct deferred)), ask_again);
    close_front();
    ck_assert_int_eq(rig.held_count, 1);
    peer_listen(&peer);
    ck_assert(peer.is_over);
    peer_hang_up(&peer);
    peer_hang_up(&waiting);
}
END_TEST

START_TEST(nothing_is_closed_twice)
{
    front_close(NULL);
    close_front();
}
END_TEST

Suite *suite_front(void)
{
    Suite *suite = suite_create("front");
    TCase *tests = tcase_create("closing");

    tcase_add_checked_fixture(tests, rig_open, rig_close);
    tcase_add_test(tests, who_waits_for_an_answer_gets_503_at_closing_time);
    tcase_add_test(tests, a_held_upgrade_gets_503_at_closing_time);
    tcase_add_test(tests, websockets_are_told_at_closing_time);
    tcase_add_test(tests, an_exchange_may_be_sent_when_the_door_has_closed);
    tcase_add_test(tests, strangers_of_every_kind_do_not_hold_up_the_closing);
    tcase_add_test(tests, who_asks_while_we_close_is_refused);
    tcase_add_test(tests, nothing_is_closed_twice);
    suite_add_tcase(suite, tests);
    return suite;
}
