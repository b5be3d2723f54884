#pragma once
/* A stage: a name under which clients reach a plan of an API, its variables, and the clients that are in. */

#include "apigateway/api.h"

struct apigateway_stage {
    struct apigateway_api *api;
    char *name;
    json_t *view;                       /* as GetStage answers it */
    const struct apigateway_plan *plan; /* of its deployment; NULL: nothing was deployed to it yet */
    struct list connections;            /* struct apigateway_connection, those being let in too */
};

/* A new stage; view is taken, and has its stageName. */
struct apigateway_stage *apigateway_stage_add(struct apigateway_api *api, const char *name, json_t *view);

/* NULL: there is none. */
struct apigateway_stage *apigateway_stage_find(const struct apigateway_api *api, const char *name);

/* The stage called name of the only API that has one; NULL: none has, or several (then *is_ambiguous). */
struct apigateway_stage *apigateway_stage_find_anywhere(const struct apigateway *room, const char *name, bool *is_ambiguous);

/* Has the stage serve a deployment from now on. */
void apigateway_stage_serve(const struct apigateway *room, struct apigateway_stage *stage, const struct apigateway_resource *deployment);

/* The stage variable called name; NULL: none. */
const char *apigateway_stage_variable(const struct apigateway_stage *stage, const char *name);

/* The ARN of a function, with the stage's variables put in for ${stageVariables.name}; in arena. */
const char *apigateway_stage_function(const struct apigateway_stage *stage, const char *function, struct arena *arena);

/* Closes its clients with 1001 and frees it; who forgets it takes it out of the API's map. */
void apigateway_stage_free(struct apigateway_stage *stage);
