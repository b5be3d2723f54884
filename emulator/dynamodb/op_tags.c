/* TagResource, UntagResource, ListTagsOfResource: of tables, by their ARN. */

#include "base/text.h"
#include "dynamodb/intake.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"

#include <string.h>

enum { TAGS_MAX = 50 };

#define RESOURCE_ARN                                                   \
    {                                                                  \
        "ResourceArn", STRING, .required = true, .min = 1, .max = 1283 \
    }

const struct member dynamodb_tag_resource_input[] = {
    RESOURCE_ARN,
    { "Tags", LIST, .required = true,
      .members = (const struct member[]){ { "member", STRUCTURE, .members = shape_tag, .class = "Tag" }, { 0 } } },
    { 0 },
};
const struct member dynamodb_untag_resource_input[] = {
    RESOURCE_ARN,
    { "TagKeys", LIST, .required = true, .members = (const struct member[]){ { "member", STRING, .min = 1, .max = 128 }, { 0 } } },
    { 0 },
};
const struct member dynamodb_list_tags_of_resource_input[] = { RESOURCE_ARN, { "NextToken", STRING }, { 0 } };

/* The table that the ARN names; an index's or any other ARN names none. */
static struct table *find_resource(struct intake *intake)
{
    const char *arn = call_string(intake->call, "ResourceArn");
    const char *name = text_begins(arn, "arn:") && strstr(arn, ":table/") ? intake_table_name(arn) : NULL;
    struct table *table = name ? dynamodb_find_table(intake->room, name) : NULL;

    if (!name || strchr(name, '/'))
        fault_raise(&intake->fault, FAULT_VALIDATION, "Invalid TableArn: Invalid ResourceArn provided as input %s", arn);
    else if (!table)
        fault_raise(&intake->fault, FAULT_NOT_FOUND, "Requested resource not found: ResourcArn: %s not found", arn);
    return intake->fault.kind ? NULL : table;
}

static enum outcome keep(struct intake *intake, const struct table *table)
{
    if (store_keep_definition(intake->room->store, table) != OK)
        fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
    intake->call->has_no_body = !intake->fault.kind;
    return intake->fault.kind ? intake_refuse(intake) : DONE;
}

enum outcome dynamodb_tag_resource(struct call *call)
{
    struct intake intake;
    struct table *table;
    json_t *tags;
    json_t *tag;
    size_t i;

    intake_open(&intake, call);
    table = find_resource(&intake);
    if (!table)
        return intake_refuse(&intake);
    tags = json_copy(table->tags);
    json_array_foreach(call_member(call, "Tags"), i, tag)
    {
        json_object_set(tags, json_string_value(json_object_get(tag, "Key")), json_object_get(tag, "Value"));
    }
    if (json_object_size(tags) > TAGS_MAX) {
        json_decref(tags);
        fault_raise(&intake.fault, FAULT_VALIDATION, "The number of tags exceeds the limit of %d", TAGS_MAX);
        return intake_refuse(&intake);
    }
    json_decref(table->tags);
    table->tags = tags;
    return keep(&intake, table);
}

enum outcome dynamodb_untag_resource(struct call *call)
{
    struct intake intake;
    struct table *table;
    json_t *key;
    size_t i;

    intake_open(&intake, call);
    table = find_resource(&intake);
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
    table = find_resource(&intake);
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
