/* The types of an input: what stands in the place of something else, in each service's words. */

#include "aws/shape.h"

#include "base/base64.h"
#include "base/text.h"

#include <string.h>
#include <strings.h>

static const char *type_word(enum shape_type type)
{
    switch (type) {
    case STRING:
        return "String";
    case INTEGER:
        return "Integer";
    case LONG:
        return "Long";
    case DOUBLE:
        return "Double";
    case BOOLEAN:
        return "Boolean";
    case BLOB:
        return "Blob";
    case TIMESTAMP:
        return "Date";
    case SHAPE_END:
    case LIST:
    case MAP:
    case STRUCTURE:
    case DOCUMENT:
        break;
    }
    return "Object";
}

/* The Java class into which the service reads a member, as its texts name it: "class java.lang.String",
 * "java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>". */
static const char *class_name(const struct member *member, const struct shape_manners *manners, struct arena *arena)
{
    const char *element;

    if (member->type == BLOB)
        return "class java.nio.ByteBuffer";
    if (member->type == STRUCTURE && member->class)
        return arena_print(arena, "class %s%s", manners->package ? manners->package : "", member->class);
    if (member->type != MAP && member->type != LIST)
        return arena_print(arena, "class java.lang.%s", type_word(member->type));
    element = member->members ? class_name(member->members, manners, arena) : "class java.lang.Object";
    element = text_begins(element, "class ") ? element + strlen("class ") : element;
    return arena_print(arena, member->type == MAP ? "java.util.Map<java.lang.String, %s>" : "java.util.List<%s>", element);
}

/* What Kinesis says: the Java class that its parser had in hand. */
static const char *older_scalar_fault(enum shape_type type, const json_t *value, struct arena *arena)
{
    const char *class = json_is_string(value)    ? "java.lang.String"
                        : json_is_boolean(value) ? "java.lang.Boolean"
                                                 : "com.amazon.coral.value.json.numbers.TruncatingBigNumber";

    if (type == TIMESTAMP)
        return arena_print(arena, "class %s can not be converted to milliseconds since epoch", class);
    return arena_print(arena, "class %s can not be converted to %s %s", class, type == BLOB ? "a" : "an", type_word(type));
}

const char *shape_bytes_fault(const struct member *member, struct arena *arena)
{
    if (member->type == LIST)
        return "Expected list or null";
    if (member->type == MAP || member->type == STRUCTURE)
        return "Expected map or null";
    if (member->type == TIMESTAMP)
        return "class java.nio.HeapByteBuffer can not be converted to milliseconds since epoch";
    return arena_print(arena, "class java.nio.HeapByteBuffer can not be converted to an %s", type_word(member->type));
}

static const char *newer_scalar_fault(enum shape_type type, const json_t *value, struct arena *arena)
{
    const char *token = json_is_string(value)  ? "STRING_VALUE"
                        : json_is_true(value)  ? "TRUE_VALUE"
                        : json_is_false(value) ? "FALSE_VALUE"
                        : json_is_real(value)  ? "DECIMAL_VALUE"
                                               : "NUMBER_VALUE";

    if (type == BLOB)
        return "only base-64-encoded strings are convertible to bytes";
    if (type == BOOLEAN && json_is_string(value))
        return "Unexpected token received from parser";
    return arena_print(arena, "%s cannot be converted to %s", token, type_word(type));
}

/* The misspelling is the service's own. */
static const char *newer_blob_fault(const json_t *value, struct arena *arena)
{
    if (json_string_length(value) % 4)
        return arena_print(arena, "Base64 encoded length is expected a multiple of 4 bytes but found: %zu", json_string_length(value));
    return "Invalid last non-pad Base64 character dectected";
}

/* The first character that has no place in base64, or has none there; NULL when all have, and what is left over of the last is not zero. */
static const char *bad_character(const char *text)
{
    const char *bad = text + strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    return bad > text + 1 && (!strcmp(bad, "=") || !strcmp(bad, "==")) ? NULL : bad;
}

static const char *blob_fault(const json_t *value, const struct shape_manners *manners, struct arena *arena)
{
    const char *bad;

    if (base64_is_valid(json_string_value(value), json_string_length(value)))
        return NULL;
    if (!manners->older_type_texts)
        return newer_blob_fault(value, arena);
    if (json_string_length(value) % 4)
        return arena_print(arena,
                           "'%s' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: %zu",
                           json_string_value(value), json_string_length(value));
    bad = bad_character(json_string_value(value));
    if (bad)
        return arena_print(arena, "'%s' can not be converted to a Blob: Invalid Base64 character: '%c'", json_string_value(value), *bad);
    return arena_print(arena, "'%s' can not be converted to a Blob: %s", json_string_value(value), newer_blob_fault(value, arena));
}

static bool scalar_fits(enum shape_type type, const json_t *value)
{
    switch (type) {
    case STRING:
    case BLOB:
        return json_is_string(value);
    case INTEGER:
    case LONG:
    case DOUBLE:
    case TIMESTAMP:
        return json_is_number(value);
    case BOOLEAN:
        return json_is_boolean(value);
    case SHAPE_END:
    case LIST:
    case MAP:
    case STRUCTURE:
    case DOCUMENT:
        break;
    }
    return true;
}

