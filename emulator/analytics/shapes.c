/* The shapes of an application's parts (botocore's kinesisanalytics 2015-08-14 and kinesisanalyticsv2 2018-05-23). */

#include "analytics/shapes.h"

static const char *const formats[] = { "JSON", "CSV", NULL };
static const char *const positions[] = { "NOW", "TRIM_HORIZON", "LAST_STOPPED_POINT", NULL };

static const struct member json_parameters[] = { { "RecordRowPath", STRING, .required = true, .min = 1 }, { 0 } };
static const struct member csv_parameters[] = { { "RecordRowDelimiter", STRING, .required = true, .min = 1 },
                                                { "RecordColumnDelimiter", STRING, .required = true, .min = 1 },
                                                { 0 } };
static const struct member mapping_parameters[] = { { "JSONMappingParameters", STRUCTURE, .members = json_parameters },
                                                    { "CSVMappingParameters", STRUCTURE, .members = csv_parameters },
                                                    { 0 } };
static const struct member record_format[] = { { "RecordFormatType", STRING, .required = true, .values = formats },
                                               { "MappingParameters", STRUCTURE, .members = mapping_parameters },
                                               { 0 } };
static const struct member record_column[] = { { "Name", STRING, .required = true, .max = 256 },
                                               { "Mapping", STRING, .max = 65535 },
                                               { "SqlType", STRING, .required = true, .min = 1, .max = 100 },
                                               { 0 } };
static const struct member record_columns[] = { { "member", STRUCTURE, .members = record_column }, { 0 } };
static const struct member source_schema[] = { { "RecordFormat", STRUCTURE, .required = true, .members = record_format },
                                               { "RecordEncoding", STRING, .pattern = "UTF-8" },
                                               { "RecordColumns", LIST, .required = true, .min = 1, .max = 1000,
                                                 .members = record_columns },
                                               { 0 } };
static const struct member destination_schema[] = { { "RecordFormatType", STRING, .required = true, .values = formats }, { 0 } };
static const struct member parallelism[] = { { "Count", INTEGER, .min = 1, .max = 64 }, { 0 } };

static const struct member v1_resource[] = { ARN_MEMBER("ResourceARN", true), ARN_MEMBER("RoleARN", true), { 0 } };
static const struct member v2_resource[] = { ARN_MEMBER("ResourceARN", true), { 0 } };
static const struct member v1_object[] = { ARN_MEMBER("BucketARN", true),
                                           { "FileKey", STRING, .required = true, .min = 1, .max = 1024 },
                                           ARN_MEMBER("ReferenceRoleARN", true),
                                           { 0 } };
static const struct member v2_object[] = { ARN_MEMBER("BucketARN", false), { "FileKey", STRING, .min = 1, .max = 1024 }, { 0 } };

const struct member analytics_shape_v1_logging[] = { ARN_MEMBER("LogStreamARN", true), ARN_MEMBER("RoleARN", true), { 0 } };
const struct member analytics_shape_v2_logging[] = { ARN_MEMBER("LogStreamARN", true), { 0 } };

