/* One function a form; each takes the configuration. */

#include "deploy/function_code.h"

#include "base/text.h"
#include "deploy/code.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The code stays in its folder. configuration is taken. */
static bool deploy_folder(struct deployment *deployment, struct resource *resource, json_t *configuration, const char *folder)
{
    const char *runtime = json_string_value(json_object_get(configuration, "Runtime"));
    const char *handler = json_string_value(json_object_get(configuration, "Handler"));
    const char *missing = runtime ? deploy_code_missing_file(folder, runtime, handler, &deployment->arena) : NULL;
    const char *why = NULL;
    enum status status;

    if (missing && text_is(missing, "bootstrap")) {
        deployment_fail(deployment, resource, "Runtime", "%s holds no bootstrap, which %s runs; build the function first", folder, runtime);
    } else if (missing) {
        deployment_fail(deployment, resource, "Handler",
                        "%s is in %s, which does not exist; correct Handler or CodeUri, or build first (sam build) and give "
                        ".aws-sam/build/template.yaml",
                        handler, arena_print(&deployment->arena, "%s/%s", folder, missing));
    } else {
        status = deployment->rooms->deploy_code(deployment->rooms->functions, configuration, folder, &deployment->arena, &why);
        if (status != OK)
            deployment_fail(deployment, resource, NULL, "CreateFunction was refused: %s", why ? why : "the folder cannot be used");
    }
    json_decref(configuration);
    return !deployment->remarks.error;
}

static bool deploy_package(struct deployment *deployment, struct resource *resource, json_t *configuration, const char *path,
                           const char *property)
{
    char *package = deploy_code_read_package(path);
    bool exists = false;
    json_t *output;

    if (!package) {
        deployment_fail(deployment, resource, property, "cannot read the package %s: %s", path, strerror(errno));
        json_decref(configuration);
        return false;
    }
    json_object_set_new(configuration, "Code", json_pack("{s:s}", "ZipFile", package));
    output = deployment_try(deployment, resource, deployment->rooms->lambda, "CreateFunction", configuration,
                            deployment_tolerates(deployment, resource, resource->physical_id, ERR_RESOURCE_CONFLICT), &exists);
    if (exists)
        output = deployment_call(deployment, resource, deployment->rooms->lambda, "UpdateFunctionCode",
                                 json_pack("{s:s, s:s}", "FunctionName", resource->physical_id, "ZipFile", package));
    free(package);
    json_decref(output);
    return output != NULL;
}

static bool deploy_inline(struct deployment *deployment, struct resource *resource, json_t *configuration, const char *text,
                          const char *property)
{
    const char *runtime = json_string_value(json_object_get(configuration, "Runtime"));
    const char *file = deploy_code_inline_name(runtime);
    const char *folder;

    if (!file)
        deployment_fail(deployment, resource, property, "code in the template is for Python and Node.js alone; give a folder");
    else if (!deployment->ground->state_directory ||
             !deploy_code_write_inline(deployment->ground->state_directory, arena_print(&deployment->arena, "inline-%s", resource->id),
                                       file, text, &deployment->arena, &folder))
        deployment_fail(deployment, resource, property, "cannot write the function's code to a temporary folder: %s", strerror(errno));
    else
        return deploy_folder(deployment, resource, configuration, folder);
    json_decref(configuration);
    return false;
}

static bool deploy_path(struct deployment *deployment, struct resource *resource, json_t *configuration, const char *location,
                        const char *property)
{
    const char *path;
    enum code_kind kind = deploy_code_find(deployment->folder, location, &deployment->arena, &path);

    if (text_begins(location, "s3://"))
        deployment_fail(deployment, resource, property, "code in S3 is not reached from here; give a local folder");
    else if (kind == CODE_FOLDER)
        return deploy_folder(deployment, resource, configuration, path);
    else if (kind == CODE_PACKAGE)
        return deploy_package(deployment, resource, configuration, path, property);
    else
        deployment_fail(deployment, resource, property, "there is no folder or package at %s; correct the path, or build first", path);
    json_decref(configuration);
    return false;
}

/* Where the CDK put the code of a function whose template speaks of S3: a folder beside the template, which the resource's metadata names.
 */
static const char *asset_of(const struct resource *resource)
{
    const struct node *metadata = node_find(resource->body, "Metadata");

    return text_is(node_find_text(metadata, "aws:asset:property"), "Code") ? node_find_text(metadata, "aws:asset:path") : NULL;
}

static bool deploy_object(struct deployment *deployment, struct resource *resource, json_t *configuration, const struct node *code,
                          const char *property)
{
    const char *bucket = node_find_text(code, node_find(code, "S3Bucket") ? "S3Bucket" : "Bucket");
    const char *key = node_find_text(code, node_find(code, "S3Key") ? "S3Key" : "Key");
    const char *path = asset_of(resource);

    if (!path && bucket && key)
        path = deploy_code_object(deployment->folder, bucket, key, &deployment->arena);
    if (path)
        return deploy_path(deployment, resource, configuration, path, property);
    deployment_fail(deployment, resource, property,
                    "code in S3 is not reached from here; give a local folder, or put the package beside the template");
    json_decref(configuration);
    return false;
}

bool function_code_deploy(struct deployment *deployment, struct resource *resource, json_t *configuration, const struct node *properties)
{
    const char *property = node_find(properties, "CodeUri") ? "CodeUri" : "Code";
    const struct node *code = node_find(properties, property);
    const char *text = node_find_text(code, "ZipFile");

    if (code && node_is_scalar(code))
        return deploy_path(deployment, resource, configuration, code->text, property);
    if (text)
        return deploy_inline(deployment, resource, configuration, text, property);
    if (code)
        return deploy_object(deployment, resource, configuration, code, property);
    deployment_fail(deployment, resource, NULL, "a function needs its code; give CodeUri (or Code) a folder beside the template");
    json_decref(configuration);
    return false;
}
