#include "lambda/target.h"

#include "base/text.h"
#include "lambda/store.h"

#include <stdio.h>

#define NAME_PATTERN                                                                                                           \
    "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)" \
    "(:(\\$LATEST|[a-zA-Z0-9-_]+))?"

/* The qualifier of the name, or the parameter; they may not differ. */
static bool join_qualifiers(struct call *call, struct function_name *name)
{
    const char *given = call_string(call, "Qualifier");

    if (!given || !*given)
        return true;
    if (*name->qualifier && !text_is(name->qualifier, given)) {
        call_fail(call, ERR_INVALID_PARAMETER_VALUE,
                  "The derived qualifier from the function name does not match the specified qualifier.");
        return false;
    }
    snprintf(name->qualifier, sizeof name->qualifier, "%s", given);
    return true;
}

static void say_absent(struct call *call, const struct function_name *name, bool says_latest)
{
    const struct ground *ground = call->ground;
    const char *qualifier = *name->qualifier ? name->qualifier : says_latest ? "$LATEST" : "";

    call_fail(call, ERR_RESOURCE_NOT_FOUND, "Function not found: arn:aws:lambda:%s:%s:function:%s%s%s", ground->region, ground->account,
              name->name, *qualifier ? ":" : "", qualifier);
}

struct function *target_function(struct call *call, struct function_name *name, bool says_latest)
{
    struct lambda *room = room_of(call);
    const char *given = call_string(call, "FunctionName");
    struct function *function;

    if (!given || !function_name_read(given, name)) {
        call_fail(call, ERR_VALIDATION,
                  "1 validation error detected: Value '%s' at 'functionName' failed to satisfy constraint: Member must satisfy regular "
                  "expression pattern: " NAME_PATTERN,
                  given ? given : "");
        return NULL;
    }
    if (!join_qualifiers(call, name))
        return NULL;
    if (*name->region && !text_is(name->region, room->ground->region)) {
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "Functions from '%s' are not reachable in this region ('%s')", name->region,
                  room->ground->region);
        return NULL;
    }
    function = *name->account && !text_is(name->account, room->ground->account) ? NULL : function_find(room, name->name);
    if (!function)
        say_absent(call, name, says_latest);
    return function;
}

struct function_version *target_version(struct call *call, struct function_name *name, bool says_latest)
{
    struct function *function = target_function(call, name, says_latest);
    struct function_version *version = function ? function_qualified(function, name->qualifier) : NULL;

    if (function && !version)
        say_absent(call, name, says_latest);
    return version;
}

enum outcome target_keep(struct call *call, const struct function *function)
{
    struct lambda *room = room_of(call);

    if (lambda_store_put_function(room->store, function) == OK)
        return DONE;
    return call_fail(call, ERR_SERVICE, "The function could not be stored");
}
