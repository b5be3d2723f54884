#include "dynamodb/wire.h"

#include "base/base64.h"
#include "dynamodb/number.h"
#include "dynamodb/value_fault.h"

#include <string.h>

enum { NAME_BYTES_MAX = 65535 };

const json_t *wire_member(const json_t *from, const char *name)
{
    const json_t *member = json_object_get(from, name);

    return json_is_null(member) ? NULL : member;
}

bool wire_nests_deeper(const json_t *json, int levels)
{
    const char *name;
    size_t i;
    json_t *inner;

    if (!json_is_object(json) && !json_is_array(json))
        return false;
    if (!levels)
        return true;
    json_object_foreach((json_t *)json, name, inner) if (wire_nests_deeper(inner, levels - 1)) return true;
    json_array_foreach((json_t *)json, i, inner) if (wire_nests_deeper(inner, levels - 1)) return true;
    return false;
}

bool wire_read_number(struct bytes text, struct bytes *normal, struct fault *fault)
{
    struct number number;
    enum number_fault why = (fault->has_newer_words ? number_parse : number_parse_older)(text.data, text.size, &number);
    char print[NUMBER_TEXT_BYTES];

    if (why)
        return fault_raise(fault, FAULT_REQUEST, "%s", value_number_fault(why, text, fault));
    *normal = (struct bytes){ print, number_print(&number, print) };
    if (bytes_are(*normal, text))
        *normal = text;
    else
        normal->data = arena_copy(fault->arena, print, normal->size);
    return true;
}

/* A member that must be a JSON string; else AWS's words for what it is. */
static bool read_string(const json_t *json, struct bytes *text, struct fault *fault)
{
    if (json_is_array(json))
        return fault_raise(fault, FAULT_SERIALIZATION, "Unrecognized collection type class java.lang.String");
    if (json_is_object(json))
        return fault_raise(fault, FAULT_SERIALIZATION, "Start of structure or map found where not expected");
    if (!json_is_string(json))
        return fault_raise(fault, FAULT_SERIALIZATION, "%s cannot be converted to String",
                           json_is_true(json)    ? "TRUE_VALUE"
                           : json_is_false(json) ? "FALSE_VALUE"
                           : json_is_real(json)  ? "DECIMAL_VALUE"
                                                 : "NUMBER_VALUE");
    *text = (struct bytes){ json_string_value(json), json_string_length(json) };
    return true;
}

static bool read_number(const json_t *json, struct bytes *text, struct fault *fault)
{
    return read_string(json, text, fault) && wire_read_number(*text, text, fault);
}

static bool read_binary(const json_t *json, struct bytes *bytes, struct fault *fault)
{
    size_t length = json_string_length(json);
    char *decoded;

    if (json_is_object(json))
        return fault_raise(fault, FAULT_SERIALIZATION, "Start of structure or map found where not expected");
    if (json_is_array(json))
        return fault_raise(fault, FAULT_SERIALIZATION, "Unrecognized collection type class java.nio.ByteBuffer");
    if (!json_is_string(json))
        return fault_raise(fault, FAULT_SERIALIZATION, "only base-64-encoded strings are convertible to bytes");
    decoded = arena_take(fault->arena, length / 4 * 3 + 1);
    if (base64_decode(json_string_value(json), length, decoded, &bytes->size) != OK)
        return fault_raise(fault, FAULT_SERIALIZATION, "Invalid Base64 encoding");
    bytes->data = decoded;
    return true;
}

static bool read_boolean(const json_t *json, bool *boolean, struct fault *fault)
{
    if (json_is_object(json))
        return fault_raise(fault, FAULT_SERIALIZATION, "Start of structure or map found where not expected");
    if (json_is_array(json))
        return fault_raise(fault, FAULT_SERIALIZATION, "Unrecognized collection type class java.lang.Boolean");
    if (!json_is_boolean(json))
        return fault_raise(fault, FAULT_SERIALIZATION, "Unexpected token received from parser");
    *boolean = json_is_true(json);
    return true;
}

static bool read_null(const json_t *json, struct fault *fault)
{
    bool is_null;

    if (!read_boolean(json, &is_null, fault))
        return false;
    if (!is_null)
        return fault_parameter(fault, FAULT_REQUEST, "Null attribute value types must have the value of true");
    return true;
}

static bool check_array(const json_t *json, struct fault *fault)
{
    if (json_is_object(json))
        return fault_raise(fault, FAULT_SERIALIZATION, "Start of structure or map found where not expected");
    if (!json_is_array(json))
        return fault_raise(fault, FAULT_SERIALIZATION, "Unexpected field type");
    return true;
}

/* The two blanks are the service's own. */
static bool refuse_empty_set(enum value_type type, struct fault *fault)
{
    if (type == VALUE_BS)
        return fault_parameter(fault, FAULT_REQUEST, "Binary sets should not be empty");
    return fault_parameter(fault, FAULT_REQUEST, "An %s set  may not be empty", type == VALUE_SS ? "string" : "number");
}

