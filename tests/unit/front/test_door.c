/* The door: what it does with clients that stammer, flood, lie or leave, and with more of them than it has room for. */

#include "front/rig.h"

#include <sys/socket.h>

static struct peer peer;

START_TEST(a_head_may_come_byte_by_byte)
{
    const char *text = "GET /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi";

    peer_dial(&peer);
    for (const char *at = text; *at; at++) {
        peer_say_bytes(&peer, at, 1);
        rig_turn(2);
    }
    ck_assert_ptr_nonnull(strstr(peer_answer(&peer), "\r\n\r\nhi"));
    peer_hang_up(&peer);
}
END_TEST

/* The bytes of half a head stay unread; a level-triggered watch would spin on them. */
START_TEST(half_a_head_does_not_spin)
{
    peer_dial(&peer);
    peer_say(&peer, "GET / HTTP/1.1\r\nHos");
    rig_await_sockets(1);
    ck_assert(rig_is_asleep());
    peer_say(&peer, "t: h\r\n");
    ck_assert(rig_is_asleep());
    peer_hang_up(&peer);
}
END_TEST

/* The end of the stream cannot be peeked at while bytes lie before it. */
START_TEST(who_leaves_in_the_middle_of_a_head_is_noticed)
{
    peer_dial(&peer);
    peer_say(&peer, "GET / HTTP/1.1\r\nHos");
    rig_await_sockets(1);
    peer_hang_up(&peer);
    rig_await_sockets(0);
    ck_assert(rig_is_asleep());
}
END_TEST

START_TEST(who_closes_half_in_the_middle_of_a_head_is_told)
{
    peer_dial(&peer);
    peer_say(&peer, "GET / HTTP/1.1\r\nHos");
    shutdown(peer.fd, SHUT_WR);
    ck_assert_int_eq(status_of(peer_answer(&peer)), 400);
    peer_await_end(&peer);
    peer_hang_up(&peer);
    rig_await_sockets(0);
}
END_TEST

START_TEST(who_says_nothing_and_leaves_is_forgotten)
{
    peer_dial(&peer);
    rig_await_sockets(1);
    peer_hang_up(&peer);
    rig_await_sockets(0);
}
END_TEST

