/* The constraints of an input's members, in the order in which AWS counts what is wrong. */

#include "aws/inspection.h"
#include "aws/shape_pattern.h"
#include "base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum { MEMBERS_MAX = 64 };

const struct member *shape_find(const struct member *members, const char *name, size_t size)
{
    while (members && members->name && (members->name[0] != name[0] || strlen(members->name) != size || memcmp(members->name, name, size)))
        members++;
    return members && members->name ? members : NULL;
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
        inspection_add(inspection, member, path, value,
                       arena_print(inspection->arena, "Member must have %s greater than or equal to %" PRId64, what, member->min));
    if (member->max && size > member->max)
        inspection_add(inspection, member, path, value,
                       arena_print(inspection->arena, "Member must have %s less than or equal to %" PRId64, what, member->max));
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

static void check_text(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value)
{
    const char *text = json_string_value(value);
    bool has_nul = strlen(text) != json_string_length(value);

    if (member->pattern && (has_nul || !shape_pattern_matches(member->pattern, text, inspection->arena)))
        inspection_add(inspection, member, path, value,
                       arena_print(inspection->arena, "Member must satisfy regular expression pattern: %s", member->pattern));
    if (member->values && (has_nul || !is_among(member->values, text)))
        inspection_add(inspection, member, path, value, enum_constraint(inspection->arena, member->values));
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
    return length_fits(rule, key) &&
           (!rule->pattern || (strlen(key) == size && shape_pattern_matches(rule->pattern, key, inspection->arena)));
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
        inspection_add(inspection, member, path, value, bounds_list(inspection->arena, "Map keys must satisfy constraint", key_rule));
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
        inspection_add(inspection, member, path, value, bounds_list(inspection->arena, head, member->members));
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
        inspection_add(inspection, member, path, value, bounds_list(inspection->arena, "Map value must satisfy constraint", rule));
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
            inspection_add(inspection, member, path, NULL, "Member must not be null");
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

    check_members(&inspection, members, input, NULL);
    return inspection_end(&inspection);
}
