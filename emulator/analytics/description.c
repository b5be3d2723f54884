/* What is configured as "X" is described as "XDescription"; the rest keeps its name. */

#include "analytics/description.h"

#include "base/text.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

const char *part_list(enum part part)
{
    static const char *const names[] = { "Inputs", "Outputs", "ReferenceDataSources", "CloudWatchLoggingOptions" };

    return names[part];
}

const char *part_id(enum part part)
{
    static const char *const names[] = { "InputId", "OutputId", "ReferenceId", "CloudWatchLoggingOptionId" };

    return names[part];
}

int part_find(const json_t *configuration, enum part part, const char *id)
{
    const json_t *list = json_object_get(configuration, part_list(part));

    for (size_t i = 0; i < json_array_size(list); i++)
        if (text_is(json_string_value(json_object_get(json_array_get(list, i), part_id(part))), id))
            return (int)i;
    return -1;
}

void part_add(json_t *configuration, enum part part, json_t *element, int64_t version)
{
    json_t *list = json_object_get(configuration, part_list(part));
    char id[48];
    int number = 1;

    do
        snprintf(id, sizeof id, "%lld.%d", (long long)version, number++);
    while (part_find(configuration, part, id) >= 0);
    json_object_set_new(element, part_id(part), json_string(id));
    json_array_append_new(list, element);
}

/* ---- parts ---- */

static bool is_renamed(const char *name)
{
    static const char *const names[] = {
        "InputProcessingConfiguration", "InputLambdaProcessor",  "KinesisStreamsInput", "KinesisFirehoseInput",
        "KinesisStreamsOutput",         "KinesisFirehoseOutput", "LambdaOutput",        "S3ReferenceDataSource"
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

static json_t *describe_part(const json_t *element)
{
    json_t *description = json_object();
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)element, name, value)
    {
        char renamed[96];

        snprintf(renamed, sizeof renamed, "%sDescription", name);
        if (is_renamed(name))
            json_object_set_new(description, renamed, describe_part(value));
        else
            json_object_set(description, name, value);
    }
    return description;
}

static void add_input_state(const struct application *application, json_t *description)
{
    static const char *const positions[] = { "NOW", "TRIM_HORIZON", "LAST_STOPPED_POINT" };
    const char *prefix = json_string_value(json_object_get(description, "NamePrefix"));
    json_int_t count = json_integer_value(json_object_get(json_object_get(description, "InputParallelism"), "Count"));
    json_t *names = json_array();

    for (json_int_t i = 1; i <= (count ? count : 1); i++)
        json_array_append_new(names, json_sprintf("%s_%03d", prefix, (int)i));
    json_object_set_new(description, "InAppStreamNames", names);
    if (!count)
        json_object_set_new(description, "InputParallelism", json_pack("{s:i}", "Count", 1));
    json_object_set_new(description, "InputStartingPositionConfiguration",
                        application->status == APPLICATION_READY && !application->was_started
                            ? json_object()
                            : json_pack("{s:s}", "InputStartingPosition", positions[application->position]));
}

json_t *describe_parts(const struct application *application, enum part part)
{
    const json_t *list = json_object_get(application->configuration, part_list(part));
    json_t *descriptions = json_array();

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *description = describe_part(json_array_get(list, i));

        if (part == PART_INPUT)
            add_input_state(application, description);
        json_array_append_new(descriptions, description);
    }
    return descriptions;
}

/* ---- applications ---- */

json_t *describe_summary(const struct application *application, bool is_v2)
{
    json_t *summary = json_pack("{s:s, s:s, s:s}", "ApplicationName", application->name, "ApplicationARN", application->arn,
                                "ApplicationStatus", application_status_text(application));

    if (is_v2) {
        json_object_set_new(summary, "ApplicationVersionId", json_integer(application->version));
        json_object_set_new(summary, "RuntimeEnvironment", json_string("SQL-1_0"));
    }
    return summary;
}

static void md5_hex(const char *text, size_t size, char hex[33])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;

    EVP_Digest(text, size, digest, &length, EVP_md5(), NULL);
    for (int i = 0; i < 16; i++)
        snprintf(hex + i * 2, 3, "%02x", digest[i]);
}

static json_t *describe_code(const json_t *configuration)
{
    json_t *code = json_object_get(configuration, "ApplicationCode");
    char md5[33];

    md5_hex(json_string_value(code), json_string_length(code), md5);
    return json_pack("{s:s, s:{s:O, s:s, s:I}}", "CodeContentType", "PLAINTEXT", "CodeContentDescription", "TextContent", code, "CodeMD5",
                     md5, "CodeSize", (json_int_t)json_string_length(code));
}

static void add_v1(const struct application *application, json_t *detail)
{
    json_object_set_new(detail, "InputDescriptions", describe_parts(application, PART_INPUT));
    json_object_set_new(detail, "OutputDescriptions", describe_parts(application, PART_OUTPUT));
    json_object_set_new(detail, "ReferenceDataSourceDescriptions", describe_parts(application, PART_REFERENCE));
    json_object_set(detail, "ApplicationCode", json_object_get(application->configuration, "ApplicationCode"));
}

static void add_v2(const struct application *application, json_t *detail)
{
    const json_t *configuration = application->configuration;
    json_t *sql =
        json_pack("{s:o, s:o, s:o}", "InputDescriptions", describe_parts(application, PART_INPUT), "OutputDescriptions",
                  describe_parts(application, PART_OUTPUT), "ReferenceDataSourceDescriptions", describe_parts(application, PART_REFERENCE));
    json_t *whole = json_pack("{s:o, s:o}", "SqlApplicationConfigurationDescription", sql, "ApplicationCodeConfigurationDescription",
                              describe_code(configuration));
    json_t *properties = json_object_get(configuration, "EnvironmentProperties");

    if (properties)
        json_object_set_new(whole, "EnvironmentPropertyDescriptions",
                            json_pack("{s:O}", "PropertyGroupDescriptions", json_object_get(properties, "PropertyGroups")));
    json_object_set_new(detail, "RuntimeEnvironment", json_string("SQL-1_0"));
    if (json_object_get(configuration, "ServiceExecutionRole"))
        json_object_set(detail, "ServiceExecutionRole", json_object_get(configuration, "ServiceExecutionRole"));
    json_object_set_new(detail, "ApplicationConfigurationDescription", whole);
    json_object_set_new(detail, "ApplicationMode", json_string("STREAMING"));
}

json_t *describe_application(const struct application *application, bool is_v2)
{
    json_t *detail = json_pack("{s:s, s:s, s:s, s:I, s:f, s:f}", "ApplicationName", application->name, "ApplicationARN", application->arn,
                               "ApplicationStatus", application_status_text(application), "ApplicationVersionId",
                               (json_int_t)application->version, "CreateTimestamp", (double)(application->created_ms / 1000),
                               "LastUpdateTimestamp", (double)(application->updated_ms / 1000));
    json_t *description = json_object_get(application->configuration, "ApplicationDescription");

    if (description)
        json_object_set(detail, "ApplicationDescription", description);
    json_object_set_new(detail, "CloudWatchLoggingOptionDescriptions", describe_parts(application, PART_LOGGING));
    (is_v2 ? add_v2 : add_v1)(application, detail);
    return detail;
}
