/* AWS::ApiGatewayV2::*, of WebSocket APIs. Ref of an API is its id, of a stage its name, of the others their id. */

#include "base/text.h"
#include "deploy/deployment.h"
#include "deploy/store.h"
#include "deploy/tables.h"

static const struct property requirement_members[] = { { "Required", YES_NO }, { 0 } };
static const struct property requirement[] = { { "parameter", MEMBERS, requirement_members }, { 0 } };
static const struct property log_members[] = { { "DestinationArn", TEXT }, { "Format", TEXT }, { 0 } };
static const struct property settings_members[] = { { "DataTraceEnabled", YES_NO },    { "DetailedMetricsEnabled", YES_NO },
                                                    { "LoggingLevel", TEXT },          { "ThrottlingBurstLimit", NUMBER },
                                                    { "ThrottlingRateLimit", NUMBER }, { 0 } };
static const struct property settings[] = { { "settings", MEMBERS, settings_members }, { 0 } };

static const struct property api_properties[] = {
    { "ApiKeySelectionExpression", TEXT },
    { "BasePath", TEXT, .fate = IGNORED },
    { "Body", ANYTHING, .fate = IGNORED },
    { "BodyS3Location", ANYTHING, .fate = IGNORED },
    { "CorsConfiguration", ANYTHING, .fate = IGNORED },
    { "CredentialsArn", TEXT },
    { "Description", TEXT },
    { "DisableExecuteApiEndpoint", YES_NO },
    { "DisableSchemaValidation", YES_NO },
    { "FailOnWarnings", YES_NO, .fate = IGNORED },
    { "IpAddressType", TEXT },
    { "Name", TEXT },
    { "ProtocolType", TEXT },
    { "RouteKey", TEXT },
    { "RouteSelectionExpression", TEXT },
    { "Tags", MAP_OF, property_text },
    { "Target", TEXT },
    { "Version", TEXT },
    { 0 },
};

static const struct property route_properties[] = {
    { "ApiId", TEXT, .required = true },
    { "ApiKeyRequired", YES_NO },
    { "AuthorizationScopes", LIST_OF, property_text },
    { "AuthorizationType", TEXT },
    { "AuthorizerId", TEXT },
    { "ModelSelectionExpression", TEXT },
    { "OperationName", TEXT },
    { "RequestModels", MAP_OF, property_text },
    { "RequestParameters", MAP_OF, requirement },
    { "RouteKey", TEXT, .required = true },
    { "RouteResponseSelectionExpression", TEXT },
    { "Target", TEXT },
    { 0 },
};

static const struct property integration_properties[] = {
    { "ApiId", TEXT, .required = true },
    { "ConnectionId", TEXT },
    { "ConnectionType", TEXT },
    { "ContentHandlingStrategy", TEXT },
    { "CredentialsArn", TEXT },
    { "Description", TEXT },
    { "IntegrationMethod", TEXT },
    { "IntegrationSubtype", TEXT },
    { "IntegrationType", TEXT, .required = true },
    { "IntegrationUri", TEXT },
    { "PassthroughBehavior", TEXT },
    { "PayloadFormatVersion", TEXT },
    { "RequestParameters", MAP_OF, property_text },
    { "RequestTemplates", MAP_OF, property_text },
    { "ResponseParameters", ANYTHING },
    { "TemplateSelectionExpression", TEXT },
    { "TimeoutInMillis", NUMBER },
    { "TlsConfig", ANYTHING, .fate = IGNORED },
    { 0 },
};

static const struct property integration_response_properties[] = {
    { "ApiId", TEXT, .required = true },
    { "ContentHandlingStrategy", TEXT },
    { "IntegrationId", TEXT, .required = true },
    { "IntegrationResponseKey", TEXT, .required = true },
    { "ResponseParameters", MAP_OF, property_text },
    { "ResponseTemplates", MAP_OF, property_text },
    { "TemplateSelectionExpression", TEXT },
    { 0 },
};

static const struct property route_response_properties[] = {
    { "ApiId", TEXT, .required = true },
    { "ModelSelectionExpression", TEXT },
    { "ResponseModels", MAP_OF, property_text },
    { "ResponseParameters", MAP_OF, requirement },
    { "RouteId", TEXT, .required = true },
    { "RouteResponseKey", TEXT, .required = true },
    { 0 },
};

static const struct property deployment_properties[] = {
    { "ApiId", TEXT, .required = true }, { "Description", TEXT }, { "StageName", TEXT }, { 0 }
};

static const struct property stage_properties[] = {
    { "AccessLogSettings", MEMBERS, log_members },
    { "AccessPolicyId", TEXT, .fate = IGNORED },
    { "ApiId", TEXT, .required = true },
    { "AutoDeploy", YES_NO },
    { "ClientCertificateId", TEXT },
    { "DefaultRouteSettings", MEMBERS, settings_members },
    { "DeploymentId", TEXT },
    { "Description", TEXT },
    { "RouteSettings", MAP_OF, settings },
    { "StageName", TEXT, .required = true },
    { "StageVariables", MAP_OF, property_text },
    { "Tags", MAP_OF, property_text },
    { 0 },
};

