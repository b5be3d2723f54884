/* Streams of HTTP/2: requests as they are shown to the rooms, and the answers as a client that is nghttp2's own sees them. */

#include "front/http2_client.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

START_TEST(a_request_is_answered_and_the_connection_stays)
{
    client_dial();
    for (int i = 0; i < 3; i++) {
        struct reply *reply = client_await(client_post("/echo", 0, 5, false));

        ck_assert_int_eq(reply->status, 200);
        ck_assert_uint_eq(reply->error, NGHTTP2_NO_ERROR);
        client_expect(&reply->head, "content-type: text/plain\n");
        client_expect(&reply->head, "content-length: 5\n");
        ck_assert_str_eq(reply->body.data, "xxxxx");
    }
    ck_assert_uint_eq(rig.front->socket_count, 1);
    ck_assert(rig_is_asleep());
    client_hang_up();
    rig_await_sockets(0);
}
END_TEST

START_TEST(the_preface_may_come_byte_by_byte)
{
    const uint8_t *bytes;
    ssize_t size;

    client_dial();
    client_submit("GET", "/", NULL, NULL);
    while ((size = nghttp2_session_mem_send(client.session, &bytes)) > 0)
        for (ssize_t i = 0; i < size; i++) {
            peer_say_bytes(&client.peer, bytes + i, 1);
            rig_turn(2);
        }
    ck_assert_int_eq(client_await(1)->status, 200);
    client_hang_up();
}
END_TEST

START_TEST(the_date_is_the_clocks)
{
    client_dial();
    client_expect(&client_await(client_get("/"))->head, "date: Tue, 14 Nov 2023 22:13:20 GMT\n");
    client_hang_up();
}
END_TEST

START_TEST(the_request_is_shown_as_it_was_sent)
{
    static const char *const more[] = { "x-two", "1", "cookie", "a=1", "x-two", "2", "cookie", "b=2", "host", "elsewhere", NULL };
    struct reply *reply;

    client_dial();
    reply = client_await(client_submit("PURGE", "/show?a=%2F%40&b=c+d", more, NULL));
    client_expect(&reply->body, "method=PURGE\ntarget=/show?a=%2F%40&b=c+d\npath=/show\nquery=a=%2F%40&b=c+d\n");
    client_expect(&reply->body,
                  "[host]=[localhost]\n[x-two]=[1]\n[x-two]=[2]\n[cookie]=[a=1; b=2]\nbody=0:\nlarge=0 tls=0 from=127.0.0.1\n");
    client_hang_up();
}
END_TEST

START_TEST(what_has_no_sound_path_is_refused)
{
    static const char *const paths[] = { "/a%00b", "*" };
    struct reply *reply;

    client_dial();
    reply = client_await(client_submit("OPTIONS", paths[_i], NULL, NULL));
    ck_assert_int_eq(reply->status, 400);
    ck_assert_str_eq(reply->body.data, "{\"message\":\"Bad Request\"}");
    ck_assert_int_eq(client_await(client_get("/"))->status, 200);
    ck_assert_int_eq(rig.served, 1);
    client_hang_up();
}
END_TEST

START_TEST(a_head_request_has_a_length_and_no_body)
{
    struct reply *reply;

    client_dial();
    reply = client_await(client_submit("HEAD", "/", NULL, NULL));
    client_expect(&reply->head, "content-length: 2\n");
    ck_assert_uint_eq(reply->body.size, 0);
    client_hang_up();
}
END_TEST

START_TEST(a_client_that_expects_100_gets_it)
{
    static const char *const more[] = { "expect", "100-continue", NULL };
    int32_t id;

    client_dial();
    uploads[0] = (struct upload){ 2, false };
    id = client_submit("POST", "/echo", more, &uploads[0]);
    client_await(id);
    client_expect(&client_reply(id)->head, ":status: 100\n:status: 200\n");
    ck_assert_str_eq(client_reply(id)->body.data, "xx");
    client_hang_up();
}
END_TEST

