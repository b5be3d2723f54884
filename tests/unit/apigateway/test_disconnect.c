/* The end of connections: the DISCONNECT event to the byte, its codes and reasons, and the two timers. */

#include "suites.h"

#include "gateway.h"

#include "apigateway/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST "iscs8iy8me.execute-api.us-east-1.amazonaws.com"

enum { MINUTE_MS = 60 * 1000 };

static int enter(void)
{
    gateway_make_api("$disconnect 2chat");
    gateway_script("$disconnect", "{'statusCode':200}");
    gateway_script("chat", "{'statusCode':200,'body':'ok'}");
    return gateway_enter("/prod");
}

static void expect_end(int code, const char *reason)
{
    const char *event = gateway_event("$disconnect");
    char expected[256];

    snprintf(expected, sizeof expected, "\"disconnectStatusCode\":%d,", code);
    ck_assert_msg(strstr(event, expected) != NULL, "%s in %s", expected, event);
    snprintf(expected, sizeof expected, "\"disconnectReason\":\"%s\",", reason);
    ck_assert_msg(strstr(event, expected) != NULL, "%s in %s", expected, event);
    gateway_settle();
    ck_assert_uint_eq(gateway_room->connections.count, 0);
    ck_assert_uint_eq(gateway_invocations(), 1); /* told once */
}

/* The close frame that the client sees: "CODE reason", or "none". */
static const char *hear_close(int client)
{
    static char text[160];
    int opcode;
    size_t size;
    const char *payload = gateway_hear_frame(client, &opcode, &size);

    ck_assert_int_eq(opcode, 8);
    if (size < 2)
        return "none";
    snprintf(text, sizeof text, "%d %.*s", (unsigned char)payload[0] << 8 | (unsigned char)payload[1], (int)size - 2, payload + 2);
    return text;
}

START_TEST(a_disconnect_is_told_as_the_service_tells_it)
{
    char wanted[2048] = "{'headers':{'Host':'" HOST "','x-api-key':'','X-Forwarded-For':'','x-restapi':''},"
                        "'multiValueHeaders':{'Host':['" HOST "'],'x-api-key':[''],'X-Forwarded-For':[''],'x-restapi':['']},"
                        "'requestContext':{'routeKey':'$disconnect','disconnectStatusCode':1005,'eventType':'DISCONNECT',"
                        "'extendedRequestId':'OaKYQHcqIAMFsCA=','requestTime':'14/Nov/2023:22:13:21 +0000','messageDirection':'IN',"
                        "'disconnectReason':'Client-side close frame status not set','stage':'prod','connectedAt':1700000000000,"
                        "'requestTimeEpoch':1700000001234,'identity':{'sourceIp':'127.0.0.1'},'requestId':'OaKYQHcqIAMFsCA=',"
                        "'domainName':'" HOST "','connectionId':'OaKYEe1-IAMCoNQ=','apiId':'iscs8iy8me'},'isBase64Encoded':false}";
    int client = gateway_dial();

    for (char *at = wanted; *at; at++)
        if (*at == '\'')
            *at = '"';
    gateway_make_api("$disconnect");
    gateway_ask(client, "/prod", "Host: " HOST "\r\n");
    ck_assert(gateway_has_status(gateway_hear(client), 101));
    clock_advance(&fixture_world.clock, 1234);
    gateway_send(client, 8, "", 0);
    ck_assert_str_eq(gateway_event("$disconnect"), wanted);
    ck_assert_str_eq(hear_close(client), "none");
}
END_TEST

static const struct {
    const char *frame; /* the client's close frame */
    size_t size;
    int code;
    const char *reason;
} closes[] = {
    { "", 0, 1005, "Client-side close frame status not set" },
    { "\x03\xe9", 2, 1001, "" },
    { "\x03\xe8", 2, 1000, "" },
    { "\x03\xe8"
      "bye",
      5, 1000, "bye" },
    { "\x0f\xa0"
      "mine",
      6, 4000, "mine" },
};

START_TEST(a_client_closes)
{
    int client = enter();

    gateway_send(client, 8, closes[_i].frame, closes[_i].size);
    expect_end(closes[_i].code, closes[_i].reason);
}
END_TEST

START_TEST(a_line_that_goes_dead_is_1006)
{
    int client = enter();

    shutdown(client, SHUT_RDWR);
    expect_end(1006, "");
}
END_TEST

START_TEST(a_binary_frame_is_1003)
{
    int client = enter();

    gateway_send(client, 2, "abc", 3);
    ck_assert_str_eq(hear_close(client), "1003 ");
    gateway_send(client, 8, "\x03\xeb", 2);
    expect_end(1003, "");
}
END_TEST

