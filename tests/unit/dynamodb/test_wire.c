/* Values and their bounds, as the facts of the service have them (sections 4, 5 and 7), through the operations: what is taken, what is
 * refused in which words, and sizes to the byte. */

#include "suites.h"

#include "dynamodb/wire.h"
#include "tables.h"

#include <stdlib.h>
#include <string.h>

static void open_with_table(void)
{
    tables_open();
    tables_must("CreateTable", "{'TableName':'tab','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{'AttributeName':'p',"
                               "'AttributeType':'S'}],'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}]}");
    tables_must("CreateTable", "{'TableName':'two','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{'AttributeName':'b',"
                               "'AttributeType':'B'},{'AttributeName':'n','AttributeType':'N'}],'KeySchema':[{'AttributeName':'b',"
                               "'KeyType':'HASH'},{'AttributeName':'n','KeyType':'RANGE'}]}");
}

/* ---- what a value may be ---- */

#define INVALID_PARAMETER "ValidationException: 1 validation error detected: One or more parameter values were invalid: "
#define REQUEST "ValidationException: 1 validation error detected: "
#define WRONG_TYPE "SerializationException: "
#define NUMBER_OVER REQUEST "Number overflow. Attempting to store a number with magnitude larger than supported range"
#define NUMBER_UNDER REQUEST "Number underflow. Attempting to store a number with magnitude smaller than supported range"
#define TOO_PRECISE REQUEST "Attempting to store more than 38 significant digits in a Number"
#define NOT_NUMERIC REQUEST "The parameter cannot be converted to a numeric value"

static const struct refusal refusals[] = {
    { "{}", REQUEST "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes" },
    { "null", REQUEST "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes" },
    { "{'S':null}", REQUEST "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes" },
    { "{'dog':'x'}", REQUEST "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes" },
    { "{'S':'a','N':'1'}",
      REQUEST "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes" },
    { "{'NULL':false}", INVALID_PARAMETER "Null attribute value types must have the value of true" },
    { "{'SS':[]}", INVALID_PARAMETER "An string set  may not be empty" },
    { "{'NS':[]}", INVALID_PARAMETER "An number set  may not be empty" },
    { "{'BS':[]}", INVALID_PARAMETER "Binary sets should not be empty" },
    { "{'SS':['a','b','a']}", INVALID_PARAMETER "Input collection [\"a\", \"b\", \"a\"] contains duplicates." },
    { "{'NS':['1','1.0']}", INVALID_PARAMETER "Input collection contains duplicates." },
    { "{'BS':['MQ==','MQ==']}", INVALID_PARAMETER "Input collection [\"MQ==\",\"MQ==\"]of type BS contains duplicates." },
    { "{'M':{'':{'S':'x'}}}", INVALID_PARAMETER "Empty attribute name" },
    /* JSON of the wrong type */
    { "{'S':3}", WRONG_TYPE "NUMBER_VALUE cannot be converted to String" },
    { "{'S':3.5}", WRONG_TYPE "DECIMAL_VALUE cannot be converted to String" },
    { "{'S':true}", WRONG_TYPE "TRUE_VALUE cannot be converted to String" },
    { "{'S':{}}", WRONG_TYPE "Start of structure or map found where not expected" },
    { "{'S':[]}", WRONG_TYPE "Unrecognized collection type class java.lang.String" },
    { "{'N':3}", WRONG_TYPE "NUMBER_VALUE cannot be converted to String" },
    { "{'B':3}", WRONG_TYPE "only base-64-encoded strings are convertible to bytes" },
    { "{'BOOL':'maybe'}", WRONG_TYPE "Unexpected token received from parser" },
    { "{'SS':'a'}", WRONG_TYPE "Unexpected field type" },
    { "{'SS':[3]}", WRONG_TYPE "NUMBER_VALUE cannot be converted to String" },
    { "{'L':{}}", WRONG_TYPE "Start of structure or map found where not expected" },
    { "{'M':'a'}", WRONG_TYPE "Unexpected field type" },
    { "'a'", WRONG_TYPE "Unexpected value type in payload" },
    { "7", WRONG_TYPE "Unexpected value type in payload" },
    /* base64, strict, in every place */
    { "{'B':'MTI'}", WRONG_TYPE "Base64 encoded length is expected a multiple of 4 bytes but found: 3" },
    { "{'B':'MT=='}", WRONG_TYPE "Invalid last non-pad Base64 character dectected" },
    { "{'B':'MTJ='}", WRONG_TYPE "Invalid last non-pad Base64 character dectected" },
    { "{'B':'M==='}", WRONG_TYPE "Invalid last non-pad Base64 character dectected" },
    { "{'B':'MTI=MTI='}", WRONG_TYPE "Invalid last non-pad Base64 character dectected" },
    { "{'B':'MT I'}", WRONG_TYPE "Invalid last non-pad Base64 character dectected" },
    { "{'B':'-_-_'}", WRONG_TYPE "Invalid last non-pad Base64 character dectected" },
    { "{'BS':['MQ==','M?==']}", WRONG_TYPE "Invalid last non-pad Base64 character dectected" },
    { "{'L':[{'B':'x'}]}", WRONG_TYPE "Base64 encoded length is expected a multiple of 4 bytes but found: 1" },
    { "{'M':{'a':{'BS':['x']}}}", WRONG_TYPE "Base64 encoded length is expected a multiple of 4 bytes but found: 1" },
    /* numbers */
    { "{'N':''}", NOT_NUMERIC ": " },
    { "{'N':'b'}", NOT_NUMERIC ": b" },
    { "{'N':' 1'}", NOT_NUMERIC ":  1" },
    { "{'N':'1 '}", NOT_NUMERIC ": 1 " },
    { "{'N':'NaN'}", NOT_NUMERIC ": NaN" },
    { "{'N':'-Infinity'}", NOT_NUMERIC ": -Infinity" },
    { "{'N':'1e'}", NOT_NUMERIC ": 1e" },
    { "{'N':'.'}", NOT_NUMERIC ": ." },
    { "{'N':'0x10'}", NOT_NUMERIC ": 0x10" },
    { "{'N':'1e126'}", NUMBER_OVER },
    { "{'N':'-1e126'}", NUMBER_OVER },
    { "{'N':'1e99999999999999999999'}", NOT_NUMERIC ": 1e99999999999999999999" },
    { "{'N':'0e126'}", NUMBER_OVER },
    { "{'N':'0e-131'}", NUMBER_UNDER },
    { "{'N':'1e-131'}", NUMBER_UNDER },
    { "{'N':'-1e-131'}", NUMBER_UNDER },
    { "{'N':'123456789012345678901234567890123456789'}", TOO_PRECISE },
    { "{'N':'0.123456789012345678901234567890123456789'}", TOO_PRECISE },
    { "{'NS':['1','x']}", NOT_NUMERIC ": x" },
    { "{'L':[{'N':'1e126'}]}", NUMBER_OVER },
};

