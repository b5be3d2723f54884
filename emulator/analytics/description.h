#pragma once
/* Applications as the two versions of the API describe them, and the parts of a configuration. */

#include "analytics/application.h"

enum part { PART_INPUT, PART_OUTPUT, PART_REFERENCE, PART_LOGGING };

/* The list of that part in a configuration ("Outputs"), and the name of its elements' id ("OutputId"). */
const char *part_list(enum part part);
const char *part_id(enum part part);

/* Gives an element its id, "<version>.<number>", and appends it (taken) to its list. */
void part_add(json_t *configuration, enum part part, json_t *element, int64_t version);

/* The index of the element with that id; -1 when there is none. */
int part_find(const json_t *configuration, enum part part, const char *id);

/* The descriptions of all elements ("OutputDescriptions"), a new list. A role stands where one was given, whatever the version. */
json_t *describe_parts(const struct application *application, enum part part);

/* The elements of ListApplications and the answer of v1's CreateApplication. */
json_t *describe_summary(const struct application *application, bool is_v2);

/* ApplicationDetail. */
json_t *describe_application(const struct application *application, bool is_v2);
