#include "courier.h"

#include "base/buffer.h"
#include "base/list.h"
#include "base/log.h"
#include "base/memory.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct courier {
    struct loop *loop;
    struct clock *clock;
    CURLM *multi;
    struct timer timer; /* libcurl's own next deadline */
    struct list calls;
    bool is_closing;
};

struct courier_call {
    struct list link;
    CURL *easy;
    struct curl_slist *headers;
    struct buffer body;
    char problem[CURL_ERROR_SIZE];
    void (*answered)(const struct courier_answer *answer, void *context);
    void *context;
};

static void free_call(struct courier *courier, struct courier_call *call)
{
    list_remove(&call->link);
    curl_multi_remove_handle(courier->multi, call->easy);
    curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    buffer_clear(&call->body);
    free(call);
}

static void finish(struct courier *courier, struct courier_call *call, CURLcode code)
{
    struct courier_answer answer = { .body = call->body.data ? call->body.data : "", .size_bytes = call->body.size };
    long status = 0;

    if (code == CURLE_OK)
        curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    else
        answer.problem = call->problem[0] ? call->problem : curl_easy_strerror(code);
    answer.status = (int)status;
    call->answered(&answer, call->context);
    free_call(courier, call);
}

static void collect(struct courier *courier)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(courier->multi, &left))) {
        struct courier_call *call = NULL;
        CURLcode code = message->data.result;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        finish(courier, call, code);
    }
}

static void act(struct courier *courier, curl_socket_t socket, int events)
{
    int running;

    curl_multi_socket_action(courier->multi, socket, events, &running);
    collect(courier);
}

static void ready(struct watch *watch, int events, void *context)
{
    act(context, watch_fd(watch), (events & WATCH_READ ? CURL_CSELECT_IN : 0) | (events & WATCH_WRITE ? CURL_CSELECT_OUT : 0));
}

/* libcurl says which of its sockets to watch for what. */
static int watch_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *socket_context)
{
    struct courier *courier = context;
    struct watch *watch = socket_context;
    int events = (what & CURL_POLL_IN ? WATCH_READ : 0) | (what & CURL_POLL_OUT ? WATCH_WRITE : 0);

    (void)easy;
    if (what == CURL_POLL_REMOVE)
        watch_close(watch);
    else if (watch)
        watch_set(watch, events);
    else
        curl_multi_assign(courier->multi, socket, watch_open(courier->loop, socket, events, ready, courier));
    return 0;
}

static void time_is_up(struct timer *timer)
{
    act(list_item(timer, struct courier, timer), CURL_SOCKET_TIMEOUT, 0);
}

static int set_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct courier *courier = context;

    (void)multi;
    if (timeout_ms < 0)
        timer_stop(courier->clock, &courier->timer);
    else
        timer_start(courier->clock, &courier->timer, timeout_ms, time_is_up);
    return 0;
}

struct courier *courier_open(struct loop *loop, struct clock *clock)
{
    struct courier *courier = memory_new(sizeof *courier);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    courier->loop = loop;
    courier->clock = clock;
    courier->multi = curl_multi_init();
    list_init(&courier->calls);
    curl_multi_setopt(courier->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(courier->multi, CURLMOPT_SOCKETDATA, courier);
    curl_multi_setopt(courier->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(courier->multi, CURLMOPT_TIMERDATA, courier);
    return courier;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct courier_call *call = context;

    if (call->body.size + size * count > COURIER_BODY_MAX_BYTES)
        return 0; /* ends the call with an error */
    buffer_add(&call->body, bytes, size * count);
    return size * count;
}

static void add_header(struct courier_call *call, const char *header)
{
    call->headers = curl_slist_append(call->headers, header);
}

static void sign(struct courier_call *call, const struct courier_signature *signature)
{
    char text[2200];

    snprintf(text, sizeof text, "aws:amz:%s:%s", signature->region, signature->service);
    curl_easy_setopt(call->easy, CURLOPT_AWS_SIGV4, text);
    curl_easy_setopt(call->easy, CURLOPT_USERNAME, signature->key);
    curl_easy_setopt(call->easy, CURLOPT_PASSWORD, signature->secret);
    if (!signature->session_token)
        return;
    snprintf(text, sizeof text, "X-Amz-Security-Token: %s", signature->session_token);
    add_header(call, text);
}

static void fill_in(struct courier_call *call, const struct courier_request *request)
{
    CURL *easy = call->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->problem);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1"); /* a proxy for the world does not know this machine */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    if (request->body) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->size_bytes);
        curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body);
    }
    for (size_t i = 0; request->headers && request->headers[i]; i++)
        add_header(call, request->headers[i]);
    if (request->signature)
        sign(call, request->signature);
    if (request->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
}

void courier_send(struct courier *courier, const struct courier_request *request)
{
    struct courier_call *call = memory_new(sizeof *call);

    call->easy = curl_easy_init();
    call->answered = request->answered;
    call->context = request->context;
    fill_in(call, request);
    list_add(&courier->calls, &call->link);
    curl_multi_add_handle(courier->multi, call->easy);
    if (courier->is_closing)
        finish(courier, call, CURLE_ABORTED_BY_CALLBACK);
}

void courier_close(struct courier *courier)
{
    if (!courier)
        return;
    courier->is_closing = true;
    while (!list_is_empty(&courier->calls))
        finish(courier, list_item(courier->calls.next, struct courier_call, link), CURLE_ABORTED_BY_CALLBACK);
    timer_stop(courier->clock, &courier->timer);
    curl_multi_cleanup(courier->multi);
    free(courier);
    curl_global_cleanup();
}
