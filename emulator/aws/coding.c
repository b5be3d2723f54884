/* Unpacks compressed requests piece by piece, so that a small body that unfolds to a huge one costs no more than the bound. */

#include "aws/coding.h"

#include "base/buffer.h"

#include <stdint.h>
#include <strings.h>
#include <zlib.h>

enum { PIECE_BYTES = 64 * 1024, ANY_WRAPPER = 15 + 32 /* zlib finds out whether it is gzip's or its own */ };

/* One piece further; Z_OK while there is more to come. */
static int unpack_piece(z_stream *stream, struct buffer *unpacked)
{
    int result;

    stream->next_out = (unsigned char *)buffer_reserve(unpacked, PIECE_BYTES);
    stream->avail_out = PIECE_BYTES;
    result = inflate(stream, Z_NO_FLUSH);
    unpacked->size += PIECE_BYTES - stream->avail_out;
    if (result == Z_STREAM_END && stream->avail_in)
        return inflateReset(stream); /* another member follows */
    return result;
}

static enum coding_result unpack(z_stream *stream, size_t max_bytes, struct buffer *unpacked)
{
    int result = Z_OK;

    while (result == Z_OK && unpacked->size <= max_bytes)
        result = unpack_piece(stream, unpacked);
    if (unpacked->size > max_bytes)
        return CODING_TOO_LARGE;
    return result == Z_STREAM_END ? CODING_DONE : CODING_BROKEN;
}

static enum coding_result inflate_body(const char *body, size_t size_bytes, size_t max_bytes, struct arena *arena, const char **text,
                                       size_t *text_size_bytes)
{
    z_stream stream = { .next_in = (unsigned char *)(uintptr_t)body, .avail_in = (unsigned)size_bytes };
    struct buffer unpacked = { 0 };
    enum coding_result result;

    if (inflateInit2(&stream, ANY_WRAPPER) != Z_OK)
        return CODING_BROKEN;
    result = unpack(&stream, max_bytes, &unpacked);
    inflateEnd(&stream);
    if (result == CODING_DONE) {
        *text = arena_copy(arena, unpacked.data, unpacked.size);
        *text_size_bytes = unpacked.size;
    }
    buffer_clear(&unpacked);
    return result;
}

enum coding_result coding_undo(const char *coding, const char *body, size_t size_bytes, size_t max_bytes, struct arena *arena,
                               const char **text, size_t *text_size_bytes)
{
    if (!strcasecmp(coding, "identity")) {
        *text = body;
        *text_size_bytes = size_bytes;
        return CODING_DONE;
    }
    if (strcasecmp(coding, "gzip") && strcasecmp(coding, "deflate"))
        return CODING_BROKEN;
    return inflate_body(body, size_bytes, max_bytes, arena, text, text_size_bytes);
}
