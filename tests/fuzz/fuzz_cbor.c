/* The CBOR reader over any bytes; what it takes is written and read again. */

#include "aws/cbor.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer out = { 0 };
    json_t *value;
    json_t *again;

    if (cbor_read(data, size, &value) != OK)
        return 0;
    cbor_write(&out, value, NULL);
    if (cbor_read(out.data, out.size, &again) != OK)
        abort();
    json_decref(again);
    json_decref(value);
    buffer_clear(&out);
    return 0;
}
