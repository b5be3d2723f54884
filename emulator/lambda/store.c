/* The room's only SQL. */

#include "lambda/store.h"

#include "base/log.h"
#include "base/memory.h"
#include "lambda/document.h"
#include "lambda/mapping_shard.h"
#include "lambda/package.h"
#include "lambda/room.h"

#include <stdlib.h>
#include <string.h>

struct lambda_store {
    struct lambda *room;
    struct database *database;
    struct database_watch watch;
    struct map functions; /* names of those that this turn has changed; values mean nothing */
    struct map mappings;  /* UUIDs likewise */
    sqlite3_stmt *put_code;
    sqlite3_stmt *put_function;
    sqlite3_stmt *remove_function;
    sqlite3_stmt *put_mapping;
    sqlite3_stmt *remove_mapping;
    sqlite3_stmt *put_place;
    sqlite3_stmt *find_place;
    sqlite3_stmt *remove_places;
};

static const char tables[] = "CREATE TABLE IF NOT EXISTS lambda_code(sha256 TEXT PRIMARY KEY, archive BLOB);"
                             "CREATE TABLE IF NOT EXISTS lambda_function(name TEXT PRIMARY KEY, document TEXT) WITHOUT ROWID;"
                             "CREATE TABLE IF NOT EXISTS lambda_mapping(uuid TEXT PRIMARY KEY, document TEXT) WITHOUT ROWID;"
                             "CREATE TABLE IF NOT EXISTS lambda_place(stream TEXT, function TEXT, shard TEXT, made_ms INT, next INT,"
                             " PRIMARY KEY(stream, function, shard)) WITHOUT ROWID;";

