#include "deploy/parameters.h"

#include "base/text.h"
#include "deploy/pattern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMETERS_MAX = 200 };

/* One parameter while it is being resolved. */
struct parameter {
    const char *name;
    int line;
    const struct node *body; /* of the Parameters section */
    const char *type;
    const char *value;
    struct path path;
};

static void fail(struct scope *scope, const struct parameter *parameter, const char *what)
{
    const char *description = node_find_text(parameter->body, "ConstraintDescription");

    if (description)
        remarks_fail(scope->remarks, parameter->line, &parameter->path, "Parameter '%s' failed to satisfy constraint: %s", parameter->name,
                     description);
    else
        remarks_fail(scope->remarks, parameter->line, &parameter->path, "Parameter '%s' %s", parameter->name, what);
}

static const char *given_value(struct scope *scope, const char *name, const struct deploy_parameter *given, size_t given_count)
{
    for (size_t i = given_count; i > 0; i--)
        if (!strcmp(given[i - 1].name, name))
            return given[i - 1].value;
    return getenv(arena_print(scope->arena, "LOWCLOUD_PARAMETER_%s", name));
}

/* A default that is a list stands for its elements with commas between them. */
static const char *default_value(struct scope *scope, const struct parameter *parameter)
{
    const struct node *value = node_find(parameter->body, "Default");

    if (!value)
        return NULL;
    if (node_is_scalar(value))
        return value->text;
    remarks_fail(scope->remarks, value->line, &parameter->path, "Default must be a text or a number, not %s", node_kind_name(value));
    return NULL;
}

static const struct {
    const char *type;
    bool is_list;
    bool is_number;
} plain_types[] = { { "String", false, false },
                    { "Number", false, true },
                    { "List<Number>", true, true },
                    { "List<String>", true, false },
                    { "CommaDelimitedList", true, false } };

/* AWS-specific types (AWS::EC2::VPC::Id) and SSM types are texts, lists when they say so. */
static bool type_is_list(const char *type)
{
    for (size_t i = 0; i < sizeof plain_types / sizeof *plain_types; i++)
        if (!strcmp(plain_types[i].type, type))
            return plain_types[i].is_list;
    return strstr(type, "List<") || strstr(type, "<CommaDelimitedList>");
}

static bool type_is_number(const char *type)
{
    for (size_t i = 0; i < sizeof plain_types / sizeof *plain_types; i++)
        if (!strcmp(plain_types[i].type, type))
            return plain_types[i].is_number;
    return false;
}

static bool type_is_known(const char *type)
{
    for (size_t i = 0; i < sizeof plain_types / sizeof *plain_types; i++)
        if (!strcmp(plain_types[i].type, type))
            return true;
    return text_begins(type, "AWS::") || text_begins(type, "List<AWS::");
}

static bool read_number(const char *text, double *number)
{
    char *end;

    *number = strtod(text, &end);
    return end != text && !*end && isfinite(*number) && !strpbrk(text, "xXpP");
}

/* One of MinLength and its like, when it is there and a number. */
static bool limit(const struct parameter *parameter, const char *name, double *number)
{
    const char *text = node_find_text(parameter->body, name);

    return text && read_number(text, number);
}

static bool check_length(struct scope *scope, const struct parameter *parameter, const char *value)
{
    double length = (double)strlen(value);
    double bound;

    if (limit(parameter, "MinLength", &bound) && length < bound) {
        fail(scope, parameter, arena_print(scope->arena, "must contain at least %.0f characters", bound));
        return false;
    }
    if (limit(parameter, "MaxLength", &bound) && length > bound) {
        fail(scope, parameter, arena_print(scope->arena, "must contain at most %.0f characters", bound));
        return false;
    }
    return true;
}

static bool check_number(struct scope *scope, const struct parameter *parameter, const char *value)
{
    double number;
    double bound;

    if (!type_is_number(parameter->type))
        return true;
    if (!read_number(value, &number)) {
        fail(scope, parameter, "must be a number");
        return false;
    }
    if (limit(parameter, "MinValue", &bound) && number < bound) {
        fail(scope, parameter, arena_print(scope->arena, "must be a number not less than %g", bound));
        return false;
    }
    if (limit(parameter, "MaxValue", &bound) && number > bound) {
        fail(scope, parameter, arena_print(scope->arena, "must be a number not greater than %g", bound));
        return false;
    }
    return true;
}

static bool check_pattern(struct scope *scope, const struct parameter *parameter, const char *value)
{
    const struct node *pattern = node_find(parameter->body, "AllowedPattern");

    if (!node_is_scalar(pattern))
        return true;
    switch (deploy_pattern_check(pattern->text, value)) {
    case PATTERN_MATCHES:
        return true;
    case PATTERN_DIFFERS:
        fail(scope, parameter, arena_print(scope->arena, "must match pattern %s", pattern->text));
        return false;
    case PATTERN_UNKNOWN:
        remarks_warn(scope->remarks, pattern->line, &parameter->path, "AllowedPattern is not checked: it is beyond POSIX patterns");
        return true;
    }
    return true;
}

