#pragma once
/* The SAM transform: AWS::Serverless::* become the plain resources that AWS would make of them, with the same names, Globals merged in.
 * References to a serverless resource keep working: the function, table or API keeps its logical id. */

#include "deploy/scope.h"
#include "deploy/template.h"

/* Replaces template's serverless resources. False after an error: among others, when they are there without the transform. */
bool sam_expand(struct template *template, struct scope *scope);

/* ---- inside ---- */

/* One resource that is being expanded. */
struct sam {
    struct template *template; /* the new one */
    struct scope *scope;
    struct arena *arena;
    struct remarks *remarks;
    const char *id;
    int line;
    const struct node *body;       /* as written */
    const struct node *properties; /* with Globals merged in; never NULL, perhaps empty */
    struct path path;              /* Resources.<id> */
    struct path section;
};

/* Each expands one type; false after an error. */
bool sam_expand_function(struct sam *sam);
bool sam_expand_table(struct sam *sam);
bool sam_expand_websocket(struct sam *sam);

/* Of a function: the mappings of its Events to target, the logical id of the function or of its alias; its EventInvokeConfig, of the alias
 * or (NULL) of $LATEST. */
bool sam_add_events(struct sam *sam, const char *target);
bool sam_add_invoke_config(struct sam *sam, const char *alias);

/* Adds { Type: type, Properties: properties } under id to the new template, with the Condition of the serverless resource, and its
 * DependsOn and Metadata when is_main. */
bool sam_add(struct sam *sam, const char *id, const char *type, struct node *properties, bool is_main);

/* Adds it with an extra DependsOn (a list), or NULL. */
bool sam_add_after(struct sam *sam, const char *id, const char *type, struct node *properties, const struct node *depends_on);

/* Copies the property, when it is there, under its own or another name, keeping its line. */
void sam_copy(struct sam *sam, struct node *to, const char *name, const char *as);

/* The same from another map than the resource's properties. */
void sam_copy_from(struct sam *sam, const struct node *from, struct node *to, const char *name, const char *as);

/* Nodes at the place of the serverless resource. */
struct node *sam_map(struct sam *sam);
struct node *sam_list(struct sam *sam);
struct node *sam_text(struct sam *sam, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct node *sam_ref(struct sam *sam, const char *id);
struct node *sam_get_att(struct sam *sam, const char *id, const char *attribute);
const char *sam_print(struct sam *sam, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Warns of the properties that names (NULL ends it) does not hold. */
void sam_check(struct sam *sam, const struct node *values, const char *const *names, const struct path *path);
