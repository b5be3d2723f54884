/* TLS, ended here: OpenSSL speaks with the client, and the plain bytes go through a pair of sockets whose other end comes to the door as a
 * visitor of its own. So nothing behind the door knows of TLS, and all of it works the same over it.
 *
 * Bytes that one side cannot take yet wait in the relay, and while they do, nothing more is read from the other side: at most one record
 * waits in each direction, however slow a side is. */

#include "front/inside.h"

#include "base/log.h"
#include "base/memory.h"
#include "front/authority.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PIECE_BYTES = 16384, /* the largest TLS record */
    ROUNDS_MAX = 16      /* of one relay before others have their turn */
};

struct relay {
    struct front *front;
    struct list link; /* in front->handshakes, then in front->relays */
    struct sentry outer;
    struct sentry inner;
    SSL *tls;
    struct timer timer; /* bounds the handshake, and later the goodbye */
    struct deferred again;
    struct buffer inward;  /* from the client, for us */
    struct buffer outward; /* from us, for the client */
    int outer_fd;
    size_t dropped_bytes; /* after the goodbye */
    int inner_fd;         /* -1 before the handshake is done */
    bool is_outer_over;   /* the client sends no more */
    bool is_inner_over;   /* we send no more */
    bool is_inner_told;   /* our side knows that the client sends no more */
    bool is_leaving;      /* all is sent, the client has been told; only its own close is awaited */
    char address[INET6_ADDRSTRLEN];
};

static void pump(struct relay *relay);

static void finish(struct relay *relay)
{
    struct front *front = relay->front;

    sentry_withdraw(&front->lookout, &relay->outer);
    sentry_withdraw(&front->lookout, &relay->inner);
    timer_stop(front->ground->clock, &relay->timer);
    loop_forget(&relay->again);
    list_remove(&relay->link);
    SSL_free(relay->tls);
    ERR_clear_error();
    close(relay->outer_fd);
    door_socket_closed(front);
    if (relay->inner_fd >= 0) {
        close(relay->inner_fd);
        door_socket_closed(front);
    }
    buffer_clear(&relay->inward);
    buffer_clear(&relay->outward);
    free(relay);
}

static void on_timeout(struct timer *timer)
{
    finish(list_item(timer, struct relay, timer));
}

/* --- certificates --- */

