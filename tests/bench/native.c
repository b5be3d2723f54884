/* A Lambda function without an interpreter, as the bootstrap of a custom runtime: it takes Kinesis batches from the Runtime API, and posts
 * each record's data to the connection that the data names. So what is measured from record to frame is lowcloud, not the handler. */

#include "net.h"

#include <jansson.h>

enum { EVENT_MAX = 1 << 20 };

struct runtime {
    int fd;      /* for the Runtime API */
    int push_fd; /* for @connections */
    char host[64];
    const char *push_path; /* "/_aws/execute-api/ID/STAGE" */
    char event[EVENT_MAX];
};

static size_t decode_base64(const char *text, char *out)
{
    size_t size = 0;
    uint32_t bits = 0;
    int count = 0;

    for (; *text && *text != '='; text++) {
        int c = *text, digit = c >= 'A' && c <= 'Z'   ? c - 'A'
                               : c >= 'a' && c <= 'z' ? c - 'a' + 26
                               : c >= '0' && c <= '9' ? c - '0' + 52
                               : c == '+'             ? 62
                                                      : 63;

        bits = bits << 6 | (uint32_t)digit;
        if (++count % 4 != 1)
            out[size++] = (char)(bits >> (6 - 2 * ((count - 1) % 4)));
    }
    out[size] = 0;
    return size;
}

static void push(struct runtime *runtime, const char *data, size_t size)
{
    char id[64], encoded[200], request[4096], answer[4096];
    const char *found = strstr(data, "\"connectionId\":\"");
    size_t length = found ? strcspn(found + 16, "\"") : 0;

    if (!length || length >= sizeof id)
        return;
    memcpy(id, found + 16, length);
    id[length] = 0;
    encode_id(id, encoded);
    length =
        (size_t)snprintf(request, sizeof request,
                         "POST %s/@connections/%s HTTP/1.1\r\nHost: %s\r\nX-Amz-Date: 20260102T030405Z\r\n"
                         "Authorization: AWS4-HMAC-SHA256 Credential=test/20260102/us-east-1/execute-api/aws4_request, "
                         "SignedHeaders=host;x-amz-date, Signature=0000000000000000000000000000000000000000000000000000000000000000\r\n"
                         "Content-Length: %zu\r\n\r\n%s",
                         runtime->push_path, encoded, runtime->host, size, data);
    exchange(runtime->push_fd, request, length, answer, sizeof answer);
}

static void handle(struct runtime *runtime, const char *event)
{
    json_t *root = json_loads(event, 0, NULL), *record;
    size_t index;

    json_array_foreach(json_object_get(root, "Records"), index, record)
    {
        const char *text = json_string_value(json_object_get(json_object_get(record, "kinesis"), "data"));
        char data[2048];

        if (text && strlen(text) < sizeof data)
            push(runtime, data, decode_base64(text, data));
    }
    json_decref(root);
}

/* Asks for the next event; id gets its request id; answers the event. */
static const char *next_event(struct runtime *runtime, char *id, size_t id_size)
{
    char request[256];
    const char *found;
    int length = snprintf(request, sizeof request, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n", runtime->host);

    if (exchange(runtime->fd, request, (size_t)length, runtime->event, sizeof runtime->event) != 200)
        give_up("no event: %.300s", runtime->event);
    found = strcasestr(runtime->event, "\r\nLambda-Runtime-Aws-Request-Id:");
    if (!found)
        give_up("an event without a request id");
    found += 32 + strspn(found + 32, " ");
    snprintf(id, id_size, "%.*s", (int)strcspn(found, "\r"), found);
    return strstr(runtime->event, "\r\n\r\n") + 4;
}

static void respond(struct runtime *runtime, const char *id)
{
    char request[512], answer[1024];
    int length = snprintf(request, sizeof request,
                          "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: %s\r\nContent-Length: 4\r\n\r\nnull", id,
                          runtime->host);

    exchange(runtime->fd, request, (size_t)length, answer, sizeof answer);
}

int main(void)
{
    static struct runtime runtime;
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API"), *colon = api ? strrchr(api, ':') : NULL;
    const char *endpoint = getenv("AWS_ENDPOINT_URL"), *push_colon = endpoint ? strrchr(endpoint, ':') : NULL;
    char id[64];

    runtime.push_path = getenv("PUSH_PATH");
    if (!colon || !push_colon || !runtime.push_path)
        give_up("no AWS_LAMBDA_RUNTIME_API, no AWS_ENDPOINT_URL, or no PUSH_PATH");
    snprintf(runtime.host, sizeof runtime.host, "%s", api);
    runtime.fd = connect_to(atoi(colon + 1));
    runtime.push_fd = connect_to(atoi(push_colon + 1));
    for (;;) {
        handle(&runtime, next_event(&runtime, id, sizeof id));
        respond(&runtime, id);
    }
}
