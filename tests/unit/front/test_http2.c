/* HTTP/2 through the front door, seen from a client that is nghttp2's own; and a test for each bound, some with frames written by hand. */

#include "front/rig.h"

#include <errno.h>
#include <nghttp2/nghttp2.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum { REPLIES_MAX = 1024 };

struct reply {
    int status;
    struct buffer head; /* "name: value\n" */
    struct buffer body;
    bool is_over;
    uint32_t error;
};

static struct client {
    struct peer peer;
    nghttp2_session *session;
    struct reply replies[REPLIES_MAX]; /* of stream 2n + 1 */
    int over_count;
    int pong_count;
    int goaway_count;
    uint32_t goaway_error;
    bool is_broken; /* the server ended the session */
} client;

/* A request's body: size bytes of 'x', and then its end, or silence. */
static struct upload {
    size_t left;
    bool is_endless;
} uploads[16];

static struct reply *reply_to(int32_t id)
{
    return &client.replies[id / 2];
}

static int on_field(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_size, const uint8_t *value,
                    size_t value_size, uint8_t flags, void *context)
{
    struct reply *reply = reply_to(frame->hd.stream_id);

    (void)session;
    (void)name_size;
    (void)value_size;
    (void)flags;
    (void)context;
    if (!strcmp((const char *)name, ":status"))
        reply->status = atoi((const char *)value);
    buffer_print(&reply->head, "%s: %s\n", name, value);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes, size_t size, void *context)
{
    (void)session;
    (void)flags;
    (void)context;
    buffer_add(&reply_to(id)->body, bytes, size);
    return 0;
}

static int on_over(nghttp2_session *session, int32_t id, uint32_t error, void *context)
{
    (void)session;
    (void)context;
    reply_to(id)->is_over = true;
    reply_to(id)->error = error;
    client.over_count++;
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    (void)session;
    (void)context;
    client.pong_count += frame->hd.type == NGHTTP2_PING && (frame->hd.flags & NGHTTP2_FLAG_ACK);
    if (frame->hd.type != NGHTTP2_GOAWAY)
        return 0;
    client.goaway_count++;
    client.goaway_error = frame->goaway.error_code;
    return 0;
}

static void begin(const nghttp2_settings_entry *settings, size_t count)
{
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *options;

    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_field);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_over);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_option_new(&options);
    nghttp2_option_set_peer_max_concurrent_streams(options, 10000);
    nghttp2_option_set_max_send_header_block_length(options, 1 << 22);
    nghttp2_session_client_new2(&client.session, callbacks, NULL, options);
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(client.session, NGHTTP2_FLAG_NONE, settings, count);
}

static void say(void)
{
    const uint8_t *bytes;
    ssize_t size;

    while ((size = nghttp2_session_mem_send(client.session, &bytes)) > 0)
        peer_say_bytes(&client.peer, bytes, (size_t)size);
}

static void hear(void)
{
    peer_listen(&client.peer);
    if (client.peer.heard.size && nghttp2_session_mem_recv(client.session, (uint8_t *)client.peer.heard.data, client.peer.heard.size) < 0)
        client.is_broken = true;
    client.peer.heard.size = 0;
}

static void dial(void)
{
    peer_dial(&client.peer);
    begin(NULL, 0);
}

/* A client that reads, and takes no answer's body: its window is shut. */
static void dial_shut(void)
{
    const nghttp2_settings_entry shut = { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0 };

    peer_dial(&client.peer);
    begin(&shut, 1);
}

static void hang_up(void)
{
    peer_hang_up(&client.peer);
    nghttp2_session_del(client.session);
    for (int i = 0; i < REPLIES_MAX; i++) {
        buffer_clear(&client.replies[i].head);
        buffer_clear(&client.replies[i].body);
    }
    memset(&client, 0, sizeof client);
    memset(uploads, 0, sizeof uploads);
}

