#pragma once
/* CBOR as AWS's JVM SDKs speak it (facts: Kinesis, 2): the same values as in JSON, but blobs are byte strings and timestamps are tag 1 with
 * an integer of milliseconds. Inside, calls see the JSON forms alone: base64 text and seconds; here one becomes the other. */

#include "aws/shape.h"
#include "base/buffer.h"
#include "base/status.h"

/* Decodes one item that is the whole of bytes; *value is a new reference. INVALID when it is malformed, has keys that are no text, is
 * nested deeper than 64, or holds text that is no UTF-8. Containers grow as their items come, so a length that lies costs nothing. */
enum status cbor_read(const void *bytes, size_t size_bytes, json_t **value);

/* The same of an input with these members (NULL: unknown). In JSON's forms a byte string looks like text: *misplaced is the first member
 * that is no BLOB and was given one, NULL when there is none. Text in the place of a BLOB is base64, as in JSON. */
enum status cbor_read_input(const void *bytes, size_t size_bytes, const struct member *members, json_t **value,
                            const struct member **misplaced);

/* The same of Smithy's RPC v2, whose timestamps are seconds. */
enum status cbor_read_rpc(const void *bytes, size_t size_bytes, json_t **value);

/* Adds value to out. A member whose name stands in kinds (a list that ends with a zeroed row) as BLOB or TIMESTAMP is written in that form.
 */
void cbor_write(struct buffer *out, const json_t *value, const struct member *kinds);
