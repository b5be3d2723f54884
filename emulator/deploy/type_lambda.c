/* AWS::Lambda::*. Ref of a function is its name, of a version or an alias its ARN, of an event source mapping its UUID. */

#include "base/text.h"
#include "deploy/deployment.h"
#include "deploy/function_code.h"
#include "deploy/store.h"
#include "deploy/tables.h"

#include <stdlib.h>
#include <string.h>

static const struct property environment_members[] = { { "Variables", MAP_OF, property_text }, { 0 } };
static const struct property storage_members[] = { { "Size", NUMBER }, { 0 } };
static const struct property logging_members[] = {
    { "ApplicationLogLevel", TEXT }, { "LogFormat", TEXT }, { "LogGroup", TEXT }, { "SystemLogLevel", TEXT }, { 0 }
};
static const struct property tracing_members[] = { { "Mode", TEXT }, { 0 } };
static const struct property destination_members[] = { { "Destination", TEXT }, { 0 } };
static const struct property destinations[] = { { "OnFailure", MEMBERS, destination_members },
                                                { "OnSuccess", MEMBERS, destination_members },
                                                { 0 } };
static const struct property filter_members[] = { { "Pattern", TEXT }, { 0 } };
static const struct property filter[] = { { "filter", MEMBERS, filter_members }, { 0 } };
static const struct property filters[] = { { "Filters", LIST_OF, filter }, { 0 } };

static const struct property function_properties[] = {
    { "Architectures", LIST_OF, property_text },
    { "CapacityProviderConfig", ANYTHING, .fate = IGNORED },
    { "Code", ANYTHING, .fate = KEPT },
    { "CodeSigningConfigArn", TEXT, .fate = IGNORED },
    { "CodeUri", ANYTHING, .fate = KEPT }, /* of AWS::Serverless::Function, which becomes one of these */
    { "DeadLetterConfig", ANYTHING, .fate = IGNORED },
    { "Description", TEXT },
    { "DurableConfig", ANYTHING, .fate = IGNORED },
    { "Environment", MEMBERS, environment_members },
    { "EphemeralStorage", MEMBERS, storage_members },
    { "FileSystemConfigs", ANYTHING, .fate = IGNORED },
    { "FunctionName", TEXT, .fate = KEPT },
    { "FunctionScalingConfig", ANYTHING, .fate = IGNORED },
    { "Handler", TEXT },
    { "ImageConfig", ANYTHING, .fate = IGNORED },
    { "KmsKeyArn", TEXT, .fate = IGNORED },
    { "Layers", LIST_OF, property_text, .fate = IGNORED },
    { "LoggingConfig", MEMBERS, logging_members },
    { "MemorySize", NUMBER },
    { "PackageType", TEXT },
    { "Policy", ANYTHING, .fate = IGNORED },
    { "PublishToLatestPublished", ANYTHING, .fate = IGNORED },
    { "RecursiveLoop", TEXT, .fate = IGNORED },
    { "ReservedConcurrentExecutions", NUMBER, .fate = KEPT },
    { "Role", TEXT, .required = true },
    { "Runtime", TEXT },
    { "RuntimeManagementConfig", ANYTHING, .fate = IGNORED },
    { "SnapStart", ANYTHING, .fate = IGNORED },
    { "Tags", ANYTHING, .fate = KEPT },
    { "TenancyConfig", ANYTHING, .fate = IGNORED },
    { "Timeout", NUMBER },
    { "TracingConfig", MEMBERS, tracing_members },
    { "VpcConfig", ANYTHING, .fate = IGNORED },
    { 0 },
};

static const struct property mapping_properties[] = {
    { "AmazonManagedKafkaEventSourceConfig", ANYTHING, .fate = IGNORED },
    { "BatchSize", NUMBER },
    { "BisectBatchOnFunctionError", YES_NO },
    { "DestinationConfig", MEMBERS, destinations },
    { "DocumentDBEventSourceConfig", ANYTHING, .fate = IGNORED },
    { "Enabled", YES_NO },
    { "EventSourceArn", TEXT },
    { "FilterCriteria", MEMBERS, filters },
    { "FunctionName", TEXT, .required = true },
    { "FunctionResponseTypes", LIST_OF, property_text },
    { "KmsKeyArn", TEXT, .fate = IGNORED },
    { "LoggingConfig", ANYTHING, .fate = IGNORED },
    { "MaximumBatchingWindowInSeconds", NUMBER },
    { "MaximumRecordAgeInSeconds", NUMBER },
    { "MaximumRetryAttempts", NUMBER },
    { "MetricsConfig", ANYTHING, .fate = IGNORED },
    { "ParallelizationFactor", NUMBER },
    { "ProvisionedPollerConfig", ANYTHING, .fate = IGNORED },
    { "Queues", LIST_OF, property_text },
    { "ScalingConfig", ANYTHING, .fate = IGNORED },
    { "SelfManagedEventSource", ANYTHING, .fate = IGNORED },
    { "SelfManagedKafkaEventSourceConfig", ANYTHING, .fate = IGNORED },
    { "SourceAccessConfigurations", ANYTHING, .fate = IGNORED },
    { "StartingPosition", TEXT },
    { "StartingPositionTimestamp", NUMBER },
    { "Tags", ANYTHING, .fate = IGNORED },
    { "Topics", LIST_OF, property_text },
    { "TumblingWindowInSeconds", NUMBER },
    { 0 },
};