static ssize_t read_upload(nghttp2_session *session, int32_t id, uint8_t *into, size_t room, uint32_t *flags, nghttp2_data_source *source,
                           void *context)
{
    struct upload *upload = source->ptr;
    size_t size = upload->left < room ? upload->left : room;

    (void)session;
    (void)id;
    (void)context;
    memset(into, 'x', size);
    upload->left -= size;
    if (!size && upload->is_endless)
        return NGHTTP2_ERR_DEFERRED;
    if (!upload->left && !upload->is_endless)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)size;
}

static nghttp2_nv field(const char *name, const char *value)
{
    return (nghttp2_nv){ (uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name), strlen(value), 0 };
}

/* Asks with more header fields (name, value, ..., NULL) and the body of upload, if any. */
static int32_t submit(const char *method, const char *path, const char *const *more, struct upload *upload)
{
    nghttp2_nv fields[80] = { field(":method", method), field(":path", path), field(":scheme", "http"), field(":authority", "localhost") };
    nghttp2_data_provider body = { .source.ptr = upload, .read_callback = read_upload };
    size_t count = 4;

    for (; more && *more; more += 2)
        fields[count++] = field(more[0], more[1]);
    return nghttp2_submit_request(client.session, NULL, fields, count, upload ? &body : NULL, NULL);
}

static int32_t get(const char *path)
{
    int32_t id = submit("GET", path, NULL, NULL);

    say();
    return id;
}

static int32_t post(const char *path, int which, size_t size, bool is_endless)
{
    int32_t id;

    uploads[which] = (struct upload){ size, is_endless };
    id = submit("POST", path, NULL, &uploads[which]);
    say();
    return id;
}

static void turn(void)
{
    say();
    loop_turn(rig.ground.loop, 10);
    hear();
    say();
}

static struct reply *await(int32_t id)
{
    int64_t until = clock_stopwatch_us() + PATIENCE_MS * 1000;

    while (!reply_to(id)->is_over && !client.is_broken && clock_stopwatch_us() < until)
        turn();
    ck_assert_msg(reply_to(id)->is_over, "stream %d is not answered", id);
    return reply_to(id);
}

static void await_count(const int *count, int wanted)
{
    int64_t until = clock_stopwatch_us() + PATIENCE_MS * 1000;

    while (*count < wanted && clock_stopwatch_us() < until)
        turn();
    ck_assert_int_ge(*count, wanted);
}

static void await_end(void)
{
    int64_t until = clock_stopwatch_us() + PATIENCE_MS * 1000;

    while (!client.peer.is_over && clock_stopwatch_us() < until)
        turn();
    ck_assert(client.peer.is_over);
}

static void expect(const struct buffer *heard, const char *text)
{
    ck_assert_msg(heard->data && strstr(heard->data, text), "wanted \"%s\" in \"%.600s\"", text, heard->data ? heard->data : "");
}

/* --- requests and answers --- */

START_TEST(a_request_is_answered_and_the_connection_stays)
{
    dial();
    for (int i = 0; i < 3; i++) {
        struct reply *reply = await(post("/echo", 0, 5, false));

        ck_assert_int_eq(reply->status, 200);
        ck_assert_uint_eq(reply->error, NGHTTP2_NO_ERROR);
        expect(&reply->head, "content-type: text/plain\n");
        expect(&reply->head, "content-length: 5\n");
        ck_assert_str_eq(reply->body.data, "xxxxx");
    }
    ck_assert_uint_eq(rig.front->socket_count, 1);
    ck_assert(rig_is_asleep());
    hang_up();
    rig_await_sockets(0);
}
END_TEST

START_TEST(the_preface_may_come_byte_by_byte)
{
    const uint8_t *bytes;
    ssize_t size;

    dial();
    submit("GET", "/", NULL, NULL);
    while ((size = nghttp2_session_mem_send(client.session, &bytes)) > 0)
        for (ssize_t i = 0; i < size; i++) {
            peer_say_bytes(&client.peer, bytes + i, 1);
            rig_turn(2);
        }
    ck_assert_int_eq(await(1)->status, 200);
    hang_up();
}
END_TEST

START_TEST(the_date_is_the_clocks)
{
    dial();
    expect(&await(get("/"))->head, "date: Tue, 14 Nov 2023 22:13:20 GMT\n");
    hang_up();
}
END_TEST

