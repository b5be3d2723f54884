/* DescribeApplication and ListApplications. */

#include "analytics/change.h"

#include <string.h>

const struct member analytics_describe_application_v1_input[] = { APPLICATION_NAME_MEMBER, { 0 } };
const struct member analytics_describe_application_v2_input[] = { APPLICATION_NAME_MEMBER, { "IncludeAdditionalDetails", BOOLEAN }, { 0 } };

const struct member analytics_list_applications_v1_input[] = {
    { "Limit", INTEGER, .min = 1, .max = 50 },
    { "ExclusiveStartApplicationName", STRING, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    { 0 },
};
const struct member analytics_list_applications_v2_input[] = {
    { "Limit", INTEGER, .min = 1, .max = 50 },
    { "NextToken", STRING, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    { 0 },
};

enum outcome analytics_describe_application(struct call *call)
{
    const struct application *application = analytics_application(call);

    if (!application)
        return FAILED;
    call->output = json_pack("{s:o}", "ApplicationDetail", describe_application(application, analytics_is_v2(call)));
    return DONE;
}

/* The page after the application called `after` (NULL: from the start), in order of creation. The last name of a page that is not the last
 * goes to next. */
static json_t *list_page(const struct analytics *room, const char *after, size_t limit, bool is_v2, const char **next)
{
    json_t *summaries = json_array();
    bool is_behind = !after;
    struct map_entry *entry;
    size_t cursor = 0;

    *next = NULL;
    while ((entry = map_next(&room->applications, &cursor))) {
        if (!is_behind) {
            is_behind = !strcmp(entry->key, after);
            continue;
        }
        if (json_array_size(summaries) == limit) {
            *next = json_string_value(json_object_get(json_array_get(summaries, limit - 1), "ApplicationName"));
            break;
        }
        json_array_append_new(summaries, describe_summary(entry->value, is_v2));
    }
    return summaries;
}

enum outcome analytics_list_applications(struct call *call)
{
    bool is_v2 = analytics_is_v2(call);
    const char *after = call_string(call, is_v2 ? "NextToken" : "ExclusiveStartApplicationName");
    const char *next;
    json_t *summaries = list_page(room_of(call), after, (size_t)call_integer(call, "Limit", 50), is_v2, &next);

    call->output = json_pack("{s:o}", "ApplicationSummaries", summaries);
    if (!is_v2)
        json_object_set_new(call->output, "HasMoreApplications", json_boolean(next != NULL));
    else if (next)
        json_object_set_new(call->output, "NextToken", json_string(next));
    return DONE;
}
