/* Unpacking with libzip, one entry after the other, through a bounded buffer. */

#include "lambda/package.h"

#include "base/base64.h"
#include "base/buffer.h"
#include "base/log.h"
#include "base/text.h"
#include "lambda/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#define UNZIP_FAILED "Could not unzip uploaded file. Please check your file, then try to upload again."
#define TOO_LARGE "Unzipped size must be smaller than 262144000 bytes"

struct unpacking {
    zip_t *archive;
    const char *directory;
    struct arena *arena;
    const char *message;
    int64_t written_bytes;
};

/* Whether name stays inside: relative, without "..", without what another system would read as a root. */
static bool is_inside(const char *name)
{
    if (!*name || *name == '/' || strchr(name, '\\') || (name[0] && name[1] == ':'))
        return false;
    for (const char *at = name; *at; at += strspn(at, "/")) {
        size_t length = strcspn(at, "/");

        if (length == 2 && at[0] == '.' && at[1] == '.')
            return false;
        at += length;
    }
    return strlen(name) < 1024;
}

/* The Unix mode of an entry; 0 when it has none. */
static mode_t entry_mode(zip_t *archive, zip_uint64_t index)
{
    zip_uint8_t system;
    zip_uint32_t attributes;

    if (zip_file_get_external_attributes(archive, index, 0, &system, &attributes) || system != ZIP_OPSYS_UNIX)
        return 0;
    return (mode_t)(attributes >> 16);
}

/* Makes the directories above the file at path, which begins with the directory of length root. */
static enum status make_parents(char *path, size_t root)
{
    for (char *slash = strchr(path + root + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        int made;

        *slash = '\0';
        made = mkdir(path, 0755);
        *slash = '/';
        if (made && errno != EEXIST)
            return BROKEN;
    }
    return OK;
}

static enum status refuse(struct unpacking *unpacking, enum status status, const char *message)
{
    unpacking->message = message;
    return status;
}

static enum status copy_bytes(struct unpacking *unpacking, zip_file_t *from, int to)
{
    char bytes[65536];
    zip_int64_t got;

    while ((got = zip_fread(from, bytes, sizeof bytes)) > 0) {
        unpacking->written_bytes += got;
        if (unpacking->written_bytes >= PACKAGE_UNZIPPED_MAX_BYTES)
            return refuse(unpacking, FULL, TOO_LARGE);
        if (write(to, bytes, (size_t)got) != got) {
            log_error("cannot unpack a function: %s", strerror(errno));
            return refuse(unpacking, BROKEN, "The function's code could not be kept");
        }
    }
    return got < 0 ? refuse(unpacking, INVALID, UNZIP_FAILED) : OK;
}

static enum status unpack_file(struct unpacking *unpacking, zip_uint64_t index, char *path, mode_t mode)
{
    zip_file_t *from = zip_fopen_index(unpacking->archive, index, 0);
    int to = from ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;
    enum status status;

    /* The same name twice, or a file where a directory stands: not an archive that a packer made. */
    status = to < 0 ? refuse(unpacking, INVALID, UNZIP_FAILED) : copy_bytes(unpacking, from, to);
    if (to >= 0) {
        fchmod(to, (mode ? mode & 0777 : 0644) | 0400);
        close(to);
    }
    if (from)
        zip_fclose(from);
    return status;
}

static enum status unpack_entry(struct unpacking *unpacking, zip_uint64_t index)
{
    mode_t mode = entry_mode(unpacking->archive, index);
    zip_stat_t about;
    size_t length;
    char *path;

    if (zip_stat_index(unpacking->archive, index, 0, &about) || !is_inside(about.name) || about.encryption_method)
        return refuse(unpacking, INVALID, UNZIP_FAILED);
    if ((mode & S_IFMT) && !S_ISREG(mode) && !S_ISDIR(mode))
        return refuse(unpacking, INVALID, UNZIP_FAILED);
    path = arena_print(unpacking->arena, "%s/%s", unpacking->directory, about.name);
    if (make_parents(path, strlen(unpacking->directory)) != OK)
        return refuse(unpacking, INVALID, UNZIP_FAILED);
    length = strlen(path);
    if (path[length - 1] == '/')
        return OK;
    return unpack_file(unpacking, index, path, mode);
}

static enum status unpack_all(struct unpacking *unpacking)
{
    zip_int64_t count = zip_get_num_entries(unpacking->archive, 0);

    if (count > PACKAGE_FILES_MAX)
        return refuse(unpacking, FULL, TOO_LARGE);
    if (!count)
        return refuse(unpacking, INVALID, "Uploaded file must be a non-empty zip");
    for (zip_int64_t i = 0; i < count; i++) {
        enum status status = unpack_entry(unpacking, (zip_uint64_t)i);

        if (status != OK)
            return status;
    }
    return OK;
}

enum status package_unpack(const void *bytes, size_t size_bytes, const char *directory, struct arena *arena, const char **message)
{
    struct unpacking unpacking = { .directory = directory, .arena = arena };
    zip_error_t why;
    zip_source_t *source;
    enum status status = INVALID;

    zip_error_init(&why);
    source = zip_source_buffer_create(bytes, size_bytes, 0, &why);
    unpacking.archive = source ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
    unpacking.message = UNZIP_FAILED;
    if (!unpacking.archive) {
        zip_source_free(source);
    } else if (mkdir(directory, 0755)) {
        log_error("cannot make %s: %s", directory, strerror(errno));
        status = refuse(&unpacking, BROKEN, "The function's code could not be kept");
    } else {
        status = unpack_all(&unpacking);
        if (status != OK)
            directory_remove(directory);
    }
    if (unpacking.archive)
        zip_discard(unpacking.archive);
    zip_error_fini(&why);
    *message = unpacking.message;
    return status;
}

void package_sha256(const void *bytes, size_t size_bytes, char text[45])
{
    unsigned char digest[EVP_MAX_MD_SIZE];

    EVP_Digest(bytes, size_bytes, digest, NULL, EVP_sha256(), NULL);
    base64_encode(digest, 32, text);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

void package_directory_sha256(const char *directory, char text[45], int64_t *size_bytes)
{
    char *const roots[] = { (char *)directory, NULL };
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    struct buffer list = { 0 };
    size_t count = 0;

    *size_bytes = 0;
    for (FTSENT *entry; walk && (entry = fts_read(walk)) && count < PACKAGE_FILES_MAX;) {
        if (entry->fts_info == FTS_D && (text_is(entry->fts_name, "node_modules") || text_is(entry->fts_name, ".git")))
            fts_set(walk, entry, FTS_SKIP);
        if (entry->fts_info != FTS_F)
            continue;
        count++;
        *size_bytes += entry->fts_statp->st_size;
        buffer_print(&list, "%s %lld %lld.%09ld\n", entry->fts_path, (long long)entry->fts_statp->st_size,
                     (long long)entry->fts_statp->st_mtim.tv_sec, entry->fts_statp->st_mtim.tv_nsec);
    }
    if (walk)
        fts_close(walk);
    package_sha256(list.data ? list.data : "", list.size, text);
    buffer_clear(&list);
}
