/* The names that a real function sees. Of the machine's own variables only HOME and the tail of PATH pass through. */

#include "lambda/variables.h"

#include "base/text.h"
#include "lambda/function.h"
#include "lambda/room.h"

#include <stdlib.h>
#include <string.h>

enum { VARIABLES_MAX = 512 };

struct variables {
    struct arena *arena;
    const char **items;
    size_t count;
};

/* Sets name, in place of an earlier value. */
static void set(struct variables *variables, const char *name, const char *value)
{
    size_t length = strlen(name);
    size_t at = 0;

    while (at < variables->count && (strncmp(variables->items[at], name, length) || variables->items[at][length] != '='))
        at++;
    if (at >= VARIABLES_MAX)
        return;
    variables->items[at] = arena_print(variables->arena, "%s=%s", name, value);
    if (at == variables->count)
        variables->count++;
}

static void set_function(struct variables *variables, const struct environment *environment)
{
    const struct function_version *version = environment->version;
    struct arena *arena = variables->arena;
    const char *runtime = version_text(version, "Runtime");

    set(variables, "_HANDLER", version_text(version, "Handler") ? version_text(version, "Handler") : "");
    set(variables, "AWS_LAMBDA_FUNCTION_NAME", version->name);
    set(variables, "AWS_LAMBDA_FUNCTION_VERSION", version->number);
    set(variables, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", arena_print(arena, "%lld", (long long)version_number(version, "MemorySize", 128)));
    set(variables, "AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    set(variables, "AWS_LAMBDA_LOG_GROUP_NAME", arena_print(arena, "/aws/lambda/%s", version->name));
    set(variables, "AWS_LAMBDA_LOG_STREAM_NAME", environment->log_stream);
    set(variables, "AWS_LAMBDA_RUNTIME_API", runtime_api_address(environment->api));
    if (bootstraps_is_managed(runtime))
        set(variables, "AWS_EXECUTION_ENV", arena_print(arena, "AWS_Lambda_%s", runtime));
}

static void set_aws(struct variables *variables, const struct lambda *room)
{
    const char *authorities = bootstraps_authorities(room->bootstraps);

    set(variables, "AWS_REGION", room->ground->region);
    set(variables, "AWS_DEFAULT_REGION", room->ground->region);
    set(variables, "AWS_ACCESS_KEY_ID", "ASIALOWCLOUDFUNCTION");
    set(variables, "AWS_SECRET_ACCESS_KEY", "lowcloud/takes/every/secret/key/0000000000");
    set(variables, "AWS_SESSION_TOKEN", "lowcloud-session-token");
    set(variables, "AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
    set(variables, "AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000");
    set(variables, "_AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1");
    set(variables, "_AWS_XRAY_DAEMON_PORT", "2000");
    /* The machine's own profiles and keys are none of the function's business. */
    set(variables, "AWS_CONFIG_FILE", "/dev/null");
    set(variables, "AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    set(variables, "AWS_EC2_METADATA_DISABLED", "true");
    if (room->ground->endpoint)
        set(variables, "AWS_ENDPOINT_URL", room->ground->endpoint);
    set(variables, "AWS_CA_BUNDLE", authorities);
    set(variables, "REQUESTS_CA_BUNDLE", authorities);
    set(variables, "SSL_CERT_FILE", authorities);
    if (room->ground->ca_file)
        set(variables, "NODE_EXTRA_CA_CERTS", room->ground->ca_file);
}

static void set_places(struct variables *variables, const struct environment *environment)
{
    const char *root = environment->code->directory;
    const char *path = getenv("PATH");
    const char *home = getenv("HOME");
    const char *runtime = version_text(environment->version, "Runtime");
    struct arena *arena = variables->arena;

    set(variables, "LAMBDA_TASK_ROOT", root);
    set(variables, "LAMBDA_RUNTIME_DIR", "/var/runtime");
    set(variables, "PWD", root);
    set(variables, "TMPDIR", environment->directory);
    set(variables, "HOME", home ? home : "/");
    set(variables, "SHLVL", "0");
    set(variables, "LANG", "en_US.UTF-8");
    set(variables, "TZ", ":UTC");
    set(variables, "PATH",
        arena_print(arena, "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin%s%s", path ? ":" : "", path ? path : ""));
    set(variables, "LD_LIBRARY_PATH", arena_print(arena, "%s:%s/lib:/opt/lib", root, root));
    if (text_begins(runtime, "python")) {
        set(variables, "LC_CTYPE", "C.UTF-8");
        set(variables, "PYTHONPATH", "/var/runtime");
        set(variables, "PYTHONDONTWRITEBYTECODE", "1"); /* the task root is read-only on AWS */
    }
    if (text_begins(runtime, "nodejs"))
        set(variables, "NODE_PATH",
            arena_print(arena,
                        "/opt/nodejs/node_modules:/var/runtime/node_modules:%s:%s/node_modules:/usr/local/lib/node_modules:"
                        "/usr/lib/node_modules:/usr/share/nodejs",
                        root, root));
}

/* Where names under amazonaws.com are to be connected to; our bootstraps take it out again. */
static void set_address(struct variables *variables, const struct lambda *room, const char *runtime)
{
    if (room->ground->port > 0 && bootstraps_is_managed(runtime))
        set(variables, "_LOWCLOUD_ADDRESS", arena_print(variables->arena, "127.0.0.1:%d", room->ground->port));
}

const char *const *variables_make(const struct environment *environment, struct arena *arena)
{
    const struct function_version *version = environment->version;
    struct variables variables = { .arena = arena, .items = arena_take(arena, (VARIABLES_MAX + 1) * sizeof(char *)) };
    json_t *given = json_object_get(json_object_get(version->configuration, "Environment"), "Variables");
    const char *name;
    json_t *value;

    set_function(&variables, environment);
    set_aws(&variables, version->room);
    set_places(&variables, environment);
    set_address(&variables, version->room, version_text(version, "Runtime"));
    json_object_foreach(given, name, value) if (json_is_string(value)) set(&variables, name, json_string_value(value));
    return variables.items;
}

bool variables_is_reserved(const char *name)
{
    static const char *const reserved[] = { "_HANDLER",
                                            "_X_AMZN_TRACE_ID",
                                            "AWS_DEFAULT_REGION",
                                            "AWS_REGION",
                                            "AWS_EXECUTION_ENV",
                                            "AWS_LAMBDA_FUNCTION_NAME",
                                            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                                            "AWS_LAMBDA_FUNCTION_VERSION",
                                            "AWS_LAMBDA_INITIALIZATION_TYPE",
                                            "AWS_LAMBDA_LOG_GROUP_NAME",
                                            "AWS_LAMBDA_LOG_STREAM_NAME",
                                            "AWS_ACCESS_KEY",
                                            "AWS_ACCESS_KEY_ID",
                                            "AWS_SECRET_ACCESS_KEY",
                                            "AWS_SESSION_TOKEN",
                                            "AWS_LAMBDA_RUNTIME_API",
                                            "LAMBDA_TASK_ROOT",
                                            "LAMBDA_RUNTIME_DIR" };

    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (!strcmp(reserved[i], name))
            return true;
    return false;
}
