#include "deploy/table_settings.h"

#include "base/json.h"
#include "base/text.h"
#include "deploy/table_update.h"
#include "deploy/tables.h"

/* ---- how the template says them ---- */

static const struct property time_to_live[] = { { "AttributeName", TEXT }, { "Enabled", YES_NO, .required = true }, { 0 } };
static const struct property recovery[] = { { "PointInTimeRecoveryEnabled", YES_NO }, { "RecoveryPeriodInDays", NUMBER }, { 0 } };
static const struct property insights[] = { { "Enabled", YES_NO, .required = true }, { "Mode", TEXT }, { 0 } };
static const struct property policy[] = { { "PolicyDocument", JSON_TEXT, .required = true }, { 0 } };
static const struct property destination[] = { { "ApproximateCreationDateTimePrecision", TEXT },
                                               { "StreamArn", TEXT, .required = true },
                                               { 0 } };
static const struct property index_members[] = { { "ContributorInsightsSpecification", MEMBERS, insights }, { "IndexName", TEXT }, { 0 } };
static const struct property index_row[] = { { "index", MEMBERS, index_members }, { 0 } };
static const struct property settings_properties[] = {
    { "ContributorInsightsSpecification", MEMBERS, insights },
    { "GlobalSecondaryIndexes", LIST_OF, index_row },
    { "KinesisStreamSpecification", MEMBERS, destination },
    { "PointInTimeRecoverySpecification", MEMBERS, recovery },
    { "ResourcePolicy", MEMBERS, policy },
    { "Tags", LIST_OF, property_tag },
    { "TimeToLiveSpecification", MEMBERS, time_to_live },
    { 0 },
};

struct settings {
    struct deployment *deployment;
    struct resource *resource;
    const json_t *wanted; /* by the properties above */
    const char *arn;      /* the table's */
};

/* Asks an operation of the table (input taken). A new reference; NULL after an error. */
static json_t *ask(const struct settings *settings, const char *operation, json_t *input)
{
    return deployment_call(settings->deployment, settings->resource, settings->deployment->rooms->dynamodb, operation, input);
}

static json_t *named(const struct settings *settings)
{
    return json_pack("{s:s}", "TableName", settings->resource->physical_id);
}

/* A member of what the operation tells of a table that was kept; empty of a new one. A new reference; NULL after an error. */
static json_t *look(const struct settings *settings, const char *operation, const char *member)
{
    json_t *output = settings->resource->is_kept ? ask(settings, operation, named(settings)) : json_object();
    json_t *told = json_incref(json_object_get(output, member));

    if (!output)
        return NULL;
    json_decref(output);
    return told ? told : json_object();
}

/* Calls an operation that changes the setting which the template calls `part`. */
static bool set(const struct settings *settings, const char *part, const char *operation, json_t *input)
{
    json_t *output = ask(settings, operation, input);

    json_decref(output);
    if (output && settings->resource->is_kept)
        table_update_note(settings->deployment, settings->resource, part);
    return output != NULL;
}

/* ---- time to live ---- */

static bool set_time_to_live(const struct settings *settings, const char *attribute, bool is_enabled)
{
    return set(settings, "TimeToLiveSpecification", "UpdateTimeToLive",
               json_pack("{s:s, s:{s:b, s:s}}", "TableName", settings->resource->physical_id, "TimeToLiveSpecification", "Enabled",
                         is_enabled, "AttributeName", attribute));
}

static bool apply_time_to_live(const struct settings *settings)
{
    const json_t *wanted = json_object_get(settings->wanted, "TimeToLiveSpecification");
    const char *name = json_text_in(wanted, "AttributeName");
    const char *attribute = json_is_true(json_object_get(wanted, "Enabled")) ? (name ? name : "") : NULL;
    json_t *told = look(settings, "DescribeTimeToLive", "TimeToLiveDescription");
    const char *present = json_text_in(told, "AttributeName");
    bool is_done = told != NULL;

    if (is_done && !text_is(present, attribute))
        is_done = (!present || set_time_to_live(settings, present, false)) && (!attribute || set_time_to_live(settings, attribute, true));
    json_decref(told);
    return is_done;
}

/* ---- recovery ---- */

static bool is_recoverable(const json_t *told)
{
    return text_is(json_text_in(json_object_get(told, "PointInTimeRecoveryDescription"), "PointInTimeRecoveryStatus"), "ENABLED");
}

static bool has_period(const json_t *told, const json_t *wanted)
{
    const json_t *days = json_object_get(wanted, "RecoveryPeriodInDays");

    return !days ||
           json_equal((json_t *)days, json_object_get(json_object_get(told, "PointInTimeRecoveryDescription"), "RecoveryPeriodInDays"));
}

