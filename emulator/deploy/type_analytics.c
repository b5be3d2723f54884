/* AWS::KinesisAnalytics::* and AWS::KinesisAnalyticsV2::*: SQL applications, their outputs and their reference data. Ref of an application
 * is its name. CloudFormation leaves an application READY (facts: D7): here it is started, from the oldest record on, once everything is
 * made, so that what is put after "ready" cannot be missed. */

#include "base/text.h"
#include "deploy/code.h"
#include "deploy/deployment.h"
#include "deploy/tables.h"

#include <string.h>

/* ---- what the two versions share ---- */

static const struct property json_format_members[] = { { "RecordRowPath", TEXT }, { 0 } };
static const struct property csv_format_members[] = { { "RecordColumnDelimiter", TEXT }, { "RecordRowDelimiter", TEXT }, { 0 } };
static const struct property format_mapping_members[] = { { "CSVMappingParameters", MEMBERS, csv_format_members },
                                                          { "JSONMappingParameters", MEMBERS, json_format_members },
                                                          { 0 } };
static const struct property format_members[] = { { "MappingParameters", MEMBERS, format_mapping_members },
                                                  { "RecordFormatType", TEXT },
                                                  { 0 } };
static const struct property column_members[] = { { "Mapping", TEXT }, { "Name", TEXT }, { "SqlType", TEXT }, { 0 } };
static const struct property column[] = { { "column", MEMBERS, column_members }, { 0 } };
static const struct property schema_members[] = {
    { "RecordColumns", LIST_OF, column }, { "RecordEncoding", TEXT }, { "RecordFormat", MEMBERS, format_members }, { 0 }
};
static const struct property parallelism_members[] = { { "Count", NUMBER }, { 0 } };
static const struct property arn_members[] = { { "ResourceARN", TEXT }, { "RoleARN", TEXT }, { 0 } };
static const struct property processor_members[] = { { "InputLambdaProcessor", MEMBERS, arn_members }, { 0 } };
static const struct property destination_schema_members[] = { { "RecordFormatType", TEXT }, { 0 } };

static const struct property input_members[] = {
    { "InputParallelism", MEMBERS, parallelism_members },
    { "InputProcessingConfiguration", MEMBERS, processor_members },
    { "InputSchema", MEMBERS, schema_members },
    { "KinesisFirehoseInput", MEMBERS, arn_members },
    { "KinesisStreamsInput", MEMBERS, arn_members },
    { "NamePrefix", TEXT },
    { 0 },
};
static const struct property input_row[] = { { "input", MEMBERS, input_members }, { 0 } };

static const struct property output_members[] = {
    { "DestinationSchema", MEMBERS, destination_schema_members },
    { "KinesisFirehoseOutput", MEMBERS, arn_members },
    { "KinesisStreamsOutput", MEMBERS, arn_members },
    { "LambdaOutput", MEMBERS, arn_members },
    { "Name", TEXT },
    { 0 },
};

static const struct property s3_members[] = { { "BucketARN", TEXT }, { "FileKey", TEXT }, { "ReferenceRoleARN", TEXT }, { 0 } };
static const struct property reference_members[] = {
    { "ReferenceSchema", MEMBERS, schema_members }, { "S3ReferenceDataSource", MEMBERS, s3_members }, { "TableName", TEXT }, { 0 }
};

static const struct property output_properties[] = { { "ApplicationName", TEXT, .required = true },
                                                     { "Output", MEMBERS, output_members, .required = true },
                                                     { 0 } };
static const struct property reference_properties[] = { { "ApplicationName", TEXT, .required = true },
                                                        { "ReferenceDataSource", MEMBERS, reference_members, .required = true },
                                                        { 0 } };

/* ---- version 1 ---- */

static const struct property v1_properties[] = {
    { "ApplicationCode", TEXT },
    { "ApplicationDescription", TEXT },
    { "ApplicationName", TEXT, .fate = KEPT },
    { "Inputs", LIST_OF, input_row, .required = true },
    { 0 },
};

/* ---- version 2 ---- */