static bool check_allowed(struct scope *scope, const struct parameter *parameter, const char *value)
{
    const struct node *allowed = node_find(parameter->body, "AllowedValues");

    if (!allowed || allowed->kind != NODE_LIST)
        return true;
    for (size_t i = 0; i < allowed->count; i++)
        if (node_is_scalar(allowed->fields[i].value) && !strcmp(allowed->fields[i].value->text, value))
            return true;
    fail(scope, parameter, "must be one of AllowedValues");
    return false;
}

static bool check_value(struct scope *scope, const struct parameter *parameter, const char *value)
{
    return check_number(scope, parameter, value) && check_length(scope, parameter, value) && check_allowed(scope, parameter, value) &&
           check_pattern(scope, parameter, value);
}

static const struct node *value_node(struct scope *scope, const struct parameter *parameter, const char *text)
{
    struct node *node = node_text(scope->arena, parameter->body, text);

    if (type_is_number(parameter->type))
        node->kind = NODE_NUMBER;
    return check_value(scope, parameter, text) ? node : NULL;
}

static const char *trimmed(struct arena *arena, const char *start, size_t length)
{
    while (length && strchr(" \t\n", *start))
        start++, length--;
    while (length && strchr(" \t\n", start[length - 1]))
        length--;
    return arena_copy(arena, start, length);
}

/* "a, b" is a list of two; a text without anything is a list of none. */
static const struct node *list_node(struct scope *scope, const struct parameter *parameter)
{
    struct node *list = node_new(scope->arena, NODE_LIST, parameter->body);
    const char *rest = parameter->value;

    while (*parameter->value && rest) {
        const char *comma = strchr(rest, ',');
        const char *text = trimmed(scope->arena, rest, comma ? (size_t)(comma - rest) : strlen(rest));
        const struct node *value = value_node(scope, parameter, text);

        if (!value || !scope_spend(scope, 1, 0, parameter->body, &parameter->path))
            return NULL;
        node_add(scope->arena, list, value);
        rest = comma ? comma + 1 : NULL;
    }
    return list;
}

static bool check_body(struct scope *scope, struct parameter *parameter)
{
    static const char *const names[] = { "AllowedPattern", "AllowedValues", "ConstraintDescription",
                                         "Default",        "Description",   "MaxLength",
                                         "MaxValue",       "MinLength",     "MinValue",
                                         "NoEcho",         "Type" };

    for (size_t i = 0; parameter->body->kind == NODE_MAP && i < parameter->body->count; i++) {
        const struct field *field = &parameter->body->fields[i];
        bool is_known = false;

        for (size_t j = 0; j < sizeof names / sizeof *names; j++)
            is_known |= !strcmp(names[j], field->key);
        if (!is_known) {
            remarks_fail(scope->remarks, field->line, &parameter->path, "Invalid template parameter property '%s'", field->key);
            return false;
        }
    }
    parameter->type = node_find_text(parameter->body, "Type");
    if (parameter->type && type_is_known(parameter->type))
        return true;
    remarks_fail(scope->remarks, parameter->line, &parameter->path, "a parameter needs a Type: String, Number, CommaDelimitedList, ...");
    return false;
}

static bool resolve(struct scope *scope, struct parameter *parameter, const struct deploy_parameter *given, size_t given_count)
{
    const struct node *value;

    if (!check_body(scope, parameter))
        return false;
    parameter->value = given_value(scope, parameter->name, given, given_count);
    if (!parameter->value)
        parameter->value = default_value(scope, parameter);
    if (!parameter->value) {
        remarks_fail(scope->remarks, parameter->line, &parameter->path,
                     "Parameters: [%s] must have values; give one with --parameter-overrides %s=...", parameter->name, parameter->name);
        return false;
    }
    if (!text_is_utf8(parameter->value, strlen(parameter->value))) {
        fail(scope, parameter, "must be UTF-8");
        return false;
    }
    value = type_is_list(parameter->type) ? list_node(scope, parameter) : value_node(scope, parameter, parameter->value);
    if (value)
        map_put(&scope->parameters, parameter->name, (void *)value);
    return value != NULL;
}

static bool check_given(struct scope *scope, const struct node *section, const struct deploy_parameter *given, size_t given_count)
{
    for (size_t i = 0; i < given_count; i++) {
        if (node_field(section, given[i].name))
            continue;
        remarks_fail(scope->remarks, 0, NULL, "Parameters: [%s] do not exist in the template; add it or leave it out", given[i].name);
        return false;
    }
    return true;
}

bool parameters_resolve(struct scope *scope, const struct node *section, const struct deploy_parameter *given, size_t given_count)
{
    struct path path = { .key = "Parameters" };

    if (section && section->count > PARAMETERS_MAX) {
        remarks_fail(scope->remarks, section->line, &path, "a template holds at most %d parameters", PARAMETERS_MAX);
        return false;
    }
    for (size_t i = 0; section && i < section->count; i++) {
        const struct field *field = &section->fields[i];
        struct parameter parameter = {
            .name = field->key, .line = field->line, .body = field->value, .path = { .parent = &path, .key = field->key }
        };

        if (!resolve(scope, &parameter, given, given_count))
            return false;
    }
    return check_given(scope, section, given, given_count);
}
