/* WebSockets as a client sees them: frames, sizes, closes with their codes, slow readers, and what the library does in its own way. */

#include "front/rig.h"

#include <sys/socket.h>

static struct peer peer;
static struct buffer frame;

static void open_peer(void)
{
    rig_open();
    peer_upgrade(&peer, "/a");
    ck_assert_ptr_nonnull(rig.websocket);
}

static void close_peer(void)
{
    peer_hang_up(&peer);
    buffer_clear(&frame);
    rig_close();
}

static char *many(char c, size_t size_bytes)
{
    char *bytes = memory_new(size_bytes + 1);

    memset(bytes, c, size_bytes);
    return bytes;
}

static void expect_closed(int code, const char *reason, bool by_us)
{
    rig_await(&rig.closed_count, 1);
    ck_assert_int_eq(rig.closed_code, code);
    ck_assert_str_eq(rig.closed_reason, reason);
    ck_assert_int_eq(rig.closed_by_us, by_us);
    rig_turn(4);
    ck_assert_int_eq(rig.closed_count, 1);
}

/* --- messages --- */

START_TEST(a_message_goes_each_way)
{
    peer_text(&peer, "h\xc3\xa9llo");
    rig_await(&rig.message_count, 1);
    ck_assert_str_eq(rig.message.data, "h\xc3\xa9llo");
    ck_assert_int_eq(websocket_send(rig.websocket, "there", 5), OK);
    ck_assert_int_eq(peer_next_frame(&peer, &frame), FIN | TEXT);
    ck_assert_str_eq(frame.data, "there");
}
END_TEST

START_TEST(an_empty_message_is_a_message)
{
    peer_text(&peer, "");
    rig_await(&rig.message_count, 1);
    ck_assert_uint_eq(rig.message.size, 0);
    ck_assert_int_eq(websocket_send(rig.websocket, "", 0), OK);
    ck_assert_int_eq(peer_next_frame(&peer, &frame), FIN | TEXT);
    ck_assert_uint_eq(frame.size, 0);
}
END_TEST

START_TEST(fragments_are_joined_and_a_ping_between_them_is_answered)
{
    peer_frame(&peer, TEXT, "one ", 4);
    peer_frame(&peer, FIN | PING, "p", 1);
    peer_frame(&peer, 0, "", 0);
    peer_frame(&peer, FIN, "two", 3);
    rig_await(&rig.message_count, 1);
    ck_assert_str_eq(rig.message.data, "one two");
    ck_assert_int_eq(peer_next_frame(&peer, &frame), FIN | PONG);
    ck_assert_str_eq(frame.data, "p");
}
END_TEST

START_TEST(a_message_of_128_kib_in_frames_of_32_is_taken)
{
    char *bytes = many('m', 32768);

    for (int i = 0; i < 4; i++)
        peer_frame(&peer, (i ? 0 : TEXT) | (i == 3 ? FIN : 0), bytes, 32768);
    rig_await(&rig.message_count, 1);
    ck_assert_uint_eq(rig.message.size, 131072);
    ck_assert_uint_eq(strspn(rig.message.data, "m"), 131072);
    free(bytes);
}
END_TEST

START_TEST(a_long_message_leaves_as_frames_of_32_kib)
{
    char *bytes = many('m', 70000);

    ck_assert_int_eq(websocket_send(rig.websocket, bytes, 70000), OK);
    ck_assert_int_eq(peer_next_frame(&peer, &frame), TEXT);
    ck_assert_uint_eq(frame.size, 32768);
    ck_assert_int_eq(peer_next_frame(&peer, &frame), 0);
    ck_assert_uint_eq(frame.size, 32768);
    ck_assert_int_eq(peer_next_frame(&peer, &frame), FIN);
    ck_assert_uint_eq(frame.size, 70000 - 65536);
    free(bytes);
}
END_TEST

START_TEST(a_message_of_exactly_32_kib_is_one_frame)
{
    char *bytes = many('m', 32768);

    ck_assert_int_eq(websocket_send(rig.websocket, bytes, 32768), OK);
    ck_assert_int_eq(peer_next_frame(&peer, &frame), FIN | TEXT);
    ck_assert_uint_eq(frame.size, 32768);
    free(bytes);
}
END_TEST

/* The library answers one ping at a time and drops others meanwhile; at least one of a burst is answered, and the line lives. */
START_TEST(a_burst_of_pings_is_survived)
{
    for (int i = 0; i < 20; i++)
        peer_frame(&peer, FIN | PING, "x", 1);
    ck_assert_int_eq(peer_next_frame(&peer, &frame), FIN | PONG);
    peer_text(&peer, "alive");
    rig_await(&rig.message_count, 1);
}
END_TEST

