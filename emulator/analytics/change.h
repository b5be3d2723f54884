#pragma once
/* What the operations that read or change an application share. */

#include "analytics/description.h"
#include "analytics/room.h"
#include "analytics/shapes.h"

bool analytics_is_v2(const struct call *call);

/* The application that a call names; NULL after call_fail. */
struct application *analytics_application(struct call *call);

/* The same for a change: it must be at CurrentApplicationVersionId, and READY or RUNNING. */
struct application *analytics_application_to_change(struct call *call);

/* A deep copy of its configuration, to be changed and given to analytics_adopt. */
json_t *analytics_copy_configuration(const struct application *application);

/* Adopts a changed configuration (taken): DONE, or FAILED after call_fail. */
enum outcome analytics_adopt(struct call *call, struct application *application, json_t *configuration);

/* Answers a change of a part as each version does: v1 says nothing, v2 gives ARN, version and, when part is described, the descriptions. */
void analytics_answer_part(struct call *call, const struct application *application, enum part part, bool is_described);

/* Adds the call's member (an Input, an Output, ...) to the part, and answers. */
enum outcome analytics_add_part(struct call *call, enum part part, const char *member);

/* Removes the element that the call's member (the id) names, and answers. */
enum outcome analytics_remove_part(struct call *call, enum part part);

/* Fails with what program.h said. */
enum outcome analytics_refuse(struct call *call, const struct program_error *error);
