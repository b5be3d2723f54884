#pragma once
/* What earlier deployments on the same data called their resources. A generated name must be the same when lowcloud is started again on
 * the same --data: otherwise the tables and streams of yesterday would still be there, and nobody would find them. */

#include "base/arena.h"
#include "base/database.h"

struct deploy_store;

/* NULL when the database is in memory (nothing outlives it) or fails (logged). stack: whose resources they are. */
struct deploy_store *deploy_store_open(struct database *database, const char *stack);

/* The physical id that the resource had, in arena; NULL when it is new. Accepts a NULL store. */
const char *deploy_store_find(struct deploy_store *store, const char *logical_id, const char *type, struct arena *arena);

/* Keeps the physical id. Accepts a NULL store. */
void deploy_store_put(struct deploy_store *store, const char *logical_id, const char *type, const char *physical_id);

void deploy_store_close(struct deploy_store *store);
