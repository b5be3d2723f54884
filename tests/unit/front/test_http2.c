/* HTTP/2 through the front door, seen from a client that is nghttp2's own; and a test for each bound, some with frames written by hand. */

#include "front/http2_client.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* --- requests and answers --- */

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

/* --- bodies and heads --- */

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

/* --- bounds of a connection --- */

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
    exchange_reply(rig.held[0], 200, "text/plain", "x");
    rig.held[0] = NULL;
    client_await(1);
    ck_assert(http2_make_room(rig.front->http2));
    client_await_end();
    ck_assert_int_eq(client.goaway_count, 1);
    ck_assert_uint_eq(rig.front->socket_count, 0);
    client_hang_up();
}
END_TEST

/* --- answers that come later --- */

static void answer_held(int which, const char *body)
{
    struct exchange *exchange = rig.held[which];

    rig.held[which] = NULL;
    exchange_reply(exchange, 200, "text/plain", body);
}

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
        answer_held(i, bodies[i]);
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
    answer_held(1, "stays");
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

/* --- bounds in time --- */

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
    answer_held(0, "patience");
    ck_assert_str_eq(client_await(1)->body.data, "patience");
    client_hang_up();
}
END_TEST

/* --- data on disk --- */

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
    answer_held(0, "kept");
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
    answer_held(0, "kept");
    front_fail_answers(rig.front);
    ck_assert_int_eq(client_await(1)->status, 500);
    client_hang_up();
}
END_TEST

static void add_requests(TCase *tests)
{
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
}

static void add_connections(TCase *tests)
{
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
    tcase_add_test(tests, answers_come_in_any_order);
    tcase_add_test(tests, a_stream_that_is_reset_is_noticed);
    tcase_add_test(tests, a_client_that_leaves_while_it_waits_is_noticed);
    tcase_add_test(tests, a_client_that_closes_half_counts_as_gone);
    tcase_add_test(tests, a_client_that_closes_half_after_asking_is_answered_when_we_can_at_once);
    tcase_add_test(tests, an_answer_to_nobody_is_dropped);
    tcase_add_test(tests, closing_answers_who_waits_and_says_goodbye);
}

Suite *suite_http2(void)
{
    Suite *suite = suite_create("http2");
    TCase *requests = tcase_create("requests");
    TCase *connections = tcase_create("connections");
    TCase *frozen = tcase_create("frozen");
    TCase *kept = tcase_create("kept");

    tcase_add_checked_fixture(requests, rig_open, rig_close);
    add_requests(requests);
    suite_add_tcase(suite, requests);
    tcase_add_checked_fixture(connections, rig_open, rig_close);
    add_connections(connections);
    suite_add_tcase(suite, connections);
    tcase_add_checked_fixture(frozen, rig_open_frozen, rig_close);
    tcase_add_test(frozen, the_date_is_the_clocks);
    tcase_add_test(frozen, an_idle_connection_is_closed_in_the_end);
    tcase_add_test(frozen, half_a_preface_is_not_waited_for);
    tcase_add_test(frozen, a_body_that_does_not_come_is_not_waited_for);
    tcase_add_test(frozen, an_answer_that_is_not_taken_is_withdrawn);
    tcase_add_test(frozen, one_who_stops_reading_is_hung_up_on);
    tcase_add_test(frozen, a_request_that_is_being_answered_is_not_idle);
    suite_add_tcase(suite, frozen);
    tcase_add_checked_fixture(kept, rig_open_kept, rig_close);
    tcase_add_test(kept, an_answer_waits_for_the_commit);
    tcase_add_test(kept, a_held_answer_waits_for_the_commit_too);
    tcase_add_test(kept, answers_become_failures_when_the_commit_fails);
    suite_add_tcase(suite, kept);
    return suite;
}