START_TEST(a_connections_own_headers_are_not_sent)
{
    struct exchange *exchange;
    struct reply *reply;
    int32_t id;

    client_dial();
    id = client_get("/hold");
    client_await_count(&rig.held_count, 1);
    exchange = rig.held[0];
    rig.held[0] = NULL;
    exchange_header(exchange, "Connection", "close");
    exchange_header(exchange, "Keep-Alive", "timeout=5");
    exchange_header(exchange, "Transfer-Encoding", "chunked");
    exchange_header(exchange, "Content-Length", "77");
    exchange_header(exchange, "X-Broken", "a\r\nb: c");
    exchange_header(exchange, ":status", "500");
    exchange_header(exchange, "X-UPPER", "Kept");
    exchange_reply(exchange, 200, "text/plain", "ok");
    reply = client_await(id);
    ck_assert_int_eq(reply->status, 200);
    client_expect(&reply->head, "x-upper: Kept\n");
    client_expect(&reply->head, "content-length: 2\n");
    for (int i = 0; i < 4; i++) {
        static const char *const names[] = { "connection", "keep-alive", "transfer-encoding", "x-broken" };

        ck_assert_ptr_null(strstr(reply->head.data, names[i]));
    }
    client_hang_up();
}
END_TEST

START_TEST(an_answer_without_a_body_has_no_length)
{
    struct exchange *exchange;
    int32_t id;

    client_dial();
    id = client_get("/hold");
    client_await_count(&rig.held_count, 1);
    exchange = rig.held[0];
    rig.held[0] = NULL;
    exchange_reply(exchange, 204, "text/plain", "dropped");
    ck_assert_int_eq(client_await(id)->status, 204);
    ck_assert_ptr_null(strstr(client_reply(id)->head.data, "content-length"));
    ck_assert_uint_eq(client_reply(id)->body.size, 0);
    client_hang_up();
}
END_TEST

START_TEST(a_ping_is_answered)
{
    client_dial();
    nghttp2_submit_ping(client.session, NGHTTP2_FLAG_NONE, NULL);
    client_await_count(&client.pong_count, 1);
    client_hang_up();
}
END_TEST

static void expect_answer_over_tls(const char *protocol, unsigned size)
{
    static const unsigned char offer[] = "\x08http/1.1\x02h2";
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    const unsigned char *chosen;
    unsigned chosen_size;
    int result = 0;

    peer_dial(&client.peer);
    ck_assert_int_eq(ioctl(client.peer.fd, FIONBIO, &(int){ 1 }), 0);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    client.peer.tls = SSL_new(context);
    SSL_CTX_free(context);
    if (size)
        SSL_set_alpn_protos(client.peer.tls, offer, sizeof offer - 1);
    SSL_set_fd(client.peer.tls, client.peer.fd);
    for (int i = 0; i < 100 && (result = SSL_connect(client.peer.tls)) != 1; i++)
        loop_turn(rig.ground.loop, 10);
    ck_assert_int_eq(result, 1);
    SSL_get0_alpn_selected(client.peer.tls, &chosen, &chosen_size);
    ck_assert_uint_eq(chosen_size, size);
    ck_assert(!size || !memcmp(chosen, protocol, size));
    client_begin(NULL, 0);
    client_expect(&client_await(client_get("/show"))->body, "tls=1 from=127.0.0.1\n");
    ck_assert_uint_eq(client_await(client_get("/large"))->body.size, 1 << 20);
    client_hang_up();
    rig_await_sockets(0);
}

START_TEST(it_is_chosen_over_tls)
{
    expect_answer_over_tls("h2", 2);
}
END_TEST

/* As older Java SDKs do. */
START_TEST(it_is_understood_over_tls_without_a_word_about_it)
{
    expect_answer_over_tls("", 0);
}
END_TEST

START_TEST(a_head_over_the_bound_is_refused_alone)
{
    char *value = memory_new(HEAD_MAX_BYTES + 1);
    const char *const more[] = { "x-long", value, NULL };

    memset(value, 'a', HEAD_MAX_BYTES);
    client_dial();
    ck_assert_int_eq(client_await(client_submit("GET", "/", more, NULL))->status, 400);
    ck_assert_int_eq(client_await(client_get("/"))->status, 200);
    ck_assert_int_eq(rig.served, 1);
    client_hang_up();
    free(value);
}
END_TEST

