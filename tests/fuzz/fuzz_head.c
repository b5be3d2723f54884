/* Fuzzes the strict reader of request heads, the first of ours to see what a stranger sends. */

#include "front/head.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read must be such that everybody behind the door may rely on it. */
static void check(const struct request *request, const struct head *head, size_t size)
{
    if (head->size_bytes > size || head->size_bytes > HEAD_MAX_BYTES || !*request->method || *request->path != '/')
        abort();
    for (size_t i = 0; i < request->headers.count; i++)
        if (!*request->headers.items[i].name || strpbrk(request->headers.items[i].value, "\r\n"))
            abort();
    if (head_is_upgrade(request))
        head_check_upgrade(request, head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = { 0 };
    struct request request = { 0 };
    struct head head;
    enum head_state state = head_read(&arena, (const char *)data, size, &request, &head);

    if (state == HEAD_WHOLE)
        check(&request, &head, size);
    if (state == HEAD_PARTIAL && size > HEAD_MAX_BYTES)
        abort();
    if (state == HEAD_REFUSED && head.refusal < 400)
        abort();
    arena_clear(&arena);
    return 0;
}
