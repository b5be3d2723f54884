/* The strict reader of request heads. */

#include "front/head.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

/* RFC 9110's token characters. */
static bool is_token_char(unsigned char c)
{
    return c > ' ' && c < 127 && !strchr("\"(),/:;<=>?@[\\]{}", c);
}

static bool is_token(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!is_token_char((unsigned char)text[i]))
            return false;
    return length > 0;
}

/* Bytes up to and with the empty line that ends the head; 0 while it has not come. Lone line feeds end lines too, as the library has it. */
static size_t find_end(const char *bytes, size_t size)
{
    const char *at = bytes;
    const char *end = bytes + size;

    while ((at = memchr(at, '\n', (size_t)(end - at)))) {
        at++;
        if (at < end && *at == '\n')
            return (size_t)(at + 1 - bytes);
        if (at + 1 < end && at[0] == '\r' && at[1] == '\n')
            return (size_t)(at + 2 - bytes);
    }
    return 0;
}

/* The line at *at without its end; moves *at behind it. */
static const char *take_line(const char **at, const char *end, size_t *length)
{
    const char *line = *at;
    const char *feed = memchr(line, '\n', (size_t)(end - line));

    *at = feed + 1;
    *length = (size_t)(feed - line);
    if (*length && line[*length - 1] == '\r')
        --*length;
    return line;
}

static int read_request_line(struct arena *arena, const char *line, size_t length, struct request *request, struct head *head)
{
    const char *target = memchr(line, ' ', length);
    const char *version = target ? memchr(target + 1, ' ', length - (size_t)(target + 1 - line)) : NULL;
    size_t version_length;

    if (!version || !is_token(line, (size_t)(target - line)) || version == target + 1)
        return 400;
    for (const char *at = target + 1; at < version; at++)
        if ((unsigned char)*at <= ' ' || *at == 127)
            return 400;
    version_length = length - (size_t)(version + 1 - line);
    if (version_length != 8 || strncmp(version + 1, "HTTP/", 5))
        return 400;
    if (strncmp(version + 1, "HTTP/1.1", 8) && strncmp(version + 1, "HTTP/1.0", 8))
        return 505;
    head->is_old = version[8] == '0';
    request->method = arena_copy(arena, line, (size_t)(target - line));
    request->target = arena_copy(arena, target + 1, (size_t)(version - target - 1));
    return head_split_target(arena, request) ? 0 : 400;
}

static int read_field(struct arena *arena, const char *line, size_t length, struct request *request)
{
    const char *colon = memchr(line, ':', length);
    const char *value;
    size_t value_length;

    /* A line that begins with a blank continues the one before it: obsolete, and read wrongly by the library. */
    if (!colon || !is_token(line, (size_t)(colon - line)))
        return 400;
    value = colon + 1;
    value_length = length - (size_t)(value - line);
    for (size_t i = 0; i < value_length; i++)
        if (((unsigned char)value[i] < ' ' && value[i] != '\t') || value[i] == 127)
            return 400;
    while (value_length && (*value == ' ' || *value == '\t')) {
        value++;
        value_length--;
    }
    while (value_length && (value[value_length - 1] == ' ' || value[value_length - 1] == '\t'))
        value_length--;
    header_add(&request->headers, arena, arena_copy(arena, line, (size_t)(colon - line)), arena_copy(arena, value, value_length));
    return 0;
}

static int read_lines(struct arena *arena, const char *at, const char *end, struct request *request, struct head *head)
{
    size_t length;
    const char *line = take_line(&at, end, &length);
    int refusal = read_request_line(arena, line, length, request, head);

    while (!refusal && at < end) {
        line = take_line(&at, end, &length);
        if (!length)
            break;
        refusal = read_field(arena, line, length, request);
    }
    return refusal;
}

enum head_state head_read(struct arena *arena, const char *bytes, size_t size_bytes, struct request *request, struct head *head)
{
    size_t skipped = 0;
    size_t size;
    int64_t content_length;

