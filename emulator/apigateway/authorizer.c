/* Asking and understanding authorizers. */

#include "apigateway/authorizer.h"

#include "apigateway/errand.h"
#include "apigateway/policy.h"
#include "apigateway/stage.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

enum { RESULT_MAX_BYTES = 8 * 1024 };

static bool is_there(const char *source, const struct request *request, const struct apigateway_connection *connection, struct arena *arena)
{
    static const char header[] = "route.request.header.", parameter[] = "route.request.querystring.", variable[] = "stageVariables.";
    const char *value = NULL;

    if (text_begins(source, header))
        value = request_header(request, source + sizeof header - 1);
    else if (text_begins(source, parameter))
        value = request_parameter(request, arena, source + sizeof parameter - 1);
    else if (text_begins(source, variable))
        value = apigateway_stage_variable(connection->stage, source + sizeof variable - 1);
    else if (text_begins(source, "context."))
        value = "there"; /* the context of a handshake is never empty */
    return value && *value;
}

bool apigateway_authorizer_is_identified(const struct apigateway_authorizer *authorizer, const struct request *request,
                                         const struct apigateway_connection *connection)
{
    struct arena arena = { 0 };
    bool is_identified = true;

    for (const char *const *source = authorizer->sources; source && *source; source++)
        is_identified = is_identified && is_there(*source, request, connection, &arena);
    arena_clear(&arena);
    return is_identified;
}

/* ---- the answer ---- */

/* Later events carry the context's numbers and booleans as texts, as the service passes them on. False: a value is none of these. */
static bool add_context_value(struct buffer *object, const char *name, const json_t *value)
{
    buffer_add_char(object, ',');
    buffer_add_json_string(object, name, strlen(name));
    buffer_add_char(object, ':');
    if (json_is_string(value))
        buffer_add_json_string(object, json_string_value(value), json_string_length(value));
    else if (json_is_boolean(value))
        buffer_add_text(object, json_is_true(value) ? "\"true\"" : "\"false\"");
    else if (json_is_integer(value))
        buffer_print(object, "\"%" JSON_INTEGER_FORMAT "\"", json_integer_value(value));
    else if (json_is_real(value))
        buffer_print(object, "\"%.17g\"", json_real_value(value));
    else if (json_is_null(value))
        buffer_add_text(object, "null");
    else
        return false;
    return true;
}

/* What later events are told of the answer; NULL: its context is malformed. */
static char *context_of(const json_t *answer)
{
    const char *principal = json_string_value(json_object_get(answer, "principalId"));
    json_t *context = json_object_get(answer, "context");
    struct buffer object = { 0 };
    bool is_good = !context || json_is_null(context) || json_is_object(context);
    const char *name;
    json_t *value;

    buffer_add_text(&object, "{\"principalId\":");
    buffer_add_json_string(&object, principal, strlen(principal));
    json_object_foreach(context, name, value) if (strcmp(name, "principalId") != 0) is_good =
        is_good && add_context_value(&object, name, value);
    buffer_add_char(&object, '}');
    if (!is_good)
        buffer_clear(&object);
    return is_good ? buffer_take(&object) : NULL;
}

/* A function that raises exactly "Unauthorized" says 401; anything else that it raises is a failure of ours. */
static enum apigateway_decision decide_failure(const struct invocation_result *result, const char **fault)
{
    json_t *error = json_loadb(result->payload ? result->payload : "", result->payload ? result->size_bytes : 0, 0, NULL);
    bool is_unauthorized = text_is(json_string_value(json_object_get(error, "errorMessage")), "Unauthorized");

    json_decref(error);
    *fault = is_unauthorized ? "it raised Unauthorized" : "it failed";
    return is_unauthorized ? APIGATEWAY_UNAUTHORIZED : APIGATEWAY_UNDECIDED;
}

static enum apigateway_decision decide_answer(const json_t *answer, const char *method_arn, char **context, const char **fault)
{
    if (!json_is_string(json_object_get(answer, "principalId"))) {
        *fault = "its answer has no principalId";
        return APIGATEWAY_UNDECIDED;
    }
    switch (apigateway_policy_judge(json_object_get(answer, "policyDocument"), "execute-api:Invoke", method_arn)) {
    case APIGATEWAY_POLICY_ALLOWED:
        break;
    case APIGATEWAY_POLICY_DENIED:
        *fault = "its policy denies this route";
        return APIGATEWAY_DENIED;
    case APIGATEWAY_POLICY_UNMENTIONED:
        *fault = "no statement of its policy allows this route";
        return APIGATEWAY_NOT_ALLOWED;
    case APIGATEWAY_POLICY_MALFORMED:
        *fault = "its policyDocument is malformed, or has conditions, which are not evaluated";
        return APIGATEWAY_UNDECIDED;
    }
    *context = context_of(answer);
    *fault = *context ? NULL : "a value of its context is neither text, number nor boolean";
    return *context ? APIGATEWAY_ALLOWED : APIGATEWAY_UNDECIDED;
}

enum apigateway_decision apigateway_authorizer_decide(const struct invocation_result *result, const char *method_arn, char **context,
                                                      const char **fault)
{
    enum apigateway_decision decision;
    json_t *answer;

    *context = NULL;
    switch (apigateway_outcome_of(result)) {
    case APIGATEWAY_ANSWERED:
        break;
    case APIGATEWAY_FAILED:
        return decide_failure(result, fault);
    case APIGATEWAY_MISPLACED:
        *fault = "there is no such function, or it is throttled";
        return APIGATEWAY_UNDECIDED;
    case APIGATEWAY_TIMED_OUT:
        *fault = "it took too long";
        return APIGATEWAY_UNDECIDED;
    }
    *fault = "its answer is longer than 8 KB";
    if (result->size_bytes > RESULT_MAX_BYTES)
        return APIGATEWAY_UNDECIDED;
    answer = json_loadb(result->payload, result->size_bytes, 0, NULL);
    decision = decide_answer(answer, method_arn, context, fault);
    json_decref(answer);
    return decision;
}
