/* Base64, strict: what is decoded is encoded to the same text again, and the quick question agrees with the decoder. */

#include "base/base64.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    char *bytes = malloc(size / 4 * 3 + 1); /* no more room than is asked for */
    size_t size_bytes;
    enum status status = base64_decode(text, size, bytes, &size_bytes);
    char *again;

    if ((status == OK) != base64_is_valid(text, size))
        abort();
    if (status == OK) {
        again = malloc(base64_encoded_size(size_bytes) + 1);
        base64_encode(bytes, size_bytes, again);
        if (strlen(again) != size || memcmp(again, text, size))
            abort();
        free(again);
    }
    free(bytes);
    return 0;
}
