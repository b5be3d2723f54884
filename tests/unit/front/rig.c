#include "front/rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <netinet/tcp.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

struct rig rig;
static struct turn_hook commit_hook;
static struct buffer answer;

/* --- behind the door --- */

static void on_left(struct exchange *exchange, void *context)
{
    (void)context;
    rig.left_count++;
    for (int i = 0; i < rig.held_count; i++)
        if (rig.held[i] == exchange)
            rig.held[i] = NULL;
    exchange_send(exchange);
}

static void hold(struct exchange *exchange)
{
    exchange->left = on_left;
    rig.held[rig.held_count++] = exchange;
}

static void show(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    struct buffer *body = &exchange->answer.body;

    buffer_print(body, "method=%s\ntarget=%s\npath=%s\nquery=%s\n", request->method, request->target, request->path, request->query);
    for (size_t i = 0; i < request->headers.count; i++)
        buffer_print(body, "[%s]=[%s]\n", request->headers.items[i].name, request->headers.items[i].value);
    buffer_print(body, "body=%zu:%.100s\nlarge=%d tls=%d from=%s\n", request->body_size, request->body, request->is_too_large,
                 request->is_tls, request->remote_address);
}

static void say_much(struct buffer *body)
{
    memset(buffer_reserve(body, 1 << 20), 'x', 1 << 20);
    body->size = 1 << 20;
    body->data[body->size] = '\0';
}

static void serve(void *context, struct exchange *exchange)
{
    struct request *request = &exchange->request;

    ck_assert_ptr_eq(context, &rig);
    rig.served++;
    if (!strcmp(request->path, "/hold")) {
        hold(exchange);
        return;
    }
    exchange->answer.status = 200;
    exchange_header(exchange, "Content-Type", "text/plain");
    if (!strcmp(request->path, "/echo"))
        buffer_add(&exchange->answer.body, request->body, request->body_size);
    else if (!strcmp(request->path, "/show"))
        show(exchange);
    else if (!strcmp(request->path, "/large"))
        say_much(&exchange->answer.body);
    else
        buffer_add_text(&exchange->answer.body, "ok");
    if (!strcmp(request->path, "/write")) {
        database_write(rig.ground.database);
        database_run(rig.ground.database, "INSERT INTO kept VALUES (1)");
    }
    exchange_send(exchange);
}

static void on_message(struct websocket *websocket, void *owner, const char *text, size_t size_bytes)
{
    ck_assert_ptr_eq(owner, &rig);
    ck_assert_ptr_eq(websocket, rig.websocket);
    ck_assert_int_eq(text[size_bytes], 0);
    buffer_clear(&rig.message);
    buffer_add(&rig.message, text, size_bytes);
    rig.message_count++;
}

static void on_closed(struct websocket *websocket, void *owner, int code, const char *reason, bool by_us)
{
    ck_assert_ptr_eq(owner, &rig);
    rig.closed_count++;
    rig.closed_code = code;
    rig.closed_by_us = by_us;
    snprintf(rig.closed_reason, sizeof rig.closed_reason, "%s", reason);
    if (websocket == rig.websocket)
        rig.websocket = NULL;
}

static const struct websocket_events events = { on_message, on_closed };

static void on_upgrade_left(struct upgrade *upgrade, void *context)
{
    ck_assert_ptr_eq(context, &rig);
    ck_assert_ptr_eq(upgrade, rig.upgrade);
    rig.upgrade_left_count++;
    rig.upgrade = NULL;
}

struct websocket *rig_accept(struct upgrade *upgrade)
{
    return rig.websocket = upgrade_accept(upgrade, request_header(&upgrade->request, "X-Choose"), &rig.limits, &events, &rig);
}

void rig_answer(int which, const char *text)
{
    struct exchange *exchange = rig.held[which];

    rig.held[which] = NULL;
    exchange_reply(exchange, 200, "text/plain", text);
}

static void upgrade(void *context, struct upgrade *held)
{
    struct header_list headers = { 0 };

    ck_assert_ptr_eq(context, &rig);
    rig.upgrade_count++;
    if (!strcmp(held->request.path, "/hold")) {
        held->left = on_upgrade_left;
        held->context = &rig;
        rig.upgrade = held;
    } else if (!strcmp(held->request.path, "/refuse")) {
        header_add(&headers, &held->arena, "x-amzn-ErrorType", "ForbiddenException");
        upgrade_refuse(held, 403, &headers, "{\"message\":\"Forbidden\"}", 23);
    } else
        rig_accept(held);
}

