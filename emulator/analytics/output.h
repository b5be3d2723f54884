#pragma once
/* An output of an application: rows of one in-application stream go to a function or to a Kinesis stream, in order, as soon as a batch made
 * them. What is not delivered is sent again, the same records with a higher retryHint, after a pause that grows to a bound, for ever, as
 * AWS does (https://docs.aws.amazon.com/kinesisanalytics/latest/dev/how-it-works-output-lambda.html); newer rows wait behind them. */

#include "analytics/program.h"
#include "base/clock.h"
#include "base/list.h"
#include "loop/loop.h"

struct application;
struct delivery;

enum {
    OUTPUT_QUEUE_MAX = 16 * 1024 * 1024, /* bytes that wait before the application stops reading its input */
    OUTPUT_ROW_MAX = 512 * 1024,         /* bytes of one row, as on AWS */
    OUTPUT_INVOKE_MAX = 6 * 1024 * 1024, /* bytes of one invocation's payload */
    OUTPUT_PUT_RECORDS = 500,            /* records of one PutRecords */
    OUTPUT_PUT_MAX = 4 * 1024 * 1024,    /* bytes of them */
    OUTPUT_PAUSE_FIRST_MS = 500,
    OUTPUT_PAUSE_MAX_MS = 30000
};

enum output_kind { OUTPUT_FUNCTION, OUTPUT_STREAM };

struct output {
    struct list link; /* in the application's outputs */
    struct application *application;
    char *id;           /* OutputId */
    char *name;         /* of the in-application stream */
    char *resource_arn; /* of the function or stream */
    enum output_kind kind;
    enum row_format format;
    struct list queue; /* struct output_record: not yet sent */
    struct list sent;  /* those of the delivery under way, or of the last one that failed */
    size_t queued_bytes;
    struct delivery *delivery; /* under way, or NULL */
    struct deferred next;      /* delivers on after an answer */
    struct timer pause;        /* until the next attempt */
    int failures;              /* attempts in a row that did not deliver everything */
    bool is_running;
};

/* An output for a part of the configuration's Outputs. */
struct output *output_open(struct application *application, const json_t *part);

/* Takes over a changed part; what waits is kept. */
void output_configure(struct output *output, const json_t *part);

/* Takes the rows that the output's stream has in the engine's batch, and begins to deliver them. */
void output_take(struct output *output, const struct program *program);

/* Starts delivering; output_stop lets a delivery under way end, and keeps what waits. */
void output_start(struct output *output);
void output_stop(struct output *output);

/* Forgets what waits: the application starts elsewhere in its input. */
void output_discard(struct output *output);

/* Whether so much waits that no more rows should be made. */
bool output_is_full(const struct output *output);

/* Whether nothing waits and nothing is under way. */
bool output_is_idle(const struct output *output);

void output_close(struct output *output);
