#pragma once
/* Members that many inputs share, as the service model gives them. */

#include "aws/shape.h"

#define STREAM_NAME_MEMBER                                                       \
    {                                                                            \
        "StreamName", STRING, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" \
    }
#define STREAM_ARN_MEMBER                                                                               \
    {                                                                                                   \
        "StreamARN", STRING, .min = 1, .max = 2048, .pattern = "arn:aws.*:kinesis:.*:\\d{12}:stream/.+" \
    }
#define CONSUMER_ARN_PATTERN "^(arn):aws.*:kinesis:.*:\\d{12}:.*stream\\/[a-zA-Z0-9_.-]+\\/consumer\\/[a-zA-Z0-9_.-]+:[0-9]+"
#define SHARD_ID_MEMBER(name)                                                              \
    {                                                                                      \
        name, STRING, .required = true, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" \
    }
#define RESOURCE_ARN_MEMBER                                                                                                   \
    {                                                                                                                         \
        "ResourceARN", STRING, .required = true, .min = 1, .max = 2048, .pattern = "arn:aws.*:kinesis:.*:\\d{12}:.*stream/.+" \
    }

/* The values and keys of a map of tags, and a map of at most that many. */
extern const struct member kinesis_tag[];
enum { TAG_MAX = 50 }; /* of one stream */
#define KINESIS_TAGS_MEMBER(most)                         \
    {                                                     \
        "Tags", MAP, .max = most, .members = kinesis_tag, \
    }
