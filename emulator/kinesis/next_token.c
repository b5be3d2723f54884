#include "kinesis/next_token.h"

#include "aws/seal.h"

#include <string.h>

/* Without padding; numbers in the machine's order, since only we read them. */
struct sealed {
    int64_t issued_ms;
    int64_t stream_made_ms;
    int64_t filter_time_ms;
    uint32_t filter;
    uint32_t next_shard;
    char stream[136];
    char after[136];
    unsigned char seal[SEAL_SIZE];
};

enum { TEXT_SIZE = (sizeof(struct sealed) + 2) / 3 * 4 + 1 };

void next_token_add(struct call *call, const struct next_token *token)
{
    struct sealed sealed = {
        .issued_ms = clock_now_ms(call->ground->clock),
        .stream_made_ms = token->stream_made_ms,
        .filter_time_ms = token->filter_time_ms,
        .filter = token->filter,
        .next_shard = token->next_shard,
    };
    char text[TEXT_SIZE];

    memcpy(sealed.stream, token->stream, sizeof token->stream);
    memcpy(sealed.after, token->after, sizeof token->after);
    seal_print(call->ground->seal_key, &sealed, sizeof sealed, call->operation->name, text);
    json_object_set_new(call->output, "NextToken", json_string(text));
}

enum outcome next_token_read(struct call *call, struct next_token *token)
{
    const char *text = call_string(call, "NextToken");
    struct sealed sealed;

    if (seal_parse(call->ground->seal_key, text, strlen(text), call->operation->name, &sealed, sizeof sealed) != OK)
        return call_fail(call, ERR_INVALID_ARGUMENT, "Invalid NextToken.");
    if (sealed.issued_ms < clock_now_ms(call->ground->clock) - NEXT_TOKEN_LIFE_MS)
        return call_fail(call, ERR_EXPIRED_NEXT_TOKEN, "NextToken has expired.");
    *token = (struct next_token){
        .stream_made_ms = sealed.stream_made_ms,
        .filter_time_ms = sealed.filter_time_ms,
        .filter = sealed.filter,
        .next_shard = sealed.next_shard,
    };
    memcpy(token->stream, sealed.stream, sizeof token->stream);
    memcpy(token->after, sealed.after, sizeof token->after);
    return DONE;
}

struct kinesis_stream *next_token_stream(struct call *call, const struct next_token *token)
{
    struct kinesis_stream *stream = kinesis_stream_find(room_of(call), token->stream);

    if (stream && stream->made_ms == token->stream_made_ms)
        return stream;
    kinesis_fail_absent(call, token->stream);
    return NULL;
}
