/* Shapes: what is refused before an operation runs, in AWS's words. The texts are of facts: Kinesis 10, DynamoDB 1 and 16. */

#include "suites.h"

#include "aws/shape.h"
#include "base/json.h"

#include <string.h>

static const char *const colours[] = { "RED", "GREEN", NULL };
static const struct member inner[] = { { "Key", STRING, .required = true, .min = 1, .max = 4 }, { "Data", BLOB, .max = 3 }, { 0 } };
static const struct member element[] = { { "member", STRUCTURE, .members = inner, .class = "Record" }, { 0 } };
static const struct member elements[] = { { "member", LIST, .members = element }, { 0 } };
static const struct member tag[] = { { "value", STRING, .max = 3 }, { "key", STRING, .min = 1, .max = 2 }, { 0 } };
static const struct member input[] = {
    { "StreamName", STRING, .required = true, .min = 1, .max = 8, .pattern = "[a-zA-Z0-9_.-]+" },
    { "Limit", INTEGER, .min = 1, .max = 10 },
    { "Colour", STRING, .values = colours },
    { "Records", LIST, .min = 1, .max = 2, .members = element },
    { "Tags", MAP, .members = tag },
    { "Hash", STRING, .pattern = "0|([1-9]\\d{0,3})" },
    { "Force", BOOLEAN },
    { "Groups", MAP, .members = elements },
    { 0 },
};

struct refusal {
    const char *json;
    const char *message;
};

static const struct refusal constraints[] = {
    { "{}", "1 validation error detected: Value null at 'streamName' failed to satisfy constraint: Member must not be null" },
    { "{\"StreamName\\u0000\":\"a\"}",
      "1 validation error detected: Value null at 'streamName' failed to satisfy constraint: Member must not be null" },
    { "{\"StreamName\":\"a b\",\"Limit\":0}",
      "2 validation errors detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression "
      "pattern: "
      "[a-zA-Z0-9_.-]+; Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1" },
    { "{\"StreamName\":\"aaaaaaaaa\"}",
      "1 validation error detected: Value 'aaaaaaaaa' at 'streamName' failed to satisfy constraint: Member must have length less than or "
      "equal to 8" },
    { "{\"StreamName\":\"a\",\"Colour\":\"BLUE\"}", "1 validation error detected: Value 'BLUE' at 'colour' failed to satisfy constraint: "
                                                    "Member must satisfy enum value set: [RED, GREEN]" },
    { "{\"StreamName\":\"a\",\"Records\":[]}", "1 validation error detected: Value '[]' at 'records' failed to satisfy constraint: Member "
                                               "must have length greater than or equal to 1" },
    { "{\"StreamName\":\"a\",\"Records\":[{\"Key\":\"k\"},{\"Data\":\"AAAAAA==\"}]}",
      "2 validation errors detected: Value null at 'records.2.member.key' failed to satisfy constraint: Member must not be null; Value "
      "'java.nio.HeapByteBuffer[pos=0 lim=4 cap=4]' at 'records.2.member.data' failed to satisfy constraint: Member must have length less "
      "than or equal to 3" },
    { "{\"StreamName\":\"a\",\"Tags\":{\"long\":\"x\"}}",
      "1 validation error detected: Value '{long=x}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member "
      "must "
      "have length less than or equal to 2, Member must have length greater than or equal to 1]" },
    { "{\"StreamName\":\"a\",\"Hash\":\"01\"}",
      "1 validation error detected: Value '01' at 'hash' failed to satisfy constraint: Member must satisfy regular expression pattern: "
      "0|([1-9]\\d{0,3})" },
    { "{\"StreamName\":\"a\",\"Limit\":1e30}", "1 validation error detected: Value '1e+30' at 'limit' failed to satisfy constraint: "
                                               "Member must have value less than or equal to 10" },
    { "{\"StreamName\":\"a\",\"Limit\":-1e30}", "1 validation error detected: Value '-1e+30' at 'limit' failed to satisfy constraint: "
                                                "Member must have value greater than or equal to 1" },
    { "{\"StreamName\":\"a\\u0000b\"}", "1 validation error detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member "
                                        "must satisfy regular expression pattern: [a-zA-Z0-9_.-]+" },
    { "{\"StreamName\":\"a-b_C.9\",\"Limit\":10,\"Colour\":\"RED\",\"Hash\":\"9876\",\"Unknown\":[],\"Records\":null}", NULL },
};

START_TEST(constraints_are_refused_in_awss_words)
{
    const struct refusal *row = &constraints[_i];
    struct arena arena = { 0 };
    json_t *value = NULL;
    enum status read = json_read(row->json, strlen(row->json), &value);
    const char *fault = shape_constraint_fault(input, value, &(struct shape_manners){ 0 }, &arena);

    ck_assert_int_eq(read, OK);
    if (row->message)
        ck_assert_str_eq(fault ? fault : "nothing", row->message);
    else
        ck_assert_msg(!fault, "%s", fault);
    json_decref(value);
    arena_clear(&arena);
}
END_TEST

static const struct refusal older_types[] = {
    { "{\"StreamName\":5}", "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String" },
    { "{\"StreamName\":true}", "class java.lang.Boolean can not be converted to an String" },
    { "{\"StreamName\":[]}", "Start of list found where not expected" },
    { "{\"StreamName\":{}}", "Start of structure or map found where not expected." },
    { "{\"Limit\":\"5\"}", "class java.lang.String can not be converted to an Integer" },
    { "{\"Records\":\"x\"}", "Expected list or null" },
    { "{\"Tags\":\"x\"}", "Expected map or null" },
    { "{\"Records\":[{\"Data\":\"abcde\"}]}",
      "'abcde' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 5" },
    { "{\"StreamName\":null,\"Limit\":5}", NULL },
};

