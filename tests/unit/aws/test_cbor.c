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
    { "a1414b01", NULL },     /* a key of bytes */
    { "a15f414bff01", NULL },
    { "a16152819f01c1ff", NULL }, /* a tag of nothing */
    { "a1614bc1", NULL },
    { "c1a0", "{}" },                                   /* a tag means nothing where it does not belong ... */
    { "a2614bc1614c614d1903e8", "{'K':'L','M':1000}" }, /* ... and nothing for what follows */
    { "a1614bc249010000000000000000", "{'K':'AQAAAAAAAAAA'}" },
    { "a1614bf97e00", NULL }, /* half a number that is none */
    { "a1614bf93e00", "{'K':1.5}" },
    { "a1614be0", NULL },         /* a simple value that means nothing */
    { "a1614bf7", "{'K':null}" }, /* undefined */
    { "a1614b3b8000000000000000", NULL },
    { "a1614b3b7fffffffffffffff", "{'K':-9223372036854775808}" },
    { "7f414bff", NULL }, /* pieces of another kind */
    { "5f614bff", NULL },
    { "7f7f614bffff", NULL },
    { "1c", NULL }, /* reserved */
    { "fc", NULL },
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

/* The members of an imagined input: one of each kind. */
static const struct member text_element[] = { { "member", STRING }, { 0 } };
static const struct member inner[] = { { "Text", STRING }, { "Bytes", BLOB }, { 0 } };
static const struct member structures[] = { { "member", STRUCTURE, .members = inner }, { 0 } };
static const struct member input[] = {
    { "Text", STRING },
    { "Bytes", BLOB },
    { "Number", INTEGER },
    { "Time", TIMESTAMP },
    { "Truth", BOOLEAN },
    { "List", LIST, .members = text_element },
    { "Map", MAP, .members = text_element },
    { "Inner", STRUCTURE, .members = inner },
    { "Inners", LIST, .members = structures },
    { 0 },
};

static const struct {
    const char *hex;
    const char *fault; /* NULL: none */
} placements[] = {
    { "a1644e6f6e654141", NULL }, /* no member */
    { "a1654279746573 4141", NULL },
    { "a16454657874 4141", "class java.nio.HeapByteBuffer can not be converted to an String" },
    { "a164546578745f4141ff", "class java.nio.HeapByteBuffer can not be converted to an String" },
    { "a1664e756d6265724141", "class java.nio.HeapByteBuffer can not be converted to an Integer" },
    { "a1664e756d626572c24141", "class java.nio.HeapByteBuffer can not be converted to an Integer" }, /* a big number */
    { "a16454696d654141", "class java.nio.HeapByteBuffer can not be converted to milliseconds since epoch" },
    { "a16554727574684141", "class java.nio.HeapByteBuffer can not be converted to an Boolean" },
    { "a1644c6973744141", "Expected list or null" },
    { "a1644c697374814141", "class java.nio.HeapByteBuffer can not be converted to an String" },
    { "a1634d61704141", "Expected map or null" },
    { "a1634d6170a161614141", "class java.nio.HeapByteBuffer can not be converted to an String" },
    { "a165496e6e6572a1654279746573 4141", NULL },
    { "a165496e6e6572a16454657874 4141", "class java.nio.HeapByteBuffer can not be converted to an String" },
    { "a166496e6e65727381a16454657874 4141", "class java.nio.HeapByteBuffer can not be converted to an String" },
    { "a166496e6e65727381a1654279746573 4141", NULL },
};

START_TEST(bytes_have_their_place_in_blobs_alone)
{
    char hex[100] = "";
    unsigned char bytes[64];
    struct arena arena = { 0 };
    const struct member *misplaced;
    json_t *value = NULL;
    size_t size;

    for (const char *at = placements[_i].hex; *at; at++)
        if (*at != ' ')
            strncat(hex, at, 1);
    size = from_hex(hex, bytes);
    ck_assert_int_eq(cbor_read_input(bytes, size, input, &value, &misplaced), OK);
    json_decref(value);
    if (placements[_i].fault)
        ck_assert_str_eq(misplaced ? shape_bytes_fault(misplaced, &arena) : "none", placements[_i].fault);
    else
        ck_assert_ptr_null(misplaced);
    arena_clear(&arena);
}
END_TEST

Suite *suite_cbor(void)
{
    Suite *suite = suite_create("cbor");
    TCase *tests = tcase_create("cbor");

    tcase_add_loop_test(tests, an_item_is_read_or_refused, 0, (int)(sizeof samples / sizeof *samples));
    tcase_add_loop_test(tests, bytes_have_their_place_in_blobs_alone, 0, sizeof placements / sizeof *placements);
    tcase_add_test(tests, nesting_is_bounded);
    tcase_add_test(tests, answers_are_written_as_aws_does);
    suite_add_tcase(suite, tests);
    return suite;
}
