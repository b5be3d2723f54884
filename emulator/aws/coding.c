#include "aws/coding.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

enum {
    PIECE_BYTES = 64 * 1024,
    WORTHWHILE_BYTES = 4096, /* up to this size an answer is sent as it is */
    ZLIB_WRAPPER = 15,       /* what HTTP calls deflate */
    GZIP_WRAPPER = 15 + 16,
    ANY_WRAPPER = 15 + 32, /* zlib finds out which it is */
    MEMORY_LEVEL = 8       /* zlib's own default */
};

/* ---- requests: piece by piece, so that a small body that unfolds to a huge one costs no more than the bound ---- */

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

/* ---- answers ---- */

enum { GZIP, DEFLATE, STAR, CODINGS };

static const char *const coding_names[CODINGS] = { "gzip", "deflate", "*" };

/* One entry of the header: size bytes of text, without the comma. */
struct entry {
    const char *text;
    size_t size;
};

static struct entry trim(struct entry entry)
{
    while (entry.size && strchr(" \t", *entry.text)) {
        entry.text++;
        entry.size--;
    }
    while (entry.size && strchr(" \t", entry.text[entry.size - 1]))
        entry.size--;
    return entry;
}

/* Cuts off what stands before the first `c`, or all. */
static struct entry cut(struct entry *rest, char c)
{
    const char *end = memchr(rest->text, c, rest->size);
    struct entry head = { rest->text, end ? (size_t)(end - rest->text) : rest->size };

    rest->text += head.size + (end != NULL);
    rest->size -= head.size + (end != NULL);
    return head;
}

/* The number behind the first "q=", wherever it stands; 1 at most. */
static double quality_of(struct entry parameters)
{
    const char *found = memmem(parameters.text, parameters.size, "q=", 2);
    struct entry rest;
    struct entry value;
    char text[32];
    char *end;
    double quality;

    if (!found)
        return 1;
    rest = (struct entry){ found + 2, parameters.size - (size_t)(found + 2 - parameters.text) };
    value = trim(cut(&rest, ';'));
    if (!value.size || value.size >= sizeof text || !strchr("0123456789.+-", *value.text))
        return 1;
    memcpy(text, value.text, value.size);
    text[value.size] = '\0';
    quality = strtod(text, &end);
    return *end || quality > 1 ? 1 : quality;
}

/* The best quality at which each coding is listed; -1: it is not. first[] tells which came first. */
static void read_qualities(const char *accept, double qualities[CODINGS], int first[CODINGS])
{
    struct entry rest = { accept, strlen(accept) };

    for (int place = 0; rest.size; place++) {
        struct entry parameters = cut(&rest, ',');
        struct entry name = trim(cut(&parameters, ';'));
        double quality = quality_of(parameters);

        for (int i = 0; i < CODINGS; i++)
            if (name.size == strlen(coding_names[i]) && !strncasecmp(name.text, coding_names[i], name.size) && quality > qualities[i]) {
                qualities[i] = quality;
                first[i] = place;
            }
    }
}

const char *coding_choose(const char *accept)
{
    double qualities[CODINGS] = { -1, -1, -1 };
    int first[CODINGS] = { 0 };
    int best;

    if (!accept)
        return NULL;
    read_qualities(accept, qualities, first);
    best = qualities[DEFLATE] > qualities[GZIP] || (qualities[DEFLATE] == qualities[GZIP] && first[DEFLATE] < first[GZIP]) ? DEFLATE : GZIP;
    /* What is listed for itself goes before what "*" only allows, unless that is wanted more. */
    if (qualities[STAR] > qualities[best] && (qualities[GZIP] < 0 || qualities[DEFLATE] < 0)) {
        best = qualities[GZIP] < 0 ? GZIP : DEFLATE;
        qualities[best] = qualities[STAR];
    }
    return qualities[best] > 0 ? coding_names[best] : NULL;
}

const char *coding_apply(const char *accept, struct buffer *body)
{
    const char *coding = body->size > WORTHWHILE_BYTES ? coding_choose(accept) : NULL;
    z_stream stream = { .next_in = (unsigned char *)body->data, .avail_in = (unsigned)body->size };
    struct buffer packed = { 0 };
    size_t room;

    /* The fastest: both ends are on one machine. */
    if (!coding || deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, coding == coding_names[GZIP] ? GZIP_WRAPPER : ZLIB_WRAPPER, MEMORY_LEVEL,
                                Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    room = deflateBound(&stream, body->size);
    stream.next_out = (unsigned char *)buffer_reserve(&packed, room);
    stream.avail_out = (unsigned)room;
    deflate(&stream, Z_FINISH); /* cannot fail: there is room for the worst */
    packed.size = room - stream.avail_out;
    deflateEnd(&stream);
    buffer_clear(body);
    *body = packed;
    return coding;
}