/* --- life --- */

static bool commit(struct turn_hook *hook)
{
    (void)hook;
    database_commit(rig.ground.database);
    return false;
}

static void open_rig(bool is_kept)
{
    char *file;

    strcpy(rig.directory, "/tmp/lowcloud-front-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(rig.directory));
    file = memory_print("%s/ca.pem", rig.directory);
    random_open(&rig.random, 1);
    ck_assert_int_eq(loop_open(&rig.ground.loop, &rig.clock), OK);
    ck_assert_int_eq(database_open(&rig.ground.database, is_kept ? rig.directory : NULL), OK);
    database_run(rig.ground.database, "CREATE TABLE IF NOT EXISTS kept (n)");
    if (is_kept)
        loop_add_hook(rig.ground.loop, &commit_hook, commit);
    rig.ground.clock = &rig.clock;
    rig.ground.random = &rig.random;
    rig.ground.ca_file = file;
    rig.limits = (struct websocket_limits){ 32768, 131072, 1 << 20 };
    rig.options =
        (struct front_options){ .host = "127.0.0.1", .body_max_bytes = RIG_BODY_MAX, .serve = serve, .upgrade = upgrade, .context = &rig };
    ck_assert_int_eq(front_open(&rig.front, &rig.ground, &rig.options), OK);
}

void rig_open(void)
{
    clock_open(&rig.clock);
    open_rig(false);
}

void rig_open_frozen(void)
{
    clock_open(&rig.clock);
    clock_freeze(&rig.clock, 1700000000000);
    open_rig(false);
}

void rig_open_kept(void)
{
    clock_open(&rig.clock);
    open_rig(true);
}

static int remove_entry(const char *path, const struct stat *entry, int kind, struct FTW *place)
{
    (void)entry;
    (void)kind;
    (void)place;
    return remove(path);
}

void rig_close(void)
{
    front_close(rig.front);
    for (int i = 0; i < rig.held_count; i++)
        if (rig.held[i])
            exchange_send(rig.held[i]);
    buffer_clear(&rig.message);
    buffer_clear(&answer);
    database_close(rig.ground.database);
    loop_close(rig.ground.loop);
    clock_close(&rig.clock);
    free((char *)rig.ground.ca_file);
    nftw(rig.directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* --- turning --- */

static int64_t deadline(void)
{
    return clock_stopwatch_us() + PATIENCE_MS * 1000;
}

void rig_await(const int *count, int wanted)
{
    int64_t until = deadline();

    while (*count < wanted && clock_stopwatch_us() < until)
        loop_turn(rig.ground.loop, 10);
    ck_assert_int_ge(*count, wanted);
}

void rig_await_sockets(size_t wanted)
{
    int64_t until = deadline();

    while (rig.front->socket_count != wanted && clock_stopwatch_us() < until)
        loop_turn(rig.ground.loop, 10);
    ck_assert_uint_eq(rig.front->socket_count, wanted);
}

void rig_turn(int times)
{
    while (times--)
        loop_turn(rig.ground.loop, 0);
}

bool rig_is_asleep(void)
{
    int64_t began;

    rig_turn(8); /* what is under way */
    began = clock_stopwatch_us();
    loop_turn(rig.ground.loop, 20);
    return clock_stopwatch_us() - began >= 15000;
}

/* --- the client --- */

void peer_dial(struct peer *peer)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)front_port(rig.front)) };
    int yes = 1;

    *peer = (struct peer){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(connect(peer->fd, (struct sockaddr *)&address, sizeof address), 0);
    setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static void trust(SSL_CTX *context)
{
    struct authority *authority;

    ck_assert_int_eq(authority_open(&authority, rig.directory, &rig.clock), OK);
    ck_assert_int_eq(SSL_CTX_load_verify_locations(context, authority_file(authority), NULL), 1);
    authority_close(authority);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_X509_STRICT);
}

