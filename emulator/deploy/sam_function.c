/* AWS::Serverless::Function: a function, its role, its version and alias; what invokes it is in sam_events.c (facts: templates, E2). */

#include "deploy/sam.h"

#include "base/text.h"

#include <openssl/sha.h>
#include <string.h>

static const char *const known_properties[] = { "Architectures",
                                                "AssumeRolePolicyDocument",
                                                "AutoPublishAlias",
                                                "AutoPublishAliasAllProperties",
                                                "AutoPublishCodeSha256",
                                                "CapacityProviderConfig",
                                                "CodeSigningConfigArn",
                                                "CodeUri",
                                                "DeadLetterQueue",
                                                "DeploymentPreference",
                                                "Description",
                                                "DurableConfig",
                                                "Environment",
                                                "EphemeralStorage",
                                                "EventInvokeConfig",
                                                "Events",
                                                "FileSystemConfigs",
                                                "FunctionName",
                                                "FunctionScalingConfig",
                                                "FunctionUrlConfig",
                                                "Handler",
                                                "ImageConfig",
                                                "ImageUri",
                                                "InlineCode",
                                                "KmsKeyArn",
                                                "Layers",
                                                "LoggingConfig",
                                                "MemorySize",
                                                "PackageType",
                                                "PermissionsBoundary",
                                                "Policies",
                                                "PropagateTags",
                                                "ProvisionedConcurrencyConfig",
                                                "PublishToLatestPublished",
                                                "RecursiveLoop",
                                                "ReservedConcurrentExecutions",
                                                "Role",
                                                "RolePath",
                                                "Runtime",
                                                "RuntimeManagementConfig",
                                                "SnapStart",
                                                "SourceKMSKeyArn",
                                                "Tags",
                                                "TenancyConfig",
                                                "Timeout",
                                                "Tracing",
                                                "VersionDeletionPolicy",
                                                "VersionDescription",
                                                "VpcConfig",
                                                NULL };

/* ---- the function ---- */

static void put_code(struct sam *sam, struct node *function)
{
    const struct field *inline_code = node_field(sam->properties, "InlineCode");
    const struct field *image = node_field(sam->properties, "ImageUri");
    const struct field *given = inline_code ? inline_code : image;
    struct node *code;

    if (!given) {
        sam_copy(sam, function, "CodeUri", NULL);
        return;
    }
    code = node_new(sam->arena, NODE_MAP, given->value);
    node_put(sam->arena, code, inline_code ? "ZipFile" : "ImageUri", given->value);
    node_put(sam->arena, function, "Code", code);
}

static void put_tag(struct sam *sam, struct node *list, const char *key, const struct node *value)
{
    struct node *tag = sam_map(sam);

    node_put(sam->arena, tag, "Key", node_text(sam->arena, sam->body, key));
    node_put(sam->arena, tag, "Value", value);
    node_add(sam->arena, list, tag);
}

static struct node *tags_of(struct sam *sam)
{
    const struct node *tags = node_find(sam->properties, "Tags");
    struct node *list = sam_list(sam);

    put_tag(sam, list, "lambda:createdBy", sam_text(sam, "SAM"));
    for (size_t i = 0; tags && tags->kind == NODE_MAP && i < tags->count; i++)
        put_tag(sam, list, tags->fields[i].key, tags->fields[i].value);
    return list;
}

static void put_tracing(struct sam *sam, struct node *function)
{
    const struct node *tracing = node_find(sam->properties, "Tracing");
    struct node *config = sam_map(sam);

    if (!tracing)
        return;
    node_put(sam->arena, config, "Mode", tracing);
    node_put(sam->arena, function, "TracingConfig", config);
}

static void put_dead_letters(struct sam *sam, struct node *function)
{
    const struct node *target = node_find(node_find(sam->properties, "DeadLetterQueue"), "TargetArn");
    struct node *config = sam_map(sam);

    if (!target)
        return;
    node_put(sam->arena, config, "TargetArn", target);
    node_put(sam->arena, function, "DeadLetterConfig", config);
}

