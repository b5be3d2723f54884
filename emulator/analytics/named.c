#include "analytics/named.h"

#include "analytics/part.h"
#include "base/text.h"

static void fail_absent(struct call *call, const char *name)
{
    call_fail(call, ERR_RESOURCE_NOT_FOUND, "Application %s for account %s not found", name, call->ground->account);
}

struct application *analytics_named(struct call *call)
{
    const struct analytics *room = room_of(call);
    struct application *application = map_find(&room->applications, call_string(call, "ApplicationName"));

    if (!application)
        fail_absent(call, call_string(call, "ApplicationName"));
    return application;
}

struct application *analytics_named_version(struct call *call)
{
    struct application *application = analytics_named(call);
    int64_t version = call_integer(call, "CurrentApplicationVersionId", 0);

    if (!application || application->version == version)
        return application;
    call_fail(call, ERR_CONCURRENT_MODIFICATION, "Version mismatch: the application %s is at version %lld, not %lld", application->name,
              (long long)application->version, (long long)version);
    return NULL;
}

struct application *analytics_named_arn(struct call *call)
{
    const struct analytics *room = room_of(call);
    const char *arn = call_string(call, "ResourceARN");
    size_t cursor = 0;

    for (struct map_entry *entry; (entry = map_next(&room->applications, &cursor));)
        if (text_is(((struct application *)entry->value)->arn, arn))
            return entry->value;
    fail_absent(call, arn);
    return NULL;
}

bool analytics_is_v2(const struct call *call)
{
    return call->service == analytics_service_v2(room_of(call));
}

static json_t *seconds(int64_t time_ms)
{
    return json_real((double)(time_ms / 1000 * 1000) / 1000.0);
}

json_t *analytics_summary(const struct call *call, const struct application *application)
{
    json_t *summary = json_pack("{s:s, s:s, s:s}", "ApplicationName", application->name, "ApplicationARN", application->arn,
                                "ApplicationStatus", application_state_text(application));

    if (analytics_is_v2(call)) {
        json_object_set_new(summary, "ApplicationVersionId", json_integer(application->version));
        json_object_set_new(summary, "RuntimeEnvironment", json_string("SQL-1_0"));
    }
    return summary;
}

static void add_common(json_t *detail, const struct application *application)
{
    json_t *description = json_object_get(application->configuration, "ApplicationDescription");

    json_object_set_new(detail, "ApplicationVersionId", json_integer(application->version));
    json_object_set_new(detail, "CreateTimestamp", seconds(application->made_ms));
    json_object_set_new(detail, "LastUpdateTimestamp", seconds(application->updated_ms));
    json_object_set_new(detail, "CloudWatchLoggingOptionDescriptions", part_describe(application->configuration, PART_LOGGING));
    if (description)
        json_object_set(detail, "ApplicationDescription", description);
}

static void add_parts(json_t *detail, const struct application *application)
{
    for (int kind = PART_INPUT; kind <= PART_REFERENCE; kind++)
        json_object_set_new(detail, analytics_part_kinds[kind].descriptions,
                            part_describe(application->configuration, (enum part_kind_id)kind));
}

static json_t *configuration_v2(const struct application *application)
{
    const json_t *code = json_object_get(application->configuration, "ApplicationCode");
    const json_t *environment = json_object_get(application->configuration, "EnvironmentProperties");
    json_t *sql = json_object();
    json_t *description;

    add_parts(sql, application);
    description = json_pack("{s:o, s:{s:s, s:{s:s}}}", "SqlApplicationConfigurationDescription", sql,
                            "ApplicationCodeConfigurationDescription", "CodeContentType", "PLAINTEXT", "CodeContentDescription",
                            "TextContent", json_is_string(code) ? json_string_value(code) : "");
    if (environment)
        json_object_set_new(description, "EnvironmentPropertyDescriptions",
                            json_pack("{s:O}", "PropertyGroupDescriptions", json_object_get(environment, "PropertyGroups")));
    return description;
}

json_t *analytics_detail(const struct call *call, const struct application *application)
{
    json_t *detail = analytics_summary(call, application);

    add_common(detail, application);
    if (analytics_is_v2(call)) {
        json_object_set(detail, "ServiceExecutionRole", json_object_get(application->configuration, "ServiceExecutionRole"));
        json_object_set_new(detail, "ApplicationConfigurationDescription", configuration_v2(application));
        return detail;
    }
    add_parts(detail, application);
    json_object_set(detail, "ApplicationCode", json_object_get(application->configuration, "ApplicationCode"));
    return detail;
}

enum outcome analytics_change(struct call *call, struct application *application, json_t *configuration)
{
    struct program_error error = { 0 };

    part_name_all(configuration, application->version + 1);
    if (!application_change(application, configuration, call->arena, &error))
        return call_fail(call, error.id, error.message ? "%s" : NULL, error.message);
    trace_add(call->ground->trace, TRACE_CALL, call->cause, application->arn, -1, call->operation->name);
    call->output = json_object();
    if (analytics_is_v2(call)) {
        json_object_set_new(call->output, "ApplicationARN", json_string(application->arn));
        json_object_set_new(call->output, "ApplicationVersionId", json_integer(application->version));
    }
    return DONE;
}
