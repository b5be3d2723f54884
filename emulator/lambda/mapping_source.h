#pragma once
/* The stream behind a mapping: which shards there are to read, and when there is something new in them. */

#include <stdbool.h>

struct mapping;

/* Has the mapping woken by its stream from now on. */
void mapping_listen(struct mapping *mapping);

/* Adds the shards that are not read yet. is_first: the mapping begins, and StartingPosition counts; shards that come later are read from
 * their beginning. */
void mapping_discover(struct mapping *mapping, bool is_first);
