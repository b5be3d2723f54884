#include "dynamodb/partiql_token.h"

#include "base/base64.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { SEAL_BYTES = 16 };

/* What stands before the key. */
struct head {
    unsigned char seal[SEAL_BYTES];    /* over all that follows */
    unsigned char request[SEAL_BYTES]; /* over the statement and its parameters */
    uint32_t branch;
};

static void digest(unsigned char out[SEAL_BYTES], const void *bytes, size_t size)
{
    unsigned char whole[EVP_MAX_MD_SIZE];

    EVP_Digest(bytes, size, whole, NULL, EVP_sha256(), NULL);
    memcpy(out, whole, SEAL_BYTES);
}

static void digest_request(unsigned char out[SEAL_BYTES], const struct partiql *partiql)
{
    struct bytes statement = intake_text(partiql->json, "Statement");
    char *parameters = json_dumps(json_object_get(partiql->json, "Parameters"), JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    struct buffer text = { 0 };

    buffer_add(&text, statement.data, statement.size + 1);
    buffer_add_text(&text, parameters ? parameters : "");
    digest(out, text.data, text.size);
    free(parameters);
    buffer_clear(&text);
}

void partiql_token_write(struct buffer *text, const struct partiql *partiql, const struct partiql_token *token)
{
    struct head head = { .branch = token->branch };
    struct buffer bytes = { 0 };
    size_t size;

    digest_request(head.request, partiql);
    buffer_add(&bytes, &head, sizeof head);
    buffer_add(&bytes, token->key.data, token->key.size);
    digest((unsigned char *)bytes.data, bytes.data + SEAL_BYTES, bytes.size - SEAL_BYTES);
    size = base64_encoded_size(bytes.size);
    base64_encode(bytes.data, bytes.size, buffer_reserve(text, size + 1));
    text->size += size;
    buffer_clear(&bytes);
}

bool partiql_token_read(const char *text, const struct partiql *partiql, struct partiql_token *token, struct fault *fault)
{
    size_t length = strlen(text);
    char *bytes = arena_take(fault->arena, length / 4 * 3 + 1);
    unsigned char sum[SEAL_BYTES];
    struct head head;
    size_t size;

    if (base64_decode(text, length, bytes, &size) != OK || size < sizeof head)
        return fault_raise(fault, FAULT_VALIDATION, "Invalid NextToken");
    memcpy(&head, bytes, sizeof head);
    digest(sum, bytes + SEAL_BYTES, size - SEAL_BYTES);
    if (memcmp(sum, head.seal, SEAL_BYTES))
        return fault_raise(fault, FAULT_VALIDATION, "Invalid NextToken");
    digest_request(sum, partiql);
    if (memcmp(sum, head.request, SEAL_BYTES))
        return fault_raise(fault, FAULT_VALIDATION, "NextToken does not match request");
    *token = (struct partiql_token){ .branch = head.branch, .key = { bytes + sizeof head, size - sizeof head } };
    return true;
}
