/* PublishVersion and the five operations of aliases. */

#include "base/memory.h"
#include "base/text.h"
#include "lambda/operations.h"
#include "lambda/page.h"
#include "lambda/target.h"
#include "lambda/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct member weights[] = { { "value", DOUBLE }, { "key", STRING, .min = 1, .max = 1024 }, { 0 } };
static const struct member routing[] = { { "AdditionalVersionWeights", MAP, .max = 1, .members = weights }, { 0 } };

#define ONE_NAME                                               \
    {                                                          \
        "Name", STRING, .required = true, .min = 1, .max = 128 \
    }

const struct member lambda_publish_version_input[] = {
    TARGET_FUNCTION, { "CodeSha256", STRING }, { "Description", STRING, .max = 256 }, { "RevisionId", STRING }, { 0 },
};
const struct member lambda_create_alias_input[] = {
    TARGET_FUNCTION,
    ONE_NAME,
    { "FunctionVersion", STRING, .required = true, .min = 1, .max = 1024 },
    { "Description", STRING, .max = 256 },
    { "RoutingConfig", STRUCTURE, .members = routing },
    { 0 },
};
const struct member lambda_update_alias_input[] = {
    TARGET_FUNCTION,
    ONE_NAME,
    { "FunctionVersion", STRING, .min = 1, .max = 1024 },
    { "Description", STRING, .max = 256 },
    { "RoutingConfig", STRUCTURE, .members = routing },
    { "RevisionId", STRING },
    { 0 },
};
const struct member lambda_get_alias_input[] = { TARGET_FUNCTION, ONE_NAME, { 0 } };
const struct member lambda_delete_alias_input[] = { TARGET_FUNCTION, ONE_NAME, { 0 } };
const struct member lambda_list_aliases_input[] = {
    TARGET_FUNCTION, { "FunctionVersion", STRING, .where = IN_QUERY }, PAGE_MEMBERS, { 0 }
};

enum outcome lambda_publish_version(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);
    const char *sha256 = call_string(call, "CodeSha256");
    const char *revision = call_string(call, "RevisionId");
    struct function_version *version;

    if (!function)
        return FAILED;
    version = function->latest;
    if (sha256 && *sha256 && version->code && !text_is(sha256, version->code->sha256))
        return call_fail(call, ERR_INVALID_PARAMETER_VALUE,
                         "CodeSHA256 (%s) is different from current CodeSHA256 in $LATEST (%s). Please try again with the CodeSHA256 in "
                         "$LATEST.",
                         sha256, version->code->sha256);
    if (revision && *revision && !text_is(revision, version->revision))
        return call_fail(call, ERR_PRECONDITION_FAILED,
                         "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the "
                         "latest RevisionId");
    version = function_publish(function, call_string(call, "Description"));
    call->output = wire_configuration(version, version->number);
    return target_keep(call, function);
}

/* ---- aliases ---- */

static struct function_alias *target_alias(struct call *call, struct function **function)
{
    struct function_name name;
    struct function_alias *alias;

    *function = target_function(call, &name, false);
    if (!*function)
        return NULL;
    alias = map_find(&(*function)->aliases, call_string(call, "Name"));
    if (!alias)
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "Cannot find alias arn: %s:%s", (*function)->arn, call_string(call, "Name"));
    return alias;
}

/* An alias leads to published versions and $LATEST; its further version must be published. */
static bool check_versions(struct call *call, struct function *function, const char *version)
{
    json_t *extra = json_object_get(call_member(call, "RoutingConfig"), "AdditionalVersionWeights");
    const char *number;
    json_t *weight;

    if (version && !text_is(version, "$LATEST") && !map_find(&function->versions, version)) {
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "Function not found: %s:%s", function->arn, version);
        return false;
    }
    json_object_foreach(extra, number, weight) if (!map_find(&function->versions, number))
    {
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "Function not found: %s:%s", function->arn, number);
        return false;
    }
    return true;
}

static void set_alias(struct call *call, struct function_alias *alias)
{
    struct lambda *room = room_of(call);

    if (call_has(call, "FunctionVersion"))
        snprintf(alias->version, sizeof alias->version, "%s", call_string(call, "FunctionVersion"));
    if (call_has(call, "Description")) {
        free(alias->description);
        alias->description = memory_copy_text(call_string(call, "Description"));
    }
    if (call_has(call, "RoutingConfig")) {
        json_decref(alias->routing);
        alias->routing = json_object_size(json_object_get(call_member(call, "RoutingConfig"), "AdditionalVersionWeights"))
                             ? json_deep_copy(call_member(call, "RoutingConfig"))
                             : NULL;
    }
    random_uuid(&room->ids, alias->revision);
}

/* Letters, digits, '-' and '_', and not digits alone: those are versions. */
static bool is_alias_name(const char *name)
{
    size_t length = strlen(name);

    return strspn(name, "0123456789") < length &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == length;
}

enum outcome lambda_create_alias(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);
    const char *wanted = call_string(call, "Name");
    struct function_alias *alias;

    if (!function)
        return FAILED;
    if (!is_alias_name(wanted))
        return call_fail(call, ERR_VALIDATION,
                         "1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: Member must satisfy regular "
                         "expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
                         wanted);
    if (map_find(&function->aliases, wanted))
        return call_fail(call, ERR_RESOURCE_CONFLICT, "Alias already exists: %s:%s", function->arn, wanted);
    if (!check_versions(call, function, call_string(call, "FunctionVersion")))
        return FAILED;
    alias = memory_new(sizeof *alias);
    alias->name = memory_copy_text(wanted);
    set_alias(call, alias);
    map_put(&function->aliases, wanted, alias);
    call->output = wire_alias(function, alias);
    return target_keep(call, function);
}

enum outcome lambda_get_alias(struct call *call)
{
    struct function *function;
    struct function_alias *alias = target_alias(call, &function);

    if (!alias)
        return FAILED;
    call->output = wire_alias(function, alias);
    return DONE;
}

enum outcome lambda_update_alias(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);
    struct function_alias *alias = function ? map_find(&function->aliases, call_string(call, "Name")) : NULL;
    const char *revision = call_string(call, "RevisionId");

    if (!function)
        return FAILED;
    if (!alias)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Alias not found: %s:%s", function->arn, call_string(call, "Name"));
    if (revision && !text_is(revision, alias->revision))
        return call_fail(call, ERR_PRECONDITION_FAILED,
                         "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the "
                         "latest RevisionId");
    if (!check_versions(call, function, call_string(call, "FunctionVersion")))
        return FAILED;
    set_alias(call, alias);
    call->output = wire_alias(function, alias);
    return target_keep(call, function);
}

enum outcome lambda_delete_alias(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);

    call->has_no_body = true;
    if (!function)
        return FAILED;
    function_remove_alias(function, call_string(call, "Name"));
    return target_keep(call, function);
}

enum outcome lambda_list_aliases(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);
    const char *version = call_string(call, "FunctionVersion");
    json_t *list = json_array();
    struct map_entry *entry;
    struct page page;
    size_t cursor = 0;

    call->output = json_pack("{s:o}", "Aliases", list);
    if (!function || !page_begin(call, &page, 50))
        return FAILED;
    while ((entry = map_next(&function->aliases, &cursor))) {
        struct function_alias *alias = entry->value;

        if ((!version || text_is(version, alias->version)) && page_has(&page))
            json_array_append_new(list, wire_alias(function, alias));
    }
    page_end(call, &page);
    return DONE;
}