static const struct property version_properties[] = {
    { "CodeSha256", TEXT, .fate = IGNORED },        { "Description", TEXT },
    { "FunctionName", TEXT, .required = true },     { "FunctionScalingConfig", ANYTHING, .fate = IGNORED },
    { "Policy", ANYTHING, .fate = IGNORED },        { "ProvisionedConcurrencyConfig", ANYTHING, .fate = IGNORED },
    { "RuntimePolicy", ANYTHING, .fate = IGNORED }, { 0 },
};

static const struct property alias_properties[] = {
    { "Description", TEXT },
    { "FunctionName", TEXT, .required = true },
    { "FunctionVersion", TEXT, .required = true },
    { "Name", TEXT, .required = true },
    { "ProvisionedConcurrencyConfig", ANYTHING, .fate = IGNORED },
    { "RoutingConfig", ANYTHING, .fate = IGNORED },
    { 0 },
};

static const struct property invoke_config_properties[] = {
    { "DestinationConfig", MEMBERS, destinations }, { "FunctionName", TEXT, .required = true },
    { "MaximumEventAgeInSeconds", NUMBER },         { "MaximumRetryAttempts", NUMBER },
    { "Qualifier", TEXT, .required = true },        { 0 },
};

/* ---- functions ---- */

/* Container images need Docker, which lowcloud does without: the function has a name, but cannot be invoked. */
static bool is_image(const struct node *properties)
{
    return text_is(node_find_text(properties, "PackageType"), "Image") || node_find(node_find(properties, "Code"), "ImageUri");
}

static bool set_concurrency(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    const char *text = node_find_text(properties, "ReservedConcurrentExecutions");
    const struct service *service = deployment->rooms->lambda;
    json_t *output;
    int64_t count;

    if (!text)
        return true;
    if (!text_to_int64(text, &count)) {
        deployment_fail(deployment, resource, "ReservedConcurrentExecutions", "a number is needed here, not \"%s\"", text);
        return false;
    }
    if (!service_operation(service, "PutFunctionConcurrency")) {
        deployment_warn(deployment, resource, "ReservedConcurrentExecutions has no effect here");
        return true;
    }
    output =
        deployment_call(deployment, resource, service, "PutFunctionConcurrency",
                        json_pack("{s:s, s:I}", "FunctionName", resource->physical_id, "ReservedConcurrentExecutions", (json_int_t)count));
    json_decref(output);
    return output != NULL;
}

static const char *function_arn(struct deployment *deployment, const char *name)
{
    return text_begins(name, "arn:") ? arena_text(&deployment->arena, name) : deployment_arn(deployment, "lambda", "function:%s", name);
}

static bool make_function(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *configuration = deployment_input(deployment, resource, properties, AS_NAMED);
    const char *name = deployment_name(deployment, resource, node_find_text(properties, "FunctionName"), 64);

    if (!configuration)
        return false;
    deployment_set_name(resource, configuration, "FunctionName", name);
    deployment_attribute(deployment, resource, "Arn", function_arn(deployment, name));
    json_object_set_new(configuration, "Tags", property_tag_map(node_find(properties, "Tags")));
    if (node_find(properties, "Layers"))
        deployment_warn(deployment, resource, "Layers are not mounted; put what they hold into the function's folder");
    if (is_image(properties)) {
        deployment_warn(deployment, resource, "a container image cannot be run here; the function is not made");
        resource->note = "not made: a container image";
        json_decref(configuration);
        return true;
    }
    return function_code_deploy(deployment, resource, configuration, properties) && set_concurrency(deployment, resource, properties);
}

/* ---- event source mappings ---- */

/* A mapping of an earlier run on the same data goes on where it stopped, with the configuration of the template as it is now. */
static bool update_mapping(struct deployment *deployment, struct resource *resource, json_t *input, const char *uuid)
{
    json_t *output;

    json_object_del(input, "EventSourceArn");
    json_object_del(input, "StartingPosition");
    json_object_del(input, "StartingPositionTimestamp");
    json_object_set_new(input, "UUID", json_string(uuid));
    deployment_identify(deployment, resource, uuid);
    resource->is_kept = true;
    output = deployment_call(deployment, resource, deployment->rooms->lambda, "UpdateEventSourceMapping", input);
    json_decref(output);
    return output != NULL;
}

/* Whether the mapping called uuid still exists. */
static bool mapping_lives(struct deployment *deployment, struct resource *resource, const char *uuid)
{
    bool is_gone = false;
    json_t *output = deployment_try(deployment, resource, deployment->rooms->lambda, "GetEventSourceMapping",
                                    json_pack("{s:s}", "UUID", uuid), ERR_RESOURCE_NOT_FOUND, &is_gone);

    json_decref(output);
    return output != NULL;
}

