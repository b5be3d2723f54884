#pragma once
/* Which function a call is about: FunctionName in the path may be a name, a partial ARN or a whole one, with a qualifier of its own. */

#include "aws/call.h"
#include "lambda/function.h"
#include "lambda/room.h"

/* The members by which a call names it. */
#define TARGET_FUNCTION                                                \
    {                                                                  \
        "FunctionName", STRING, .required = true, .min = 1, .max = 140 \
    }
#define TARGET_QUALIFIER                                             \
    {                                                                \
        "Qualifier", STRING, .min = 1, .max = 128, .where = IN_QUERY \
    }

/* Reads FunctionName and Qualifier; NULL after call_fail when they are malformed, contradict each other, or name no function here.
 * says_latest: the text of "Function not found" ends in :$LATEST even for an unqualified name, as Invoke's does. */
struct function *target_function(struct call *call, struct function_name *name, bool says_latest);

/* The same for one version of it. */
struct function_version *target_version(struct call *call, struct function_name *name, bool says_latest);

/* Keeps a function that the call has changed: DONE, or FAILED when it cannot be stored. */
enum outcome target_keep(struct call *call, const struct function *function);
