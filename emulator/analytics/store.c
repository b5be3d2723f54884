/* Applications as documents, their places beside them, and the files that stand for objects of S3. */

#include "analytics/store.h"

#include "analytics/room.h"
#include "base/log.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct analytics_store {
    struct analytics *room;
    struct database *database;
    struct database_watch watch;
    struct map changed; /* names of the applications that this turn wrote or removed */
    sqlite3_stmt *put;
    sqlite3_stmt *put_places;
    sqlite3_stmt *put_file;
    sqlite3_stmt *remove;
};

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS analytics_applications (name TEXT PRIMARY KEY, place INTEGER, document TEXT, places TEXT);"
    "CREATE TABLE IF NOT EXISTS analytics_files (object TEXT PRIMARY KEY, path TEXT)";

/* ---- writing ---- */

static void bind_text(sqlite3_stmt *statement, int number, const char *text)
{
    sqlite3_bind_text(statement, number, text, -1, SQLITE_TRANSIENT);
}

static json_t *document_of(const struct application *application)
{
    return json_pack("{s:O, s:O, s:I, s:I, s:I, s:i, s:b}", "configuration", application->configuration, "tags", application->tags,
                     "version", (json_int_t)application->version, "created", (json_int_t)application->created_ms, "updated",
                     (json_int_t)application->updated_ms, "position", (int)application->position, "running", application->was_started);
}

enum status analytics_store_put(struct analytics_store *store, const struct application *application)
{
    json_t *document;
    char *text;
    enum status status;

    if (!store)
        return OK;
    map_put(&store->changed, application->name, store);
    document = document_of(application);
    text = json_dumps(document, JSON_COMPACT);
    bind_text(store->put, 1, application->name);
    bind_text(store->put, 2, text);
    status = database_step(store->database, store->put);
    free(text);
    json_decref(document);
    return status;
}

void analytics_store_places(struct analytics_store *store, const struct application *application)
{
    json_t *places;
    char *text;

    if (!store || !application_is_idle(application))
        return;
    places = input_save(&application->input);
    text = json_dumps(places, JSON_COMPACT);
    bind_text(store->put_places, 1, text);
    bind_text(store->put_places, 2, application->name);
    database_step(store->database, store->put_places);
    free(text);
    json_decref(places);
}

void analytics_store_remove(struct analytics_store *store, const struct application *application)
{
    if (!store)
        return;
    map_put(&store->changed, application->name, store);
    bind_text(store->remove, 1, application->name);
    database_step(store->database, store->remove);
}

void analytics_store_file(struct analytics_store *store, const char *object, const char *path)
{
    if (!store)
        return;
    bind_text(store->put_file, 1, object);
    bind_text(store->put_file, 2, path);
    database_step(store->database, store->put_file);
}

/* ---- reading ---- */

static void load_application(struct analytics *room, const char *name, const json_t *document, const json_t *places)
{
    struct application *application = application_new(room, name, json_incref(json_object_get(document, "configuration")));

    json_decref(application->tags);
    application->tags = json_incref(json_object_get(document, "tags"));
    application->version = json_integer_value(json_object_get(document, "version"));
    application->created_ms = json_integer_value(json_object_get(document, "created"));
    application->updated_ms = json_integer_value(json_object_get(document, "updated"));
    application->position = (enum input_position)json_integer_value(json_object_get(document, "position"));
    application->was_started = json_is_true(json_object_get(document, "running"));
    input_restore(&application->input, places);
}

/* Makes the application that the row holds. */
static void load_row(struct analytics *room, sqlite3_stmt *row)
{
    const char *places = (const char *)sqlite3_column_text(row, 2);
    json_t *document = json_loads((const char *)sqlite3_column_text(row, 1), 0, NULL);
    json_t *list = places ? json_loads(places, 0, NULL) : NULL;

    if (json_object_get(document, "configuration") && json_object_get(document, "tags"))
        load_application(room, (const char *)sqlite3_column_text(row, 0), document, list);
    json_decref(document);
    json_decref(list);
}

/* All applications in the order in which they were made, or the one called name. */
static enum status load_applications(struct analytics_store *store, const char *name)
{
    sqlite3_stmt *statement = database_prepare(
        store->database, "SELECT name, document, places FROM analytics_applications WHERE ?1 IS NULL OR name = ?1 ORDER BY place");
    int step;

