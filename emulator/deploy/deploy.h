#pragma once
/* Deployment: a SAM or CloudFormation template becomes resources, made through the same operations that an SDK would call. */

#include "analytics/analytics.h"
#include "aws/ground.h"
#include "aws/service.h"
#include "lambda/lambda.h"

/* Makes (or replaces) a function whose code stays in `directory`: lambda_deploy_directory, or a test's own. */
typedef enum status deploy_code_function(struct lambda *room, const json_t *configuration, const char *directory, struct arena *arena,
                                         const char **message);

/* Names the file that stands for an object of S3: analytics_reference_file, or a test's own. */
typedef enum status deploy_reference_function(struct analytics *room, const char *bucket, const char *key, const char *path);

/* The rooms in which resources are made. */
struct deploy_rooms {
    const struct service *apigateway;
    const struct service *dynamodb;
    const struct service *kinesis;
    const struct service *lambda;
    const struct service *analytics_v1;
    const struct service *analytics_v2;
    struct lambda *functions; /* for code that stays in its folder */
    deploy_code_function *deploy_code;
    struct analytics *analytics; /* for reference data that stays in a file beside the template */
    deploy_reference_function *name_reference;
};

struct deploy_parameter {
    const char *name;
    const char *value;
};

struct deploy_result {
    json_t *outputs;   /* {"Name": "value"}; owned by the caller */
    json_t *resources; /* [{"logicalId","type","physicalId","note"}] in order of creation; owned by the caller */
};

/* Reads the template at path (YAML with short tags, or JSON), resolves it with parameters, and makes its resources in the order that their
 * references ask for. Warnings (unknown type or property) go to the log with file, line and name. False after an error, which went to the
 * log as one line "file:line: what, what to do". Everything is made when it returns. */
bool deploy_template(const struct ground *ground, const struct deploy_rooms *rooms, const char *path,
                     const struct deploy_parameter *parameters, size_t parameter_count, struct deploy_result *result);
