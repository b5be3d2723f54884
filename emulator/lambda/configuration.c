#include "lambda/configuration.h"

#include "base/log.h"
#include "base/text.h"
#include "lambda/bootstraps.h"
#include "lambda/variables.h"

#include <ctype.h>
#include <string.h>

enum { ENVIRONMENT_MAX_BYTES = 4096 };

const struct member configuration_text[] = { { "member", STRING }, { 0 } };
static const struct member texts_by_name[] = { { "value", STRING }, { "key", STRING }, { 0 } };
static const char *const tracing_modes[] = { "Active", "PassThrough", NULL };
static const char *const log_formats[] = { "JSON", "Text", NULL };
static const char *const snap_starts[] = { "PublishedVersions", "None", NULL };
static const char *const architectures[] = { "x86_64", "arm64", NULL };
const char *const configuration_package_types[] = { "Zip", "Image", NULL };

const struct member configuration_environment[] = { { "Variables", MAP, .members = texts_by_name }, { 0 } };
const struct member configuration_vpc[] = { { "SubnetIds", LIST, .max = 16, .members = configuration_text },
                                            { "SecurityGroupIds", LIST, .max = 5, .members = configuration_text },
                                            { "Ipv6AllowedForDualStack", BOOLEAN },
                                            { 0 } };
const struct member configuration_dead_letter[] = { { "TargetArn", STRING }, { 0 } };
const struct member configuration_tracing[] = { { "Mode", STRING, .values = tracing_modes }, { 0 } };
const struct member configuration_storage[] = { { "Size", INTEGER, .required = true, .min = 512, .max = 10240 }, { 0 } };
const struct member configuration_logging[] = { { "LogFormat", STRING, .values = log_formats },
                                                { "ApplicationLogLevel", STRING },
                                                { "SystemLogLevel", STRING },
                                                { "LogGroup", STRING, .min = 1, .max = 512 },
                                                { 0 } };
const struct member configuration_snap_start[] = { { "ApplyOn", STRING, .values = snap_starts }, { 0 } };
const struct member configuration_file_system[] = { { "Arn", STRING, .required = true },
                                                    { "LocalMountPath", STRING, .required = true },
                                                    { 0 } };
const struct member configuration_architecture[] = { { "member", STRING, .values = architectures }, { 0 } };

/* Members that are kept as they are given. */
static const char *const kept[] = { "Role",          "Handler",     "Description",       "Timeout",          "MemorySize",
                                    "VpcConfig",     "Environment", "Runtime",           "DeadLetterConfig", "KMSKeyArn",
                                    "TracingConfig", "Layers",      "FileSystemConfigs", "EphemeralStorage", "LoggingConfig",
                                    "Architectures", "PackageType", "SnapStart",         "ImageConfig" };

static void keep(json_t *configuration, const json_t *input)
{
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        json_t *value = json_object_get(input, kept[i]);

        if (value && !json_is_null(value))
            json_object_set_new(configuration, kept[i], json_deep_copy(value));
    }
}

static void set_default(json_t *configuration, const char *name, json_t *value)
{
    if (json_object_get(configuration, name))
        json_decref(value);
    else
        json_object_set_new(configuration, name, value);
}

/* A log group and format that were not given are the usual ones. */
static void complete_logging(json_t *configuration, const char *name)
{
    json_t *logging;

    set_default(configuration, "LoggingConfig", json_object());
    logging = json_object_get(configuration, "LoggingConfig");
    set_default(logging, "LogFormat", json_string("Text"));
    set_default(logging, "LogGroup", json_sprintf("/aws/lambda/%s", name));
}

json_t *configuration_new(const char *name, const json_t *input)
{
    json_t *configuration = json_object();

    keep(configuration, input);
    set_default(configuration, "Description", json_string(""));
    set_default(configuration, "Timeout", json_integer(3));
    set_default(configuration, "MemorySize", json_integer(128));
    set_default(configuration, "PackageType", json_string("Zip"));
    set_default(configuration, "Architectures", json_pack("[s]", "x86_64"));
    set_default(configuration, "EphemeralStorage", json_pack("{s:i}", "Size", 512));
    set_default(configuration, "TracingConfig", json_pack("{s:s}", "Mode", "PassThrough"));
    complete_logging(configuration, name);
    return configuration;
}

