#pragma once
/* Preprocessing: a function that sees the input's records before they are read as rows
 * (https://docs.aws.amazon.com/kinesisanalytics/latest/dev/lambda-preprocessing.html). One batch at a time is with it; the input waits. A
 * failed or malformed answer sends the same batch again, after a pause that grows to a bound. */

#include "analytics/input.h"

struct processing;

/* Whether the application's input has an InputProcessingConfiguration. */
bool processing_wanted(const struct application *application);

/* Sends records (copied) to the function; input->processing is set until its rows have been taken. */
void processing_begin(struct input *input, const char *shard, size_t stream, const struct kinesis_record *records, size_t count);

/* The input stops: its places go back to before the batch under way, whose answer no longer counts. */
void processing_abandon(struct input *input);