static bool read_member(const json_t *json, struct value *member, struct fault *fault)
{
    if (json_is_null(json))
        return fault_parameter(fault, FAULT_REQUEST, "An set may not have a null as a member");
    if (member->type == VALUE_S)
        return read_string(json, &member->text, fault);
    return member->type == VALUE_N ? read_number(json, &member->text, fault) : read_binary(json, &member->text, fault);
}

static bool read_members(const json_t *json, struct value *set, struct fault *fault)
{
    for (uint32_t i = 0; i < set->count; i++) {
        set->items[i].type = (unsigned char)value_member_type(set->type);
        if (!read_member(json_array_get(json, i), &set->items[i], fault))
            return false;
    }
    return true;
}

/* The members are told as they were sent, and have been put in order. */
static bool refuse_duplicates(const json_t *json, struct value *set, struct fault *fault)
{
    struct bytes *shown = arena_take(fault->arena, set->count * sizeof *shown);

    for (uint32_t i = 0; i < set->count; i++)
        shown[i] = (struct bytes){ json_string_value(json_array_get(json, i)), json_string_length(json_array_get(json, i)) };
    return read_members(json, set, fault) && value_refuse_duplicates(set, shown, fault);
}

static bool read_set(const json_t *json, struct value *set, struct fault *fault)
{
    if (!check_array(json, fault))
        return false;
    set->count = (uint32_t)json_array_size(json);
    if (!set->count)
        return refuse_empty_set(set->type, fault);
    set->items = arena_take(fault->arena, set->count * sizeof *set->items);
    return read_members(json, set, fault) && (value_sort_set(set) || refuse_duplicates(json, set, fault));
}

static bool read_value(const json_t *json, int depth, struct value *value, struct fault *fault);

static const char too_deep[] =
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";

static bool check_depth(int depth, struct fault *fault)
{
    return depth <= VALUE_DEPTH_MAX || fault_raise(fault, FAULT_REQUEST, "%s", too_deep);
}

static bool read_list(const json_t *json, int depth, struct value *list, struct fault *fault)
{
    if (!check_array(json, fault) || !check_depth(depth, fault))
        return false;
    list->count = (uint32_t)json_array_size(json);
    list->items = arena_take(fault->arena, list->count * sizeof *list->items);
    for (uint32_t i = 0; i < list->count; i++)
        if (!read_value(json_array_get(json, i), depth + 1, &list->items[i], fault))
            return false;
    return true;
}

const char *wire_name_fault(size_t size_bytes)
{
    if (!size_bytes)
        return "Empty attribute name";
    return size_bytes > NAME_BYTES_MAX ? "Attribute name is too large, must be less than 65536 bytes" : NULL;
}

static bool check_name(size_t size, struct fault *fault)
{
    const char *why = wire_name_fault(size);

    return !why || fault_parameter(fault, FAULT_REQUEST, "%s", why);
}

/* The older reader looks at an item's own names before anything in it, and tells of none bare. */
static bool check_names(const json_t *item, struct fault *fault)
{
    if (!fault->has_newer_words && json_object_get(item, ""))
        return fault_raise(fault, FAULT_REQUEST, "Empty attribute name");
    return true;
}

static bool read_map(const json_t *json, int depth, struct value *map, struct fault *fault)
{
    struct attribute *attribute;
    void *entry;

    if (json_is_array(json))
        return fault_raise(fault, FAULT_SERIALIZATION,
                           "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>");
    if (!json_is_object(json))
        return fault_raise(fault, FAULT_SERIALIZATION, "Unexpected field type");
    if (!check_depth(depth, fault))
        return false;
    if (depth == 1 && !check_names(json, fault))
        return false;
    map->count = (uint32_t)json_object_size(json);
    attribute = map->attributes = arena_take(fault->arena, map->count * sizeof *map->attributes);
    for (entry = json_object_iter((json_t *)json); entry; entry = json_object_iter_next((json_t *)json, entry), attribute++) {
        attribute->name = (struct bytes){ json_object_iter_key(entry), json_object_iter_key_len(entry) };
        if (!check_name(attribute->name.size, fault) || !read_value(json_object_iter_value(entry), depth + 1, &attribute->value, fault))
            return false;
    }
    value_sort_map(map);
    return true;
}

static bool read_typed(const json_t *json, int depth, struct value *value, struct fault *fault)
{
    switch ((enum value_type)value->type) {
    case VALUE_S:
        return read_string(json, &value->text, fault);
    case VALUE_N:
        return read_number(json, &value->text, fault);
    case VALUE_B:
        return read_binary(json, &value->text, fault);
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        return read_set(json, value, fault);
    case VALUE_BOOL:
        return read_boolean(json, &value->boolean, fault);
    case VALUE_NULL:
        return read_null(json, fault);
    case VALUE_L:
        return read_list(json, depth, value, fault);
    case VALUE_M:
        return read_map(json, depth, value, fault);
    case VALUE_TYPES:
        break;
    }
    return true;
}

