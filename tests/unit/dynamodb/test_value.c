/* Attribute values: how they compare, what sizes AWS counts, how maps and sets are kept, and the packed form in which items lie in the
 * store. */

#include "suites.h"

#include "dynamodb/pack.h"
#include "dynamodb/wire.h"

#include <stdlib.h>
#include <string.h>

static struct arena arena;
static json_t *kept; /* what the values' texts point into */

static void open_values(void)
{
    kept = json_array();
}

static void close_values(void)
{
    json_decref(kept);
    arena_clear(&arena);
}

/* The item that JSON with single quotes says; its texts live in the arena. */
static struct value item_of(const char *text)
{
    struct fault fault = { .arena = &arena };
    struct value item;
    char *quoted = arena_text(&arena, text);
    json_t *json;

    for (char *c = quoted; *c; c++)
        if (*c == '\'')
            *c = '"';
    json = json_loads(quoted, JSON_ALLOW_NUL, NULL);
    ck_assert_msg(json, "the test's own JSON: %s", text);
    json_array_append_new(kept, json);
    ck_assert_msg(wire_read_item(json, &item, &fault), "%s: %s", text, fault.message);
    return item;
}

static struct value value_of(const char *text)
{
    struct value item = item_of(arena_print(&arena, "{'v':%s}", text));

    return item.attributes[0].value;
}

/* ---- equality ---- */

static const struct {
    const char *a;
    const char *b;
    bool are_equal;
} pairs[] = {
    { "{'S':'a'}", "{'S':'a'}", true },
    { "{'S':'a'}", "{'B':'YQ=='}", false },
    { "{'S':''}", "{'S':''}", true },
    { "{'S':'a\\u0000b'}", "{'S':'a\\u0000c'}", false },
    { "{'N':'1.0'}", "{'N':'1'}", true },
    { "{'N':'1e2'}", "{'N':'100'}", true },
    { "{'NULL':true}", "{'NULL':true}", true },
    { "{'BOOL':true}", "{'BOOL':false}", false },
    { "{'SS':['a','b']}", "{'SS':['b','a']}", true },
    { "{'NS':['1','2.0']}", "{'NS':['2','1.00']}", true },
    { "{'BS':['AQ==','Ag==']}", "{'BS':['Ag==']}", false },
    { "{'L':[{'N':'1'},{'N':'2'}]}", "{'L':[{'N':'2'},{'N':'1'}]}", false },
    { "{'M':{'x':{'N':'1'},'y':{'SS':['p','q']}}}", "{'M':{'y':{'SS':['q','p']},'x':{'N':'1.0'}}}", true },
    { "{'M':{'x':{'N':'1'}}}", "{'M':{'z':{'N':'1'}}}", false },
};

START_TEST(values_equal_by_what_they_say)
{
    struct value a = value_of(pairs[_i].a);
    struct value b = value_of(pairs[_i].b);

    ck_assert_msg(value_equals(&a, &b) == pairs[_i].are_equal, "%s and %s", pairs[_i].a, pairs[_i].b);
    ck_assert(value_equals(&b, &a) == pairs[_i].are_equal);
    ck_assert(value_equals(&a, &a));
}
END_TEST

/* Each is less than the next. */
static const char *const ascending[][6] = {
    { "{'S':''}", "{'S':'A'}", "{'S':'a'}", "{'S':'aa'}", "{'S':'\u00e4'}", "{'S':'\U0001f600'}" },
    { "{'N':'-1e10'}", "{'N':'-2'}", "{'N':'0'}", "{'N':'1e-5'}", "{'N':'9'}", "{'N':'10'}" },
    { "{'B':''}", "{'B':'AA=='}", "{'B':'AAA='}", "{'B':'AQ=='}", "{'B':'gA=='}", "{'B':'/w=='}" },
};

START_TEST(scalars_have_an_order)
{
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 6; j++) {
            struct value a = value_of(ascending[_i][i]);
            struct value b = value_of(ascending[_i][j]);
            int order = value_compare(&a, &b);

            ck_assert_msg(i < j ? order < 0 : i > j ? order > 0 : !order, "%s and %s", ascending[_i][i], ascending[_i][j]);
        }
}
END_TEST

/* ---- sizes: as AWS counts them (captured by others on eu-west-2) ---- */

