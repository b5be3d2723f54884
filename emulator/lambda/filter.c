#include "lambda/filter.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

enum { DEPTH_MAX = 64 };

/* ---- comparing ---- */

/* Numbers are compared as they are written: 1 is not 1.0. */
static bool equals(const json_t *wanted, const json_t *value)
{
    return value && json_equal(wanted, value);
}

static bool begins(const json_t *wanted, const json_t *value)
{
    return json_is_string(value) && json_is_string(wanted) && text_begins(json_string_value(value), json_string_value(wanted));
}

static bool ends(const json_t *wanted, const json_t *value)
{
    return json_is_string(value) && json_is_string(wanted) && text_ends(json_string_value(value), json_string_value(wanted));
}

/* ["<", 5, ">=", 1]: all comparisons hold. */
static bool is_in_range(const json_t *range, const json_t *value)
{
    double number = json_number_value(value);

    if (!json_is_number(value))
        return false;
    for (size_t i = 0; i + 1 < json_array_size(range); i += 2) {
        const char *sign = json_string_value(json_array_get(range, i));
        double bound = json_number_value(json_array_get(range, i + 1));
        bool holds = text_is(sign, "=")    ? number == bound
                     : text_is(sign, "<")  ? number < bound
                     : text_is(sign, "<=") ? number <= bound
                     : text_is(sign, ">")  ? number > bound
                     : text_is(sign, ">=") ? number >= bound
                                           : false;

        if (!holds)
            return false;
    }
    return true;
}

static bool fits_rule(const json_t *rule, const json_t *value);

static bool is_none_of(const json_t *unwanted, const json_t *value)
{
    json_t *one;
    size_t i;

    if (json_is_object(unwanted))
        return value && !fits_rule(unwanted, value);
    if (!json_is_array(unwanted))
        return value && !equals(unwanted, value);
    json_array_foreach((json_t *)unwanted, i, one) if (equals(one, value)) return false;
    return value != NULL;
}

/* {"prefix": "a"} and its like. */
static bool fits_rule(const json_t *rule, const json_t *value)
{
    const char *name;
    json_t *operand;

    json_object_foreach((json_t *)rule, name, operand)
    {
        if (text_is(name, "exists"))
            return json_is_true(operand) == (value != NULL);
        if (text_is(name, "prefix"))
            return begins(operand, value);
        if (text_is(name, "suffix"))
            return ends(operand, value);
        if (text_is(name, "anything-but"))
            return is_none_of(operand, value);
        if (text_is(name, "numeric"))
            return is_in_range(operand, value);
        if (text_is(name, "equals-ignore-case"))
            return json_is_string(value) && json_is_string(operand) && !strcasecmp(json_string_value(value), json_string_value(operand));
    }
    return false;
}

/* ["a", {"prefix": "b"}]: one of them fits; of a value that is a list, one element. */
static bool fits_list(const json_t *list, const json_t *value)
{
    json_t *wanted;
    json_t *element;
    size_t i;
    size_t j;

    json_array_foreach((json_t *)list, i, wanted)
    {
        if (json_is_object(wanted) ? fits_rule(wanted, value) : equals(wanted, value))
            return true;
        json_array_foreach((json_t *)value, j,
                           element) if (json_is_object(wanted) ? fits_rule(wanted, element) : equals(wanted, element)) return true;
    }
    return false;
}

static bool fits(const json_t *pattern, const json_t *value, int depth);

/* A record's data that is no JSON stands there as a text, and fits no pattern of members, not even of absent ones. */
static bool is_plain_data(const char *name, const json_t *wanted, const json_t *member)
{
    return text_is(name, "data") && json_is_object(wanted) && json_is_string(member);
}

static bool fits_one(const json_t *patterns, const json_t *value, int depth)
{
    json_t *pattern;
    size_t i;

    json_array_foreach((json_t *)patterns, i, pattern) if (fits(pattern, value, depth)) return true;
    return false;
}

