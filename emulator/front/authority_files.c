/* Folder, lock, key, certificate: in this order. */

#include "front/authority_files.h"

#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

void authority_complain(const char *what)
{
    char text[256];

    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    log_error("%s: %s", what, text);
    ERR_clear_error();
}

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

/* Writes the key, or (key NULL) the certificate. */
static enum status write_file(const char *path, mode_t mode, EVP_PKEY *key, X509 *certificate)
{
    char *temporary;
    FILE *file = begin_file(path, mode, &temporary);
    enum status status = BROKEN;
    int is_written;

    if (file) {
        is_written = key ? PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) : PEM_write_X509(file, certificate);
        status = end_file(file, is_written, path, temporary);
    }
    free(temporary);
    return status;
}

/* Whether the authority is there: the certificate is written last. */
static bool is_made(const struct authority_files *files)
{
    return access(files->certificate, F_OK) == 0;
}

static enum status make_files(const struct authority_files *files, const struct clock *clock)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *root = key ? certificate_make_root(clock, key) : NULL;
    enum status status = BROKEN;

    if (!root)
        authority_complain("cannot make a certificate authority");
    else if (write_file(files->key, 0600, key, NULL) == OK)
        status = write_file(files->certificate, 0644, NULL, root);
    X509_free(root);
    EVP_PKEY_free(key);
    return status;
}

/* Makes the files unless another process is just doing so: then waits the few milliseconds that it takes. */
static enum status make_files_once(const struct authority_files *files, const struct clock *clock)
{
    char *path = memory_print("%s/ca.lock", files->directory);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    enum status status = OK;

    if (fd < 0 || flock(fd, LOCK_EX) < 0) {
        log_error("cannot lock %s: %s", path, strerror(errno));
        status = BROKEN;
    } else if (!is_made(files))
        status = make_files(files, clock);
    if (fd >= 0)
        close(fd);
    free(path);
    return status;
}

static enum status check_files(const struct authority_files *files)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    char first[sizeof begin] = "";
    int fd = open(files->certificate, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, first, sizeof begin - 1);

    if (fd >= 0)
        close(fd);
    if (size == sizeof begin - 1 && !strcmp(first, begin) && access(files->key, R_OK) == 0)
        return OK;
    log_error("%s does not hold a certificate and its key (ca.pem, ca-key.pem): move them away, and new ones are made", files->directory);
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

static enum status open_directory(struct authority_files *files, const char *wanted)
{
    char *path = choose_directory(wanted);
    char absolute[PATH_MAX];
    bool is_there = make_directory(path) && realpath(path, absolute);

    if (!is_there)
        log_error("cannot make the folder %s of the certificate authority: %s: name another with LOWCLOUD_CA_DIR", path, strerror(errno));
    free(path);
    if (!is_there)
        return BROKEN;
    files->directory = memory_copy_text(absolute);
    files->certificate = memory_print("%s/ca.pem", absolute);
    files->key = memory_print("%s/ca-key.pem", absolute);
    return OK;
}

enum status authority_files_open(struct authority_files *files, const char *directory, const struct clock *clock)
{
    if (open_directory(files, directory) != OK)
        return BROKEN;
    if (!is_made(files) && make_files_once(files, clock) != OK)
        return BROKEN;
    return check_files(files);
}

bool authority_files_read(const struct authority_files *files, struct issuer *issuer)
{
    FILE *file = fopen(files->certificate, "re");

    issuer->certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    if (file)
        fclose(file);
    file = fopen(files->key, "re");
    issuer->key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    if (file)
        fclose(file);
    return issuer->certificate && issuer->key && X509_check_private_key(issuer->certificate, issuer->key) == 1;
}

void authority_files_close(struct authority_files *files)
{
    free(files->directory);
    free(files->certificate);
    free(files->key);
    *files = (struct authority_files){ 0 };
}
