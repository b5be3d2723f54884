#pragma once
/* What the destinations of an asynchronous invocation are told when it has ended (facts B8): OnSuccess or OnFailure of the function's event
 * invoke configuration, and its dead-letter queue. */

#include <stddef.h>
#include <stdint.h>

struct function;

struct event_record {
    const char *arn;       /* of the function, as invoked */
    const char *condition; /* AWS's word: "Success", "RetriesExhausted", ... */
    const char *request_id;
    int invoke_count;
    const char *payload; /* of the event: JSON, or empty for {} */
    size_t payload_bytes;
    /* the last answer; version NULL: there was none */
    const char *version;
    const char *error; /* NULL or "Unhandled" */
    const char *answer;
    size_t answer_bytes;
    uint64_t cause; /* trace event */
};

void event_record_tell(const struct function *function, const struct event_record *record);