static const struct property authorizer_properties[] = {
    { "ApiId", TEXT, .required = true },          { "AuthorizerCredentialsArn", TEXT },
    { "AuthorizerPayloadFormatVersion", TEXT },   { "AuthorizerResultTtlInSeconds", NUMBER },
    { "AuthorizerType", TEXT, .required = true }, { "AuthorizerUri", TEXT },
    { "EnableSimpleResponses", YES_NO },          { "IdentitySource", LIST_OF, property_text },
    { "IdentityValidationExpression", TEXT },     { "JwtConfiguration", ANYTHING, .fate = IGNORED },
    { "Name", TEXT, .required = true },           { 0 },
};

static const struct property model_properties[] = {
    { "ApiId", TEXT, .required = true },
    { "ContentType", TEXT },
    { "Description", TEXT },
    { "Name", TEXT, .required = true },
    { "Schema", JSON_TEXT, .required = true },
    { 0 },
};

/* Makes one of them; its id is in the output under `id`. The output is a new reference; NULL after an error. */
static json_t *make(struct deployment *deployment, struct resource *resource, const struct node *properties, const char *operation,
                    const char *id)
{
    json_t *input = deployment_input(deployment, resource, properties, LOWER_FIRST);
    json_t *output = input ? deployment_call(deployment, resource, deployment->rooms->apigateway, operation, input) : NULL;
    const char *value = json_string_value(json_object_get(output, id));

    if (output && !value) {
        deployment_fail(deployment, resource, NULL, "%s answered without %s", operation, id);
        json_decref(output);
        return NULL;
    }
    if (output)
        deployment_identify(deployment, resource, value);
    return output;
}

static bool make_part(struct deployment *deployment, struct resource *resource, const struct node *properties, const char *operation,
                      const char *id, const char *attribute)
{
    json_t *output = make(deployment, resource, properties, operation, id);

    if (!output)
        return false;
    deployment_attribute(deployment, resource, attribute, resource->physical_id);
    json_decref(output);
    return true;
}

/* An API of an earlier run on the same data is replaced: its routes and integrations are those of the template as it is now. */
static bool remove_earlier(struct deployment *deployment, struct resource *resource)
{
    const char *earlier = deploy_store_find(deployment->store, resource->id, resource->type_name, &deployment->arena);
    bool is_gone = false;
    json_t *output;

    if (!earlier || !service_operation(deployment->rooms->apigateway, "DeleteApi"))
        return true;
    output = deployment_try(deployment, resource, deployment->rooms->apigateway, "DeleteApi", json_pack("{s:s}", "apiId", earlier),
                            ERR_NOT_FOUND, &is_gone);
    json_decref(output);
    return output || is_gone;
}

static bool make_api(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *output;

    if (node_find(properties, "Body") || node_find(properties, "BodyS3Location")) {
        deployment_fail(deployment, resource, node_find(properties, "Body") ? "Body" : "BodyS3Location",
                        "APIs from OpenAPI documents are HTTP APIs, which lowcloud does not have; use WebSocket routes");
        return false;
    }
    if (!remove_earlier(deployment, resource))
        return false;
    output = make(deployment, resource, properties, "CreateApi", "apiId");
    if (!output)
        return false;
    deployment_attribute(deployment, resource, "ApiId", resource->physical_id);
    deployment_attribute(deployment, resource, "ApiEndpoint", json_string_value(json_object_get(output, "apiEndpoint")));
    json_decref(output);
    return true;
}

static bool make_route(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    return make_part(deployment, resource, properties, "CreateRoute", "routeId", "RouteId");
}

static bool make_integration(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    return make_part(deployment, resource, properties, "CreateIntegration", "integrationId", "IntegrationId");
}

static bool make_integration_response(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    return make_part(deployment, resource, properties, "CreateIntegrationResponse", "integrationResponseId", "IntegrationResponseId");
}

static bool make_route_response(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    return make_part(deployment, resource, properties, "CreateRouteResponse", "routeResponseId", "RouteResponseId");
}

static bool make_deployment(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    return make_part(deployment, resource, properties, "CreateDeployment", "deploymentId", "DeploymentId");
}

static bool make_stage(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    return make_part(deployment, resource, properties, "CreateStage", "stageName", "StageName");
}

static bool make_authorizer(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    return make_part(deployment, resource, properties, "CreateAuthorizer", "authorizerId", "AuthorizerId");
}

static bool make_model(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    return make_part(deployment, resource, properties, "CreateModel", "modelId", "ModelId");
}

const struct resource_type deploy_types_apigateway[] = {
    { "AWS::ApiGatewayV2::Api", api_properties, make_api },
    { "AWS::ApiGatewayV2::Authorizer", authorizer_properties, make_authorizer },
    { "AWS::ApiGatewayV2::Deployment", deployment_properties, make_deployment, .turn = TURN_LATE },
    { "AWS::ApiGatewayV2::Integration", integration_properties, make_integration },
    { "AWS::ApiGatewayV2::IntegrationResponse", integration_response_properties, make_integration_response },
    { "AWS::ApiGatewayV2::Model", model_properties, make_model },
    { "AWS::ApiGatewayV2::Route", route_properties, make_route },
    { "AWS::ApiGatewayV2::RouteResponse", route_response_properties, make_route_response },
    { "AWS::ApiGatewayV2::Stage", stage_properties, make_stage, .turn = TURN_LATE },
    { 0 },
};
