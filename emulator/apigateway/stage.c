/* Stages: what they serve and what they know. */

#include "apigateway/stage.h"

#include "apigateway/connection.h"
#include "base/buffer.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct apigateway_stage *apigateway_stage_add(struct apigateway_api *api, const char *name, json_t *view)
{
    struct apigateway_stage *stage = memory_new(sizeof *stage);

    stage->api = api;
    stage->name = memory_copy_text(name);
    stage->view = view;
    list_init(&stage->connections);
    map_put(&api->stages, name, stage);
    return stage;
}

struct apigateway_stage *apigateway_stage_find(const struct apigateway_api *api, const char *name)
{
    return api ? map_find(&api->stages, name) : NULL;
}

struct apigateway_stage *apigateway_stage_find_anywhere(const struct apigateway *room, const char *name, bool *is_ambiguous)
{
    struct apigateway_stage *found = NULL;
    size_t cursor = 0;
    struct map_entry *entry;

    *is_ambiguous = false;
    while ((entry = map_next(&room->apis, &cursor))) {
        struct apigateway_stage *stage = apigateway_stage_find(entry->value, name);

        if (stage && found)
            *is_ambiguous = true;
        if (stage)
            found = stage;
    }
    return *is_ambiguous ? NULL : found;
}

void apigateway_stage_serve(const struct apigateway *room, struct apigateway_stage *stage, const struct apigateway_resource *deployment)
{
    stage->plan = deployment->plan;
    json_object_set_new(stage->view, "deploymentId", json_string(deployment->id));
    json_object_set_new(stage->view, "lastUpdatedDate", apigateway_date(room));
}

const char *apigateway_stage_variable(const struct apigateway_stage *stage, const char *name)
{
    return json_string_value(json_object_get(json_object_get(stage->view, "stageVariables"), name));
}

const char *apigateway_stage_function(const struct apigateway_stage *stage, const char *function, struct arena *arena)
{
    static const char opening[] = "${stageVariables.";
    struct buffer whole = { 0 };
    const char *variable, *end, *text;

    while ((variable = strstr(function, opening)) && (end = strchr(variable, '}'))) {
        const char *name = variable + sizeof opening - 1;
        const char *value = apigateway_stage_variable(stage, arena_copy(arena, name, (size_t)(end - name)));

        buffer_add(&whole, function, (size_t)(variable - function));
        buffer_add_text(&whole, value ? value : "");
        function = end + 1;
    }
    buffer_add_text(&whole, function);
    text = arena_copy(arena, whole.data, whole.size);
    buffer_clear(&whole);
    return text;
}

void apigateway_stage_free(struct apigateway_stage *stage)
{
    list_each(link, following, &stage->connections)
        apigateway_connection_expel(list_item(link, struct apigateway_connection, link));
    json_decref(stage->view);
    free(stage->name);
    free(stage);
}
