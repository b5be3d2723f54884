#include "dynamodb/fault.h"

#include "dynamodb/room.h"
#include "dynamodb/wire.h"

#include <string.h>

static bool raise_list(struct fault *fault, enum fault_kind kind, const char *head, const char *format, va_list list)
{
    if (fault->kind)
        return false;
    fault->kind = kind;
    fault->message = arena_vprint(fault->arena, format, list);
    if (head)
        fault->message = arena_print(fault->arena, "%s%s", head, fault->message);
    return false;
}

bool fault_raise(struct fault *fault, enum fault_kind kind, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    raise_list(fault, kind, NULL, format, list);
    va_end(list);
    return false;
}

bool fault_parameter(struct fault *fault, enum fault_kind kind, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    raise_list(fault, kind, "One or more parameter values were invalid: ", format, list);
    va_end(list);
    return false;
}

static enum error_id error_of(enum fault_kind kind)
{
    switch (kind) {
    case FAULT_SERIALIZATION:
        return ERR_SERIALIZATION;
    case FAULT_REQUEST:
    case FAULT_VALIDATION:
    case FAULT_EMPTY_KEY:
        return ERR_VALIDATION;
    case FAULT_CONDITION:
        return ERR_CONDITIONAL_CHECK_FAILED;
    case FAULT_NOT_FOUND:
        return ERR_RESOURCE_NOT_FOUND;
    case FAULT_TABLE_NOT_FOUND:
        return ERR_TABLE_NOT_FOUND;
    case FAULT_POLICY_NOT_FOUND:
        return ERR_POLICY_NOT_FOUND;
    case FAULT_IN_USE:
        return ERR_RESOURCE_IN_USE;
    case FAULT_DUPLICATE:
        return ERR_DUPLICATE_ITEM;
    case FAULT_LIMIT:
        return ERR_LIMIT_EXCEEDED;
    case FAULT_ACCESS_DENIED:
        return ERR_ACCESS_DENIED;
    case FAULT_IDEMPOTENCY:
        return ERR_IDEMPOTENT_PARAMETER_MISMATCH;
    case FAULT_CANCELED:
        return ERR_TRANSACTION_CANCELED;
    case FAULT_NONE:
    case FAULT_BROKEN:
        break;
    }
    return ERR_INTERNAL_SERVER_ERROR;
}

bool fault_has_prefix(const struct call *call)
{
    const struct dynamodb *room = room_of(call);
    const char *name = call->operation->name;

    return !room->has_older_texts && (!strcmp(name, "PutItem") || !strcmp(name, "UpdateItem") || !strcmp(name, "DeleteItem"));
}

/* A request of more levels of JSON is told what is wrong with it as all were until mid-2026: values of 62 levels or so, as measured. */
enum { NEWER_LEVELS_MAX = 128 };

/* What does not fit the table or the item is told bare. */
static const char *prefix_of(const struct fault *fault, const struct call *call)
{
    static const char prefix[] = "1 validation error detected: ";

    if (fault->kind != FAULT_REQUEST || !fault_has_prefix(call) || !strncmp(fault->message, prefix, strlen(prefix)) ||
        wire_nests_deeper(call->input, NEWER_LEVELS_MAX))
        return "";
    return prefix;
}

enum outcome fault_answer(const struct fault *fault, struct call *call)
{
    return call_fail(call, error_of(fault->kind), "%s%s", prefix_of(fault, call), fault->message ? fault->message : "");
}
