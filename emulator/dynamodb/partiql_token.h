#pragma once
/* NextToken of ExecuteStatement: where a SELECT goes on. It is bound to the statement and its parameters, so that no other may use it, and
 * sealed, so that none that was changed is taken for one of ours. The seal is no secret: whoever made his own could name a key to start
 * after, which ExclusiveStartKey of a Query allows anyway. */

#include "base/buffer.h"
#include "dynamodb/partiql.h"

struct partiql_token {
    uint32_t branch;  /* of the key plan; 0 for a scan */
    struct bytes key; /* JSON: the key after which to go on; no bytes: the branch's beginning */
};

/* Writes the token's text, without quotes. */
void partiql_token_write(struct buffer *text, const struct partiql *partiql, const struct partiql_token *token);

/* Reads one; false, with a fault, for one that is not ours or another statement's. */
bool partiql_token_read(const char *text, const struct partiql *partiql, struct partiql_token *token, struct fault *fault);
