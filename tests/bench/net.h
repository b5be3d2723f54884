#pragma once
/* What the load clients share: blocking connections to a port of this machine, HTTP answers, WebSocket frames, and a list of times that
 * answers percentiles. They end the process, with one line, when anything is not as it should be: a figure of a broken run is no figure. */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

static void __attribute__((noreturn, format(printf, 1, 2))) give_up(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static UNUSED int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- times ---- */

struct times {
    uint32_t *us;
    size_t count;
    size_t capacity;
};

static UNUSED void times_add(struct times *times, int64_t us)
{
    if (times->count == times->capacity) {
        times->capacity = times->capacity ? times->capacity * 2 : 4096;
        times->us = realloc(times->us, times->capacity * sizeof *times->us);
        if (!times->us)
            give_up("out of memory");
    }
    times->us[times->count++] = us < 0 ? 0 : us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static UNUSED int compare_times(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

/* Sorts; part from 0 to 1. */
static UNUSED unsigned times_percentile(struct times *times, double part)
{
    if (!times->count)
        return 0;
    qsort(times->us, times->count, sizeof *times->us, compare_times);
    return times->us[(size_t)((double)(times->count - 1) * part)];
}

/* ---- connections ---- */

static UNUSED int connect_to(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        give_up("cannot connect to port %d: %s", port, strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

static UNUSED void send_all(int fd, const void *data, size_t size)
{
    const char *bytes = data;

    while (size) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            give_up("cannot send: %s", strerror(errno));
        bytes += sent;
        size -= (size_t)sent;
    }
}

static UNUSED void read_exactly(int fd, void *data, size_t size)
{
    char *bytes = data;

    while (size) {
        ssize_t got = recv(fd, bytes, size, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            give_up("the connection ended: %s", got ? strerror(errno) : "closed by the server");
        bytes += got;
        size -= (size_t)got;
    }
}

/* ---- HTTP ---- */

/* The size of the complete answer at the start of text (which ends with a NUL), or 0 when more must come. */
static UNUSED size_t answer_size(const char *text, size_t size)
{
    const char *end = memmem(text, size, "\r\n\r\n", 4), *length;
    size_t body;

    if (!end)
        return 0;
    length = strcasestr(text, "\r\ncontent-length:");
    body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    return size >= (size_t)(end - text) + 4 + body ? (size_t)(end - text) + 4 + body : 0;
}

/* Sends a whole request and reads the whole answer into text; answers the status. */
static UNUSED int exchange(int fd, const char *request, size_t request_size, char *text, size_t text_size)
{
    size_t size = 0;

    send_all(fd, request, request_size);
    do {
        ssize_t got = recv(fd, text + size, text_size - 1 - size, 0);

        if (got <= 0)
            give_up("no answer: %s", got ? strerror(errno) : "the connection was closed");
        size += (size_t)got;
        text[size] = 0;
    } while (!answer_size(text, size));
    return atoi(text + 9);
}

/* ---- WebSocket ---- */

static UNUSED int websocket_open(int port, const char *path)
{
    char text[4096];
    size_t size = 0;
    int fd = connect_to(port);

    size = (size_t)snprintf(text, sizeof text,
                            "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                            path, port);
    send_all(fd, text, size);
    /* One byte at a time: a frame may follow the answer at once. */
    for (size = 0; size < 4 || memcmp(text + size - 4, "\r\n\r\n", 4); size++) {
        if (size == sizeof text - 1)
            give_up("the handshake's answer does not end");
        read_exactly(fd, text + size, 1);
    }
    text[size] = 0;
    if (strncmp(text, "HTTP/1.1 101", 12))
        give_up("the handshake of %s was refused: %.200s", path, text);
    return fd;
}

/* Sends a short (up to 125 bytes) text frame, masked with zeros as a client must. */
static UNUSED void websocket_say(int fd, const char *text)
{
    unsigned char frame[6 + 125] = { 0x81, (unsigned char)(0x80 | strlen(text)) };

    memcpy(frame + 6, text, strlen(text));
    send_all(fd, frame, 6 + strlen(text));
}

/* Reads one frame of at most size - 1 bytes; answers its length. */
static UNUSED size_t websocket_hear(int fd, char *text, size_t size)
{
    unsigned char head[4];
    size_t length;

    read_exactly(fd, head, 2);
    length = head[1];
    if (length == 126) {
        read_exactly(fd, head + 2, 2);
        length = (size_t)head[2] << 8 | head[3];
    }
    if ((head[0] & 0x0f) != 1 || length >= size)
        give_up("an unexpected frame: opcode %d, %zu bytes", head[0] & 0x0f, length);
    read_exactly(fd, text, length);
    text[length] = 0;
    return length;
}

/* Opens a connection and learns its id: a message that no route wants is answered with a frame that holds it. id has room for 64. */
static UNUSED int websocket_open_known(int port, const char *path, char *id)
{
    char text[1024], *found, *end;
    int fd = websocket_open(port, path);

    websocket_say(fd, "?");
    websocket_hear(fd, text, sizeof text);
    found = strstr(text, "\"connectionId\"");
    found = found ? strchr(found + 14, '"') : NULL;
    end = found ? strchr(found + 1, '"') : NULL;
    if (!end || end - found > 60)
        give_up("no connection id in %s", text);
    *end = 0;
    strcpy(id, found + 1);
    return fd;
}

/* id with its '=' encoded, for a path; out has room for 3 times id. */
static UNUSED void encode_id(const char *id, char *out)
{
    for (; *id; id++)
        if (*id == '=')
            out += sprintf(out, "%%3D");
        else
            *out++ = *id;
    *out = 0;
}
