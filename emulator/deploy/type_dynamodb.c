/* AWS::DynamoDB::Table. Ref is the name; Fn::GetAtt gives Arn and StreamArn. */

#include "base/text.h"
#include "deploy/deployment.h"
#include "deploy/tables.h"

static const struct property attribute_members[] = { { "AttributeName", TEXT }, { "AttributeType", TEXT }, { 0 } };
static const struct property attribute[] = { { "attribute", MEMBERS, attribute_members }, { 0 } };
static const struct property key_members[] = { { "AttributeName", TEXT }, { "KeyType", TEXT }, { 0 } };
static const struct property key[] = { { "key", MEMBERS, key_members }, { 0 } };
static const struct property throughput[] = { { "ReadCapacityUnits", NUMBER }, { "WriteCapacityUnits", NUMBER }, { 0 } };
static const struct property projection[] = { { "NonKeyAttributes", LIST_OF, property_text }, { "ProjectionType", TEXT }, { 0 } };

static const struct property index_members[] = {
    { "ContributorInsightsSpecification", ANYTHING, .fate = IGNORED },
    { "IndexName", TEXT },
    { "KeySchema", LIST_OF, key },
    { "OnDemandThroughput", ANYTHING, .fate = IGNORED },
    { "Projection", MEMBERS, projection },
    { "ProvisionedThroughput", MEMBERS, throughput },
    { "ReadOnDemandThroughputSettings", ANYTHING, .fate = IGNORED },
    { "WarmThroughput", ANYTHING, .fate = IGNORED },
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
    { "ContributorInsightsSpecification", ANYTHING, .fate = IGNORED },
    { "DeletionProtectionEnabled", YES_NO },
    { "GlobalSecondaryIndexes", LIST_OF, index_row },
    { "ImportSourceSpecification", ANYTHING, .fate = IGNORED },
    { "KeySchema", LIST_OF, key, .required = true },
    { "KinesisStreamSpecification", ANYTHING, .fate = KEPT },
    { "LocalSecondaryIndexes", LIST_OF, index_row },
    { "OnDemandThroughput", ANYTHING, .fate = IGNORED },
    { "PointInTimeRecoverySpecification", ANYTHING, .fate = IGNORED },
    { "ProvisionedThroughput", MEMBERS, throughput },
    { "ResourcePolicy", ANYTHING, .fate = IGNORED },
    { "SSESpecification", MEMBERS, encryption_members },
    { "StreamSpecification", MEMBERS, stream_members },
    { "TableClass", TEXT },
    { "TableName", TEXT, .fate = KEPT },
    { "Tags", LIST_OF, property_tag },
    { "TimeToLiveSpecification", ANYTHING, .fate = KEPT },
    { "WarmThroughput", ANYTHING, .fate = IGNORED },
    { 0 },
};

/* CloudFormation names only the view type; the service wants to hear that the stream is on. */
static void enable_stream(json_t *input)
{
    json_t *stream = json_object_get(input, "StreamSpecification");

    if (stream && !json_object_get(stream, "StreamEnabled"))
        json_object_set_new(stream, "StreamEnabled", json_true());
}

static bool set_time_to_live(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    const struct node *given = node_find(properties, "TimeToLiveSpecification");
    const struct service *service = deployment->rooms->dynamodb;
    json_t *output;

    if (!given)
        return true;
    output = deployment_call(deployment, resource, service, "UpdateTimeToLive",
                             json_pack("{s:s, s:{s:b, s:s}}", "TableName", resource->physical_id, "TimeToLiveSpecification", "Enabled",
                                       text_is(node_find_text(given, "Enabled"), "true"), "AttributeName",
                                       node_find_text(given, "AttributeName") ? node_find_text(given, "AttributeName") : ""));
    json_decref(output);
    return output != NULL;
}

static bool set_destination(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    const struct node *given = node_find(properties, "KinesisStreamSpecification");
    const char *stream = given ? node_find_text(given, "StreamArn") : NULL;
    const char *precision = given ? node_find_text(given, "ApproximateCreationDateTimePrecision") : NULL;
    json_t *configuration = precision ? json_pack("{s:s}", "ApproximateCreationDateTimePrecision", precision) : NULL;
    json_t *output;

    if (!given)
        return true;
    output = deployment_call(deployment, resource, deployment->rooms->dynamodb, "EnableKinesisStreamingDestination",
                             json_pack("{s:s, s:s, s:o*}", "TableName", resource->physical_id, "StreamArn", stream ? stream : "",
                                       "EnableKinesisStreamingConfiguration", configuration));
    json_decref(output);
    return output != NULL;
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

static bool make_table(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *input = deployment_input(deployment, resource, properties, AS_NAMED);
    const char *name = deployment_name(deployment, resource, node_find_text(properties, "TableName"), 255);
    bool is_kept = false;
    json_t *output;

    if (!input)
        return false;
    deployment_set_name(resource, input, "TableName", name);
    enable_stream(input);
    output = deployment_try(deployment, resource, deployment->rooms->dynamodb, "CreateTable", input,
                            deployment_tolerates(deployment, resource, name, ERR_RESOURCE_IN_USE), &is_kept);
    if (!output && !is_kept)
        return false;
    json_decref(output);
    resource->is_kept = is_kept;
    return describe(deployment, resource) &&
           (is_kept || (set_time_to_live(deployment, resource, properties) && set_destination(deployment, resource, properties)));
}

const struct resource_type deploy_types_dynamodb[] = {
    { "AWS::DynamoDB::Table", table_properties, make_table },
    { 0 },
};
