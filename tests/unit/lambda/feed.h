#pragma once
/* A stream that feeds a function, for the tests of event source mappings: records go in, and what the function was handed can be read. The
 * clock stands; the function is a real process. */

#include "workshop.h"

#define FEED_STREAM "arn:aws:kinesis:us-east-1:000000000000:stream/s"

/* A hash key in each half of the range: where two shards split it evenly, one key is in each. */
#define FEED_LOW "1"
#define FEED_HIGH "340282366920938463463374607431768211454"
#define FEED_MIDDLE "170141183460469231731687303715884105728"

/* The checked fixture: a workshop with the stream "s" of one shard and the function "f". */
void feed_open(void);

/* Each invocation of "f" leaves one line: the data of its records, in base64. Then it runs `handle` (as in workshop_deploy_shell), which
 * sees them in $line, the records' sequence numbers in the array `ids` and their number of runs so far in $runs; $answer is null. */
void feed_deploy(const char *handle);

/* What feed_open deploys: a record whose data is "poison" (FEED_POISON in base64) makes its batch fail. */
#define FEED_POISON "cG9pc29u"
#define FEED_FAIL_ON_POISON "case $line in *" FEED_POISON "*) path=error answer='{\"errorType\":\"Poison\",\"errorMessage\":\"p\"}';; esac"

/* Puts a record, into the shard of that hash key (NULL: any), and wakes the mappings. */
void feed_put(const char *data);
void feed_put_at(const char *data, const char *hash_key);

/* Puts a record with that partition key. */
void feed_put_key(const char *data, const char *key);

/* Maps the stream to "f"; more: further members of the input, beginning with a comma. Answers the mapping's UUID. */
const char *feed_map(const char *position, const char *more);

/* What the function has noted so far; good until the next call. */
const char *feed_seen(void);

/* Waits until the notes are these and the function rests; fails when they become others. */
void feed_expect(const char *expected);

/* How many events of the trace carry that note. */
int feed_faults(const char *note);