static const char *role_id(struct sam *sam)
{
    return sam_print(sam, "%sRole", sam->id);
}

static bool add_function(struct sam *sam)
{
    static const char *const copied[] = { "Architectures",
                                          "CodeSigningConfigArn",
                                          "Description",
                                          "DurableConfig",
                                          "Environment",
                                          "EphemeralStorage",
                                          "FileSystemConfigs",
                                          "FunctionName",
                                          "Handler",
                                          "ImageConfig",
                                          "KmsKeyArn",
                                          "Layers",
                                          "LoggingConfig",
                                          "MemorySize",
                                          "PackageType",
                                          "RecursiveLoop",
                                          "ReservedConcurrentExecutions",
                                          "Runtime",
                                          "RuntimeManagementConfig",
                                          "SnapStart",
                                          "TenancyConfig",
                                          "Timeout",
                                          "VpcConfig",
                                          "CapacityProviderConfig",
                                          "FunctionScalingConfig",
                                          "PublishToLatestPublished" };
    struct node *function = sam_map(sam);

    put_code(sam, function);
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
        sam_copy(sam, function, copied[i], NULL);
    sam_copy(sam, function, "Role", NULL);
    if (!node_find(sam->properties, "Role"))
        node_put(sam->arena, function, "Role", sam_get_att(sam, role_id(sam), "Arn"));
    node_put(sam->arena, function, "Tags", tags_of(sam));
    put_tracing(sam, function);
    put_dead_letters(sam, function);
    return sam_add(sam, sam->id, "AWS::Lambda::Function", function, true);
}

/* ---- the role ---- */

static bool has_event(const struct sam *sam, const char *type)
{
    const struct node *events = node_find(sam->properties, "Events");

    for (size_t i = 0; events && events->kind == NODE_MAP && i < events->count; i++)
        if (text_is(node_find_text(events->fields[i].value, "Type"), type))
            return true;
    return false;
}

static void add_managed_policy(struct sam *sam, struct node *list, const char *name)
{
    node_add(sam->arena, list, sam_text(sam, "arn:aws:iam::aws:policy/service-role/%s", name));
}

static struct node *trust(struct sam *sam)
{
    struct node *document = sam_map(sam);
    struct node *statements = sam_list(sam);
    struct node *statement = sam_map(sam);
    struct node *actions = sam_list(sam);
    struct node *principal = sam_map(sam);
    struct node *services = sam_list(sam);

    node_add(sam->arena, actions, sam_text(sam, "sts:AssumeRole"));
    node_add(sam->arena, services, sam_text(sam, "lambda.amazonaws.com"));
    node_put(sam->arena, principal, "Service", services);
    node_put(sam->arena, statement, "Action", actions);
    node_put(sam->arena, statement, "Effect", sam_text(sam, "Allow"));
    node_put(sam->arena, statement, "Principal", principal);
    node_add(sam->arena, statements, statement);
    node_put(sam->arena, document, "Version", sam_text(sam, "2012-10-17"));
    node_put(sam->arena, document, "Statement", statements);
    return document;
}

/* Policies are not enforced, so the role carries them as they are written. */
static bool add_role(struct sam *sam)
{
    struct node *role = sam_map(sam);
    struct node *managed = sam_list(sam);

    if (node_find(sam->properties, "Role"))
        return true;
    add_managed_policy(sam, managed, "AWSLambdaBasicExecutionRole");
    if (has_event(sam, "Kinesis"))
        add_managed_policy(sam, managed, "AWSLambdaKinesisExecutionRole");
    if (has_event(sam, "DynamoDB"))
        add_managed_policy(sam, managed, "AWSLambdaDynamoDBExecutionRole");
    sam_copy(sam, role, "AssumeRolePolicyDocument", NULL);
    if (!node_find(sam->properties, "AssumeRolePolicyDocument"))
        node_put(sam->arena, role, "AssumeRolePolicyDocument", trust(sam));
    node_put(sam->arena, role, "ManagedPolicyArns", managed);
    sam_copy(sam, role, "RolePath", "Path");
    sam_copy(sam, role, "PermissionsBoundary", NULL);
    sam_copy(sam, role, "Policies", NULL);
    return sam_add(sam, role_id(sam), "AWS::IAM::Role", role, false);
}