static void bind(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

/* ---- reading ---- */

/* Code that was read already, by its hash: versions share it. */
struct loading {
    struct lambda *room;
    struct map codes;
    sqlite3_stmt *archive;
};

static struct code *unpack(struct loading *loading, const char *sha256, const void *bytes, size_t size_bytes)
{
    struct lambda *room = loading->room;
    char *directory = memory_print("%s/code-%u-kept", room->ground->state_directory, ++room->unpacked_count);
    struct arena arena = { 0 };
    const char *message;
    struct code *code;

    if (package_unpack(bytes, size_bytes, directory, &arena, &message) != OK) {
        log_error("the archive %s in the data file cannot be unpacked: %s", sha256, message);
        arena_clear(&arena);
        free(directory);
        return NULL;
    }
    arena_clear(&arena);
    code = code_new(directory, true);
    code->size_bytes = (int64_t)size_bytes;
    snprintf(code->sha256, sizeof code->sha256, "%s", sha256);
    map_put(&loading->codes, sha256, code);
    return code_ref(code);
}

static struct code *load_code(void *context, const char *sha256)
{
    struct loading *loading = context;
    struct code *code = map_find(&loading->codes, sha256);

    if (code)
        return code_ref(code);
    bind(loading->archive, 1, sha256);
    if (sqlite3_step(loading->archive) == SQLITE_ROW)
        code = unpack(loading, sha256, sqlite3_column_blob(loading->archive, 0), (size_t)sqlite3_column_bytes(loading->archive, 0));
    sqlite3_reset(loading->archive);
    return code;
}

/* Reads the document of each row whose key the room does not have. A row that cannot be read is named in the log: the file is not what we
 * wrote. */
static enum status load_rows(struct loading *loading, struct database *database, const char *sql, const struct map *present,
                             bool (*read)(struct loading *loading, const char *key, const json_t *document))
{
    sqlite3_stmt *rows = database_prepare(database, sql);
    enum status status = rows ? OK : BROKEN;
    int step = SQLITE_DONE;

    while (status == OK && (step = sqlite3_step(rows)) == SQLITE_ROW) {
        const char *key = (const char *)sqlite3_column_text(rows, 0);
        json_t *document = map_find(present, key) ? NULL : json_loads((const char *)sqlite3_column_text(rows, 1), 0, NULL);

        if (!map_find(present, key) && (!document || !read(loading, key, document)))
            status = database_refuse(database, "an entry of lambda");
        json_decref(document);
    }
    if (status == OK && step != SQLITE_DONE)
        status = database_complain(database, sql);
    sqlite3_finalize(rows);
    return status;
}

static bool read_function(struct loading *loading, const char *name, const json_t *document)
{
    return document_read_function(loading->room, name, document, load_code, loading) != NULL;
}

static bool read_mapping(struct loading *loading, const char *uuid, const json_t *document)
{
    return document_read_mapping(loading->room, uuid, document);
}

/* Archives that nobody names any more. */
static void drop_unused(struct loading *loading, struct database *database)
{
    sqlite3_stmt *rows = database_prepare(database, "SELECT sha256 FROM lambda_code");
    sqlite3_stmt *drop = database_prepare(database, "DELETE FROM lambda_code WHERE sha256 = ?");
    struct map unused = { 0 };
    struct map_entry *entry;
    size_t cursor = 0;

    while (rows && sqlite3_step(rows) == SQLITE_ROW)
        if (!map_find(&loading->codes, (const char *)sqlite3_column_text(rows, 0)))
            map_put(&unused, (const char *)sqlite3_column_text(rows, 0), loading);
    sqlite3_finalize(rows);
    while (drop && (entry = map_next(&unused, &cursor)) && database_write(database) == OK) {
        bind(drop, 1, entry->key);
        sqlite3_step(drop);
        sqlite3_reset(drop);
    }
    sqlite3_finalize(drop);
    map_clear(&unused);
}

/* Makes what the store holds and the room does not have. */
static enum status load(struct lambda_store *store, bool drops_unused)
{
    struct lambda *room = store->room;
    struct loading loading = { .room = room,
                               .archive = database_prepare(store->database, "SELECT archive FROM lambda_code WHERE sha256 = ?") };
    struct map_entry *entry;
    size_t cursor = 0;
    enum status status = loading.archive ? OK : BROKEN;

    if (status == OK)
        status = load_rows(&loading, store->database, "SELECT name, document FROM lambda_function ORDER BY name", &room->functions,
                           read_function);
    if (status == OK)
        status =
            load_rows(&loading, store->database, "SELECT uuid, document FROM lambda_mapping ORDER BY uuid", &room->mappings, read_mapping);
    if (status == OK && drops_unused)
        drop_unused(&loading, store->database);
    sqlite3_finalize(loading.archive);
    while ((entry = map_next(&loading.codes, &cursor)))
        code_unref(entry->value);
    map_clear(&loading.codes);
    return status;
}

/* ---- when a turn is lost: what it changed is forgotten, and made again as it is kept, if it is ---- */

static void forget_changed(struct lambda_store *store)
{
    struct lambda *room = store->room;
    struct map_entry *entry;
    size_t cursor = 0;

    room->store = NULL; /* nothing is to be written meanwhile */
    while ((entry = map_next(&store->mappings, &cursor)))
        if (map_find(&room->mappings, entry->key))
            mapping_delete(map_find(&room->mappings, entry->key));
    cursor = 0;
    while ((entry = map_next(&store->functions, &cursor)))
        if (function_find(room, entry->key))
            function_delete(function_find(room, entry->key));
    room->store = store;
}

static void on_turn_end(struct database_watch *watch, bool is_kept)
{
    struct lambda_store *store = list_item(watch, struct lambda_store, watch);
    bool has_changed = store->functions.count || store->mappings.count;

    if (!has_changed)
        return;
    if (!is_kept) {
        forget_changed(store);
        if (load(store, false) != OK)
            log_error("Lambda's functions cannot be read again: start lowcloud anew");
    }
    map_clear(&store->functions);
    map_clear(&store->mappings);
}

static enum status prepare(struct lambda_store *store)
{
    struct database *database = store->database;

    store->put_code = database_prepare(database, "INSERT OR IGNORE INTO lambda_code VALUES(?,?)");
    store->put_function = database_prepare(database, "INSERT OR REPLACE INTO lambda_function VALUES(?,?)");
    store->remove_function = database_prepare(database, "DELETE FROM lambda_function WHERE name = ?");
    store->put_mapping = database_prepare(database, "INSERT OR REPLACE INTO lambda_mapping VALUES(?,?)");
    store->remove_mapping = database_prepare(database, "DELETE FROM lambda_mapping WHERE uuid = ?");
    store->put_place = database_prepare(database, "INSERT OR REPLACE INTO lambda_place VALUES(?,?,?,?,?)");
    store->find_place =
        database_prepare(database, "SELECT next FROM lambda_place WHERE stream = ? AND function = ? AND shard = ? AND made_ms = ?");
    store->remove_places = database_prepare(database, "DELETE FROM lambda_place WHERE stream = ? AND function = ?");
    return store->put_code && store->put_function && store->remove_function && store->put_mapping && store->remove_mapping &&
                   store->put_place && store->find_place && store->remove_places
               ? OK
               : BROKEN;
}

enum status lambda_store_open(struct lambda_store **out, struct lambda *room)
{
    struct database *database = room->ground->database;
    struct lambda_store *store;

    *out = NULL;
    if (!database_is_kept(database))
        return OK;
    if (database_run(database, tables) != OK)
        return BROKEN;
    store = memory_new(sizeof *store);
    store->room = room;
    store->database = database;
    *out = store;
    if (prepare(store) != OK || load(store, true) != OK)
        return BROKEN;
    database_watch(database, &store->watch, on_turn_end);
    return OK;
}

/* ---- writing ---- */

enum status lambda_store_put_code(struct lambda_store *store, const char *sha256, const void *bytes, size_t size_bytes)
{
    if (!store)
        return OK;
    bind(store->put_code, 1, sha256);
    sqlite3_bind_blob(store->put_code, 2, bytes, (int)size_bytes, SQLITE_STATIC);
    return database_step(store->database, store->put_code);
}

static enum status put_document(struct lambda_store *store, sqlite3_stmt *statement, const char *key, json_t *document)
{
    char *text = json_dumps(document, JSON_COMPACT | JSON_ENCODE_ANY);
    enum status status;

    bind(statement, 1, key);
    bind(statement, 2, text);
    status = database_step(store->database, statement);
    free(text);
    json_decref(document);
    return status;
}

/* Whether the function is one that the store makes again, not a template. */
static bool is_kept(const struct function *function)
{
    return function && (!function->latest->code || function->latest->code->is_ours);
}

enum status lambda_store_put_function(struct lambda_store *store, const struct function *function)
{
    if (!store || !is_kept(function))
        return OK;
    map_put(&store->functions, function->name, store);
    return put_document(store, store->put_function, function->name, document_of_function(function));
}

enum status lambda_store_remove_function(struct lambda_store *store, const char *name)
{
    if (!store)
        return OK;
    map_put(&store->functions, name, store);
    bind(store->remove_function, 1, name);
    return database_step(store->database, store->remove_function);
}

static const struct function *function_of(const struct mapping *mapping)
{
    struct function_name name;

    return function_name_read(mapping->function, &name) ? function_find(mapping->room, name.name) : NULL;
}

enum status lambda_store_put_mapping(struct lambda_store *store, const struct mapping *mapping)
{
    if (!store || !is_kept(function_of(mapping)))
        return OK;
    map_put(&store->mappings, mapping->uuid, store);
    return put_document(store, store->put_mapping, mapping->uuid, document_of_mapping(mapping));
}

enum status lambda_store_remove_mapping(struct lambda_store *store, const struct mapping *mapping)
{
    if (!store)
        return OK;
    map_put(&store->mappings, mapping->uuid, store);
    bind(store->remove_mapping, 1, mapping->uuid);
    bind(store->remove_places, 1, mapping->source_arn);
    bind(store->remove_places, 2, mapping->function);
    return database_step(store->database, store->remove_mapping) == OK ? database_step(store->database, store->remove_places) : BROKEN;
}

enum status lambda_store_put_place(struct lambda_store *store, const struct mapping_shard *shard)
{
    if (!store)
        return OK;
    bind(store->put_place, 1, shard->mapping->source_arn);
    bind(store->put_place, 2, shard->mapping->function);
    bind(store->put_place, 3, shard->place.shard);
    sqlite3_bind_int64(store->put_place, 4, shard->place.made_ms);
    sqlite3_bind_int64(store->put_place, 5, (int64_t)shard->place.next);
    return database_step(store->database, store->put_place);
}

void lambda_store_find_place(struct lambda_store *store, const struct mapping *mapping, struct source_place *place)
{
    if (!store)
        return;
    bind(store->find_place, 1, mapping->source_arn);
    bind(store->find_place, 2, mapping->function);
    bind(store->find_place, 3, place->shard);
    sqlite3_bind_int64(store->find_place, 4, place->made_ms);
    if (sqlite3_step(store->find_place) == SQLITE_ROW)
        place->next = (uint64_t)sqlite3_column_int64(store->find_place, 0);
    sqlite3_reset(store->find_place);
}

void lambda_store_close(struct lambda_store *store)
{
    if (!store)
        return;
    database_unwatch(&store->watch);
    map_clear(&store->functions);
    map_clear(&store->mappings);
    sqlite3_finalize(store->put_code);
    sqlite3_finalize(store->put_function);
    sqlite3_finalize(store->remove_function);
    sqlite3_finalize(store->put_mapping);
    sqlite3_finalize(store->remove_mapping);
    sqlite3_finalize(store->put_place);
    sqlite3_finalize(store->find_place);
    sqlite3_finalize(store->remove_places);
    free(store);
}
