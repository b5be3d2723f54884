/* WebSocket figures of a running lowcloud. PATH is a stage of a WebSocket API without routes ("/_aws/execute-api/ID/STAGE"), where every
 * client is let in and a message is answered with its connection id.
 *
 *   push PORT PATH latency ROUNDS              a POST to @connections until its frame is here, one at a time
 *   push PORT PATH fanout CLIENTS ROUNDS       one 200-byte message to each of CLIENTS by POSTs over 16 connections, ROUNDS times
 *   push PORT PATH hold CLIENTS                opens CLIENTS connections, prints "open", and holds them until standard input ends
 *   push PORT PATH record ROUNDS STREAM        a PutRecord that names the connection until the frame that a handler pushes is here, one at
 *                                              a time; "ownUs" in a frame is the time that the handler itself took for the one before
 * Prints one line of JSON. */

#include "net.h"

#include <sys/epoll.h>

enum { CLIENTS_MAX = 10000, POSTERS = 16, TEXT_MAX = 8192, WARM_UP = 50 };

static const char message[201] = "{\"padding\":\"0123456789012345678901234567890123456789012345678901234567890123456789"
                                 "0123456789012345678901234567890123456789012345678901234567890123456789"
                                 "0123456789012345678901234567890123456789012345\"}";

static size_t post_to(char *text, int port, const char *path, const char *id)
{
    char encoded[200];

    encode_id(id, encoded);
    return (size_t)snprintf(text, TEXT_MAX,
                            "POST %s/@connections/%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/octet-stream\r\n"
                            "Authorization: AWS4-HMAC-SHA256 Credential=test/20260102/us-east-1/execute-api/aws4_request, "
                            "SignedHeaders=host;x-amz-date, Signature=0000000000000000000000000000000000000000000000000000000000000000\r\n"
                            "X-Amz-Date: 20260102T030405Z\r\nContent-Length: %zu\r\n\r\n%s",
                            path, encoded, port, strlen(message), message);
}

static void latency(int port, const char *path, int rounds)
{
    char id[64], request[TEXT_MAX], answer[TEXT_MAX], frame[1024];
    int socket = websocket_open_known(port, path, id), http = connect_to(port);
    size_t size = post_to(request, port, path, id);
    struct times times = { 0 };

    for (int i = 0; i < rounds + WARM_UP; i++) {
        int64_t began = now_us();

        send_all(http, request, size);
        websocket_hear(socket, frame, sizeof frame);
        if (i >= WARM_UP)
            times_add(&times, now_us() - began);
        if (strcmp(frame, message) || exchange(http, "", 0, answer, sizeof answer) != 200)
            give_up("another frame or status came: %s / %.200s", frame, answer);
    }
    printf("{\"rounds\":%d,\"p50Us\":%u,\"p99Us\":%u}\n", rounds, times_percentile(&times, 0.5), times_percentile(&times, 0.99));
}

/* ---- fan-out ---- */

struct client {
    int fd;
    char id[64];
};

struct poster {
    int fd;
    size_t got;
    char answer[TEXT_MAX];
};

struct fanout {
    int port, clients, rounds, epoll;
    const char *path;
    struct client *client;
    struct poster poster[POSTERS];
    long sent, total, answered;
    size_t frame_bytes, wanted_bytes;
};

static void post_next(struct fanout *fanout, struct poster *poster)
{
    char request[TEXT_MAX];
    size_t size;

    poster->got = 0;
    if (fanout->sent == fanout->total)
        return;
    size = post_to(request, fanout->port, fanout->path, fanout->client[fanout->sent++ % fanout->clients].id);
    send_all(poster->fd, request, size);
}

static void hear_answer(struct fanout *fanout, struct poster *poster)
{
    ssize_t got = recv(poster->fd, poster->answer + poster->got, TEXT_MAX - 1 - poster->got, 0);

    if (got <= 0)
        give_up("a posting connection ended");
    poster->got += (size_t)got;
    poster->answer[poster->got] = 0;
    if (!answer_size(poster->answer, poster->got))
        return;
    if (strncmp(poster->answer + 9, "200", 3))
        give_up("not a 200: %.300s", poster->answer);
    fanout->answered++;
    post_next(fanout, poster);
}

static void hear_frames(struct fanout *fanout, int fd)
{
    char bytes[65536];
    ssize_t got = recv(fd, bytes, sizeof bytes, 0);

    if (got <= 0)
        give_up("a client was closed");
    fanout->frame_bytes += (size_t)got;
}

static void watch(struct fanout *fanout, int fd, uint64_t what)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = what };

    epoll_ctl(fanout->epoll, EPOLL_CTL_ADD, fd, &event);
}