START_TEST(too_much_is_1009)
{
    static const size_t frames[] = { 32 * 1024, 32 * 1024 + 1 };
    char *text = calloc(1, 64 * 1024);
    int client = enter();

    memset(text, 'x', 64 * 1024);
    gateway_send(client, 1, text, frames[0]); /* just small enough: it finds no route */
    ck_assert_ptr_nonnull(strstr(gateway_hear_text(client), "Forbidden"));
    gateway_send(client, 1, text, frames[1]);
    ck_assert_str_eq(hear_close(client), "1009 ");
    close(client);
    expect_end(1009, "");
    free(text);
}
END_TEST

START_TEST(ten_idle_minutes_end_it)
{
    int client = enter();

    world_advance(&fixture_world, 10 * MINUTE_MS - 1);
    ck_assert_uint_eq(gateway_room->connections.count, 1);
    world_advance(&fixture_world, 1);
    expect_end(1001, "Going away");
    ck_assert_str_eq(hear_close(client), "1001 Going away");
}
END_TEST

START_TEST(a_message_either_way_keeps_it)
{
    char path[64];
    int client = enter();

    world_advance(&fixture_world, 9 * MINUTE_MS);
    gateway_send_text(client, "{\"action\":\"chat\"}");
    ck_assert_str_eq(gateway_hear_text(client), "ok");
    world_advance(&fixture_world, 9 * MINUTE_MS);
    snprintf(path, sizeof path, "/prod/@connections/%s", gateway_connection(0));
    ck_assert(gateway_has_status(gateway_manage("POST", path, "", "x", 1), 200));
    ck_assert_str_eq(gateway_hear_text(client), "x");
    world_advance(&fixture_world, 10 * MINUTE_MS - 1);
    ck_assert_uint_eq(gateway_room->connections.count, 1);
    world_advance(&fixture_world, 1);
    ck_assert_uint_eq(gateway_room->connections.count, 0);
}
END_TEST

START_TEST(a_ping_does_not_keep_it)
{
    int opcode;
    size_t size;
    int client = enter();

    world_advance(&fixture_world, 9 * MINUTE_MS);
    gateway_send(client, 9, "hi", 2);
    ck_assert_str_eq(gateway_hear_frame(client, &opcode, &size), "hi");
    ck_assert_int_eq(opcode, 10);
    world_advance(&fixture_world, MINUTE_MS);
    expect_end(1001, "Going away");
}
END_TEST

START_TEST(two_hours_end_it)
{
    int client = enter();

    for (int minute = 0; minute < 119; minute++) {
        world_advance(&fixture_world, MINUTE_MS);
        if (minute % 5 == 0) {
            gateway_send_text(client, "x");
            gateway_hear_text(client);
        }
    }
    ck_assert_uint_eq(gateway_room->connections.count, 1);
    world_advance(&fixture_world, MINUTE_MS);
    expect_end(1001, "Going away");
    ck_assert_str_eq(hear_close(client), "1001 Going away");
}
END_TEST

START_TEST(a_deleted_stage_sends_its_clients_away)
{
    const char *api;
    int client;

    api = gateway_make_api("$disconnect");
    client = gateway_enter("/prod");
    gateway_call("DeleteStage", "{'apiId':'%s','stageName':'prod'}", api);
    ck_assert_uint_eq(gateway_room->connections.count, 0);
    ck_assert_str_eq(hear_close(client), "1001 Going away");
    gateway_send_text(client, "{\"action\":\"chat\"}"); /* too late for an answer */
    gateway_send(client, 8, "\x03\xe9", 2);
    gateway_settle();
    ck_assert_uint_eq(gateway_invocations(), 0);
}
END_TEST

/* When lowcloud ends it says good-bye to all, and starts no function for it. */
START_TEST(the_end_of_lowcloud_starts_no_function)
{
    enter();
    ck_assert_uint_eq(gateway_room->connections.count, 1);
    gateway_close_door();
    ck_assert_uint_eq(gateway_room->connections.count, 0);
    ck_assert_uint_eq(gateway_invocations(), 0);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

Suite *suite_apigateway_disconnect(void)
{
    Suite *suite = suite_create("apigateway disconnect");
    TCase *tests = tcase_create("disconnect");

    tcase_add_checked_fixture(tests, gateway_open, gateway_close);
    tcase_add_test(tests, a_disconnect_is_told_as_the_service_tells_it);
    tcase_add_loop_test(tests, a_client_closes, 0, COUNT(closes));
    tcase_add_test(tests, a_line_that_goes_dead_is_1006);
    tcase_add_test(tests, a_binary_frame_is_1003);
    tcase_add_test(tests, too_much_is_1009);
    tcase_add_test(tests, ten_idle_minutes_end_it);
    tcase_add_test(tests, a_message_either_way_keeps_it);
    tcase_add_test(tests, a_ping_does_not_keep_it);
    tcase_add_test(tests, two_hours_end_it);
    tcase_add_test(tests, a_deleted_stage_sends_its_clients_away);
    tcase_add_test(tests, the_end_of_lowcloud_starts_no_function);
    suite_add_tcase(suite, tests);
    return suite;
}
