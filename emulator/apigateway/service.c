/* The room's opening and closing, and its table of operations. */

#include "apigateway/api.h"
#include "apigateway/errand.h"
#include "apigateway/operations.h"
#include "apigateway/stage.h"
#include "base/memory.h"

#include <stdlib.h>

#define OPERATION_ROW(name, function, method, path, success) \
    { #name, apigateway_##function, apigateway_##function##_input, method, path, success },
static const struct operation operations[] = { APIGATEWAY_OPERATIONS(OPERATION_ROW){ 0 } };
#undef OPERATION_ROW

enum status apigateway_open(struct apigateway **room, const struct ground *ground, const struct invoker *invoker)
{
    struct apigateway *made = memory_new(sizeof *made);

    made->ground = ground;
    made->invoker = *invoker;
    made->service = (struct service){ .name = "apigateway",
                                      .protocol = PROTOCOL_REST_JSON,
                                      .operations = operations,
                                      .validation_error = ERR_BAD_REQUEST,
                                      .empty_without_output = true,
                                      .room = made };
    apigateway_identifier_open(&made->identifiers, ground->random, ground->clock, ground->region);
    list_init(&made->errands);
    *room = made;
    return OK;
}

const struct service *apigateway_service(const struct apigateway *room)
{
    return &room->service;
}

void apigateway_each_stage(const struct apigateway *room,
                           void (*each)(void *context, const char *name, const char *api_id, const char *stage), void *context)
{
    size_t cursor = 0;
    struct map_entry *entry;

    while ((entry = map_next(&room->apis, &cursor))) {
        const struct apigateway_api *api = entry->value;
        size_t inner = 0;
        struct map_entry *found;

        while ((found = map_next(&api->stages, &inner))) {
            const struct apigateway_stage *stage = found->value;

            if (stage->plan)
                each(context, json_string_value(json_object_get(api->view, "name")), api->id, stage->name);
        }
    }
}

static void drop_errands(struct apigateway *room)
{
    while (!list_is_empty(&room->errands)) {
        struct apigateway_errand *errand = list_item(room->errands.next, struct apigateway_errand, link);

        list_remove(&errand->link);
        errand->drop(errand);
    }
}

/* Stages first: what is held knows then that its stage is gone. */
void apigateway_close(struct apigateway *room)
{
    size_t cursor = 0;
    struct map_entry *entry;

    if (!room)
        return;
    while ((entry = map_next(&room->apis, &cursor)))
        apigateway_api_remove(room, entry->value);
    drop_errands(room);
    map_clear(&room->apis);
    map_clear(&room->connections);
    free(room);
}
