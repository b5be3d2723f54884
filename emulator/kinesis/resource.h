#pragma once
/* What can bear tags and a policy: a stream, or a consumer that is registered with one. */

#include "kinesis/consumer.h"

struct kinesis_resource {
    struct kinesis_stream *stream;
    const char *kind; /* "stream" or "consumer" */
    const char *name; /* its own */
    json_t *tags;     /* an object of strings; borrowed */
    char **policy;    /* the document, owned there; NULL in it: none */
};

struct kinesis_resource kinesis_resource_of(struct kinesis_stream *stream);
struct kinesis_resource kinesis_resource_of_consumer(struct kinesis_consumer *consumer);

/* What the call names: a stream by its name or ARN, or a consumer by its ARN. FAILED after call_fail when there is none. */
enum outcome kinesis_resource_named(struct call *call, struct kinesis_resource *resource);

/* Gives it the Tags of the input; FAILED, with the call refused and the tags as they were, when AWS would not take them. */
enum outcome kinesis_resource_tag(struct call *call, const struct kinesis_resource *resource);