    *head = (struct head){ .refusal = 400 };
    /* Empty lines before the request line are the trace of an old client's body. */
    while (skipped < size_bytes && (bytes[skipped] == '\r' || bytes[skipped] == '\n'))
        skipped++;
    size = find_end(bytes + skipped, size_bytes - skipped);
    if (!size && size_bytes <= HEAD_MAX_BYTES)
        return HEAD_PARTIAL;
    if (!size || skipped + size > HEAD_MAX_BYTES)
        return HEAD_REFUSED;
    head->size_bytes = skipped + size;
    head->refusal = read_lines(arena, bytes + skipped, bytes + skipped + size, request, head);
    request->body = "";
    if (!head->refusal)
        head->refusal = head_check(request, &content_length);
    return head->refusal ? HEAD_REFUSED : HEAD_WHOLE;
}

bool head_split_target(struct arena *arena, struct request *request)
{
    const char *path = request->target;
    const char *mark;

    for (const char *at = path; (at = strchr(at, '%')); at++)
        if (at[1] == '0' && at[2] == '0')
            return false;
    if (!strncasecmp(path, "http://", 7) || !strncasecmp(path, "https://", 8)) {
        path = strchr(path, ':') + 3;
        path += strcspn(path, "/?");
    }
    mark = strchr(path, '?');
    request->query = mark ? mark + 1 : "";
    request->path = mark ? arena_copy(arena, path, (size_t)(mark - path)) : path;
    if (!*request->path && path != request->target)
        request->path = "/";
    return *request->path == '/';
}

static bool read_length(const char *value, int64_t *content_length)
{
    return *value && !value[strspn(value, "0123456789")] && text_to_int64(value, content_length);
}

int head_check(const struct request *request, int64_t *content_length)
{
    size_t size_bytes = strlen(request->method) + strlen(request->target);
    int lengths = 0;
    int encodings = 0;

    *content_length = -1;
    for (size_t i = 0; i < request->headers.count; i++) {
        const struct header *header = &request->headers.items[i];

        size_bytes += header->name_size + strlen(header->value);
        if (header_is(header, "Content-Length") && (lengths++ || !read_length(header->value, content_length)))
            return 400;
        if (header_is(header, "Transfer-Encoding") && (encodings++ || strcasecmp(header->value, "chunked")))
            return 400;
    }
    return (lengths && encodings) || size_bytes > HEAD_MAX_BYTES ? 400 : 0;
}

bool head_has_token(const struct request *request, const char *name, const char *token)
{
    for (size_t i = 0; i < request->headers.count; i++) {
        const char *at = request->headers.items[i].value;

        if (!header_is(&request->headers.items[i], name))
            continue;
        while (*at) {
            size_t length;

            at += strspn(at, " \t,");
            length = strcspn(at, " \t,");
            if (length == strlen(token) && !strncasecmp(at, token, length))
                return true;
            at += length;
        }
    }
    return false;
}

bool head_is_upgrade(const struct request *request)
{
    return head_has_token(request, "Upgrade", "websocket");
}

/* Sixteen bytes in Base64. */
static bool is_key(const char *key)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    return key && strlen(key) == 24 && strspn(key, alphabet) == 22 && !strcmp(key + 22, "==");
}

int head_check_upgrade(const struct request *request, const struct head *head)
{
    const char *version = request_header(request, "Sec-WebSocket-Version");
    const char *length = request_header(request, "Content-Length");

    if (head->size_bytes > HEAD_UPGRADE_MAX_BYTES)
        return 431;
    if (head->is_old || strcmp(request->method, "GET") || !head_has_token(request, "Connection", "upgrade"))
        return 400;
    if (!is_key(request_header(request, "Sec-WebSocket-Key")) || request_header(request, "Transfer-Encoding"))
        return 400;
    if (length && strspn(length, "0") != strlen(length))
        return 400;
    return version && !strcmp(version, "13") ? 0 : 426;
}