/* ---- version and alias ---- */

/* AutoPublishAlias's value is needed for a logical id, so it must be known before anything is made. */
static const char *alias_of(struct sam *sam)
{
    const struct node *alias = node_find(sam->properties, "AutoPublishAlias");
    struct path properties = { .parent = &sam->path, .key = "Properties" };
    struct path path = { .parent = &properties, .key = "AutoPublishAlias" };
    struct map *resources = sam->scope->resources;
    const char *name;

    if (!alias)
        return NULL;
    sam->scope->resources = NULL;
    name = scope_evaluate_text(sam->scope, alias, &path);
    sam->scope->resources = resources;
    return name;
}

/* "<id>Version" and ten hexadecimal digits that stand for the code, as SAM names it. */
static const char *version_id(struct sam *sam)
{
    const struct node *code = node_find(sam->properties, "CodeUri");
    const char *text = node_is_scalar(code) ? code->text : sam->id;
    unsigned char digest[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)text, strlen(text), digest);
    return sam_print(sam, "%sVersion%02x%02x%02x%02x%02x", sam->id, digest[0], digest[1], digest[2], digest[3], digest[4]);
}

static const char *alias_id(struct sam *sam, const char *alias)
{
    return sam_print(sam, "%sAlias%s", sam->id, alias);
}

static bool add_alias(struct sam *sam, const char *alias)
{
    const char *version_name = version_id(sam);
    struct node *version = sam_map(sam);
    struct node *properties = sam_map(sam);

    node_put(sam->arena, version, "FunctionName", sam_ref(sam, sam->id));
    sam_copy(sam, version, "VersionDescription", "Description");
    node_put(sam->arena, properties, "Name", sam_text(sam, "%s", alias));
    node_put(sam->arena, properties, "FunctionName", sam_ref(sam, sam->id));
    node_put(sam->arena, properties, "FunctionVersion", sam_get_att(sam, version_name, "Version"));
    sam_copy(sam, properties, "ProvisionedConcurrencyConfig", NULL);
    return sam_add(sam, version_name, "AWS::Lambda::Version", version, false) &&
           sam_add(sam, alias_id(sam, alias), "AWS::Lambda::Alias", properties, false);
}

/* ---- the whole ---- */

static bool add_url(struct sam *sam)
{
    struct node *url = sam_map(sam);

    if (!node_find(sam->properties, "FunctionUrlConfig"))
        return true;
    node_put(sam->arena, url, "TargetFunctionArn", sam_ref(sam, sam->id));
    return sam_add(sam, sam_print(sam, "%sUrl", sam->id), "AWS::Lambda::Url", url, false);
}

/* What would become a CodeDeploy application: here a new version serves at once. */
static void warn_of_preference(struct sam *sam, const struct path *properties)
{
    const struct field *field = node_field(sam->properties, "DeploymentPreference");
    struct path path = { .parent = properties, .key = "DeploymentPreference" };

    if (field)
        remarks_warn(sam->remarks, field->line, &path, "gradual deployment has no effect here; the new version serves at once");
}

bool sam_expand_function(struct sam *sam)
{
    struct path properties = { .parent = &sam->path, .key = "Properties" };
    const char *alias;

    sam_check(sam, sam->properties, known_properties, &properties);
    warn_of_preference(sam, &properties);
    alias = alias_of(sam);
    if (sam->remarks->error || !add_function(sam) || !add_role(sam))
        return false;
    return (!alias || add_alias(sam, alias)) && sam_add_events(sam, alias ? alias_id(sam, alias) : sam->id) &&
           sam_add_invoke_config(sam, alias) && add_url(sam);
}
