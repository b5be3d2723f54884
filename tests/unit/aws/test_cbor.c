/* CBOR: what JVM clients send is read into the JSON forms, and answers are written as AWS writes them. */

#include "suites.h"

#include "fixture.h"

#include "aws/cbor.h"

#include <string.h>

static size_t from_hex(const char *hex, unsigned char *bytes)
{
    size_t size = strlen(hex) / 2;

    for (size_t i = 0; i < size; i++) {
        unsigned byte;

        sscanf(hex + 2 * i, "%2x", &byte);
        bytes[i] = (unsigned char)byte;
    }
    return size;
}

static const struct {
    const char *hex;
    const char *json; /* NULL: malformed */
} samples[] = {
    { "a1614b01", "{'K':1}" },
    { "bf614b20ff", "{'K':-1}" },
    { "bf614bc11b0000018bcfe56800ff", "{'K':1700000000.0}" }, /* tag 1, milliseconds */
    { "a26144434142436150616b", "{'D':'QUJD','P':'k'}" },     /* a byte string is a blob */
    { "bf61445f4241424143ffff", "{'D':'QUJD'}" },             /* in pieces */
    { "bf61507f61616162ffff", "{'P':'ab'}" },
    { "a161528282010280", "{'R':[[1,2],[]]}" },
    { "a16152a0", "{'R':{}}" },
    { "a16142f4", "{'B':false}" },
    { "a1614ef6", "{'N':null}" },
    { "a16146fb3ff8000000000000", "{'F':1.5}" },
    { "d9d9f7a0", "{}" },                 /* self-described */
    { "a161461bffffffffffffffff", NULL }, /* beyond 63 bits */
    { "a16146fb7ff8000000000000", NULL }, /* not a number */
    { "a10102", NULL },                   /* a key that is no text */
    { "bf6161ff", NULL },                 /* a key without a value */
    { "a2616101", NULL },                 /* too short */
    { "9bffffffffffffffff", NULL },       /* a length that lies */
    { "a161506361ff", NULL },
    { "6161ff", NULL },
    { "0101", NULL },
    { "a16150617fa0", NULL },
    { "", NULL },
    { "ff", NULL },
    { "a1616162c328", NULL }, /* no UTF-8 */
};

START_TEST(an_item_is_read_or_refused)
{
    unsigned char bytes[64];
    size_t size = from_hex(samples[_i].hex, bytes);
    json_t *value = NULL;
    enum status status = cbor_read(bytes, size, &value);

    if (!samples[_i].json) {
        ck_assert_msg(status == INVALID, "%s was taken", samples[_i].hex);
        return;
    }
    ck_assert_msg(status == OK, "%s was refused", samples[_i].hex);
    fixture_expect(value, samples[_i].json);
    json_decref(value);
}
END_TEST

START_TEST(nesting_is_bounded)
{
    unsigned char bytes[100];
    json_t *value;

    memset(bytes, 0x81, sizeof bytes);
    ck_assert_int_eq(cbor_read(bytes, sizeof bytes, &value), INVALID);
    memset(bytes, 0x9f, sizeof bytes);
    ck_assert_int_eq(cbor_read(bytes, sizeof bytes, &value), INVALID);
}
END_TEST

START_TEST(answers_are_written_as_aws_does)
{
    static const struct member kinds[] = { { "Data", BLOB }, { "At", TIMESTAMP }, { 0 } };
    json_t *value = json_pack("{s:[{s:s, s:f, s:i, s:b}]}", "R", "Data", "QUJD", "At", 1700000000.123, "N", -5, "B", 1);
    struct buffer out = { 0 };
    unsigned char expected[128];
    size_t size;

    cbor_write(&out, value, kinds);
    size = from_hex("bf61529fbf644461746143414243624174c11b0000018bcfe5687b614e246142f5ffffff", expected);
    ck_assert_uint_eq(out.size, size);
    ck_assert_mem_eq(out.data, expected, size);
    buffer_clear(&out);
    json_decref(value);
}
END_TEST

Suite *suite_cbor(void)
{
    Suite *suite = suite_create("cbor");
    TCase *tests = tcase_create("cbor");

    tcase_add_loop_test(tests, an_item_is_read_or_refused, 0, (int)(sizeof samples / sizeof *samples));
    tcase_add_test(tests, nesting_is_bounded);
    tcase_add_test(tests, answers_are_written_as_aws_does);
    suite_add_tcase(suite, tests);
    return suite;
}
