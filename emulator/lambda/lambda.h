#pragma once
/* Lambda: functions whose code runs unmodified in child processes, over the Runtime API; and the mappings that feed them from streams. The
 * Runtime API is served on listeners of this room's own, one per process (docs/decisions/0003), not at the front door. */

#include "aws/ground.h"
#include "aws/invoker.h"
#include "aws/service.h"
#include "dynamodb/dynamodb.h"
#include "kinesis/kinesis.h"

struct lambda;

/* Opens the room; mappings read from kinesis and from the streams of dynamodb's tables. */
enum status lambda_open(struct lambda **room, const struct ground *ground, struct kinesis *kinesis, struct dynamodb *dynamodb);

/* The wire's view of it: REST-JSON, /2015-03-31/... */
const struct service *lambda_service(const struct lambda *room);

/* How the other rooms invoke functions. */
struct invoker lambda_invoker(struct lambda *room);

/* Adds, as lines of JSON, what was for queues, topics, buckets and buses, which are not emulated: the entries with an id above since. */
void lambda_print_destinations(const struct lambda *room, uint64_t since, struct buffer *lines);

/* Creates a function (or replaces the code and configuration of the one with that name) whose code stays in `directory`, where it is
 * watched: a saved file is live at the next invocation. configuration: an object with CreateFunction's members except Code; borrowed. On
 * failure `message` (in arena) says why, in AWS's words. */
enum status lambda_deploy_directory(struct lambda *room, const json_t *configuration, const char *directory, struct arena *arena,
                                    const char **message);

/* Ends all execution environments at once: SIGKILL, no child left. Who still waits for an invocation is not told any more. */
void lambda_close(struct lambda *room);
