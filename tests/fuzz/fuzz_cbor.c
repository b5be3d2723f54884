/* The CBOR reader over any bytes; what it takes is written and read again. */

#include "aws/cbor.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Names of one letter, so that bytes meet members often. */
static const struct member texts[] = { { "member", STRING }, { 0 } };
static const struct member inner[] = { { "K", STRING }, { "D", BLOB }, { 0 } };
static const struct member structures[] = { { "member", STRUCTURE, .members = inner }, { 0 } };
static const struct member input[] = {
    { "K", INTEGER }, { "D", BLOB }, { "P", STRING }, { "R", LIST, .members = structures }, { "M", MAP, .members = texts }, { 0 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct member *misplaced;
    struct buffer out = { 0 };
    json_t *value;
    json_t *again;

    if (cbor_read_input(data, size, input, &value, &misplaced) != OK)
        return 0;
    cbor_write(&out, value, NULL);
    if (cbor_read(out.data, out.size, &again) != OK)
        abort();
    json_decref(again);
    json_decref(value);
    buffer_clear(&out);
    return 0;
}