START_TEST(the_request_is_shown_as_it_was_sent)
{
    static const char *const more[] = { "x-two", "1", "cookie", "a=1", "x-two", "2", "cookie", "b=2", "host", "elsewhere", NULL };
    struct reply *reply;

    dial();
    reply = await(submit("PURGE", "/show?a=%2F%40&b=c+d", more, NULL));
    expect(&reply->body, "method=PURGE\ntarget=/show?a=%2F%40&b=c+d\npath=/show\nquery=a=%2F%40&b=c+d\n");
    expect(&reply->body, "[host]=[localhost]\n[x-two]=[1]\n[x-two]=[2]\n[cookie]=[a=1; b=2]\nbody=0:\nlarge=0 tls=0 from=127.0.0.1\n");
    hang_up();
}
END_TEST

START_TEST(what_has_no_sound_path_is_refused)
{
    static const char *const paths[] = { "/a%00b", "*" };
    struct reply *reply;

    dial();
    reply = await(submit("OPTIONS", paths[_i], NULL, NULL));
    ck_assert_int_eq(reply->status, 400);
    ck_assert_str_eq(reply->body.data, "{\"message\":\"Bad Request\"}");
    ck_assert_int_eq(await(get("/"))->status, 200);
    ck_assert_int_eq(rig.served, 1);
    hang_up();
}
END_TEST

START_TEST(a_head_request_has_a_length_and_no_body)
{
    struct reply *reply;

    dial();
    reply = await(submit("HEAD", "/", NULL, NULL));
    expect(&reply->head, "content-length: 2\n");
    ck_assert_uint_eq(reply->body.size, 0);
    hang_up();
}
END_TEST

START_TEST(a_client_that_expects_100_gets_it)
{
    static const char *const more[] = { "expect", "100-continue", NULL };
    int32_t id;

    dial();
    uploads[0] = (struct upload){ 2, false };
    id = submit("POST", "/echo", more, &uploads[0]);
    await(id);
    expect(&reply_to(id)->head, ":status: 100\n:status: 200\n");
    ck_assert_str_eq(reply_to(id)->body.data, "xx");
    hang_up();
}
END_TEST

START_TEST(a_connections_own_headers_are_not_sent)
{
    struct exchange *exchange;
    struct reply *reply;
    int32_t id;

    dial();
    id = get("/hold");
    await_count(&rig.held_count, 1);
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
    reply = await(id);
    ck_assert_int_eq(reply->status, 200);
    expect(&reply->head, "x-upper: Kept\n");
    expect(&reply->head, "content-length: 2\n");
    for (int i = 0; i < 4; i++) {
        static const char *const names[] = { "connection", "keep-alive", "transfer-encoding", "x-broken" };

        ck_assert_ptr_null(strstr(reply->head.data, names[i]));
    }
    hang_up();
}
END_TEST

START_TEST(an_answer_without_a_body_has_no_length)
{
    struct exchange *exchange;
    int32_t id;

    dial();
    id = get("/hold");
    await_count(&rig.held_count, 1);
    exchange = rig.held[0];
    rig.held[0] = NULL;
    exchange_reply(exchange, 204, "text/plain", "dropped");
    ck_assert_int_eq(await(id)->status, 204);
    ck_assert_ptr_null(strstr(reply_to(id)->head.data, "content-length"));
    ck_assert_uint_eq(reply_to(id)->body.size, 0);
    hang_up();
}
END_TEST

START_TEST(a_ping_is_answered)
{
    dial();
    nghttp2_submit_ping(client.session, NGHTTP2_FLAG_NONE, NULL);
    await_count(&client.pong_count, 1);
    hang_up();
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
    begin(NULL, 0);
    expect(&await(get("/show"))->body, "tls=1 from=127.0.0.1\n");
    ck_assert_uint_eq(await(get("/large"))->body.size, 1 << 20);
    hang_up();
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
    dial();
    ck_assert_int_eq(await(submit("GET", "/", more, NULL))->status, 400);
    ck_assert_int_eq(await(get("/"))->status, 200);
    ck_assert_int_eq(rig.served, 1);
    hang_up();
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
    dial();
    submit("GET", "/", more, NULL);
    await_end();
    ck_assert_int_eq(rig.served, 0);
    hang_up();
    rig_await_sockets(0);
    free(value);
}
END_TEST

