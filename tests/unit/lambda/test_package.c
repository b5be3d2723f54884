/* Deployment packages: what a packer makes is unpacked with its modes, what an attacker makes is refused and leaves nothing behind. */

#include "suites.h"

#include "lambda/directory.h"
#include "lambda/package.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

static char parent[64];
static char place[96];
static struct arena arena;

static void open_place(void)
{
    strcpy(parent, "/tmp/lowcloud-package-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(parent));
    snprintf(place, sizeof place, "%s/code", parent);
}

static void close_place(void)
{
    directory_remove(parent);
    arena_clear(&arena);
}

struct entry {
    const char *name;
    const char *text;
    size_t size; /* 0: of the text */
    unsigned mode;
};

/* The bytes of an archive with these entries (a NULL name ends them), in malloc's memory. */
static void *make_zip(const struct entry *entries, size_t *size)
{
    zip_error_t error;
    zip_source_t *source;
    zip_t *archive;
    zip_stat_t about;
    void *bytes;

    zip_error_init(&error);
    source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(source);
    archive = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    ck_assert_ptr_nonnull(archive);
    for (; entries->name; entries++) {
        size_t length = entries->size ? entries->size : strlen(entries->text);
        zip_int64_t index = zip_file_add(archive, entries->name, zip_source_buffer(archive, entries->text, length, 0), ZIP_FL_OVERWRITE);

        ck_assert_int_ge(index, 0);
        if (entries->mode)
            zip_file_set_external_attributes(archive, (zip_uint64_t)index, 0, ZIP_OPSYS_UNIX, entries->mode << 16);
    }
    ck_assert_int_eq(zip_close(archive), 0);
    zip_source_open(source);
    zip_source_stat(source, &about);
    bytes = malloc(about.size);
    *size = (size_t)zip_source_read(source, bytes, about.size);
    zip_source_close(source);
    zip_source_free(source);
    return bytes;
}

static enum status unpack(const struct entry *entries, const char **message)
{
    size_t size;
    void *bytes = make_zip(entries, &size);
    enum status status = package_unpack(bytes, size, place, &arena, message);

    free(bytes);
    return status;
}

START_TEST(files_come_out_where_they_belong_with_their_modes)
{
    static const struct entry entries[] = { { "bootstrap", "#!/bin/sh\n", 0, S_IFREG | 0755 },
                                            { "pkg/deep/mod.py", "x = 1\n", 0, S_IFREG | 0640 },
                                            { "plain", "p", 0, 0 },
                                            { 0 } };
    const char *message;
    struct stat about;
    char path[160];

    ck_assert_int_eq(unpack(entries, &message), OK);
    snprintf(path, sizeof path, "%s/bootstrap", place);
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_int_eq(about.st_mode & 0777, 0755);
    snprintf(path, sizeof path, "%s/pkg/deep/mod.py", place);
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_int_eq(about.st_size, 6);
    ck_assert_int_eq(about.st_mode & 0777, 0640);
    snprintf(path, sizeof path, "%s/plain", place);
    ck_assert_int_eq(stat(path, &about), 0);
}
END_TEST

static const struct entry refused[] = {
    { "../outside", "x", 0, 0 },
    { "a/../../outside", "x", 0, 0 },
    { "/outside", "x", 0, 0 },
    { "a\\b", "x", 0, 0 },
    { "c:evil", "x", 0, 0 },
    { "link", "/etc/passwd", 0, S_IFLNK | 0777 },
    { "device", "", 0, S_IFCHR | 0666 },
    { "..", "x", 0, 0 },
};

START_TEST(what_leads_outside_is_refused_and_leaves_nothing)
{
    struct entry entries[3] = { { "good", "x", 0, 0 }, refused[_i], { 0 } };
    const char *message;
    struct stat about;
    char path[160];

    ck_assert_int_eq(unpack(entries, &message), INVALID);
    ck_assert_str_eq(message, "Could not unzip uploaded file. Please check your file, then try to upload again.");
    ck_assert_int_eq(stat(place, &about), -1);
    snprintf(path, sizeof path, "%s/outside", parent);
    ck_assert_int_eq(lstat(path, &about), -1);
}
END_TEST

START_TEST(a_file_and_a_directory_of_one_name_are_refused)
{
    static const struct entry entries[] = { { "a", "x", 0, 0 }, { "a/b", "y", 0, 0 }, { 0 } };
    const char *message;

    ck_assert_int_eq(unpack(entries, &message), INVALID);
}
END_TEST

START_TEST(a_bomb_is_stopped_at_the_limit)
{
    size_t size = PACKAGE_UNZIPPED_MAX_BYTES / 2 + 1;
    char *zeros = calloc(1, size);
    struct entry entries[] = { { "one", zeros, size, 0 }, { "two", zeros, size, 0 }, { 0 } };
    const char *message;
    struct stat about;

    ck_assert_int_eq(unpack(entries, &message), FULL);
    ck_assert_str_eq(message, "Unzipped size must be smaller than 262144000 bytes");
    ck_assert_int_eq(stat(place, &about), -1);
    free(zeros);
}
END_TEST

START_TEST(what_is_no_archive_is_refused)
{
    const char *message;

    ck_assert_int_eq(package_unpack("not a zip", 9, place, &arena, &message), INVALID);
    ck_assert_int_eq(package_unpack("", 0, place, &arena, &message), INVALID);
}
END_TEST

START_TEST(a_truncated_archive_is_refused)
{
    static const struct entry entries[] = { { "a", "some text that is long enough to be cut", 0, 0 }, { 0 } };
    size_t size;
    char *bytes = make_zip(entries, &size);
    const char *message;

    for (size_t cut = 0; cut < size; cut += 7)
        ck_assert_int_ne(package_unpack(bytes, cut, place, &arena, &message), OK);
    free(bytes);
}
END_TEST

START_TEST(the_hash_is_base64_of_sha256)
{
    char text[45];

    package_sha256("abc", 3, text);
    ck_assert_str_eq(text, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}
END_TEST

Suite *suite_lambda_package(void)
{
    Suite *suite = suite_create("lambda package");
    TCase *tests = tcase_create("package");

    tcase_add_checked_fixture(tests, open_place, close_place);
    tcase_add_test(tests, files_come_out_where_they_belong_with_their_modes);
    tcase_add_loop_test(tests, what_leads_outside_is_refused_and_leaves_nothing, 0, sizeof refused / sizeof *refused);
    tcase_add_test(tests, a_file_and_a_directory_of_one_name_are_refused);
    tcase_add_test(tests, a_bomb_is_stopped_at_the_limit);
    tcase_add_test(tests, what_is_no_archive_is_refused);
    tcase_add_test(tests, a_truncated_archive_is_refused);
    tcase_add_test(tests, the_hash_is_base64_of_sha256);
    suite_add_tcase(suite, tests);
    return suite;
}
