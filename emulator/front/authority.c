/* Leaf certificates live in memory only. All leaves of a process share one key, so minting costs one signature. */

#include "front/authority.h"

#include "base/map.h"
#include "base/memory.h"
#include "front/authority_files.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <openssl/ec.h>
#include <stdlib.h>
#include <string.h>

enum { CONTEXTS_MAX = 256, NAME_MAX_BYTES = 253 /* of a host name in DNS */ };

struct authority {
    const struct clock *clock;
    struct authority_files files;
    struct issuer issuer; /* empty until the first leaf is minted; so is the key of leaves */
    EVP_PKEY *leaf_key;
    struct map contexts; /* SSL_CTX by name, the oldest first */
};

enum status authority_open(struct authority **out, const char *directory, const struct clock *clock)
{
    struct authority *authority = memory_new(sizeof *authority);

    *out = authority;
    authority->clock = clock;
    return authority_files_open(&authority->files, directory, clock);
}

const char *authority_file(const struct authority *authority)
{
    return authority->files.certificate;
}

/* --- minting --- */

static bool is_ip_address(const char *name)
{
    unsigned char bytes[16];

    return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

static bool get_ready(struct authority *authority)
{
    if (authority->leaf_key)
        return true;
    if (authority_files_read(&authority->files, &authority->issuer))
        authority->leaf_key = EVP_EC_gen("P-256");
    if (authority->leaf_key)
        return true;
    authority_complain("cannot use the certificate authority");
    X509_free(authority->issuer.certificate);
    EVP_PKEY_free(authority->issuer.key);
    authority->issuer.certificate = NULL;
    authority->issuer.key = NULL;
    return false;
}

static bool is_host_name(const char *name)
{
    size_t length = strlen(name);

    if (!length || length > NAME_MAX_BYTES || name[0] == '.' || name[0] == '-')
        return false;
    for (const char *at = name; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr(".-_", *at))
            return false;
    return true;
}

static SSL_CTX *make_context(struct authority *authority, X509 *leaf)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (context && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) && SSL_CTX_use_certificate(context, leaf) == 1 &&
        SSL_CTX_use_PrivateKey(context, authority->leaf_key) == 1)
        return context;
    SSL_CTX_free(context);
    return NULL;
}

static SSL_CTX *mint(struct authority *authority, const char *name)
{
    char alternative_names[NAME_MAX_BYTES + 8];
    X509 *leaf;
    SSL_CTX *context = NULL;

    if (!get_ready(authority))
        return NULL;
    if (!strcmp(name, "localhost"))
        strcpy(alternative_names, "DNS:localhost,IP:127.0.0.1,IP:::1");
    else
        snprintf(alternative_names, sizeof alternative_names, "%s:%s", is_ip_address(name) ? "IP" : "DNS", name);
    leaf = certificate_make_leaf(authority->clock, authority->leaf_key, &authority->issuer, name, alternative_names);
    if (leaf)
        context = make_context(authority, leaf);
    if (!context)
        authority_complain("cannot mint a certificate");
    X509_free(leaf);
    return context;
}

static void keep(struct authority *authority, const char *name, SSL_CTX *context)
{
    size_t cursor = 0;
    struct map_entry *oldest;

    if (authority->contexts.count >= CONTEXTS_MAX && (oldest = map_next(&authority->contexts, &cursor))) {
        /* Connections that use it hold it as long as they need it. */
        SSL_CTX_free(oldest->value);
        map_remove(&authority->contexts, oldest->key);
    }
    map_put(&authority->contexts, name, context);
}

SSL_CTX *authority_context(struct authority *authority, const char *name)
{
    char lower[NAME_MAX_BYTES + 1];
    SSL_CTX *context;
    size_t length = 0;

    if (!name || !(is_host_name(name) || is_ip_address(name)))
        name = "localhost";
    for (; name[length]; length++)
        lower[length] = (char)tolower((unsigned char)name[length]);
    lower[length] = '\0';
    context = map_find(&authority->contexts, lower);
    if (context)
        return context;
    context = mint(authority, lower);
    if (context)
        keep(authority, lower, context);
    return context;
}

void authority_close(struct authority *authority)
{
    size_t cursor = 0;
    struct map_entry *entry;

    if (!authority)
        return;
    while ((entry = map_next(&authority->contexts, &cursor)))
        SSL_CTX_free(entry->value);
    map_clear(&authority->contexts);
    X509_free(authority->issuer.certificate);
    EVP_PKEY_free(authority->issuer.key);
    EVP_PKEY_free(authority->leaf_key);
    authority_files_close(&authority->files);
    free(authority);
}
