#pragma once
/* Where a listing goes on: what NextToken says. Opaque to clients, sealed, and good for 300 seconds, as the service's model has it. One
 * operation's token is none of another's. */

#include "kinesis/room.h"

enum { NEXT_TOKEN_LIFE_MS = 300 * 1000 };

struct next_token {
    int64_t stream_made_ms; /* tells a stream from a later one of the same name; 0: of all streams */
    int64_t filter_time_ms; /* of ListShards */
    uint32_t filter;
    uint32_t next_shard;
    char stream[STREAM_NAME_SIZE]; /* "": of all streams */
    char after[STREAM_NAME_SIZE];  /* the name that was listed last; "" where shards are listed */
};

/* Puts the token, issued now, into the output as NextToken. */
void next_token_add(struct call *call, const struct next_token *token);

/* Reads the NextToken of the call, which has one. FAILED after call_fail: InvalidArgumentException when it is none of ours,
 * ExpiredNextTokenException when it is too old. */
enum outcome next_token_read(struct call *call, struct next_token *token);

/* The stream that the token is of; NULL after call_fail when it is gone. */
struct kinesis_stream *next_token_stream(struct call *call, const struct next_token *token);
