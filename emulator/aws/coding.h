#pragma once
/* Content-Encoding: DynamoDB takes requests that are compressed with gzip or deflate, and compresses larger answers for who asks for it. */

#include "base/arena.h"
#include "base/buffer.h"

#include <stddef.h>

enum coding_result { CODING_DONE, CODING_BROKEN, CODING_TOO_LARGE };

/* Undoes the coding ("gzip", "deflate" or "identity", in any case) of size_bytes bytes of body: text, in arena and with a NUL behind it,
 * and its size in bytes. A gzip body may have several members, as its standard allows. CODING_BROKEN for a coding that nobody knows and for
 * a stream that is damaged or cut short; CODING_TOO_LARGE, before more is unpacked, for one that unfolds to more than max_bytes. */
enum coding_result coding_undo(const char *coding, const char *body, size_t size_bytes, size_t max_bytes, struct arena *arena,
                               const char **text, size_t *text_size_bytes);

/* The coding of an answer to who sent this Accept-Encoding (NULL: none was sent): "gzip", "deflate", or NULL for none. Among those allowed
 * the greatest q wins, then the first listed; "*" stands for what is not listed, gzip first. As at DynamoDB the first "q=" of an entry
 * counts, what is no number counts as 1, and identity is never preferred. */
const char *coding_choose(const char *accept);

/* Compresses body in place when it is long enough to be worth it and accept allows: the coding's name, or NULL when it is left alone. */
const char *coding_apply(const char *accept, struct buffer *body);