static const struct property content_members[] = {
    { "S3ContentLocation", ANYTHING }, { "TextContent", TEXT }, { "ZipFileContent", TEXT }, { 0 }
};
static const struct property code_members[] = { { "CodeContent", MEMBERS, content_members }, { "CodeContentType", TEXT }, { 0 } };
static const struct property sql_members[] = { { "Inputs", LIST_OF, input_row }, { 0 } };
static const struct property group_members[] = { { "PropertyGroupId", TEXT }, { "PropertyMap", MAP_OF, property_text }, { 0 } };
static const struct property group[] = { { "group", MEMBERS, group_members }, { 0 } };
static const struct property environment_members[] = { { "PropertyGroups", LIST_OF, group }, { 0 } };

static const struct property configuration_members[] = {
    { "ApplicationCodeConfiguration", MEMBERS, code_members },
    { "ApplicationEncryptionConfiguration", ANYTHING, .fate = IGNORED },
    { "ApplicationSnapshotConfiguration", ANYTHING, .fate = IGNORED },
    { "ApplicationSystemRollbackConfiguration", ANYTHING, .fate = IGNORED },
    { "EnvironmentProperties", MEMBERS, environment_members },
    { "FlinkApplicationConfiguration", ANYTHING },
    { "SqlApplicationConfiguration", MEMBERS, sql_members },
    { "VpcConfigurations", ANYTHING, .fate = IGNORED },
    { "ZeppelinApplicationConfiguration", ANYTHING },
    { 0 },
};

static const struct property v2_properties[] = {
    { "ApplicationConfiguration", MEMBERS, configuration_members },
    { "ApplicationDescription", TEXT },
    { "ApplicationMaintenanceConfiguration", ANYTHING, .fate = IGNORED },
    { "ApplicationMode", TEXT },
    { "ApplicationName", TEXT, .fate = KEPT },
    { "RunConfiguration", ANYTHING, .fate = IGNORED },
    { "RuntimeEnvironment", TEXT, .required = true },
    { "ServiceExecutionRole", TEXT, .required = true },
    { "Tags", LIST_OF, property_tag },
    { 0 },
};

/* ---- describing ---- */

static bool is_v2(const struct resource *resource)
{
    return text_begins(resource->type_name, "AWS::KinesisAnalyticsV2::");
}

static const struct service *service_of(const struct deployment *deployment, const struct resource *resource)
{
    return is_v2(resource) ? deployment->rooms->analytics_v2 : deployment->rooms->analytics_v1;
}

/* The output of DescribeApplication: a new reference, NULL after an error. */
static json_t *describe(struct deployment *deployment, struct resource *resource, const char *name)
{
    return deployment_call(deployment, resource, service_of(deployment, resource), "DescribeApplication",
                           json_pack("{s:s}", "ApplicationName", name));
}

/* The input descriptions of an application. Borrowed from detail. */
static json_t *inputs_of(const struct resource *resource, const json_t *detail)
{
    json_t *configuration =
        json_object_get(json_object_get(detail, "ApplicationConfigurationDescription"), "SqlApplicationConfigurationDescription");

    return json_object_get(is_v2(resource) ? configuration : detail, "InputDescriptions");
}

/* ---- making ---- */

static bool await_running(struct deployment *deployment, struct resource *resource)
{
    json_t *input = json_pack("{s:s}", "ApplicationName", resource->physical_id);
    json_t *output = deployment_await(deployment, resource, service_of(deployment, resource), "DescribeApplication", input,
                                      "ApplicationDetail", "ApplicationStatus", "RUNNING");

    json_decref(input);
    json_decref(output);
    return output != NULL;
}

static const char *status_of(const json_t *detail)
{
    return json_string_value(json_object_get(detail, "ApplicationStatus"));
}

/* The code that a described application runs. Borrowed. */
static const char *code_of(const struct resource *resource, const json_t *detail)
{
    const json_t *place = detail;
    static const char *const steps[] = { "ApplicationConfigurationDescription", "ApplicationCodeConfigurationDescription",
                                         "CodeContentDescription" };

    for (size_t i = 0; is_v2(resource) && i < sizeof steps / sizeof *steps; i++)
        place = json_object_get(place, steps[i]);
    return json_string_value(json_object_get(place, is_v2(resource) ? "TextContent" : "ApplicationCode"));
}

