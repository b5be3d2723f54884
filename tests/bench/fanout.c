/* The fan-out of one 200-byte message to many WebSocket clients, by the front door itself (fanout front CLIENTS ROUNDS), and by nothing but
 * send() on as many sockets (fanout bare CLIENTS ROUNDS). The clients are another process, which counts every byte. Prints
 * {"frames":N,"perSecond":N}, from the first send until the last byte was read. */

#include "net.h"

#include "front/front.h"
#include "world.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/wait.h>

enum { CLIENTS_MAX = 10000, MESSAGE_BYTES = 200, FRAME_BYTES = MESSAGE_BYTES + 4 };

struct pipes {
    int to_clients[2]; /* the port */
    int to_server[2];  /* a byte when all are connected, one when all has come */
};

/* ---- the clients' process ---- */

static void drain(int epoll, size_t bytes)
{
    struct epoll_event events[256];
    static char sink[1 << 18];

    while (bytes) {
        int ready = epoll_wait(epoll, events, 256, 10000);

        if (ready <= 0)
            give_up("%zu bytes did not come", bytes);
        for (int i = 0; i < ready; i++) {
            ssize_t got = recv(events[i].data.fd, sink, sizeof sink, 0);

            if (got <= 0)
                give_up("a client was closed");
            bytes -= (size_t)got;
        }
    }
}

static void __attribute__((noreturn)) be_clients(const struct pipes *pipes, int clients, int rounds, bool is_websocket)
{
    int epoll = epoll_create1(0), port;

    if (read(pipes->to_clients[0], &port, sizeof port) != sizeof port)
        exit(1);
    for (int i = 0; i < clients; i++) {
        int fd = is_websocket ? websocket_open(port, "/") : connect_to(port);
        struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
    if (write(pipes->to_server[1], "c", 1) != 1)
        exit(1);
    drain(epoll, (size_t)clients * (size_t)rounds * FRAME_BYTES);
    exit(write(pipes->to_server[1], "d", 1) != 1);
}

static void send_port(const struct pipes *pipes, int port)
{
    if (write(pipes->to_clients[1], &port, sizeof port) != sizeof port)
        give_up("cannot tell the clients the port");
}

static bool has_word(const struct pipes *pipes, int timeout_ms)
{
    struct pollfd poll_fd = { .fd = pipes->to_server[0], .events = POLLIN };
    char byte;

    return poll(&poll_fd, 1, timeout_ms) > 0 && read(pipes->to_server[0], &byte, 1) == 1;
}

static void report(int clients, int rounds, int64_t began_us)
{
    long frames = (long)clients * rounds;

    printf("{\"frames\":%ld,\"perSecond\":%.0f}\n", frames, (double)frames * 1e6 / (double)(now_us() - began_us));
}

/* ---- bare sockets ---- */

static void be_bare(const struct pipes *pipes, int clients, int rounds)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), *fds = calloc((size_t)clients, sizeof *fds), yes = 1;
    char frame[FRAME_BYTES] = { 0 };
    int64_t began;

    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1024) ||
        getsockname(listener, (struct sockaddr *)&address, &size))
        give_up("cannot listen");
    send_port(pipes, ntohs(address.sin_port));
    for (int i = 0; i < clients; i++) {
        fds[i] = accept(listener, NULL, NULL);
        setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    if (!has_word(pipes, 10000))
        give_up("the clients did not connect");
    began = now_us();
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < clients; i++)
            send_all(fds[i], frame, sizeof frame);
    if (!has_word(pipes, 30000))
        give_up("not all bytes came");
    report(clients, rounds, began);
}

/* ---- the front door ---- */

struct house {
    struct world world;
    struct front *front;
    struct websocket *websockets[CLIENTS_MAX];
    int count;
};

static void nothing_said(struct websocket *websocket, void *owner, const char *text, size_t size)
{
    (void)websocket, (void)owner, (void)text, (void)size;
}

static void nobody_left(struct websocket *websocket, void *owner, int code, const char *reason, bool by_us)
{
    (void)websocket, (void)owner, (void)code, (void)reason, (void)by_us;
}

static void let_in(void *context, struct upgrade *upgrade)
{
    static const struct websocket_limits limits = { 32768, 131072, 64 << 20 };
    static const struct websocket_events events = { nothing_said, nobody_left };
    struct house *house = context;

    house->websockets[house->count++] = upgrade_accept(upgrade, NULL, &limits, &events, NULL);
}

static void refuse(void *context, struct exchange *exchange)
{
    (void)context;
    exchange_reply(exchange, 404, "text/plain", "");
}

static void be_front(const struct pipes *pipes, int clients, int rounds)
{
    static struct house house;
    struct world_options world = { .port = -1, .seed = 1 };
    struct front_options options = {
        .host = "127.0.0.1", .body_max_bytes = (16 << 20) + 1, .serve = refuse, .upgrade = let_in, .context = &house
    };
    char message[MESSAGE_BYTES + 1];
    int64_t began, deadline = now_us() + 10000000;

    memset(message, 'x', MESSAGE_BYTES);
    if (world_open(&house.world, &world) != OK || front_open(&house.front, &house.world.ground, &options) != OK)
        give_up("the front door does not open");
    send_port(pipes, front_port(house.front));
    while (!has_word(pipes, 0)) {
        if (now_us() > deadline)
            give_up("the clients did not connect");
        loop_turn(house.world.ground.loop, 1);
    }
    began = now_us();
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < clients; i++)
            if (websocket_send(house.websockets[i], message, MESSAGE_BYTES) != OK)
                give_up("a client was too slow");
        loop_turn(house.world.ground.loop, 0);
    }
    for (deadline = now_us() + 30000000; !has_word(pipes, 0);) {
        if (now_us() > deadline)
            give_up("not all bytes came");
        loop_turn(house.world.ground.loop, 1);
    }
    report(clients, rounds, began);
    front_close(house.front);
    world_close(&house.world);
}

int main(int argc, char **argv)
{
    int clients = argc > 3 ? atoi(argv[2]) : 0, rounds = argc > 3 ? atoi(argv[3]) : 0;
    bool is_front = argc > 3 && !strcmp(argv[1], "front");
    struct pipes pipes;
    pid_t child;

    if (clients < 1 || clients > CLIENTS_MAX || rounds < 1)
        give_up("usage: fanout front|bare CLIENTS ROUNDS");
    if (pipe(pipes.to_clients) || pipe(pipes.to_server))
        give_up("no pipes");
    child = fork();
    if (child == 0)
        be_clients(&pipes, clients, rounds, is_front);
    if (is_front)
        be_front(&pipes, clients, rounds);
    else
        be_bare(&pipes, clients, rounds);
    /* The clients end by themselves; the loop may have reaped them already. */
    waitpid(child, NULL, 0);
    return 0;
}
