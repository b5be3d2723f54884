#pragma once
/* How a room puts records into a stream without knowing the Kinesis room: world hands it one of these. */

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record_sink {
    /* Whether the stream with the ARN takes records. */
    bool (*is_open)(void *room, const char *arn);

    /* Puts one record, caused by the trace event `cause`; data is copied. ABSENT: no such stream; BROKEN: it could not be stored. */
    enum status (*put)(void *room, const char *arn, const char *partition_key, const void *data, size_t size_bytes, uint64_t cause);
    void *room;
};
