#pragma once
/* A deployment under way: the template, what its names mean, and the rooms in which its resources are made. The type_<service>.c files
 * make one resource each with what stands here. Everything lives in its arena and dies with it. */

#include "deploy/deploy.h"
#include "deploy/scope.h"
#include "deploy/template.h"
#include "deploy/types.h"

struct deploy_store;

struct deployment {
    const struct ground *ground;
    const struct deploy_rooms *rooms;
    struct arena arena;
    struct remarks remarks;
    size_t warnings_told; /* how many went to the log already */
    struct scope scope;
    struct template template;
    struct deploy_store *store; /* names of earlier runs on the same data; NULL: there are none */
    struct random_stream names;
    const char *folder; /* of the template: code is looked for from here */
    json_t *resources;  /* for the report */
};

/* Calls an operation and waits for its answer, turning the loop. The output: a new reference, an empty object when there is none. NULL
 * after an error, which names the resource. `input` is taken. */
json_t *deployment_call(struct deployment *deployment, struct resource *resource, const struct service *service, const char *operation,
                        json_t *input);

/* The same, but an error of the kind `tolerated` is no failure: then *is_tolerated, and NULL. */
json_t *deployment_try(struct deployment *deployment, struct resource *resource, const struct service *service, const char *operation,
                       json_t *input, enum error_id tolerated, bool *is_tolerated);

/* Calls an operation (with a copy of input, which stays the caller's) until the text at output.outer.inner is `wanted`, turning the loop in
 * between. The last output: a new reference; NULL after an error. */
json_t *deployment_await(struct deployment *deployment, struct resource *resource, const struct service *service, const char *operation,
                         const json_t *input, const char *outer, const char *inner, const char *wanted);

/* The same until the output is such that `holds` says yes; `what` says what it is waited for ("ACTIVE"). */
json_t *deployment_await_that(struct deployment *deployment, struct resource *resource, const struct service *service,
                              const char *operation, const json_t *input, bool (*holds)(const json_t *output), const char *what);

/* ERR_NONE, or `exists` when an earlier run on the same data made the resource under this name: then it is kept. */
enum error_id deployment_tolerates(struct deployment *deployment, const struct resource *resource, const char *name, enum error_id exists);

/* The input for the resource's service, made of its evaluated properties by its type's table. NULL after an error. */
json_t *deployment_input(struct deployment *deployment, struct resource *resource, const struct node *properties,
                         enum property_spelling spelling);

/* The same by another table of properties. */
json_t *deployment_input_by(struct deployment *deployment, struct resource *resource, const struct property *table,
                            const struct node *properties, enum property_spelling spelling);

/* The resource's name: what the template's property says, or one generated as CloudFormation does (stack-LogicalId-12 characters), at most
 * max characters long; the same as in an earlier run on the same data. In the arena. */
const char *deployment_name(struct deployment *deployment, struct resource *resource, const char *given, size_t max);

/* Puts name under key into input and makes it the resource's physical id and what Ref gives. */
void deployment_set_name(struct resource *resource, json_t *input, const char *key, const char *name);

/* What the resource is called and what Ref gives. The text is copied into the arena. */
void deployment_identify(struct deployment *deployment, struct resource *resource, const char *physical_id);

/* What Fn::GetAtt gives. value NULL: no such attribute. Copied. */
void deployment_attribute(struct deployment *deployment, struct resource *resource, const char *name, const char *value);

/* "arn:aws:<service>:<region>:<account>:<rest>" in the arena. */
const char *deployment_arn(struct deployment *deployment, const char *service, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts the error, with the resource's line; at: the property that is to blame, or NULL. */
void deployment_fail(struct deployment *deployment, const struct resource *resource, const char *property, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A warning of the resource's line. */
void deployment_warn(struct deployment *deployment, const struct resource *resource, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
