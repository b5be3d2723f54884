#pragma once
/* Members that many inputs share, as the service model gives them. */

#include "aws/shape.h"

#define STREAM_NAME_MEMBER                                                       \
    {                                                                            \
        "StreamName", STRING, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" \
    }
#define STREAM_ARN_MEMBER                                                                                 \
    {                                                                                                     \
        "StreamARN", STRING, .min = 1, .max = 2048, .pattern = "arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+" \
    }
#define STREAM_ARN_MEMBER_REQUIRED                                                                                          \
    {                                                                                                                       \
        "StreamARN", STRING, .required = true, .min = 1, .max = 2048, .pattern = "arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+" \
    }
#define CONSUMER_ARN_PATTERN "^(arn):aws.*:kinesis:.*:\\d{12}:.*stream\\/[a-zA-Z0-9_.-]+\\/consumer\\/[a-zA-Z0-9_.-]+:[0-9]+"
#define SHARD_ID_MEMBER(name)                                                              \
    {                                                                                      \
        name, STRING, .required = true, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" \
    }
#define RESOURCE_ARN_MEMBER                                                                                                     \
    {                                                                                                                           \
        "ResourceARN", STRING, .required = true, .min = 1, .max = 2048, .pattern = "arn:aws.*:kinesis:.*:\\d{12}:.*stream/\\S+" \
    }

/* The values and keys of a map of tags. One call may bring more tags than a stream or consumer can have. */
extern const struct member kinesis_tag[];
enum { TAG_MAX = 50, TAGS_GIVEN_MAX = 200 };
#define TAGS_MEMBER                                                          \
    {                                                                        \
        "Tags", MAP, .min = 1, .max = TAGS_GIVEN_MAX, .members = kinesis_tag \
    }
#define TAGS_MEMBER_REQUIRED                                                                   \
    {                                                                                          \
        "Tags", MAP, .required = true, .min = 1, .max = TAGS_GIVEN_MAX, .members = kinesis_tag \
    }

/* Of the service's model since 2025: "reserved for future use", but checked. */
#define STREAM_ID_MEMBER                                                               \
    {                                                                                  \
        "StreamId", STRING, .min = 1, .max = 24, .pattern = "[a-z0-9]{20}-[a-z0-9]{3}" \
    }
