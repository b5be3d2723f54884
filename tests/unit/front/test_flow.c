/* Answers in pieces, through the front door, in both versions of HTTP: when the pieces leave, what waits for a client that does not read,
 * and how they end. */

#include "front/flow.h"
#include "front/http2_client.h"

#include <sys/socket.h>

enum { CHUNK_BYTES = 100000 };

#define ASK "POST /hold HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"

static struct peer peer;
static int drained_count;
static int left_before_end; /* pieces that a refilling writer still has to give */

static void on_drained(struct exchange *exchange, void *context)
{
    (void)exchange;
    (void)context;
    drained_count++;
}

/* The exchange that was asked for last, which has begun to answer. */
static struct exchange *begin(void)
{
    struct exchange *exchange;

    rig_await(&rig.held_count, 1);
    exchange = rig.held[rig.held_count - 1];
    exchange->drained = on_drained;
    exchange->answer.status = 200;
    exchange_header(exchange, "Content-Type", "text/plain");
    exchange_begin(exchange);
    return exchange;
}

static struct exchange *ask_for_pieces(void)
{
    peer_dial(&peer);
    peer_say(&peer, ASK);
    return begin();
}

/* Over HTTP/2; the number of the stream. */
static int32_t ask_for_frames(void)
{
    int32_t id;

    client_dial();
    id = client_post("/hold", 0, 0, false);
    client_await_count(&rig.held_count, 1);
    return id;
}

static void give(struct exchange *exchange, const char *text)
{
    buffer_add_text(&exchange->answer.body, text);
    exchange_flow(exchange);
}

static void give_much(struct exchange *exchange)
{
    memset(buffer_reserve(&exchange->answer.body, CHUNK_BYTES), 'x', CHUNK_BYTES);
    exchange->answer.body.size += CHUNK_BYTES;
    exchange_flow(exchange);
}

static void end(struct exchange *exchange)
{
    rig.held[rig.held_count - 1] = NULL;
    exchange_end(exchange);
}

