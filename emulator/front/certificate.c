/* Fields and extensions, one after the other. */

#include "front/certificate.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum {
    COMMON_NAME_BYTES = 64, /* X.520's bound; longer names stand in the alternative name alone */
    SERIAL_BYTES = 16,
    DAY_SECONDS = 86400,
    LEAF_DAYS = 397
};

static const char long_ago[] = "20200101000000Z";
static const char far_off[] = "20491231235959Z";

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;
    bool is_added;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    is_added = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

/* A serial number that tells certificates of one issuer apart without drawing on chance: a digest of what is certified. */
static bool set_serial(X509 *certificate, const char *name, int64_t now_us)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned char *key = NULL;
    int key_size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    BIGNUM *number = NULL;
    bool is_set;

    is_set = key_size > 0 && EVP_DigestInit_ex(context, EVP_sha256(), NULL) && EVP_DigestUpdate(context, key, (size_t)key_size) &&
             EVP_DigestUpdate(context, name, strlen(name)) && EVP_DigestUpdate(context, &now_us, sizeof now_us) &&
             EVP_DigestFinal_ex(context, digest, NULL);
    digest[0] &= 0x7f; /* positive */
    digest[0] |= 0x40; /* and of full length */
    if (is_set)
        number = BN_bin2bn(digest, SERIAL_BYTES, NULL);
    is_set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    EVP_MD_CTX_free(context);
    OPENSSL_free(key);
    return is_set;
}

static bool set_subject(X509 *certificate, const char *common_name)
{
    X509_NAME *subject = X509_get_subject_name(certificate);

    if (!X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, (const unsigned char *)"lowcloud", -1, -1, 0))
        return false;
    return strlen(common_name) > COMMON_NAME_BYTES ||
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0);
}

static bool set_validity(X509 *certificate, const struct clock *clock, bool is_leaf)
{
    time_t now = (time_t)(clock_now_ms(clock) / 1000);

    if (is_leaf && clock->mode == CLOCK_REAL)
        return ASN1_TIME_set(X509_getm_notBefore(certificate), now - DAY_SECONDS) &&
               ASN1_TIME_set(X509_getm_notAfter(certificate), now + (LEAF_DAYS - 1) * DAY_SECONDS);
    return ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), long_ago) &&
           ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), far_off);
}

/* A certificate without its extensions; NULL when OpenSSL fails. */
static X509 *begin_certificate(const struct clock *clock, EVP_PKEY *key, const char *name, bool is_leaf)
{
    X509 *certificate = X509_new();

    if (certificate && X509_set_version(certificate, X509_VERSION_3) && X509_set_pubkey(certificate, key) &&
        set_serial(certificate, name, clock_now_us(clock)) && set_subject(certificate, name) && set_validity(certificate, clock, is_leaf))
        return certificate;
    X509_free(certificate);
    return NULL;
}

/* The authority's own certificate. Its name holds a piece of the key's digest: a browser that trusts an older authority of ours would
 * otherwise take the two for one. */
X509 *certificate_make_root(const struct clock *clock, EVP_PKEY *key)
{
    char name[64];
    unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
    X509 *blank = begin_certificate(clock, key, "lowcloud", false);
    X509 *root;

    if (!blank || !X509_pubkey_digest(blank, EVP_sha256(), digest, NULL)) {
        X509_free(blank);
        return NULL;
    }
    X509_free(blank);
    snprintf(name, sizeof name, "lowcloud local CA %02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
    root = begin_certificate(clock, key, name, false);
    if (root && X509_set_issuer_name(root, X509_get_subject_name(root)) &&
        add_extension(root, root, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
        add_extension(root, root, NID_key_usage, "critical,keyCertSign,cRLSign") &&
        add_extension(root, root, NID_subject_key_identifier, "hash") &&
        add_extension(root, root, NID_authority_key_identifier, "keyid:always") && X509_sign(root, key, EVP_sha256()))
        return root;
    X509_free(root);
    return NULL;
}

X509 *certificate_make_leaf(const struct clock *clock, EVP_PKEY *key, const struct issuer *issuer, const char *name,
                            const char *alternative_names)
{
    X509 *leaf = begin_certificate(clock, key, name, true);

    if (leaf && X509_set_issuer_name(leaf, X509_get_subject_name(issuer->certificate)) &&
        add_extension(leaf, issuer->certificate, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(leaf, issuer->certificate, NID_key_usage, "critical,digitalSignature") &&
        add_extension(leaf, issuer->certificate, NID_ext_key_usage, "serverAuth") &&
        add_extension(leaf, issuer->certificate, NID_subject_alt_name, alternative_names) &&
        add_extension(leaf, issuer->certificate, NID_subject_key_identifier, "hash") &&
        add_extension(leaf, issuer->certificate, NID_authority_key_identifier, "keyid:always") &&
        X509_sign(leaf, issuer->key, EVP_sha256()))
        return leaf;
    X509_free(leaf);
    return NULL;
}
