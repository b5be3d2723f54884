/* TagResource, UntagResource, ListTagsForResource. */

#include "analytics/named.h"
#include "analytics/shapes.h"
#include "base/text.h"

static const struct member keys[] = { { "member", STRING, .min = 1, .max = 128 }, { 0 } };

const struct member analytics_tag_resource_input[] = {
    ARN_MEMBER("ResourceARN", true),
    { "Tags", LIST, .required = true, .min = 1, .max = 200, .members = analytics_shape_tags },
    { 0 },
};
const struct member analytics_untag_resource_input[] = {
    ARN_MEMBER("ResourceARN", true),
    { "TagKeys", LIST, .required = true, .min = 1, .max = 200, .members = keys },
    { 0 },
};
const struct member analytics_list_tags_for_resource_input[] = { ARN_MEMBER("ResourceARN", true), { 0 } };

static void drop(json_t *tags, const char *key)
{
    for (size_t i = json_array_size(tags); i-- > 0;)
        if (text_is(json_string_value(json_object_get(json_array_get(tags, i), "Key")), key))
            json_array_remove(tags, i);
}

enum outcome analytics_tag_resource(struct call *call)
{
    struct application *application = analytics_named_arn(call);
    json_t *tag;
    size_t i;

    if (!application)
        return FAILED;
    json_array_foreach(call_member(call, "Tags"), i, tag)
    {
        drop(application->tags, json_string_value(json_object_get(tag, "Key")));
        json_array_append_new(application->tags, json_deep_copy(tag));
    }
    call->output = json_object();
    return DONE;
}

enum outcome analytics_untag_resource(struct call *call)
{
    struct application *application = analytics_named_arn(call);
    json_t *key;
    size_t i;

    if (!application)
        return FAILED;
    json_array_foreach(call_member(call, "TagKeys"), i, key) drop(application->tags, json_string_value(key));
    call->output = json_object();
    return DONE;
}

enum outcome analytics_list_tags_for_resource(struct call *call)
{
    const struct application *application = analytics_named_arn(call);

    if (!application)
        return FAILED;
    call->output = json_pack("{s:O}", "Tags", application->tags);
    return DONE;
}