START_TEST(wrong_values_are_refused_in_the_services_words)
{
    const struct refusal *refusal = &refusals[_i];
    const char *answer = tables_print_ask("PutItem", "{'TableName':'tab','Item':{'p':{'S':'k'},'v':%s}}", refusal->input);

    ck_assert_msg(!strcmp(answer, refusal->answer), "%s: %s", refusal->input, answer);
    ck_assert_str_eq(tables_ask("GetItem", "{'TableName':'tab','Key':{'p':{'S':'k'}}}"), "{}");
}
END_TEST

/* ---- what is taken comes back in its normal form ---- */

static const struct {
    const char *sent;
    const char *kept;
} forms[] = {
    { "{'S':''}", "{'S':''}" },
    { "{'B':''}", "{'B':''}" },
    { "{'L':[]}", "{'L':[]}" },
    { "{'M':{}}", "{'M':{}}" },
    { "{'SS':['']}", "{'SS':['']}" },
    { "{'S':'a','N':null,'cat':7}", "{'S':'a'}" },
    { "{'NULL':true}", "{'NULL':true}" },
    { "{'L':[{'S':''},{'B':''},{'L':[]},{'M':{}}]}", "{'L':[{'S':''},{'B':''},{'L':[]},{'M':{}}]}" },
    { "{'N':'+3'}", "{'N':'3'}" },
    { "{'N':'.5'}", "{'N':'0.5'}" },
    { "{'N':'5.'}", "{'N':'5'}" },
    { "{'N':'007'}", "{'N':'7'}" },
    { "{'N':'1e3'}", "{'N':'1000'}" },
    { "{'N':'1E+3'}", "{'N':'1000'}" },
    { "{'N':'1.50'}", "{'N':'1.5'}" },
    { "{'N':'-0'}", "{'N':'0'}" },
    { "{'N':'0.0e126'}", "{'N':'0'}" },
    { "{'N':'0e-130'}", "{'N':'0'}" },
    { "{'N':'0.1e126'}",
      "{'N':'100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000'}" },
    { "{'N':'12345678901234567890123456789012345678'}", "{'N':'12345678901234567890123456789012345678'}" },
    { "{'NS':['2','1e1','0.5']}", "{'NS':['0.5','2','10']}" },
};