static void shake_hands(struct peer *peer)
{
    int64_t until = deadline();
    int result;

    while ((result = SSL_do_handshake(peer->tls)) != 1 && clock_stopwatch_us() < until) {
        int error = SSL_get_error(peer->tls, result);

        ck_assert_msg(error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE, "the handshake failed");
        loop_turn(rig.ground.loop, 10);
    }
    ck_assert_int_eq(result, 1);
}

static void set_nonblocking(int fd)
{
    int yes = 1;

    ck_assert_int_eq(ioctl(fd, FIONBIO, &yes), 0);
}

void peer_dial_tls(struct peer *peer, const char *server_name)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    peer_dial(peer);
    set_nonblocking(peer->fd);
    trust(context);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    peer->tls = SSL_new(context);
    SSL_CTX_free(context);
    SSL_set_fd(peer->tls, peer->fd);
    SSL_set_connect_state(peer->tls);
    if (server_name) {
        SSL_set_tlsext_host_name(peer->tls, server_name);
        SSL_set1_host(peer->tls, server_name);
    } else
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(peer->tls), "127.0.0.1");
    shake_hands(peer);
}

/* One read of what is there; false when nothing was. */
static bool listen_once(struct peer *peer)
{
    char *room = buffer_reserve(&peer->heard, 65536);
    ssize_t size = peer->tls ? SSL_read(peer->tls, room, 65536) : recv(peer->fd, room, 65536, MSG_DONTWAIT);

    if (size > 0) {
        peer->heard.size += (size_t)size;
        peer->heard.data[peer->heard.size] = '\0';
        return true;
    }
    if (peer->tls) {
        int error = SSL_get_error(peer->tls, (int)size);

        peer->is_over = error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
        return false;
    }
    peer->was_reset = size < 0 && errno == ECONNRESET;
    peer->is_over = size == 0 || peer->was_reset;
    return false;
}

void peer_listen(struct peer *peer)
{
    while (!peer->is_over && listen_once(peer))
        continue;
    buffer_reserve(&peer->heard, 1)[0] = '\0';
}

