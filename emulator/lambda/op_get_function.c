/* GetFunction, GetFunctionConfiguration, ListFunctions, ListVersionsByFunction: what there is. */

#include "lambda/operations.h"
#include "lambda/page.h"
#include "lambda/target.h"
#include "lambda/wire.h"

#define ONE_FUNCTION                                                   \
    {                                                                  \
        "FunctionName", STRING, .required = true, .min = 1, .max = 200 \
    }

const struct member lambda_get_function_input[] = { ONE_FUNCTION, TARGET_QUALIFIER, { 0 } };
const struct member lambda_get_function_configuration_input[] = { ONE_FUNCTION, TARGET_QUALIFIER, { 0 } };
const struct member lambda_list_functions_input[] = {
    { "MasterRegion", STRING, .where = IN_QUERY }, { "FunctionVersion", STRING, .where = IN_QUERY }, PAGE_MEMBERS, { 0 }
};
const struct member lambda_list_versions_by_function_input[] = { ONE_FUNCTION, PAGE_MEMBERS, { 0 } };

/* Where the code can be fetched on AWS; here it names the folder that it runs from. */
static json_t *code_of(const struct function_version *version)
{
    if (!version->code)
        return json_pack("{s:s, s:s}", "RepositoryType", "ECR", "ImageUri", "");
    return json_pack("{s:s, s:o}", "RepositoryType", "S3", "Location", json_sprintf("file://%s", version->code->directory));
}

enum outcome lambda_get_function(struct call *call)
{
    struct function_name name;
    struct function_version *version = target_version(call, &name, false);

    if (!version)
        return FAILED;
    call->output = json_pack("{s:o, s:o}", "Configuration", wire_configuration(version, name.qualifier), "Code", code_of(version));
    if (json_object_size(version->function->tags))
        json_object_set(call->output, "Tags", version->function->tags);
    if (version->function->reserved >= 0)
        json_object_set_new(call->output, "Concurrency", json_pack("{s:i}", "ReservedConcurrentExecutions", version->function->reserved));
    return DONE;
}

enum outcome lambda_get_function_configuration(struct call *call)
{
    struct function_name name;
    struct function_version *version = target_version(call, &name, false);

    if (!version)
        return FAILED;
    call->output = wire_configuration(version, name.qualifier);
    return DONE;
}

/* Adds the published versions of a function that are on the page. */
static void list_versions(const struct function *function, struct page *page, json_t *list)
{
    struct map_entry *entry;
    size_t cursor = 0;

    if (page_has(page))
        json_array_append_new(list, wire_configuration(function->latest, "$LATEST"));
    while ((entry = map_next(&function->versions, &cursor)))
        if (page_has(page))
            json_array_append_new(list, wire_configuration(entry->value, ((struct function_version *)entry->value)->number));
}

enum outcome lambda_list_functions(struct call *call)
{
    struct lambda *room = room_of(call);
    bool lists_all = call_has(call, "FunctionVersion");
    json_t *list = json_array();
    struct map_entry *entry;
    struct page page;
    size_t cursor = 0;

    call->output = json_pack("{s:o}", "Functions", list);
    if (!page_begin(call, &page, 50))
        return FAILED;
    while ((entry = map_next(&room->functions, &cursor))) {
        struct function *function = entry->value;

        if (lists_all)
            list_versions(function, &page, list);
        else if (page_has(&page))
            json_array_append_new(list, wire_configuration(function->latest, ""));
    }
    page_end(call, &page);
    return DONE;
}

enum outcome lambda_list_versions_by_function(struct call *call)
{
    struct function_name name;
    struct function *function = target_function(call, &name, false);
    json_t *list;
    struct page page;

    if (!function)
        return FAILED;
    list = json_array();
    call->output = json_pack("{s:o}", "Versions", list);
    if (!page_begin(call, &page, 50))
        return FAILED;
    list_versions(function, &page, list);
    page_end(call, &page);
    return DONE;
}
