#pragma once
/* The properties of a resource type: data that says which exist, of what kind they are, and how they are called by the service. With it a
 * resource's evaluated properties become the input of the service's operation: CloudFormation takes "5" for 5 and 5 for "5", and so do we.
 *
 * A table ends with a zeroed row. */

#include "deploy/node.h"
#include "deploy/remarks.h"

#include <jansson.h>
#include <stdbool.h>

enum property_kind {
    PROPERTY_END = 0,
    TEXT,
    NUMBER, /* whole or with a fraction */
    YES_NO,
    LIST_OF,  /* of members[0] */
    MAP_OF,   /* of members[0], with any keys */
    MEMBERS,  /* a map with the keys of members */
    ANYTHING, /* passed on as it looks */
    JSON_TEXT /* a map that the service takes as one text, or a text */
};

/* How it travels. */
enum property_fate {
    PASSED = 0,
    KEPT,   /* known, read by the type's own code, not passed on */
    IGNORED /* known, of no effect here: the report says so */
};

struct property {
    const char *name;
    enum property_kind kind;
    const struct property *members;
    enum property_fate fate;
    bool required;
    const char *wire_name; /* NULL: name */
};

/* How a service spells its members. */
enum property_spelling { AS_NAMED, LOWER_FIRST /* "ApiId" travels as "apiId" */ };

/* Warns of each property that the table does not know. */
void property_check(const struct property *properties, const struct node *values, const struct path *path, struct remarks *remarks);

/* "StreamEncryption, Tags": the top-level properties that are given and have no effect here, in arena; NULL when there is none. */
const char *property_ignored(const struct property *properties, const struct node *values, struct arena *arena);

/* The input of the service: a new JSON object. NULL after an error: a wrong kind, or a required property that is missing (line: where to
 * point then). values may be NULL. */
json_t *property_input(const struct property *properties, const struct node *values, enum property_spelling spelling, int line,
                       const struct path *path, struct remarks *remarks);

/* What CloudFormation lists as [{ Key, Value }], as the map that some services take: a new reference, NULL when tags is no list. */
json_t *property_tag_map(const struct node *tags);