static const struct {
    const char *request;
    int status;
} refusals[] = {
    { "garbage\r\n\r\n", 400 },
    { "\x01\x02\x03\x04\r\n\r\n", 400 },
    { "GET / HTTP/3.0\r\n\r\n", 505 },
    { "PRI * HTTP/2.0\r\nHost: h\r\n\r\n", 505 },
    { "GET / HTTP/1.1\r\nX-Fold: a\r\n b\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400 },
    { "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400 },
};

START_TEST(nonsense_is_answered_and_left)
{
    const char *heard;

    peer_dial(&peer);
    peer_say(&peer, refusals[_i].request);
    heard = peer_answer(&peer);
    ck_assert_int_eq(status_of(heard), refusals[_i].status);
    ck_assert_ptr_nonnull(strstr(heard, "\r\nContent-Type: application/json\r\n"));
    ck_assert_ptr_nonnull(strstr(heard, "\r\nConnection: close\r\n"));
    peer_await_end(&peer);
    ck_assert(!peer.was_reset);
    peer_hang_up(&peer);
    rig_await_sockets(0);
    ck_assert_int_eq(rig.served, 0);
}
END_TEST

START_TEST(a_head_too_long_is_refused_however_much_follows)
{
    char *head = memory_new(300001);

    memset(head, 'x', 300000);
    memcpy(head, "GET / HTTP/1.1\r\nX: ", 19);
    peer_dial(&peer);
    peer_say(&peer, head);
    ck_assert_int_eq(status_of(peer_answer(&peer)), 400);
    peer_await_end(&peer);
    ck_assert(!peer.was_reset);
    free(head);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_head_that_does_not_end_is_not_waited_for)
{
    peer_dial(&peer);
    peer_say(&peer, "GET / HTTP/1.1\r\n");
    rig_await_sockets(1);
    rig_turn(4);
    for (int i = 0; i < 9; i++) {
        /* One who sends a little now and then has no longer. */
        clock_advance(&rig.clock, 1000);
        peer_say(&peer, "X: y\r\n");
        rig_turn(4);
    }
    peer_listen(&peer);
    ck_assert_uint_eq(peer.heard.size, 0);
    clock_advance(&rig.clock, 1001);
    ck_assert_int_eq(status_of(peer_answer(&peer)), 408);
    peer_await_end(&peer);
    peer_hang_up(&peer);
    rig_await_sockets(0);
}
END_TEST

START_TEST(a_refused_client_that_does_not_close_is_left)
{
    peer_dial(&peer);
    peer_say(&peer, "garbage\r\n\r\n");
    ck_assert_int_eq(status_of(peer_answer(&peer)), 400);
    rig_turn(4);
    ck_assert_uint_eq(rig.front->socket_count, 1);
    clock_advance(&rig.clock, FAREWELL_TIMEOUT_MS + 1);
    rig_await_sockets(0);
    peer_hang_up(&peer);
}
END_TEST

/* --- many --- */

START_TEST(who_is_idle_makes_room)
{
    struct peer idle;

    rig.front->socket_max = 2;
    peer_dial(&idle);
    peer_say(&idle, "GET / HTTP/1.1\r\n\r\n");
    peer_answer(&idle);
    peer_dial(&peer);
    peer_say(&peer, "GET /hold HTTP/1.1\r\n\r\n");
    rig_await(&rig.held_count, 1);
    /* A third one comes: the idle one goes, the waiting one stays. */
    ck_assert_int_eq(status_of(ask("GET / HTTP/1.1\r\n\r\n")), 200);
    peer_await_end(&idle);
    peer_listen(&peer);
    ck_assert(!peer.is_over);
    peer_hang_up(&idle);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(who_stammers_makes_room)
{
    struct peer slow;

    rig.front->socket_max = 1;
    peer_dial(&slow);
    peer_say(&slow, "GET / HT");
    rig_await_sockets(1);
    ck_assert_int_eq(status_of(ask("GET / HTTP/1.1\r\n\r\n")), 200);
    peer_await_end(&slow);
    peer_hang_up(&slow);
}
END_TEST

START_TEST(when_all_are_busy_the_next_is_told)
{
    rig.front->socket_max = 1;
    peer_dial(&peer);
    peer_say(&peer, "GET /hold HTTP/1.1\r\n\r\n");
    rig_await(&rig.held_count, 1);
    ck_assert_int_eq(status_of(ask("GET / HTTP/1.1\r\n\r\n")), 503);
    rig_answer(0, "still here");
    ck_assert_ptr_nonnull(strstr(peer_answer(&peer), "still here"));
    peer_hang_up(&peer);
}
END_TEST

Suite *suite_door(void)
{
    Suite *suite = suite_create("door");
    TCase *tests = tcase_create("door");
    TCase *frozen = tcase_create("frozen");

    tcase_add_checked_fixture(tests, rig_open, rig_close);
    tcase_add_test(tests, a_head_may_come_byte_by_byte);
    tcase_add_test(tests, half_a_head_does_not_spin);
    tcase_add_test(tests, who_leaves_in_the_middle_of_a_head_is_noticed);
    tcase_add_test(tests, who_closes_half_in_the_middle_of_a_head_is_told);
    tcase_add_test(tests, who_says_nothing_and_leaves_is_forgotten);
    tcase_add_loop_test(tests, nonsense_is_answered_and_left, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(tests, a_head_too_long_is_refused_however_much_follows);
    tcase_add_test(tests, who_is_idle_makes_room);
    tcase_add_test(tests, who_stammers_makes_room);
    tcase_add_test(tests, when_all_are_busy_the_next_is_told);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(frozen, rig_open_frozen, rig_close);
    tcase_add_test(frozen, a_head_that_does_not_end_is_not_waited_for);
    tcase_add_test(frozen, a_refused_client_that_does_not_close_is_left);
    suite_add_tcase(suite, frozen);
    return suite;
}
