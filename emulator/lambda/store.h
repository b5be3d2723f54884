#pragma once
/* What outlives the process with --data: functions that came through the API with their archives, the mappings of such functions, and the
 * places that mappings have reached. Without --data there is no store, and all of this does nothing.
 *
 * A function whose code lies in a template's folder is not kept: the template makes it again, and its mappings with it. Their places are
 * kept by stream, function and shard, so that a mapping which is made again goes on where it was.
 *
 * When a turn's writes are lost (a full disk), the functions and mappings that it changed are again as they are kept. */

#include "base/status.h"
#include "lambda/function.h"
#include "lambda/mapping.h"

struct lambda_store;

/* Opens the store and makes what it holds. *store is NULL without --data. BROKEN, logged, when the file cannot be read. */
enum status lambda_store_open(struct lambda_store **store, struct lambda *room);

/* Keeps an archive under its SHA-256. */
enum status lambda_store_put_code(struct lambda_store *store, const char *sha256, const void *bytes, size_t size_bytes);

/* Keeps the function as it is now. */
enum status lambda_store_put_function(struct lambda_store *store, const struct function *function);
enum status lambda_store_remove_function(struct lambda_store *store, const char *name);

enum status lambda_store_put_mapping(struct lambda_store *store, const struct mapping *mapping);
enum status lambda_store_remove_mapping(struct lambda_store *store, const struct mapping *mapping); /* and its places */

/* Keeps how far a shard's records are done with. */
enum status lambda_store_put_place(struct lambda_store *store, const struct mapping_shard *shard);

/* Moves the place of a shard to the one that was kept for it, if it is still the same stream. */
void lambda_store_find_place(struct lambda_store *store, const struct mapping *mapping, struct source_place *place);

void lambda_store_close(struct lambda_store *store); /* accepts NULL */
