/* Making a plan out of an API's resources, and finding routes in it. */

#include "apigateway/plan.h"

#include "apigateway/api.h"
#include "apigateway/mock.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

const char *apigateway_function_of(const char *uri, struct arena *arena)
{
    static const char before[] = ":lambda:path/2015-03-31/functions/", behind[] = "/invocations";
    const char *name = uri ? strstr(uri, before) : NULL;

    if (name && text_begins(uri, "arn:") && text_ends(name, behind)) {
        name += sizeof before - 1;
        if (strlen(name) < sizeof behind)
            return NULL;
        return arena_copy(arena, name, strlen(name) - (sizeof behind - 1));
    }
    return text_begins(uri, "arn:") && strstr(uri, ":lambda:") && strstr(uri, ":function:") ? arena_text(arena, uri) : NULL;
}

static const char *member(const struct apigateway_resource *resource, const char *name)
{
    return resource ? json_string_value(json_object_get(resource->view, name)) : NULL;
}

static void plan_integration(struct apigateway_plan *plan, const struct apigateway_resource *from, struct apigateway_integration *to)
{
    to->timeout_ms = (int)json_integer_value(json_object_get(from->view, "timeoutInMillis"));
    if (text_is(member(from, "integrationType"), "MOCK")) {
        to->type = APIGATEWAY_MOCK;
        apigateway_mock_plan(from, &plan->arena, to);
        return;
    }
    to->type = APIGATEWAY_AWS_PROXY;
    to->function = apigateway_function_of(member(from, "integrationUri"), &plan->arena);
}

static void plan_authorizer(struct apigateway_plan *plan, const struct apigateway_resource *from, struct apigateway_authorizer *to)
{
    json_t *sources = json_object_get(from->view, "identitySource");
    const char **copies = arena_take(&plan->arena, (json_array_size(sources) + 1) * sizeof *copies);
    size_t i;
    json_t *source;

    json_array_foreach(sources, i, source) copies[i] = arena_text(&plan->arena, json_string_value(source));
    to->function = apigateway_function_of(member(from, "authorizerUri"), &plan->arena);
    to->sources = copies;
}

/* A route is two-way when it names $default as its route response and has one of that key: one without the other answers nothing. */
static bool is_two_way(const struct apigateway_resource *route)
{
    size_t cursor = 0;
    struct map_entry *entry;

    if (!text_is(member(route, "routeResponseSelectionExpression"), "$default"))
        return false;
    while ((entry = map_next(&route->responses, &cursor)))
        if (text_is(member(entry->value, "routeResponseKey"), "$default"))
            return true;
    return false;
}

static enum apigateway_authorization authorization_of(const struct apigateway_resource *route)
{
    const char *type = member(route, "authorizationType");

    return text_is(type, "CUSTOM") ? APIGATEWAY_CUSTOM : text_is(type, "AWS_IAM") ? APIGATEWAY_SIGNED : APIGATEWAY_OPEN;
}

static void plan_route(struct apigateway_plan *plan, const struct apigateway_api *api, const struct apigateway_resource *from)
{
    struct apigateway_route *route = arena_take(&plan->arena, sizeof *route);
    const struct apigateway_resource *integration = apigateway_api_target(api, member(from, "target"));
    const struct apigateway_resource *authorizer = map_find(&api->authorizers, member(from, "authorizerId"));

    route->key = arena_text(&plan->arena, member(from, "routeKey"));
    route->authorization = authorization_of(from);
    if (authorizer)
        plan_authorizer(plan, authorizer, &route->authorizer);
    route->has_integration = integration != NULL;
    if (integration)
        plan_integration(plan, integration, &route->integration);
    route->is_two_way = is_two_way(from);
    map_put(&plan->routes, route->key, route);
}

struct apigateway_plan *apigateway_plan_new(const struct apigateway_api *api)
{
    struct apigateway_plan *plan = memory_new(sizeof *plan);
    const char *expression = json_string_value(json_object_get(api->view, "routeSelectionExpression"));
    const char *fault;
    size_t cursor = 0;
    struct map_entry *entry;

    apigateway_selection_parse(expression, &plan->selection, &fault); /* it was tried when the API was made */
    while ((entry = map_next(&api->routes, &cursor)))
        plan_route(plan, api, entry->value);
    return plan;
}

const struct apigateway_route *apigateway_plan_route(const struct apigateway_plan *plan, const char *key)
{
    return plan ? map_find(&plan->routes, key) : NULL;
}

/* Keys that begin with a dollar are the service's own: no client reaches $connect by naming it. */
const struct apigateway_route *apigateway_plan_select(const struct apigateway_plan *plan, const char *body, size_t size_bytes,
                                                      apigateway_selection_lookup *lookup, void *context)
{
    const struct apigateway_route *route = NULL;
    struct buffer value = { 0 };

    if (!plan)
        return NULL;
    if (plan->selection)
        apigateway_selection_evaluate(plan->selection, body, size_bytes, lookup, context, &value);
    if (value.size && value.data[0] != '$' && strlen(value.data) == value.size)
        route = apigateway_plan_route(plan, value.data);
    buffer_clear(&value);
    return route ? route : apigateway_plan_route(plan, "$default");
}

void apigateway_plan_free(struct apigateway_plan *plan)
{
    if (!plan)
        return;
    apigateway_selection_free(plan->selection);
    map_clear(&plan->routes);
    arena_clear(&plan->arena);
    free(plan);
}