/* The code that the template gives. */
static const char *given_code(const struct resource *resource, const struct node *properties)
{
    const struct node *configuration = node_find(node_find(properties, "ApplicationConfiguration"), "ApplicationCodeConfiguration");

    return is_v2(resource) ? node_find_text(node_find(configuration, "CodeContent"), "TextContent")
                           : node_find_text(properties, "ApplicationCode");
}

static json_t *code_update(const struct resource *resource, const json_t *detail, const char *code)
{
    json_t *version = json_object_get(detail, "ApplicationVersionId");

    if (!is_v2(resource))
        return json_pack("{s:s, s:O, s:{s:s}}", "ApplicationName", resource->physical_id, "CurrentApplicationVersionId", version,
                         "ApplicationUpdate", "ApplicationCodeUpdate", code);
    return json_pack("{s:s, s:O, s:{s:{s:{s:s}}}}", "ApplicationName", resource->physical_id, "CurrentApplicationVersionId", version,
                     "ApplicationConfigurationUpdate", "ApplicationCodeConfigurationUpdate", "CodeContentUpdate", "TextContentUpdate",
                     code);
}

/* An application that an earlier run on the same data made goes on where it stopped, with the code of the template as it is now. */
static bool take_up(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *described = describe(deployment, resource, resource->physical_id);
    json_t *detail = json_object_get(described, "ApplicationDetail");
    const char *code = given_code(resource, properties);
    bool is_done = described != NULL;

    resource->is_kept = true;
    if (is_done && text_is(status_of(detail), "STARTING"))
        is_done = await_running(deployment, resource);
    if (is_done && code && !text_is(code, code_of(resource, detail))) {
        json_t *output = deployment_call(deployment, resource, service_of(deployment, resource), "UpdateApplication",
                                         code_update(resource, detail, code));

        is_done = output != NULL;
        json_decref(output);
    }
    json_decref(described);
    return is_done;
}

static bool make_application(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *input = deployment_input(deployment, resource, properties, AS_NAMED);
    const char *name = deployment_name(deployment, resource, node_find_text(properties, "ApplicationName"), 128);
    bool is_kept = false;
    json_t *output;

    if (!input)
        return false;
    deployment_set_name(resource, input, "ApplicationName", name);
    deployment_attribute(deployment, resource, "Arn", deployment_arn(deployment, "kinesisanalytics", "application/%s", name));
    output = deployment_try(deployment, resource, service_of(deployment, resource), "CreateApplication", input,
                            deployment_tolerates(deployment, resource, name, ERR_RESOURCE_IN_USE), &is_kept);
    json_decref(output);
    return is_kept ? take_up(deployment, resource, properties) : output != NULL;
}

/* Whether the list at `key` of the application (or of its SQL configuration) holds an element whose `member` is `wanted`: an application
 * that was made by an earlier run has its outputs and reference data already. */
static bool has_described(const struct resource *resource, const json_t *detail, const char *key, const char *member, const char *wanted)
{
    json_t *configuration =
        json_object_get(json_object_get(detail, "ApplicationConfigurationDescription"), "SqlApplicationConfigurationDescription");
    json_t *list = json_object_get(is_v2(resource) ? configuration : detail, key);

    for (size_t i = 0; wanted && i < json_array_size(list); i++)
        if (text_is(json_string_value(json_object_get(json_array_get(list, i), member)), wanted))
            return true;
    return false;
}

/* Adds what the resource stands for to its application, whose version must be named. input is taken. */
static bool add_to_application(struct deployment *deployment, struct resource *resource, json_t *input, const char *operation,
                               const char *list, const char *member, const char *wanted)
{
    const char *name = json_string_value(json_object_get(input, "ApplicationName"));
    json_t *described = describe(deployment, resource, name);
    json_t *detail = json_object_get(described, "ApplicationDetail");
    json_t *output = NULL;
    bool is_there = has_described(resource, detail, list, member, wanted);

    if (described && !is_there) {
        json_object_set(input, "CurrentApplicationVersionId", json_object_get(detail, "ApplicationVersionId"));
        output = deployment_call(deployment, resource, service_of(deployment, resource), operation, json_incref(input));
    }
    json_decref(described);
    json_decref(output);
    return output || is_there;
}

