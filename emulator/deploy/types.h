#pragma once
/* The types of CloudFormation that lowcloud knows: a row each, with their properties, how they are made, and when. */

#include "deploy/property.h"

#include <stdbool.h>
#include <stddef.h>

struct deployment;
struct resource;

enum type_turn {
    TURN_ANY = 0, /* in the order of the template */
    TURN_LATE     /* when nothing else can be made: it looks at what is there then */
};

struct resource_type {
    const char *name;                  /* "AWS::DynamoDB::Table" */
    const struct property *properties; /* NULL: not looked at */
    /* Makes the resource and sets its physical_id, reference and attributes. NULL: accepted and not enforced. False after an error. */
    bool (*make)(struct deployment *deployment, struct resource *resource, const struct node *properties);
    enum type_turn turn;
    /* Called when all resources are made, in their order; NULL: nothing is left to do. False after an error. */
    bool (*finish)(struct deployment *deployment, struct resource *resource);
    /* Of what is accepted and not enforced: what Ref and Fn::GetAtt give. Both are templates in which {name}, {region}, {account} and
     * {id} are filled in; attributes are "Arn=arn:aws:iam::{account}:role/{name}", NULL ends them. */
    const char *name_property; /* where the template may name it */
    const char *reference;
    const char *const *attributes;
};

/* The row of the type called name, or NULL. */
const struct resource_type *deploy_type_find(const char *name);

/* Makes what is accepted and not enforced: gives it a name, and what Ref and Fn::GetAtt answer. Also for unknown types (type NULL). False
 * after an error. */
bool deploy_type_accept(struct deployment *deployment, struct resource *resource, const struct node *properties);

/* The tables of the type_<service>.c files; each ends with a zeroed row. */
extern const struct resource_type deploy_types_apigateway[];
extern const struct resource_type deploy_types_dynamodb[];
extern const struct resource_type deploy_types_kinesis[];
extern const struct resource_type deploy_types_lambda[];
extern const struct resource_type deploy_types_analytics[];
extern const struct resource_type deploy_types_accepted[];
