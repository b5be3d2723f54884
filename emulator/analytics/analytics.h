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

void analytics_close(struct analytics *room);