START_TEST(a_body_at_the_bound_is_taken)
{
    char size[32];

    dial();
    snprintf(size, sizeof size, "body=%d:", RIG_BODY_MAX);
    expect(&await(post("/show", 0, RIG_BODY_MAX, false))->body, size);
    hang_up();
}
END_TEST

START_TEST(a_body_over_the_bound_is_dropped_and_marked)
{
    dial();
    expect(&await(post("/show", 0, 2 * RIG_BODY_MAX, false))->body, "body=0:\nlarge=1");
    ck_assert_int_eq(await(get("/"))->status, 200);
    hang_up();
}
END_TEST

START_TEST(a_body_beyond_twice_the_bound_is_reset)
{
    dial();
    ck_assert_uint_eq(await(post("/show", 0, 2 * RIG_BODY_MAX + 70000, true))->error, NGHTTP2_CANCEL);
    ck_assert_int_eq(await(get("/"))->status, 200);
    ck_assert_int_eq(rig.served, 1);
    hang_up();
}
END_TEST

/* Refused by its announced length; the client is told that the rest is not wanted. */
START_TEST(a_body_announced_beyond_twice_the_bound_is_refused_at_once)
{
    static const char *const more[] = { "content-length", "200001", NULL };
    int32_t id;

    dial();
    uploads[0] = (struct upload){ 1000, true };
    id = submit("POST", "/echo", more, &uploads[0]);
    ck_assert_int_eq(await(id)->status, 413);
    ck_assert_uint_eq(reply_to(id)->error, NGHTTP2_NO_ERROR);
    ck_assert_int_eq(rig.served, 0);
    hang_up();
}
END_TEST

/* --- bounds of a connection --- */

START_TEST(the_bodies_of_a_connection_are_bounded_together)
{
    dial();
    for (int i = 0; i < 5; i++) {
        post("/echo", i, RIG_BODY_MAX - 1000, true);
        for (int j = 0; j < 8; j++)
            turn();
    }
    ck_assert_uint_eq(await(9)->error, NGHTTP2_REFUSED_STREAM);
    ck_assert_int_eq(client.over_count, 1);
    ck_assert_int_eq(await(get("/"))->status, 200);
    ck_assert(rig_is_asleep());
    hang_up();
}
END_TEST

/* Who takes no answers gets few made for it; its other requests wait, and are served when it reads. */
START_TEST(requests_of_one_who_does_not_read_wait)
{
    const nghttp2_settings_entry open = { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20 };

    dial_shut();
    for (int i = 0; i < 20; i++)
        get("/large");
    for (int i = 0; i < 20; i++)
        turn();
    ck_assert_int_eq(rig.served, 1);
    ck_assert(rig_is_asleep());
    nghttp2_submit_settings(client.session, NGHTTP2_FLAG_NONE, &open, 1);
    await_count(&client.over_count, 20);
    for (int i = 0; i < 20; i++)
        ck_assert_uint_eq(client.replies[i].body.size, 1 << 20);
    hang_up();
}
END_TEST

START_TEST(streams_over_the_number_are_refused)
{
    dial_shut();
    for (int i = 0; i < 130; i++)
        submit("GET", "/large", NULL, NULL);
    say();
    await_count(&client.over_count, 2);
    for (int i = 0; i < 10; i++)
        turn();
    ck_assert_int_eq(client.over_count, 2);
    ck_assert_uint_eq(client.replies[128].error, NGHTTP2_REFUSED_STREAM);
    ck_assert_uint_eq(client.replies[129].error, NGHTTP2_REFUSED_STREAM);
    ck_assert_uint_eq(nghttp2_session_get_remote_settings(client.session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS), 128);
    hang_up();
    rig_await_sockets(0);
}
END_TEST

