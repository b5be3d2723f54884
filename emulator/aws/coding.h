#pragma once
/* Content-Encoding of requests: SDKs may compress what they send, and DynamoDB takes gzip and deflate. */

#include "base/arena.h"

#include <stddef.h>

enum coding_result { CODING_DONE, CODING_BROKEN, CODING_TOO_LARGE };

/* Undoes the coding ("gzip", "deflate" or "identity", in any case) of size_bytes bytes of body: text, in arena and with a NUL behind it,
 * and its size in bytes. A gzip body may have several members, as its standard allows. CODING_BROKEN for a coding that nobody knows and for
 * a stream that is damaged or cut short; CODING_TOO_LARGE, before more is unpacked, for one that unfolds to more than max_bytes. */
enum coding_result coding_undo(const char *coding, const char *body, size_t size_bytes, size_t max_bytes, struct arena *arena,
                               const char **text, size_t *text_size_bytes);
