/* Parsing of requests, state by state. The head is copied out and cut into texts in place; body bytes move straight into the body. */

#include "lambda/runtime_http.h"

#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CHUNK_LINE_MAX_BYTES = 1024 };

void runtime_parser_feed(struct runtime_parser *parser, const void *bytes, size_t size_bytes)
{
    buffer_add(&parser->in, bytes, size_bytes);
}

const char *runtime_parser_header(const struct runtime_parser *parser, const char *name)
{
    for (size_t i = 0; i < parser->header_count; i++)
        if (!strcasecmp(parser->headers[i].name, name))
            return parser->headers[i].value;
    return NULL;
}

/* Cuts "Name: value" lines into headers; false when one is malformed or there are too many. */
static bool cut_headers(struct runtime_parser *parser, char *at)
{
    while (*at) {
        char *end = strstr(at, "\r\n");
        char *colon = strchr(at, ':');
        char *value;

        if (!end || !colon || colon > end || colon == at || parser->header_count == RUNTIME_HEADERS_MAX)
            return false;
        *end = '\0';
        *colon = '\0';
        /* A line that ends in half of CRLF could be read as two. */
        if (strpbrk(at, " \t\r\n") || strpbrk(colon + 1, "\r\n"))
            return false;
        value = colon + 1 + strspn(colon + 1, " \t");
        for (char *last = end; last > value && (last[-1] == ' ' || last[-1] == '\t');)
            *--last = '\0';
        parser->headers[parser->header_count].name = at;
        parser->headers[parser->header_count++].value = value;
        at = end + 2;
    }
    return true;
}

/* The path in a request target: an absolute one ("http://host/path", as proxies' clients send) loses its front, all lose their query. */
static char *target_path(char *target)
{
    if (!strncasecmp(target, "http://", 7)) {
        target = strchr(target + 7, '/');
        if (!target)
            return NULL;
    }
    target[strcspn(target, "?#")] = '\0';
    return *target == '/' ? target : NULL;
}

/* "METHOD target HTTP/1.x" */
static bool cut_line(struct runtime_parser *parser, char *line)
{
    char *target = strchr(line, ' ');
    char *version = target ? strchr(target + 1, ' ') : NULL;

    if (!version || target == line || strpbrk(line, "\r\n") || (!text_is(version + 1, "HTTP/1.1") && !text_is(version + 1, "HTTP/1.0")))
        return false;
    *target++ = '\0';
    *version++ = '\0';
    parser->request.method = line;
    parser->request.path = target_path(target);
    parser->request.keeps_alive = text_is(version, "HTTP/1.1");
    return parser->request.path != NULL;
}

static bool read_length(const char *text, uint64_t *length)
{
    *length = 0;
    if (!*text || strlen(text) > 18)
        return false;
    for (; *text; text++) {
        if (!isdigit((unsigned char)*text))
            return false;
        *length = *length * 10 + (uint64_t)(*text - '0');
    }
    return true;
}

/* How the body is framed. A request that names both forms, or two lengths, could be read in two ways: it is refused. */
static bool frame_body(struct runtime_parser *parser)
{
    const char *coding = runtime_parser_header(parser, "Transfer-Encoding");
    const char *length = runtime_parser_header(parser, "Content-Length");

    for (size_t i = 0; i < parser->header_count; i++)
        if (length && !strcasecmp(parser->headers[i].name, "Content-Length") && strcmp(parser->headers[i].value, length))
            return false;
    if (coding && (length || strcasecmp(coding, "chunked")))
        return false;
    parser->left = 0;
    if (length && !read_length(length, &parser->left))
        return false;
    parser->state = coding ? PARSE_CHUNK_SIZE : PARSE_BODY;
    return true;
}

static bool read_head(struct runtime_parser *parser, size_t size)
{
    const char *connection;
    const char *expected;
    char *line_end;

    buffer_add(&parser->head, parser->in.data, size);
    buffer_drop(&parser->in, size + 2);
    if (memchr(parser->head.data, '\0', parser->head.size))
        return false;
    line_end = strstr(parser->head.data, "\r\n");
    if (!line_end)
        return false;
    *line_end = '\0';
    if (!cut_line(parser, parser->head.data) || !cut_headers(parser, line_end + 2) || !frame_body(parser))
        return false;
    connection = runtime_parser_header(parser, "Connection");
    if (connection)
        parser->request.keeps_alive =
            strcasecmp(connection, "close") && (parser->request.keeps_alive || !strcasecmp(connection, "keep-alive"));
    expected = runtime_parser_header(parser, "Expect");
    parser->continues = expected && !strcasecmp(expected, "100-continue");
    return true;
}

/* Waits for the empty line that ends a head. */
static enum runtime_parse step_head(struct runtime_parser *parser)
{
    size_t from = parser->scanned > 3 ? parser->scanned - 3 : 0;
    char *end;

    /* Some clients end a body with an empty line that is not part of it. */
    while (parser->in.size >= 2 && !memcmp(parser->in.data, "\r\n", 2)) {
        buffer_drop(&parser->in, 2);
        from = 0;
    }
    end = parser->in.size > from ? memmem(parser->in.data + from, parser->in.size - from, "\r\n\r\n", 4) : NULL;
    if (!end) {
        parser->scanned = parser->in.size;
        return parser->in.size > RUNTIME_HEAD_MAX_BYTES ? RUNTIME_BAD : RUNTIME_MORE;
    }
    parser->scanned = 0;
    return read_head(parser, (size_t)(end - parser->in.data) + 2) ? RUNTIME_WHOLE : RUNTIME_BAD;
}

