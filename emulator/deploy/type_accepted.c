/* What templates carry and lowcloud does not enforce: roles, policies, log groups and their like. Each gets a name, and Ref and Fn::GetAtt
 * give what they give on AWS, so that whoever refers to them can be made. */

#include "base/text.h"
#include "deploy/deployment.h"

#include <string.h>

#define ATTRIBUTES(name, ...) static const char *const name[] = { __VA_ARGS__, NULL }

ATTRIBUTES(role_attributes, "Arn=arn:aws:iam::{account}:role/{name}", "RoleId=AROA{id}");
ATTRIBUTES(user_attributes, "Arn=arn:aws:iam::{account}:user/{name}");
ATTRIBUTES(profile_attributes, "Arn=arn:aws:iam::{account}:instance-profile/{name}");
ATTRIBUTES(managed_policy_attributes, "PolicyArn=arn:aws:iam::{account}:policy/{name}");
ATTRIBUTES(log_group_attributes, "Arn=arn:aws:logs:{region}:{account}:log-group:{name}:*");
ATTRIBUTES(bucket_attributes, "Arn=arn:aws:s3:::{name}", "DomainName={name}.s3.amazonaws.com",
           "RegionalDomainName={name}.s3.{region}.amazonaws.com", "WebsiteURL=http://{name}.s3-website-{region}.amazonaws.com",
           "DualStackDomainName={name}.s3.dualstack.{region}.amazonaws.com");
ATTRIBUTES(queue_attributes, "Arn=arn:aws:sqs:{region}:{account}:{name}", "QueueName={name}",
           "QueueUrl=https://sqs.{region}.amazonaws.com/{account}/{name}");
ATTRIBUTES(topic_attributes, "TopicArn=arn:aws:sns:{region}:{account}:{name}", "TopicName={name}");
ATTRIBUTES(key_attributes, "Arn=arn:aws:kms:{region}:{account}:key/{name}", "KeyId={name}");
ATTRIBUTES(parameter_attributes, "Type=String", "Value=");
ATTRIBUTES(repository_attributes, "Arn=arn:aws:ecr:{region}:{account}:repository/{name}",
           "RepositoryUri={account}.dkr.ecr.{region}.amazonaws.com/{name}");
ATTRIBUTES(rule_attributes, "Arn=arn:aws:events:{region}:{account}:rule/{name}");
ATTRIBUTES(alarm_attributes, "Arn=arn:aws:cloudwatch:{region}:{account}:alarm:{name}");
ATTRIBUTES(layer_attributes, "LayerVersionArn=arn:aws:lambda:{region}:{account}:layer:{name}:1");
ATTRIBUTES(url_attributes, "FunctionUrl=https://{id}.lambda-url.{region}.on.aws/",
           "FunctionArn=arn:aws:lambda:{region}:{account}:function:{id}");
ATTRIBUTES(state_machine_attributes, "Arn=arn:aws:states:{region}:{account}:stateMachine:{name}", "Name={name}");
ATTRIBUTES(firehose_attributes, "Arn=arn:aws:firehose:{region}:{account}:deliverystream/{name}");
ATTRIBUTES(secret_attributes, "Id=arn:aws:secretsmanager:{region}:{account}:secret:{name}");
ATTRIBUTES(domain_attributes, "RegionalDomainName=d-{id}.execute-api.{region}.amazonaws.com", "RegionalHostedZoneId=Z1UJRXOUMOOFQ8");

const struct resource_type deploy_types_accepted[] = {
    { "AWS::ApiGatewayV2::ApiMapping" },
    { "AWS::ApiGatewayV2::DomainName", .name_property = "DomainName", .attributes = domain_attributes },
    { "AWS::CDK::Metadata" },
    { "AWS::CloudFormation::WaitCondition" },
    { "AWS::CloudFormation::WaitConditionHandle" },
    { "AWS::CloudWatch::Alarm", .name_property = "AlarmName", .attributes = alarm_attributes },
    { "AWS::CloudWatch::Dashboard", .name_property = "DashboardName" },
    { "AWS::ECR::Repository", .name_property = "RepositoryName", .attributes = repository_attributes },
    { "AWS::Events::Rule", .name_property = "Name", .attributes = rule_attributes },
    { "AWS::IAM::Group", .name_property = "GroupName" },
    { "AWS::IAM::InstanceProfile", .name_property = "InstanceProfileName", .attributes = profile_attributes },
    { "AWS::IAM::ManagedPolicy", .name_property = "ManagedPolicyName", .reference = "arn:aws:iam::{account}:policy/{name}",
      .attributes = managed_policy_attributes },
    { "AWS::IAM::Policy", .name_property = "PolicyName" },
    { "AWS::IAM::Role", .name_property = "RoleName", .attributes = role_attributes },
    { "AWS::IAM::RolePolicy", .name_property = "PolicyName" },
    { "AWS::IAM::User", .name_property = "UserName", .attributes = user_attributes },
    { "AWS::KMS::Alias", .name_property = "AliasName" },
    { "AWS::KMS::Key", .attributes = key_attributes },
    { "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption" },
    { "AWS::KinesisFirehose::DeliveryStream", .name_property = "DeliveryStreamName", .attributes = firehose_attributes },
    { "AWS::Lambda::LayerVersion", .name_property = "LayerName", .reference = "arn:aws:lambda:{region}:{account}:layer:{name}:1",
      .attributes = layer_attributes },
    { "AWS::Lambda::LayerVersionPermission" },
    { "AWS::Lambda::Permission" },
    { "AWS::Lambda::Url", .attributes = url_attributes },
    { "AWS::Logs::LogGroup", .name_property = "LogGroupName", .attributes = log_group_attributes },
    { "AWS::Logs::LogStream", .name_property = "LogStreamName" },
    { "AWS::Logs::MetricFilter", .name_property = "FilterName" },
    { "AWS::Logs::SubscriptionFilter", .name_property = "FilterName" },
    { "AWS::S3::Bucket", .name_property = "BucketName", .attributes = bucket_attributes },
    { "AWS::S3::BucketPolicy" },
    { "AWS::SNS::Subscription" },
    { "AWS::SNS::Topic", .name_property = "TopicName", .reference = "arn:aws:sns:{region}:{account}:{name}",
      .attributes = topic_attributes },
    { "AWS::SQS::Queue", .name_property = "QueueName", .reference = "https://sqs.{region}.amazonaws.com/{account}/{name}",
      .attributes = queue_attributes },
    { "AWS::SQS::QueuePolicy" },
    { "AWS::SSM::Parameter", .name_property = "Name", .attributes = parameter_attributes },
    { "AWS::Scheduler::Schedule", .name_property = "Name" },
    { "AWS::SecretsManager::Secret", .name_property = "Name", .reference = "arn:aws:secretsmanager:{region}:{account}:secret:{name}",
      .attributes = secret_attributes },
    { "AWS::StepFunctions::StateMachine", .name_property = "StateMachineName",
      .reference = "arn:aws:states:{region}:{account}:stateMachine:{name}", .attributes = state_machine_attributes },
    { 0 },
};