void peer_say_bytes(struct peer *peer, const void *bytes, size_t size_bytes)
{
    int64_t until = deadline();
    const char *at = bytes;

    while (size_bytes && clock_stopwatch_us() < until) {
        ssize_t size = peer->tls ? SSL_write(peer->tls, at, (int)size_bytes) : send(peer->fd, at, size_bytes, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (size > 0) {
            at += size;
            size_bytes -= (size_t)size;
            continue;
        }
        if (!peer->tls && errno != EAGAIN)
            return; /* the other side has closed: what it said is still to be heard */
        peer_listen(peer);
        loop_turn(rig.ground.loop, 5);
    }
}

void peer_say(struct peer *peer, const char *text)
{
    peer_say_bytes(peer, text, strlen(text));
}

void peer_hear(struct peer *peer, const char *text)
{
    int64_t until = deadline();

    peer_listen(peer);
    while (!memmem(peer->heard.data, peer->heard.size, text, strlen(text)) && !peer->is_over && clock_stopwatch_us() < until) {
        loop_turn(rig.ground.loop, 10);
        peer_listen(peer);
    }
    ck_assert_msg(memmem(peer->heard.data, peer->heard.size, text, strlen(text)) != NULL, "wanted \"%s\", heard \"%.300s\"", text,
                  peer->heard.data);
}

void peer_await_end(struct peer *peer)
{
    int64_t until = deadline();

    while (!peer->is_over && clock_stopwatch_us() < until) {
        loop_turn(rig.ground.loop, 10);
        peer_listen(peer);
    }
    ck_assert(peer->is_over);
}

const char *peer_answer(struct peer *peer)
{
    int64_t until = deadline();
    const char *length;
    size_t head;
    size_t whole;

    peer_hear(peer, "\r\n\r\n");
    head = (size_t)(strstr(peer->heard.data, "\r\n\r\n") + 4 - peer->heard.data);
    length = strcasestr(peer->heard.data, "\r\nContent-Length: ");
    whole = head + (length && length < peer->heard.data + head ? strtoul(length + 18, NULL, 10) : 0);
    while (peer->heard.size < whole && !peer->is_over && clock_stopwatch_us() < until) {
        loop_turn(rig.ground.loop, 10);
        peer_listen(peer);
    }
    ck_assert_uint_ge(peer->heard.size, whole);
    buffer_clear(&answer);
    buffer_add(&answer, peer->heard.data, whole);
    buffer_drop(&peer->heard, whole);
    return answer.data;
}

void peer_hang_up(struct peer *peer)
{
    SSL_free(peer->tls);
    if (peer->fd >= 0)
        close(peer->fd);
    buffer_clear(&peer->heard);
    *peer = (struct peer){ .fd = -1 };
}

const char *ask(const char *request)
{
    struct peer peer;
    const char *heard;

    peer_dial(&peer);
    peer_say(&peer, request);
    heard = peer_answer(&peer);
    peer_hang_up(&peer);
    return heard;
}

int status_of(const char *heard)
{
    return strncmp(heard, "HTTP/1.1 ", 9) ? 0 : atoi(heard + 9);
}

/* --- the WebSocket client --- */

void peer_upgrade(struct peer *peer, const char *path)
{
    char head[1024];

    peer_dial(peer);
    snprintf(head, sizeof head, "GET %s HTTP/1.1\r\n" UPGRADE_FIELDS "\r\n", path);
    peer_say(peer, head);
    ck_assert_int_eq(status_of(peer_answer(peer)), 101);
}

void peer_frame(struct peer *peer, int first_byte, const void *payload, size_t size_bytes)
{
    static const unsigned char mask[4] = { 0x12, 0x34, 0x56, 0x78 };
    struct buffer frame = { 0 };

    buffer_add_char(&frame, (char)first_byte);
    if (size_bytes < 126)
        buffer_add_char(&frame, (char)(0x80 | size_bytes));
    else {
        buffer_add_char(&frame, (char)(0x80 | (size_bytes < 65536 ? 126 : 127)));
        for (int shift = size_bytes < 65536 ? 8 : 56; shift >= 0; shift -= 8)
            buffer_add_char(&frame, (char)(size_bytes >> shift & 0xff));
    }
    buffer_add(&frame, mask, 4);
    for (size_t i = 0; i < size_bytes; i++)
        buffer_add_char(&frame, (char)(((const unsigned char *)payload)[i] ^ mask[i & 3]));
    peer_say_bytes(peer, frame.data, frame.size);
    buffer_clear(&frame);
}

void peer_text(struct peer *peer, const char *text)
{
    peer_frame(peer, FIN | TEXT, text, strlen(text));
}

/* Bytes of the whole frame at the front of what is heard; 0 while it is not whole. */
static size_t whole_frame(const struct buffer *heard, size_t *head)
{
    const unsigned char *bytes = (const unsigned char *)heard->data;
    size_t length;

    if (heard->size < 2)
        return 0;
    length = bytes[1] & 0x7f;
    ck_assert_int_eq(bytes[1] & 0x80, 0); /* a server does not mask */
    *head = length < 126 ? 2 : length == 126 ? 4 : 10;
    if (heard->size < *head)
        return 0;
    if (length >= 126) {
        length = 0;
        for (size_t i = 2; i < *head; i++)
            length = length << 8 | bytes[i];
    }
    return heard->size < *head + length ? 0 : *head + length;
}

int peer_next_frame(struct peer *peer, struct buffer *frame)
{
    int64_t until = deadline();
    size_t head = 0;
    size_t size;
    int first;

    peer_listen(peer);
    while (!(size = whole_frame(&peer->heard, &head)) && !peer->is_over && clock_stopwatch_us() < until) {
        loop_turn(rig.ground.loop, 10);
        peer_listen(peer);
    }
    if (!size)
        return -1;
    first = (unsigned char)peer->heard.data[0];
    buffer_clear(frame);
    buffer_add(frame, peer->heard.data + head, size - head);
    buffer_drop(&peer->heard, size);
    return first;
}

void peer_expect_close(struct peer *peer, int code)
{
    struct buffer frame = { 0 };

    ck_assert_int_eq(peer_next_frame(peer, &frame), FIN | CLOSE);
    ck_assert_uint_ge(frame.size, 2);
    ck_assert_int_eq((unsigned char)frame.data[0] << 8 | (unsigned char)frame.data[1], code);
    buffer_clear(&frame);
}
