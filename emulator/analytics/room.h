#pragma once
/* The room's own furniture; only its files include this. */

#include "analytics/analytics.h"
#include "analytics/operations.h"
#include "base/map.h"

struct analytics_store;

struct analytics {
    const struct ground *ground;
    struct kinesis *kinesis;
    struct invoker invoker;
    struct service v1;
    struct service v2;
    struct map applications; /* name -> struct application, in order of creation */
    struct map files;        /* "bucket/key" -> path of the file that stands for the object; owned */
    struct random_stream ids;
    struct analytics_store *store; /* NULL: in memory only */
};
