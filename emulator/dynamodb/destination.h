#pragma once
/* Kinesis streams as destinations of a table's changes: what EnableKinesisStreamingDestination asks for.
 *
 * A table has at most one that is ACTIVE (table->feed); those that were disabled, or could not be enabled, stay in its description. Each
 * change that has an effect is put into the stream in the commit of the write, after all else of it; so what is taken back has put nothing,
 * unless the store fails in the middle of a transaction. A stream that is gone loses the changes in silence, as on AWS: the destination
 * stays ACTIVE. It has nothing to do with the table's own stream (stream.h). */

#include "dynamodb/change.h"

/* The destination of the table with the stream's ARN, or NULL. Borrowed. */
json_t *destination_find(const struct table *table, const char *stream);

/* "ACTIVE", "DISABLED", "ENABLE_FAILED" */
const char *destination_status(const json_t *destination);

/* Whether times are written in microseconds. */
bool destination_is_fine(const json_t *destination);

/* Makes the stream the table's destination, which has no active one: ACTIVE, or ENABLE_FAILED with the reason when the stream takes no
 * records. precision: "MILLISECOND", "MICROSECOND", or NULL. The table's definition is kept so. */
enum status destination_enable(struct dynamodb *room, struct table *table, const char *stream, const char *precision);

/* The table's active one becomes DISABLED, or gets another precision. */
enum status destination_disable(struct dynamodb *room, struct table *table);
enum status destination_set_precision(struct dynamodb *room, struct table *table, const char *precision);

/* Finds the active one of a table that was read back. */
void destination_attach(struct table *table);

/* Puts the change into the table's active destination. */
enum status destination_feed(struct dynamodb *room, const struct change *change, struct arena *arena);
