/* CreateFunction: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */

#include "base/text.h"
#include "lambda/configuration.h"
#include "lambda/deployment.h"
#include "lambda/operations.h"
#include "lambda/target.h"
#include "lambda/wire.h"

static const struct member tags[] = { { "value", STRING, .max = 256 }, { "key", STRING, .min = 1, .max = 128 }, { 0 } };

const struct member lambda_create_function_input[] = {
    { "FunctionName", STRING, .required = true, .min = 1, .max = 140 },
    { "Code", STRUCTURE, .required = true, .members = deployment_code },
    CONFIGURATION_MEMBERS,
    { "Publish", BOOLEAN },
    { "PackageType", STRING, .values = configuration_package_types },
    { "Architectures", LIST, .min = 1, .max = 1, .members = configuration_architecture },
    { "Tags", MAP, .members = tags },
    { "ImageConfig", DOCUMENT },
    { 0 },
};

enum outcome lambda_create_function(struct call *call)
{
    struct lambda *room = room_of(call);
    struct function_name name;
    struct function_version *version;
    struct function *function;
    struct code *code;
    json_t *configuration;
    const char *fault;
    enum error_id id;

    if (!function_name_read(call_string(call, "FunctionName"), &name) || *name.qualifier)
        return call_fail(call, ERR_VALIDATION,
                         "1 validation error detected: Value '%s' at 'functionName' failed to satisfy constraint: Member must satisfy "
                         "regular expression pattern: [a-zA-Z0-9-_]+",
                         call_string(call, "FunctionName"));
    if (!call_has(call, "Role"))
        return call_fail(call, ERR_VALIDATION,
                         "1 validation error detected: Value null at 'role' failed to satisfy constraint: Member must not be null");
    if (function_find(room, name.name))
        return call_fail(call, ERR_RESOURCE_CONFLICT, "Function already exist: %s", name.name);
    configuration = configuration_new(name.name, call->input);
    fault = configuration_fault(configuration, call->arena, &id);
    if (fault || !deployment_read(call, call_member(call, "Code"), name.name, &code)) {
        json_decref(configuration);
        return fault ? call_fail(call, id, "%s", fault) : FAILED;
    }
    function = function_new(room, name.name, configuration, code);
    function->tags = json_deep_copy(call_member(call, "Tags"));
    version = call_boolean(call, "Publish", false) ? function_publish(function, NULL) : function->latest;
    call->output = wire_configuration(version, version == function->latest ? "" : version->number);
    /* A new function is Pending in the answer and Active at the next question, as waiters expect. */
    json_object_update_new(call->output, json_pack("{s:s, s:s, s:s}", "State", "Pending", "StateReason", "The function is being created.",
                                                   "StateReasonCode", "Creating"));
    json_object_del(call->output, "LastUpdateStatus");
    return target_keep(call, function);
}
