/* Tags, by the stream's name (older calls, ten at once) and by its ARN (newer ones). */

#include "kinesis/room.h"
#include "kinesis/shapes.h"

#include <string.h>

const struct member kinesis_tag[] = { { "value", STRING, .min_is_zero = true, .max = 256 },
                                      { "key", STRING, .min = 1, .max = 128 },
                                      { 0 } };
static const struct member key[] = { { "member", STRING, .min = 1, .max = 128 }, { 0 } };

const struct member kinesis_add_tags_to_stream_input[] = {
    STREAM_NAME_MEMBER,
    { "Tags", MAP, .required = true, .min = 1, .max = 200, .members = kinesis_tag },
    STREAM_ARN_MEMBER,
    { 0 },
};
const struct member kinesis_tag_resource_input[] = {
    { "Tags", MAP, .required = true, .min = 1, .max = 200, .members = kinesis_tag },
    RESOURCE_ARN_MEMBER,
    { 0 },
};
const struct member kinesis_remove_tags_from_stream_input[] = {
    STREAM_NAME_MEMBER,
    { "TagKeys", LIST, .required = true, .min = 1, .max = 50, .members = key },
    STREAM_ARN_MEMBER,
    { 0 },
};
const struct member kinesis_untag_resource_input[] = {
    { "TagKeys", LIST, .required = true, .min = 1, .max = 50, .members = key },
    RESOURCE_ARN_MEMBER,
    { 0 },
};
const struct member kinesis_list_tags_for_stream_input[] = {
    STREAM_NAME_MEMBER,
    { "ExclusiveStartTagKey", STRING, .min = 1, .max = 128 },
    { "Limit", INTEGER, .min = 1, .max = 50 },
    STREAM_ARN_MEMBER,
    { 0 },
};
const struct member kinesis_list_tags_for_resource_input[] = { RESOURCE_ARN_MEMBER, { 0 } };

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
static enum outcome check_text(struct call *call, const struct kinesis_stream *stream, const char *text, const char *what)
{
    if (!is_tag_text(text))
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - %% @.");
    if (strchr(text, '%'))
        return call_fail(
            call, ERR_INVALID_ARGUMENT,
            "Failed to %s stream %s under account %s because some tags contained illegal characters. The allowed characters are "
            "Unicode letters, white-spaces, '_',',','/','=','+','-','@'.",
            what, stream->name, call->ground->account);
    return DONE;
}

enum outcome kinesis_stream_tag(struct call *call, struct kinesis_stream *stream)
{
    json_t *tags = call_member(call, "Tags");
    size_t added = 0;
    const char *name;
    json_t *value;

    json_object_foreach(tags, name, value)
    {
        if (check_text(call, stream, name, "add tags to") != DONE ||
            (json_is_string(value) && check_text(call, stream, json_string_value(value), "add tags to") != DONE))
            return FAILED;
        added += !json_object_get(stream->tags, name);
    }
    if (json_object_size(stream->tags) + added > TAG_MAX)
        return call_fail(
            call, ERR_INVALID_ARGUMENT,
            "Failed to add tags to stream %s under account %s because a given stream cannot have more than %d tags associated with it.",
            stream->name, call->ground->account, TAG_MAX);
    json_object_update(stream->tags, tags);
    return DONE;
}

static enum outcome add(struct call *call)
{
    struct kinesis_stream *stream = kinesis_stream_named(call);

    if (!stream || kinesis_stream_tag(call, stream) != DONE)
        return FAILED;
    return kinesis_noted(call, stream);
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
    struct kinesis_stream *stream = kinesis_stream_named(call);
    json_t *name;
    size_t i;

    if (!stream)
        return FAILED;
    json_array_foreach(call_member(call, "TagKeys"), i, name)
    {
        if (check_text(call, stream, json_string_value(name), "remove tags from") != DONE)
            return FAILED;
    }
    json_array_foreach(call_member(call, "TagKeys"), i, name) json_object_del(stream->tags, json_string_value(name));
    return kinesis_noted(call, stream);
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
static json_t *list(const struct kinesis_stream *stream, const char *after, int64_t limit, bool *more)
{
    json_t *tags = json_array();
    const char *last = after ? after : "";

    for (;;) {
        const char *next = NULL;
        const char *name;
        json_t *value;

        json_object_foreach(stream->tags, name, value) if (strcmp(name, last) > 0 && (!next || strcmp(name, next) < 0)) next = name;
        *more = next && (int64_t)json_array_size(tags) >= limit;
        if (!next || *more)
            return tags;
        json_array_append_new(tags, json_pack("{s:s, s:s*}", "Key", next, "Value", json_string_value(json_object_get(stream->tags, next))));
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
    tags = list(stream, call_string(call, "ExclusiveStartTagKey"), call_integer(call, "Limit", TAG_MAX), &more);
    call->output = json_pack("{s:o, s:b}", "Tags", tags, "HasMoreTags", more);
    return DONE;
}

enum outcome kinesis_list_tags_for_resource(struct call *call)
{
    const struct kinesis_stream *stream = kinesis_stream_named(call);
    bool more;

    if (!stream)
        return FAILED;
    call->output = json_pack("{s:o}", "Tags", list(stream, NULL, INT64_MAX, &more));
    return DONE;
}
