#pragma once
/* The life of a table and its indexes: CREATING, ACTIVE, UPDATING, DELETING, each as long as LOWCLOUD_DYNAMODB_STATE_MS says (0: no time).
 *
 * The picture: an operation decides, keeps in the store how things will be in the end, and marks what is under way (the state, and the
 * values to come beside those that are told). It describes the table so, and then lets life go on (table_life_go): either timers are set,
 * or all is done at once. So a process that ends in between loses nothing: what is read back is already as it was to be. */

#include "dynamodb/intake.h"

/* A new or read-back table takes its place in the room's map. */
void table_life_enter(struct dynamodb *room, struct table *table);

/* What is under way goes on. */
void table_life_go(struct table *table);

/* Why data can neither be read nor written: the table is not there yet, or no more. */
bool table_life_has_items(const struct table *table);

/* Stops what is under way with an index that is to be dropped. */
void table_life_stop_index(struct dynamodb *room, struct table_index *index);

/* Stops all that is under way and frees the table; it is no longer in the map. Its items stay in the store. */
void table_life_end(struct dynamodb *room, struct table *table);

/* The setting. */
int64_t table_life_state_ms(void);