static bool check_object(const json_t *json, struct fault *fault)
{
    if (json_is_array(json))
        return fault_raise(fault, FAULT_SERIALIZATION,
                           "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue");
    if (!json_is_object(json) && !json_is_null(json))
        return fault_raise(fault, FAULT_SERIALIZATION, "Unexpected value type in payload");
    return true;
}

/* An object of one member that names a type. All that name one are read before there are found to be too many, as the service does. */
static bool read_value(const json_t *json, int depth, struct value *value, struct fault *fault)
{
    int count = 0;

    *value = (struct value){ 0 };
    if (!check_object(json, fault))
        return false;
    for (void *entry = json_object_iter((json_t *)json); entry; entry = json_object_iter_next((json_t *)json, entry)) {
        const json_t *typed = json_object_iter_value(entry);
        enum value_type type = value_type_of_name((struct bytes){ json_object_iter_key(entry), json_object_iter_key_len(entry) });

        if (type == VALUE_TYPES || json_is_null(typed))
            continue;
        *value = (struct value){ .type = (unsigned char)type };
        if (!read_typed(typed, depth, value, fault))
            return false;
        count++;
    }
    if (count > 1)
        return fault_raise(fault, FAULT_REQUEST,
                           "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes");
    return count ||
           fault_raise(fault, FAULT_REQUEST, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
}

bool wire_read_value(const json_t *json, struct value *value, struct fault *fault)
{
    return read_value(json, 2, value, fault);
}

/* A value is an object within an object, or within an array: two levels of JSON for each of its own. */
bool wire_is_item_too_deep(const json_t *item)
{
    return wire_nests_deeper(item, 2 * VALUE_DEPTH_MAX);
}

/* The older reader sees how deep an item nests before it reads what is in it. */
bool wire_read_item(const json_t *json, struct value *item, struct fault *fault)
{
    *item = (struct value){ .type = VALUE_M };
    if (read_map(json, 1, item, fault))
        return true;
    if (fault->kind == FAULT_REQUEST && !fault->has_newer_words && !json_object_get(json, "") && wire_is_item_too_deep(json))
        fault->message = too_deep;
    return false;
}

/* ---- writing ---- */

static void write_base64(struct buffer *buffer, struct bytes bytes)
{
    size_t size = base64_encoded_size(bytes.size);

    buffer_add_char(buffer, '"');
    base64_encode(bytes.data, bytes.size, buffer_reserve(buffer, size + 1));
    buffer->size += size;
    buffer_add_char(buffer, '"');
}

static void write_text(struct buffer *buffer, const struct value *value)
{
    if (value->type == VALUE_B)
        write_base64(buffer, value->text);
    else
        buffer_add_json_string(buffer, value->text.data, value->text.size);
}

static void write_items(struct buffer *buffer, const struct value *value)
{
    buffer_add_char(buffer, '[');
    for (uint32_t i = 0; i < value->count; i++) {
        if (i)
            buffer_add_char(buffer, ',');
        if (value->type == VALUE_L)
            wire_write_value(buffer, &value->items[i]);
        else
            write_text(buffer, &value->items[i]);
    }
    buffer_add_char(buffer, ']');
}

void wire_write_value(struct buffer *buffer, const struct value *value)
{
    buffer_add(buffer, "{\"", 2);
    buffer_add_text(buffer, value_type_name(value->type));
    buffer_add(buffer, "\":", 2);
    switch ((enum value_type)value->type) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        write_text(buffer, value);
        break;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
    case VALUE_L:
        write_items(buffer, value);
        break;
    case VALUE_M:
        wire_write_item(buffer, value);
        break;
    case VALUE_BOOL:
        buffer_add_text(buffer, value->boolean ? "true" : "false");
        break;
    case VALUE_NULL:
    case VALUE_TYPES:
        buffer_add_text(buffer, "true");
        break;
    }
    buffer_add_char(buffer, '}');
}

void wire_write_item(struct buffer *buffer, const struct value *item)
{
    buffer_add_char(buffer, '{');
    for (uint32_t i = 0; i < item->count; i++) {
        if (i)
            buffer_add_char(buffer, ',');
        buffer_add_json_string(buffer, item->attributes[i].name.data, item->attributes[i].name.size);
        buffer_add_char(buffer, ':');
        wire_write_value(buffer, &item->attributes[i].value);
    }
    buffer_add_char(buffer, '}');
}

static const char *print_base64(struct bytes bytes, struct arena *arena)
{
    char *text = arena_take(arena, base64_encoded_size(bytes.size) + 1);

    base64_encode(bytes.data, bytes.size, text);
    return text;
}

const char *wire_print_value(const struct value *value, struct arena *arena)
{
    const char *type = value_type_name(value->type);

    if (value->type == VALUE_B)
        return arena_print(arena, "{%s:%s}", type, print_base64(value->text, arena));
    if (value_type_is_scalar(value->type))
        return arena_print(arena, "{%s:%.*s}", type, (int)value->text.size, value->text.data);
    return arena_print(arena, "{%s:...}", type);
}
