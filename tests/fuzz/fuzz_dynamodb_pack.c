/* Packed items as a damaged file may give them back: nothing is read behind the end, and what is taken is packed to an item that is taken
 * again. */

#include "dynamodb/pack.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = { 0 };
    struct buffer packed = { 0 };
    struct value item;
    struct value again;

    if (unpack_item((struct bytes){ (const char *)data, size }, &arena, &item)) {
        pack_item(&packed, &item);
        if (!unpack_item((struct bytes){ packed.data, packed.size }, &arena, &again) || !value_equals(&item, &again))
            abort();
    }
    buffer_clear(&packed);
    arena_clear(&arena);
    return 0;
}
