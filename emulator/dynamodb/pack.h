#pragma once
/* The form in which items lie in the store: a compact run of bytes, read back without copying texts.
 *
 * A value is one byte of type, then: S, N, B: size and bytes; sets and lists: count and values; maps: count and (size, name, value) each;
 * BOOL: one byte. Sizes and counts are in base 128, low digits first. The order of maps and sets is kept, so what was sorted stays so. */

#include "base/buffer.h"
#include "dynamodb/value.h"

/* Appends the packed form of a map. */
void pack_item(struct buffer *buffer, const struct value *item);

/* Reads a packed item; its texts point into packed, its nodes live in arena. False when the bytes are not whole. */
bool unpack_item(struct bytes packed, struct arena *arena, struct value *item);
