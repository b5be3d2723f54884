/* The certificate authority: made once, kept, private, and such that strict clients accept what it mints. */

#include "suites.h"

#include "base/memory.h"
#include "front/authority.h"

#include <ftw.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[64];
static struct clock machine;
static struct authority *authority;

static void open_directory(void)
{
    clock_open(&machine);
    strcpy(directory, "/tmp/lowcloud-ca-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

static int remove_entry(const char *path, const struct stat *entry, int kind, struct FTW *place)
{
    (void)entry;
    (void)kind;
    (void)place;
    return remove(path);
}

static void close_directory(void)
{
    authority_close(authority);
    authority = NULL;
    nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void open_authority(void)
{
    ck_assert_int_eq(authority_open(&authority, directory, &machine), OK);
}

static char *path_of(const char *name)
{
    return memory_print("%s/%s", directory, name);
}

static char *read_all(const char *name)
{
    char *path = path_of(name);
    FILE *file = fopen(path, "r");
    char bytes[8192];
    size_t size;

    ck_assert_ptr_nonnull(file);
    size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    free(path);
    return memory_copy(bytes, size);
}

static mode_t mode_of(const char *name)
{
    char *path = path_of(name);
    struct stat about;

    ck_assert_int_eq(stat(path, &about), 0);
    free(path);
    return about.st_mode & 0777;
}

START_TEST(it_is_made_at_first_use_and_its_key_is_private)
{
    char *path = path_of("ca.pem");

    open_authority();
    ck_assert_str_eq(authority_file(authority), path);
    ck_assert_int_eq(authority_file(authority)[0], '/');
    ck_assert_uint_eq(mode_of("ca-key.pem"), 0600);
    ck_assert_uint_eq(mode_of("ca.pem"), 0644);
    free(path);
}
END_TEST

START_TEST(it_is_the_same_the_next_time)
{
    char *first;
    char *second;

    open_authority();
    first = read_all("ca.pem");
    authority_close(authority);
    open_authority();
    second = read_all("ca.pem");
    ck_assert_str_eq(first, second);
    ck_assert_ptr_nonnull(authority_context(authority, NULL));
    free(first);
    free(second);
}
END_TEST

START_TEST(a_folder_and_those_above_it_are_made)
{
    char *deep = path_of("a/b/c");

    ck_assert_int_eq(authority_open(&authority, deep, &machine), OK);
    ck_assert_uint_eq(mode_of("a/b/c"), 0700);
    free(deep);
}
END_TEST

START_TEST(the_folder_comes_from_the_environment)
{
    setenv("LOWCLOUD_CA_DIR", directory, 1);
    ck_assert_int_eq(authority_open(&authority, NULL, &machine), OK);
    ck_assert_uint_eq(mode_of("ca.pem"), 0644);
    authority_close(authority);
    unsetenv("LOWCLOUD_CA_DIR");
    setenv("HOME", directory, 1);
    ck_assert_int_eq(authority_open(&authority, NULL, &machine), OK);
    ck_assert_uint_eq(mode_of(".lowcloud/ca.pem"), 0644);
}
END_TEST

/* Many processes that start at once must agree on one authority. */
START_TEST(processes_that_start_at_once_make_one)
{
    int gate[2];
    int done[2];
    char digests[8][32] = { 0 };

    ck_assert_int_eq(pipe(gate), 0);
    ck_assert_int_eq(pipe(done), 0);
    for (int i = 0; i < 8; i++) {
        if (fork())
            continue;
        char go;
        struct authority *mine;
        unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
        X509 *leaf;

        close(gate[1]);
        if (read(gate[0], &go, 1) < 0 || authority_open(&mine, directory, &machine) != OK)
            _exit(1);
        /* Certificate and key must match, too: only then is a leaf minted. */
        if (!authority_context(mine, "x.example"))
            _exit(2);
        leaf = SSL_CTX_get0_certificate(authority_context(mine, "x.example"));
        memcpy(digest, X509_get0_authority_key_id(leaf)->data, 20);
        _exit(write(done[1], digest, 32) == 32 ? 0 : 3);
    }
    close(gate[0]);
    close(gate[1]); /* all begin */
    for (int i = 0; i < 8; i++) {
        int status;

        wait(&status);
        ck_assert_int_eq(status, 0);
        ck_assert_int_eq(read(done[0], digests[i], 32), 32);
        ck_assert_int_eq(memcmp(digests[i], digests[0], 32), 0);
    }
}
END_TEST

START_TEST(a_folder_that_holds_something_else_is_left_alone)
{
    char *path = path_of("ca.pem");
    FILE *file = fopen(path, "w");
    char *text;

    fputs("my own notes", file);
    fclose(file);
    ck_assert_int_eq(authority_open(&authority, directory, &machine), BROKEN);
    text = read_all("ca.pem");
    ck_assert_str_eq(text, "my own notes");
    free(text);
    free(path);
}
END_TEST

START_TEST(a_key_that_is_missing_or_foreign_is_noticed)
{
    char *key = path_of("ca-key.pem");
    FILE *file;
    EVP_PKEY *other = EVP_EC_gen("P-256");

    open_authority();
    file = fopen(key, "w");
    PEM_write_PrivateKey(file, other, NULL, NULL, 0, NULL, NULL);
    fclose(file);
    ck_assert_ptr_null(authority_context(authority, "x.example"));
    authority_close(authority);
    unlink(key);
    ck_assert_int_eq(authority_open(&authority, directory, &machine), BROKEN);
    EVP_PKEY_free(other);
    free(key);
}
END_TEST

/* --- what is minted --- */

static X509 *leaf_for(const char *name)
{
    SSL_CTX *context = authority_context(authority, name);

    ck_assert_ptr_nonnull(context);
    return SSL_CTX_get0_certificate(context);
}

static int verify(X509 *leaf)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    int error;

    ck_assert_int_eq(X509_STORE_load_file(store, authority_file(authority)), 1);
    X509_STORE_set_flags(store, X509_V_FLAG_X509_STRICT);
    X509_STORE_set_purpose(store, X509_PURPOSE_SSL_SERVER);
    X509_STORE_CTX_init(context, store, leaf, NULL);
    X509_verify_cert(context);
    error = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return error;
}

static const char *const host_names[] = { "localhost", "a.example", "xyz.execute-api.us-east-1.amazonaws.com", "under_score.example" };

START_TEST(a_leaf_is_accepted_for_its_name_alone)
{
    X509 *leaf;

    open_authority();
    leaf = leaf_for(host_names[_i]);
    ck_assert_int_eq(verify(leaf), X509_V_OK);
    ck_assert_int_eq(X509_check_host(leaf, host_names[_i], 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL), 1);
    ck_assert_int_eq(X509_check_host(leaf, "other.example", 0, 0, NULL), 0);
}
END_TEST

START_TEST(addresses_are_addresses)
{
    X509 *leaf;

    open_authority();
    leaf = leaf_for("10.1.2.3");
    ck_assert_int_eq(verify(leaf), X509_V_OK);
    ck_assert_int_eq(X509_check_ip_asc(leaf, "10.1.2.3", 0), 1);
    leaf = leaf_for("fd00::1");
    ck_assert_int_eq(verify(leaf), X509_V_OK);
    ck_assert_int_eq(X509_check_ip_asc(leaf, "fd00::1", 0), 1);
    leaf = leaf_for(NULL);
    ck_assert_int_eq(X509_check_ip_asc(leaf, "127.0.0.1", 0), 1);
    ck_assert_int_eq(X509_check_ip_asc(leaf, "::1", 0), 1);
    ck_assert_int_eq(X509_check_host(leaf, "localhost", 0, 0, NULL), 1);
}
END_TEST

START_TEST(names_are_kept_apart_from_case_and_from_tricks)
{
    char *longest = memory_new(300);

    open_authority();
    ck_assert_ptr_eq(authority_context(authority, "A.Example"), authority_context(authority, "a.example"));
    /* A comma would begin another alternative name; such a name gets the certificate of localhost. */
    ck_assert_ptr_eq(authority_context(authority, "a.example,DNS:bank.example"), authority_context(authority, NULL));
    ck_assert_ptr_eq(authority_context(authority, "*.example"), authority_context(authority, NULL));
    ck_assert_ptr_eq(authority_context(authority, ""), authority_context(authority, NULL));
    memset(longest, 'a', 254);
    ck_assert_ptr_eq(authority_context(authority, longest), authority_context(authority, NULL));
    longest[253] = '\0';
    ck_assert_int_eq(verify(leaf_for(longest)), X509_V_OK);
    free(longest);
}
END_TEST

START_TEST(what_browsers_ask_of_a_leaf_is_there)
{
    X509 *leaf;
    int days;
    int seconds;

    open_authority();
    leaf = leaf_for("a.example");
    ck_assert_uint_eq(X509_get_key_usage(leaf), KU_DIGITAL_SIGNATURE);
    ck_assert_uint_eq(X509_get_extended_key_usage(leaf), XKU_SSL_SERVER);
    ck_assert_ptr_nonnull(X509_get0_subject_key_id(leaf));
    ck_assert_ptr_nonnull(X509_get0_authority_key_id(leaf));
    ck_assert_int_eq(X509_check_ca(leaf), 0);
    ck_assert_int_eq(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(leaf), X509_get0_notAfter(leaf)), 1);
    ck_assert_int_le(days, 397);
    ck_assert_int_gt(days, 300);
}
END_TEST

START_TEST(serial_numbers_differ)
{
    open_authority();
    ck_assert_int_ne(ASN1_INTEGER_cmp(X509_get_serialNumber(leaf_for("a.example")), X509_get_serialNumber(leaf_for("b.example"))), 0);
}
END_TEST

START_TEST(a_frozen_clock_mints_for_the_decades)
{
    clock_freeze(&machine, 1600000000000);
    open_authority();
    ck_assert_int_eq(verify(leaf_for("a.example")), X509_V_OK);
}
END_TEST

START_TEST(the_kept_ones_are_bounded)
{
    SSL_CTX *first;
    char name[32];

    open_authority();
    first = authority_context(authority, "n0.example");
    SSL_CTX_up_ref(first); /* as a connection that uses it does */
    for (int i = 1; i <= 300; i++) {
        snprintf(name, sizeof name, "n%d.example", i);
        ck_assert_ptr_nonnull(authority_context(authority, name));
    }
    ck_assert_int_eq(verify(SSL_CTX_get0_certificate(first)), X509_V_OK);
    ck_assert_ptr_ne(authority_context(authority, "n0.example"), first); /* forgotten, and minted again */
    SSL_CTX_free(first);
}
END_TEST

Suite *suite_authority(void)
{
    Suite *suite = suite_create("authority");
    TCase *tests = tcase_create("authority");

    tcase_add_checked_fixture(tests, open_directory, close_directory);
    tcase_add_test(tests, it_is_made_at_first_use_and_its_key_is_private);
    tcase_add_test(tests, it_is_the_same_the_next_time);
    tcase_add_test(tests, a_folder_and_those_above_it_are_made);
    tcase_add_test(tests, the_folder_comes_from_the_environment);
    tcase_add_test(tests, processes_that_start_at_once_make_one);
    tcase_add_test(tests, a_folder_that_holds_something_else_is_left_alone);
    tcase_add_test(tests, a_key_that_is_missing_or_foreign_is_noticed);
    tcase_add_loop_test(tests, a_leaf_is_accepted_for_its_name_alone, 0, sizeof host_names / sizeof *host_names);
    tcase_add_test(tests, addresses_are_addresses);
    tcase_add_test(tests, names_are_kept_apart_from_case_and_from_tricks);
    tcase_add_test(tests, what_browsers_ask_of_a_leaf_is_there);
    tcase_add_test(tests, serial_numbers_differ);
    tcase_add_test(tests, a_frozen_clock_mints_for_the_decades);
    tcase_add_test(tests, the_kept_ones_are_bounded);
    suite_add_tcase(suite, tests);
    return suite;
}
