#include "aws/cbor.h"

#include "base/base64.h"
#include "base/memory.h"
#include "base/text.h"

#include <cbor.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 64, TIMESTAMP_TAG = 1 };

/* ---- reading ---- */

enum frame_kind { FRAME_LIST, FRAME_MAP, FRAME_BYTES, FRAME_TEXT };

/* A container whose items are still to come. */
struct frame {
    enum frame_kind kind;
    json_t *value;              /* of a list or map */
    char *key;                  /* of a map: read, its value is to come */
    const struct member *shape; /* that the list or map is the value of; NULL: unknown */
    bool is_open;               /* ends with a break */
    uint64_t left;              /* else: items to come (of a map: pairs) */
    struct buffer chunks;       /* of a text or byte string that comes in pieces */
};

struct reader {
    struct frame frames[DEPTH_MAX];
    int depth;
    json_t *root;
    bool is_bad;
    bool is_tagged;                 /* a tag was read, and what it is of is to come */
    bool is_time;                   /* it is tag 1: a number is a time */
    double per_second;              /* of a time's units */
    struct member input;            /* the whole, as a structure */
    const struct member *misplaced; /* the first that is no blob and was given bytes */
};

static void give(struct reader *reader, json_t *value);

/* The member whose value comes next; NULL: unknown, or a key. */
static const struct member *expected(const struct reader *reader)
{
    const struct frame *frame = reader->depth ? &reader->frames[reader->depth - 1] : NULL;
    const struct member *shape = frame ? frame->shape : NULL;

    if (!frame)
        return &reader->input;
    if (!shape || !shape->members)
        return NULL;
    if (frame->kind == FRAME_LIST)
        return shape->type == LIST ? shape->members : NULL;
    if (frame->kind != FRAME_MAP || !frame->key)
        return NULL;
    return shape->type == STRUCTURE ? shape_find(shape->members, frame->key, strlen(frame->key))
           : shape->type == MAP     ? shape->members
                                    : NULL;
}

/* Hands the finished container on top to the one below it. */
static void close_frame(struct reader *reader)
{
    struct frame *frame = &reader->frames[--reader->depth];
    json_t *value = frame->value;

    free(frame->key);
    if (frame->kind == FRAME_TEXT)
        value = json_stringn(frame->chunks.data ? frame->chunks.data : "", frame->chunks.size);
    if (frame->kind == FRAME_BYTES) {
        char *text = memory_new(base64_encoded_size(frame->chunks.size) + 1);

        base64_encode(frame->chunks.data ? frame->chunks.data : "", frame->chunks.size, text);
        value = json_string(text);
        free(text);
    }
    buffer_clear(&frame->chunks);
    give(reader, value);
}

static void give_key(struct reader *reader, struct frame *frame, json_t *key)
{
    if (json_is_string(key) && strlen(json_string_value(key)) == json_string_length(key))
        frame->key = memory_copy_text(json_string_value(key));
    else
        reader->is_bad = true;
    json_decref(key);
}

/* Takes value (NULL: it could not be made) as the next item of the container on top. */
static void give(struct reader *reader, json_t *value)
{
    struct frame *frame = reader->depth ? &reader->frames[reader->depth - 1] : NULL;

    reader->is_tagged = reader->is_time = false;
    if (!value || reader->is_bad || (frame && frame->kind != FRAME_LIST && frame->kind != FRAME_MAP) || (!frame && reader->root)) {
        reader->is_bad = true;
        json_decref(value);
        return;
    }
    if (!frame) {
        reader->root = value;
        return;
    }
    if (frame->kind == FRAME_MAP && !frame->key) {
        give_key(reader, frame, value);
        return;
    }
    if (frame->kind == FRAME_LIST) {
        json_array_append_new(frame->value, value);
    } else {
        json_object_set_new(frame->value, frame->key, value);
        free(frame->key);
        frame->key = NULL;
    }
    if (!frame->is_open && !--frame->left)
        close_frame(reader);
}

static void open_frame(struct reader *reader, enum frame_kind kind, bool is_open, uint64_t left)
{
    struct frame *frame = &reader->frames[reader->depth];

    reader->is_tagged = reader->is_time = false;
    if (reader->depth == DEPTH_MAX || reader->is_bad) {
        reader->is_bad = true;
        return;
    }
    *frame = (struct frame){ .is_open = is_open, .left = left, .shape = expected(reader) };
    frame->kind = kind;
    if (kind == FRAME_LIST || kind == FRAME_MAP)
        frame->value = kind == FRAME_LIST ? json_array() : json_object();
    reader->depth++;
    if (!is_open && !left)
        close_frame(reader);
}

