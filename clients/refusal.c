#include "refusal.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* The SDKs repeat the same ones. */
static bool is_passing(int status, const char *type)
{
    static const char *const passing[] = { "ProvisionedThroughputExceededException",
                                           "LimitExceededException",
                                           "ThrottlingException",
                                           "Throttling",
                                           "KMSThrottlingException",
                                           "RequestLimitExceeded",
                                           "InternalFailure",
                                           "ServiceUnavailable",
                                           NULL };

    for (size_t i = 0; passing[i]; i++)
        if (text_is(type, passing[i]))
            return true;
    return status >= 500 || status == 429;
}

/* "com.amazonaws.kinesis#ResourceNotFoundException" and "ResourceNotFoundException:" name the same. */
static void read_type(const json_t *root, char type[80])
{
    const char *text = json_string_value(json_object_get(root, "__type"));
    const char *hash = text ? strrchr(text, '#') : NULL;

    snprintf(type, 80, "%s", hash ? hash + 1 : text ? text : "");
    type[strcspn(type, ":")] = '\0';
}

static const char *message_of(const json_t *root)
{
    const char *message = json_string_value(json_object_get(root, "message"));

    return message ? message : json_string_value(json_object_get(root, "Message"));
}

void refusal_read(struct refusal *refusal, const struct courier_answer *answer, const json_t *root)
{
    const char *message = message_of(root);

    *refusal = (struct refusal){ 0 };
    read_type(root, refusal->type);
    refusal->is_passing = is_passing(answer->status, refusal->type);
    if (*refusal->type || message)
        snprintf(refusal->problem, sizeof refusal->problem, "%s%s%s", refusal->type, *refusal->type && message ? ": " : "",
                 message ? message : "");
    else
        snprintf(refusal->problem, sizeof refusal->problem, "HTTP status %d", answer->status);
}