static bool apply_recovery(const struct settings *settings)
{
    json_t *wanted = json_object_get(settings->wanted, "PointInTimeRecoverySpecification");
    bool is_wanted = json_is_true(json_object_get(wanted, "PointInTimeRecoveryEnabled"));
    json_t *told = look(settings, "DescribeContinuousBackups", "ContinuousBackupsDescription");
    json_t *specification = is_wanted ? json_incref(wanted) : json_pack("{s:b}", "PointInTimeRecoveryEnabled", false);
    bool is_done = told != NULL;

    if (is_done && (is_recoverable(told) != is_wanted || (is_wanted && !has_period(told, wanted))))
        is_done =
            set(settings, "PointInTimeRecoverySpecification", "UpdateContinuousBackups",
                json_pack("{s:s, s:O}", "TableName", settings->resource->physical_id, "PointInTimeRecoverySpecification", specification));
    json_decref(specification);
    json_decref(told);
    return is_done;
}

/* ---- the policy ---- */

/* The revision of the policy that is there: "" for none. NULL after an error. In the deployment's arena. */
static const char *revision_of(const struct settings *settings)
{
    bool is_absent = false;
    json_t *output = deployment_try(settings->deployment, settings->resource, settings->deployment->rooms->dynamodb, "GetResourcePolicy",
                                    json_pack("{s:s}", "ResourceArn", settings->arn), ERR_POLICY_NOT_FOUND, &is_absent);
    const char *revision = output ? arena_text(&settings->deployment->arena, json_text_in(output, "RevisionId")) : is_absent ? "" : NULL;

    json_decref(output);
    return revision;
}

/* The same policy again has the same revision. */
static bool put_policy(const struct settings *settings, const char *document, const char *revision)
{
    json_t *output = ask(settings, "PutResourcePolicy", json_pack("{s:s, s:s}", "ResourceArn", settings->arn, "Policy", document));

    if (output && settings->resource->is_kept && !text_is(revision, json_text_in(output, "RevisionId")))
        table_update_note(settings->deployment, settings->resource, "ResourcePolicy");
    json_decref(output);
    return output != NULL;
}

static bool apply_policy(const struct settings *settings)
{
    const char *document = json_text_in(json_object_get(settings->wanted, "ResourcePolicy"), "PolicyDocument");
    const char *revision = settings->resource->is_kept ? revision_of(settings) : "";

    if (!revision)
        return false;
    if (document)
        return put_policy(settings, document, revision);
    return !*revision || set(settings, "ResourcePolicy", "DeleteResourcePolicy", json_pack("{s:s}", "ResourceArn", settings->arn));
}

/* ---- contributor insights ---- */

static bool is_insightful(const json_t *told, const json_t *wanted)
{
    const char *mode = json_text_in(wanted, "Mode");

    if (!json_is_true(json_object_get(wanted, "Enabled")))
        return text_is(json_text_in(told, "ContributorInsightsStatus"), "DISABLED");
    return text_is(json_text_in(told, "ContributorInsightsStatus"), "ENABLED") &&
           text_is(json_text_in(told, "ContributorInsightsMode"), mode ? mode : "ACCESSED_AND_THROTTLED_KEYS");
}

/* Of the table, or of the index. */
static bool apply_insights_of(const struct settings *settings, const char *index, const json_t *wanted)
{
    const char *name = settings->resource->physical_id;
    bool is_wanted = json_is_true(json_object_get(wanted, "Enabled"));
    json_t *told;
    bool is_done;

    if (!is_wanted && !settings->resource->is_kept)
        return true;
    told = settings->resource->is_kept
               ? ask(settings, "DescribeContributorInsights", json_pack("{s:s, s:s*}", "TableName", name, "IndexName", index))
               : json_object();
    is_done =
        told && (is_insightful(told, wanted) || set(settings, "ContributorInsightsSpecification", "UpdateContributorInsights",
                                                    json_pack("{s:s, s:s*, s:s, s:s*}", "TableName", name, "IndexName", index,
                                                              "ContributorInsightsAction", is_wanted ? "ENABLE" : "DISABLE",
                                                              "ContributorInsightsMode", is_wanted ? json_text_in(wanted, "Mode") : NULL)));
    json_decref(told);
    return is_done;
}

