/* The certificate authority: one P-256 key in a folder of the user, made when it is first asked for, and leaf certificates that live in
 * memory only. All leaves of a process share one key, so minting costs one signature.
 *
 * Validity: clients check it against the machine's time, which a frozen clock does not follow; so the authority, and leaves that are minted
 * while the clock is frozen, are valid over decades. Other leaves live 397 days, which browsers ask of them. */

#include "front/authority.h"

#include "base/log.h"
#include "base/map.h"
#include "base/memory.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CONTEXTS_MAX = 256,
    NAME_MAX_BYTES = 253,   /* of a host name in DNS */
    COMMON_NAME_BYTES = 64, /* X.520's bound; longer names stand in the alternative name alone */
    SERIAL_BYTES = 16,
    DAY_SECONDS = 86400,
    LEAF_DAYS = 397
};

static const char long_ago[] = "20200101000000Z";
static const char far_off[] = "20491231235959Z";

struct authority {
    const struct clock *clock;
    char *directory;
    char *certificate_file;
    char *key_file;
    X509 *certificate; /* NULL until the first leaf is minted; so are the keys */
    EVP_PKEY *key;
    EVP_PKEY *leaf_key;
    struct map contexts; /* SSL_CTX by name, the oldest first */
};

static void log_openssl(const char *what)
{
    char text[256];

    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    log_error("%s: %s", what, text);
    ERR_clear_error();
}

/* --- certificates --- */

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
static X509 *make_root(const struct clock *clock, EVP_PKEY *key)
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

static bool is_ip_address(const char *name)
{
    unsigned char bytes[16];

    return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

static X509 *make_leaf(struct authority *authority, const char *name, const char *alternative_names)
{
    X509 *leaf = begin_certificate(authority->clock, authority->leaf_key, name, true);

    if (leaf && X509_set_issuer_name(leaf, X509_get_subject_name(authority->certificate)) &&
        add_extension(leaf, authority->certificate, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(leaf, authority->certificate, NID_key_usage, "critical,digitalSignature") &&
        add_extension(leaf, authority->certificate, NID_ext_key_usage, "serverAuth") &&
        add_extension(leaf, authority->certificate, NID_subject_alt_name, alternative_names) &&
        add_extension(leaf, authority->certificate, NID_subject_key_identifier, "hash") &&
        add_extension(leaf, authority->certificate, NID_authority_key_identifier, "keyid:always") &&
        X509_sign(leaf, authority->key, EVP_sha256()))
        return leaf;
    X509_free(leaf);
    return NULL;
}

/* --- files --- */

/* Opens path for writing, made anew and readable as mode says, under a name of its own until it is whole. */
static FILE *begin_file(const char *path, mode_t mode, char **temporary)
{
    int fd;
    FILE *file;

    *temporary = memory_print("%s.new", path);
    unlink(*temporary);
    fd = open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file)
        log_error("cannot write %s: %s", *temporary, strerror(errno));
    if (!file && fd >= 0)
        close(fd);
    return file;
}

static enum status end_file(FILE *file, bool is_written, const char *path, char *temporary)
{
    enum status status = OK;

    is_written = fclose(file) == 0 && is_written;
    if (!is_written || rename(temporary, path) < 0) {
        log_error("cannot write %s: %s", path, strerror(errno));
        status = BROKEN;
    }
    return status;
}

static enum status write_key(const char *path, EVP_PKEY *key)
{
    char *temporary;
    FILE *file = begin_file(path, 0600, &temporary);
    enum status status = BROKEN;

    if (file)
        status = end_file(file, PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), path, temporary);
    free(temporary);
    return status;
}

static enum status write_certificate(const char *path, X509 *certificate)
{
    char *temporary;
    FILE *file = begin_file(path, 0644, &temporary);
    enum status status = BROKEN;

    if (file)
        status = end_file(file, PEM_write_X509(file, certificate), path, temporary);
    free(temporary);
    return status;
}

/* Whether the authority is there. The certificate is written last, so it never stands without its key. */
static bool is_made(const struct authority *authority)
{
    return access(authority->certificate_file, F_OK) == 0;
}

