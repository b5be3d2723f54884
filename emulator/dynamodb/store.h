#pragma once
/* Where tables and items are kept: with store_item.h and store_range.h the room's SQL about them.
 *
 * The picture: one sqlite table per table, keyed by (partition, sort) as key.h encodes them, holding packed items; one per index, keyed by
 * the index key and then the item's own, holding nothing else: an item read through an index is read from its table. So an item is stored
 * once, and only a change of index keys touches an index. A catalogue holds the definitions.
 *
 * Statements are prepared once per table and index and kept on its shelf. A cursor uses them, so one cursor per table or index is open at
 * a time, within one operation. */

#include "aws/ground.h"
#include "dynamodb/key.h"
#include "dynamodb/store_range.h"

struct store;

/* Opens the store on the ground's database, making the catalogue when there is none. */
enum status store_open(struct store **store, const struct ground *ground);

/* Hands each kept definition (JSON text) to `each`, until one is not OK. */
typedef enum status store_each_function(void *context, const char *definition);
enum status store_each_table(struct store *store, store_each_function *each, void *context);

/* Keeps a new table (its number is given here), its definition after a change, or drops it with all that it holds. */
enum status store_add_table(struct store *store, struct table *table);
enum status store_keep_definition(struct store *store, const struct table *table);
enum status store_drop_table(struct store *store, struct table *table);

/* Copies what a table holds into `copy`, a new table of the same keys whose indexes are all among the table's: it gets numbers of its own,
 * and no place in the catalogue. And drops what such a copy holds; it is detached. */
enum status store_copy_table(struct store *store, const struct table *table, struct table *copy);
enum status store_drop_copy(struct store *store, struct table *copy);

/* Gets a table that was read back from its definition ready for use. */
void store_attach(struct store *store, struct table *table);

/* Gives back what the store keeps beside the table. */
void store_detach(struct table *table);

/* Makes room for a new index (empty), or drops one: with the table's definition as it is now, all or nothing. */
enum status store_add_index(struct store *store, const struct table *table, struct table_index *index);
enum status store_drop_index(struct store *store, const struct table *table, struct table_index *index);

/* Writes between begin and end are kept all or none: store_end with `keep` false takes them back. */
enum status store_begin(struct store *store);
enum status store_end(struct store *store, bool keep);

/* Ends what came to `status`: kept when that is OK. Answers it, or BROKEN when it could not be ended so. */
enum status store_end_as(struct store *store, enum status status);

void store_close(struct store *store); /* accepts NULL */