static bool apply_insights(const struct settings *settings)
{
    static const char name[] = "ContributorInsightsSpecification";
    bool is_done = apply_insights_of(settings, NULL, json_object_get(settings->wanted, name));
    json_t *index;
    size_t i;

    json_array_foreach(json_object_get(settings->wanted, "GlobalSecondaryIndexes"), i, index)
    {
        is_done = is_done && apply_insights_of(settings, json_text_in(index, "IndexName"), json_object_get(index, name));
    }
    return is_done;
}

/* ---- the Kinesis stream ---- */

static const char precision[] = "ApproximateCreationDateTimePrecision";

static const json_t *active_in(const json_t *destinations)
{
    for (size_t i = 0; i < json_array_size(destinations); i++)
        if (text_is(json_text_in(json_array_get(destinations, i), "DestinationStatus"), "ACTIVE"))
            return json_array_get(destinations, i);
    return NULL;
}

static bool is_same_destination(const json_t *active, const json_t *wanted)
{
    const char *told = json_text_in(active, precision);
    const char *meant = json_text_in(wanted, precision);

    return text_is(json_text_in(active, "StreamArn"), json_text_in(wanted, "StreamArn")) &&
           (!meant || text_is(told ? told : "MILLISECOND", meant));
}

static bool feed(const struct settings *settings, const char *operation, const json_t *stream)
{
    const char *fine = text_is(operation, "EnableKinesisStreamingDestination") ? json_text_in(stream, precision) : NULL;
    json_t *configuration = fine ? json_pack("{s:s}", precision, fine) : NULL;

    return set(settings, "KinesisStreamSpecification", operation,
               json_pack("{s:s, s:s, s:o*}", "TableName", settings->resource->physical_id, "StreamArn", json_text_in(stream, "StreamArn"),
                         "EnableKinesisStreamingConfiguration", configuration));
}

static bool apply_destination(const struct settings *settings)
{
    const json_t *wanted = json_object_get(settings->wanted, "KinesisStreamSpecification");
    json_t *told = look(settings, "DescribeKinesisStreamingDestination", "KinesisDataStreamDestinations");
    const json_t *active = active_in(told);
    bool is_done = told != NULL;

    if (is_done && (active || wanted) && !is_same_destination(active, wanted))
        is_done = (!active || feed(settings, "DisableKinesisStreamingDestination", active)) &&
                  (!wanted || feed(settings, "EnableKinesisStreamingDestination", wanted));
    json_decref(told);
    return is_done;
}

/* ---- tags ---- */

/* The tags of `tags` that are not in `others`, as tags or by their keys alone. A new reference. */
static json_t *tags_beyond(const json_t *tags, const json_t *others, bool by_key)
{
    json_t *beyond = json_array();
    json_t *tag;
    size_t i;

    json_array_foreach((json_t *)tags, i, tag)
    {
        size_t j = 0;

        while (j < json_array_size(others) && !(by_key ? text_is(json_text_in(tag, "Key"), json_text_in(json_array_get(others, j), "Key"))
                                                       : json_equal(tag, json_array_get(others, j))))
            j++;
        if (j == json_array_size(others))
            json_array_append(beyond, by_key ? json_object_get(tag, "Key") : tag);
    }
    return beyond;
}

/* Calls the operation with the list (taken), where there is anything in it. */
static bool set_tags(const struct settings *settings, const char *operation, const char *member, json_t *list)
{
    bool is_done =
        !json_array_size(list) || set(settings, "Tags", operation, json_pack("{s:s, s:O}", "ResourceArn", settings->arn, member, list));

    json_decref(list);
    return is_done;
}

static bool apply_tags(const struct settings *settings)
{
    const json_t *wanted = json_object_get(settings->wanted, "Tags");
    json_t *output =
        settings->resource->is_kept ? ask(settings, "ListTagsOfResource", json_pack("{s:s}", "ResourceArn", settings->arn)) : NULL;
    const json_t *present = json_object_get(output, "Tags");
    bool is_done =
        !settings->resource->is_kept || (output && set_tags(settings, "UntagResource", "TagKeys", tags_beyond(present, wanted, true)) &&
                                         set_tags(settings, "TagResource", "Tags", tags_beyond(wanted, present, false)));

    json_decref(output);
    return is_done;
}

bool table_settings_apply(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *wanted = deployment_input_by(deployment, resource, settings_properties, properties, AS_NAMED);
    struct settings settings = { deployment, resource, wanted, deployment_arn(deployment, "dynamodb", "table/%s", resource->physical_id) };
    bool is_done = wanted && apply_tags(&settings) && apply_time_to_live(&settings) && apply_recovery(&settings) &&
                   apply_policy(&settings) && apply_insights(&settings) && apply_destination(&settings);

    json_decref(wanted);
    return is_done;
}
