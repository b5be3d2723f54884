/* Fuzzes the Runtime API's request parser: the first byte says in what portions the rest arrives. Whatever the portions, the same requests
 * must come out. */

#include "lambda/runtime_http.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Steps as far as the bytes allow; a digest of the requests that came out goes to seen. False at the end of the connection. */
static int take(struct runtime_parser *parser, uint64_t *seen)
{
    for (;;) {
        switch (runtime_parser_step(parser)) {
        case RUNTIME_MORE:
            return 1;
        case RUNTIME_BAD:
            return 0;
        case RUNTIME_CONTINUE:
            break;
        case RUNTIME_WHOLE:
            *seen = *seen * 31 + strlen(parser->request.path) * 7 + parser->request.body_size + parser->header_count;
            if (strlen(parser->request.body) > parser->request.body_size)
                abort();
            runtime_parser_header(parser, "Lambda-Runtime-Function-Error-Type");
            runtime_parser_next(parser);
        }
    }
}

static uint64_t parse(const uint8_t *data, size_t size, size_t portion)
{
    struct runtime_parser parser = { 0 };
    uint64_t seen = 0;

    for (size_t at = 0; at < size; at += portion) {
        runtime_parser_feed(&parser, data + at, size - at < portion ? size - at : portion);
        if (!take(&parser, &seen))
            break;
    }
    runtime_parser_clear(&parser);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    if (parse(data + 1, size - 1, data[0] % 64 + 1) != parse(data + 1, size - 1, size))
        abort();
    return 0;
}
