/* The yardstick: a bare libmicrohttpd server that answers each request with its own body. One thread, epoll, and the library's own
 * settings. Prints its port, and runs until its standard input ends. */

#include "net.h"

#include <microhttpd.h>

enum { POOL_BYTES = 32768, BODY_MAX = 65536 };

struct body {
    size_t size;
    char bytes[BODY_MAX];
};

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                              const char *data, size_t *size, void **state)
{
    struct body *body = *state;
    struct MHD_Response *response;
    enum MHD_Result queued;

    (void)context, (void)url, (void)method, (void)version;
    if (!body) {
        *state = body = malloc(sizeof *body);
        body->size = 0;
        return MHD_YES;
    }
    if (*size) {
        if (body->size + *size > BODY_MAX)
            return MHD_NO;
        memcpy(body->bytes + body->size, data, *size);
        body->size += *size;
        *size = 0;
        return MHD_YES;
    }
    response = MHD_create_response_from_buffer(body->size, body->bytes, MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(response, "Content-Type", "application/x-amz-json-1.0");
    MHD_add_response_header(response, "x-amzn-RequestId", "00000000-0000-4000-8000-000000000000");
    queued = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return queued;
}

static void completed(void *context, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code)
{
    (void)context, (void)connection, (void)code;
    free(*state);
    *state = NULL;
}

int main(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, NULL, MHD_OPTION_SOCK_ADDR, &address,
                                                 MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                                                 (size_t)POOL_BYTES, MHD_OPTION_END);
    const union MHD_DaemonInfo *info = daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    char byte;

    if (!info)
        give_up("the echo server does not start");
    printf("%d\n", info->port);
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        ;
    MHD_stop_daemon(daemon);
    return 0;
}
