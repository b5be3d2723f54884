/* Compressed bodies and the Accept-Encoding header: nothing unfolds beyond the bound, and any header chooses gzip, deflate or nothing. */

#include "aws/coding.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BOUND_BYTES = 1 << 20 };

static void check_choice(const uint8_t *data, size_t size)
{
    char *header = strndup((const char *)data, size);
    const char *coding = coding_choose(header);

    if (coding && strcmp(coding, "gzip") && strcmp(coding, "deflate"))
        abort();
    free(header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = { 0 };
    const char *text;
    size_t text_size;

    if (coding_undo("gzip", (const char *)data, size, BOUND_BYTES, &arena, &text, &text_size) == CODING_DONE &&
        (text_size > BOUND_BYTES || text[text_size]))
        abort();
    check_choice(data, size);
    arena_clear(&arena);
    return 0;
}
