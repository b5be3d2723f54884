#pragma once
/* Client request tokens: a transaction that was done is answered, and not done again, when it comes once more under its token within ten
 * minutes; under the same token with other parameters it is refused. A token is kept in the commit of the transaction's writes, so a
 * retry after a crash finds either both or none. What was cancelled leaves no token. */

#include "base/md5.h"
#include "dynamodb/fault.h"
#include "dynamodb/room.h"

enum { REQUEST_TOKEN_LIFE_MS = 10 * 60 * 1000 };

struct request_token {
    const char *text;               /* NULL: the request has none */
    unsigned char digest[MD5_SIZE]; /* of its parameters */
    int64_t done_ms;                /* when its transaction was done */
    uint32_t *sizes;                /* bytes of each change's item, the larger of old and new: a retry is charged by them */
    size_t count;
};

/* The token of a request, whose parameters (TransactItems, TransactStatements) are `parameters`. Borrows text. */
struct request_token request_token_of(const char *text, const json_t *parameters);

/* Whether the token's transaction was done within ten minutes; then its sizes are filled in. False, with FAULT_IDEMPOTENCY, when it had
 * other parameters. */
bool request_token_find(struct dynamodb *room, struct request_token *token, bool *is_done, struct fault *fault);

/* Keeps a token with its sizes, now. Within the transaction's own commit. */
enum status request_token_keep(struct dynamodb *room, struct request_token *token);
