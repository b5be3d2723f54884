/* Fuzzes the Runtime API's HTTP parser, which reads what functions send: the first byte says in how many pieces the rest arrives, since a
 * request must be the same however it is cut. */

#include "lambda/runtime_http.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A whole request is one that its server may rely on. */
static void check(const struct runtime_parser *parser)
{
    const struct runtime_request *request = &parser->request;

    if (!*request->method || *request->path != '/' || strpbrk(request->path, " \r\n?") || request->body_size > RUNTIME_BODY_MAX_BYTES ||
        request->body[request->body_size])
        abort();
    for (size_t i = 0; i < parser->header_count; i++)
        if (!*parser->headers[i].name || strpbrk(parser->headers[i].name, " \t\r\n:") || strpbrk(parser->headers[i].value, "\r\n"))
            abort();
    runtime_parser_header(parser, "Content-Type");
}

static unsigned mix(unsigned sum, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sum = sum * 31 + (unsigned char)text[i];
    return sum * 31 + 1;
}

/* Reads it all in pieces of step bytes; answers a sum over the requests that came out. */
static unsigned read_all(const uint8_t *data, size_t size, size_t step)
{
    struct runtime_parser parser = { 0 };
    enum runtime_parse made = RUNTIME_MORE;
    unsigned sum = 0;

    for (size_t at = 0; at < size && made != RUNTIME_BAD; at += step) {
        runtime_parser_feed(&parser, data + at, at + step < size ? step : size - at);
        while ((made = runtime_parser_step(&parser)) == RUNTIME_WHOLE || made == RUNTIME_CONTINUE) {
            if (made == RUNTIME_CONTINUE)
                continue;
            check(&parser);
            sum = mix(sum, parser.request.path, strlen(parser.request.path));
            sum = mix(sum, parser.request.body, parser.request.body_size) + parser.request.keeps_alive;
            runtime_parser_next(&parser);
        }
    }
    runtime_parser_clear(&parser);
    return made == RUNTIME_BAD ? ~sum : sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    if (read_all(data + 1, size - 1, size) != read_all(data + 1, size - 1, 1 + data[0] % 64))
        abort();
    return 0;
}
