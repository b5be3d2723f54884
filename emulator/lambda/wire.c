#include "lambda/wire.h"

#include "base/memory.h"
#include "base/text.h"
#include "lambda/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void wire_time(int64_t time_ms, char text[48])
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm when;
    char day[24];

    gmtime_r(&seconds, &when);
    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &when);
    snprintf(text, 48, "%s.%03d+0000", day, (int)(time_ms % 1000));
}

char *wire_arn(const struct function *function, const char *qualifier)
{
    return qualifier && *qualifier ? memory_print("%s:%s", function->arn, qualifier) : memory_copy_text(function->arn);
}

/* Members that AWS answers as they were given, or as their defaults. */
static void copy_members(json_t *output, const json_t *configuration)
{
    static const char *const names[] = { "Runtime",
                                         "Role",
                                         "Handler",
                                         "Description",
                                         "Timeout",
                                         "MemorySize",
                                         "VpcConfig",
                                         "Environment",
                                         "TracingConfig",
                                         "DeadLetterConfig",
                                         "FileSystemConfigs",
                                         "Architectures",
                                         "PackageType",
                                         "EphemeralStorage",
                                         "LoggingConfig",
                                         "KMSKeyArn",
                                         "ImageConfigResponse" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *value = json_object_get(configuration, names[i]);

        if (value && !json_is_null(value))
            json_object_set(output, names[i], value);
    }
}

/* Layers come in as a list of ARNs and go out as a list of objects. */
static void add_layers(json_t *output, const json_t *configuration)
{
    json_t *layers = json_object_get(configuration, "Layers");
    json_t *list;
    json_t *arn;
    size_t i;

    if (!json_array_size(layers))
        return;
    list = json_array();
    json_array_foreach(layers, i, arn) json_array_append_new(list, json_pack("{s:O, s:i}", "Arn", arn, "CodeSize", 0));
    json_object_set_new(output, "Layers", list);
}

static void add_state(json_t *output, const struct function_version *version)
{
    const char *sha256 = version->code ? version->code->sha256 : "";

    json_object_set_new(output, "CodeSha256", json_string(sha256));
    json_object_set_new(output, "CodeSize", json_integer(version->code ? version->code->size_bytes : 0));
    json_object_set_new(output, "RevisionId", json_string(version->revision));
    json_object_set_new(output, "Version", json_string(version->number));
    json_object_set_new(output, "State", json_string("Active"));
    json_object_set_new(output, "LastUpdateStatus", json_string("Successful"));
    json_object_set_new(output, "SnapStart", json_pack("{s:s, s:s}", "ApplyOn", "None", "OptimizationStatus", "Off"));
}

json_t *wire_configuration(const struct function_version *version, const char *qualifier)
{
    json_t *output = json_object();
    char modified[48];
    const char *runtime = version_text(version, "Runtime");
    bool is_qualified = qualifier && *qualifier;

    json_object_set_new(output, "FunctionName", json_string(version->name));
    json_object_set_new(output, "FunctionArn", is_qualified ? json_sprintf("%s:%s", version->arn, qualifier) : json_string(version->arn));
    copy_members(output, version->configuration);
    add_layers(output, version->configuration);
    wire_time(version->modified_ms, modified);
    json_object_set_new(output, "LastModified", json_string(modified));
    add_state(output, version);
    if (runtime)
        json_object_set_new(
            output, "RuntimeVersionConfig",
            json_pack("{s:o}", "RuntimeVersionArn", json_sprintf("arn:aws:lambda:%s::runtime:%s", version->room->ground->region, runtime)));
    return output;
}

json_t *wire_alias(const struct function *function, const struct function_alias *alias)
{
    json_t *output = json_object();

    json_object_set_new(output, "AliasArn", json_sprintf("%s:%s", function->arn, alias->name));
    json_object_set_new(output, "Name", json_string(alias->name));
    json_object_set_new(output, "FunctionVersion", json_string(alias->version));
    json_object_set_new(output, "Description", json_string(alias->description ? alias->description : ""));
    json_object_set_new(output, "RevisionId", json_string(alias->revision));
    if (alias->routing)
        json_object_set(output, "RoutingConfig", alias->routing);
    return output;
}
