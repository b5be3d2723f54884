#include "dynamodb/tags.h"

#include <string.h>
#include <strings.h>

enum { KEY_MAX = 128, VALUE_MAX = 256 };

/* Whether text is of the characters that tags may have: of those beyond ASCII all count as letters. */
static bool is_fit(const char *text, size_t max)
{
    size_t count = 0;

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool is_letter = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        if (!is_letter && !strchr(" +-=._:/@", c))
            return false;
        count += (c & 0xc0) != 0x80; /* not the middle of a character */
    }
    return count <= max;
}

bool tags_check_key(const char *key, struct fault *fault)
{
    if (key && !strncasecmp(key, "aws:", 4))
        return fault_raise(fault, FAULT_VALIDATION, "Tag Key cannot be prefixed with aws:, Key: %s", key);
    if (!key || !*key || !is_fit(key, KEY_MAX))
        return fault_raise(fault, FAULT_VALIDATION, "The Tag Key provided is invalid, Key: %s", key ? key : "null");
    return true;
}

static bool check_tag(const json_t *tag, struct fault *fault)
{
    const char *value = json_string_value(json_object_get(tag, "Value"));

    if (!tags_check_key(json_string_value(json_object_get(tag, "Key")), fault))
        return false;
    return (value && is_fit(value, VALUE_MAX)) ||
           fault_raise(fault, FAULT_VALIDATION, "The Tag Value provided is invalid, Value: %s", value ? value : "null");
}

bool tags_check(const json_t *tags, struct fault *fault)
{
    if (!tags_check_count(json_array_size(tags), fault))
        return false;
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const json_t *key = json_object_get(json_array_get(tags, i), "Key");

        if (!check_tag(json_array_get(tags, i), fault))
            return false;
        for (size_t j = 0; j < i; j++)
            if (json_equal(key, json_object_get(json_array_get(tags, j), "Key")))
                return fault_raise(fault, FAULT_VALIDATION, "Duplicate Tag Keys provided as input: Duplicate Tag Key found %s",
                                   json_string_value(key));
    }
    return true;
}

bool tags_check_count(size_t count, struct fault *fault)
{
    return count <= TAGS_MAX ||
           fault_raise(fault, FAULT_VALIDATION, "Number of Tags exceed the current limit for the provided ResourceArn");
}
