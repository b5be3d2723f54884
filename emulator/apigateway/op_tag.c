/* TagResource, UntagResource, GetTags: of APIs (arn:aws:apigateway:REGION::/apis/ID) and stages (.../apis/ID/stages/NAME). */

#include "apigateway/operations.h"
#include "apigateway/views.h"

#include <string.h>

#define IN_ARN                                                     \
    {                                                              \
        "resource-arn", STRING, .required = true, .where = IN_PATH \
    }

static const struct member text[] = { { "member", STRING }, { 0 } };
const struct member apigateway_tag_resource_input[] = { IN_ARN, { "tags", MAP, .members = text }, { 0 } };
const struct member apigateway_untag_resource_input[] = { IN_ARN,
                                                          { "tagKeys", LIST, .required = true, .members = text, .where = IN_QUERY },
                                                          { 0 } };
const struct member apigateway_get_tags_input[] = { IN_ARN, { 0 } };

/* The view of what the call's ARN names; NULL: the call has failed. */
static json_t *tagged_view(struct call *call)
{
    struct apigateway *room = room_of(call);
    const char *arn = call_string(call, "resource-arn");
    const char *id = strstr(arn, "::/apis/");
    size_t length = id ? strcspn(id += strlen("::/apis/"), "/") : 0;
    struct apigateway_api *api = id ? apigateway_api_find(room, arena_copy(call->arena, id, length)) : NULL;
    const char *rest = id ? id + length : "";
    struct apigateway_stage *stage;

    if (api && !*rest)
        return api->view;
    stage = !strncmp(rest, "/stages/", strlen("/stages/")) ? apigateway_stage_find(api, rest + strlen("/stages/")) : NULL;
    if (stage)
        return stage->view;
    call_fail(call, ERR_NOT_FOUND, "Invalid resource identifier specified");
    return NULL;
}

enum outcome apigateway_tag_resource(struct call *call)
{
    json_t *view = tagged_view(call);

    if (!view)
        return FAILED;
    if (call_has(call, "tags"))
        json_object_update(json_object_get(view, "tags"), call_member(call, "tags"));
    apigateway_call_changed(call, NULL);
    return DONE;
}

enum outcome apigateway_untag_resource(struct call *call)
{
    json_t *view = tagged_view(call);
    size_t i;
    json_t *key;

    if (!view)
        return FAILED;
    json_array_foreach(call_member(call, "tagKeys"), i, key) json_object_del(json_object_get(view, "tags"), json_string_value(key));
    apigateway_call_changed(call, NULL);
    call->has_no_body = true;
    return DONE;
}

enum outcome apigateway_get_tags(struct call *call)
{
    json_t *view = tagged_view(call);

    if (!view)
        return FAILED;
    call->output = json_pack("{s:O}", "tags", json_object_get(view, "tags"));
    return DONE;
}
