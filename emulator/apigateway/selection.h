#pragma once
/* Selection expressions: how API Gateway picks a route for a message. "$request.body.action", "${request.body.service}/${request.body.do}",
 * a static text, or any mixture; "\$" is a dollar. What stands behind "request.body" is a JSON path of names, ['names'], [indexes] and
 * wildcards; what it does not find is empty. An expression is evaluated once, never its result (facts: API Gateway, C2). */

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"

#include <stddef.h>

struct apigateway_selection;

/* What a variable other than request.body stands for ("context.connectionId", "stageVariables.x", "request.header.X"): a text, or NULL when
 * it is not known, which reads as empty. */
typedef const char *apigateway_selection_lookup(void *context, const char *name);

enum { APIGATEWAY_SELECTION_MAX_LENGTH = 1024 };

/* Parses expression. INVALID, with the reason in `fault` (static), when it is longer than APIGATEWAY_SELECTION_MAX_LENGTH or asks for what
 * is not understood: an open brace, an unknown variable, a filter or a recursive path. */
enum status apigateway_selection_parse(const char *expression, struct apigateway_selection **selection, const char **fault);

/* Adds the value for a message to `value`; a body that is not JSON finds nothing. lookup may be NULL. */
void apigateway_selection_evaluate(const struct apigateway_selection *selection, const char *body, size_t size_bytes,
                                   apigateway_selection_lookup *lookup, void *context, struct buffer *value);

/* Accepts NULL. */
void apigateway_selection_free(struct apigateway_selection *selection);