    if (!statement)
        return BROKEN;
    if (name)
        bind_text(statement, 1, name);
    while ((step = sqlite3_step(statement)) == SQLITE_ROW)
        load_row(store->room, statement);
    sqlite3_finalize(statement);
    return step == SQLITE_DONE ? OK : database_complain(store->database, "reading the applications");
}

static enum status load_files(struct analytics_store *store, struct analytics *room)
{
    sqlite3_stmt *statement = database_prepare(store->database, "SELECT object, path FROM analytics_files");

    if (!statement)
        return BROKEN;
    while (sqlite3_step(statement) == SQLITE_ROW)
        free(map_put(&room->files, (const char *)sqlite3_column_text(statement, 0),
                     memory_copy_text((const char *)sqlite3_column_text(statement, 1))));
    sqlite3_finalize(statement);
    return OK;
}

/* An application that ran goes on from where everything had been delivered; one that never got so far begins as it was started. */
static void start_again(struct application *application)
{
    struct arena arena = { 0 };
    struct program_error error;

    if (application->was_started &&
        !application_start(application, application->input.shard_count ? INPUT_LAST_STOPPED_POINT : application->position, &arena, &error))
        log_warn("analytics: %s could not be started again: %s", application->name, error.message ? error.message : "see above");
    arena_clear(&arena);
}

static void start_all_again(struct analytics *room)
{
    struct map_entry *entry;
    size_t cursor = 0;

    while ((entry = map_next(&room->applications, &cursor)))
        start_again(entry->value);
}

/* ---- when a turn is lost: the applications that it changed are forgotten, and made again as they are kept, if they are ---- */

static enum status make_again(struct analytics_store *store, const char *name)
{
    struct application *application = application_find(store->room, name);
    enum status status;

    if (application) {
        map_remove(&store->room->applications, name);
        application_close(application);
    }
    status = load_applications(store, name);
    application = application_find(store->room, name);
    if (application)
        start_again(application);
    return status;
}

static void on_turn_end(struct database_watch *watch, bool is_kept)
{
    struct analytics_store *store = list_item(watch, struct analytics_store, watch);
    struct map_entry *entry;
    size_t cursor = 0;
    enum status status = OK;

    store->room->store = NULL; /* nothing is to be written meanwhile */
    while (!is_kept && status == OK && (entry = map_next(&store->changed, &cursor)))
        status = make_again(store, entry->key);
    store->room->store = store;
    if (status != OK)
        log_error("the applications of Kinesis Analytics cannot be read again: start lowcloud anew");
    map_clear(&store->changed);
}

enum status analytics_store_open(struct analytics_store **out, struct analytics *room)
{
    struct analytics_store *store;

    *out = NULL;
    if (!database_is_kept(room->ground->database))
        return OK;
    store = memory_new(sizeof *store);
    *out = store;
    store->room = room;
    store->database = room->ground->database;
    if (database_run(store->database, schema) != OK)
        return BROKEN;
    store->put = database_prepare(
        store->database, "INSERT INTO analytics_applications VALUES (?1, (SELECT COALESCE(MAX(place), 0) + 1 FROM analytics_applications), "
                         "?2, NULL) ON CONFLICT (name) DO UPDATE SET document = ?2");
    store->put_places = database_prepare(store->database, "UPDATE analytics_applications SET places = ?1 WHERE name = ?2");
    store->put_file = database_prepare(store->database, "INSERT OR REPLACE INTO analytics_files VALUES (?1, ?2)");
    store->remove = database_prepare(store->database, "DELETE FROM analytics_applications WHERE name = ?1");
    if (!store->put || !store->put_places || !store->put_file || !store->remove || load_applications(store, NULL) != OK ||
        load_files(store, room) != OK)
        return BROKEN;
    start_all_again(room);
    database_watch(store->database, &store->watch, on_turn_end);
    return OK;
}

void analytics_store_close(struct analytics_store *store)
{
    if (!store)
        return;
    database_unwatch(&store->watch);
    map_clear(&store->changed);
    sqlite3_finalize(store->put);
    sqlite3_finalize(store->put_places);
    sqlite3_finalize(store->put_file);
    sqlite3_finalize(store->remove);
    free(store);
}
