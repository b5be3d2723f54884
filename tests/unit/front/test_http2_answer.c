/* Answers over HTTP/2 that come later, to nobody, or when the turn is committed. */

#include "front/http2_client.h"

#include <sys/socket.h>

START_TEST(answers_come_in_any_order)
{
    static const char *const bodies[] = { "a", "b", "c" };
    int32_t ids[3];

    client_dial();
    for (int i = 0; i < 3; i++)
        ids[i] = client_get("/hold");
    client_await_count(&rig.held_count, 3);
    ck_assert(rig_is_asleep());
    for (int i = 2; i >= 0; i--) {
        rig_answer(i, bodies[i]);
        ck_assert_str_eq(client_await(ids[i])->body.data, bodies[i]);
    }
    ck_assert_int_eq(rig.left_count, 0);
    client_hang_up();
}
END_TEST

START_TEST(a_stream_that_is_reset_is_noticed)
{
    int32_t id;

    client_dial();
    id = client_get("/hold");
    client_get("/hold");
    client_await_count(&rig.held_count, 2);
    nghttp2_submit_rst_stream(client.session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
    client_await_count(&rig.left_count, 1);
    ck_assert_ptr_null(rig.held[0]);
    rig_answer(1, "stays");
    ck_assert_str_eq(client_await(3)->body.data, "stays");
    ck_assert_int_eq(rig.left_count, 1);
    client_hang_up();
}
END_TEST

START_TEST(a_client_that_leaves_while_it_waits_is_noticed)
{
    client_dial();
    client_get("/hold");
    client_get("/hold");
    client_await_count(&rig.held_count, 2);
    client_hang_up();
    rig_await(&rig.left_count, 2);
    rig_await_sockets(0);
}
END_TEST

START_TEST(a_client_that_closes_half_counts_as_gone)
{
    client_dial();
    client_get("/hold");
    client_await_count(&rig.held_count, 1);
    shutdown(client.peer.fd, SHUT_WR);
    client_await_count(&rig.left_count, 1);
    client_await_end();
    client_hang_up();
    rig_await_sockets(0);
}
END_TEST

START_TEST(a_client_that_closes_half_after_asking_is_answered_when_we_can_at_once)
{
    client_dial();
    client_get("/");
    shutdown(client.peer.fd, SHUT_WR);
    ck_assert_int_eq(client_await(1)->status, 200);
    client_hang_up();
    rig_await_sockets(0);
}
END_TEST

START_TEST(an_answer_to_nobody_is_dropped)
{
    struct exchange *exchange;

    client_dial();
    client_get("/hold");
    client_await_count(&rig.held_count, 1);
    exchange = rig.held[0];
    exchange->left = NULL;
    client_hang_up();
    rig_await_sockets(0);
    exchange_reply(exchange, 200, "text/plain", "late");
    rig.held[0] = NULL;
    rig_turn(4);
    ck_assert_int_eq(rig.left_count, 0);
}
END_TEST

START_TEST(closing_answers_who_waits_and_says_goodbye)
{
    client_dial();
    client_get("/hold");
    client_post("/echo", 0, 100, true);
    client_await_count(&rig.held_count, 1);
    front_close(rig.front);
    rig.front = NULL;
    ck_assert_int_eq(rig.left_count, 1);
    for (int i = 0; i < 20 && !client.peer.is_over; i++)
        client_hear();
    ck_assert_int_eq(client_reply(1)->status, 503);
    ck_assert_int_eq(client.goaway_count, 1);
    ck_assert_uint_eq(client.goaway_error, NGHTTP2_NO_ERROR);
    ck_assert(client.peer.is_over);
    client_hang_up();
}
END_TEST

START_TEST(an_answer_waits_for_the_commit)
{
    client_dial();
    client_get("/write");
    while (!rig.served)
        loop_turn(rig.ground.loop, 10);
    /* Written in this turn, not committed: the client must not hear of it yet. */
    ck_assert(database_is_dirty(rig.ground.database));
    client_hear();
    ck_assert_int_eq(client_reply(1)->status, 0);
    ck_assert_str_eq(client_await(1)->body.data, "ok");
    ck_assert(!database_is_dirty(rig.ground.database));
    client_hang_up();
}
END_TEST

START_TEST(a_held_answer_waits_for_the_commit_too)
{
    client_dial();
    client_get("/hold");
    client_await_count(&rig.held_count, 1);
    database_write(rig.ground.database);
    rig_answer(0, "kept");
    ck_assert(database_is_dirty(rig.ground.database));
    ck_assert_str_eq(client_await(1)->body.data, "kept");
    ck_assert(!database_is_dirty(rig.ground.database));
    client_hang_up();
}
END_TEST

START_TEST(answers_become_failures_when_the_commit_fails)
{
    client_dial();
    client_get("/hold");
    client_await_count(&rig.held_count, 1);
    database_write(rig.ground.database);
    rig_answer(0, "kept");
    front_fail_answers(rig.front);
    ck_assert_int_eq(client_await(1)->status, 500);
    client_hang_up();
}
END_TEST

Suite *suite_http2_answer(void)
{
    Suite *suite = suite_create("http2 answer");
    TCase *tests = tcase_create("later");
    TCase *kept = tcase_create("kept");

    tcase_add_checked_fixture(tests, rig_open, rig_close);
    tcase_add_test(tests, answers_come_in_any_order);
    tcase_add_test(tests, a_stream_that_is_reset_is_noticed);
    tcase_add_test(tests, a_client_that_leaves_while_it_waits_is_noticed);
    tcase_add_test(tests, a_client_that_closes_half_counts_as_gone);
    tcase_add_test(tests, a_client_that_closes_half_after_asking_is_answered_when_we_can_at_once);
    tcase_add_test(tests, an_answer_to_nobody_is_dropped);
    tcase_add_test(tests, closing_answers_who_waits_and_says_goodbye);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(kept, rig_open_kept, rig_close);
    tcase_add_test(kept, an_answer_waits_for_the_commit);
    tcase_add_test(kept, a_held_answer_waits_for_the_commit_too);
    tcase_add_test(kept, answers_become_failures_when_the_commit_fails);
    suite_add_tcase(suite, kept);
    return suite;
}