static void fan_out(int port, const char *path, int clients, int rounds)
{
    static struct fanout fanout;
    struct epoll_event events[256];
    int64_t began;

    fanout.port = port, fanout.path = path, fanout.clients = clients, fanout.rounds = rounds;
    fanout.epoll = epoll_create1(EPOLL_CLOEXEC);
    fanout.client = calloc((size_t)clients, sizeof *fanout.client);
    fanout.total = (long)clients * rounds;
    fanout.wanted_bytes = (size_t)fanout.total * (4 + strlen(message));
    for (int i = 0; i < clients; i++) {
        fanout.client[i].fd = websocket_open_known(port, path, fanout.client[i].id);
        watch(&fanout, fanout.client[i].fd, (uint64_t)i + POSTERS);
    }
    for (int i = 0; i < POSTERS; i++) {
        fanout.poster[i].fd = connect_to(port);
        watch(&fanout, fanout.poster[i].fd, (uint64_t)i);
    }
    began = now_us();
    for (int i = 0; i < POSTERS; i++)
        post_next(&fanout, &fanout.poster[i]);
    while (fanout.answered < fanout.total || fanout.frame_bytes < fanout.wanted_bytes) {
        int ready = epoll_wait(fanout.epoll, events, 256, 5000);

        if (ready == 0)
            give_up("%zu of %zu bytes of frames came, then nothing for five seconds", fanout.frame_bytes, fanout.wanted_bytes);
        for (int i = 0; i < ready; i++)
            if (events[i].data.u64 < POSTERS)
                hear_answer(&fanout, &fanout.poster[events[i].data.u64]);
            else
                hear_frames(&fanout, fanout.client[events[i].data.u64 - POSTERS].fd);
    }
    printf("{\"frames\":%ld,\"perSecond\":%.0f}\n", fanout.total, (double)fanout.total * 1e6 / (double)(now_us() - began));
}

static void hold(int port, const char *path, int clients)
{
    char byte;

    for (int i = 0; i < clients; i++)
        websocket_open(port, path);
    puts("open");
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        ;
}

/* ---- from a record to a frame ---- */

static void encode_base64(const char *text, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = strlen(text);

    for (size_t i = 0; i < size; i += 3) {
        unsigned bits = (unsigned)(unsigned char)text[i] << 16 | (i + 1 < size ? (unsigned)(unsigned char)text[i + 1] << 8 : 0) |
                        (i + 2 < size ? (unsigned)(unsigned char)text[i + 2] : 0);

        *out++ = digits[bits >> 18];
        *out++ = digits[bits >> 12 & 63];
        *out++ = i + 1 < size ? digits[bits >> 6 & 63] : '=';
        *out++ = i + 2 < size ? digits[bits & 63] : '=';
    }
    *out = 0;
}

static size_t put_record(char *text, int port, const char *stream, const char *id, int number)
{
    char record[600], encoded[900], body[1200];

    snprintf(record, sizeof record, "{\"connectionId\":\"%s\",\"seq\":%d,%.140s", id, number, message + 1);
    strcat(record, "\"}");
    encode_base64(record, encoded);
    snprintf(body, sizeof body, "{\"StreamName\":\"%s\",\"PartitionKey\":\"%d\",\"Data\":\"%s\"}", stream, number, encoded);
    return (size_t)snprintf(text, TEXT_MAX,
                            "POST / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/x-amz-json-1.1\r\n"
                            "X-Amz-Target: Kinesis_20131202.PutRecord\r\n"
                            "Authorization: AWS4-HMAC-SHA256 Credential=test/20260102/us-east-1/kinesis/aws4_request, "
                            "SignedHeaders=host;x-amz-date, Signature=0000000000000000000000000000000000000000000000000000000000000000\r\n"
                            "X-Amz-Date: 20260102T030405Z\r\nContent-Length: %zu\r\n\r\n%s",
                            port, strlen(body), body);
}

static void from_record(int port, const char *path, int rounds, const char *stream)
{
    char id[64], request[TEXT_MAX], answer[TEXT_MAX], frame[2048];
    int socket = websocket_open_known(port, path, id), http = connect_to(port), warm_up = 20;
    struct times times = { 0 }, own = { 0 }, beyond = { 0 };
    int64_t last = -1;

    for (int i = 0; i < rounds + warm_up; i++) {
        size_t size = put_record(request, port, stream, id, i);
        int64_t began = now_us(), took;
        char *found, wanted[32];

        send_all(http, request, size);
        websocket_hear(socket, frame, sizeof frame);
        took = now_us() - began;
        if (exchange(http, "", 0, answer, sizeof answer) != 200)
            give_up("PutRecord: %.300s", answer);
        snprintf(wanted, sizeof wanted, "\"seq\":%d", i);
        if (!strstr(frame, wanted) && !strstr(frame, "\"seq\": "))
            give_up("another frame came: %s", frame);
        found = strstr(frame, "\"ownUs\":");
        if (found && last >= 0 && i > warm_up) {
            times_add(&own, atoll(found + 8));
            times_add(&beyond, last - atoll(found + 8));
        }
        if (i >= warm_up)
            times_add(&times, took);
        last = took;
    }
    printf("{\"rounds\":%d,\"p50Us\":%u,\"p99Us\":%u,\"ownP50Us\":%u,\"beyondP50Us\":%u}\n", rounds, times_percentile(&times, 0.5),
           times_percentile(&times, 0.99), times_percentile(&own, 0.5), times_percentile(&beyond, 0.5));
}

int main(int argc, char **argv)
{
    int port = argc > 1 ? atoi(argv[1]) : 0, number = argc > 4 ? atoi(argv[4]) : 0;

    if (argc > 4 && number > 0 && number <= 1000000) {
        if (!strcmp(argv[3], "latency"))
            return latency(port, argv[2], number), 0;
        if (!strcmp(argv[3], "fanout") && argc > 5 && number <= CLIENTS_MAX)
            return fan_out(port, argv[2], number, atoi(argv[5])), 0;
        if (!strcmp(argv[3], "hold") && number <= CLIENTS_MAX)
            return hold(port, argv[2], number), 0;
        if (!strcmp(argv[3], "record") && argc > 5)
            return from_record(port, argv[2], number, argv[5]), 0;
    }
    give_up("usage: push PORT PATH latency ROUNDS | fanout CLIENTS ROUNDS | hold CLIENTS | record ROUNDS STREAM");
}
