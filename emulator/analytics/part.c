#include "analytics/part.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

const struct part_kind analytics_part_kinds[PART_KIND_COUNT] = {
    [PART_INPUT] = { "Inputs", "InputId", "InputDescriptions", "InputUpdates" },
    [PART_OUTPUT] = { "Outputs", "OutputId", "OutputDescriptions", "OutputUpdates" },
    [PART_REFERENCE] = { "ReferenceDataSources", "ReferenceId", "ReferenceDataSourceDescriptions", "ReferenceDataSourceUpdates" },
    [PART_LOGGING] = { "CloudWatchLoggingOptions", "CloudWatchLoggingOptionId", "CloudWatchLoggingOptionDescriptions",
                       "CloudWatchLoggingOptionUpdates" },
};

json_t *part_list(json_t *configuration, enum part_kind_id kind)
{
    json_t *list = json_object_get(configuration, analytics_part_kinds[kind].list);

    if (!json_is_array(list)) {
        list = json_array();
        json_object_set_new(configuration, analytics_part_kinds[kind].list, list);
    }
    return list;
}

static void name_parts(json_t *configuration, enum part_kind_id kind, int64_t version)
{
    int number = 0;
    json_t *part;
    size_t i;

    json_array_foreach(part_list(configuration, kind), i, part)
    {
        char id[32];

        if (json_object_get(part, analytics_part_kinds[kind].id))
            continue;
        snprintf(id, sizeof id, "%lld.%d", (long long)version, ++number);
        json_object_set_new(part, analytics_part_kinds[kind].id, json_string(id));
    }
}

void part_name_all(json_t *configuration, int64_t version)
{
    for (int kind = 0; kind < PART_KIND_COUNT; kind++)
        name_parts(configuration, (enum part_kind_id)kind, version);
}

int part_find(const json_t *configuration, enum part_kind_id kind, const char *id)
{
    const json_t *list = json_object_get(configuration, analytics_part_kinds[kind].list);

    for (size_t i = 0; i < json_array_size(list); i++)
        if (text_is(json_string_value(json_object_get(json_array_get(list, i), analytics_part_kinds[kind].id)), id))
            return (int)i;
    return -1;
}

/* ---- descriptions ---- */

/* What is described under another name than it was given. */
static const char *const described[] = { "KinesisStreamsInput",  "KinesisFirehoseInput",  "LambdaOutput",
                                         "KinesisStreamsOutput", "KinesisFirehoseOutput", "InputProcessingConfiguration",
                                         "InputLambdaProcessor", "S3ReferenceDataSource", NULL };

static bool is_described(const char *name)
{
    for (const char *const *at = described; *at; at++)
        if (!strcmp(*at, name))
            return true;
    return false;
}

static json_t *describe(const json_t *part)
{
    json_t *description = json_object();
    const char *name;
    json_t *value;
    char longer[64];

    json_object_foreach((json_t *)part, name, value)
    {
        if (!is_described(name)) {
            json_object_set(description, name, value);
            continue;
        }
        snprintf(longer, sizeof longer, "%sDescription", name);
        json_object_set_new(description, longer, describe(value));
    }
    return description;
}

/* "P_001", "P_002", ...: the in-application streams of an input. */
static json_t *stream_names(const json_t *input)
{
    const char *prefix = json_string_value(json_object_get(input, "NamePrefix"));
    json_int_t count = json_integer_value(json_object_get(json_object_get(input, "InputParallelism"), "Count"));
    json_t *names = json_array();
    char name[64];

    for (json_int_t i = 1; i <= (count ? count : 1); i++) {
        snprintf(name, sizeof name, "%s_%03d", prefix ? prefix : "", (int)i);
        json_array_append_new(names, json_string(name));
    }
    return names;
}

json_t *part_describe(const json_t *configuration, enum part_kind_id kind)
{
    json_t *descriptions = json_array();
    json_t *part;
    size_t i;

    json_array_foreach(json_object_get(configuration, analytics_part_kinds[kind].list), i, part)
    {
        json_t *description = describe(part);

        if (kind == PART_INPUT) {
            json_object_set_new(description, "InAppStreamNames", stream_names(part));
            if (!json_object_get(description, "InputParallelism"))
                json_object_set_new(description, "InputParallelism", json_pack("{s:i}", "Count", 1));
            if (!json_object_get(description, "InputStartingPositionConfiguration"))
                json_object_set_new(description, "InputStartingPositionConfiguration", json_object());
        }
        json_array_append_new(descriptions, description);
    }
    return descriptions;
}

/* ---- updates ---- */

/* "RecordColumnUpdates" -> "RecordColumns", "NameUpdate" -> "Name"; others as they are. */
static void name_of_update(const char *name, char target[64])
{
    size_t length = strlen(name);

    if (!strcmp(name, "RecordColumnUpdates"))
        snprintf(target, 64, "RecordColumns");
    else if (text_ends(name, "Update"))
        snprintf(target, 64, "%.*s", (int)(length - 6), name);
    else
        snprintf(target, 64, "%s", name);
}

/* A part has one input or output resource: another kind takes the place of the old one. */
static void drop_rivals(json_t *value, const char *name)
{
    static const char *const rivals[] = { "LambdaOutput", "KinesisStreamsOutput", "KinesisFirehoseOutput" };
    bool is_rival = false;

    for (size_t i = 0; i < 3; i++)
        is_rival |= !strcmp(rivals[i], name);
    for (size_t i = 0; is_rival && i < 3; i++)
        if (strcmp(rivals[i], name))
            json_object_del(value, rivals[i]);
}

void part_merge(json_t *value, const json_t *update)
{
    const char *name;
    json_t *change;
    char target[64];

    json_object_foreach((json_t *)update, name, change)
    {
        json_t *old;

        name_of_update(name, target);
        old = json_object_get(value, target);
        if (json_is_null(change))
            continue;
        if (!json_is_object(change) || !text_ends(name, "Update")) {
            json_object_set_new(value, target, json_deep_copy(change));
            continue;
        }
        drop_rivals(value, target);
        if (!json_is_object(old)) {
            old = json_object();
            json_object_set_new(value, target, old);
        }
        part_merge(old, change);
    }
}
