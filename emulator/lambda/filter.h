#pragma once
/* Event filters of a mapping: patterns in EventBridge's form, of which one must fit (facts C8). The record itself is never re-encoded. */

#include <jansson.h>
#include <stdbool.h>

/* The patterns of a FilterCriteria as a list of objects (owned by the caller); an empty list when there are none; NULL when one is no valid
 * pattern. */
json_t *filter_compile(const json_t *criteria);

/* Whether the record, as its source describes it, fits one of the patterns, or there are none. */
bool filter_passes(const json_t *patterns, const json_t *record);