START_TEST(values_come_back_in_their_normal_form)
{
    char expected[300];

    ck_assert_str_eq(tables_print_ask("PutItem", "{'TableName':'tab','Item':{'p':{'S':'k'},'v':%s}}", forms[_i].sent), "{}");
    snprintf(expected, sizeof expected, "{'Item':{'v':%s}}", forms[_i].kept);
    ck_assert_str_eq(tables_ask("GetItem", "{'TableName':'tab','Key':{'p':{'S':'k'}},'ProjectionExpression':'v'}"), expected);
}
END_TEST

/* ---- bounds, to the byte ---- */

static char *repeat(const char *unit, size_t times)
{
    size_t size = strlen(unit);
    char *text = malloc(times * size + 1);

    for (size_t i = 0; i < times; i++)
        memcpy(text + i * size, unit, size);
    text[times * size] = '\0';
    return text;
}

/* The answer to an input in which %s stands for so many units. */
static const char *ask_repeated(const char *operation, const char *format, const char *unit, size_t times)
{
    char *text = repeat(unit, times);
    size_t size = strlen(format) + strlen(text) + 1;
    char *input = malloc(size);
    const char *place = strstr(format, "%s");
    const char *answer;

    snprintf(input, size, "%.*s%s%s", (int)(place - format), format, text, place + 2);
    answer = tables_ask(operation, input);
    free(input);
    free(text);
    return answer;
}

#define OVERSIZED "ValidationException: Item size has exceeded the maximum allowed size"

static const struct {
    const char *what; /* v holds %s */
    const char *unit;
    size_t most; /* units in an item of 409,600 bytes; it has p (2 bytes) and the name v (1) beside the value */
} sizes[] = {
    { "{'S':'%s'}", "x", 409600 - 3 },
    { "{'S':'%s'}", "\xc3\xa9", (409600 - 3) / 2 },
    { "{'B':'%s'}", "AAAA", (409600 - 3) / 3 },
    { "{'L':[{'S':''}%s]}", ",{'S':''}", 409600 - 3 - 4 },
    { "{'L':[{'NULL':true}%s]}", ",{'NULL':true}", (409600 - 3 - 5) / 2 },
    { "{'L':[{'BOOL':false}%s]}", ",{'BOOL':false}", (409600 - 3 - 5) / 2 },
    { "{'L':[{'N':'0'}%s]}", ",{'N':'12'}", (409600 - 3 - 5) / 3 },
    { "{'L':[{'N':'0'}%s]}", ",{'N':'-1.5'}", (409600 - 3 - 5) / 5 },
    { "{'L':[{'N':'0'}%s]}", ",{'N':'12000'}", (409600 - 3 - 5) / 3 },
    { "{'L':[{'N':'0'}%s]}", ",{'N':'0.0012'}", (409600 - 3 - 5) / 3 },
    { "{'L':[{'N':'0'}%s]}", ",{'M':{'ab':{'S':'c'}}}", (409600 - 3 - 5) / 8 },
    { "{'M':{'k':{'S':'%s'}}}", "x", 409600 - 3 - 3 - 1 - 1 },
};

START_TEST(an_item_has_400_kib_and_no_byte_more)
{
    char format[200];

    snprintf(format, sizeof format, "{'TableName':'tab','Item':{'p':{'S':'k'},'v':%s}}", sizes[_i].what);
    ck_assert_str_eq(ask_repeated("PutItem", format, sizes[_i].unit, sizes[_i].most), "{}");
    ck_assert_str_eq(ask_repeated("PutItem", format, sizes[_i].unit, sizes[_i].most + 1), OVERSIZED);
}
END_TEST

START_TEST(keys_and_names_have_their_bounds)
{
    static const char put_name[] = "{'TableName':'tab','Item':{'p':{'S':'k'},'%s':{'S':''}}}";
    static const char put_key[] = "{'TableName':'tab','Item':{'p':{'S':'%s'}}}";
    static const char get_key[] = "{'TableName':'tab','Key':{'p':{'S':'%s'}}}";
    static const char put_binary[] = "{'TableName':'two','Item':{'b':{'B':'%s'},'n':{'N':'1'}}}";

    ck_assert_str_eq(ask_repeated("PutItem", put_name, "x", 65535), "{}");
    ck_assert_str_eq(ask_repeated("PutItem", put_name, "x", 65536),
                     INVALID_PARAMETER "Attribute name is too large, must be less than 65536 bytes");
    ck_assert_str_eq(ask_repeated("PutItem", put_key, "x", 2048), "{}");
    ck_assert_str_eq(ask_repeated("PutItem", put_key, "x", 2049), "ValidationException: One or more parameter values were invalid: Size "
                                                                  "of hashkey has exceeded the maximum size limit of2048 bytes");
    ck_assert_str_eq(ask_repeated("GetItem", get_key, "\xc3\xa9", 1025),
                     "ValidationException: One or more parameter values were invalid: "
                     "Size of hashkey has exceeded the maximum size limit of2048 bytes");
    ck_assert_str_eq(ask_repeated("PutItem", put_key, "x", 0),
                     "ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
                     "contain an empty string value. Key: p");
    ck_assert_str_eq(ask_repeated("PutItem", put_binary, "AAAA", 682), "{}");
    ck_assert_str_eq(ask_repeated("PutItem", put_binary, "AAAA", 683), "ValidationException: One or more parameter values were invalid: "
                                                                       "Size of hashkey has exceeded the maximum size limit of2048 bytes");
    ck_assert_str_eq(ask_repeated("PutItem", put_binary, "AAAA", 0),
                     "ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
                     "contain an empty binary value. Key: b");
}
END_TEST

