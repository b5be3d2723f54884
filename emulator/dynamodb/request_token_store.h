#pragma once
/* Where client request tokens are kept: beside the items, so that a token and the writes that it stands for share a commit. The oldest go
 * first when there are too many. */

#include "dynamodb/request_token.h"

struct request_token_store;

enum { REQUEST_TOKENS_MAX = 1 << 16 };

enum status request_token_store_open(struct request_token_store **store, const struct ground *ground);

/* The token's row, its sizes in arena; ABSENT when there is none. */
enum status request_token_store_find(struct request_token_store *store, const char *text, struct arena *arena, struct request_token *token);

/* Keeps the token, in place of an older one with the same text, and forgets some of those that were done before `oldest_ms`. */
enum status request_token_store_put(struct request_token_store *store, const struct request_token *token, int64_t oldest_ms);

void request_token_store_close(struct request_token_store *store);