START_TEST(one_who_resets_all_it_asks_is_sent_away)
{
    dial();
    for (int i = 0; i < 700; i++) {
        int32_t id = submit("GET", "/", NULL, NULL);

        say();
        nghttp2_submit_rst_stream(client.session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
        say();
    }
    await_count(&client.goaway_count, 1);
    await_end();
    hang_up();
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

    dial();
    say();
    say_frame(NGHTTP2_HEADERS, 0, 1, "\x82\x86\x84", 3);
    for (int i = 0; i < 20; i++)
        say_frame(NGHTTP2_CONTINUATION, 0, 1, padding, 0);
    await_end();
    ck_assert_int_eq(rig.served, 0);
    hang_up();
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
    dial();
    say();
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
    hang_up();
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

    dial();
    say();
    say_frame(NGHTTP2_SETTINGS, 0, 0, entries, sizeof entries);
    await_count(&client.goaway_count, 1);
    await_end();
    hang_up();
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
    dial();
    get("/hold");
    await_count(&rig.held_count, 1);
    ck_assert(!http2_make_room(rig.front->http2));
    exchange_reply(rig.held[0], 200, "text/plain", "x");
    rig.held[0] = NULL;
    await(1);
    ck_assert(http2_make_room(rig.front->http2));
    await_end();
    ck_assert_int_eq(client.goaway_count, 1);
    ck_assert_uint_eq(rig.front->socket_count, 0);
    hang_up();
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

    dial();
    for (int i = 0; i < 3; i++)
        ids[i] = get("/hold");
    await_count(&rig.held_count, 3);
    ck_assert(rig_is_asleep());
    for (int i = 2; i >= 0; i--) {
        answer_held(i, bodies[i]);
        ck_assert_str_eq(await(ids[i])->body.data, bodies[i]);
    }
    ck_assert_int_eq(rig.left_count, 0);
    hang_up();
}
END_TEST

START_TEST(a_stream_that_is_reset_is_noticed)
{
    int32_t id;

    dial();
    id = get("/hold");
    get("/hold");
    await_count(&rig.held_count, 2);
    nghttp2_submit_rst_stream(client.session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
    await_count(&rig.left_count, 1);
    ck_assert_ptr_null(rig.held[0]);
    answer_held(1, "stays");
    ck_assert_str_eq(await(3)->body.data, "stays");
    ck_assert_int_eq(rig.left_count, 1);
    hang_up();
}
END_TEST

START_TEST(a_client_that_leaves_while_it_waits_is_noticed)
{
    dial();
    get("/hold");
    get("/hold");
    await_count(&rig.held_count, 2);
    hang_up();
    rig_await(&rig.left_count, 2);
    rig_await_sockets(0);
}
END_TEST

START_TEST(a_client_that_closes_half_counts_as_gone)
{
    dial();
    get("/hold");
    await_count(&rig.held_count, 1);
    shutdown(client.peer.fd, SHUT_WR);
    await_count(&rig.left_count, 1);
    await_end();
    hang_up();
    rig_await_sockets(0);
}
END_TEST

START_TEST(a_client_that_closes_half_after_asking_is_answered_when_we_can_at_once)
{
    dial();
    get("/");
    shutdown(client.peer.fd, SHUT_WR);
    ck_assert_int_eq(await(1)->status, 200);
    hang_up();
    rig_await_sockets(0);
}
END_TEST

START_TEST(an_answer_to_nobody_is_dropped)
{
    struct exchange *exchange;

    dial();
    get("/hold");
    await_count(&rig.held_count, 1);
    exchange = rig.held[0];
    exchange->left = NULL;
    hang_up();
    rig_await_sockets(0);
    exchange_reply(exchange, 200, "text/plain", "late");
    rig.held[0] = NULL;
    rig_turn(4);
    ck_assert_int_eq(rig.left_count, 0);
}
END_TEST

START_TEST(closing_answers_who_waits_and_says_goodbye)
{
    dial();
    get("/hold");
    post("/echo", 0, 100, true);
    await_count(&rig.held_count, 1);
    front_close(rig.front);
    rig.front = NULL;
    ck_assert_int_eq(rig.left_count, 1);
    for (int i = 0; i < 20 && !client.peer.is_over; i++)
        hear();
    ck_assert_int_eq(reply_to(1)->status, 503);
    ck_assert_int_eq(client.goaway_count, 1);
    ck_assert_uint_eq(client.goaway_error, NGHTTP2_NO_ERROR);
    ck_assert(client.peer.is_over);
    hang_up();
}
END_TEST

/* --- bounds in time --- */

START_TEST(an_idle_connection_is_closed_in_the_end)
{
    dial();
    await(get("/"));
    clock_advance(&rig.clock, 800000);
    for (int i = 0; i < 4; i++)
        turn();
    ck_assert(!client.peer.is_over);
    clock_advance(&rig.clock, 200000);
    await_end();
    ck_assert_int_eq(client.goaway_count, 1);
    hang_up();
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
    dial();
    post("/echo", 0, 100, true);
    for (int i = 0; i < 8; i++)
        turn();
    clock_advance(&rig.clock, 70000);
    ck_assert_uint_eq(await(1)->error, NGHTTP2_CANCEL);
    ck_assert_int_eq(rig.served, 0);
    hang_up();
}
END_TEST

START_TEST(an_answer_that_is_not_taken_is_withdrawn)
{
    dial_shut();
    get("/large");
    for (int i = 0; i < 8; i++)
        turn();
    clock_advance(&rig.clock, 290000);
    turn();
    ck_assert_int_eq(client.over_count, 0);
    clock_advance(&rig.clock, 20000);
    ck_assert_uint_eq(await(1)->error, NGHTTP2_CANCEL);
    hang_up();
}
END_TEST

/* Its window is open, but it does not even read from its socket. */
START_TEST(one_who_stops_reading_is_hung_up_on)
{
    const nghttp2_settings_entry open = { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 64 << 20 };

    peer_dial(&client.peer);
    begin(&open, 1);
    nghttp2_session_set_local_window_size(client.session, NGHTTP2_FLAG_NONE, 0, 64 << 20);
    for (int i = 0; i < 30; i++)
        submit("GET", "/large", NULL, NULL);
    say();
    rig_turn(200);
    ck_assert(rig_is_asleep());
    clock_advance(&rig.clock, 310000);
    rig_await_sockets(0);
    hang_up();
}
END_TEST

START_TEST(a_request_that_is_being_answered_is_not_idle)
{
    dial();
    get("/hold");
    await_count(&rig.held_count, 1);
    clock_advance(&rig.clock, 7200000);
    rig_turn(8);
    answer_held(0, "patience");
    ck_assert_str_eq(await(1)->body.data, "patience");
    hang_up();
}
END_TEST

/* --- data on disk --- */

START_TEST(an_answer_waits_for_the_commit)
{
    dial();
    get("/write");
    while (!rig.served)
        loop_turn(rig.ground.loop, 10);
    /* Written in this turn, not committed: the client must not hear of it yet. */
    ck_assert(database_is_dirty(rig.ground.database));
    hear();
    ck_assert_int_eq(reply_to(1)->status, 0);
    ck_assert_str_eq(await(1)->body.data, "ok");
    ck_assert(!database_is_dirty(rig.ground.database));
    hang_up();
}
END_TEST

START_TEST(a_held_answer_waits_for_the_commit_too)
{
    dial();
    get("/hold");
    await_count(&rig.held_count, 1);
    database_write(rig.ground.database);
    answer_held(0, "kept");
    ck_assert(database_is_dirty(rig.ground.database));
    ck_assert_str_eq(await(1)->body.data, "kept");
    ck_assert(!database_is_dirty(rig.ground.database));
    hang_up();
}
END_TEST

START_TEST(answers_become_failures_when_the_commit_fails)
{
    dial();
    get("/hold");
    await_count(&rig.held_count, 1);
    database_write(rig.ground.database);
    answer_held(0, "kept");
    front_fail_answers(rig.front);
    ck_assert_int_eq(await(1)->status, 500);
    hang_up();
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