json_t *configuration_changed(const json_t *configuration, const json_t *input)
{
    json_t *changed = json_deep_copy(configuration);
    json_t *logging = json_deep_copy(json_object_get(configuration, "LoggingConfig"));

    keep(changed, input);
    /* Of the logging each member is changed by itself. */
    json_object_update(logging, json_object_get(changed, "LoggingConfig"));
    json_object_set_new(changed, "LoggingConfig", logging);
    return changed;
}

/* ---- what is refused ---- */

static bool is_variable_name(const char *name)
{
    if (!isalpha((unsigned char)name[0]) || !name[1])
        return false;
    for (; *name; name++)
        if (!isalnum((unsigned char)*name) && *name != '_')
            return false;
    return true;
}

static const char *environment_fault(json_t *variables, struct arena *arena)
{
    size_t size = 0;
    const char *reserved = NULL;
    const char *name;
    json_t *value;

    json_object_foreach(variables, name, value)
    {
        if (!is_variable_name(name))
            return arena_print(arena,
                               "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must "
                               "satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]");
        if (variables_is_reserved(name))
            reserved = reserved ? arena_print(arena, "%s, %s", reserved, name) : name;
        size += strlen(name) + json_string_length(value);
    }
    if (reserved)
        return arena_print(
            arena,
            "Lambda was unable to configure your environment variables because the environment variables you have provided "
            "contains reserved keys that are currently not supported for modification. Reserved keys used in this request: %s",
            reserved);
    if (size > ENVIRONMENT_MAX_BYTES)
        return arena_print(arena,
                           "Lambda was unable to configure your environment variables because the environment variables you have provided "
                           "exceeded the 4KB limit. String measured: %zu bytes",
                           size);
    return NULL;
}

static const char *runtime_fault(const json_t *configuration, struct arena *arena)
{
    const char *runtime = json_string_value(json_object_get(configuration, "Runtime"));
    const char *handler = json_string_value(json_object_get(configuration, "Handler"));

    if (text_is(json_string_value(json_object_get(configuration, "PackageType")), "Image"))
        return NULL;
    if (!runtime || !handler)
        return "Runtime and Handler are mandatory parameters for functions created with deployment packages.";
    for (const char *at = handler; *at; at++)
        if (isspace((unsigned char)*at))
            return arena_print(arena,
                               "1 validation error detected: Value '%s' at 'handler' failed to satisfy constraint: Member must satisfy "
                               "regular expression pattern: [^\\s]+",
                               handler);
    /* What AWS knows and we cannot run is kept all the same: its invocations say so. */
    if (!bootstraps_is_known(runtime) && !text_begins(runtime, "java") && !text_begins(runtime, "dotnet") && !text_begins(runtime, "ruby"))
        return arena_print(arena,
                           "Value %s at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [python3.8 ... "
                           "python3.14, nodejs16.x ... nodejs24.x, provided, provided.al2, provided.al2023, java*, dotnet*, ruby*] or be a "
                           "valid ARN",
                           runtime);
    return NULL;
}

const char *configuration_fault(const json_t *configuration, struct arena *arena, enum error_id *id)
{
    const char *fault = runtime_fault(configuration, arena);
    int64_t timeout = json_integer_value(json_object_get(configuration, "Timeout"));

    if (!fault && timeout > 900)
        fault = arena_print(arena,
                            "1 validation error detected: Value '%lld' at 'timeout' failed to satisfy constraint: Member must have value "
                            "less than or equal to 900",
                            (long long)timeout);
    if (!fault)
        fault = environment_fault(json_object_get(json_object_get(configuration, "Environment"), "Variables"), arena);
    *id = fault && text_begins(fault, "1 validation error") ? ERR_VALIDATION : ERR_INVALID_PARAMETER_VALUE;
    return fault;
}