static bool create_mapping(struct deployment *deployment, struct resource *resource, json_t *input)
{
    json_t *output = deployment_call(deployment, resource, deployment->rooms->lambda, "CreateEventSourceMapping", input);
    const char *uuid = json_string_value(json_object_get(output, "UUID"));

    if (output)
        deployment_identify(deployment, resource, uuid ? uuid : "");
    json_decref(output);
    return output != NULL;
}

static bool make_mapping(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    const char *earlier = deploy_store_find(deployment->store, resource->id, resource->type_name, &deployment->arena);
    json_t *input = deployment_input(deployment, resource, properties, AS_NAMED);
    bool is_made;

    if (!input)
        return false;
    if (earlier && mapping_lives(deployment, resource, earlier))
        is_made = update_mapping(deployment, resource, input, earlier);
    else if (!deployment->remarks.error)
        is_made = create_mapping(deployment, resource, input);
    else
        return json_decref(input), false;
    if (is_made) {
        deployment_attribute(deployment, resource, "Id", resource->physical_id);
        deployment_attribute(deployment, resource, "EventSourceMappingArn",
                             deployment_arn(deployment, "lambda", "event-source-mapping:%s", resource->physical_id));
    }
    return is_made;
}

/* ---- versions and aliases ---- */

/* Where the room keeps no versions, $LATEST answers for all of them: Ref gives the function's own ARN. */
static bool make_unversioned(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    const char *arn = function_arn(deployment, node_find_text(properties, "FunctionName"));

    deployment_identify(deployment, resource, arn);
    deployment_attribute(deployment, resource, "Version", "$LATEST");
    deployment_attribute(deployment, resource, "FunctionArn", arn);
    deployment_attribute(deployment, resource, "AliasArn", arn);
    resource->note = "not enforced: $LATEST is used";
    return true;
}

static bool make_version(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *input = deployment_input(deployment, resource, properties, AS_NAMED);
    const char *arn;
    json_t *output;

    if (!input)
        return false;
    if (!service_operation(deployment->rooms->lambda, "PublishVersion"))
        return json_decref(input), make_unversioned(deployment, resource, properties);
    output = deployment_call(deployment, resource, deployment->rooms->lambda, "PublishVersion", input);
    arn = json_string_value(json_object_get(output, "FunctionArn"));
    if (output) {
        deployment_identify(deployment, resource, arn ? arn : "");
        deployment_attribute(deployment, resource, "FunctionArn", arn);
        deployment_attribute(deployment, resource, "Version", json_string_value(json_object_get(output, "Version")));
    }
    json_decref(output);
    return output != NULL;
}

static bool make_alias(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *input = deployment_input(deployment, resource, properties, AS_NAMED);
    bool exists = false;
    const char *arn;
    json_t *output;

    if (!input)
        return false;
    if (!service_operation(deployment->rooms->lambda, "CreateAlias"))
        return json_decref(input), make_unversioned(deployment, resource, properties);
    arn = arena_print(&deployment->arena, "%s:%s", function_arn(deployment, node_find_text(properties, "FunctionName")),
                      node_find_text(properties, "Name"));
    json_incref(input);
    output = deployment_try(deployment, resource, deployment->rooms->lambda, "CreateAlias", input,
                            deployment_tolerates(deployment, resource, arn, ERR_RESOURCE_CONFLICT), &exists);
    if (exists && service_operation(deployment->rooms->lambda, "UpdateAlias"))
        output = deployment_call(deployment, resource, deployment->rooms->lambda, "UpdateAlias", json_incref(input));
    json_decref(input);
    deployment_identify(deployment, resource, arn);
    deployment_attribute(deployment, resource, "AliasArn", arn);
    json_decref(output);
    return output != NULL || exists;
}

/* ---- the rest ---- */

static bool make_invoke_config(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *input = deployment_input(deployment, resource, properties, AS_NAMED);
    json_t *output;

    if (!input)
        return false;
    if (!service_operation(deployment->rooms->lambda, "PutFunctionEventInvokeConfig"))
        return json_decref(input), deploy_type_accept(deployment, resource, properties);
    deployment_identify(deployment, resource, deployment_name(deployment, resource, NULL, 64));
    output = deployment_call(deployment, resource, deployment->rooms->lambda, "PutFunctionEventInvokeConfig", input);
    json_decref(output);
    return output != NULL;
}

const struct resource_type deploy_types_lambda[] = {
    { "AWS::Lambda::Alias", alias_properties, make_alias },
    { "AWS::Lambda::EventInvokeConfig", invoke_config_properties, make_invoke_config },
    { "AWS::Lambda::EventSourceMapping", mapping_properties, make_mapping },
    { "AWS::Lambda::Function", function_properties, make_function },
    { "AWS::Lambda::Version", version_properties, make_version },
    { 0 },
};
