/* Events of an AWS::Serverless::Function become mappings; its EventInvokeConfig a resource of its own (facts: templates, E2). */

#include "deploy/sam.h"

#include "base/text.h"

/* A destination's Type tells SAM which permission the role needs; it goes no further. */
static void put_destinations(struct sam *sam, struct node *target, const struct node *values)
{
    static const char *const ends[] = { "OnSuccess", "OnFailure" };
    const struct node *given = node_find(values, "DestinationConfig");
    struct node *config = sam_map(sam);

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const struct node *destination = node_find(node_find(given, ends[i]), "Destination");
        struct node *end = sam_map(sam);

        if (!destination)
            continue;
        node_put(sam->arena, end, "Destination", destination);
        node_put(sam->arena, config, ends[i], end);
    }
    if (config->count)
        node_put(sam->arena, target, "DestinationConfig", config);
}

static bool add_stream_event(struct sam *sam, const char *key, const struct node *values, const struct path *path, const char *target)
{
    static const char *const known[] = { "Stream", "DestinationConfig",
                                         /* from here on as they are */
                                         "BatchSize", "BisectBatchOnFunctionError", "Enabled", "FilterCriteria", "FunctionResponseTypes",
                                         "KmsKeyArn", "MaximumBatchingWindowInSeconds", "MaximumRecordAgeInSeconds", "MaximumRetryAttempts",
                                         "MetricsConfig", "ParallelizationFactor", "StartingPosition", "StartingPositionTimestamp",
                                         "TumblingWindowInSeconds", NULL };
    struct node *mapping = sam_map(sam);
    struct path properties = { .parent = path, .key = "Properties" };

    sam_check(sam, values, known, &properties);
    if (!node_find(values, "Stream")) {
        remarks_fail(sam->remarks, values ? values->line : sam->line, &properties,
                     "Property Stream cannot be empty; give the stream's ARN");
        return false;
    }
    sam_copy_from(sam, values, mapping, "Stream", "EventSourceArn");
    node_put(sam->arena, mapping, "FunctionName", sam_ref(sam, target));
    for (size_t i = 2; known[i]; i++)
        sam_copy_from(sam, values, mapping, known[i], NULL);
    put_destinations(sam, mapping, values);
    return sam_add(sam, sam_print(sam, "%s%s", sam->id, key), "AWS::Lambda::EventSourceMapping", mapping, false);
}

static bool add_event(struct sam *sam, const struct field *event, const struct path *path, const char *target)
{
    const char *type = node_find_text(event->value, "Type");

    if (!type) {
        remarks_fail(sam->remarks, event->line, path, "an event needs a Type, such as Kinesis");
        return false;
    }
    if (text_is(type, "Kinesis") || text_is(type, "DynamoDB"))
        return add_stream_event(sam, event->key, node_find(event->value, "Properties"), path, target);
    remarks_warn(sam->remarks, event->line, path, "events of type %s are not supported; they do not invoke the function", type);
    return true;
}

bool sam_add_events(struct sam *sam, const char *target)
{
    const struct node *events = node_find(sam->properties, "Events");
    struct path properties = { .parent = &sam->path, .key = "Properties" };
    struct path path = { .parent = &properties, .key = "Events" };

    for (size_t i = 0; events && events->kind == NODE_MAP && i < events->count; i++) {
        struct path place = { .parent = &path, .key = events->fields[i].key };

        if (!add_event(sam, &events->fields[i], &place, target))
            return false;
    }
    return true;
}

bool sam_add_invoke_config(struct sam *sam, const char *alias)
{
    const struct node *given = node_find(sam->properties, "EventInvokeConfig");
    struct node *config = sam_map(sam);

    if (!given)
        return true;
    node_put(sam->arena, config, "FunctionName", sam_ref(sam, sam->id));
    node_put(sam->arena, config, "Qualifier", sam_text(sam, "%s", alias ? alias : "$LATEST"));
    sam_copy_from(sam, given, config, "MaximumEventAgeInSeconds", NULL);
    sam_copy_from(sam, given, config, "MaximumRetryAttempts", NULL);
    put_destinations(sam, config, given);
    return sam_add(sam, sam_print(sam, "%sEventInvokeConfig", sam->id), "AWS::Lambda::EventInvokeConfig", config, false);
}