static int choose_protocol(SSL *tls, const unsigned char **chosen, unsigned char *length, const unsigned char *offered,
                           unsigned offered_size, void *context)
{
    static const unsigned char ours[] = "\x02h2\x08http/1.1";
    unsigned char *found;

    (void)tls;
    (void)context;
    if (SSL_select_next_proto(&found, length, ours, sizeof ours - 1, offered, offered_size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

static int choose_certificate(SSL *tls, int *alert, void *nothing);

static struct authority *authority_of(struct front *front)
{
    char *directory = memory_copy_text(front->ground->ca_file);
    char *slash = directory ? strrchr(directory, '/') : NULL;

    if (!front->authority) {
        if (slash)
            *slash = '\0';
        if (authority_open(&front->authority, slash ? directory : NULL, front->ground->clock) != OK) {
            authority_close(front->authority);
            front->authority = NULL;
        }
    }
    free(directory);
    return front->authority;
}

static SSL_CTX *context_for(struct front *front, const char *name)
{
    struct authority *authority = authority_of(front);
    SSL_CTX *context = authority ? authority_context(authority, name) : NULL;

    if (!context)
        return NULL;
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    SSL_CTX_set_tlsext_servername_callback(context, choose_certificate);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    return context;
}

/* The client has named a server: it is shown a certificate for that name. */
static int choose_certificate(SSL *tls, int *alert, void *nothing)
{
    struct relay *relay = SSL_get_app_data(tls);
    const char *name = SSL_get_servername(tls, TLSEXT_NAMETYPE_host_name);
    SSL_CTX *context = name ? context_for(relay->front, name) : NULL;

    (void)nothing;
    if (!name)
        return SSL_TLSEXT_ERR_NOACK;
    if (context && SSL_set_SSL_CTX(tls, context))
        return SSL_TLSEXT_ERR_OK;
    *alert = SSL_AD_INTERNAL_ERROR;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* A client that names no server has connected to an address: that is what its certificate is for. NULL: a loopback one. */
static const char *own_address(int fd, char text[INET6_ADDRSTRLEN])
{
    struct sockaddr_storage address = { 0 };
    socklen_t length = sizeof address;
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address;

    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return NULL;
    if (address.ss_family == AF_INET)
        return v4->sin_addr.s_addr == htonl(INADDR_LOOPBACK) ? NULL : inet_ntop(AF_INET, &v4->sin_addr, text, INET6_ADDRSTRLEN);
    if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
        return inet_ntop(AF_INET, (const char *)&v6->sin6_addr + 12, text, INET6_ADDRSTRLEN);
    return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) ? NULL : inet_ntop(AF_INET6, &v6->sin6_addr, text, INET6_ADDRSTRLEN);
}

/* --- moving bytes --- */

/* Whether the TLS call may succeed later; if not, the line is over. */
static bool may_retry(struct relay *relay, int result)
{
    int error = SSL_get_error(relay->tls, result);

    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

static bool read_outer(struct relay *relay)
{
    char *room;
    int size;

    if (relay->is_outer_over || relay->inward.size)
        return false;
    room = relay->front->piece;
    ERR_clear_error();
    size = SSL_read(relay->tls, room, PIECE_BYTES);
    if (size <= 0) {
        relay->is_outer_over = !may_retry(relay, size);
        return relay->is_outer_over;
    }
    buffer_add(&relay->inward, room, (size_t)size);
    return true;
}

static bool write_inner(struct relay *relay)
{
    ssize_t size;

    if (!relay->inward.size) {
        if (!relay->is_outer_over || relay->is_inner_told)
            return false;
        shutdown(relay->inner_fd, SHUT_WR);
        relay->is_inner_told = true;
        return true;
    }
    size = send(relay->inner_fd, relay->inward.data, relay->inward.size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    /* Our side listens no more, but what it has said must still reach the client. */
    buffer_drop(&relay->inward, size < 0 ? relay->inward.size : (size_t)size);
    if (!relay->inward.size)
        buffer_clear(&relay->inward);
    return true;
}

static bool read_inner(struct relay *relay)
{
    char *room = relay->front->piece;
    ssize_t size;

    if (relay->is_inner_over || relay->outward.size)
        return false;
    size = recv(relay->inner_fd, room, PIECE_BYTES, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (size <= 0)
        relay->is_inner_over = true;
    else
        buffer_add(&relay->outward, room, (size_t)size);
    return true;
}

/* The last words: the client learns that no more will come, and has a while to close from its side. */
static void take_leave(struct relay *relay)
{
    relay->is_leaving = true;
    ERR_clear_error();
    SSL_shutdown(relay->tls);
    shutdown(relay->outer_fd, SHUT_WR);
    timer_start(relay->front->ground->clock, &relay->timer, FAREWELL_TIMEOUT_MS, on_timeout);
}

static bool write_outer(struct relay *relay)
{
    int size;

    if (relay->is_leaving)
        return false;
    if (!relay->outward.size) {
        if (relay->is_inner_over)
            take_leave(relay);
        return false;
    }
    ERR_clear_error();
    size = SSL_write(relay->tls, relay->outward.data, (int)relay->outward.size);
    if (size > 0) {
        buffer_drop(&relay->outward, (size_t)size);
        if (!relay->outward.size)
            buffer_clear(&relay->outward);
        return true;
    }
    if (may_retry(relay, size))
        return false;
    relay->is_outer_over = true;
    relay->is_inner_over = true;
    relay->is_leaving = true;
    return false;
}

static bool is_done(const struct relay *relay)
{
    return relay->is_leaving && relay->is_outer_over;
}

static void pump_again(struct deferred *deferred)
{
    pump(list_item(deferred, struct relay, again));
}

/* A client that still sends while we leave would find its answer torn away by a reset: its bytes are read and dropped, within reason. */
static void drop_inward(struct relay *relay)
{
    if (!relay->is_leaving)
        return;
    relay->dropped_bytes += relay->inward.size;
    buffer_clear(&relay->inward);
    if (relay->dropped_bytes > FAREWELL_DRAIN_BYTES)
        relay->is_outer_over = true;
}

static void pump(struct relay *relay)
{
    bool has_moved = true;

    for (int round = 0; has_moved && round < ROUNDS_MAX; round++) {
        has_moved = read_outer(relay);
        drop_inward(relay);
        has_moved |= write_inner(relay);
        has_moved |= read_inner(relay);
        has_moved |= write_outer(relay);
    }
    if (is_done(relay))
        finish(relay);
    else if (has_moved)
        loop_defer(relay->front->ground->loop, &relay->again, pump_again);
}

static void on_inner(struct sentry *sentry, uint32_t events)
{
    (void)events;
    pump(list_item(sentry, struct relay, inner));
}

/* --- the handshake --- */

/* False when there are no more file descriptors. */
static bool open_inner(struct relay *relay)
{
    struct front *front = relay->front;
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0)
        return false;
    relay->inner_fd = pair[0];
    front->socket_count++;
    timer_stop(front->ground->clock, &relay->timer);
    list_remove(&relay->link);
    list_add(&front->relays, &relay->link);
    if (!sentry_post(&front->lookout, &relay->inner, pair[0], EPOLLIN | EPOLLOUT, on_inner)) {
        close(pair[1]);
        return false;
    }
    visitor_arrive(front, pair[1], relay->address, true);
    return true;
}

static void shake_hands(struct relay *relay)
{
    int result;

    ERR_clear_error();
    result = SSL_do_handshake(relay->tls);
    if (result == 1 && open_inner(relay))
        pump(relay);
    else if (result == 1 || !may_retry(relay, result)) {
        log_debug("a TLS handshake failed: %s", result == 1 ? "no descriptors" : ERR_reason_error_string(ERR_peek_last_error()));
        finish(relay);
    }
}

static void on_outer(struct sentry *sentry, uint32_t events)
{
    struct relay *relay = list_item(sentry, struct relay, outer);

    (void)events;
    if (relay->inner_fd < 0)
        shake_hands(relay);
    else
        pump(relay);
}

static bool open_tls(struct relay *relay)
{
    char text[INET6_ADDRSTRLEN];
    SSL_CTX *context = context_for(relay->front, own_address(relay->outer_fd, text));

    relay->tls = context ? SSL_new(context) : NULL;
    if (!relay->tls || !SSL_set_fd(relay->tls, relay->outer_fd))
        return false;
    SSL_set_app_data(relay->tls, relay);
    SSL_set_accept_state(relay->tls);
    return true;
}

void relay_begin(struct visitor *visitor)
{
    struct front *front = visitor->front;
    struct relay *relay = memory_new(sizeof *relay);

    relay->front = front;
    relay->outer_fd = visitor->fd;
    relay->inner_fd = -1;
    strcpy(relay->address, visitor->address);
    visitor_leave(visitor);
    list_add(&front->handshakes, &relay->link);
    timer_start(front->ground->clock, &relay->timer, HEAD_TIMEOUT_MS, on_timeout);
    /* The first report comes at once: bytes are there. */
    if (!open_tls(relay) || !sentry_post(&front->lookout, &relay->outer, relay->outer_fd, EPOLLIN | EPOLLOUT, on_outer))
        finish(relay);
}

bool relay_make_room(struct front *front)
{
    if (list_is_empty(&front->handshakes))
        return false;
    finish(list_item(front->handshakes.next, struct relay, link));
    return true;
}

bool relays_are_quiet(const struct front *front)
{
    list_each(link, following, &front->relays) {
        struct relay *relay = list_item(link, struct relay, link);
        int waiting = 0;

        ioctl(relay->inner_fd, FIONREAD, &waiting);
        if (waiting || relay->outward.size)
            return false;
    }
    return true;
}

void relay_close_all(struct front *front)
{
    while (relay_make_room(front))
        continue;
    while (!list_is_empty(&front->relays)) {
        struct relay *relay = list_item(front->relays.next, struct relay, link);

        if (!relay->is_leaving)
            take_leave(relay);
        finish(relay);
    }
    authority_close(front->authority);
}