/* ---- what Ref and Fn::GetAtt give ---- */

static const char *value_of(struct deployment *deployment, const struct resource *resource, const char *name, size_t length)
{
    const struct {
        const char *name;
        const char *value;
    } variables[] = { { "name", resource->physical_id },
                      { "id", resource->id },
                      { "region", deployment->ground->region },
                      { "account", deployment->ground->account } };

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (strlen(variables[i].name) == length && !strncmp(variables[i].name, name, length))
            return variables[i].value;
    return "";
}

static const char *fill(struct deployment *deployment, const struct resource *resource, const char *form)
{
    struct buffer text = { 0 };
    const char *filled;

    while (*form) {
        size_t plain = strcspn(form, "{");
        size_t length = form[plain] ? strcspn(form + plain, "}") : 0;

        buffer_add(&text, form, plain);
        if (length)
            buffer_add_text(&text, value_of(deployment, resource, form + plain + 1, length - 1));
        form += plain + (length ? length + 1 : 0);
    }
    filled = arena_copy(&deployment->arena, text.data ? text.data : "", text.size);
    buffer_clear(&text);
    return filled;
}

static void set_attributes(struct deployment *deployment, struct resource *resource, const char *const *attributes)
{
    for (size_t i = 0; attributes && attributes[i]; i++) {
        size_t length = strcspn(attributes[i], "=");
        const char *name = arena_copy(&deployment->arena, attributes[i], length);

        deployment_attribute(deployment, resource, name, fill(deployment, resource, attributes[i] + length + 1));
    }
}

/* A type that nobody knows still has a name and, as most have, an ARN: arn:aws:<service>:... of AWS::<Service>::<Type>. */
static void set_likely_attributes(struct deployment *deployment, struct resource *resource)
{
    const char *service = strstr(resource->type_name, "::");
    char name[64] = "custom";

    for (size_t i = 0; service && i + 1 < sizeof name; i++) {
        char c = service[i + 2];

        name[i] = c == ':' ? '\0' : (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
        if (!name[i])
            break;
    }
    name[sizeof name - 1] = '\0';
    deployment_attribute(deployment, resource, "Arn", deployment_arn(deployment, name, "%s", resource->physical_id));
}

/* A parameter of the parameter store answers its own value. */
static void set_own_value(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    if (text_is(resource->type_name, "AWS::SSM::Parameter"))
        deployment_attribute(deployment, resource, "Value", node_find_text(properties, "Value"));
}

/* Buckets are named in lower case, also by CloudFormation. */
static void lower_bucket(struct deployment *deployment, struct resource *resource)
{
    char *name = arena_text(&deployment->arena, resource->physical_id);

    if (!text_is(resource->type_name, "AWS::S3::Bucket"))
        return;
    for (char *c = name; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 'a' - 'A');
    deployment_identify(deployment, resource, name);
}

bool deploy_type_accept(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    const struct resource_type *type = resource->type;
    const char *given = type && type->name_property ? node_find_text(properties, type->name_property) : NULL;

    deployment_identify(deployment, resource, deployment_name(deployment, resource, given, 128));
    lower_bucket(deployment, resource);
    if (type && type->reference)
        resource->reference = fill(deployment, resource, type->reference);
    if (type)
        set_attributes(deployment, resource, type->attributes);
    else
        set_likely_attributes(deployment, resource);
    set_own_value(deployment, resource, properties);
    if (type)
        resource->note = "not enforced";
    return true;
}