static const struct {
    const char *value;
    size_t bytes;
} sizes[] = {
    { "{'S':''}", 0 },          { "{'S':'\u00e4\u20ac'}", 5 },
    { "{'B':'AQID'}", 3 },      { "{'BOOL':false}", 1 },
    { "{'NULL':true}", 1 },     { "{'N':'0'}", 1 },
    { "{'N':'5'}", 2 },         { "{'N':'-5'}", 3 },
    { "{'N':'12'}", 2 },        { "{'N':'123'}", 3 },
    { "{'N':'1000000'}", 2 },   { "{'N':'1.5'}", 3 },
    { "{'N':'0.0005'}", 2 },    { "{'N':'-123.456'}", 6 },
    { "{'SS':['ab','c']}", 3 }, { "{'NS':['1','22']}", 4 },
    { "{'L':[]}", 3 },          { "{'L':[{'S':'ab'},{'BOOL':true}]}", 8 },
    { "{'M':{}}", 3 },          { "{'M':{'key':{'S':'ab'}}}", 9 },
};

START_TEST(values_have_the_size_that_aws_counts)
{
    struct value value = value_of(sizes[_i].value);

    ck_assert_msg(value_size(&value) == sizes[_i].bytes, "%s has %zu bytes", sizes[_i].value, value_size(&value));
}
END_TEST

START_TEST(an_item_counts_its_names)
{
    struct value item = item_of("{'id':{'S':'abc'},'\u00e4':{'N':'1'}}");

    ck_assert_uint_eq(value_item_size(&item), 2 + 3 + 2 + 2);
    item = item_of("{'a':{'L':[{'M':{'b':{'L':[]}}}]},'c':{'S':'d'}}");
    ck_assert_int_eq(value_depth(&item), 4);
}
END_TEST

/* ---- maps, lists, sets ---- */

START_TEST(a_map_is_found_in_and_stays_sorted)
{
    struct value map = { .type = VALUE_M };
    char name[8];

    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "%d", i * 37 % 200);
        value_put(&map, (struct bytes){ arena_text(&arena, name), strlen(name) }, (struct value){ .type = VALUE_BOOL, .boolean = i % 2 },
                  &arena);
    }
    ck_assert_uint_eq(map.count, 200);
    for (uint32_t i = 1; i < map.count; i++)
        ck_assert_int_lt(bytes_compare(map.attributes[i - 1].name, map.attributes[i].name), 0);
    value_put(&map, bytes_of("7"), (struct value){ .type = VALUE_NULL }, &arena);
    ck_assert_uint_eq(map.count, 200);
    ck_assert_int_eq(value_find(&map, bytes_of("7"))->type, VALUE_NULL);
    ck_assert(value_take_out(&map, bytes_of("7")));
    ck_assert(!value_take_out(&map, bytes_of("7")));
    ck_assert_ptr_null(value_find(&map, bytes_of("7")));
    ck_assert_ptr_nonnull(value_find(&map, bytes_of("70")));
    ck_assert_uint_eq(map.count, 199);
}
END_TEST

START_TEST(a_set_is_searched)
{
    struct value set = value_of("{'NS':['10','9','-3','0.5']}");
    struct value there = value_of("{'N':'9.00'}");
    struct value absent = value_of("{'N':'8'}");

    ck_assert(value_set_has(&set, &there));
    ck_assert(!value_set_has(&set, &absent));
    set.items[1] = set.items[0];
    ck_assert(!value_sort_set(&set));
}
END_TEST

START_TEST(types_have_names)
{
    for (int type = 0; type < VALUE_TYPES; type++)
        ck_assert_int_eq(value_type_of_name(bytes_of(value_type_name((enum value_type)type))), type);
    ck_assert_int_eq(value_type_of_name(bytes_of("dog")), VALUE_TYPES);
    ck_assert_int_eq(value_type_of_name(bytes_of("")), VALUE_TYPES);
}
END_TEST

/* ---- packing ---- */