static void give_integer(struct reader *reader, bool is_negative, uint64_t magnitude)
{
    json_int_t number = is_negative ? -1 - (json_int_t)magnitude : (json_int_t)magnitude;
    bool is_time = reader->is_time;

    if (magnitude > INT64_MAX)
        reader->is_bad = true;
    else
        give(reader, is_time ? json_real((double)number / reader->per_second) : json_integer(number));
}

static void give_real(struct reader *reader, double number)
{
    bool is_time = reader->is_time;

    give(reader, isfinite(number) ? json_real(is_time ? number / reader->per_second : number) : NULL);
}

/* A string begins. Bytes are no key, and have their place in blobs alone. */
static void open_string(struct reader *reader, enum frame_kind kind)
{
    const struct frame *frame = reader->depth ? &reader->frames[reader->depth - 1] : NULL;
    const struct member *member = expected(reader);

    if (kind == FRAME_BYTES && frame && frame->kind == FRAME_MAP && !frame->key)
        reader->is_bad = true;
    if (kind == FRAME_BYTES && member && member->type != BLOB && member->type != DOCUMENT && !reader->misplaced)
        reader->misplaced = member;
    open_frame(reader, kind, true, 0);
}

/* A whole string, or a piece of one that comes in pieces. */
static void give_string(struct reader *reader, enum frame_kind kind, const unsigned char *bytes, size_t size)
{
    struct frame *frame = reader->depth ? &reader->frames[reader->depth - 1] : NULL;

    if (frame && frame->kind == kind && !reader->is_bad) {
        buffer_add(&frame->chunks, bytes, size);
        return;
    }
    open_string(reader, kind);
    if (reader->is_bad)
        return;
    buffer_add(&reader->frames[reader->depth - 1].chunks, bytes, size);
    close_frame(reader);
}

static void on_break(void *context)
{
    struct reader *reader = context;
    struct frame *frame = reader->depth ? &reader->frames[reader->depth - 1] : NULL;

    if (reader->is_bad || !frame || !frame->is_open || frame->key || reader->is_tagged)
        reader->is_bad = true;
    else
        close_frame(reader);
}

#define INTEGER_CALLBACK(name, type, is_negative)   \
    static void name(void *context, type number)    \
    {                                               \
        give_integer(context, is_negative, number); \
    }
INTEGER_CALLBACK(on_uint8, uint8_t, false)
INTEGER_CALLBACK(on_uint16, uint16_t, false)
INTEGER_CALLBACK(on_uint32, uint32_t, false)
INTEGER_CALLBACK(on_uint64, uint64_t, false)
INTEGER_CALLBACK(on_negint8, uint8_t, true)
INTEGER_CALLBACK(on_negint16, uint16_t, true)
INTEGER_CALLBACK(on_negint32, uint32_t, true)
INTEGER_CALLBACK(on_negint64, uint64_t, true)

static void on_float(void *context, float number)
{
    give_real(context, (double)number);
}

static void on_double(void *context, double number)
{
    give_real(context, number);
}

static void on_bytes(void *context, cbor_data bytes, size_t size)
{
    give_string(context, FRAME_BYTES, bytes, size);
}

static void on_text(void *context, cbor_data bytes, size_t size)
{
    give_string(context, FRAME_TEXT, bytes, size);
}

static void on_open_bytes(void *context)
{
    open_string(context, FRAME_BYTES);
}

static void on_open_text(void *context)
{
    open_string(context, FRAME_TEXT);
}

static void on_open_list(void *context)
{
    open_frame(context, FRAME_LIST, true, 0);
}

static void on_open_map(void *context)
{
    open_frame(context, FRAME_MAP, true, 0);
}

static void on_list(void *context, size_t count)
{
    open_frame(context, FRAME_LIST, false, count);
}

static void on_map(void *context, size_t count)
{
    open_frame(context, FRAME_MAP, false, count);
}

static void on_tag(void *context, uint64_t tag)
{
    struct reader *reader = context;

    reader->is_tagged = true;
    reader->is_time = tag == TIMESTAMP_TAG;
}

static void on_boolean(void *context, bool value)
{
    give(context, json_boolean(value));
}

static void on_null(void *context)
{
    give(context, json_null());
}

static const struct cbor_callbacks callbacks = {
    .uint8 = on_uint8,
    .uint16 = on_uint16,
    .uint32 = on_uint32,
    .uint64 = on_uint64,
    .negint8 = on_negint8,
    .negint16 = on_negint16,
    .negint32 = on_negint32,
    .negint64 = on_negint64,
    .byte_string_start = on_open_bytes,
    .byte_string = on_bytes,
    .string = on_text,
    .string_start = on_open_text,
    .indef_array_start = on_open_list,
    .array_start = on_list,
    .indef_map_start = on_open_map,
    .map_start = on_map,
    .tag = on_tag,
    .float2 = on_float,
    .float4 = on_float,
    .float8 = on_double,
    .undefined = on_null,
    .null = on_null,
    .boolean = on_boolean,
    .indef_break = on_break,
};

