#pragma once
/* A service as the wire sees it: its name, its protocol, its table of operations, and the room that serves them. */

#include "aws/call.h"
#include "aws/shape.h"

enum protocol {
    PROTOCOL_JSON_1_0, /* X-Amz-Target, application/x-amz-json-1.0 */
    PROTOCOL_JSON_1_1, /* X-Amz-Target, application/x-amz-json-1.1 */
    PROTOCOL_REST_JSON /* method and path */
};

struct operation {
    const char *name; /* AWS's */
    operation_function *run;
    const struct member *input; /* NULL: no input is read */
    const char *method;         /* REST: "POST" */
    const char *path;           /* REST: "/2015-03-31/functions/{FunctionName}/invocations"; {Name+} takes slashes too */
    int success;                /* REST: the status of DONE; 0 means 200 */
};

struct service {
    const char *name;          /* as in the credential scope: "dynamodb" */
    const char *target_prefix; /* RPC: "DynamoDB_20120810" */
    enum protocol protocol;
    const struct operation *operations; /* ends with a zeroed row */
    struct shape_manners manners;
    /* How an error's "__type" is written: NULL writes the bare name. */
    const char *(*error_type)(struct call *call, enum error_id id);
    /* The name that an error has in the Query protocol, sent beside (x-amzn-query-error) for SDKs that knew the service so. NULL: none. */
    const char *(*query_code)(enum error_id id);
    /* Looks at the input between the check of types and that of constraints: false when it failed the call. NULL: nothing to look at. */
    bool (*look_first)(struct call *call);
    bool is_dynamodb; /* its own manners: x-amz-crc32 over the body, request ids of 52 characters, the text of a missing token */
    bool says_type;   /* Lambda: error bodies begin with "Type":"User" and carry Message as well */
    const struct member *cbor_kinds; /* not NULL: application/x-amz-cbor-1.1 is spoken too; which output members are blobs and timestamps */
    bool is_kinesis;                 /* its own manners: x-amz-id-2 on every answer, and what it says to calls of no known form */
    bool empty_without_output;       /* Kinesis: an operation without output answers an empty body, not {} */
    enum error_id validation_error;  /* what a broken constraint is called; ERR_NONE: ValidationException */
    bool takes_codings;              /* requests may be compressed */
    size_t body_max_bytes;           /* larger bodies are refused; 0: the front door's bound */
    void *room;
};

/* The operation called name, or NULL. */
const struct operation *service_operation(const struct service *service, const char *name);

/* Serves one request that was found to be the service's: decodes, checks, runs, answers (now or later). Borrows ground until the answer is
 * sent. */
void service_serve(const struct service *service, const struct ground *ground, struct exchange *exchange);

/* Puts the error's name in the Query protocol into the answer's headers. For services that have a query_code. */
void service_add_query_error(const struct service *service, struct exchange *exchange, enum error_id id);

/* Calls an operation from inside: `input` (taken) goes through the same checks; `done` is told exactly once, possibly before this returns,
 * and reads call->output or call->error. For template deployment and tests. */
typedef void service_done(struct call *call, void *context);
void service_call(const struct service *service, const struct ground *ground, const char *operation, json_t *input, service_done *done,
                  void *context);

/* The same, caused by the trace event `cause`: it stands in call->cause. */
void service_call_caused(const struct service *service, const struct ground *ground, const char *operation, json_t *input, uint64_t cause,
                         service_done *done, void *context);
