#pragma once
/* The five operations on what an API holds by id: routes, integrations, authorizers, models, deployments. A kind says where they are; what
 * one of them may look like is told by its own operations. Each answers the call. */

#include "apigateway/views.h"

/* Whether a view may stand for a resource of api (except: the one that it would replace, NULL when it is new): DONE, or the call has
 * failed. */
typedef enum outcome apigateway_check(struct call *call, const struct apigateway_api *api, const json_t *view,
                                      const struct apigateway_resource *except);

/* Makes a resource of what the call says, with defaults for what it does not say. */
enum outcome apigateway_create_resource(struct call *call, const struct apigateway_kind *kind, void (*set_defaults)(json_t *view),
                                        apigateway_check *check);

enum outcome apigateway_get_resource(struct call *call, const struct apigateway_kind *kind);

enum outcome apigateway_list_resources(struct call *call, const struct apigateway_kind *kind);

enum outcome apigateway_update_resource(struct call *call, const struct apigateway_kind *kind, apigateway_check *check);

/* Removes it, unless a route uses it: is_used tells, and the call fails (NULL: none of its kind is ever used). */
enum outcome apigateway_delete_resource(struct call *call, const struct apigateway_kind *kind,
                                        bool (*is_used)(const struct apigateway_api *api, const json_t *route,
                                                        const struct apigateway_resource *resource));
