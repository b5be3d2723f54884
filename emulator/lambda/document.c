#include "lambda/document.h"

#include "base/memory.h"
#include "lambda/room.h"

#include <stdio.h>

/* A member of an object is set when it is there. */
static void set(json_t *object, const char *name, json_t *value)
{
    if (value)
        json_object_set(object, name, value);
}

static json_t *get_copy(const json_t *object, const char *name)
{
    return json_deep_copy(json_object_get(object, name));
}

static const char *get_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* ---- writing ---- */

static json_t *of_version(const struct function_version *version)
{
    json_t *document = json_pack("{s:s, s:s, s:I, s:O}", "number", version->number, "revision", version->revision, "modifiedMs",
                                 (json_int_t)version->modified_ms, "configuration", version->configuration);

    if (version->code)
        json_object_set_new(document, "code", json_string(version->code->sha256));
    return document;
}

static json_t *of_versions(const struct function *function)
{
    json_t *list = json_array();
    struct map_entry *entry;
    size_t cursor = 0;

    while ((entry = map_next(&function->versions, &cursor)))
        json_array_append_new(list, of_version(entry->value));
    return list;
}

static json_t *of_aliases(const struct function *function)
{
    json_t *list = json_array();
    struct map_entry *entry;
    size_t cursor = 0;

    while ((entry = map_next(&function->aliases, &cursor))) {
        const struct function_alias *alias = entry->value;
        json_t *document = json_pack("{s:s, s:s, s:s, s:s}", "name", alias->name, "version", alias->version, "revision", alias->revision,
                                     "description", alias->description ? alias->description : "");

        set(document, "routing", alias->routing);
        json_array_append_new(list, document);
    }
    return list;
}

json_t *document_of_function(const struct function *function)
{
    json_t *document = json_pack("{s:o, s:o, s:o, s:i, s:i, s:s}", "latest", of_version(function->latest), "versions",
                                 of_versions(function), "aliases", of_aliases(function), "publishedCount", function->published_count,
                                 "reserved", function->reserved, "policyRevision", function->policy_revision);

    set(document, "publishedConfiguration", function->published_configuration);
    set(document, "policy", function->policy);
    set(document, "tags", function->tags);
    set(document, "eventInvoke", function->event_invoke);
    return document;
}

json_t *document_of_mapping(const struct mapping *mapping)
{
    return json_pack("{s:s, s:s, s:O, s:b, s:f}", "function", mapping->function, "stream", mapping->source_arn, "settings",
                     mapping->settings, "isEnabled", mapping->is_enabled, "modifiedS", mapping->modified_s);
}

/* ---- reading ---- */

/* The code of a version; false when it names one that is not there. */
static bool read_code(const json_t *document, document_code *find, void *context, struct code **code)
{
    const char *sha256 = get_text(document, "code");

    *code = *sha256 ? find(context, sha256) : NULL;
    return !*sha256 || *code;
}

static void read_stamp(struct function_version *version, const json_t *document)
{
    snprintf(version->revision, sizeof version->revision, "%s", get_text(document, "revision"));
    version->modified_ms = json_integer_value(json_object_get(document, "modifiedMs"));
}

static bool read_versions(struct function *function, const json_t *list, document_code *find, void *context)
{
    json_t *document;
    size_t i;

    json_array_foreach((json_t *)list, i, document)
    {
        struct code *code;

        if (!json_is_object(json_object_get(document, "configuration")) || !read_code(document, find, context, &code))
            return false;
        read_stamp(function_add_version(function, get_text(document, "number"), get_copy(document, "configuration"), code), document);
    }
    return true;
}

static void read_aliases(struct function *function, const json_t *list)
{
    json_t *document;
    size_t i;

    json_array_foreach((json_t *)list, i, document)
    {
        struct function_alias *alias = memory_new(sizeof *alias);

        alias->name = memory_copy_text(get_text(document, "name"));
        alias->description = memory_copy_text(get_text(document, "description"));
        snprintf(alias->version, sizeof alias->version, "%s", get_text(document, "version"));
        snprintf(alias->revision, sizeof alias->revision, "%s", get_text(document, "revision"));
        alias->routing = get_copy(document, "routing");
        map_put(&function->aliases, alias->name, alias);
    }
}

struct function *document_read_function(struct lambda *room, const char *name, const json_t *document, document_code *find, void *context)
{
    const json_t *latest = json_object_get(document, "latest");
    struct function *function;
    struct code *code;

    if (!json_is_object(json_object_get(latest, "configuration")) || !read_code(latest, find, context, &code))
        return NULL;
    function = function_new(room, name, get_copy(latest, "configuration"), code);
    read_stamp(function->latest, latest);
    function->published_count = (int)json_integer_value(json_object_get(document, "publishedCount"));
    function->reserved = (int)json_integer_value(json_object_get(document, "reserved"));
    function->published_configuration = get_copy(document, "publishedConfiguration");
    function->policy = get_copy(document, "policy");
    function->tags = get_copy(document, "tags");
    function->event_invoke = get_copy(document, "eventInvoke");
    snprintf(function->policy_revision, sizeof function->policy_revision, "%s", get_text(document, "policyRevision"));
    read_aliases(function, json_object_get(document, "aliases"));
    return read_versions(function, json_object_get(document, "versions"), find, context) ? function : NULL;
}

bool document_read_mapping(struct lambda *room, const char *uuid, const json_t *document)
{
    if (!json_is_object(json_object_get(document, "settings")) || !source_type_of(get_text(document, "stream")))
        return false;
    mapping_restore(room, uuid, get_text(document, "function"), get_text(document, "stream"), get_copy(document, "settings"),
                    json_is_true(json_object_get(document, "isEnabled")), json_number_value(json_object_get(document, "modifiedS")));
    return true;
}
