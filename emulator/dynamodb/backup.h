#pragma once
/* Backups: what a table was at one moment, made by CreateBackup and read by RestoreTableFromBackup. They outlive their table.
 *
 * The picture: a backup holds a table like those of the room, of the same definition, that is in no map: nobody can read or write it. Its
 * items and index entries stand in sqlite tables of their own, copied in one step, so that they are of one moment. */

#include "dynamodb/intake.h"

struct backup {
    char *resource; /* "table/<table>/backup/<id>": its key in the room's map */
    char *name;     /* not unique */
    int64_t created_ms;
    struct table_counts counts;
    struct table *table; /* as it was; owned */
};

/* Reads the backups that the store keeps; what a lost turn made of them is forgotten first. */
enum status backups_open(struct dynamodb *room);
enum status backups_reload(struct dynamodb *room);
void backups_close(struct dynamodb *room);

/* The table's definition without the indexes that have not all their entries yet: what can be copied. A new reference. */
json_t *backup_definition(const struct table *table);

/* Makes a backup of the table as it is now: BROKEN when the store fails. Indexes that are still being filled are left out. */
enum status backup_create(struct dynamodb *room, const struct table *table, const char *name, const struct backup **backup);

/* Drops it. */
enum status backup_remove(struct dynamodb *room, const struct backup *backup);

/* The backup of that resource, or NULL. */
const struct backup *backup_find(const struct dynamodb *room, const char *resource);

/* All backups (of the table called name, when it is not NULL), in order of their ids, which begin with the time. In arena. */
const struct backup **backups_list(const struct dynamodb *room, const char *name, struct arena *arena, size_t *count);

/* Its ARN, in arena. */
const char *backup_arn(const struct dynamodb *room, const struct backup *backup, struct arena *arena);

/* The table that is being restored from it (CREATING), or NULL. */
const struct table *backup_user(const struct dynamodb *room, const struct backup *backup, struct arena *arena);

/* What DescribeBackup tells beside the details: new references. */
json_t *backup_source_json(const struct backup *backup);
json_t *backup_features_json(const struct backup *backup);
