/* Functions, versions, aliases: what they hold, who counts on them, and how they are named. */

#include "lambda/function.h"

#include "base/memory.h"
#include "base/text.h"
#include "lambda/directory.h"
#include "lambda/room.h"
#include "lambda/watch.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACCOUNT_DIGITS = 12 };

/* ---- code ---- */

struct code *code_new(char *directory, bool is_ours)
{
    struct code *code = memory_new(sizeof *code);

    code->uses = 1;
    code->directory = directory;
    code->is_ours = is_ours;
    return code;
}

struct code *code_ref(struct code *code)
{
    if (code)
        code->uses++;
    return code;
}

void code_unref(struct code *code)
{
    if (!code || --code->uses)
        return;
    code_watch_close(code->watch);
    if (code->is_ours)
        directory_remove(code->directory);
    free(code->directory);
    free(code);
}

/* ---- versions ---- */

static void stamp(struct function_version *version)
{
    random_uuid(&version->room->ids, version->revision);
    version->modified_ms = clock_now_ms(version->room->ground->clock);
}

static struct function_version *new_version(struct function *function, const char *number, json_t *configuration, struct code *code)
{
    struct function_version *version = memory_new(sizeof *version);

    version->uses = 1;
    version->room = function->room;
    version->function = function;
    version->name = memory_copy_text(function->name);
    version->arn = memory_copy_text(function->arn);
    snprintf(version->number, sizeof version->number, "%s", number);
    version->configuration = configuration;
    version->code = code;
    stamp(version);
    pool_open(&version->pool, version);
    return version;
}

struct function_version *version_ref(struct function_version *version)
{
    version->uses++;
    return version;
}

void version_unref(struct function_version *version)
{
    if (!version || --version->uses)
        return;
    timer_stop(version->room->ground->clock, &version->pool.patience);
    loop_forget(&version->pool.run);
    json_decref(version->configuration);
    code_unref(version->code);
    free(version->name);
    free(version->arn);
    free(version);
}

const char *version_text(const struct function_version *version, const char *member)
{
    return json_string_value(json_object_get(version->configuration, member));
}

int64_t version_number(const struct function_version *version, const char *member, int64_t fallback)
{
    json_t *value = json_object_get(version->configuration, member);

    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

int64_t version_timeout_ms(const struct function_version *version)
{
    return version_number(version, "Timeout", 3) * 1000;
}

/* The function lets a version go; invocations and environments may hold it a while longer. */
static void drop_version(struct function_version *version)
{
    version->function = NULL;
    pool_close(&version->pool);
    version_unref(version);
}

/* ---- functions ---- */

struct function *function_new(struct lambda *room, const char *name, json_t *configuration, struct code *code)
{
    struct function *function = memory_new(sizeof *function);

    function->room = room;
    function->name = memory_copy_text(name);
    function->arn = memory_print("arn:aws:lambda:%s:%s:function:%s", room->ground->region, room->ground->account, name);
    function->reserved = -1;
    function->latest = new_version(function, "$LATEST", configuration, code);
    map_put(&room->functions, name, function);
    return function;
}

void function_change_code(struct function *function, struct code *code)
{
    struct function_version *version = function->latest;

    code_unref(version->code);
    version->code = code;
    stamp(version);
    pool_renew(&version->pool);
}

void function_change_configuration(struct function *function, json_t *configuration)
{
    struct function_version *version = function->latest;

    json_decref(version->configuration);
    version->configuration = configuration;
    stamp(version);
    pool_renew(&version->pool);
}

struct function_version *function_add_version(struct function *function, const char *number, json_t *configuration, struct code *code)
{
    struct function_version *version = new_version(function, number, configuration, code);

    map_put(&function->versions, number, version);
    return version;
}

/* A package that was uploaded once more is no change; a directory may be changed at any time. */
static bool is_same_code(const struct code *one, const struct code *other)
{
    return one == other || (one && other && one->is_ours && other->is_ours && text_is(one->sha256, other->sha256));
}

struct function_version *function_publish(struct function *function, const char *description)
{
    struct function_version *latest = function->latest;
    struct function_version *version;
    char number[FUNCTION_NUMBER_SIZE];
    json_t *configuration;

    snprintf(number, sizeof number, "%d", function->published_count);
    version = map_find(&function->versions, number);
    if (version && json_equal(function->published_configuration, latest->configuration) && is_same_code(version->code, latest->code))
        return version;
    snprintf(number, sizeof number, "%d", ++function->published_count);
    configuration = json_deep_copy(latest->configuration);
    if (description)
        json_object_set_new(configuration, "Description", json_string(description));
    version = function_add_version(function, number, configuration, code_ref(latest->code));
    json_decref(function->published_configuration);
    function->published_configuration = json_deep_copy(latest->configuration);
    return version;
}

void function_remove_version(struct function *function, const char *number)
{
    struct function_version *version = map_remove(&function->versions, number);

    if (version)
        drop_version(version);
}

static void free_alias(struct function_alias *alias)
{
    free(alias->name);
    free(alias->description);
    json_decref(alias->routing);
    free(alias);
}

void function_remove_alias(struct function *function, const char *name)
{
    struct function_alias *alias = map_remove(&function->aliases, name);

    if (alias)
        free_alias(alias);
}

void function_delete(struct function *function)
{
    struct map_entry *entry;
    size_t cursor = 0;

    map_remove(&function->room->functions, function->name);
    while ((entry = map_next(&function->versions, &cursor)))
        drop_version(entry->value);
    drop_version(function->latest);
    cursor = 0;
    while ((entry = map_next(&function->aliases, &cursor)))
        free_alias(entry->value);
    map_clear(&function->versions);
    map_clear(&function->aliases);
    json_decref(function->published_configuration);
    json_decref(function->policy);
    json_decref(function->tags);
    json_decref(function->event_invoke);
    free(function->name);
    free(function->arn);
    free(function);
}

/* ---- names ---- */

/* Copies length characters of letters, digits, '-' and '_' (and what `also` adds); false when there are others, none, or too many. */
static bool copy_word(char *to, size_t size, const char *text, size_t length, const char *also)
{
    if (!length || length >= size)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '_' && !strchr(also, text[i]))
            return false;
    memcpy(to, text, length);
    to[length] = '\0';
    return true;
}