static bool fits(const json_t *pattern, const json_t *value, int depth)
{
    const char *name;
    json_t *wanted;

    if (depth > DEPTH_MAX)
        return false;
    json_object_foreach((json_t *)pattern, name, wanted)
    {
        const json_t *member = json_is_object(value) ? json_object_get(value, name) : NULL;
        bool does = text_is(name, "$or")                  ? fits_one(wanted, value, depth + 1)
                    : is_plain_data(name, wanted, member) ? false
                    : json_is_object(wanted)              ? fits(wanted, member, depth + 1)
                                                          : fits_list(wanted, member);

        if (!does)
            return false;
    }
    return true;
}

/* ---- patterns ---- */

static bool is_text(const json_t *operand)
{
    return json_is_string(operand);
}

static bool is_flag(const json_t *operand)
{
    return json_is_boolean(operand);
}

/* ["<", 5, ">=", 1] */
static bool is_range(const json_t *operand)
{
    static const char *const signs[] = { "=", "<", "<=", ">", ">=" };
    size_t count = json_array_size(operand);
    bool does = count == 2 || count == 4;

    for (size_t i = 0; does && i < count; i += 2) {
        const char *sign = json_string_value(json_array_get(operand, i));
        bool is_sign = false;

        for (size_t at = 0; at < sizeof signs / sizeof *signs; at++)
            is_sign |= text_is(sign, signs[at]);
        does = is_sign && json_is_number(json_array_get(operand, i + 1));
    }
    return does;
}

static bool is_scalar(const json_t *value)
{
    return !json_is_array(value) && !json_is_object(value);
}

static bool is_rule(const json_t *rule);

static bool is_unwanted(const json_t *operand)
{
    json_t *one;
    size_t i;

    if (json_is_object(operand))
        return is_rule(operand);
    json_array_foreach((json_t *)operand, i, one) if (!is_scalar(one)) return false;
    return !json_is_array(operand) || json_array_size(operand);
}

static const struct {
    const char *name;
    bool (*takes)(const json_t *operand);
} rules[] = {
    { "prefix", is_text },           { "suffix", is_text },   { "equals-ignore-case", is_text },
    { "anything-but", is_unwanted }, { "numeric", is_range }, { "exists", is_flag },
};

/* One comparison by its name. */
static bool is_rule(const json_t *rule)
{
    const char *name = json_object_iter_key(json_object_iter((json_t *)rule));

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (text_is(name, rules[i].name))
            return json_object_size(rule) == 1 && rules[i].takes(json_object_get(rule, name));
    return false;
}

static bool is_pattern(const json_t *pattern, int depth);

/* What is wanted of a member: values and comparisons, or, of $or, patterns. */
static bool is_list(const json_t *list, bool is_or, int depth)
{
    json_t *wanted;
    size_t i;

    json_array_foreach((json_t *)list, i,
                       wanted) if (is_or ? !is_pattern(wanted, depth + 1) : !is_scalar(wanted) && !is_rule(wanted)) return false;
    return json_array_size(list) > 0;
}

/* A pattern is an object whose leaves are lists. */
static bool is_pattern(const json_t *pattern, int depth)
{
    const char *name;
    json_t *wanted;

    if (!json_is_object(pattern) || !json_object_size(pattern) || depth > DEPTH_MAX)
        return false;
    json_object_foreach((json_t *)pattern, name, wanted) if (json_is_array(wanted) ? !is_list(wanted, text_is(name, "$or"), depth)
                                                                                   : !is_pattern(wanted, depth + 1)) return false;
    return true;
}

json_t *filter_compile(const json_t *criteria)
{
    json_t *patterns = json_array();
    json_t *filter;
    size_t i;

    json_array_foreach(json_object_get(criteria, "Filters"), i, filter)
    {
        const char *text = json_string_value(json_object_get(filter, "Pattern"));
        json_t *pattern = text ? json_loads(text, 0, NULL) : NULL;

        if (!is_pattern(pattern, 0)) {
            json_decref(pattern);
            json_decref(patterns);
            return NULL;
        }
        json_array_append_new(patterns, pattern);
    }
    return patterns;
}

bool filter_passes(const json_t *patterns, const json_t *record)
{
    return !json_array_size(patterns) || fits_one(patterns, record, 0);
}
