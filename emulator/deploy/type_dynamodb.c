/* AWS::DynamoDB::Table. Ref is the name; Fn::GetAtt gives Arn and StreamArn. */

#include "deploy/table_settings.h"
#include "deploy/table_update.h"
#include "deploy/tables.h"

static const struct property attribute_members[] = { { "AttributeName", TEXT }, { "AttributeType", TEXT }, { 0 } };
static const struct property attribute[] = { { "attribute", MEMBERS, attribute_members }, { 0 } };
static const struct property key_members[] = { { "AttributeName", TEXT }, { "KeyType", TEXT }, { 0 } };
static const struct property key[] = { { "key", MEMBERS, key_members }, { 0 } };
static const struct property throughput[] = { { "ReadCapacityUnits", NUMBER }, { "WriteCapacityUnits", NUMBER }, { 0 } };
static const struct property on_demand[] = { { "MaxReadRequestUnits", NUMBER }, { "MaxWriteRequestUnits", NUMBER }, { 0 } };
static const struct property warm[] = { { "ReadUnitsPerSecond", NUMBER }, { "WriteUnitsPerSecond", NUMBER }, { 0 } };
static const struct property projection[] = { { "NonKeyAttributes", LIST_OF, property_text }, { "ProjectionType", TEXT }, { 0 } };

static const struct property index_members[] = {
    { "ContributorInsightsSpecification", ANYTHING, .fate = KEPT },
    { "IndexName", TEXT },
    { "KeySchema", LIST_OF, key },
    { "OnDemandThroughput", MEMBERS, on_demand },
    { "Projection", MEMBERS, projection },
    { "ProvisionedThroughput", MEMBERS, throughput },
    { "ReadOnDemandThroughputSettings", ANYTHING, .fate = IGNORED },
    { "WarmThroughput", MEMBERS, warm },
    { 0 },
};
static const struct property index_row[] = { { "index", MEMBERS, index_members }, { 0 } };

static const struct property stream_members[] = {
    { "ResourcePolicy", ANYTHING, .fate = IGNORED }, { "StreamViewType", TEXT }, { "StreamEnabled", YES_NO }, { 0 }
};
static const struct property encryption_members[] = {
    { "KMSMasterKeyId", TEXT }, { "SSEEnabled", YES_NO, .wire_name = "Enabled" }, { "SSEType", TEXT }, { 0 }
};

static const struct property table_properties[] = {
    { "AttributeDefinitions", LIST_OF, attribute },
    { "BillingMode", TEXT },
    { "ContributorInsightsSpecification", ANYTHING, .fate = KEPT },
    { "DeletionProtectionEnabled", YES_NO },
    { "GlobalSecondaryIndexes", LIST_OF, index_row },
    { "ImportSourceSpecification", ANYTHING, .fate = IGNORED },
    { "KeySchema", LIST_OF, key, .required = true },
    { "KinesisStreamSpecification", ANYTHING, .fate = KEPT },
    { "LocalSecondaryIndexes", LIST_OF, index_row },
    { "OnDemandThroughput", MEMBERS, on_demand },
    { "PointInTimeRecoverySpecification", ANYTHING, .fate = KEPT },
    { "ProvisionedThroughput", MEMBERS, throughput },
    { "ResourcePolicy", ANYTHING, .fate = KEPT },
    { "SSESpecification", MEMBERS, encryption_members },
    { "StreamSpecification", MEMBERS, stream_members },
    { "TableClass", TEXT },
    { "TableName", TEXT, .fate = KEPT },
    { "Tags", LIST_OF, property_tag },
    { "TimeToLiveSpecification", ANYTHING, .fate = KEPT },
    { "WarmThroughput", MEMBERS, warm },
    { 0 },
};

/* CloudFormation names only the view type; the service wants to hear that the stream is on. */
static void enable_stream(json_t *input)
{
    json_t *stream = json_object_get(input, "StreamSpecification");

    if (stream && !json_object_get(stream, "StreamEnabled"))
        json_object_set_new(stream, "StreamEnabled", json_true());
}

static bool describe(struct deployment *deployment, struct resource *resource)
{
    json_t *input = json_pack("{s:s}", "TableName", resource->physical_id);
    json_t *output =
        deployment_await(deployment, resource, deployment->rooms->dynamodb, "DescribeTable", input, "Table", "TableStatus", "ACTIVE");
    json_t *table = json_object_get(output, "Table");

    deployment_attribute(deployment, resource, "Arn", json_string_value(json_object_get(table, "TableArn")));
    deployment_attribute(deployment, resource, "StreamArn", json_string_value(json_object_get(table, "LatestStreamArn")));
    json_decref(input);
    json_decref(output);
    return output != NULL;
}

/* A table of an earlier run on the same data becomes as the template says now. */
static bool make_or_take_up(struct deployment *deployment, struct resource *resource, const json_t *input)
{
    const char *name = resource->physical_id;
    json_t *output = deployment_try(deployment, resource, deployment->rooms->dynamodb, "CreateTable", json_deep_copy(input),
                                    deployment_tolerates(deployment, resource, name, ERR_RESOURCE_IN_USE), &resource->is_kept);

    json_decref(output);
    return output || (resource->is_kept && table_update(deployment, resource, input));
}

static bool make_table(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *input = deployment_input(deployment, resource, properties, AS_NAMED);
    bool is_made;

    if (!input)
        return false;
    deployment_set_name(resource, input, "TableName", deployment_name(deployment, resource, node_find_text(properties, "TableName"), 255));
    enable_stream(input);
    is_made = make_or_take_up(deployment, resource, input) && describe(deployment, resource) &&
              table_settings_apply(deployment, resource, properties);
    json_decref(input);
    return is_made;
}

const struct resource_type deploy_types_dynamodb[] = {
    { "AWS::DynamoDB::Table", table_properties, make_table },
    { 0 },
};