static const char *scalar_fault(const struct member *member, const json_t *value, const struct shape_manners *manners, struct arena *arena)
{
    if (json_is_array(value))
        return manners->older_type_texts ? "Start of list found where not expected"
                                         : arena_print(arena, "Unrecognized collection type %s", class_name(member, manners, arena));
    if (json_is_object(value))
        return manners->older_type_texts ? "Start of structure or map found where not expected."
                                         : "Start of structure or map found where not expected";
    if (!scalar_fits(member->type, value))
        return manners->older_type_texts ? older_scalar_fault(member->type, value, arena) : newer_scalar_fault(member->type, value, arena);
    return member->type == BLOB ? blob_fault(value, manners, arena) : NULL;
}

/* Where a value stands: the texts differ for what is neither an object nor an array and should be one. */
enum standing { A_MEMBER, AN_ELEMENT };

static const char *value_type_fault(const struct member *member, const json_t *value, enum standing standing,
                                    const struct shape_manners *manners, struct arena *arena);

/* A scalar in the place of a list, map or structure. That a list in a list meets Java's own words is the service's doing. */
static const char *collection_fault(const struct member *member, enum standing standing, const struct shape_manners *manners)
{
    if (manners->older_type_texts && standing == AN_ELEMENT && member->type == STRUCTURE)
        return "Expected null";
    if (manners->older_type_texts)
        return member->type == LIST ? "Expected list or null" : "Expected map or null";
    if (standing == A_MEMBER)
        return "Unexpected field type";
    if (member->type == STRUCTURE)
        return "Unexpected value type in payload";
    return "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class "
           "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader "
           "'bootstrap')";
}

static const char *list_type_fault(const struct member *member, const json_t *value, enum standing standing,
                                   const struct shape_manners *manners, struct arena *arena)
{
    const char *fault = NULL;
    size_t i;
    json_t *element;

    if (json_is_object(value))
        return manners->older_type_texts ? "Start of structure or map found where not expected."
                                         : "Start of structure or map found where not expected";
    if (!json_is_array(value))
        return collection_fault(member, standing, manners);
    json_array_foreach((json_t *)value, i, element)
    {
        fault = json_is_null(element) ? NULL : value_type_fault(member->members, element, AN_ELEMENT, manners, arena);
        if (fault)
            break;
    }
    return fault;
}

static const char *map_type_fault(const struct member *member, const json_t *value, enum standing standing,
                                  const struct shape_manners *manners, struct arena *arena)
{
    const char *fault = NULL;
    const char *key;
    json_t *element;

    if (json_is_array(value))
        return manners->older_type_texts ? "Start of list found where not expected"
                                         : arena_print(arena, "Unrecognized collection type %s", class_name(member, manners, arena));
    if (!json_is_object(value))
        return collection_fault(member, standing, manners);
    if (member->type == STRUCTURE)
        return shape_type_fault(member->members, value, manners, arena);
    json_object_foreach((json_t *)value, key, element)
    {
        fault = json_is_null(element) ? NULL : value_type_fault(member->members, element, AN_ELEMENT, manners, arena);
        if (fault)
            break;
    }
    return fault;
}

static const char *value_type_fault(const struct member *member, const json_t *value, enum standing standing,
                                    const struct shape_manners *manners, struct arena *arena)
{
    switch (member->type) {
    case LIST:
        return list_type_fault(member, value, standing, manners, arena);
    case MAP:
    case STRUCTURE:
        return map_type_fault(member, value, standing, manners, arena);
    case DOCUMENT:
    case SHAPE_END:
        return NULL;
    case STRING:
    case INTEGER:
    case LONG:
    case DOUBLE:
    case BOOLEAN:
    case BLOB:
    case TIMESTAMP:
        break;
    }
    return scalar_fault(member, value, manners, arena);
}

/* The boolean that a text stands for, or NULL. */
static json_t *boolean_of(const json_t *text)
{
    static const char *const texts[] = { "false", "true", "no", "yes", "0", "1" };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcasecmp(json_string_value(text), texts[i]))
            return json_boolean(i % 2);
    return NULL;
}

/* An input has few of the members that it may have: its own are walked, not all. */
const char *shape_type_fault(const struct member *members, const json_t *input, const struct shape_manners *manners, struct arena *arena)
{
    const char *fault = NULL;
    const char *key;
    size_t size;
    json_t *value;

    json_object_keylen_foreach((json_t *)input, key, size, value)
    {
        const struct member *member = json_is_null(value) ? NULL : shape_find(members, key, size);

        if (member && member->type == BOOLEAN && json_is_string(value) && manners->reads_boolean_texts && boolean_of(value)) {
            json_object_set_new((json_t *)input, key, boolean_of(value));
            continue;
        }
        fault = member ? value_type_fault(member, value, A_MEMBER, manners, arena) : NULL;
        if (fault)
            break;
    }
    return fault;
}
