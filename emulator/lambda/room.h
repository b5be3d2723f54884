#pragma once
/* What the Lambda room owns. */

#include "aws/ground.h"
#include "aws/service.h"
#include "base/ledger.h"
#include "base/list.h"
#include "base/map.h"
#include "dynamodb/dynamodb.h"
#include "kinesis/kinesis.h"
#include "lambda/bootstraps.h"
#include "lambda/lambda.h"
#include "lambda/logs.h"

struct lambda {
    const struct ground *ground;
    struct kinesis *kinesis;
    struct dynamodb *dynamodb;
    struct service service;
    struct map functions; /* by name */
    struct map mappings;  /* by UUID */
    struct list leaving;  /* deleted mappings whose last batch is in flight */
    struct list absences; /* those who asked for a function that is not there, and are about to be told */
    struct list ending;   /* environments whose processes are being killed */
    struct list retries;  /* asynchronous invocations that run or wait for their next attempt */
    size_t waiting_bytes; /* of their payloads */
    size_t waiting_max_bytes;
    struct list refused; /* invocations that are about to be told so */
    struct ledger notes; /* what was for destinations that are not here */
    struct random_stream ids;
    struct lambda_store *store; /* NULL without --data */
    struct log_sink *sink;
    struct bootstraps *bootstraps;
    struct keeper *keeper;  /* NULL until the first environment starts */
    int concurrency_max;    /* environments of one version */
    int running_count;      /* invocations that wait or run, in all functions */
    unsigned started_count; /* environments ever started: names their directories */
    unsigned unpacked_count;
};

enum { LAMBDA_ACCOUNT_CONCURRENCY = 1000 };
