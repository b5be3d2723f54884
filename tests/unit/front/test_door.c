/* The door: what it does with clients that stammer, flood, lie or leave, with a port in use, without descriptors, and at closing time. */

#include "front/rig.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
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

START_TEST(both_addresses_of_localhost_answer)
{
    struct sockaddr_in6 address = { .sin6_family = AF_INET6,
                                    .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                                    .sin6_port = htons((uint16_t)front_port(rig.front)) };

    if (!rig.front->listeners[1].sentry.is_posted)
        return; /* the machine has no ::1 */
    peer = (struct peer){ .fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    ck_assert_int_eq(connect(peer.fd, (struct sockaddr *)&address, sizeof address), 0);
    peer_say(&peer, "GET /show HTTP/1.1\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(peer_answer(&peer), "from=::1\n"));
    peer_hang_up(&peer);
}
END_TEST

/* --- what cannot be opened --- */

/* What front_open says on standard error when it cannot listen as options ask. */
static char *complaint(const struct front_options *options)
{
    struct front *front;
    static char said[512];
    int pipes[2];
    int old = dup(2);
    ssize_t size;

    ck_assert_int_eq(pipe(pipes), 0);
    dup2(pipes[1], 2);
    ck_assert_int_eq(front_open(&front, &rig.ground, options), BROKEN);
    dup2(old, 2);
    close(old);
    close(pipes[1]);
    size = read(pipes[0], said, sizeof said - 1);
    close(pipes[0]);
    said[size > 0 ? size : 0] = '\0';
    front_close(front);
    return said;
}

START_TEST(a_port_in_use_is_named_with_what_to_do)
{
    struct front_options options = rig.options;
    char port[16];
    char *said;

    options.port = front_port(rig.front);
    snprintf(port, sizeof port, "port %d ", options.port);
    said = complaint(&options);
    ck_assert_ptr_nonnull(strstr(said, port));
    ck_assert_ptr_nonnull(strstr(said, "in use"));
    ck_assert_ptr_nonnull(strstr(said, "--port"));
    ck_assert_ptr_eq(strchr(said, '\n') + 1, said + strlen(said)); /* one line */
}
END_TEST

START_TEST(an_address_that_is_not_ours_is_named)
{
    struct front_options options = rig.options;

    options.host = "192.0.2.1";
    ck_assert_ptr_nonnull(strstr(complaint(&options), "192.0.2.1"));
    options.host = "no address";
    ck_assert_ptr_nonnull(strstr(complaint(&options), "no address"));
    options.host = "127.0.0.1";
    options.port = 65536;
    ck_assert_ptr_nonnull(strstr(complaint(&options), "65536"));
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
    exchange_reply(rig.held[0], 200, "text/plain", "still here");
    rig.held[0] = NULL;
    ck_assert_ptr_nonnull(strstr(peer_answer(&peer), "still here"));
    peer_hang_up(&peer);
}
END_TEST

static void limit_descriptors(rlim_t count)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = count;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* A client that cannot be accepted would wake an event loop for ever: it is taken in and sent away instead. */
START_TEST(without_descriptors_nobody_waits_and_nothing_spins)
{
    int lowest = dup(0);

    close(lowest);
    peer_dial(&peer);
    log_set_level(LOG_ERROR);
    limit_descriptors((rlim_t)lowest + 1); /* the client's own is the last */
    peer_say(&peer, "GET / HTTP/1.1\r\n\r\n");
    peer_await_end(&peer);
    ck_assert(rig_is_asleep());
    ck_assert_uint_eq(rig.front->socket_count, 0);
    limit_descriptors(1024);
    peer_hang_up(&peer);
    ck_assert_int_eq(status_of(ask("GET / HTTP/1.1\r\n\r\n")), 200);
}
END_TEST

/* --- closing --- */

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
    tcase_add_test(tests, both_addresses_of_localhost_answer);
    tcase_add_test(tests, a_port_in_use_is_named_with_what_to_do);
    tcase_add_test(tests, an_address_that_is_not_ours_is_named);
    tcase_add_test(tests, who_is_idle_makes_room);
    tcase_add_test(tests, who_stammers_makes_room);
    tcase_add_test(tests, when_all_are_busy_the_next_is_told);
    tcase_add_test(tests, without_descriptors_nobody_waits_and_nothing_spins);
    tcase_add_test(tests, who_waits_for_an_answer_gets_503_at_closing_time);
    tcase_add_test(tests, a_held_upgrade_gets_503_at_closing_time);
    tcase_add_test(tests, websockets_are_told_at_closing_time);
    tcase_add_test(tests, an_exchange_may_be_sent_when_the_door_has_closed);
    tcase_add_test(tests, strangers_of_every_kind_do_not_hold_up_the_closing);
    tcase_add_test(tests, who_asks_while_we_close_is_refused);
    tcase_add_test(tests, nothing_is_closed_twice);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(frozen, rig_open_frozen, rig_close);
    tcase_add_test(frozen, a_head_that_does_not_end_is_not_waited_for);
    tcase_add_test(frozen, a_refused_client_that_does_not_close_is_left);
    suite_add_tcase(suite, frozen);
    return suite;
}
