/* Listening: both addresses, a port in use, no descriptors left. */

#include "front/rig.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

static struct peer peer;

START_TEST(both_addresses_of_localhost_answer)
{
    struct sockaddr_in6 address = { .sin6_family = AF_INET6,
                                    .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                                    .sin6_port = htons((uint16_t)front_port(rig.front)) };

    if (!rig.front->listeners[1].sentry.is_posted)
        return; /* the machine has no ::1 */
    peer = (struct peer){ .fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    ck_assert_int_eq(connect(peer.fd, (struct sockaddr *)&address, sizeof address), 0);
    peer_say(&peer, "GET /show HTTP/1.1\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(peer_answer(&peer), "from=::1\n"));
    peer_hang_up(&peer);
}
END_TEST

/* What front_open says on standard error when it cannot listen as options ask. */
static char *complaint(const struct front_options *options)
{
    struct front *front;
    static char said[512];
    int pipes[2];
    int old = dup(2);
    ssize_t size;

    ck_assert_int_eq(pipe(pipes), 0);
    dup2(pipes[1], 2);
    ck_assert_int_eq(front_open(&front, &rig.ground, options), BROKEN);
    dup2(old, 2);
    close(old);
    close(pipes[1]);
    size = read(pipes[0], said, sizeof said - 1);
    close(pipes[0]);
    said[size > 0 ? size : 0] = '\0';
    front_close(front);
    return said;
}

START_TEST(a_port_in_use_is_named_with_what_to_do)
{
    struct front_options options = rig.options;
    char port[16];
    char *said;

    options.port = front_port(rig.front);
    snprintf(port, sizeof port, "port %d ", options.port);
    said = complaint(&options);
    ck_assert_ptr_nonnull(strstr(said, port));
    ck_assert_ptr_nonnull(strstr(said, "in use"));
    ck_assert_ptr_nonnull(strstr(said, "--port"));
    ck_assert_ptr_eq(strchr(said, '\n') + 1, said + strlen(said)); /* one line */
}
END_TEST

START_TEST(an_address_that_is_not_ours_is_named)
{
    struct front_options options = rig.options;

    options.host = "192.0.2.1";
    ck_assert_ptr_nonnull(strstr(complaint(&options), "192.0.2.1"));
    options.host = "no address";
    ck_assert_ptr_nonnull(strstr(complaint(&options), "no address"));
    options.host = "127.0.0.1";
    options.port = 65536;
    ck_assert_ptr_nonnull(strstr(complaint(&options), "65536"));
}
END_TEST

static void limit_descriptors(rlim_t count)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = count;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* A client that cannot be accepted would wake an event loop for ever: it is taken in and sent away instead. */
START_TEST(without_descriptors_nobody_waits_and_nothing_spins)
{
    int lowest = dup(0);

    close(lowest);
    peer_dial(&peer);
    log_set_level(LOG_ERROR);
    limit_descriptors((rlim_t)lowest + 1); /* the client's own is the last */
    peer_say(&peer, "GET / HTTP/1.1\r\n\r\n");
    peer_await_end(&peer);
    ck_assert(rig_is_asleep());
    ck_assert_uint_eq(rig.front->socket_count, 0);
    limit_descriptors(1024);
    peer_hang_up(&peer);
    ck_assert_int_eq(status_of(ask("GET / HTTP/1.1\r\n\r\n")), 200);
}
END_TEST

Suite *suite_listener(void)
{
    Suite *suite = suite_create("listener");
    TCase *tests = tcase_create("listener");

    tcase_add_checked_fixture(tests, rig_open, rig_close);
    tcase_add_test(tests, both_addresses_of_localhost_answer);
    tcase_add_test(tests, a_port_in_use_is_named_with_what_to_do);
    tcase_add_test(tests, an_address_that_is_not_ours_is_named);
    tcase_add_test(tests, without_descriptors_nobody_waits_and_nothing_spins);
    suite_add_tcase(suite, tests);
    return suite;
}
