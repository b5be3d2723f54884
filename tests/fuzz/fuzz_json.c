/* The JSON reader over any bytes, beside jansson's: what jansson takes is taken, and read as the same value. A NUL byte is no JSON
 * wherever it stands; jansson takes one for the end of the text. */

#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool has_nul = size && memchr(data, 0, size);
    json_t *expected = has_nul ? NULL : json_loadb((const char *)data, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    json_t *value = NULL;

    if (json_read((const char *)data, size, &value) == OK) {
        if (expected && !json_equal(value, expected))
            abort();
    } else if (expected && size < JSON_DEPTH_MAX) {
        abort();
    }
    json_decref(value);
    json_decref(expected);
    return 0;
}
