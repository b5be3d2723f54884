#include "guard.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

/* "127.0.0.1", "127.1.2.3": digits and dots alone, so that "127.0.0.1.evil.example" is not taken for one. */
static bool is_loopback_address(const char *name, size_t length)
{
    size_t dots = 0;

    if (length < 7 || strncmp(name, "127.", 4))
        return false;
    for (size_t i = 0; i < length; i++) {
        dots += name[i] == '.';
        if (name[i] != '.' && (name[i] < '0' || name[i] > '9'))
            return false;
    }
    return dots == 3;
}

static bool name_ends(const char *name, size_t length, const char *suffix)
{
    size_t wanted = strlen(suffix);

    return length > wanted && !strncasecmp(name + length - wanted, suffix, wanted);
}

static bool name_is(const char *name, size_t length, const char *wanted)
{
    return length == strlen(wanted) && !strncasecmp(name, wanted, length);
}

/* Length of the name in "name:port" or "[address]:port"; 0 when what follows the name is no port. */
static size_t name_length(const char *host)
{
    size_t length = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    const char *port = host + length;

    if (host[0] == '[' && host[length - 1] != ']')
        return 0;
    if (!*port)
        return length;
    return port[0] == ':' && strspn(port + 1, "0123456789") == strlen(port + 1) ? length : 0;
}

bool guard_host_is_local(const char *host)
{
    size_t length = name_length(host);

    return length &&
           (name_is(host, length, "localhost") || name_ends(host, length, ".localhost") || is_loopback_address(host, length) ||
            name_is(host, length, "[::1]") || name_ends(host, length, ".amazonaws.com") || name_ends(host, length, ".amazonaws.com.cn"));
}

static bool origin_is_local(const char *origin)
{
    const char *host = strstr(origin, "://");

    if (!host || (strncmp(origin, "http://", 7) && strncmp(origin, "https://", 8)))
        return false;
    host += 3;
    /* An origin of the AWS names would be a page that somebody else serves. */
    return guard_host_is_local(host) && !strstr(host, ".amazonaws.com");
}

static bool is_named(const char *const *allowed, const char *origin)
{
    for (; allowed && *allowed; allowed++)
        if (!strcasecmp(*allowed, origin) || !strcmp(*allowed, "*"))
            return true;
    return false;
}

static bool refuse(struct exchange *exchange, const char *what, const char *value)
{
    struct buffer text = { 0 };

    buffer_print(&text, "lowcloud refuses requests whose %s is %.200s%s", what, value,
                 text_is(what, "Origin") ? "; --allow-origin lets an origin in" : "; it answers to localhost and the AWS host names");
    buffer_add_text(&exchange->answer.body, "{\"__type\":\"AccessDeniedException\",\"message\":");
    buffer_add_json_string(&exchange->answer.body, text.data, text.size);
    buffer_add_text(&exchange->answer.body, "}");
    buffer_clear(&text);
    exchange->answer.status = 403;
    exchange_header(exchange, "Content-Type", "application/json");
    exchange_header(exchange, "x-amzn-ErrorType", "AccessDeniedException");
    exchange_send(exchange);
    return false;
}

static void grant(struct exchange *exchange)
{
    exchange_header(exchange, "Access-Control-Allow-Origin", "*");
    exchange_header(exchange, "Access-Control-Expose-Headers",
                    "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,x-amz-crc32,Date");
}

/* A preflight is answered with what it asks for (facts: DynamoDB, 1). */
static bool answer_preflight(struct exchange *exchange)
{
    const char *headers = request_header(&exchange->request, "Access-Control-Request-Headers");
    const char *method = request_header(&exchange->request, "Access-Control-Request-Method");

    if (headers)
        exchange_header(exchange, "Access-Control-Allow-Headers", headers);
    if (method)
        exchange_header(exchange, "Access-Control-Allow-Methods", method);
    exchange_header(exchange, "Access-Control-Max-Age", "172800");
    exchange->answer.status = 200;
    exchange_send(exchange);
    return false;
}

bool guard_admits(struct exchange *exchange, const char *const *allowed_origins, const char *own_host)
{
    const char *host = request_header(&exchange->request, "Host");
    const char *origin = request_header(&exchange->request, "Origin");

    if (host && !guard_host_is_local(host) && !(own_host && name_is(host, name_length(host), own_host)))
        return refuse(exchange, "Host", host);
    if (!origin)
        return true;
    if (!origin_is_local(origin) && !is_named(allowed_origins, origin))
        return refuse(exchange, "Origin", origin);
    grant(exchange);
    return strcmp(exchange->request.method, "OPTIONS") ? true : answer_preflight(exchange);
}
