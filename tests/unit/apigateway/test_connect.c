/* Coming in: the CONNECT event to the byte, who is let in, and what the others see. */

#include "suites.h"

#include "gateway.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HOST "iscs8iy8me.execute-api.us-east-1.amazonaws.com"

/* expected: printf form with ' for "; compared as text, because the order of members is AWS's too. */
static void expect_text(const char *text, const char *expected)
{
    char wanted[4096];

    snprintf(wanted, sizeof wanted, "%s", expected);
    for (char *at = wanted; *at; at++)
        if (*at == '\'')
            *at = '"';
    ck_assert_str_eq(text, wanted);
}

START_TEST(connect_gets_the_handshake_as_the_service_tells_it)
{
    int client = gateway_dial();

    ck_assert_str_eq(gateway_make_api("$connect"), "iscs8iy8me");
    gateway_script("$connect", "{'statusCode':200}");
    gateway_ask(client, "/prod?VehicleID=v1&path=one&path=t%20wo&empty",
                "Host: " HOST "\r\nuser-agent: Mozilla/5.0\r\nX-Vehicle: a\r\nx-vehicle: \"b\"\r\nX-Latin: caf\xe9\r\n"
                "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    expect_text(gateway_event("$connect"),
                "{'headers':{'Host':'" HOST "','Sec-WebSocket-Extensions':'permessage-deflate',"
                "'Sec-WebSocket-Key':'dGhlIHNhbXBsZSBub25jZQ==','Sec-WebSocket-Version':'13','User-Agent':'Mozilla/5.0',"
                "'X-Amzn-Trace-Id':'Root=1-6553f100-d66fd94756342bd5225c536a','X-Forwarded-For':'127.0.0.1','X-Forwarded-Port':'443',"
                "'X-Forwarded-Proto':'https','X-Latin':'caf\xef\xbf\xbd','X-Vehicle':'\\'b\\''},"
                "'multiValueHeaders':{'Host':['" HOST "'],"
                "'Sec-WebSocket-Extensions':['permessage-deflate'],'Sec-WebSocket-Key':['dGhlIHNhbXBsZSBub25jZQ=='],"
                "'Sec-WebSocket-Version':['13'],'User-Agent':['Mozilla/5.0'],"
                "'X-Amzn-Trace-Id':['Root=1-6553f100-d66fd94756342bd5225c536a'],"
                "'X-Forwarded-For':['127.0.0.1'],'X-Forwarded-Port':['443'],'X-Forwarded-Proto':['https'],"
                "'X-Latin':['caf\xef\xbf\xbd'],'X-Vehicle':['a','\\'b\\'']},"
                "'queryStringParameters':{'VehicleID':'v1','empty':'','path':'t wo'},"
                "'multiValueQueryStringParameters':{'VehicleID':['v1'],'empty':[''],'path':['one','t wo']},"
                "'requestContext':{'routeKey':'$connect','eventType':'CONNECT','extendedRequestId':'OaKYEFnaIAMF720=',"
                "'requestTime':'14/Nov/2023:22:13:20 +0000','messageDirection':'IN','stage':'prod','connectedAt':1700000000000,"
                "'requestTimeEpoch':1700000000000,'identity':{'userAgent':'Mozilla/5.0','sourceIp':'127.0.0.1'},"
                "'requestId':'OaKYEFnaIAMF720=','domainName':'" HOST "','connectionId':'OaKYEe1-IAMCoNQ=','apiId':'iscs8iy8me'},"
                "'isBase64Encoded':false}");
    ck_assert(gateway_has_status(gateway_hear(client), 101));
}
END_TEST

Suite *suite_apigateway_connect(void)
{
    Suite *suite = suite_create("apigateway connect");
    TCase *tests = tcase_create("connect");

    tcase_add_checked_fixture(tests, gateway_open, gateway_close);
    tcase_add_test(tests, connect_gets_the_handshake_as_the_service_tells_it);
    suite_add_tcase(suite, tests);
    return suite;
}