static enum status read(struct reader *reader, const void *bytes, size_t size_bytes, json_t **value)
{
    size_t at = 0;

    while (at < size_bytes && !reader->is_bad) {
        struct cbor_decoder_result result = cbor_stream_decode((cbor_data)bytes + at, size_bytes - at, &callbacks, reader);

        if (result.status != CBOR_DECODER_FINISHED)
            reader->is_bad = true;
        at += result.read;
    }
    if (!reader->is_bad && !reader->depth && reader->root && !reader->is_tagged) {
        *value = reader->root;
        return OK;
    }
    while (reader->depth--) {
        json_decref(reader->frames[reader->depth].value);
        free(reader->frames[reader->depth].key);
        buffer_clear(&reader->frames[reader->depth].chunks);
    }
    json_decref(reader->root);
    return INVALID;
}

enum status cbor_read_input(const void *bytes, size_t size_bytes, const struct member *members, json_t **value,
                            const struct member **misplaced)
{
    struct reader reader = { .per_second = 1000, .input = { .name = "input", .type = STRUCTURE, .members = members } };
    enum status status = read(&reader, bytes, size_bytes, value);

    *misplaced = members && reader.misplaced != &reader.input ? reader.misplaced : NULL;
    return status;
}

enum status cbor_read(const void *bytes, size_t size_bytes, json_t **value)
{
    const struct member *misplaced;

    return cbor_read_input(bytes, size_bytes, NULL, value, &misplaced);
}

enum status cbor_read_rpc(const void *bytes, size_t size_bytes, json_t **value)
{
    struct reader reader = { .per_second = 1, .input = { .name = "input", .type = STRUCTURE } };

    return read(&reader, bytes, size_bytes, value);
}

/* ---- writing ---- */

enum { HEAD_MAX = 9 };

/* Room for an item's head; `written` is what an encoder of libcbor wrote there. */
#define ADD_HEAD(out, encode, ...) ((out)->size += encode(__VA_ARGS__, (unsigned char *)buffer_reserve(out, HEAD_MAX), HEAD_MAX))

static enum shape_type kind_of(const struct member *kinds, const char *name)
{
    for (; kinds && kinds->name; kinds++)
        if (!strcmp(kinds->name, name))
            return kinds->type;
    return SHAPE_END;
}

static void write_blob(struct buffer *out, const json_t *value)
{
    size_t length = json_string_length(value);
    char *bytes = memory_new(length / 4 * 3 + 1);
    size_t size;

    base64_decode(json_string_value(value), length, bytes, &size);
    ADD_HEAD(out, cbor_encode_bytestring_start, size);
    buffer_add(out, bytes, size);
    free(bytes);
}

static void write_integer(struct buffer *out, json_int_t number)
{
    if (number >= 0)
        ADD_HEAD(out, cbor_encode_uint, (uint64_t)number);
    else
        ADD_HEAD(out, cbor_encode_negint, (uint64_t)(-1 - number));
}

static void write_text(struct buffer *out, const char *text, size_t size)
{
    ADD_HEAD(out, cbor_encode_string_start, size);
    buffer_add(out, text, size);
}

/* AWS's maps and lists have no lengths: they end with a break. */
static void write_container(struct buffer *out, const json_t *value, const struct member *kinds)
{
    const char *name;
    json_t *item;
    size_t i;

    buffer_add_char(out, json_is_object(value) ? '\xbf' : '\x9f');
    if (json_is_array(value))
        json_array_foreach((json_t *)value, i, item) cbor_write(out, item, kinds);
    else
        json_object_foreach((json_t *)value, name, item)
        {
            enum shape_type kind = kind_of(kinds, name);

            write_text(out, name, strlen(name));
            if (kind == BLOB && json_is_string(item)) {
                write_blob(out, item);
            } else if (kind == TIMESTAMP && json_is_number(item)) {
                ADD_HEAD(out, cbor_encode_tag, TIMESTAMP_TAG);
                write_integer(out, (json_int_t)llround(json_number_value(item) * 1000.0));
            } else {
                cbor_write(out, item, kinds);
            }
        }
    buffer_add_char(out, '\xff');
}

void cbor_write(struct buffer *out, const json_t *value, const struct member *kinds)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        write_container(out, value, kinds);
        return;
    case JSON_STRING:
        write_text(out, json_string_value(value), json_string_length(value));
        return;
    case JSON_INTEGER:
        write_integer(out, json_integer_value(value));
        return;
    case JSON_REAL:
        ADD_HEAD(out, cbor_encode_double, json_real_value(value));
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        ADD_HEAD(out, cbor_encode_bool, json_is_true(value));
        return;
    case JSON_NULL:
        buffer_add_char(out, '\xf6');
        return;
    }
}
