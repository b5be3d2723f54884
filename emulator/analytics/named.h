#pragma once
/* What most operations begin with. */

#include "analytics/application.h"
#include "analytics/operations.h"

/* The application that a call names by ApplicationName; NULL after call_fail when there is none. */
struct application *analytics_named(struct call *call);

/* The same, when the call's CurrentApplicationVersionId is the application's version; NULL after call_fail otherwise. */
struct application *analytics_named_version(struct call *call);

/* The application that a call names by ResourceARN. */
struct application *analytics_named_arn(struct call *call);

/* Whether the call came by version 2 of the API. */
bool analytics_is_v2(const struct call *call);

/* Puts configuration (taken) into the application, and answers as the call's version does. */
enum outcome analytics_change(struct call *call, struct application *application, json_t *configuration);

/* {ApplicationName, ApplicationARN, ApplicationStatus} and, of version 2, more; new reference. */
json_t *analytics_summary(const struct call *call, const struct application *application);

/* What DescribeApplication shows, in the form of the call's version; new reference. */
json_t *analytics_detail(const struct call *call, const struct application *application);
