#pragma once
/* Kinesis Analytics: SQL applications that read a stream, run pumps over micro-batches on sqlite, and deliver rows to a function or a
 * stream. */

#include "aws/ground.h"
#include "aws/invoker.h"
#include "aws/service.h"
#include "kinesis/kinesis.h"

struct analytics;

/* Opens the room; applications read from (and may deliver to) kinesis, and deliver to functions with invoker. */
enum status analytics_open(struct analytics **room, const struct ground *ground, struct kinesis *kinesis, const struct invoker *invoker);

/* Both wires of it: KinesisAnalytics_20150814 and KinesisAnalytics_20180523, JSON 1.1. */
const struct service *analytics_service_v1(const struct analytics *room);
const struct service *analytics_service_v2(const struct analytics *room);

/* Names the file (path, copied) that stands for an object of S3, as ReferenceDataSources name it: bucket is a name, not an ARN. It is read
 * when an application starts or is updated; a file under the environment's LOWCLOUD_S3_DIR/<bucket>/<key> comes before it. ABSENT: noted,
 * but the file cannot be read now. */
enum status analytics_reference_file(struct analytics *room, const char *bucket, const char *key, const char *path);

void analytics_close(struct analytics *room);
