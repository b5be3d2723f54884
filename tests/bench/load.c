/* An HTTP load: load PORT CONNECTIONS SECONDS PATH BODY [HEADER ...] sends POSTs of BODY over kept-alive connections, one request at a time
 * on each, for SECONDS, and prints {"requests":N,"perSecond":N,"p50Us":N,"p99Us":N}. "########" in BODY becomes a running number. Anything
 * but a 200 ends it with an error. */

#include "net.h"

#include <sys/epoll.h>

enum { CONNECTIONS_MAX = 256, REQUEST_MAX = 16384, ANSWER_MAX = 65536, KEYS = 20000 };

struct connection {
    int fd;
    int64_t sent_at;
    size_t got;
    char answer[ANSWER_MAX];
};

struct load {
    char request[REQUEST_MAX];
    size_t size;
    char *number; /* where the running number stands in request, or NULL */
    unsigned turn;
    struct times times;
};

static void prepare(struct load *load, int port, const char *path, const char *body, char **headers, int header_count)
{
    int size = snprintf(load->request, sizeof load->request, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %zu\r\n", path,
                        port, strlen(body));

    for (int i = 0; i < header_count && size < REQUEST_MAX; i++)
        size += snprintf(load->request + size, sizeof load->request - (size_t)size, "%s\r\n", headers[i]);
    if (size < REQUEST_MAX)
        size += snprintf(load->request + size, sizeof load->request - (size_t)size, "\r\n%s", body);
    if (size >= REQUEST_MAX)
        give_up("the request is too large");
    load->size = (size_t)size;
    load->number = strstr(load->request, "########");
}

static void ask(struct load *load, struct connection *connection)
{
    char digits[9];

    if (load->number) {
        snprintf(digits, sizeof digits, "%08u", load->turn++ % KEYS);
        memcpy(load->number, digits, 8);
    }
    connection->got = 0;
    connection->sent_at = now_us();
    send_all(connection->fd, load->request, load->size);
}

static void hear(struct load *load, struct connection *connection)
{
    ssize_t got = recv(connection->fd, connection->answer + connection->got, ANSWER_MAX - 1 - connection->got, 0);

    if (got <= 0)
        give_up("a connection ended: %s", got ? strerror(errno) : "closed by the server");
    connection->got += (size_t)got;
    connection->answer[connection->got] = 0;
    if (!answer_size(connection->answer, connection->got))
        return;
    if (strncmp(connection->answer + 9, "200", 3))
        give_up("not a 200: %.400s", connection->answer);
    times_add(&load->times, now_us() - connection->sent_at);
    ask(load, connection);
}

static void run(struct load *load, struct connection *connections, int count, double seconds)
{
    int64_t began = now_us(), end = began + (int64_t)(seconds * 1e6);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event events[CONNECTIONS_MAX];

    for (int i = 0; i < count; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &connections[i] };

        epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i].fd, &event);
        ask(load, &connections[i]);
    }
    while (now_us() < end) {
        int ready = epoll_wait(epoll, events, CONNECTIONS_MAX, 2000);

        if (ready == 0)
            give_up("no answer for two seconds");
        for (int i = 0; i < ready; i++)
            hear(load, events[i].data.ptr);
    }
    printf("{\"requests\":%zu,\"perSecond\":%.0f,\"p50Us\":%u,\"p99Us\":%u}\n", load->times.count,
           (double)load->times.count * 1e6 / (double)(now_us() - began), times_percentile(&load->times, 0.5),
           times_percentile(&load->times, 0.99));
}

int main(int argc, char **argv)
{
    static struct load load;
    struct connection *connections;
    int port, count;

    if (argc < 6)
        give_up("usage: load PORT CONNECTIONS SECONDS PATH BODY [HEADER ...]");
    port = atoi(argv[1]);
    count = atoi(argv[2]);
    if (count < 1 || count > CONNECTIONS_MAX)
        give_up("1 to %d connections", CONNECTIONS_MAX);
    prepare(&load, port, argv[4], argv[5], argv + 6, argc - 6);
    connections = calloc((size_t)count, sizeof *connections);
    for (int i = 0; i < count; i++)
        connections[i].fd = connect_to(port);
    run(&load, connections, count, atof(argv[3]));
    return 0;
}
