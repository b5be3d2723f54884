#include "aws/shape.h"

#include "base/base64.h"
#include "base/buffer.h"
#include "base/text.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- types ---- */

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

const struct member *shape_find(const struct member *members, const char *name, size_t size)
{
    while (members && members->name && (members->name[0] != name[0] || strlen(members->name) != size || memcmp(members->name, name, size)))
        members++;
    return members && members->name ? members : NULL;
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

/* ---- constraints ---- */

enum { CLAUSE_MAX = 10, PRINT_DEPTH_MAX = 8, MEMBERS_MAX = 64 };

struct inspection {
    struct arena *arena;
    const struct shape_manners *manners;
    struct buffer clauses;
    int count;
};

/* A NUL would end the message: it is shown as a blank. */
static void print_string(struct buffer *text, const json_t *value)
{
    const char *string = json_string_value(value);

    for (size_t i = 0; i < json_string_length(value); i++)
        buffer_add_char(text, string[i] ? string[i] : ' ');
}

static void print_value(const struct inspection *inspection, struct buffer *text, const struct member *member, const json_t *value,
                        int depth);

static void add_name(const struct inspection *inspection, struct buffer *text, const char *name)
{
    size_t start = text->size;

    buffer_add_text(text, name);
    if (!inspection->manners->keeps_case)
        text->data[start] = (char)tolower((unsigned char)text->data[start]);
}

/* As Java prints an object that has no words of its own: its class and a number. Ours comes from what is in it, so that it is the same in
 * every run. */
static void print_identity(const struct inspection *inspection, struct buffer *text, const struct member *member, const json_t *value)
{
    char *inside = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    uint32_t hash = 2166136261u;

    for (const char *c = inside; c && *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    free(inside);
    buffer_print(text, "%s%s@%" PRIx32, inspection->manners->package ? inspection->manners->package : "", member->class, hash);
}

static void print_json(struct buffer *text, const json_t *value)
{
    char *json = json_dumps(value, JSON_COMPACT);

    buffer_add_text(text, json ? json : "...");
    free(json);
}

/* "Class(member=value, ...)", with all members that the class has. */
static void print_structure(const struct inspection *inspection, struct buffer *text, const struct member *structure, const json_t *value,
                            int depth)
{
    buffer_print(text, "%s(", structure->class);
    for (const struct member *member = structure->members; member && member->name; member++) {
        buffer_add_text(text, member == structure->members ? "" : ", ");
        add_name(inspection, text, member->name);
        buffer_add_char(text, '=');
        print_value(inspection, text, member, json_object_get(value, member->name), depth + 1);
    }
    buffer_add_char(text, ')');
}

static void print_map(const struct inspection *inspection, struct buffer *text, const struct member *member, const json_t *value, int depth)
{
    const struct member *element_rule = member && member->type == MAP ? member->members : NULL;
    const char *gap = "";
    const char *key;
    json_t *element;

    buffer_add_char(text, '{');
    json_object_foreach((json_t *)value, key, element)
    {
        buffer_print(text, "%s%s=", gap, key);
        print_value(inspection, text, element_rule, element, depth + 1);
        gap = ", ";
    }
    buffer_add_char(text, '}');
}

static void print_object(const struct inspection *inspection, struct buffer *text, const struct member *member, const json_t *value,
                         int depth)
{
    if (!member || !member->class)
        print_map(inspection, text, member, value, depth);
    else if (member->is_opaque || inspection->manners->older_type_texts)
        print_identity(inspection, text, member, value);
    else
        print_structure(inspection, text, member, value, depth);
}

static void print_value(const struct inspection *inspection, struct buffer *text, const struct member *member, const json_t *value,
                        int depth)
{
    size_t i;
    json_t *element;

    if (depth > PRINT_DEPTH_MAX) {
        buffer_add_text(text, "...");
    } else if (member && member->shows_json) {
        print_json(text, value);
    } else if (member && member->type == BLOB && json_is_string(value)) {
        size_t length = json_string_length(value);
        size_t size = length / 4 * 3 - (text_ends(json_string_value(value), "==") ? 2 : text_ends(json_string_value(value), "=") ? 1 : 0);

        buffer_print(text, "java.nio.HeapByteBuffer[pos=0 lim=%zu cap=%zu]", size, size);
    } else if (json_is_string(value)) {
        print_string(text, value);
    } else if (json_is_integer(value)) {
        buffer_print(text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_real(value)) {
        buffer_print(text, "%.15g", json_real_value(value));
    } else if (json_is_boolean(value)) {
        buffer_add_text(text, json_is_true(value) ? "true" : "false");
    } else if (json_is_array(value)) {
        buffer_add_char(text, '[');
        json_array_foreach((json_t *)value, i, element)
        {
            buffer_add_text(text, i ? ", " : "");
            print_value(inspection, text, member ? member->members : NULL, element, depth + 1);
        }
        buffer_add_char(text, ']');
    } else if (json_is_object(value)) {
        print_object(inspection, text, member, value, depth);
    } else {
        buffer_add_text(text, "null");
    }
}

/* The way to a value, printed only when something is wrong with it: a member's name, a list's index (from 1), or a map's key. */
struct step {
    const struct step *up;
    const char *name; /* NULL: an index */
    size_t index;
    bool is_member; /* else an element: ".member" follows */
};

static void print_path(const struct inspection *inspection, const struct step *path, struct buffer *text)
{
    if (path->up) {
        print_path(inspection, path->up, text);
        buffer_add_char(text, '.');
    }
    if (path->is_member)
        add_name(inspection, text, path->name);
    else if (path->name)
        buffer_print(text, "%s.member", path->name);
    else
        buffer_print(text, "%zu.member", path->index);
}

/* Counts a clause; false when there are enough of them. */
static bool begin_clause(struct inspection *inspection)
{
    if (inspection->count++ >= CLAUSE_MAX)
        return false;
    buffer_add_text(&inspection->clauses, inspection->count > 1 ? "; " : "");
    return true;
}

static void add_clause(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value,
                       const char *constraint)
{
    struct buffer *clauses = &inspection->clauses;

    if (!begin_clause(inspection))
        return;
    buffer_add_text(clauses, "Value ");
    if (value && !json_is_null(value)) {
        buffer_add_char(clauses, '\'');
        print_value(inspection, clauses, member, value, 0);
        buffer_add_char(clauses, '\'');
    } else {
        buffer_add_text(clauses, "null");
    }
    buffer_add_text(clauses, " at '");
    print_path(inspection, path, clauses);
    buffer_print(clauses, "' failed to satisfy constraint: %s", constraint);
}

static size_t characters(const char *text, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

/* A number as bounds are compared with: one that no int64_t holds counts as the nearest that does, so that 1e30 is too much, not too
 * little. */
int64_t shape_whole(double number)
{
    if (number >= (double)INT64_MAX)
        return INT64_MAX;
    return number <= (double)INT64_MIN ? INT64_MIN : (int64_t)number;
}

/* The size that min and max speak of; -1 where they speak of none. */
static int64_t measure(const struct member *member, const json_t *value)
{
    switch (member->type) {
    case STRING:
        return (int64_t)characters(json_string_value(value), json_string_length(value));
    case BLOB: {
        const char *text = json_string_value(value);

        return (int64_t)(json_string_length(value) / 4 * 3) - (text_ends(text, "==") ? 2 : text_ends(text, "=") ? 1 : 0);
    }
    case LIST:
        return (int64_t)json_array_size(value);
    case MAP:
        return (int64_t)json_object_size(value);
    case INTEGER:
    case LONG:
    case DOUBLE:
    case TIMESTAMP:
        return json_is_integer(value) ? json_integer_value(value) : shape_whole(json_number_value(value));
    case BOOLEAN:
    case STRUCTURE:
    case DOCUMENT:
    case SHAPE_END:
        break;
    }
    return -1;
}

static bool is_number(enum shape_type type)
{
    return type == INTEGER || type == LONG || type == DOUBLE || type == TIMESTAMP;
}

static void check_bounds(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value)
{
    int64_t size = measure(member, value);
    const char *what = is_number(member->type) ? "value" : "length";

    if ((member->min || member->min_is_zero) && size < member->min)
        add_clause(inspection, member, path, value,
                   arena_print(inspection->arena, "Member must have %s greater than or equal to %" PRId64, what, member->min));
    if (member->max && size > member->max)
        add_clause(inspection, member, path, value,
                   arena_print(inspection->arena, "Member must have %s less than or equal to %" PRId64, what, member->max));
}

/* "[a-zA-Z0-9_.-]+" and its like are matched here, because they guard hot paths; -1 when the pattern is of another form. */
static int match_class(const char *pattern, const char *text)
{
    size_t length = strlen(pattern);
    const char *class = pattern + 1;
    size_t class_length = length - 3;

    if (length < 4 || pattern[0] != '[' || pattern[1] == '^' || strcmp(pattern + length - 2, "]+") || memchr(class, ']', class_length) ||
        memchr(class, '\\', class_length) || memchr(class, '[', class_length))
        return -1;
    if (!*text)
        return 0;
    for (; *text; text++) {
        bool is_in = false;

        for (size_t i = 0; i < class_length && !is_in; i++) {
            if (i + 2 < class_length && class[i + 1] == '-') {
                is_in = *text >= class[i] && *text <= class[i + 2];
                i += 2;
            } else {
                is_in = *text == class[i];
            }
        }
        if (!is_in)
            return 0;
    }
    return 1;
}

/* AWS's patterns say \d, which POSIX does not know. Every pattern of ours has it outside of brackets. */
static char *posix_pattern(const char *pattern, struct arena *arena)
{
    struct buffer text = { 0 };
    const char *digit;
    char *posix;

    while ((digit = strstr(pattern, "\\d"))) {
        buffer_add(&text, pattern, (size_t)(digit - pattern));
        buffer_add_text(&text, "[0-9]");
        pattern = digit + 2;
    }
    buffer_print(&text, "%s", pattern);
    posix = arena_print(arena, "^(%.*s)$", (int)text.size, text.data);
    buffer_clear(&text);
    return posix;
}

static bool matches(const char *pattern, const char *text, struct arena *arena)
{
    int quick = match_class(pattern, text);
    regex_t compiled;
    bool is_match;

    if (quick >= 0)
        return quick;
    if (regcomp(&compiled, posix_pattern(pattern, arena), REG_EXTENDED | REG_NOSUB))
        return true; /* a pattern of ours that does not compile refuses nothing; the shape tests find it */
    is_match = !regexec(&compiled, text, 0, NULL, 0);
    regfree(&compiled);
    return is_match;
}

static bool is_among(const char *const *values, const char *text)
{
    while (*values && strcmp(*values, text))
        values++;
    return *values != NULL;
}

static const char *enum_constraint(struct arena *arena, const char *const *values)
{
    struct buffer text = { 0 };
    char *constraint;

    buffer_add_text(&text, "Member must satisfy enum value set: [");
    for (size_t i = 0; values[i]; i++)
        buffer_print(&text, "%s%s", i ? ", " : "", values[i]);
    buffer_add_char(&text, ']');
    constraint = arena_text(arena, text.data);
    buffer_clear(&text);
    return constraint;
}

static void refuse_value(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value)
{
    if (!member->newer_words || inspection->manners->has_older_words)
        add_clause(inspection, member, path, value, enum_constraint(inspection->arena, member->values));
    else if (begin_clause(inspection))
        buffer_add_text(&inspection->clauses, member->newer_words);
}

static void check_text(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value)
{
    const char *text = json_string_value(value);
    bool has_nul = strlen(text) != json_string_length(value);

    if (member->pattern && (has_nul || !matches(member->pattern, text, inspection->arena)))
        add_clause(inspection, member, path, value,
                   arena_print(inspection->arena, "Member must satisfy regular expression pattern: %s", member->pattern));
    if (member->values && (has_nul || !is_among(member->values, text)))
        refuse_value(inspection, member, path, value);
}

static void check_members(struct inspection *inspection, const struct member *members, const json_t *input, const struct step *up);
static void check_value(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value);
static void check_inside(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value);

static bool length_fits(const struct member *rule, const char *text)
{
    int64_t length = (int64_t)characters(text, strlen(text));

    return length >= rule->min && (!rule->max || length <= rule->max);
}

static bool key_fits(const struct inspection *inspection, const struct member *rule, const char *key, size_t size)
{
    if (rule->takes_arn && text_begins(key, "arn:"))
        return true;
    return length_fits(rule, key) && (!rule->pattern || (strlen(key) == size && matches(rule->pattern, key, inspection->arena)));
}

static const char *bounds_list(struct arena *arena, const char *head, const struct member *rule)
{
    return arena_print(arena,
                       "%s: [Member must have length less than or equal to %" PRId64
                       ", Member must have length greater than or equal to %" PRId64 "%s%s]",
                       head, rule->max, rule->min, rule->pattern ? ", Member must satisfy regular expression pattern: " : "",
                       rule->pattern ? rule->pattern : "");
}

static void check_map_keys(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value)
{
    const struct member *key_rule = &member->members[1];
    bool keys_fit = true;
    const char *key;
    size_t size;
    json_t *element;

    if (!key_rule->type)
        return;
    json_object_keylen_foreach((json_t *)value, key, size, element) keys_fit &= key_fits(inspection, key_rule, key, size);
    if (!keys_fit && !(member->yields && inspection->count))
        add_clause(inspection, member, path, value, bounds_list(inspection->arena, "Map keys must satisfy constraint", key_rule));
}

static bool element_fits(const struct member *rule, const json_t *element)
{
    return !json_is_string(element) || length_fits(rule, json_string_value(element));
}

/* Kinesis measures the texts in a map or list together, and tells of them with the whole. */
static void check_texts_together(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value)
{
    const char *head = member->type == MAP ? "Map value must satisfy constraint" : "Member must satisfy constraint";
    bool texts_fit = true;
    const char *key;
    json_t *element;
    size_t i;

    if (member->type == MAP) {
        json_object_foreach((json_t *)value, key, element) texts_fit &= element_fits(member->members, element);
    } else {
        json_array_foreach((json_t *)value, i, element) texts_fit &= element_fits(member->members, element);
    }
    if (!texts_fit)
        add_clause(inspection, member, path, value, bounds_list(inspection->arena, head, member->members));
}

static bool are_measured_together(const struct inspection *inspection, const struct member *rule)
{
    return inspection->manners->older_type_texts && rule->type == STRING && rule->max && !rule->pattern && !rule->values;
}

/* The lists in a map are measured together, and told with the whole map. */
static void check_map_lists(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value)
{
    const struct member *rule = &member->members[0];
    bool lists_fit = true;
    const char *key;
    json_t *list;

    json_object_foreach((json_t *)value, key, list)
    {
        int64_t size = (int64_t)json_array_size(list);

        lists_fit &= size >= rule->min && (!rule->max || size <= rule->max);
    }
    if (!lists_fit)
        add_clause(inspection, member, path, value, bounds_list(inspection->arena, "Map value must satisfy constraint", rule));
    json_object_foreach((json_t *)value, key, list) check_inside(inspection, rule, &(struct step){ path, key, 0, false }, list);
}

static void check_map(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value)
{
    const struct member *element_rule = &member->members[0];
    const char *key;
    json_t *element;

    if (!element_rule->type || element_rule->is_opaque)
        return;
    check_map_keys(inspection, member, path, value);
    if (are_measured_together(inspection, element_rule)) {
        check_texts_together(inspection, member, path, value);
        return;
    }
    if (element_rule->type == LIST) {
        check_map_lists(inspection, member, path, value);
        return;
    }
    json_object_foreach((json_t *)value, key, element)
        check_value(inspection, element_rule, &(struct step){ path, key, 0, false }, element);
}

static void check_inside(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value)
{
    size_t i;
    json_t *element;

    if (member->type == STRUCTURE && !member->is_opaque)
        check_members(inspection, member->members, value, path);
    if (member->type == MAP && member->members)
        check_map(inspection, member, path, value);
    if (member->type == LIST && member->members && are_measured_together(inspection, member->members))
        check_texts_together(inspection, member, path, value);
    else if (member->type == LIST && member->members)
        json_array_foreach((json_t *)value, i, element)
            check_value(inspection, member->members, &(struct step){ path, NULL, i + 1, false }, element);
}

static void check_value(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value)
{
    if (!value || json_is_null(value)) {
        if (member->required)
            add_clause(inspection, member, path, NULL, "Member must not be null");
        return;
    }
    if (member->min || member->min_is_zero || member->max)
        check_bounds(inspection, member, path, value);
    if (member->type == STRING && (member->pattern || member->values))
        check_text(inspection, member, path, value);
    if (member->members)
        check_inside(inspection, member, path, value);
}

static void check_members(struct inspection *inspection, const struct member *members, const json_t *input, const struct step *up)
{
    const json_t *values[MEMBERS_MAX] = { 0 };
    const char *key;
    size_t size;
    json_t *value;

    json_object_keylen_foreach((json_t *)input, key, size, value)
    {
        const struct member *member = shape_find(members, key, size);

        assert(!member || member - members < MEMBERS_MAX);
        if (member)
            values[member - members] = value;
    }
    for (const struct member *member = members; member && member->name; member++)
        check_value(inspection, member, &(struct step){ up, member->name, 0, true }, values[member - members]);
}

const char *shape_constraint_fault(const struct member *members, const json_t *input, const struct shape_manners *manners,
                                   struct arena *arena)
{
    struct inspection inspection = { .arena = arena, .manners = manners };
    const char *fault = NULL;

    check_members(&inspection, members, input, NULL);
    if (inspection.count) {
        int shown = inspection.count < CLAUSE_MAX ? inspection.count : CLAUSE_MAX;

        fault = arena_print(arena, "%d validation error%s detected: %s", shown, shown > 1 ? "s" : "", inspection.clauses.data);
    }
    buffer_clear(&inspection.clauses);
    return fault;
}
