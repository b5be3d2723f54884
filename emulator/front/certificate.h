#pragma once
/* X.509 certificates of the local authority: its own, and leaves that it signs. Serial numbers are digests, so that no chance is drawn
 * upon.
 *
 * Validity: clients check it against the machine's time, which a frozen clock does not follow; so the authority's own certificate, and
 * leaves that are made while the clock is not the real one, are valid over decades. Other leaves live 397 days, which browsers ask of
 * them. */

#include "base/clock.h"

#include <openssl/x509.h>

/* Who signs: certificate and key belong together. */
struct issuer {
    X509 *certificate; /* owned by whoever holds the issuer */
    EVP_PKEY *key;
};

/* The authority's own certificate for its key; NULL when OpenSSL fails. */
X509 *certificate_make_root(const struct clock *clock, EVP_PKEY *key);

/* A server's certificate for key, signed by the issuer. alternative_names as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1". NULL when
 * OpenSSL fails. */
X509 *certificate_make_leaf(const struct clock *clock, EVP_PKEY *key, const struct issuer *issuer, const char *name,
                            const char *alternative_names);
