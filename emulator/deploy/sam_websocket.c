/* AWS::Serverless::WebSocketApi: an API, a route with its integration and its permission per key of Routes, an authorizer, and a stage that
 * deploys by itself (facts: API Gateway, H). */

#include "deploy/sam.h"

#include "base/text.h"

#include <string.h>

enum { ROUTES_MAX = 300 };

/* "$connect" is Connect in logical ids, "sendmessage" stays as it is. */
static const char *route_name(const char *key)
{
    if (!strcmp(key, "$connect"))
        return "Connect";
    if (!strcmp(key, "$disconnect"))
        return "Disconnect";
    return !strcmp(key, "$default") ? "Default" : key;
}

static bool add_api(struct sam *sam)
{
    struct node *api = sam_map(sam);
    struct node *tags = sam_map(sam);
    const struct node *own = node_find(sam->properties, "Tags");

    sam_copy(sam, api, "Name", NULL);
    if (!node_find(sam->properties, "Name"))
        node_put(sam->arena, api, "Name", sam_text(sam, "%s", sam->id));
    node_put(sam->arena, api, "ProtocolType", sam_text(sam, "WEBSOCKET"));
    sam_copy(sam, api, "RouteSelectionExpression", NULL);
    sam_copy(sam, api, "Description", NULL);
    sam_copy(sam, api, "DisableExecuteApiEndpoint", NULL);
    sam_copy(sam, api, "DisableSchemaValidation", NULL);
    sam_copy(sam, api, "ApiKeySelectionExpression", NULL);
    sam_copy(sam, api, "IpAddressType", NULL);
    node_put(sam->arena, tags, "websocketapi:createdBy", sam_text(sam, "SAM"));
    for (size_t i = 0; own && own->kind == NODE_MAP && i < own->count; i++)
        node_put(sam->arena, tags, own->fields[i].key, own->fields[i].value);
    node_put(sam->arena, api, "Tags", tags);
    return sam_add(sam, sam->id, "AWS::ApiGatewayV2::Api", api, true);
}

/* [ "arn:...:functions/${Arn}/invocations", { Arn: arn } ] of Fn::Sub: what API Gateway calls a function by. */
static struct node *invocation_uri(struct sam *sam, const struct node *arn)
{
    struct node *argument = sam_list(sam);
    struct node *variables = sam_map(sam);

    node_add(sam->arena, argument,
             sam_text(sam, "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations"));
    node_put(sam->arena, variables, "FunctionArn", arn);
    node_add(sam->arena, argument, variables);
    return node_call(sam->arena, sam->body, "Fn::Sub", argument);
}

static bool add_integration(struct sam *sam, const char *prefix, const struct node *route)
{
    struct node *integration = sam_map(sam);
    const struct node *timeout = node_find(route, "IntegrationTimeout");

    node_put(sam->arena, integration, "ApiId", sam_ref(sam, sam->id));
    node_put(sam->arena, integration, "IntegrationType", sam_text(sam, "AWS_PROXY"));
    node_put(sam->arena, integration, "IntegrationUri", invocation_uri(sam, node_find(route, "FunctionArn")));
    if (timeout)
        node_put(sam->arena, integration, "TimeoutInMillis", timeout);
    return sam_add(sam, sam_print(sam, "%sIntegration", prefix), "AWS::ApiGatewayV2::Integration", integration, false);
}

static struct node *target(struct sam *sam, const char *prefix)
{
    struct node *argument = sam_list(sam);
    struct node *parts = sam_list(sam);

    node_add(sam->arena, argument, sam_text(sam, "/"));
    node_add(sam->arena, parts, sam_text(sam, "integrations"));
    node_add(sam->arena, parts, sam_ref(sam, sam_print(sam, "%sIntegration", prefix)));
    node_add(sam->arena, argument, parts);
    return node_call(sam->arena, sam->body, "Fn::Join", argument);
}

