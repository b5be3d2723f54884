/* A client that is turned away gets an answer, and must be able to read it: a socket that is closed while bytes of the client are still
 * unread throws the answer away (a reset on TCP, ECONNRESET on the plain end of a TLS relay). So: write, say that no more will come, read
 * and drop what the client still sends, and close when it has closed; bounded in bytes and time. */

#include "front/inside.h"

#include "base/memory.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct farewell {
    struct front *front;
    struct list link;
    struct sentry sentry;
    struct timer timer;
    int fd;
    struct buffer words; /* what is still to be written */
    size_t drained_bytes;
    bool has_spoken; /* all is written, the writing side is closed */
};

static void finish(struct farewell *farewell)
{
    struct front *front = farewell->front;

    sentry_withdraw(&front->lookout, &farewell->sentry);
    timer_stop(front->ground->clock, &farewell->timer);
    list_remove(&farewell->link);
    buffer_clear(&farewell->words);
    close(farewell->fd);
    free(farewell);
    door_socket_closed(front);
}

/* False when the line is dead. */
static bool speak(struct farewell *farewell)
{
    while (farewell->words.size) {
        ssize_t sent = send(farewell->fd, farewell->words.data, farewell->words.size, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent < 0)
            return errno == EAGAIN || errno == EINTR;
        buffer_drop(&farewell->words, (size_t)sent);
    }
    if (!farewell->has_spoken)
        shutdown(farewell->fd, SHUT_WR);
    farewell->has_spoken = true;
    return true;
}

/* False when the client has closed, or has sent more than we care to drop. */
static bool drain(struct farewell *farewell)
{
    char dropped[4096];
    ssize_t size;

    while ((size = recv(farewell->fd, dropped, sizeof dropped, MSG_DONTWAIT)) > 0) {
        farewell->drained_bytes += (size_t)size;
        if (farewell->drained_bytes > FAREWELL_DRAIN_BYTES)
            return false;
    }
    return size < 0 && (errno == EAGAIN || errno == EINTR);
}

static void on_farewell(struct sentry *sentry, uint32_t events)
{
    struct farewell *farewell = list_item(sentry, struct farewell, sentry);
    bool is_line_dead = (events & (EPOLLHUP | EPOLLERR)) || !speak(farewell);

    /* A client that only closed its writing side still reads. */
    if (is_line_dead || (!drain(farewell) && farewell->has_spoken))
        finish(farewell);
}

static void on_patience_ends(struct timer *timer)
{
    finish(list_item(timer, struct farewell, timer));
}

const char *farewell_body(int status)
{
    switch (status) {
    case 408:
        return "{\"message\":\"Request Timeout\"}";
    case 413:
        return "{\"message\":\"Request Entity Too Large\"}";
    case 426:
        return "{\"message\":\"Upgrade Required\"}";
    case 431:
        return "{\"message\":\"Request Header Fields Too Large\"}";
    case 503:
        return "{\"message\":\"Service Unavailable\"}";
    case 505:
        return "{\"message\":\"HTTP Version Not Supported\"}";
    default:
        return "{\"message\":\"Bad Request\"}";
    }
}

static bool has_line_break(const char *text)
{
    return text[strcspn(text, "\r\n")] != '\0';
}

static void write_headers(struct buffer *words, const struct header_list *headers)
{
    bool has_type = false;

    for (size_t i = 0; headers && i < headers->count; i++) {
        const struct header *header = &headers->items[i];

        if (has_line_break(header->name) || has_line_break(header->value))
            continue;
        if (!strcasecmp(header->name, "Content-Length") || !strcasecmp(header->name, "Connection"))
            continue;
        has_type |= !strcasecmp(header->name, "Content-Type");
        buffer_print(words, "%s: %s\r\n", header->name, header->value);
    }
    if (!has_type)
        buffer_add_text(words, "Content-Type: application/json\r\n");
}

static void write_answer(struct farewell *farewell, int status, const struct header_list *headers, const char *body, size_t size_bytes)
{
    struct buffer *words = &farewell->words;

    buffer_print(words, "HTTP/1.1 %d %s\r\nDate: %s\r\n", status, MHD_get_reason_phrase_for((unsigned)status),
                 http_date(farewell->front->http));
    write_headers(words, headers);
    if (status == 426)
        buffer_add_text(words, "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
    buffer_print(words, "Content-Length: %zu\r\nConnection: close\r\n\r\n", size_bytes);
    buffer_add(words, body, size_bytes);
}

void farewell_say(struct front *front, int fd, int status, const struct header_list *headers, const char *body, size_t size_bytes)
{
    struct farewell *farewell = memory_new(sizeof *farewell);

    farewell->front = front;
    farewell->fd = fd;
    list_add(&front->farewells, &farewell->link);
    write_answer(farewell, status, headers, body, size_bytes);
    timer_start(front->ground->clock, &farewell->timer, FAREWELL_TIMEOUT_MS, on_patience_ends);
    /* The first report comes at once: the socket can be written to. */
    if (!sentry_post(&front->lookout, &farewell->sentry, fd, EPOLLIN | EPOLLOUT, on_farewell))
        finish(farewell);
}

void farewell_close_all(struct front *front)
{
    while (!list_is_empty(&front->farewells))
        finish(list_item(front->farewells.next, struct farewell, link));
}
