/* From PutRecord to a reader with enhanced fan-out: subscribe PORT COUNT STREAM CONSUMER_ARN puts COUNT records into the first shard, one
 * at a time, each from its first byte sent until it stands in an event of the subscription. Prints {"p50Us":N,"p99Us":N}. */

#include "net.h"

enum { HEAD_BYTES = 2048, STREAM_BYTES = 65536 };

#define SIGNED                                                                                                                 \
    "Authorization: AWS4-HMAC-SHA256 Credential=test/20260102/us-east-1/kinesis/aws4_request, SignedHeaders=host;x-amz-date, " \
    "Signature=0000000000000000000000000000000000000000000000000000000000000000\r\n"                                           \
    "X-Amz-Date: 20260102T030405Z\r\n"

static size_t print_request(char *text, size_t room, const char *operation, const char *body)
{
    int size = snprintf(text, room,
                        "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-amz-json-1.1\r\n"
                        "X-Amz-Target: Kinesis_20131202.%s\r\n" SIGNED "Content-Length: %zu\r\n\r\n%s",
                        operation, strlen(body), body);

    if (size < 0 || (size_t)size >= room)
        give_up("the request is too large");
    return (size_t)size;
}

/* Reads on until text stands in what came; what is before it is dropped. */
static void read_until(int fd, char *buffer, size_t *size, const char *text)
{
    char *found;

    while (!(found = memmem(buffer, *size, text, strlen(text)))) {
        ssize_t got;

        if (*size > STREAM_BYTES / 2) {
            memmove(buffer, buffer + *size - 256, 256);
            *size = 256;
        }
        got = recv(fd, buffer + *size, STREAM_BYTES - *size, 0);
        if (got <= 0)
            give_up("the subscription ended: %s", got ? strerror(errno) : "closed by the server");
        *size += (size_t)got;
    }
    *size -= (size_t)(found - buffer) + strlen(text);
    memmove(buffer, found + strlen(text), *size);
}

static int subscribe(int port, const char *consumer, char *buffer, size_t *size)
{
    char body[1024], request[HEAD_BYTES + sizeof body];
    int fd = connect_to(port);

    snprintf(body, sizeof body, "{\"ConsumerARN\":\"%s\",\"ShardId\":\"shardId-000000000000\",\"StartingPosition\":{\"Type\":\"LATEST\"}}",
             consumer);
    send_all(fd, request, print_request(request, sizeof request, "SubscribeToShard", body));
    read_until(fd, buffer, size, "HTTP/1.1 200");
    read_until(fd, buffer, size, "initial-response");
    return fd;
}

/* Digits are letters of base64 too, so that the data can be looked for as it was sent. */
static void put(int fd, const char *stream, int number, char data[13])
{
    char body[512], request[HEAD_BYTES + sizeof body];

    snprintf(data, 13, "AAAA%08d", number % 100000000);
    snprintf(body, sizeof body, "{\"StreamName\":\"%s\",\"PartitionKey\":\"k\",\"Data\":\"%s\"}", stream, data);
    send_all(fd, request, print_request(request, sizeof request, "PutRecord", body));
}

static void read_answer(int fd)
{
    char text[8192];
    size_t size = 0;

    do {
        ssize_t got = recv(fd, text + size, sizeof text - 1 - size, 0);

        if (got <= 0)
            give_up("no answer to a PutRecord");
        size += (size_t)got;
        text[size] = 0;
    } while (!answer_size(text, size));
    if (atoi(text + 9) != 200)
        give_up("not a 200: %.300s", text);
}

int main(int argc, char **argv)
{
    static char buffer[STREAM_BYTES];
    struct times times = { 0 };
    size_t size = 0;
    int port, count, reader, writer;

    if (argc != 5)
        give_up("usage: subscribe PORT COUNT STREAM CONSUMER_ARN");
    port = atoi(argv[1]);
    count = atoi(argv[2]);
    reader = subscribe(port, argv[4], buffer, &size);
    writer = connect_to(port);
    for (int i = 0; i < count; i++) {
        int64_t began = now_us();
        char data[13];

        put(writer, argv[3], i, data);
        read_until(reader, buffer, &size, data);
        times_add(&times, now_us() - began);
        read_answer(writer);
    }
    printf("{\"p50Us\":%u,\"p99Us\":%u}\n", times_percentile(&times, 0.5), times_percentile(&times, 0.99));
    return 0;
}
