/* Fuzzes selection expressions and the tolerant JSON reader: the input is an expression, a line feed, and a message. */

#include "apigateway/proxy_answer.h"
#include "apigateway/selection.h"
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *line = memchr(data, '\n', size);
    size_t length = line ? (size_t)(line - data) : size;
    char *expression = memory_copy(data, length);
    char *body = memory_copy(data + length, size - length);
    struct arena arena = { 0 };
    struct buffer value = { 0 };
    struct apigateway_selection *selection;
    struct apigateway_proxy_answer answer;
    const char *fault;

    if (apigateway_selection_parse(expression, &selection, &fault) == OK)
        apigateway_selection_evaluate(selection, body, size - length, NULL, NULL, &value);
    apigateway_proxy_answer_read(body, size - length, &arena, &answer, &fault);
    apigateway_selection_free(selection);
    buffer_clear(&value);
    arena_clear(&arena);
    free(expression);
    free(body);
    return 0;
}
