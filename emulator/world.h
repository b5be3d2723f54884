#pragma once
/* The world owns everything: it opens the rooms in order, introduces them to each other, and closes them in reverse. The whole topology can
 * be read in world.c. A test opens a world too, with a frozen clock and a seed. */

#include "aws/ground.h"
#include "aws/seal.h"
#include "front/front.h"

struct world_options {
    const char *host;                   /* NULL: 127.0.0.1 */
    int port;                           /* 0: any free one; negative: no front door (unit tests) */
    const char *data_directory;         /* NULL: memory only */
    const char *region;                 /* NULL: us-east-1 */
    const char *account;                /* NULL: 000000000000 */
    int64_t seed;                       /* negative: drawn from the machine */
    int64_t frozen_ms;                  /* > 0: the clock stands at that time */
    bool throttles_kinesis;             /* bound each shard's throughput as AWS does */
    const char *const *allowed_origins; /* further origins that may call the APIs; NULL ends it; NULL: none */
};

struct world {
    struct clock clock;
    struct random random;
    struct random_stream request_ids;
    struct seal_key seal_key;
    struct ground ground;
    struct world_options options;
    struct authority *authority;
    struct cloudwatch *cloudwatch;
    struct control *control;
    struct kinesis *kinesis;
    struct dynamodb *dynamodb;
    struct lambda *lambda;
    struct apigateway *apigateway;
    struct analytics *analytics;
    struct front *front;
    struct turn_hook commit;
    char endpoint[128];
    char *state_directory;
    bool is_stopping; /* a signal has asked for the end */
};

/* Opens a world. BROKEN, after a line in the log, when something cannot be opened; world_close is due in any case. */
enum status world_open(struct world *world, const struct world_options *options);

/* From now on SIGINT and SIGTERM end world_run instead of the process, so that nothing is left behind; to be called before anybody is told
 * that the world is ready. */
void world_heed_signals(struct world *world);

/* Runs the loop until SIGINT or SIGTERM. */
void world_run(struct world *world);

/* Moves a frozen clock on by ms and runs turns until nothing more is due. */
void world_advance(struct world *world, int64_t ms);

void world_close(struct world *world);
