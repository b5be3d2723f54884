/* The event stream's messages against the vectors that AWS's SDKs share for it, byte by byte. */

#include "aws/event_stream.h"
#include "suites.h"

#include <string.h>

static struct buffer out;

static void expect_bytes(const void *bytes, size_t size_bytes)
{
    ck_assert_uint_eq(out.size, size_bytes);
    ck_assert_mem_eq(out.data, bytes, size_bytes);
    buffer_clear(&out);
}

START_TEST(an_empty_message_is_sixteen_bytes)
{
    static const unsigned char vector[] = { 0, 0, 0, 0x10, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff };

    event_stream_add(&out, NULL, 0, "", 0);
    expect_bytes(vector, sizeof vector);
}
END_TEST

START_TEST(a_payload_stands_alone)
{
    static const unsigned char vector[] = { 0x00, 0x00, 0x00, 0x1d, 0x00, 0x00, 0x00, 0x00, 0xfd, 0x52, 0x8c, 0x5a, 0x7b, 0x27, 0x66,
                                            0x6f, 0x6f, 0x27, 0x3a, 0x27, 0x62, 0x61, 0x72, 0x27, 0x7d, 0xc3, 0x65, 0x39, 0x36 };

    event_stream_add(&out, NULL, 0, "{'foo':'bar'}", 13);
    expect_bytes(vector, sizeof vector);
}
END_TEST

START_TEST(a_header_is_framed_as_text)
{
    static const unsigned char vector[] = { 0x00, 0x00, 0x00, 0x3d, 0x00, 0x00, 0x00, 0x20, 0x07, 0xfd, 0x83, 0x96, 0x0c, 'c',  'o',  'n',
                                            't',  'e',  'n',  't',  '-',  't',  'y',  'p',  'e',  0x07, 0x00, 0x10, 'a',  'p',  'p',  'l',
                                            'i',  'c',  'a',  't',  'i',  'o',  'n',  '/',  'j',  's',  'o',  'n',  0x7b, 0x27, 0x66, 0x6f,
                                            0x6f, 0x27, 0x3a, 0x27, 0x62, 0x61, 0x72, 0x27, 0x7d, 0x8d, 0x9c, 0x08, 0xb1 };
    static const struct event_header header = { "content-type", "application/json" };

    event_stream_add(&out, &header, 1, "{'foo':'bar'}", 13);
    expect_bytes(vector, sizeof vector);
}
END_TEST

static size_t number_at(size_t at)
{
    const unsigned char *bytes = (const unsigned char *)out.data + at;

    return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

START_TEST(messages_follow_each_other)
{
    size_t first;

    event_stream_add_event(&out, "Event", "application/json", "{}", 2);
    first = out.size;
    ck_assert_uint_eq(number_at(0), first);
    ck_assert_ptr_nonnull(memmem(out.data, first,
                                 "\x0b:event-type\x07\x00\x05"
                                 "Event",
                                 20));
    ck_assert_ptr_nonnull(memmem(out.data, first,
                                 "\x0d:message-type\x07\x00\x05"
                                 "event",
                                 22));
    event_stream_add_exception(&out, "Fault", "application/json", "", 0);
    ck_assert_uint_eq(number_at(first), out.size - first);
    ck_assert_ptr_nonnull(memmem(out.data + first, out.size - first,
                                 "\x0f:exception-type\x07\x00\x05"
                                 "Fault",
                                 24));
    ck_assert_ptr_nonnull(memmem(out.data + first, out.size - first,
                                 "\x0d:message-type\x07\x00\x09"
                                 "exception",
                                 26));
    buffer_clear(&out);
}
END_TEST

Suite *suite_event_stream(void)
{
    Suite *suite = suite_create("event stream");
    TCase *tests = tcase_create("event stream");

    tcase_add_test(tests, an_empty_message_is_sixteen_bytes);
    tcase_add_test(tests, a_payload_stands_alone);
    tcase_add_test(tests, a_header_is_framed_as_text);
    tcase_add_test(tests, messages_follow_each_other);
    suite_add_tcase(suite, tests);
    return suite;
}
