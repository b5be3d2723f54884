#pragma once
/* The input of an application: a Kinesis stream, read as soon as there is something to read, in micro-batches. It keeps its places while
 * the application is stopped, for LAST_STOPPED_POINT. A shard that came out of others is read when those have been read to their end. */

#include "analytics/program.h"
#include "analytics/row.h"
#include "kinesis/kinesis.h"
#include "loop/loop.h"

struct application;
struct processing;

enum {
    INPUT_BATCH_RECORDS = 500,           /* of one micro-batch */
    INPUT_BATCH_BYTES = 4 * 1024 * 1024, /* of their data, about */
    INPUT_ROWS_PER_RECORD = 10000,
    INPUT_READ_MAX = 128 * 1024 * 1024 /* bytes of values in one batch */
};

enum input_position { INPUT_NOW, INPUT_TRIM_HORIZON, INPUT_LAST_STOPPED_POINT };

struct input_shard {
    struct kinesis_reader reader;
    bool is_finished; /* closed, and read to its end */
};

struct input {
    struct application *application;
    struct kinesis_listener listener;
    char stream[129];           /* "": never started */
    struct input_shard *shards; /* in the order in which they were found */
    size_t shard_count;
    size_t next_shard; /* whose turn it is */
    struct deferred more;
    struct processing *processing; /* records are with the preprocessing function; NULL: none are */
    bool is_running;
};

/* Starts reading stream from position. ABSENT: there is no such stream. */
enum status input_start(struct input *input, struct application *application, const char *stream, enum input_position position);

/* Goes on when there is room for rows again. */
void input_resume(struct input *input);

/* Stops reading; the places are kept. */
void input_stop(struct input *input);

void input_close(struct input *input);

/* The places as JSON, and back, for keeping them: [{"shard","next","stream","made","finished"}]. */
json_t *input_save(const struct input *input);
void input_restore(struct input *input, const json_t *places);
