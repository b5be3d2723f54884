/* TagResource, UntagResource, ListTagsOfResource: of tables, by their ARN. */

#include "dynamodb/operations.h"
#include "dynamodb/resource.h"
#include "dynamodb/shapes.h"
#include "dynamodb/tags.h"

const struct member dynamodb_tag_resource_input[] = {
    RESOURCE_ARN_MEMBER,
    { "Tags", SHAPE_LIST_OF(shape_tag, "Tag"), .required = true },
    { 0 },
};
const struct member dynamodb_untag_resource_input[] = {
    RESOURCE_ARN_MEMBER,
    { "TagKeys", LIST, .required = true, .members = (const struct member[]){ { "member", STRING }, { 0 } } },
    { 0 },
};
const struct member dynamodb_list_tags_of_resource_input[] = { RESOURCE_ARN_MEMBER, { "NextToken", STRING }, { 0 } };

static enum outcome keep(struct intake *intake, const struct table *table)
{
    if (store_keep_definition(intake->room->store, table) != OK)
        fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
    intake->call->has_no_body = !intake->fault.kind;
    return intake->fault.kind ? intake_refuse(intake) : DONE;
}

/* The table's tags and the request's, or NULL with a fault. A new reference. */
static json_t *join_tags(struct intake *intake, const struct table *table)
{
    const json_t *given = call_member(intake->call, "Tags");
    json_t *tags = json_copy(table->tags);
    json_t *tag;
    size_t i;

    json_array_foreach((json_t *)given, i, tag)
    {
        json_object_set(tags, json_string_value(json_object_get(tag, "Key")), json_object_get(tag, "Value"));
    }
    if (tags_check_count(json_object_size(tags), &intake->fault))
        return tags;
    json_decref(tags);
    return NULL;
}

static bool check_given(struct intake *intake)
{
    const json_t *tags = call_member(intake->call, "Tags");

    if (!json_array_size(tags))
        return fault_raise(&intake->fault, FAULT_VALIDATION, "Atleast one Tag needs to be provided as Input.");
    return tags_check(tags, &intake->fault);
}

enum outcome dynamodb_tag_resource(struct call *call)
{
    struct intake intake;
    struct table *table;
    json_t *tags;

    intake_open(&intake, call);
    table = check_given(&intake) ? resource_table(&intake) : NULL;
    tags = table ? join_tags(&intake, table) : NULL;
    if (!tags)
        return intake_refuse(&intake);
    json_decref(table->tags);
    table->tags = tags;
    return keep(&intake, table);
}

static bool check_keys(struct intake *intake)
{
    const json_t *keys = call_member(intake->call, "TagKeys");

    if (!json_array_size(keys))
        return fault_raise(&intake->fault, FAULT_VALIDATION, "Atleast one Tag Key needs to be provided as Input.");
    for (size_t i = 0; i < json_array_size(keys); i++)
        if (!tags_check_key(json_string_value(json_array_get(keys, i)), &intake->fault))
            return false;
    return true;
}

enum outcome dynamodb_untag_resource(struct call *call)
{
    struct intake intake;
    struct table *table;
    json_t *key;
    size_t i;

    intake_open(&intake, call);
    table = check_keys(&intake) ? resource_table(&intake) : NULL;
    if (!table)
        return intake_refuse(&intake);
    json_array_foreach(call_member(call, "TagKeys"), i, key)
    {
        json_object_del(table->tags, json_string_value(key));
    }
    return keep(&intake, table);
}

enum outcome dynamodb_list_tags_of_resource(struct call *call)
{
    struct intake intake;
    struct table *table;
    json_t *tags;
    const char *key;
    json_t *value;

    intake_open(&intake, call);
    table = resource_table(&intake);
    if (!table)
        return intake_refuse(&intake);
    tags = json_array();
    json_object_foreach(table->tags, key, value)
    {
        json_array_append_new(tags, json_pack("{s:s, s:O}", "Key", key, "Value", value));
    }
    call->output = json_pack("{s:o}", "Tags", tags);
    return DONE;
}
