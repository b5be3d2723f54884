/* ListTagsForResource, TagResource, UntagResource. */

#include "analytics/change.h"
#include "analytics/store.h"
#include "base/text.h"

#include <string.h>

enum { TAGS_MAX = 50 };

static const struct member tag_key[] = { { "member", STRING, .min = 1, .max = 128 }, { 0 } };

const struct member analytics_list_tags_for_resource_input[] = { ARN_MEMBER("ResourceARN", true), { 0 } };
const struct member analytics_tag_resource_input[] = {
    ARN_MEMBER("ResourceARN", true), { "Tags", LIST, .required = true, .min = 1, .max = 200, .members = analytics_shape_tags }, { 0 }
};
const struct member analytics_untag_resource_input[] = { ARN_MEMBER("ResourceARN", true),
                                                         { "TagKeys", LIST, .required = true, .min = 1, .max = 200, .members = tag_key },
                                                         { 0 } };

static struct application *find(struct call *call)
{
    const char *arn = call_string(call, "ResourceARN");
    const char *slash = strrchr(arn, '/');
    struct application *application = slash ? application_find(room_of(call), slash + 1) : NULL;

    if (application && !strcmp(application->arn, arn))
        return application;
    call_fail(call, ERR_RESOURCE_NOT_FOUND, "Resource %s not found.", arn);
    return NULL;
}

static int find_tag(const json_t *tags, const char *key)
{
    for (size_t i = 0; i < json_array_size(tags); i++)
        if (text_is(json_string_value(json_object_get(json_array_get(tags, i), "Key")), key))
            return (int)i;
    return -1;
}

enum outcome analytics_list_tags_for_resource(struct call *call)
{
    const struct application *application = find(call);

    if (!application)
        return FAILED;
    call->output = json_pack("{s:O}", "Tags", application->tags);
    return DONE;
}

/* Takes over the tags (taken), unless there are too many of them. */
static enum outcome put_tags(struct call *call, struct application *application, json_t *tags)
{
    if (json_array_size(tags) > TAGS_MAX) {
        json_decref(tags);
        return call_fail(call, ERR_TOO_MANY_TAGS, "A resource has at most %d tags.", TAGS_MAX);
    }
    json_decref(application->tags);
    application->tags = tags;
    if (analytics_store_put(application->room->store, application) != OK)
        return call_fail(call, ERR_INTERNAL_FAILURE, NULL);
    return DONE;
}

enum outcome analytics_tag_resource(struct call *call)
{
    struct application *application = find(call);
    const json_t *added = call_member(call, "Tags");
    json_t *tags;

    if (!application)
        return FAILED;
    tags = json_deep_copy(application->tags);
    for (size_t i = 0; i < json_array_size(added); i++) {
        json_t *tag = json_array_get(added, i);
        int index = find_tag(tags, json_string_value(json_object_get(tag, "Key")));

        if (index >= 0)
            json_array_set(tags, (size_t)index, tag);
        else
            json_array_append(tags, tag);
    }
    return put_tags(call, application, tags);
}

enum outcome analytics_untag_resource(struct call *call)
{
    struct application *application = find(call);
    const json_t *keys = call_member(call, "TagKeys");
    json_t *tags;

    if (!application)
        return FAILED;
    tags = json_deep_copy(application->tags);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        int index = find_tag(tags, json_string_value(json_array_get(keys, i)));

        if (index >= 0)
            json_array_remove(tags, (size_t)index);
    }
    return put_tags(call, application, tags);
}