START_TEST(a_pong_that_nobody_asked_for_is_ignored)
{
    peer_frame(&peer, FIN | PONG, "", 0);
    peer_text(&peer, "alive");
    rig_await(&rig.message_count, 1);
}
END_TEST

/* RFC 6455 asks servers to refuse these; the library takes them, and does not tell. */
START_TEST(an_unmasked_frame_is_taken)
{
    peer_say_bytes(&peer, "\x81\x02hi", 4);
    rig_await(&rig.message_count, 1);
    ck_assert_str_eq(rig.message.data, "hi");
}
END_TEST

START_TEST(an_idle_websocket_lets_the_loop_sleep)
{
    peer_text(&peer, "x");
    rig_await(&rig.message_count, 1);
    ck_assert(rig_is_asleep());
}
END_TEST

/* --- refused frames --- */

START_TEST(binary_closes_with_1003)
{
    peer_frame(&peer, FIN | BINARY, "x", 1);
    peer_expect_close(&peer, 1003);
    peer_frame(&peer, FIN | CLOSE, "\x03\xeb", 2);
    expect_closed(1003, "", true);
    ck_assert_int_eq(rig.message_count, 0);
    peer_await_end(&peer);
}
END_TEST

START_TEST(a_frame_over_32_kib_closes_with_1009)
{
    char *bytes = many('m', 32769);

    peer_frame(&peer, FIN | TEXT, bytes, 32769);
    peer_expect_close(&peer, 1009);
    ck_assert_int_eq(rig.message_count, 0);
    free(bytes);
}
END_TEST

START_TEST(a_frame_is_too_big_by_its_announcement)
{
    char *bytes = many('m', 5000);

    /* One that announces a terabyte is not waited for. */
    peer_say_bytes(&peer, "\x81\xff\x00\x00\x01\x00\x00\x00\x00\x00mask", 14);
    peer_say_bytes(&peer, bytes, 5000);
    peer_expect_close(&peer, 1009);
    free(bytes);
}
END_TEST

START_TEST(a_message_over_128_kib_closes_with_1009)
{
    char *bytes = many('m', 32768);

    for (int i = 0; i < 4; i++)
        peer_frame(&peer, i ? 0 : TEXT, bytes, 32768);
    peer_frame(&peer, FIN, "x", 1);
    peer_expect_close(&peer, 1009);
    ck_assert_int_eq(rig.message_count, 0);
    free(bytes);
}
END_TEST

