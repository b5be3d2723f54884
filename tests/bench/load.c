/* An HTTP load over kept-alive connections, one request at a time on each:
 *
 *     load [-s SECONDS | -n REQUESTS] [-f FIRST] [-k KEYS] PORT CONNECTIONS PATH BODY [HEADER ...]
 *
 * sends POSTs of BODY ("-": standard input) for SECONDS (1), or REQUESTS of them, and prints {"requests":N, "seconds":N, "perSecond":N,
 * "answerBytes":N, "p50Us":N, "p99Us":N}. Each "########" in BODY becomes a running number from FIRST (0) on, which begins again after KEYS
 * (20,000; without an end with -n). Anything but a 200 ends it with an error, and so does a server that is silent
 * for ten seconds. It sleeps while no answer is there, as clients do. */

#include "net.h"

#include <sys/epoll.h>

enum {
    CONNECTIONS_MAX = 256,
    NUMBERS_MAX = 1024,
    BODY_MAX = 1 << 20,
    HEAD_MAX = 16384,
    ANSWER_MAX = 12 << 20,
    KEYS = 20000,
    PATIENCE_MS = 10000
};

struct connection {
    int fd;
    int64_t sent_at;
    size_t got;
    char *answer;
    size_t answer_capacity;
};

struct load {
    double seconds;
    size_t requests; /* 0: as many as there are in `seconds` */
    unsigned keys;   /* 0: no end */
    char *request;
    size_t size;
    char *numbers[NUMBERS_MAX]; /* where the running numbers stand in request */
    int number_count;
    unsigned turn;
    size_t sent;
    size_t answer_bytes;
    struct times times;
};

static const char *read_body(const char *body)
{
    static char text[BODY_MAX];
    size_t size;

    if (strcmp(body, "-"))
        return body;
    size = fread(text, 1, sizeof text - 1, stdin);
    if (size == sizeof text - 1)
        give_up("the body is too large");
    return text;
}

static void prepare(struct load *load, int port, const char *path, const char *body, char **headers, int header_count)
{
    size_t room = HEAD_MAX + strlen(body);
    int size;

    load->request = malloc(room);
    size = snprintf(load->request, room, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %zu\r\n", path, port, strlen(body));
    for (int i = 0; i < header_count && size < HEAD_MAX; i++)
        size += snprintf(load->request + size, room - (size_t)size, "%s\r\n", headers[i]);
    if (size + 2 >= HEAD_MAX)
        give_up("the head is too large");
    load->size = (size_t)size + (size_t)sprintf(load->request + size, "\r\n%s", body);
    for (char *mark = load->request + size; (mark = strstr(mark, "########")); mark += 8) {
        if (load->number_count == NUMBERS_MAX)
            give_up("more than %d running numbers", NUMBERS_MAX);
        load->numbers[load->number_count++] = mark;
    }
}

static void ask(struct load *load, struct connection *connection)
{
    char digits[9];

    if (load->requests && load->sent == load->requests)
        return;
    load->sent++;
    for (int i = 0; i < load->number_count; i++, load->turn++) {
        snprintf(digits, sizeof digits, "%08u", (load->keys ? load->turn % load->keys : load->turn) % 100000000);
        memcpy(load->numbers[i], digits, 8);
    }
    connection->got = 0;
    connection->sent_at = now_us();
    send_all(connection->fd, load->request, load->size);
}

static void make_room(struct connection *connection)
{
    if (connection->got + 65536 < connection->answer_capacity)
        return;
    if (connection->answer_capacity >= ANSWER_MAX)
        give_up("an answer of more than %d bytes", ANSWER_MAX);
    connection->answer_capacity = connection->answer_capacity ? connection->answer_capacity * 2 : 131072;
    connection->answer = realloc(connection->answer, connection->answer_capacity);
    if (!connection->answer)
        give_up("out of memory");
}

static void hear(struct load *load, struct connection *connection)
{
    ssize_t got;

    make_room(connection);
    got = recv(connection->fd, connection->answer + connection->got, connection->answer_capacity - 1 - connection->got, 0);
    if (got <= 0)
        give_up("a connection ended: %s", got ? strerror(errno) : "closed by the server");
    connection->got += (size_t)got;
    connection->answer[connection->got] = 0;
    if (!answer_size(connection->answer, connection->got))
        return;
    if (strncmp(connection->answer + 9, "200", 3))
        give_up("not a 200: %.400s", connection->answer);
    times_add(&load->times, now_us() - connection->sent_at);
    load->answer_bytes += connection->got;
    ask(load, connection);
}

static bool is_over(const struct load *load, int64_t end)
{
    return load->requests ? load->times.count >= load->requests : now_us() >= end;
}

static void run(struct load *load, struct connection *connections, int count)
{
    int64_t began = now_us(), end = began + (int64_t)(load->seconds * 1e6);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event events[CONNECTIONS_MAX];
    double took;

    for (int i = 0; i < count; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &connections[i] };

        epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i].fd, &event);
        ask(load, &connections[i]);
    }
    while (!is_over(load, end)) {
        int ready = epoll_wait(epoll, events, CONNECTIONS_MAX, PATIENCE_MS);

        if (ready == 0)
            give_up("no answer for ten seconds");
        for (int i = 0; i < ready; i++)
            hear(load, events[i].data.ptr);
    }
    took = (double)(now_us() - began) / 1e6;
    printf("{\"requests\":%zu,\"seconds\":%.6f,\"perSecond\":%.0f,\"answerBytes\":%zu,\"p50Us\":%u,\"p99Us\":%u}\n", load->times.count,
           took, (double)load->times.count / took, load->answer_bytes, times_percentile(&load->times, 0.5),
           times_percentile(&load->times, 0.99));
}

static void __attribute__((noreturn)) usage(void)
{
    give_up("usage: load [-s SECONDS | -n REQUESTS] [-f FIRST] [-k KEYS] PORT CONNECTIONS PATH BODY [HEADER ...]");
}

/* Answers the index of the first argument behind the options. */
static int read_options(struct load *load, int argc, char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "s:n:f:k:")) != -1)
        switch (option) {
        case 's':
            load->seconds = atof(optarg);
            break;
        case 'n':
            load->requests = strtoul(optarg, NULL, 10);
            load->keys = 0;
            break;
        case 'f':
            load->turn = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'k':
            load->keys = (unsigned)strtoul(optarg, NULL, 10);
            break;
        default:
            usage();
        }
    return optind;
}

int main(int argc, char **argv)
{
    static struct load load = { .seconds = 1, .keys = KEYS };
    struct connection *connections;
    int first = read_options(&load, argc, argv), port, count;

    if (argc - first < 4)
        usage();
    port = atoi(argv[first]);
    count = atoi(argv[first + 1]);
    if (count < 1 || count > CONNECTIONS_MAX)
        give_up("1 to %d connections", CONNECTIONS_MAX);
    prepare(&load, port, argv[first + 2], read_body(argv[first + 3]), argv + first + 4, argc - first - 4);
    connections = calloc((size_t)count, sizeof *connections);
    for (int i = 0; i < count; i++)
        connections[i].fd = connect_to(port);
    run(&load, connections, count);
    return 0;
}
