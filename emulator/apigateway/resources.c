/* Find the API, find the resource, decide, answer. */

#include "apigateway/resources.h"

/* The view (taken) when it may stand; NULL after the check has failed the call. check NULL: any may. */
static json_t *checked(struct call *call, const struct apigateway_api *api, json_t *view, const struct apigateway_resource *except,
                       apigateway_check *check)
{
    if (!check || check(call, api, view, except) == DONE)
        return view;
    json_decref(view);
    return NULL;
}

enum outcome apigateway_create_resource(struct call *call, const struct apigateway_kind *kind, void (*set_defaults)(json_t *view),
                                        apigateway_check *check)
{
    struct apigateway_api *api = apigateway_call_api(call);
    json_t *view;

    if (!api)
        return FAILED;
    view = apigateway_view_of(call);
    if (set_defaults)
        set_defaults(view);
    view = checked(call, api, view, NULL, check);
    return view ? apigateway_answer_new(call, kind, api, apigateway_kind_map(kind, api), view) : FAILED;
}

enum outcome apigateway_get_resource(struct call *call, const struct apigateway_kind *kind)
{
    struct apigateway_resource *resource = apigateway_call_resource(call, kind, apigateway_call_api(call));

    return resource ? apigateway_answer_view(call, resource->view) : FAILED;
}

enum outcome apigateway_list_resources(struct call *call, const struct apigateway_kind *kind)
{
    struct apigateway_api *api = apigateway_call_api(call);

    return apigateway_answer_list(call, api ? apigateway_kind_map(kind, api) : NULL, apigateway_resource_view);
}

enum outcome apigateway_update_resource(struct call *call, const struct apigateway_kind *kind, apigateway_check *check)
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_resource *resource = apigateway_call_resource(call, kind, api);
    json_t *view;

    if (!resource)
        return FAILED;
    view = checked(call, api, apigateway_view_updated(call, resource->view), resource, check);
    return view ? apigateway_answer_updated(call, api, &resource->view, view) : FAILED;
}

enum outcome apigateway_delete_resource(struct call *call, const struct apigateway_kind *kind,
                                        bool (*is_used)(const struct apigateway_api *api, const json_t *route,
                                                        const struct apigateway_resource *resource))
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_resource *resource = apigateway_call_resource(call, kind, api);
    size_t cursor = 0;
    struct map_entry *entry;

    if (!resource)
        return FAILED;
    while (is_used && (entry = map_next(&api->routes, &cursor))) {
        const json_t *route = apigateway_resource_view(entry->value);

        if (is_used(api, route, resource))
            return call_fail(call, ERR_CONFLICT, "Cannot delete %s '%s' because it is referenced by Route '%s'.", kind->name, resource->id,
                             apigateway_view_text(route, "routeKey"));
    }
    return apigateway_answer_removed(call, api, apigateway_kind_map(kind, api), resource);
}