static const char *authorizer_id(struct sam *sam)
{
    return sam_print(sam, "%sConnectAuthorizer", sam->id);
}

/* Only $connect is authorized. */
static void put_authorization(struct sam *sam, struct node *properties, const char *key)
{
    const struct node *auth = node_find(sam->properties, "Auth");
    const char *type = node_find_text(auth, "AuthType");

    if (!type || strcmp(key, "$connect"))
        return;
    node_put(sam->arena, properties, "AuthorizationType", sam_text(sam, "%s", type));
    if (!strcmp(type, "CUSTOM"))
        node_put(sam->arena, properties, "AuthorizerId", sam_ref(sam, authorizer_id(sam)));
}

static bool add_route(struct sam *sam, const char *prefix, const char *key, const struct node *route)
{
    static const char *const copied[] = { "ApiKeyRequired", "ModelSelectionExpression", "OperationName",
                                          "RequestModels",  "RequestParameters",        "RouteResponseSelectionExpression" };
    struct node *properties = sam_map(sam);

    node_put(sam->arena, properties, "ApiId", sam_ref(sam, sam->id));
    node_put(sam->arena, properties, "RouteKey", sam_text(sam, "%s", key));
    node_put(sam->arena, properties, "Target", target(sam, prefix));
    put_authorization(sam, properties, key);
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
        if (node_find(route, copied[i]))
            node_put(sam->arena, properties, copied[i], node_find(route, copied[i]));
    return sam_add(sam, sam_print(sam, "%sRoute", prefix), "AWS::ApiGatewayV2::Route", properties, false);
}

static bool add_permission(struct sam *sam, const char *id, const struct node *function)
{
    struct node *permission = sam_map(sam);

    node_put(sam->arena, permission, "Action", sam_text(sam, "lambda:InvokeFunction"));
    node_put(sam->arena, permission, "FunctionName", function);
    node_put(sam->arena, permission, "Principal", sam_text(sam, "apigateway.amazonaws.com"));
    return sam_add(sam, id, "AWS::Lambda::Permission", permission, false);
}

static bool check_route(struct sam *sam, const struct field *field, const struct path *path)
{
    static const char *const known[] = { "ApiKeyRequired",
                                         "FunctionArn",
                                         "IntegrationTimeout",
                                         "ModelSelectionExpression",
                                         "OperationName",
                                         "RequestModels",
                                         "RequestParameters",
                                         "RouteResponseSelectionExpression",
                                         NULL };
    const char *name = route_name(field->key);

    sam_check(sam, field->value, known, path);
    if (name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")]) {
        remarks_fail(sam->remarks, field->line, path, "a route key must be $connect, $disconnect, $default or alphanumeric");
        return false;
    }
    if (node_find(field->value, "FunctionArn"))
        return true;
    remarks_fail(sam->remarks, field->line, path, "Property FunctionArn cannot be empty; give the ARN of the route's function");
    return false;
}

static bool add_routes(struct sam *sam, const struct node *routes, const struct path *path)
{
    for (size_t i = 0; i < routes->count; i++) {
        const struct field *field = &routes->fields[i];
        const char *prefix = sam_print(sam, "%s%s", sam->id, route_name(field->key));
        struct path place = { .parent = path, .key = field->key };

        if (!check_route(sam, field, &place) || !add_integration(sam, prefix, field->value) ||
            !add_route(sam, prefix, field->key, field->value) ||
            !add_permission(sam, sam_print(sam, "%sPermission", prefix), node_find(field->value, "FunctionArn")))
            return false;
    }
    return true;
}

