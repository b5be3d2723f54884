#pragma once
/* A template: its sections, and its resources in the order of the file. */

#include "base/map.h"
#include "deploy/node.h"
#include "deploy/remarks.h"

struct resource_type;

enum { TEMPLATE_RESOURCES_MAX = 500 /* CloudFormation's own bound */ };

struct resource {
    const char *id;        /* logical */
    const char *type_name; /* "AWS::Kinesis::Stream" */
    size_t place;          /* in the template */
    int line;              /* of the logical id */
    const struct node *body;
    const struct node *properties;    /* a map, or NULL */
    const char *condition;            /* NULL: always */
    bool is_dropped;                  /* its condition does not hold */
    const struct resource_type *type; /* NULL: unknown */
    /* the plan */
    size_t *needs; /* places of the resources that must be made before it */
    size_t need_count;
    size_t need_capacity;
    /* once it is made */
    const char *physical_id;
    const char *reference; /* what Ref gives; NULL: not made yet */
    struct map attributes; /* what GetAtt gives: name: const char * */
    const char *note;      /* for the report, or NULL */
    bool is_kept;          /* an earlier run on the same data made it */
};

struct template
{
    struct arena *arena;
    const struct node *root;
    const struct node *parameters;
    const struct node *mappings;
    const struct node *conditions;
    const struct node *globals;
    const struct node *outputs;
    bool is_serverless; /* it asks for the SAM transform */
    struct resource **resources;
    size_t count;
    size_t capacity;
    struct map by_id; /* logical id: struct resource * */
};

/* Reads the sections of root. False after an error. template_clear is due in any case. */
bool template_open(struct template *template, const struct node *root, struct remarks *remarks);

/* Adds a resource from { Type: ..., Properties: ... }; id is borrowed. False after an error (a bad name, one that exists, no type). */
bool template_add(struct template *template, const char *id, int line, const struct node *body, struct remarks *remarks);

struct resource *template_find(const struct template *template, const char *id);

void template_clear(struct template *template);
