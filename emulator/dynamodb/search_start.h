#pragma once
/* ExclusiveStartKey: where a page begins. It has exactly the attributes of the table's key and of the index's, and lies in what is
 * searched.
 *
 * AWS looks at it bit by bit between other checks, and words each of them in its own way; the callers keep that order. */

#include "dynamodb/search.h"

/* Reads it, before the table is known. */
bool search_start_read(struct intake *intake, struct search *search);

/* Whether it has as many attributes as it must. */
bool search_start_check_count(struct intake *intake, const struct search *search);

/* Its attributes that are the index's key. A Query has them checked one by one, each before the condition on it (key_condition_bind). */
bool search_start_check_index(struct intake *intake, const struct search *search);

/* Checks those of the table's key, and takes it all into the range. */
bool search_start_take(struct intake *intake, struct search *search);

/* Whether it lies in the range; after the range's own bounds are set. */
bool search_start_check_place(struct intake *intake, const struct search *search);