static bool add_authorizer(struct sam *sam, const struct node *routes)
{
    const struct node *auth = node_find(sam->properties, "Auth");
    const struct node *arn = node_find(auth, "AuthArn");
    const struct field *field = node_field(sam->properties, "Auth");
    struct path properties = { .parent = &sam->path, .key = "Properties" };
    struct path path = { .parent = &properties, .key = "Auth" };
    struct node *authorizer = sam_map(sam);

    if (!auth || !text_is(node_find_text(auth, "AuthType"), "CUSTOM"))
        return true;
    if (!arn || !node_find(routes, "$connect")) {
        remarks_fail(sam->remarks, field->line, &path,
                     arn ? "an authorizer needs a $connect route; add one to Routes"
                         : "Property AuthArn cannot be empty; give the ARN of the authorizer's function");
        return false;
    }
    node_put(sam->arena, authorizer, "ApiId", sam_ref(sam, sam->id));
    node_put(sam->arena, authorizer, "AuthorizerType", sam_text(sam, "REQUEST"));
    node_put(sam->arena, authorizer, "AuthorizerUri", invocation_uri(sam, arn));
    node_put(sam->arena, authorizer, "Name", node_find(auth, "Name") ? node_find(auth, "Name") : sam_text(sam, "%s", authorizer_id(sam)));
    if (node_find(auth, "IdentitySource"))
        node_put(sam->arena, authorizer, "IdentitySource", node_find(auth, "IdentitySource"));
    return sam_add(sam, authorizer_id(sam), "AWS::ApiGatewayV2::Authorizer", authorizer, false) &&
           add_permission(sam, sam_print(sam, "%sPermission", authorizer_id(sam)), arn);
}

static bool add_stage(struct sam *sam)
{
    const struct field *name = node_field(sam->properties, "StageName");
    struct path properties = { .parent = &sam->path, .key = "Properties" };
    struct path path = { .parent = &properties, .key = "StageName" };
    struct node *stage = sam_map(sam);

    if (name && node_is_scalar(name->value) && !strcmp(name->value->text, "$default")) {
        remarks_fail(sam->remarks, name->line, &path, "a WebSocket API has no $default stage; give it a name");
        return false;
    }
    node_put(sam->arena, stage, "ApiId", sam_ref(sam, sam->id));
    node_put(sam->arena, stage, "StageName", name ? name->value : sam_text(sam, "default"));
    node_put(sam->arena, stage, "AutoDeploy", node_boolean(sam->arena, sam->body, true));
    sam_copy(sam, stage, "StageVariables", NULL);
    sam_copy(sam, stage, "DefaultRouteSettings", NULL);
    sam_copy(sam, stage, "RouteSettings", NULL);
    sam_copy(sam, stage, "AccessLogSettings", NULL);
    return sam_add(sam, sam_print(sam, "%sDefaultStage", sam->id), "AWS::ApiGatewayV2::Stage", stage, false);
}

bool sam_expand_websocket(struct sam *sam)
{
    static const char *const known[] = { "AccessLogSettings",
                                         "ApiKeySelectionExpression",
                                         "Auth",
                                         "DefaultRouteSettings",
                                         "Description",
                                         "DisableExecuteApiEndpoint",
                                         "DisableSchemaValidation",
                                         "Domain",
                                         "IpAddressType",
                                         "Name",
                                         "PropagateTags",
                                         "RouteSelectionExpression",
                                         "RouteSettings",
                                         "Routes",
                                         "StageName",
                                         "StageVariables",
                                         "Tags",
                                         NULL };
    const struct node *routes = node_find(sam->properties, "Routes");
    struct path properties = { .parent = &sam->path, .key = "Properties" };
    struct path path = { .parent = &properties, .key = "Routes" };

    sam_check(sam, sam->properties, known, &properties);
    if (!routes || routes->kind != NODE_MAP || !routes->count || routes->count > ROUTES_MAX) {
        remarks_fail(sam->remarks, routes ? routes->line : sam->line, &path,
                     "Routes must be a map of route keys, with at least one and at most %d", ROUTES_MAX);
        return false;
    }
    if (node_find(sam->properties, "Domain"))
        remarks_warn(sam->remarks, node_find(sam->properties, "Domain")->line, &properties, "Domain has no effect here");
    return add_api(sam) && add_authorizer(sam, routes) && add_routes(sam, routes, &path) && add_stage(sam);
}
