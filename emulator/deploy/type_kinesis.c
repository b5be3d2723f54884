/* AWS::Kinesis::Stream: Ref is the name, Fn::GetAtt gives Arn; without a count a provisioned stream has one shard. And
 * AWS::Kinesis::StreamConsumer: Ref is its ARN. */

#include "base/text.h"
#include "deploy/deployment.h"
#include "deploy/store.h"
#include "deploy/tables.h"

#include <string.h>

static const struct property mode_members[] = { { "StreamMode", TEXT }, { 0 } };

static const struct property stream_properties[] = {
    { "DesiredShardLevelMetrics", ANYTHING, .fate = IGNORED },
    { "MaxRecordSizeInKiB", NUMBER },
    { "Name", TEXT, .fate = KEPT },
    { "RetentionPeriodHours", NUMBER, .fate = KEPT },
    { "ShardCount", NUMBER },
    { "StreamEncryption", ANYTHING, .fate = IGNORED },
    { "StreamModeDetails", MEMBERS, mode_members },
    { "Tags", ANYTHING, .fate = KEPT },
    { "WarmThroughputMiBps", NUMBER },
    { "WarmThroughputObject", ANYTHING, .fate = IGNORED },
    { 0 },
};

static bool is_on_demand(const json_t *input)
{
    return text_is(json_string_value(json_object_get(json_object_get(input, "StreamModeDetails"), "StreamMode")), "ON_DEMAND");
}

static bool describe(struct deployment *deployment, struct resource *resource)
{
    json_t *input = json_pack("{s:s}", "StreamName", resource->physical_id);
    json_t *output = deployment_await(deployment, resource, deployment->rooms->kinesis, "DescribeStreamSummary", input,
                                      "StreamDescriptionSummary", "StreamStatus", "ACTIVE");
    json_t *stream = json_object_get(output, "StreamDescriptionSummary");

    deployment_attribute(deployment, resource, "Arn", json_string_value(json_object_get(stream, "StreamARN")));
    json_decref(input);
    json_decref(output);
    return output != NULL;
}

static bool set_retention(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    const char *text = node_find_text(properties, "RetentionPeriodHours");
    const struct service *service = deployment->rooms->kinesis;
    json_t *output;
    int64_t hours;

    if (!text || (text_to_int64(text, &hours) && hours == 24))
        return true;
    if (!text_to_int64(text, &hours)) {
        deployment_fail(deployment, resource, "RetentionPeriodHours", "a number is needed here, not \"%s\"", text);
        return false;
    }
    if (!service_operation(service, "IncreaseStreamRetentionPeriod")) {
        deployment_warn(deployment, resource, "RetentionPeriodHours has no effect here: records are kept as lowcloud keeps them");
        return true;
    }
    output = deployment_call(deployment, resource, service, "IncreaseStreamRetentionPeriod",
                             json_pack("{s:s, s:I}", "StreamName", resource->physical_id, "RetentionPeriodHours", (json_int_t)hours));
    json_decref(output);
    return output != NULL;
}

/* AWS takes no empty map of tags. */
static void set_tags(json_t *input, const struct node *properties)
{
    json_t *tags = property_tag_map(node_find(properties, "Tags"));

    if (json_object_size(tags))
        json_object_set(input, "Tags", tags);
    json_decref(tags);
}

static bool make_stream(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *input = deployment_input(deployment, resource, properties, AS_NAMED);
    const char *name = deployment_name(deployment, resource, node_find_text(properties, "Name"), 128);
    bool is_kept = false;
    json_t *output;

    if (!input)
        return false;
    deployment_set_name(resource, input, "StreamName", name);
    set_tags(input, properties);
    if (!is_on_demand(input) && !json_object_get(input, "ShardCount"))
        json_object_set_new(input, "ShardCount", json_integer(1));
    output = deployment_try(deployment, resource, deployment->rooms->kinesis, "CreateStream", input,
                            deployment_tolerates(deployment, resource, name, ERR_RESOURCE_IN_USE), &is_kept);
    if (!output && !is_kept)
        return false;
    json_decref(output);
    resource->is_kept = is_kept;
    return describe(deployment, resource) && (is_kept || set_retention(deployment, resource, properties));
}

/* ---- consumers ---- */

static const struct property consumer_properties[] = {
    { "ConsumerName", TEXT, .required = true },
    { "StreamARN", TEXT, .required = true },
    { "Tags", ANYTHING, .fate = KEPT },
    { 0 },
};

static bool describe_consumer(struct deployment *deployment, struct resource *resource, const json_t *input)
{
    static const char *const attributes[] = { "ConsumerARN", "ConsumerName", "ConsumerStatus", "StreamARN" };
    json_t *output = deployment_await(deployment, resource, deployment->rooms->kinesis, "DescribeStreamConsumer", input,
                                      "ConsumerDescription", "ConsumerStatus", "ACTIVE");
    json_t *consumer = json_object_get(output, "ConsumerDescription");

    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        deployment_attribute(deployment, resource, attributes[i], json_string_value(json_object_get(consumer, attributes[i])));
    if (output)
        deployment_identify(deployment, resource, json_string_value(json_object_get(consumer, "ConsumerARN")));
    json_decref(output);
    return output != NULL;
}

/* The consumer of an earlier run on the same data is kept. */
static enum error_id tolerated(struct deployment *deployment, const struct resource *resource, const char *name)
{
    const char *earlier = deploy_store_find(deployment->store, resource->id, resource->type_name, &deployment->arena);

    return earlier && strstr(earlier, arena_print(&deployment->arena, "/consumer/%s:", name)) ? ERR_RESOURCE_IN_USE : ERR_NONE;
}

static bool make_consumer(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *input = deployment_input(deployment, resource, properties, AS_NAMED);
    bool is_made;
    json_t *registered;
    json_t *output;

    if (!input)
        return false;
    registered = json_copy(input);
    set_tags(registered, properties);
    output = deployment_try(deployment, resource, deployment->rooms->kinesis, "RegisterStreamConsumer", registered,
                            tolerated(deployment, resource, node_find_text(properties, "ConsumerName")), &resource->is_kept);
    is_made = (output || resource->is_kept) && describe_consumer(deployment, resource, input);
    json_decref(output);
    json_decref(input);
    return is_made;
}

const struct resource_type deploy_types_kinesis[] = {
    { "AWS::Kinesis::Stream", stream_properties, make_stream },
    { "AWS::Kinesis::StreamConsumer", consumer_properties, make_consumer },
    { 0 },
};
