#include "dynamodb/request_token.h"

#include "dynamodb/request_token_store.h"

#include <stdlib.h>
#include <string.h>

struct request_token request_token_of(const char *text, const json_t *parameters)
{
    struct request_token token = { .text = text };
    char *dump;

    if (!text)
        return token;
    dump = json_dumps(parameters, JSON_COMPACT | JSON_SORT_KEYS);
    md5(dump, strlen(dump), token.digest);
    free(dump);
    return token;
}

bool request_token_find(struct dynamodb *room, struct request_token *token, bool *is_done, struct fault *fault)
{
    struct request_token kept = { 0 };
    enum status status = token->text ? request_token_store_find(room->request_token_store, token->text, fault->arena, &kept) : ABSENT;

    *is_done = status == OK && clock_now_ms(room->ground->clock) - kept.done_ms < REQUEST_TOKEN_LIFE_MS;
    if (status == BROKEN)
        return fault_raise(fault, FAULT_BROKEN, "Internal server error");
    if (!*is_done)
        return true;
    if (memcmp(kept.digest, token->digest, MD5_SIZE))
        return fault_raise(fault, FAULT_IDEMPOTENCY,
                           "DynamoDB rejected the request because you retried a request with a different payload but with an idempotent "
                           "token that was already used.");
    token->sizes = kept.sizes;
    token->count = kept.count;
    return true;
}

enum status request_token_keep(struct dynamodb *room, struct request_token *token)
{
    token->done_ms = clock_now_ms(room->ground->clock);
    return request_token_store_put(room->request_token_store, token, token->done_ms - REQUEST_TOKEN_LIFE_MS);
}
