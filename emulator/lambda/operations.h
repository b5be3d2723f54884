#pragma once
/* Every action answered here: AWS's name, ours, method, path, and the status of success. */

#include "aws/service.h"

#define FUNCTIONS "/2015-03-31/functions/"
#define MAPPINGS "/2015-03-31/event-source-mappings/"

/* clang-format off */
#define LAMBDA_OPERATIONS(row)                                                                                                            \
    row(CreateFunction, create_function, "POST", FUNCTIONS, 201)                                                                          \
    row(ListFunctions, list_functions, "GET", FUNCTIONS, 200)                                                                             \
    row(GetFunction, get_function, "GET", FUNCTIONS "{FunctionName}", 200)                                                                \
    row(DeleteFunction, delete_function, "DELETE", FUNCTIONS "{FunctionName}", 204)                                                       \
    row(GetFunctionConfiguration, get_function_configuration, "GET", FUNCTIONS "{FunctionName}/configuration", 200)                       \
    row(UpdateFunctionConfiguration, update_function_configuration, "PUT", FUNCTIONS "{FunctionName}/configuration", 200)                 \
    row(UpdateFunctionCode, update_function_code, "PUT", FUNCTIONS "{FunctionName}/code", 200)                                            \
    row(Invoke, invoke, "POST", FUNCTIONS "{FunctionName}/invocations", 200)                                                              \
    row(PublishVersion, publish_version, "POST", FUNCTIONS "{FunctionName}/versions", 201)                                                \
    row(ListVersionsByFunction, list_versions_by_function, "GET", FUNCTIONS "{FunctionName}/versions", 200)                               \
    row(CreateAlias, create_alias, "POST", FUNCTIONS "{FunctionName}/aliases", 201)                                                       \
    row(ListAliases, list_aliases, "GET", FUNCTIONS "{FunctionName}/aliases", 200)                                                        \
    row(GetAlias, get_alias, "GET", FUNCTIONS "{FunctionName}/aliases/{Name}", 200)                                                       \
    row(UpdateAlias, update_alias, "PUT", FUNCTIONS "{FunctionName}/aliases/{Name}", 200)                                                 \
    row(DeleteAlias, delete_alias, "DELETE", FUNCTIONS "{FunctionName}/aliases/{Name}", 204)                                              \
    row(AddPermission, add_permission, "POST", FUNCTIONS "{FunctionName}/policy", 201)                                                    \
    row(GetPolicy, get_policy, "GET", FUNCTIONS "{FunctionName}/policy", 200)                                                             \
    row(RemovePermission, remove_permission, "DELETE", FUNCTIONS "{FunctionName}/policy/{StatementId}", 204)                              \
    row(PutFunctionConcurrency, put_function_concurrency, "PUT", "/2017-10-31/functions/{FunctionName}/concurrency", 200)                 \
    row(DeleteFunctionConcurrency, delete_function_concurrency, "DELETE", "/2017-10-31/functions/{FunctionName}/concurrency", 204)        \
    row(GetFunctionConcurrency, get_function_concurrency, "GET", "/2019-09-30/functions/{FunctionName}/concurrency", 200)                 \
    row(PutFunctionEventInvokeConfig, put_function_event_invoke_config, "PUT",                                                            \
        "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200)                                                                  \
    row(GetFunctionEventInvokeConfig, get_function_event_invoke_config, "GET",                                                            \
        "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200)                                                                  \
    row(DeleteFunctionEventInvokeConfig, delete_function_event_invoke_config, "DELETE",                                                   \
        "/2019-09-25/functions/{FunctionName}/event-invoke-config", 204)                                                                  \
    row(GetFunctionCodeSigningConfig, get_function_code_signing_config, "GET",                                                            \
        "/2020-06-30/functions/{FunctionName}/code-signing-config", 200)                                                                  \
    row(GetAccountSettings, get_account_settings, "GET", "/2016-08-19/account-settings", 200)                                             \
    row(ListTags, list_tags, "GET", "/2017-03-31/tags/{Resource}", 200)                                                                   \
    row(TagResource, tag_resource, "POST", "/2017-03-31/tags/{Resource}", 204)                                                            \
    row(UntagResource, untag_resource, "DELETE", "/2017-03-31/tags/{Resource}", 204)                                                      \
    row(CreateEventSourceMapping, create_event_source_mapping, "POST", MAPPINGS, 202)                                                     \
    row(ListEventSourceMappings, list_event_source_mappings, "GET", MAPPINGS, 200)                                                        \
    row(GetEventSourceMapping, get_event_source_mapping, "GET", MAPPINGS "{UUID}", 200)                                                   \
    row(UpdateEventSourceMapping, update_event_source_mapping, "PUT", MAPPINGS "{UUID}", 202)                                             \
    row(DeleteEventSourceMapping, delete_event_source_mapping, "DELETE", MAPPINGS "{UUID}", 202)
/* clang-format on */

#define LAMBDA_DECLARATION(name, function, method, path, success) \
    extern const struct member lambda_##function##_input[];       \
    enum outcome lambda_##function(struct call *call);
LAMBDA_OPERATIONS(LAMBDA_DECLARATION)
#undef LAMBDA_DECLARATION
