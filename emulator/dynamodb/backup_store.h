#pragma once
/* Where backups are kept: a catalogue of documents. Their items lie with those of tables (store_copy_table). */

#include "aws/ground.h"

#include <jansson.h>

struct backup_store;

enum status backup_store_open(struct backup_store **store, const struct ground *ground);

/* Hands each backup to `each`, until one is not OK. */
typedef enum status backup_store_each_function(void *context, const char *resource, const char *document);
enum status backup_store_each(struct backup_store *store, backup_store_each_function *each, void *context);

enum status backup_store_put(struct backup_store *store, const char *resource, const json_t *document);
enum status backup_store_remove(struct backup_store *store, const char *resource);

void backup_store_close(struct backup_store *store);
