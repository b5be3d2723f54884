#pragma once
/* The control plane: every action answered here: AWS's name, ours, and the method, path and status of the wire. */

#include "aws/call.h"
#include "aws/shape.h"

#define API "/v2/apis/{apiId}"
#define ROUTE API "/routes/{routeId}"
#define INTEGRATION API "/integrations/{integrationId}"
#define STAGE API "/stages/{stageName}"

#define APIGATEWAY_OPERATIONS(row)                                                                                                         \
    row(CreateApi, create_api, "POST", "/v2/apis", 201) row(GetApi, get_api, "GET", API, 200)                                              \
        row(GetApis, get_apis, "GET", "/v2/apis", 200) row(UpdateApi, update_api, "PATCH", API, 200)                                       \
            row(DeleteApi, delete_api, "DELETE", API, 204) row(CreateRoute, create_route, "POST", API "/routes", 201) row(                 \
                GetRoute, get_route, "GET", ROUTE, 200) row(GetRoutes, get_routes, "GET", API "/routes", 200)                              \
                row(UpdateRoute, update_route, "PATCH", ROUTE, 200) row(DeleteRoute, delete_route, "DELETE", ROUTE, 204) row(              \
                    CreateRouteResponse, create_route_response, "POST", ROUTE "/routeresponses",                                           \
                    201) row(GetRouteResponse, get_route_response, "GET", ROUTE "/routeresponses/{routeResponseId}",                       \
                             200) row(GetRouteResponses, get_route_responses, "GET", ROUTE "/routeresponses", 200)                         \
                    row(UpdateRouteResponse, update_route_response, "PATCH", ROUTE "/routeresponses/{routeResponseId}",                    \
                        200) row(DeleteRouteResponse, delete_route_response, "DELETE", ROUTE "/routeresponses/{routeResponseId}",          \
                                 204) row(CreateIntegration, create_integration, "POST", API "/integrations",                              \
                                          201) row(GetIntegration, get_integration, "GET", INTEGRATION,                                    \
                                                   200) row(GetIntegrations, get_integrations, "GET", API "/integrations", 200)            \
                        row(UpdateIntegration, update_integration, "PATCH", INTEGRATION,                                                   \
                            200) row(DeleteIntegration, delete_integration, "DELETE", INTEGRATION, 204)                                    \
                            row(CreateIntegrationResponse, create_integration_response, "POST", INTEGRATION "/integrationresponses", 201)  \
                                row(GetIntegrationResponse, get_integration_response,                                                      \
                                    "GET", INTEGRATION "/integrationresponses/{integrationResponseId}", 200)                               \
                                    row(GetIntegrationResponses, get_integration_responses, "GET", INTEGRATION "/integrationresponses",    \
                                        200) row(UpdateIntegrationResponse, update_integration_response, "PATCH",                          \
                                                 INTEGRATION "/integrationresponses/{integrationResponseId}",                              \
                                                 200) row(DeleteIntegrationResponse, delete_integration_response, "DELETE",                \
                                                          INTEGRATION "/integrationresponses/{integrationResponseId}",                     \
                                                          204) row(CreateAuthorizer, create_authorizer, "POST", API "/authorizers", 201)   \
                                        row(GetAuthorizer, get_authorizer, "GET", API "/authorizers/{authorizerId}",                       \
                                            200) row(GetAuthorizers, get_authorizers, "GET", API "/authorizers", 200)                      \
                                            row(UpdateAuthorizer, update_authorizer, "PATCH", API "/authorizers/{authorizerId}",           \
                                                200) row(DeleteAuthorizer, delete_authorizer, "DELETE", API "/authorizers/{authorizerId}", \
                                                         204) row(CreateModel, create_model, "POST", API "/models",                        \
                                                                  201) row(GetModel, get_model, "GET", API "/models/{modelId}",            \
                                                                           200) row(GetModels, get_models, "GET", API "/models", 200)      \
                                                row(UpdateModel, update_model, "PATCH", API "/models/{modelId}",                           \
                                                    200) row(DeleteModel, delete_model, "DELETE", API "/models/{modelId}", 204)            \
                                                    row(CreateDeployment, create_deployment, "POST", API "/deployments", 201)              \
                                                        row(GetDeployment, get_deployment, "GET", API "/deployments/{deploymentId}", 200)  \
                                                            row(GetDeployments, get_deployments, "GET", API "/deployments", 200)           \
                                                                row(UpdateDeployment, update_deployment, "PATCH",                          \
                                                                    API "/deployments/{deploymentId}",                                     \
                                                                    200) row(DeleteDeployment, delete_deployment, "DELETE",                \
                                                                             API "/deployments/{deploymentId}", 204)                       \
                                                                    row(CreateStage, create_stage, "POST", API "/stages", 201)             \
                                                                        row(GetStage, get_stage, "GET", STAGE, 200)                        \
                                                                            row(GetStages, get_stages, "GET", API "/stages", 200)          \
                                                                                row(UpdateStage, update_stage, "PATCH", STAGE, 200)        \
                                                                                    row(DeleteStage, delete_stage, "DELETE", STAGE, 204)   \
                                                                                        row(TagResource, tag_resource, "POST",             \
                                                                                            "/v2/tags/{resource-arn+}", 201)               \
                                                                                            row(UntagResource, untag_resource, "DELETE",   \
                                                                                                "/v2/tags/{resource-arn+}", 204)           \
                                                                                                row(GetTags, get_tags, "GET",              \
                                                                                                    "/v2/tags/{resource-arn+}", 200)

#define APIGATEWAY_DECLARE(name, function, method, path, success) \
    extern const struct member apigateway_##function##_input[];   \
    enum outcome apigateway_##function(struct call *call);
APIGATEWAY_OPERATIONS(APIGATEWAY_DECLARE)
#undef APIGATEWAY_DECLARE
