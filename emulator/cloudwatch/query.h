#pragma once
/* AWS's Query protocol: an input as form parameters, "MetricData.member.1.Dimensions.member.2.Name=x", becomes the JSON that the shape
 * speaks of. */

#include "aws/shape.h"

#include <stddef.h>

/* The input (owned by the caller) that the form's size_bytes bytes hold, numbers and times read as members (the shape) want them. What
 * cannot be read so stays a text, for the shape check to refuse. */
json_t *query_read(const char *form, size_t size_bytes, const struct member *members, struct arena *arena);

/* The value of a top parameter, in arena; NULL when it is not there. */
const char *query_parameter(const char *form, size_t size_bytes, const char *name, struct arena *arena);