/* A few bytes on the line that mean a large head: one entry of the table, named again and again. */
START_TEST(a_head_that_grows_in_unpacking_ends_the_connection)
{
    char *value = memory_new(3001);
    const char *more[2 * 60 + 1] = { NULL };

    memset(value, 'a', 3000);
    for (int i = 0; i < 120; i += 2) {
        more[i] = "x-bomb";
        more[i + 1] = value;
    }
    client_dial();
    client_submit("GET", "/", more, NULL);
    client_await_end();
    ck_assert_int_eq(rig.served, 0);
    client_hang_up();
    rig_await_sockets(0);
    free(value);
}
END_TEST

START_TEST(a_body_at_the_bound_is_taken)
{
    char size[32];

    client_dial();
    snprintf(size, sizeof size, "body=%d:", RIG_BODY_MAX);
    client_expect(&client_await(client_post("/show", 0, RIG_BODY_MAX, false))->body, size);
    client_hang_up();
}
END_TEST

START_TEST(a_body_over_the_bound_is_dropped_and_marked)
{
    client_dial();
    client_expect(&client_await(client_post("/show", 0, 2 * RIG_BODY_MAX, false))->body, "body=0:\nlarge=1");
    ck_assert_int_eq(client_await(client_get("/"))->status, 200);
    client_hang_up();
}
END_TEST

START_TEST(a_body_beyond_twice_the_bound_is_reset)
{
    client_dial();
    ck_assert_uint_eq(client_await(client_post("/show", 0, 2 * RIG_BODY_MAX + 70000, true))->error, NGHTTP2_CANCEL);
    ck_assert_int_eq(client_await(client_get("/"))->status, 200);
    ck_assert_int_eq(rig.served, 1);
    client_hang_up();
}
END_TEST

/* Refused by its announced length; the client is told that the rest is not wanted. */
START_TEST(a_body_announced_beyond_twice_the_bound_is_refused_at_once)
{
    static const char *const more[] = { "content-length", "200001", NULL };
    int32_t id;

    client_dial();
    uploads[0] = (struct upload){ 1000, true };
    id = client_submit("POST", "/echo", more, &uploads[0]);
    ck_assert_int_eq(client_await(id)->status, 413);
    ck_assert_uint_eq(client_reply(id)->error, NGHTTP2_NO_ERROR);
    ck_assert_int_eq(rig.served, 0);
    client_hang_up();
}
END_TEST

Suite *suite_http2_stream(void)
{
    Suite *suite = suite_create("http2 stream");
    TCase *tests = tcase_create("requests");
    TCase *frozen = tcase_create("frozen");

    tcase_add_checked_fixture(tests, rig_open, rig_close);
    tcase_add_test(tests, a_request_is_answered_and_the_connection_stays);
    tcase_add_test(tests, the_preface_may_come_byte_by_byte);
    tcase_add_test(tests, the_request_is_shown_as_it_was_sent);
    tcase_add_loop_test(tests, what_has_no_sound_path_is_refused, 0, 2);
    tcase_add_test(tests, a_head_request_has_a_length_and_no_body);
    tcase_add_test(tests, a_client_that_expects_100_gets_it);
    tcase_add_test(tests, a_connections_own_headers_are_not_sent);
    tcase_add_test(tests, an_answer_without_a_body_has_no_length);
    tcase_add_test(tests, a_ping_is_answered);
    tcase_add_test(tests, it_is_chosen_over_tls);
    tcase_add_test(tests, it_is_understood_over_tls_without_a_word_about_it);
    tcase_add_test(tests, a_head_over_the_bound_is_refused_alone);
    tcase_add_test(tests, a_head_that_grows_in_unpacking_ends_the_connection);
    tcase_add_test(tests, a_body_at_the_bound_is_taken);
    tcase_add_test(tests, a_body_over_the_bound_is_dropped_and_marked);
    tcase_add_test(tests, a_body_beyond_twice_the_bound_is_reset);
    tcase_add_test(tests, a_body_announced_beyond_twice_the_bound_is_refused_at_once);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(frozen, rig_open_frozen, rig_close);
    tcase_add_test(frozen, the_date_is_the_clocks);
    suite_add_tcase(suite, frozen);
    return suite;
}