/* Moves up to `left` bytes into the body, or drops them when it is too large; true when none is left to come. */
static bool move_body(struct runtime_parser *parser)
{
    size_t size = parser->in.size < parser->left ? parser->in.size : (size_t)parser->left;

    if (parser->body.size + size > RUNTIME_BODY_MAX_BYTES)
        parser->request.is_too_large = true;
    if (!parser->request.is_too_large && size)
        buffer_add(&parser->body, parser->in.data, size);
    if (size)
        buffer_drop(&parser->in, size);
    parser->left -= size;
    return !parser->left;
}

/* Takes one line out of `in`: its length goes to size. False when it is not there yet. */
static bool find_line(struct runtime_parser *parser, size_t *size)
{
    char *end = parser->in.size ? memmem(parser->in.data, parser->in.size, "\r\n", 2) : NULL;

    if (end)
        *size = (size_t)(end - parser->in.data);
    return end != NULL;
}

static enum runtime_parse step_chunk_size(struct runtime_parser *parser)
{
    size_t size;
    char *end;

    if (!find_line(parser, &size))
        return parser->in.size > CHUNK_LINE_MAX_BYTES ? RUNTIME_BAD : RUNTIME_MORE;
    if (size > CHUNK_LINE_MAX_BYTES)
        return RUNTIME_BAD;
    if (!isxdigit((unsigned char)parser->in.data[0]) || strspn(parser->in.data, "0123456789abcdefABCDEF") > 8)
        return RUNTIME_BAD;
    parser->left = strtoull(parser->in.data, &end, 16);
    if (*end != '\r' && *end != ';' && *end != ' ')
        return RUNTIME_BAD;
    buffer_drop(&parser->in, size + 2);
    parser->state = parser->left ? PARSE_CHUNK : PARSE_TRAILERS;
    return RUNTIME_WHOLE;
}

static enum runtime_parse step_chunk_end(struct runtime_parser *parser)
{
    if (parser->in.size < 2)
        return RUNTIME_MORE;
    if (memcmp(parser->in.data, "\r\n", 2))
        return RUNTIME_BAD;
    buffer_drop(&parser->in, 2);
    parser->state = PARSE_CHUNK_SIZE;
    return RUNTIME_WHOLE;
}

/* Trailers are read over: a stream that ends in a fault is answered as far as it came. */
static enum runtime_parse step_trailers(struct runtime_parser *parser)
{
    size_t size;

    while (find_line(parser, &size)) {
        buffer_drop(&parser->in, size + 2);
        if (!size) {
            parser->state = PARSE_WHOLE;
            return RUNTIME_WHOLE;
        }
    }
    return parser->in.size > RUNTIME_HEAD_MAX_BYTES ? RUNTIME_BAD : RUNTIME_MORE;
}

/* One step of one state; WHOLE means: go on with the next state. */
static enum runtime_parse step(struct runtime_parser *parser)
{
    switch (parser->state) {
    case PARSE_HEAD:
        return step_head(parser);
    case PARSE_BODY:
        if (!move_body(parser))
            return RUNTIME_MORE;
        parser->state = PARSE_WHOLE;
        return RUNTIME_WHOLE;
    case PARSE_CHUNK_SIZE:
        return step_chunk_size(parser);
    case PARSE_CHUNK:
        if (!move_body(parser))
            return RUNTIME_MORE;
        parser->state = PARSE_CHUNK_END;
        return RUNTIME_WHOLE;
    case PARSE_CHUNK_END:
        return step_chunk_end(parser);
    case PARSE_TRAILERS:
        return step_trailers(parser);
    case PARSE_WHOLE:
        return RUNTIME_WHOLE;
    }
    return RUNTIME_BAD;
}

enum runtime_parse runtime_parser_step(struct runtime_parser *parser)
{
    while (parser->state != PARSE_WHOLE) {
        enum runtime_parse made = step(parser);

        if (made == RUNTIME_BAD)
            return made;
        if (parser->continues && parser->state != PARSE_WHOLE) {
            parser->continues = false;
            if (!parser->in.size)
                return RUNTIME_CONTINUE;
        }
        if (made == RUNTIME_MORE)
            return made;
    }
    parser->request.body = parser->body.size ? parser->body.data : "";
    parser->request.body_size = parser->body.size;
    return RUNTIME_WHOLE;
}

void runtime_parser_next(struct runtime_parser *parser)
{
    /* A large body's memory is not kept for the small ones that follow. */
    if (parser->body.capacity > 1 << 16)
        buffer_clear(&parser->body);
    parser->body.size = 0;
    parser->head.size = 0;
    parser->header_count = 0;
    parser->continues = false;
    parser->left = 0;
    memset(&parser->request, 0, sizeof parser->request);
    parser->state = PARSE_HEAD;
}

void runtime_parser_clear(struct runtime_parser *parser)
{
    buffer_clear(&parser->in);
    buffer_clear(&parser->head);
    buffer_clear(&parser->body);
    memset(parser, 0, sizeof *parser);
}
