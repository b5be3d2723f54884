#pragma once
/* The local certificate authority: a key and a certificate under ~/.lowcloud (or LOWCLOUD_CA_DIR), made on first use, and certificates
 * minted by it for the server names that clients ask for. */

#include "base/clock.h"
#include "base/status.h"

#include <openssl/ssl.h>

struct authority;

/* Finds or makes the authority in directory (NULL: LOWCLOUD_CA_DIR, or ~/.lowcloud). Keys are readable by their owner alone. BROKEN, with
 * one line in the log, when the folder cannot be made or holds something else. The key is only read when the first certificate is minted.
 */
enum status authority_open(struct authority **authority, const char *directory, const struct clock *clock);

/* The path of the certificate (PEM), absolute. */
const char *authority_file(const struct authority *authority);

/* A server context with a certificate for name ("localhost", "127.0.0.1", "dynamodb.us-east-1.amazonaws.com"; NULL: localhost and the
 * loopback addresses), minted at the first question and kept (at most 256 of them). Borrowed. NULL, logged, when OpenSSL fails. */
SSL_CTX *authority_context(struct authority *authority, const char *name);

void authority_close(struct authority *authority);
