/* DeleteFunction: the function, or one published version of it. Its event source mappings stay, as on AWS. */

#include "base/text.h"
#include "lambda/operations.h"
#include "lambda/store.h"
#include "lambda/target.h"

const struct member lambda_delete_function_input[] = {
    { "FunctionName", STRING, .required = true, .min = 1, .max = 140 },
    { "Qualifier", STRING, .min = 1, .max = 128, .where = IN_QUERY },
    { 0 },
};

enum outcome lambda_delete_function(struct call *call)
{
    struct lambda *room = room_of(call);
    struct function_name name;
    struct function *function = target_function(call, &name, false);

    call->has_no_body = true;
    if (!function)
        return FAILED;
    if (text_is(name.qualifier, "$LATEST"))
        return call_fail(call, ERR_INVALID_PARAMETER_VALUE, "$LATEST version cannot be deleted without deleting the function.");
    if (*name.qualifier && !map_find(&function->versions, name.qualifier))
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Function not found: %s:%s", function->arn, name.qualifier);
    if (*name.qualifier) {
        function_remove_version(function, name.qualifier);
        return target_keep(call, function);
    }
    if (lambda_store_remove_function(room->store, function->name) != OK)
        return call_fail(call, ERR_SERVICE, "The function could not be removed from the data file");
    function_delete(function);
    return DONE;
}
