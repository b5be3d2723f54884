/* Reading a stream chunk by chunk: whatever stops it, what was read before counts. */

#include "suites.h"

#include "lambda/mapping.h"
#include "lambda/mapping_source.h"

#include <check.h>

enum { RECORDS_MAX = 4 * SOURCE_CHUNK };

static struct source_record records[RECORDS_MAX];
static size_t held;               /* records in the shard */
static enum status behind = OK;   /* what reading at its end answers */
static struct mapping mapping;    /* of a source that holds so many */
static struct source_place place; /* where reading goes on */
static size_t chunks;             /* that were asked for */

static enum status read_chunk(struct mapping *of, struct source_place *from, struct source_record *read, size_t max, size_t *count)
{
    (void)of;
    chunks++;
    ck_assert_uint_le(max, SOURCE_CHUNK);
    if (from->next == held && behind != OK)
        return behind;
    for (*count = 0; *count < max && from->next < held; (*count)++)
        read[*count].position = from->next++;
    return OK;
}

static const struct source_type counted = { .read_chunk = read_chunk };

static const struct {
    size_t held;
    enum status behind;
    size_t max;
    enum status status;
    size_t count;
    size_t chunks;
} readings[] = {
    { 0, OK, 10, OK, 0, 1 },
    { 0, FULL, 10, FULL, 0, 1 },
    { 0, ABSENT, 10, ABSENT, 0, 1 },
    { 10, OK, 10, OK, 10, 1 },
    { 3, OK, 10, OK, 3, 1 },
    { SOURCE_CHUNK, FULL, RECORDS_MAX, OK, SOURCE_CHUNK, 2 },
    { SOURCE_CHUNK + 1, FULL, RECORDS_MAX, OK, SOURCE_CHUNK + 1, 2 },
    { RECORDS_MAX, OK, SOURCE_CHUNK + 1, OK, SOURCE_CHUNK + 1, 2 },
    { RECORDS_MAX, OK, RECORDS_MAX, OK, RECORDS_MAX, 4 },
};

START_TEST(chunks_are_read_until_one_is_not_full)
{
    size_t count;

    held = readings[_i].held;
    behind = readings[_i].behind;
    mapping.source = &counted;
    ck_assert_int_eq(source_read(&mapping, &place, records, readings[_i].max, &count), readings[_i].status);
    ck_assert_uint_eq(count, readings[_i].count);
    ck_assert_uint_eq(chunks, readings[_i].chunks);
    ck_assert_uint_eq(place.next, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(records[i].position, i);
}
END_TEST

Suite *suite_lambda_mapping_source(void)
{
    Suite *suite = suite_create("lambda mapping source");
    TCase *tests = tcase_create("chunks");

    tcase_add_loop_test(tests, chunks_are_read_until_one_is_not_full, 0, sizeof readings / sizeof *readings);
    suite_add_tcase(suite, tests);
    return suite;
}
