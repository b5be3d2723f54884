/* AWS::Serverless::SimpleTable: a table with one key, paid per request unless it says how much it reads and writes. */

#include "deploy/sam.h"

#include <string.h>

static const char *type_letter(const char *type)
{
    if (!strcmp(type, "Number"))
        return "N";
    return !strcmp(type, "Binary") ? "B" : "S";
}

static void put_key(struct sam *sam, struct node *table)
{
    const struct node *key = node_find(sam->properties, "PrimaryKey");
    const char *name = node_find_text(key, "Name") ? node_find_text(key, "Name") : "id";
    const char *type = node_find_text(key, "Type") ? node_find_text(key, "Type") : "String";
    struct node *definitions = sam_list(sam);
    struct node *definition = sam_map(sam);
    struct node *schema = sam_list(sam);
    struct node *element = sam_map(sam);

    node_put(sam->arena, definition, "AttributeName", sam_text(sam, "%s", name));
    node_put(sam->arena, definition, "AttributeType", sam_text(sam, "%s", type_letter(type)));
    node_add(sam->arena, definitions, definition);
    node_put(sam->arena, element, "AttributeName", sam_text(sam, "%s", name));
    node_put(sam->arena, element, "KeyType", sam_text(sam, "HASH"));
    node_add(sam->arena, schema, element);
    node_put(sam->arena, table, "AttributeDefinitions", definitions);
    node_put(sam->arena, table, "KeySchema", schema);
}

/* SAM takes tags as a map, CloudFormation as a list. */
static void put_tags(struct sam *sam, struct node *table)
{
    const struct node *tags = node_find(sam->properties, "Tags");
    struct node *list = sam_list(sam);

    if (!tags || tags->kind != NODE_MAP)
        return;
    for (size_t i = 0; i < tags->count; i++) {
        struct node *tag = sam_map(sam);

        node_put(sam->arena, tag, "Key", sam_text(sam, "%s", tags->fields[i].key));
        node_put(sam->arena, tag, "Value", tags->fields[i].value);
        node_add(sam->arena, list, tag);
    }
    node_put(sam->arena, table, "Tags", list);
}

bool sam_expand_table(struct sam *sam)
{
    static const char *const known[] = {
        "PointInTimeRecoverySpecification", "PrimaryKey", "ProvisionedThroughput", "SSESpecification", "TableName", "Tags", NULL
    };
    struct path path = { .parent = &sam->path, .key = "Properties" };
    struct node *table = sam_map(sam);

    sam_check(sam, sam->properties, known, &path);
    put_key(sam, table);
    sam_copy(sam, table, "ProvisionedThroughput", NULL);
    if (!node_find(sam->properties, "ProvisionedThroughput"))
        node_put(sam->arena, table, "BillingMode", sam_text(sam, "PAY_PER_REQUEST"));
    sam_copy(sam, table, "PointInTimeRecoverySpecification", NULL);
    sam_copy(sam, table, "SSESpecification", NULL);
    sam_copy(sam, table, "TableName", NULL);
    put_tags(sam, table);
    return sam_add(sam, sam->id, "AWS::DynamoDB::Table", table, true);
}
