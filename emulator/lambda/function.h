#pragma once
/* Functions, their versions and their code.
 *
 * A function is a name with versions: "$LATEST", which changes, and published ones, which do not. A version is configuration, code and the
 * pool of environments that run it. Versions are counted: the function holds its own, and each environment and invocation holds the one it
 * runs, so a deleted function's last invocations end in peace. Code is counted too: several versions may share one directory. */

#include "aws/ground.h"
#include "base/map.h"
#include "lambda/pool.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { FUNCTION_SHA256_SIZE = 45, FUNCTION_NUMBER_SIZE = 16 };

struct lambda;
struct code_watch;

struct code {
    int uses;
    char *directory;
    bool is_ours;                      /* unpacked by us: removed with its last user */
    struct code_watch *watch;          /* of a directory that is the user's own, or NULL */
    char sha256[FUNCTION_SHA256_SIZE]; /* base64 */
    int64_t size_bytes;
};

struct function_version {
    int uses;
    struct lambda *room;
    struct function *function;         /* NULL once the function is deleted */
    char *name;                        /* of the function */
    char *arn;                         /* of the function, unqualified */
    char number[FUNCTION_NUMBER_SIZE]; /* "$LATEST" or "1" */
    char revision[37];
    int64_t modified_ms;
    json_t *configuration; /* CreateFunction's members, defaults included, except Code */
    struct code *code;     /* NULL: of package type Image */
    struct pool pool;
};

struct function_alias {
    char *name;
    char *description;
    char version[FUNCTION_NUMBER_SIZE];
    json_t *routing; /* {"AdditionalVersionWeights":{"2":0.5}} or NULL */
    char revision[37];
};

struct function {
    struct lambda *room;
    char *name;
    char *arn;
    struct function_version *latest;
    struct map versions;             /* published ones, by number */
    struct map aliases;              /* by name */
    int published_count;             /* the number of the newest published version */
    json_t *published_configuration; /* what $LATEST was when the newest version was published, or NULL */
    json_t *policy;                  /* the list of statements, or NULL */
    char policy_revision[37];
    json_t *tags;         /* {"key":"value"} or NULL */
    json_t *event_invoke; /* EventInvokeConfig's members, or NULL */
    int reserved;         /* concurrency; -1: not reserved */
    int running_count;    /* invocations that wait or run, in all versions */
};

/* ---- code ---- */

/* Code in directory (taken), with one user. */
struct code *code_new(char *directory, bool is_ours);
struct code *code_ref(struct code *code);
void code_unref(struct code *code); /* accepts NULL */

/* ---- functions ---- */

/* A function called name with that configuration (taken) and code (taken; NULL for an image). It is put into the room's map, in place of
 * nothing: the caller made sure that the name is free. */
struct function *function_new(struct lambda *room, const char *name, json_t *configuration, struct code *code);

/* Gives $LATEST other code (taken), or another configuration (taken): what is idle ends, what runs ends with the old ones. */
void function_change_code(struct function *function, struct code *code);
void function_change_configuration(struct function *function, json_t *configuration);

/* Publishes $LATEST: a new version, or the newest published one when nothing changed since. */
struct function_version *function_publish(struct function *function, const char *description);

/* Adds a published version as it was kept: configuration and code are taken. */
struct function_version *function_add_version(struct function *function, const char *number, json_t *configuration, struct code *code);

/* Removes a published version; its invocations end in peace. */
void function_remove_version(struct function *function, const char *number);

void function_remove_alias(struct function *function, const char *name);

/* Deletes the function: waiting invocations are told that it is absent, running ones end in peace. */
void function_delete(struct function *function);

/* ---- finding ---- */

/* How a caller names a function: "name", "name:qualifier", "account:function:name", or an ARN with or without a qualifier. */
struct function_name {
    char name[141];
    char qualifier[129]; /* "" when there is none */
    char region[32];     /* of an ARN; "" when there is none */
    char account[16];
};

/* Reads text as such a name; false when it has none of the forms. */
bool function_name_read(const char *text, struct function_name *name);

/* The function called name, or NULL. */
struct function *function_find(struct lambda *room, const char *name);

/* The version that qualifier ("", "$LATEST", a number or an alias) names, or NULL. */
struct function_version *function_qualified(struct function *function, const char *qualifier);

/* The same for an invocation: an alias with weights sometimes leads to its further version. */
struct function_version *function_drawn(struct function *function, const char *qualifier);

struct function_version *version_ref(struct function_version *version);
void version_unref(struct function_version *version); /* accepts NULL */

/* Members of a version's configuration. */
const char *version_text(const struct function_version *version, const char *member);
int64_t version_number(const struct function_version *version, const char *member, int64_t fallback);

/* How long an invocation may take: AWS's own choice is three seconds. */
int64_t version_timeout_ms(const struct function_version *version);
