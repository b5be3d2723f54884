/* Tags, by the stream's name (older calls, ten at once), and by the ARN of a stream or consumer (newer ones). */

#include "kinesis/resource.h"
#include "kinesis/room.h"
#include "kinesis/shapes.h"

#include <string.h>
#include <strings.h>

const struct member kinesis_tag[] = { { "value", STRING, .min_is_zero = true, .max = 256 },
                                      { "key", STRING, .min = 1, .max = 128 },
                                      { 0 } };
static const struct member keys[] = { { "member", STRING, .min = 1, .max = 128 }, { 0 } };

const struct member kinesis_add_tags_to_stream_input[] = {
    STREAM_NAME_MEMBER, TAGS_MEMBER_REQUIRED, STREAM_ARN_MEMBER, STREAM_ID_MEMBER, { 0 },
};
const struct member kinesis_tag_resource_input[] = {
    TAGS_MEMBER_REQUIRED,
    RESOURCE_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { 0 },
};
const struct member kinesis_remove_tags_from_stream_input[] = {
    STREAM_NAME_MEMBER,
    { "TagKeys", LIST, .required = true, .min = 1, .max = 50, .members = keys },
    STREAM_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { 0 },
};
const struct member kinesis_untag_resource_input[] = {
    { "TagKeys", LIST, .required = true, .min = 1, .max = 50, .members = keys },
    RESOURCE_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { 0 },
};
const struct member kinesis_list_tags_for_stream_input[] = {
    STREAM_NAME_MEMBER,
    { "ExclusiveStartTagKey", STRING, .min = 1, .max = 128 },
    { "Limit", INTEGER, .min = 1, .max = 50 },
    STREAM_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { 0 },
};
const struct member kinesis_list_tags_for_resource_input[] = { RESOURCE_ARN_MEMBER, STREAM_ID_MEMBER, { 0 } };

/* ASCII that is allowed in tags; letters beyond ASCII are let through. */
static bool is_tag_text(const char *text)
{
    for (; *text; text++)
        if (!((unsigned char)*text >= 0x80 || strchr(" _./=+-%@:", *text) || (*text >= '0' && *text <= '9') ||
              (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z')))
            return false;
    return true;
}

/* Among the allowed characters AWS names one that it then refuses, in other words. */
static enum outcome check_text(struct call *call, const struct kinesis_resource *resource, const char *text, const char *doing)
{
    if (!is_tag_text(text))
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - %% @.");
    if (strchr(text, '%'))
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "Failed to %s %s %s under account %s because some tags contained illegal characters. The allowed characters are "
                         "Unicode letters, white-spaces, '_',',','/','=','+','-','@'.",
                         doing, resource->kind, resource->name, call->ground->account);
    return DONE;
}

/* That AWS keeps "aws:" for itself is documented, in any case of letters; the words here are ours. */
static enum outcome check_key(struct call *call, const struct kinesis_resource *resource, const char *key, const char *doing)
{
    if (check_text(call, resource, key, doing) != DONE)
        return FAILED;
    if (strncasecmp(key, "aws:", 4))
        return DONE;
    return call_fail(call, ERR_INVALID_ARGUMENT,
                     "Failed to %s %s %s under account %s because tag keys that begin with aws: are reserved for AWS use.", doing,
                     resource->kind, resource->name, call->ground->account);
}

enum outcome kinesis_resource_tag(struct call *call, const struct kinesis_resource *resource)
{
    json_t *tags = call_member(call, "Tags");
    size_t added = 0;
    const char *name;
    json_t *value;

    json_object_foreach(tags, name, value)
    {
        if (check_key(call, resource, name, "add tags to") != DONE ||
            (json_is_string(value) && check_text(call, resource, json_string_value(value), "add tags to") != DONE))
            return FAILED;
        added += !json_object_get(resource->tags, name);
    }
    if (json_object_size(resource->tags) + added > TAG_MAX)
        return call_fail(
            call, ERR_INVALID_ARGUMENT,
            "Failed to add tags to %s %s under account %s because a given %s cannot have more than %d tags associated with it.",
            resource->kind, resource->name, call->ground->account, resource->kind, TAG_MAX);
    json_object_update(resource->tags, tags);
    return DONE;
}

static enum outcome add(struct call *call)
{
    struct kinesis_resource resource;

    if (kinesis_resource_named(call, &resource) != DONE || kinesis_resource_tag(call, &resource) != DONE)
        return FAILED;
    return kinesis_noted(call, resource.stream);
}

enum outcome kinesis_add_tags_to_stream(struct call *call)
{
    return add(call);
}

enum outcome kinesis_tag_resource(struct call *call)
{
    return add(call);
}

static enum outcome remove_tags(struct call *call)
{
    struct kinesis_resource resource;
    json_t *key;
    size_t i;

    if (kinesis_resource_named(call, &resource) != DONE)
        return FAILED;
    json_array_foreach(call_member(call, "TagKeys"), i,
                       key) if (json_is_string(key) &&
                                check_key(call, &resource, json_string_value(key), "remove tags from") != DONE) return FAILED;
    json_array_foreach(call_member(call, "TagKeys"), i, key) if (json_is_string(key))
        json_object_del(resource.tags, json_string_value(key));
    return kinesis_noted(call, resource.stream);
}

enum outcome kinesis_remove_tags_from_stream(struct call *call)
{
    return remove_tags(call);
}

enum outcome kinesis_untag_resource(struct call *call)
{
    return remove_tags(call);
}

/* The tags behind `after` in order of key, at most limit of them; *more tells whether there are others. */
static json_t *list(const json_t *all, const char *after, int64_t limit, bool *more)
{
    json_t *tags = json_array();
    const char *last = after ? after : "";

    for (;;) {
        const char *next = NULL;
        const char *name;
        json_t *value;

        json_object_foreach((json_t *)all, name, value) if (strcmp(name, last) > 0 && (!next || strcmp(name, next) < 0)) next = name;
        *more = next && (int64_t)json_array_size(tags) >= limit;
        if (!next || *more)
            return tags;
        json_array_append_new(tags, json_pack("{s:s, s:s*}", "Key", next, "Value", json_string_value(json_object_get(all, next))));
        last = next;
    }
}

enum outcome kinesis_list_tags_for_stream(struct call *call)
{
    const struct kinesis_stream *stream = kinesis_stream_named(call);
    bool more;
    json_t *tags;

    if (!stream)
        return FAILED;
    tags = list(stream->tags, call_string(call, "ExclusiveStartTagKey"), call_integer(call, "Limit", TAG_MAX), &more);
    call->output = json_pack("{s:o, s:b}", "Tags", tags, "HasMoreTags", more);
    return DONE;
}

enum outcome kinesis_list_tags_for_resource(struct call *call)
{
    struct kinesis_resource resource;
    bool more;

    if (kinesis_resource_named(call, &resource) != DONE)
        return FAILED;
    call->output = json_pack("{s:o}", "Tags", list(resource.tags, NULL, TAG_MAX, &more));
    return DONE;
}
