/* UpdateFunctionCode, UpdateFunctionConfiguration: what runs ends with the old, what comes begins with the new. */

#include "base/text.h"
#include "lambda/configuration.h"
#include "lambda/deployment.h"
#include "lambda/operations.h"
#include "lambda/target.h"
#include "lambda/wire.h"

const struct member lambda_update_function_code_input[] = {
    { "FunctionName", STRING, .required = true, .min = 1, .max = 140 },
    { "ZipFile", BLOB },
    { "S3Bucket", STRING, .min = 3, .max = 63 },
    { "S3Key", STRING, .min = 1, .max = 1024 },
    { "S3ObjectVersion", STRING },
    { "ImageUri", STRING },
    { "Publish", BOOLEAN },
    { "DryRun", BOOLEAN },
    { "RevisionId", STRING },
    { "Architectures", LIST, .min = 1, .max = 1, .members = configuration_architecture },
    { 0 },
};

const struct member lambda_update_function_configuration_input[] = {
    { "FunctionName", STRING, .required = true, .min = 1, .max = 140 },
    CONFIGURATION_MEMBERS,
    { "RevisionId", STRING },
    { "ImageConfig", DOCUMENT },
    { 0 },
};

/* Whether the caller knows the newest revision, when it names one. */
static bool is_current(struct call *call, const struct function *function)
{
    const char *revision = call_string(call, "RevisionId");

    if (!revision || text_is(revision, function->latest->revision))
        return true;
    call_fail(call, ERR_PRECONDITION_FAILED,
              "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest "
              "RevisionId");
    return false;
}

/* An update is in progress in the answer and done at the next question, as waiters expect. */
static enum outcome answer_update(struct call *call, const struct function_version *version, const char *qualifier)
{
    call->output = wire_configuration(version, qualifier);
    json_object_update_new(call->output, json_pack("{s:s, s:s, s:s}", "LastUpdateStatus", "InProgress", "LastUpdateStatusReason",
                                                   "The function is being created.", "LastUpdateStatusReasonCode", "Creating"));
    return target_keep(call, version->function);
}

enum outcome lambda_update_function_code(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);
    struct function_version *version;
    struct code *code;

    if (!function || !is_current(call, function) || !deployment_read(call, call->input, function->name, &code))
        return FAILED;
    if (call_boolean(call, "DryRun", false)) {
        code_unref(code);
        call->output = wire_configuration(function->latest, "");
        return DONE;
    }
    if (call_has(call, "Architectures"))
        json_object_set(function->latest->configuration, "Architectures", call_member(call, "Architectures"));
    function_change_code(function, code);
    if (!call_boolean(call, "Publish", false))
        return answer_update(call, function->latest, "");
    version = function_publish(function, NULL);
    return answer_update(call, version, version->number);
}

enum outcome lambda_update_function_configuration(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);
    json_t *configuration;
    const char *fault;
    enum error_id id;

    if (!function || !is_current(call, function))
        return FAILED;
    configuration = configuration_changed(function->latest->configuration, call->input);
    fault = configuration_fault(configuration, call->arena, &id);
    if (fault) {
        json_decref(configuration);
        return call_fail(call, id, "%s", fault);
    }
    function_change_configuration(function, configuration);
    return answer_update(call, function->latest, "");
}