/* The parts have the same form in both versions; what stands below them differs. */
#define PARTS(version)                                                                                                                    \
    const struct member analytics_shape_##version##_processing[] = {                                                                      \
        { "InputLambdaProcessor", STRUCTURE, .required = true, .members = version##_resource }, { 0 }                                     \
    };                                                                                                                                    \
    const struct member analytics_shape_##version##_input[] = { { "NamePrefix", STRING, .required = true, .min = 1, .max = 32 },          \
                                                                { "InputProcessingConfiguration", STRUCTURE,                              \
                                                                  .members = analytics_shape_##version##_processing },                    \
                                                                { "KinesisStreamsInput", STRUCTURE, .members = version##_resource },      \
                                                                { "KinesisFirehoseInput", STRUCTURE, .members = version##_resource },     \
                                                                { "InputParallelism", STRUCTURE, .members = parallelism },                \
                                                                { "InputSchema", STRUCTURE, .required = true, .members = source_schema }, \
                                                                { 0 } };                                                                  \
    const struct member analytics_shape_##version##_inputs[] = { { "member", STRUCTURE, .members = analytics_shape_##version##_input },   \
                                                                 { 0 } };                                                                 \
    const struct member analytics_shape_##version##_output[] = { { "Name", STRING, .required = true, .min = 1, .max = 32 },               \
                                                                 { "KinesisStreamsOutput", STRUCTURE, .members = version##_resource },    \
                                                                 { "KinesisFirehoseOutput", STRUCTURE, .members = version##_resource },   \
                                                                 { "LambdaOutput", STRUCTURE, .members = version##_resource },            \
                                                                 { "DestinationSchema", STRUCTURE, .required = true,                      \
                                                                   .members = destination_schema },                                       \
                                                                 { 0 } };                                                                 \
    const struct member analytics_shape_##version##_outputs[] = { { "member", STRUCTURE, .members = analytics_shape_##version##_output }, \
                                                                  { 0 } };                                                                \
    const struct member analytics_shape_##version##_reference[] = { { "TableName", STRING, .required = true, .min = 1, .max = 32 },       \
                                                                    { "S3ReferenceDataSource", STRUCTURE, .members = version##_object },  \
                                                                    { "ReferenceSchema", STRUCTURE, .required = true,                     \
                                                                      .members = source_schema },                                         \
                                                                    { 0 } };                                                              \
    const struct member analytics_shape_##version##_loggings[] = {                                                                        \
        { "member", STRUCTURE, .members = analytics_shape_##version##_logging }, { 0 }                                                    \
    };
PARTS(v1)
PARTS(v2)
#undef PARTS

const struct member analytics_shape_v2_references[] = { { "member", STRUCTURE, .members = analytics_shape_v2_reference }, { 0 } };

static const struct member tag[] = { { "Key", STRING, .required = true, .min = 1, .max = 128 }, { "Value", STRING, .max = 256 }, { 0 } };
const struct member analytics_shape_tags[] = { { "member", STRUCTURE, .members = tag }, { 0 } };

const struct member analytics_shape_position[] = { { "InputStartingPosition", STRING, .values = positions }, { 0 } };

/* ---- updates ---- */

static const struct member resource_update[] = { ARN_MEMBER("ResourceARNUpdate", false), ARN_MEMBER("RoleARNUpdate", false), { 0 } };
static const struct member processing_update[] = {
    { "InputLambdaProcessorUpdate", STRUCTURE, .required = true, .members = resource_update }, { 0 }
};
static const struct member schema_update[] = { { "RecordFormatUpdate", STRUCTURE, .members = record_format },
                                               { "RecordEncodingUpdate", STRING, .pattern = "UTF-8" },
                                               { "RecordColumnUpdates", LIST, .min = 1, .max = 1000, .members = record_columns },
                                               { 0 } };
static const struct member parallelism_update[] = { { "CountUpdate", INTEGER, .min = 1, .max = 64 }, { 0 } };
static const struct member input_update[] = { ID_MEMBER("InputId"),
                                              { "NamePrefixUpdate", STRING, .min = 1, .max = 32 },
                                              { "InputProcessingConfigurationUpdate", STRUCTURE, .members = processing_update },
                                              { "KinesisStreamsInputUpdate", STRUCTURE, .members = resource_update },
                                              { "KinesisFirehoseInputUpdate", STRUCTURE, .members = resource_update },
                                              { "InputSchemaUpdate", STRUCTURE, .members = schema_update },
                                              { "InputParallelismUpdate", STRUCTURE, .members = parallelism_update },
                                              { 0 } };
static const struct member output_update[] = { ID_MEMBER("OutputId"),
                                               { "NameUpdate", STRING, .min = 1, .max = 32 },
                                               { "KinesisStreamsOutputUpdate", STRUCTURE, .members = resource_update },
                                               { "KinesisFirehoseOutputUpdate", STRUCTURE, .members = resource_update },
                                               { "LambdaOutputUpdate", STRUCTURE, .members = resource_update },
                                               { "DestinationSchemaUpdate", STRUCTURE, .members = destination_schema },
                                               { 0 } };
static const struct member object_update[] = { ARN_MEMBER("BucketARNUpdate", false),
                                               { "FileKeyUpdate", STRING, .min = 1, .max = 1024 },
                                               ARN_MEMBER("ReferenceRoleARNUpdate", false),
                                               { 0 } };
static const struct member reference_update[] = { ID_MEMBER("ReferenceId"),
                                                  { "TableNameUpdate", STRING, .min = 1, .max = 32 },
                                                  { "S3ReferenceDataSourceUpdate", STRUCTURE, .members = object_update },
                                                  { "ReferenceSchemaUpdate", STRUCTURE, .members = source_schema },
                                                  { 0 } };
static const struct member logging_update[] = {
    ID_MEMBER("CloudWatchLoggingOptionId"), ARN_MEMBER("LogStreamARNUpdate", false), ARN_MEMBER("RoleARNUpdate", false), { 0 }
};

const struct member analytics_shape_input_updates[] = { { "member", STRUCTURE, .members = input_update }, { 0 } };
const struct member analytics_shape_output_updates[] = { { "member", STRUCTURE, .members = output_update }, { 0 } };
const struct member analytics_shape_reference_updates[] = { { "member", STRUCTURE, .members = reference_update }, { 0 } };
const struct member analytics_shape_logging_updates[] = { { "member", STRUCTURE, .members = logging_update }, { 0 } };