/* "name" or "name:qualifier" */
static bool read_tail(const char *text, struct function_name *name)
{
    size_t length = strcspn(text, ":");

    if (!copy_word(name->name, sizeof name->name, text, length, ""))
        return false;
    text += length;
    return !*text || copy_word(name->qualifier, sizeof name->qualifier, text + 1, strlen(text + 1), "$");
}

/* "123456789012:name": twelve digits and a name, so that a name of twelve digits with a qualifier is the one thing that reads otherwise, as
 * in AWS's own pattern. */
static bool begins_with_account(const char *text)
{
    return strspn(text, "0123456789") == ACCOUNT_DIGITS && text[ACCOUNT_DIGITS] == ':';
}

bool function_name_read(const char *text, struct function_name *name)
{
    const char *function = strstr(text, ":function:");

    memset(name, 0, sizeof *name);
    if (!function && begins_with_account(text))
        return copy_word(name->account, sizeof name->account, text, ACCOUNT_DIGITS, "") && read_tail(text + ACCOUNT_DIGITS + 1, name);
    if (!function)
        return read_tail(text, name);
    if (text_begins(text, "arn:")) {
        /* arn:partition:lambda:region:account:function:... */
        const char *region = strstr(text, ":lambda:");
        size_t length;

        if (!region || region > function)
            return false;
        region += strlen(":lambda:");
        length = strcspn(region, ":");
        if (!copy_word(name->region, sizeof name->region, region, length, ""))
            return false;
        text = region + length + 1;
    }
    if (text > function || !copy_word(name->account, sizeof name->account, text, (size_t)(function - text), ""))
        return false;
    return read_tail(function + strlen(":function:"), name);
}

struct function *function_find(struct lambda *room, const char *name)
{
    return map_find(&room->functions, name);
}

struct function_version *function_qualified(struct function *function, const char *qualifier)
{
    const struct function_alias *alias = map_find(&function->aliases, qualifier);

    if (alias)
        qualifier = alias->version;
    if (!*qualifier || text_is(qualifier, "$LATEST"))
        return function->latest;
    return map_find(&function->versions, qualifier);
}

/* The version that an alias's weights draw, or NULL for its own. */
static struct function_version *draw_version(struct function *function, const struct function_alias *alias)
{
    json_t *weights = json_object_get(alias->routing, "AdditionalVersionWeights");
    double drawn = json_object_size(weights) ? random_fraction(&function->room->ids) : 1;
    const char *number;
    json_t *weight;

    json_object_foreach(weights, number, weight)
    {
        drawn -= json_number_value(weight);
        if (drawn < 0)
            return map_find(&function->versions, number);
    }
    return NULL;
}

struct function_version *function_drawn(struct function *function, const char *qualifier)
{
    const struct function_alias *alias = map_find(&function->aliases, qualifier);
    struct function_version *drawn = alias ? draw_version(function, alias) : NULL;

    return drawn ? drawn : function_qualified(function, qualifier);
}