static bool make_output(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *input = deployment_input(deployment, resource, properties, AS_NAMED);
    const char *name = node_find_text(node_find(properties, "Output"), "Name");
    bool is_made;

    if (!input)
        return false;
    is_made = add_to_application(deployment, resource, input, "AddApplicationOutput", "OutputDescriptions", "Name", name);
    deployment_identify(deployment, resource,
                        arena_print(&deployment->arena, "%s|%s", node_find_text(properties, "ApplicationName"), name ? name : ""));
    json_decref(input);
    return is_made;
}

/* Where no file beside the template stands for the object, the room looks where it looks by itself, and says what it misses. */
static void name_reference(struct deployment *deployment, const struct node *properties)
{
    static const char prefix[] = "arn:aws:s3:::";
    const struct node *object = node_find(node_find(properties, "ReferenceDataSource"), "S3ReferenceDataSource");
    const char *bucket = node_find_text(object, "BucketARN");
    const char *key = node_find_text(object, "FileKey");
    const char *path;

    if (!bucket || !key || !text_begins(bucket, prefix) || !deployment->rooms->name_reference)
        return;
    bucket += sizeof prefix - 1;
    path = deploy_code_object(deployment->folder, bucket, key, &deployment->arena);
    if (path)
        deployment->rooms->name_reference(deployment->rooms->analytics, bucket, key, path);
}

static bool make_reference(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    json_t *input = deployment_input(deployment, resource, properties, AS_NAMED);
    const char *table = node_find_text(node_find(properties, "ReferenceDataSource"), "TableName");
    bool is_made;

    if (!input)
        return false;
    name_reference(deployment, properties);
    is_made = add_to_application(deployment, resource, input, "AddApplicationReferenceDataSource", "ReferenceDataSourceDescriptions",
                                 "TableName", table);
    deployment_identify(deployment, resource,
                        arena_print(&deployment->arena, "%s|%s", node_find_text(properties, "ApplicationName"), table ? table : ""));
    json_decref(input);
    return is_made;
}

/* ---- starting ---- */

static json_t *start_of(const struct resource *resource, const json_t *input, const char *position)
{
    return json_pack("{s:O, s:{s:s}}", is_v2(resource) ? "InputId" : "Id", json_object_get(input, "InputId"),
                     "InputStartingPositionConfiguration", "InputStartingPosition", position);
}

/* From the oldest record on; an application that was kept goes on where it stopped. */
static json_t *start_input(const struct resource *resource, const json_t *detail)
{
    const char *position = resource->is_kept ? "LAST_STOPPED_POINT" : "TRIM_HORIZON";
    json_t *starts = json_array();
    const json_t *inputs = inputs_of(resource, detail);

    for (size_t i = 0; i < json_array_size(inputs); i++)
        json_array_append_new(starts, start_of(resource, json_array_get(inputs, i), position));
    if (is_v2(resource))
        return json_pack("{s:s, s:{s:o}}", "ApplicationName", resource->physical_id, "RunConfiguration", "SqlRunConfigurations", starts);
    return json_pack("{s:s, s:o}", "ApplicationName", resource->physical_id, "InputConfigurations", starts);
}

static bool start(struct deployment *deployment, struct resource *resource)
{
    json_t *described = describe(deployment, resource, resource->physical_id);
    json_t *detail = json_object_get(described, "ApplicationDetail");
    bool is_begun = described && !text_is(status_of(detail), "READY");
    json_t *output = NULL;

    if (described && !is_begun)
        output = deployment_call(deployment, resource, service_of(deployment, resource), "StartApplication", start_input(resource, detail));
    json_decref(described);
    json_decref(output);
    return (is_begun || output) && await_running(deployment, resource);
}

const struct resource_type deploy_types_analytics[] = {
    { "AWS::KinesisAnalytics::Application", v1_properties, make_application, .finish = start },
    { "AWS::KinesisAnalytics::ApplicationOutput", output_properties, make_output },
    { "AWS::KinesisAnalytics::ApplicationReferenceDataSource", reference_properties, make_reference },
    { "AWS::KinesisAnalyticsV2::Application", v2_properties, make_application, .finish = start },
    { "AWS::KinesisAnalyticsV2::ApplicationOutput", output_properties, make_output },
    { "AWS::KinesisAnalyticsV2::ApplicationReferenceDataSource", reference_properties, make_reference },
    { 0 },
};
