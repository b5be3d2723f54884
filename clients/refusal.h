#pragma once
/* How an AWS service of the JSON protocol says no, as a client reads it. */

#include "courier.h"

#include <jansson.h>
#include <stdbool.h>

struct refusal {
    char type[80];     /* "ResourceNotFoundException"; empty when the answer names none */
    char problem[256]; /* type and message, or the status: for a person */
    bool is_passing;   /* throttled, or a fault of the service's own: the same call may succeed later */
};

/* Reads an answer that is not 200; root is its body read as JSON, or NULL. */
void refusal_read(struct refusal *refusal, const struct courier_answer *answer, const json_t *root);
