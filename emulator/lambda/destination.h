#pragma once
/* Where the record of work that ended goes: of batches that a mapping gives up, of asynchronous invocations that are given up or went well,
 * and what dead-letter queues get. A function is invoked with it, as on AWS. Queues, topics, buckets and buses are not emulated: what AWS
 * would send there is kept, the last of it, for those who ask (/_lowcloud/destinations), and trace and log say so (docs/decisions/0022). */

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum { DESTINATION_KEPT_MAX = 256, DESTINATION_KEPT_MAX_BYTES = 16 << 20 };

struct lambda;

struct destination_note {
    const char *arn;    /* the destination's */
    const char *source; /* the ARN of the mapping or function that it is about */
    const char *body;   /* as AWS sends it: JSON */
    size_t size_bytes;
    const char *key;          /* of the object in a bucket, or NULL */
    const json_t *attributes; /* of the message (dead-letter queues), or NULL */
    uint64_t cause;           /* trace event */
};

/* Delivers the note, or keeps it as a line of JSON in the room's ledger; all of it is copied:
 * {"id":1,"time":"...","destination":"arn:...","source":"arn:...","key":"...","attributes":{...},"body":{...}} */
void destination_send(struct lambda *room, const struct destination_note *note);
