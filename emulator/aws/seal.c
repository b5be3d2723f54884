#include "aws/seal.h"

#include "base/base64.h"
#include "base/memory.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static void compute(const void *token, size_t size_bytes, const char *beside, unsigned char seal[SEAL_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    EVP_DigestUpdate(context, token, size_bytes - SEAL_SIZE);
    EVP_DigestUpdate(context, beside, strlen(beside));
    EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    memcpy(seal, digest, SEAL_SIZE);
}

void seal_print(void *token, size_t size_bytes, const char *beside, char *text)
{
    compute(token, size_bytes, beside, (unsigned char *)token + size_bytes - SEAL_SIZE);
    base64_encode(token, size_bytes, text);
}

enum status seal_parse(const char *text, size_t length, const char *beside, void *token, size_t size_bytes)
{
    unsigned char seal[SEAL_SIZE];
    char *bytes;
    size_t size;
    bool is_ours;

    if (length != base64_encoded_size(size_bytes))
        return INVALID;
    bytes = memory_new(length);
    is_ours = base64_decode(text, length, bytes, &size) == OK && size == size_bytes;
    if (is_ours) {
        memcpy(token, bytes, size);
        compute(token, size, beside, seal);
        is_ours = !memcmp(seal, bytes + size - SEAL_SIZE, SEAL_SIZE);
    }
    free(bytes);
    return is_ours ? OK : INVALID;
}
