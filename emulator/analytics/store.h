#pragma once
/* The room's only SQL: applications and their places in their streams, when lowcloud keeps its data (--data). A place moves only when
 * everything that was made of the records before it has been delivered, so a restart may deliver twice and loses nothing. Every function
 * accepts a NULL store, which keeps nothing. */

#include "analytics/application.h"

struct analytics_store;

/* Opens the store, makes the applications that it holds, and starts those that ran. *store is NULL when the database is in memory. */
enum status analytics_store_open(struct analytics_store **store, struct analytics *room);

/* Keeps all of the application. */
enum status analytics_store_put(struct analytics_store *store, const struct application *application);
void analytics_store_remove(struct analytics_store *store, const struct application *application);

/* Keeps its places in its input, if nothing waits to be delivered. */
void analytics_store_places(struct analytics_store *store, const struct application *application);

/* Keeps which file stands for an object ("bucket/key"). */
void analytics_store_file(struct analytics_store *store, const char *object, const char *path);

void analytics_store_close(struct analytics_store *store);