START_TEST(text_that_is_no_utf8_closes_with_1007)
{
    static const char *const bad[] = { "\xff", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80" };

    peer_text(&peer, bad[_i]);
    peer_expect_close(&peer, 1007);
    ck_assert_int_eq(rig.message_count, 0);
}
END_TEST

START_TEST(a_character_may_be_split_between_fragments)
{
    peer_frame(&peer, TEXT, "\xe2\x82", 2);
    peer_frame(&peer, FIN, "\xac", 1);
    rig_await(&rig.message_count, 1);
    ck_assert_str_eq(rig.message.data, "\xe2\x82\xac");
}
END_TEST

static const struct {
    int first;
    int second; /* -1: none */
} errors[] = {
    { FIN | 0x40 | TEXT, -1 }, /* a reserved bit */
    { FIN | 0x20 | TEXT, -1 },
    { FIN | 3, -1 }, /* a reserved opcode */
    { FIN | 11, -1 },
    { FIN, -1 },          /* a continuation of nothing */
    { TEXT, FIN | TEXT }, /* a new message inside another */
    { PING, -1 },         /* a control frame in fragments */
};

START_TEST(a_protocol_error_closes_with_1002)
{
    peer_frame(&peer, errors[_i].first, "x", 1);
    if (errors[_i].second >= 0)
        peer_frame(&peer, errors[_i].second, "x", 1);
    peer_expect_close(&peer, 1002);
    peer_hang_up(&peer);
    expect_closed(1002, "", true);
}
END_TEST

/* The library hangs up on this one without a word. */
START_TEST(a_ping_over_125_bytes_ends_the_line)
{
    char *bytes = many('p', 126);

    peer_frame(&peer, FIN | PING, bytes, 126);
    peer_await_end(&peer);
    rig_await(&rig.closed_count, 1);
    free(bytes);
}
END_TEST

/* --- closes by the peer --- */

static const struct {
    const char *payload;
    size_t size;
    int code;
    const char *reason;
} peer_closes[] = {
    { "", 0, 1005, "" },
    { "\x03\xe8", 2, 1000, "" },
    { "\x03\xe9"
      "Going",
      7, 1001, "Going" },
    { "\x0f\xa0"
      "my reason",
      11, 4000, "my reason" },
    { "\x13\x88", 2, 5000, "" },
    { "\x03\xed", 2, 1002, "" }, /* 1005 must not be sent: the library makes it 1002 */
    { "\x03\xf4", 2, 1002, "" }, /* 1012 likewise */
};

START_TEST(the_peers_code_and_reason_are_told_and_echoed)
{
    peer_frame(&peer, FIN | CLOSE, peer_closes[_i].payload, peer_closes[_i].size);
    expect_closed(peer_closes[_i].code, peer_closes[_i].reason, false);
    ck_assert_int_eq(peer_next_frame(&peer, &frame), FIN | CLOSE);
    if (peer_closes[_i].size)
        ck_assert_int_eq((unsigned char)frame.data[0] << 8 | (unsigned char)frame.data[1], peer_closes[_i].code);
    peer_await_end(&peer);
    rig_await_sockets(0);
}
END_TEST

START_TEST(a_dead_line_is_1006)
{
    peer_hang_up(&peer);
    expect_closed(1006, "", false);
    rig_await_sockets(0);
}
END_TEST

START_TEST(a_reset_is_1006)
{
    struct linger at_once = { 1, 0 };

    setsockopt(peer.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    peer_hang_up(&peer);
    expect_closed(1006, "", false);
}
END_TEST

/* --- closes by us --- */

START_TEST(we_close_after_what_waits)
{
    char *bytes = many('w', 30000);

    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(websocket_send(rig.websocket, bytes, 30000), OK);
    websocket_close(rig.websocket, 1000, "Connection Closed Normally");
    ck_assert_int_eq(websocket_send(rig.websocket, "x", 1), ABSENT);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(peer_next_frame(&peer, &frame), FIN | TEXT);
    ck_assert_int_eq(peer_next_frame(&peer, &frame), FIN | CLOSE);
    ck_assert_str_eq(frame.data + 2, "Connection Closed Normally");
    ck_assert_int_eq(rig.closed_count, 0); /* the peer has not answered yet */
    peer_frame(&peer, FIN | CLOSE, "\x03\xe8", 2);
    expect_closed(1000, "Connection Closed Normally", true);
    peer_await_end(&peer);
    free(bytes);
}
END_TEST

START_TEST(a_message_after_our_close_is_not_delivered)
{
    websocket_close(rig.websocket, 1001, "Going away");
    peer_text(&peer, "late");
    peer_expect_close(&peer, 1001);
    peer_frame(&peer, FIN | CLOSE, "\x03\xe9", 2);
    expect_closed(1001, "Going away", true);
    ck_assert_int_eq(rig.message_count, 0);
}
END_TEST

START_TEST(closing_twice_keeps_the_first_code)
{
    websocket_close(rig.websocket, 1000, NULL);
    websocket_close(rig.websocket, 1001, "again");
    peer_expect_close(&peer, 1000);
    peer_hang_up(&peer);
    expect_closed(1000, "", true);
}
END_TEST

START_TEST(an_abort_says_nothing)
{
    websocket_abort(rig.websocket);
    ck_assert_int_eq(websocket_send(rig.websocket, "x", 1), ABSENT);
    expect_closed(1006, "", true);
    ck_assert_int_eq(peer_next_frame(&peer, &frame), -1);
    rig_await_sockets(0);
}
END_TEST

/* --- slow readers --- */

/* Sends until it is refused, and answers how many were taken. */
static int send_until_full(const char *bytes, size_t size_bytes)
{
    int sent = 0;

    while (websocket_send(rig.websocket, bytes, size_bytes) == OK && sent < 10000)
        sent++;
    return sent;
}

START_TEST(a_slow_reader_is_bounded_and_finally_closed)
{
    char *bytes = many('s', 30000);
    int sent = send_until_full(bytes, 30000);

    ck_assert_int_gt(sent, 30);
    ck_assert_int_lt(sent, 1000);
    ck_assert_uint_le(websocket_queued(rig.websocket), 40000); /* what waited is dropped */
    ck_assert_int_eq(websocket_send(rig.websocket, "x", 1), ABSENT);
    ck_assert(rig_is_asleep());
    while (peer_next_frame(&peer, &frame) == (FIN | TEXT))
        sent--;
    ck_assert_int_eq((unsigned char)frame.data[0] << 8 | (unsigned char)frame.data[1], 1008);
    peer_hang_up(&peer);
    expect_closed(1008, "", true);
    free(bytes);
}
END_TEST

START_TEST(a_slow_reader_does_not_hold_up_others)
{
    struct peer other;
    struct websocket *slow = rig.websocket;
    char *bytes = many('s', 30000);

    while (websocket_queued(slow) < 500000)
        ck_assert_int_eq(websocket_send(slow, bytes, 30000), OK);
    ck_assert(rig_is_asleep());
    peer_upgrade(&other, "/a");
    websocket_send(rig.websocket, "quick", 5);
    ck_assert_int_eq(peer_next_frame(&other, &frame), FIN | TEXT);
    ck_assert_str_eq(frame.data, "quick");
    peer_hang_up(&other);
    rig_await(&rig.closed_count, 1);
    /* And the slow one gets all, in order. */
    for (size_t left = websocket_queued(slow); left;) {
        ck_assert_int_eq(peer_next_frame(&peer, &frame), FIN | TEXT);
        ck_assert_uint_eq(frame.size, 30000);
        rig_turn(2);
        left = websocket_queued(slow);
    }
    free(bytes);
}
END_TEST

START_TEST(a_reader_that_never_reads_is_cut_off)
{
    char *bytes = many('s', 30000);

    rig_close();
    rig_open_frozen();
    peer_hang_up(&peer);
    peer_upgrade(&peer, "/a");
    rig.closed_count = 0;
    send_until_full(bytes, 30000);
    rig_turn(4);
    ck_assert_int_eq(rig.closed_count, 0);
    clock_advance(&rig.clock, 5001);
    expect_closed(1008, "", true);
    rig_await_sockets(0);
    free(bytes);
}
END_TEST

START_TEST(a_violation_behind_a_full_queue_still_gets_its_code)
{
    char *bytes = many('s', 30000);

    while (websocket_queued(rig.websocket) < 300000)
        websocket_send(rig.websocket, bytes, 30000);
    peer_frame(&peer, FIN | BINARY, "x", 1);
    rig_turn(6);
    while (peer_next_frame(&peer, &frame) == (FIN | TEXT))
        continue;
    ck_assert_int_eq((unsigned char)frame.data[0] << 8 | (unsigned char)frame.data[1], 1003);
    free(bytes);
}
END_TEST

Suite *suite_websocket(void)
{
    Suite *suite = suite_create("websocket");
    TCase *tests = tcase_create("websocket");

    tcase_add_checked_fixture(tests, open_peer, close_peer);
    tcase_add_test(tests, a_message_goes_each_way);
    tcase_add_test(tests, an_empty_message_is_a_message);
    tcase_add_test(tests, fragments_are_joined_and_a_ping_between_them_is_answered);
    tcase_add_test(tests, a_message_of_128_kib_in_frames_of_32_is_taken);
    tcase_add_test(tests, a_long_message_leaves_as_frames_of_32_kib);
    tcase_add_test(tests, a_message_of_exactly_32_kib_is_one_frame);
    tcase_add_test(tests, a_burst_of_pings_is_survived);
    tcase_add_test(tests, a_pong_that_nobody_asked_for_is_ignored);
    tcase_add_test(tests, an_unmasked_frame_is_taken);
    tcase_add_test(tests, an_idle_websocket_lets_the_loop_sleep);
    tcase_add_test(tests, binary_closes_with_1003);
    tcase_add_test(tests, a_frame_over_32_kib_closes_with_1009);
    tcase_add_test(tests, a_frame_is_too_big_by_its_announcement);
    tcase_add_test(tests, a_message_over_128_kib_closes_with_1009);
    tcase_add_loop_test(tests, text_that_is_no_utf8_closes_with_1007, 0, 5);
    tcase_add_test(tests, a_character_may_be_split_between_fragments);
    tcase_add_loop_test(tests, a_protocol_error_closes_with_1002, 0, sizeof errors / sizeof *errors);
    tcase_add_test(tests, a_ping_over_125_bytes_ends_the_line);
    tcase_add_loop_test(tests, the_peers_code_and_reason_are_told_and_echoed, 0, sizeof peer_closes / sizeof *peer_closes);
    tcase_add_test(tests, a_dead_line_is_1006);
    tcase_add_test(tests, a_reset_is_1006);
    tcase_add_test(tests, we_close_after_what_waits);
    tcase_add_test(tests, a_message_after_our_close_is_not_delivered);
    tcase_add_test(tests, closing_twice_keeps_the_first_code);
    tcase_add_test(tests, an_abort_says_nothing);
    tcase_add_test(tests, a_slow_reader_is_bounded_and_finally_closed);
    tcase_add_test(tests, a_slow_reader_does_not_hold_up_others);
    tcase_add_test(tests, a_reader_that_never_reads_is_cut_off);
    tcase_add_test(tests, a_violation_behind_a_full_queue_still_gets_its_code);
    suite_add_tcase(suite, tests);
    return suite;
}