static const char *put_nested(const char *open, const char *close, size_t levels)
{
    char *head = repeat(open, levels);
    char *tail = repeat(close, levels);
    char *input = malloc(strlen(head) + strlen(tail) + 100);
    const char *answer;

    sprintf(input, "{'TableName':'tab','Item':{'p':{'S':'k'},'v':%s{'S':'x'}%s}}", head, tail);
    answer = tables_ask("PutItem", input);
    free(input);
    free(head);
    free(tail);
    return answer;
}

/* The item itself is the first level. */
START_TEST(documents_nest_32_levels)
{
    ck_assert_str_eq(put_nested("{'L':[", "]}", 31), "{}");
    ck_assert_str_eq(put_nested("{'M':{'a':", "}}", 31), "{}");
    ck_assert_ptr_nonnull(strstr(put_nested("{'L':[", "]}", 32), "nested levels beyond supported limit"));
    ck_assert_ptr_nonnull(strstr(put_nested("{'M':{'a':", "}}", 32), "nested levels beyond supported limit"));
}
END_TEST

/* A name that comes twice counts once, and the last one counts. */
START_TEST(the_last_of_two_names_counts)
{
    tables_must("PutItem", "{'TableName':'tab','Item':{'p':{'S':'other'},'p':{'S':'k'},'v':{'S':'a','S':'b'}}}");
    tables_expect("GetItem", "{'TableName':'tab','Key':{'p':{'S':'k'}}}", "{'Item':{'p':{'S':'k'},'v':{'S':'b'}}}");
}
END_TEST

/* Numbers that are equal are one key. */
START_TEST(a_number_is_one_key_in_any_form)
{
    tables_must("PutItem", "{'TableName':'two','Item':{'b':{'B':'AQ=='},'n':{'N':'1e3'}}}");
    tables_expect("GetItem", "{'TableName':'two','Key':{'b':{'B':'AQ=='},'n':{'N':'+1000.0'}}}",
                  "{'Item':{'b':{'B':'AQ=='},'n':{'N':'1000'}}}");
}
END_TEST

/* A great many attributes at once take no longer than their sorting. */
START_TEST(many_attribute_updates_are_no_trouble)
{
    char *input = malloc(4 << 20);
    char *end = input + sprintf(input, "{'TableName':'tab','Key':{'p':{'S':'k'}},'AttributeUpdates':{");

    for (int i = 0; i < 40000; i++)
        end += sprintf(end, "%s'%x':{'Value':{'N':'1'}}", i ? "," : "", i * 7919 % 1000003);
    strcpy(end, "}}");
    tables_must("UpdateItem", input);
    ck_assert_ptr_nonnull(strstr(tables_ask("Scan", "{'TableName':'tab','Select':'COUNT'}"), "'Count':1"));
    free(input);
}
END_TEST

#define COUNT(rows) (int)(sizeof(rows) / sizeof *(rows))

Suite *suite_dynamodb_wire(void)
{
    Suite *suite = suite_create("dynamodb_wire");
    TCase *tests = tcase_create("values");

    tcase_add_checked_fixture(tests, open_with_table, tables_close);
    tcase_add_loop_test(tests, wrong_values_are_refused_in_the_services_words, 0, COUNT(refusals));
    tcase_add_loop_test(tests, values_come_back_in_their_normal_form, 0, COUNT(forms));
    tcase_add_loop_test(tests, an_item_has_400_kib_and_no_byte_more, 0, COUNT(sizes));
    tcase_add_test(tests, keys_and_names_have_their_bounds);
    tcase_add_test(tests, documents_nest_32_levels);
    tcase_add_test(tests, the_last_of_two_names_counts);
    tcase_add_test(tests, a_number_is_one_key_in_any_form);
    tcase_add_test(tests, many_attribute_updates_are_no_trouble);
    suite_add_tcase(suite, tests);
    return suite;
}