static enum status make_files(struct authority *authority)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *root = key ? make_root(authority->clock, key) : NULL;
    enum status status = BROKEN;

    if (!root)
        log_openssl("cannot make a certificate authority");
    else if (write_key(authority->key_file, key) == OK)
        status = write_certificate(authority->certificate_file, root);
    X509_free(root);
    EVP_PKEY_free(key);
    return status;
}

/* Makes the files unless another process is just doing so: then waits the few milliseconds that it takes. */
static enum status make_files_once(struct authority *authority)
{
    char *path = memory_print("%s/ca.lock", authority->directory);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    enum status status = OK;

    if (fd < 0 || flock(fd, LOCK_EX) < 0) {
        log_error("cannot lock %s: %s", path, strerror(errno));
        status = BROKEN;
    } else if (!is_made(authority))
        status = make_files(authority);
    if (fd >= 0)
        close(fd);
    free(path);
    return status;
}

static enum status check_files(const struct authority *authority)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    char first[sizeof begin] = "";
    int fd = open(authority->certificate_file, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, first, sizeof begin - 1);

    if (fd >= 0)
        close(fd);
    if (size == sizeof begin - 1 && !strcmp(first, begin) && access(authority->key_file, R_OK) == 0)
        return OK;
    log_error("%s does not hold a certificate and its key (ca.pem, ca-key.pem): move them away, and new ones are made",
              authority->directory);
    return BROKEN;
}

/* Makes the folder and those above it that are missing. */
static bool make_directory(const char *path)
{
    char *copy = memory_copy_text(path);
    bool is_there;

    for (char *at = strchr(copy + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        mkdir(copy, 0700);
        *at = '/';
    }
    is_there = mkdir(copy, 0700) == 0 || errno == EEXIST;
    free(copy);
    return is_there;
}

static char *choose_directory(const char *directory)
{
    const char *home = getenv("HOME");

    if (!directory || !*directory)
        directory = getenv("LOWCLOUD_CA_DIR");
    if (directory && *directory)
        return memory_copy_text(directory);
    return memory_print("%s/.lowcloud", home && *home ? home : "/tmp");
}

static enum status open_directory(struct authority *authority, const char *wanted)
{
    char *path = choose_directory(wanted);
    char absolute[PATH_MAX];
    bool is_there = make_directory(path) && realpath(path, absolute);

    if (!is_there)
        log_error("cannot make the folder %s of the certificate authority: %s", path, strerror(errno));
    free(path);
    if (!is_there)
        return BROKEN;
    authority->directory = memory_copy_text(absolute);
    authority->certificate_file = memory_print("%s/ca.pem", absolute);
    authority->key_file = memory_print("%s/ca-key.pem", absolute);
    return OK;
}

enum status authority_open(struct authority **out, const char *directory, const struct clock *clock)
{
    struct authority *authority = memory_new(sizeof *authority);

    *out = authority;
    authority->clock = clock;
    if (open_directory(authority, directory) != OK)
        return BROKEN;
    if (!is_made(authority) && make_files_once(authority) != OK)
        return BROKEN;
    return check_files(authority);
}

const char *authority_file(const struct authority *authority)
{
    return authority->certificate_file;
}

/* --- minting --- */

static bool read_files(struct authority *authority)
{
    FILE *file = fopen(authority->certificate_file, "re");

    authority->certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    if (file)
        fclose(file);
    file = fopen(authority->key_file, "re");
    authority->key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    if (file)
        fclose(file);
    return authority->certificate && authority->key && X509_check_private_key(authority->certificate, authority->key) == 1;
}

static bool get_ready(struct authority *authority)
{
    if (authority->leaf_key)
        return true;
    if (read_files(authority))
        authority->leaf_key = EVP_EC_gen("P-256");
    if (authority->leaf_key)
        return true;
    log_openssl("cannot use the certificate authority");
    X509_free(authority->certificate);
    EVP_PKEY_free(authority->key);
    authority->certificate = NULL;
    authority->key = NULL;
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
    leaf = make_leaf(authority, name, alternative_names);
    if (leaf)
        context = make_context(authority, leaf);
    if (!context)
        log_openssl("cannot mint a certificate");
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
    X509_free(authority->certificate);
    EVP_PKEY_free(authority->key);
    EVP_PKEY_free(authority->leaf_key);
    free(authority->directory);
    free(authority->certificate_file);
    free(authority->key_file);
    free(authority);
}