/* The pieces leave one by one, and the connection lives on. */
static void expect_pieces(void)
{
    struct exchange *exchange;

    peer_say(&peer, ASK);
    exchange = begin();
    give(exchange, "one");
    peer_hear(&peer, "3\r\none\r\n");
    ck_assert_ptr_nonnull(strstr(peer.heard.data, "Transfer-Encoding: chunked\r\n"));
    ck_assert_ptr_nonnull(strstr(peer.heard.data, "Content-Type: text/plain\r\n"));
    ck_assert(rig_is_asleep());
    ck_assert_uint_eq(exchange_waiting(exchange), 0);
    give(exchange, "four");
    give(exchange, "five");
    peer_hear(&peer, "8\r\nfourfive\r\n");
    rig_await(&drained_count, 2);
    end(exchange);
    peer_hear(&peer, "0\r\n\r\n");
    peer.heard.size = 0;
    peer_say(&peer, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    ck_assert_int_eq(status_of(peer_answer(&peer)), 200);
    peer_hang_up(&peer);
    rig_await_sockets(0);
}

START_TEST(pieces_leave_as_chunks)
{
    peer_dial(&peer);
    expect_pieces();
}
END_TEST

START_TEST(pieces_leave_over_tls)
{
    peer_dial_tls(&peer, "localhost");
    expect_pieces();
}
END_TEST

START_TEST(pieces_may_end_before_they_began_to_leave)
{
    struct exchange *exchange = ask_for_pieces();

    give(exchange, "all");
    end(exchange);
    peer_hear(&peer, "3\r\nall\r\n0\r\n\r\n");
    peer_hang_up(&peer);
}
END_TEST

START_TEST(a_client_that_knows_no_chunks_has_them_until_the_end_of_the_line)
{
    struct exchange *exchange;

    peer_dial(&peer);
    peer_say(&peer, "POST /hold HTTP/1.0\r\nContent-Length: 0\r\n\r\n");
    exchange = begin();
    give(exchange, "one");
    peer_hear(&peer, "\r\n\r\none");
    give(exchange, "two");
    peer_hear(&peer, "onetwo");
    end(exchange);
    peer_await_end(&peer);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(pieces_leave_as_frames)
{
    struct exchange *exchange;
    struct reply *reply;
    int32_t id = ask_for_frames();

    exchange = begin();
    reply = client_reply(id);
    give(exchange, "one");
    while (!reply->body.size)
        client_turn();
    ck_assert_int_eq(reply->status, 200);
    ck_assert_ptr_null(strstr(reply->head.data, "content-length"));
    ck_assert_str_eq(reply->body.data, "one");
    ck_assert(rig_is_asleep());
    give(exchange, "two");
    client_await_count(&drained_count, 2);
    ck_assert_int_eq(client_await(client_get("/"))->status, 200);
    ck_assert(!reply->is_over);
    end(exchange);
    client_await(id);
    ck_assert_str_eq(reply->body.data, "onetwo");
    ck_assert_uint_eq(reply->error, NGHTTP2_NO_ERROR);
    client_hang_up();
    rig_await_sockets(0);
}
END_TEST

static void refill(struct exchange *exchange, void *context)
{
    (void)context;
    if (left_before_end--)
        give_much(exchange);
    else
        end(exchange);
}

static void give_all(struct exchange *exchange, int pieces)
{
    exchange->drained = refill;
    left_before_end = pieces - 1;
    give_much(exchange);
}

START_TEST(who_is_drained_gives_more)
{
    give_all(ask_for_pieces(), 50);
    peer_hear(&peer, "\r\n0\r\n\r\n");
    ck_assert_uint_ge(peer.heard.size, 50 * CHUNK_BYTES);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(who_is_drained_gives_more_over_http_2)
{
    int32_t id = ask_for_frames();

    give_all(begin(), 50);
    ck_assert_uint_eq(client_await(id)->body.size, 50 * CHUNK_BYTES);
    client_hang_up();
}
END_TEST

START_TEST(a_client_that_leaves_is_noticed)
{
    struct exchange *exchange = ask_for_pieces();

    if (_i) {
        give(exchange, "one");
        peer_hear(&peer, "one");
    }
    peer_hang_up(&peer);
    rig_await(&rig.left_count, 1);
    rig_await_sockets(0);
}
END_TEST

START_TEST(a_stream_that_is_reset_is_noticed)
{
    int32_t id = ask_for_frames();

    give(begin(), "one");
    while (!client_reply(id)->body.size)
        client_turn();
    nghttp2_submit_rst_stream(client.session, 0, id, NGHTTP2_CANCEL);
    client_await_count(&rig.left_count, 1);
    ck_assert_int_eq(client_await(client_get("/"))->status, 200);
    client_hang_up();
}
END_TEST

/* Gives until the client's and the kernel's buffers are full; answers what waits then. */
static size_t choke(struct exchange *exchange)
{
    for (int i = 0; i < 400 && !exchange_waiting(exchange); i++) {
        give_much(exchange);
        rig_turn(6);
    }
    ck_assert_uint_gt(exchange_waiting(exchange), 0);
    return exchange_waiting(exchange);
}

/* Minutes in which the loop turns. */
static void pass(int64_t ms)
{
    for (int64_t passed = 0; passed < ms; passed += FLOW_SWEEP_MS) {
        clock_advance(&rig.clock, FLOW_SWEEP_MS);
        rig_turn(2);
    }
}

START_TEST(one_who_stops_reading_is_cut_off)
{
    struct exchange *exchange;
    size_t waiting;
    int small = 4096;

    peer_dial(&peer);
    setsockopt(peer.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    peer_say(&peer, ASK);
    exchange = begin();
    waiting = choke(exchange);
    pass(4 * 60000);
    ck_assert_int_eq(rig.left_count, 0);
    ck_assert_uint_eq(exchange_waiting(exchange), waiting);
    clock_advance(&rig.clock, 30 * 60000); /* in which nobody could have read */
    rig_turn(4);
    ck_assert_int_eq(rig.left_count, 0);
    pass(70000);
    rig_await(&rig.left_count, 1);
    rig_await_sockets(0);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(one_whose_window_stays_shut_is_cut_off)
{
    struct exchange *exchange;
    int32_t id;

    client_dial_shut();
    id = client_post("/hold", 0, 0, false);
    client_await_count(&rig.held_count, 1);
    exchange = begin();
    give(exchange, "one");
    client_turn();
    pass(4 * 60000);
    ck_assert_int_eq(rig.left_count, 0);
    pass(70000);
    ck_assert_int_eq(rig.left_count, 1);
    ck_assert_uint_eq(client_await(id)->error, NGHTTP2_CANCEL);
    client_hang_up();
}
END_TEST

START_TEST(one_who_waits_for_pieces_is_not_cut_off)
{
    struct exchange *exchange = ask_for_pieces();

    give(exchange, "one");
    peer_hear(&peer, "one");
    pass(60 * 60000);
    give(exchange, "two");
    peer_hear(&peer, "two");
    end(exchange);
    pass(FLOW_SWEEP_MS);
    peer_hear(&peer, "\r\n0\r\n\r\n");
    peer_hang_up(&peer);
}
END_TEST

static void close_front(void)
{
    int64_t began = clock_stopwatch_us();

    front_close(rig.front);
    rig.front = NULL;
    ck_assert_int_lt(clock_stopwatch_us() - began, 150000);
    ck_assert_int_eq(rig.left_count, 1);
}

START_TEST(the_end_of_the_door_is_the_end_of_the_pieces)
{
    struct exchange *exchange = ask_for_pieces();

    if (_i)
        rig_turn(5);
    give(exchange, "last");
    close_front();
    peer_listen(&peer);
    ck_assert_ptr_nonnull(strstr(peer.heard.data, "\r\nlast\r\n0\r\n\r\n"));
    peer_hang_up(&peer);
}
END_TEST

START_TEST(the_end_of_the_door_is_the_end_of_the_frames)
{
    int32_t id = ask_for_frames();

    give(begin(), "last");
    if (_i)
        client_turn();
    close_front();
    client_hear();
    ck_assert(client_reply(id)->is_over);
    ck_assert_str_eq(client_reply(id)->body.data, "last");
    ck_assert_uint_eq(client_reply(id)->error, NGHTTP2_NO_ERROR);
    client_hang_up();
}
END_TEST

/* A writer that does not end when it is told that its client has left, but some time later. */
static void take_note(struct exchange *exchange, void *context)
{
    (void)exchange;
    (void)context;
    rig.left_count++;
}

START_TEST(who_ends_after_the_client_has_left_ends_for_nobody)
{
    struct exchange *exchange = ask_for_pieces();

    exchange->left = take_note;
    give(exchange, "one");
    peer_hear(&peer, "one");
    if (_i)
        close_front();
    else {
        peer_hang_up(&peer);
        rig_await(&rig.left_count, 1);
    }
    give(exchange, "two");
    end(exchange);
    if (_i)
        peer_hang_up(&peer);
}
END_TEST

/* --- commits --- */

static void write_something(void)
{
    database_write(rig.ground.database);
    database_run(rig.ground.database, "INSERT INTO kept VALUES (1)");
}

START_TEST(pieces_wait_for_the_commit)
{
    struct exchange *exchange = ask_for_pieces();

    rig_turn(3);
    write_something();
    give(exchange, "kept");
    ck_assert(database_is_dirty(rig.ground.database));
    peer_hear(&peer, "kept");
    ck_assert(!database_is_dirty(rig.ground.database));
    peer_hang_up(&peer);
}
END_TEST

START_TEST(what_could_not_be_kept_is_not_said)
{
    struct exchange *exchange = ask_for_pieces();

    rig_turn(3);
    give(exchange, "untrue");
    front_fail_answers(rig.front);
    peer_await_end(&peer);
    ck_assert_ptr_null(strstr(peer.heard.data, "untrue"));
    ck_assert_ptr_null(strstr(peer.heard.data, "0\r\n\r\n"));
    rig_await(&rig.left_count, 1);
    peer_hang_up(&peer);
}
END_TEST

START_TEST(what_could_not_be_kept_is_not_said_over_http_2)
{
    int32_t id = ask_for_frames();

    give(begin(), "untrue");
    front_fail_answers(rig.front);
    ck_assert_uint_eq(client_await(id)->error, NGHTTP2_INTERNAL_ERROR);
    ck_assert_uint_eq(client_reply(id)->body.size, 0);
    rig_await(&rig.left_count, 1);
    client_hang_up();
}
END_TEST

static TCase *add_case(Suite *suite, const char *name, void (*open)(void))
{
    TCase *tests = tcase_create(name);

    tcase_add_checked_fixture(tests, open, rig_close);
    suite_add_tcase(suite, tests);
    return tests;
}

Suite *suite_flow(void)
{
    Suite *suite = suite_create("flow");
    TCase *real = add_case(suite, "real", rig_open);
    TCase *frozen = add_case(suite, "frozen", rig_open_frozen);
    TCase *kept = add_case(suite, "kept", rig_open_kept);

    tcase_add_test(real, pieces_leave_as_chunks);
    tcase_add_test(real, pieces_leave_over_tls);
    tcase_add_test(real, pieces_may_end_before_they_began_to_leave);
    tcase_add_test(real, a_client_that_knows_no_chunks_has_them_until_the_end_of_the_line);
    tcase_add_test(real, pieces_leave_as_frames);
    tcase_add_test(real, who_is_drained_gives_more);
    tcase_add_test(real, who_is_drained_gives_more_over_http_2);
    tcase_add_loop_test(real, a_client_that_leaves_is_noticed, 0, 2);
    tcase_add_test(real, a_stream_that_is_reset_is_noticed);
    tcase_add_loop_test(real, the_end_of_the_door_is_the_end_of_the_pieces, 0, 2);
    tcase_add_loop_test(real, the_end_of_the_door_is_the_end_of_the_frames, 0, 2);
    tcase_add_loop_test(real, who_ends_after_the_client_has_left_ends_for_nobody, 0, 2);
    tcase_add_test(frozen, one_who_stops_reading_is_cut_off);
    tcase_add_test(frozen, one_whose_window_stays_shut_is_cut_off);
    tcase_add_test(frozen, one_who_waits_for_pieces_is_not_cut_off);
    tcase_add_test(kept, pieces_wait_for_the_commit);
    tcase_add_test(kept, what_could_not_be_kept_is_not_said);
    tcase_add_test(kept, what_could_not_be_kept_is_not_said_over_http_2);
    return suite;
}
