#include "aws/seal.h"

#include "base/base64.h"
#include "base/memory.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

/* ---- the key ---- */

static enum status load(struct seal_key *key, struct database *database, bool *is_there)
{
    sqlite3_stmt *row = database_prepare(database, "SELECT key FROM seal_key");
    int step = row ? sqlite3_step(row) : SQLITE_ERROR;
    enum status status = step == SQLITE_ROW || step == SQLITE_DONE ? OK : BROKEN;

    *is_there = step == SQLITE_ROW;
    if (*is_there && sqlite3_column_bytes(row, 0) == SEAL_KEY_SIZE)
        memcpy(key->bytes, sqlite3_column_blob(row, 0), SEAL_KEY_SIZE);
    else if (*is_there)
        status = database_refuse(database, "the key of the tokens");
    sqlite3_finalize(row);
    return status;
}

static enum status keep(const struct seal_key *key, struct database *database)
{
    sqlite3_stmt *put = database_prepare(database, "INSERT INTO seal_key VALUES(?)");
    enum status status;

    sqlite3_bind_blob(put, 1, key->bytes, SEAL_KEY_SIZE, SQLITE_STATIC);
    status = database_step(database, put);
    sqlite3_finalize(put);
    return status;
}

enum status seal_key_open(struct seal_key *key, const struct random *random, struct database *database)
{
    struct random_stream drawn = random_stream(random, "seal");
    bool is_there = false;

    random_bytes(&drawn, key->bytes, SEAL_KEY_SIZE);
    if (!database_is_kept(database))
        return OK;
    if (database_run(database, "CREATE TABLE IF NOT EXISTS seal_key(key BLOB)") != OK || load(key, database, &is_there) != OK)
        return BROKEN;
    return is_there ? OK : keep(key, database);
}

/* ---- seals ---- */

static void compute(const struct seal_key *key, const void *token, size_t size_bytes, const char *beside, unsigned char seal[SEAL_SIZE])
{
    size_t inside = size_bytes - SEAL_SIZE;
    size_t length = strlen(beside);
    unsigned char *sealed = memory_new(inside + length);
    unsigned char digest[EVP_MAX_MD_SIZE];

    memcpy(sealed, token, inside);
    memcpy(sealed + inside, beside, length);
    HMAC(EVP_sha256(), key->bytes, SEAL_KEY_SIZE, sealed, inside + length, digest, NULL);
    free(sealed);
    memcpy(seal, digest, SEAL_SIZE);
}

void seal_print(const struct seal_key *key, void *token, size_t size_bytes, const char *beside, char *text)
{
    compute(key, token, size_bytes, beside, (unsigned char *)token + size_bytes - SEAL_SIZE);
    base64_encode(token, size_bytes, text);
}

enum status seal_parse(const struct seal_key *key, const char *text, size_t length, const char *beside, void *token, size_t size_bytes)
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
        compute(key, token, size, beside, seal);
        is_ours = !CRYPTO_memcmp(seal, bytes + size - SEAL_SIZE, SEAL_SIZE);
    }
    free(bytes);
    return is_ours ? OK : INVALID;
}