static const struct refusal newer_types[] = {
    { "{\"StreamName\":5}", "NUMBER_VALUE cannot be converted to String" },
    { "{\"StreamName\":5.5}", "DECIMAL_VALUE cannot be converted to String" },
    { "{\"Limit\":\"5\"}", "STRING_VALUE cannot be converted to Integer" },
    { "{\"Limit\":true}", "TRUE_VALUE cannot be converted to Integer" },
    { "{\"Limit\":{}}", "Start of structure or map found where not expected" },
    { "{\"Limit\":[]}", "Unrecognized collection type class java.lang.Integer" },
    { "{\"Force\":\"x\"}", "Unexpected token received from parser" },
    { "{\"Records\":\"x\"}", "Unexpected field type" },
    { "{\"Records\":{}}", "Start of structure or map found where not expected" },
    { "{\"Records\":[\"x\"]}", "Unexpected value type in payload" },
    { "{\"Records\":[[]]}", "Unrecognized collection type class com.example.Record" },
    { "{\"Records\":[{\"Data\":\"abcde\"}]}", "Base64 encoded length is expected a multiple of 4 bytes but found: 5" },
    { "{\"Records\":[{\"Data\":\"=+/=\"}]}", "Invalid last non-pad Base64 character dectected" },
    { "{\"Records\":[{\"Data\":[]}]}", "Unrecognized collection type class java.nio.ByteBuffer" },
    { "{\"Tags\":[]}", "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>" },
    { "{\"Groups\":[]}", "Unrecognized collection type java.util.Map<java.lang.String, java.util.List<com.example.Record>>" },
    { "{\"Groups\":{\"a\":1}}",
      "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class "
      "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader 'bootstrap')" },
};

static void expect_type_fault(const struct refusal *row, bool is_older)
{
    struct arena arena = { 0 };
    json_t *value = json_loads(row->json, 0, NULL);
    const char *fault =
        shape_type_fault(input, value, &(struct shape_manners){ .older_type_texts = is_older, .package = "com.example." }, &arena);

    if (row->message)
        ck_assert_str_eq(fault ? fault : "nothing", row->message);
    else
        ck_assert_msg(!fault, "%s", fault);
    json_decref(value);
    arena_clear(&arena);
}

START_TEST(wrong_types_are_named_as_kinesis_does)
{
    expect_type_fault(&older_types[_i], true);
}
END_TEST

START_TEST(wrong_types_are_named_as_dynamodb_does)
{
    expect_type_fault(&newer_types[_i], false);
}
END_TEST

START_TEST(texts_may_count_as_booleans)
{
    static const struct shape_manners manners = { .reads_boolean_texts = true };
    struct arena arena = { 0 };
    json_t *value = json_loads("{\"Force\":\"YES\",\"Limit\":1}", 0, NULL);
    json_t *wrong = json_loads("{\"Force\":\"maybe\"}", 0, NULL);

    ck_assert_ptr_null(shape_type_fault(input, value, &manners, &arena));
    ck_assert(json_is_true(json_object_get(value, "Force")));
    json_object_set_new(value, "Force", json_string("0"));
    ck_assert_ptr_null(shape_type_fault(input, value, &manners, &arena));
    ck_assert(json_is_false(json_object_get(value, "Force")));
    ck_assert_str_eq(shape_type_fault(input, wrong, &manners, &arena), "Unexpected token received from parser");
    json_decref(value);
    json_decref(wrong);
    arena_clear(&arena);
}
END_TEST

static const struct member many[] = {
    { "A", STRING, .required = true }, { "B", STRING, .required = true }, { "C", STRING, .required = true },
    { "D", STRING, .required = true }, { "E", STRING, .required = true }, { "F", STRING, .required = true },
    { "G", STRING, .required = true }, { "H", STRING, .required = true }, { "I", STRING, .required = true },
    { "J", STRING, .required = true }, { "K", STRING, .required = true }, { 0 },
};

START_TEST(ten_clauses_are_the_most)
{
    struct arena arena = { 0 };
    json_t *value = json_object();
    const char *fault = shape_constraint_fault(many, value, &(struct shape_manners){ .keeps_case = true }, &arena);

    ck_assert_int_eq(strncmp(fault, "10 validation errors detected: Value null at 'A'", 48), 0);
    ck_assert_ptr_nonnull(strstr(fault, "'J'"));
    ck_assert_ptr_null(strstr(fault, "'K'"));
    json_decref(value);
    arena_clear(&arena);
}
END_TEST

#define COUNT(rows) (int)(sizeof rows / sizeof *rows)

Suite *suite_shape(void)
{
    Suite *suite = suite_create("shape");
    TCase *tests = tcase_create("shape");

    tcase_add_loop_test(tests, constraints_are_refused_in_awss_words, 0, COUNT(constraints));
    tcase_add_loop_test(tests, wrong_types_are_named_as_kinesis_does, 0, COUNT(older_types));
    tcase_add_test(tests, texts_may_count_as_booleans);
    tcase_add_loop_test(tests, wrong_types_are_named_as_dynamodb_does, 0, COUNT(newer_types));
    tcase_add_test(tests, ten_clauses_are_the_most);
    suite_add_tcase(suite, tests);
    return suite;
}