static const char everything[] =
    "{'id':{'S':'a\\u0000b'},'n':{'N':'-1.5e3'},'b':{'B':'AP8='},'e':{'S':''},'t':{'BOOL':true},'f':{'BOOL':false},"
    "'z':{'NULL':true},'ss':{'SS':['b','a']},'ns':{'NS':['10','9']},'bs':{'BS':['Ag==','AQ==']},"
    "'l':{'L':[{'N':'1'},{'L':[]},{'M':{'x':{'S':'y'}}}]},'m':{'M':{}}}";

START_TEST(an_item_comes_back_as_it_was_packed)
{
    struct value item = item_of(everything);
    struct buffer packed = { 0 };
    struct buffer again = { 0 };
    struct value back;

    pack_item(&packed, &item);
    ck_assert(unpack_item((struct bytes){ packed.data, packed.size }, &arena, &back));
    ck_assert(value_equals(&item, &back));
    pack_item(&again, &back);
    ck_assert(bytes_are((struct bytes){ packed.data, packed.size }, (struct bytes){ again.data, again.size }));
    buffer_clear(&packed);
    buffer_clear(&again);
}
END_TEST

START_TEST(a_long_text_comes_back_whole)
{
    struct value item = { .type = VALUE_M };
    struct buffer packed = { 0 };
    struct value back;
    char *text = arena_take(&arena, 300000);

    memset(text, 'x', 300000);
    value_put(&item, bytes_of("t"), (struct value){ .type = VALUE_S, .text = { text, 300000 } }, &arena);
    pack_item(&packed, &item);
    ck_assert(unpack_item((struct bytes){ packed.data, packed.size }, &arena, &back));
    ck_assert_uint_eq(value_find(&back, bytes_of("t"))->text.size, 300000);
    buffer_clear(&packed);
}
END_TEST

/* Each beginning of a packed item is refused, and so is anything behind it; a changed byte is never read beyond the end. */
START_TEST(broken_bytes_are_refused)
{
    struct value item = item_of(everything);
    struct buffer packed = { 0 };
    struct value back;

    pack_item(&packed, &item);
    for (size_t size = 0; size < packed.size; size++) {
        char *part = malloc(size ? size : 1);

        memcpy(part, packed.data, size);
        ck_assert_msg(!unpack_item((struct bytes){ part, size }, &arena, &back), "%zu bytes", size);
        free(part);
    }
    for (size_t i = 0; i < packed.size; i++) {
        char *changed = malloc(packed.size);

        memcpy(changed, packed.data, packed.size);
        changed[i] = (char)(changed[i] ^ 0xff);
        unpack_item((struct bytes){ changed, packed.size }, &arena, &back);
        free(changed);
    }
    buffer_add_char(&packed, 0);
    ck_assert(!unpack_item((struct bytes){ packed.data, packed.size }, &arena, &back));
    buffer_clear(&packed);
}
END_TEST

START_TEST(what_nests_beyond_any_item_is_refused)
{
    char deep[1024] = { 1, 0 }; /* one attribute, whose name is empty, and lists of one element each */
    struct value back;

    for (size_t i = 2; i < sizeof deep; i += 2) {
        deep[i] = VALUE_L;
        deep[i + 1] = 1;
    }
    ck_assert(!unpack_item((struct bytes){ deep, sizeof deep }, &arena, &back));
}
END_TEST

Suite *suite_dynamodb_value(void)
{
    Suite *suite = suite_create("dynamodb value");
    TCase *values = tcase_create("values");

    tcase_add_checked_fixture(values, open_values, close_values);
    tcase_add_loop_test(values, values_equal_by_what_they_say, 0, sizeof pairs / sizeof *pairs);
    tcase_add_loop_test(values, scalars_have_an_order, 0, sizeof ascending / sizeof *ascending);
    tcase_add_loop_test(values, values_have_the_size_that_aws_counts, 0, sizeof sizes / sizeof *sizes);
    tcase_add_test(values, an_item_counts_its_names);
    tcase_add_test(values, a_map_is_found_in_and_stays_sorted);
    tcase_add_test(values, a_set_is_searched);
    tcase_add_test(values, types_have_names);
    tcase_add_test(values, an_item_comes_back_as_it_was_packed);
    tcase_add_test(values, a_long_text_comes_back_whole);
    tcase_add_test(values, broken_bytes_are_refused);
    tcase_add_test(values, what_nests_beyond_any_item_is_refused);
    suite_add_tcase(suite, values);
    return suite;
}
