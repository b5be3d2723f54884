/* The DynamoDB room: opened on the ground, closed at the end; the table of its operations. */

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "dynamodb/backup.h"
#include "dynamodb/destination.h"
#include "dynamodb/expiry.h"
#include "dynamodb/intake.h"
#include "dynamodb/operations.h"
#include "dynamodb/request_token_store.h"
#include "dynamodb/shapes.h"
#include "dynamodb/stream.h"
#include "dynamodb/table_life.h"
#include "dynamodb/table_name.h"

#include <stdlib.h>
#include <string.h>

enum { RESUMPTION_MS = 1000 };

#define OPERATION_ROW(name, function) { #name, dynamodb_##function, dynamodb_##function##_input, NULL, NULL, 0 },
static const struct operation operations[] = { DYNAMODB_OPERATIONS(OPERATION_ROW){ 0 } };
static const struct operation streams_operations[] = { DYNAMODB_STREAMS_OPERATIONS(OPERATION_ROW){ 0 } };
#undef OPERATION_ROW

struct table *dynamodb_find_table(const struct dynamodb *room, const char *name)
{
    return map_find(&room->tables, name);
}

/* Errors stand in the namespace of the part of the service that raises them. */
static const char *error_type(struct call *call, enum error_id id)
{
    const char *namespace = "com.amazonaws.dynamodb.v20120810";

    if (id == ERR_VALIDATION)
    namespace = "com.amazon.coral.validate";
    if (id == ERR_SERIALIZATION || id == ERR_UNKNOWN_OPERATION || id == ERR_ACCESS_DENIED || id == ERR_MISSING_AUTHENTICATION_TOKEN ||
        id == ERR_INCOMPLETE_SIGNATURE || id == ERR_INVALID_SIGNATURE)
    namespace = "com.amazon.coral.service";
    return call_print(call, "%s#%s", namespace, error_name(id));
}

/* Lists may leave it out. */
static bool has_table_name(const struct call *call)
{
    const struct operation *operation = call->operation;

    if (text_begins(operation->name, "List") && !call_has(call, "TableName"))
        return false;
    for (const struct member *member = operation->input; member && member->name; member++)
        if (!strcmp(member->name, "TableName"))
            return true;
    return false;
}

/* AWS's order, once the types of all members are right: the table's name alone, then how a Query joins its filters, then the other
 * constraints. */
static bool look_first(struct call *call)
{
    struct fault fault = { .arena = call->arena };
    const char *why = NULL;

    if (has_table_name(call) && !table_name_check(call, intake_text(call->input, "TableName"), "tableName", &fault)) {
        fault_answer(&fault, call);
        return false;
    }
    why = intake_join_fault(call);
    if (why)
        call_fail(call, ERR_VALIDATION, "%s", why);
    return !why;
}

/* ---- tables in memory ---- */

static enum status read_back(void *context, const char *text)
{
    struct dynamodb *room = context;
    json_t *definition = json_loads(text, 0, NULL);
    struct table *table = definition ? table_from_definition(definition, room->ground->region, room->ground->account) : NULL;

    json_decref(definition);
    if (!table)
        return database_refuse(room->ground->database, "the definition of a DynamoDB table");
    store_attach(room->store, table);
    destination_attach(table);
    table_life_enter(room, table);
    return OK;
}

/* What was under way when the last process ended. */
static void go_on(struct dynamodb *room)
{
    size_t cursor = 0;
    struct map_entry *entry;

    while ((entry = map_next(&room->tables, &cursor))) {
        expiry_go_on(entry->value);
        table_life_go(entry->value);
    }
}

static enum status attach_expiries(struct dynamodb *room)
{
    enum status status = OK;
    size_t cursor = 0;

    for (struct map_entry *entry; status == OK && (entry = map_next(&room->tables, &cursor));)
        status = expiry_attach(room, entry->value);
    return status;
}

static void forget_tables(struct dynamodb *room)
{
    size_t cursor = 0;

    for (struct map_entry *entry; (entry = map_next(&room->tables, &cursor));)
        table_life_end(room, entry->value);
    map_clear(&room->tables);
}

static void resume(struct timer *timer)
{
    go_on(list_item(timer, struct dynamodb, resumption));
}

/* What a turn wrote is lost as a whole: definitions, counts and streams are those of the store again. What was under way goes on a little
 * later, for it writes, and would only fail again. */
static void on_turn_end(struct database_watch *watch, bool is_kept)
{
    struct dynamodb *room = list_item(watch, struct dynamodb, watch);

    if (is_kept)
        return;
    timer_start(room->ground->clock, &room->resumption, RESUMPTION_MS, resume);
    forget_tables(room);
    if (store_each_table(room->store, read_back, room) != OK || streams_reload(room) != OK || attach_expiries(room) != OK ||
        backups_reload(room) != OK)
        log_error("DynamoDB's tables cannot be read again: start lowcloud anew");
}

/* ---- a life ---- */

enum status dynamodb_open(struct dynamodb **out, const struct ground *ground, const struct record_sink *sink)
{
    struct dynamodb *room = memory_new(sizeof *room);

    *out = room;
    room->ground = ground;
    if (sink)
        room->sink = *sink;
    room->ids = random_stream(ground->random, "dynamodb table");
    room->state_ms = table_life_state_ms();
    room->has_older_texts = text_is(getenv("LOWCLOUD_DYNAMODB_TEXTS"), "2026-05");
    room->service = (struct service){
        .name = "dynamodb",
        .target_prefix = "DynamoDB_20120810",
        .protocol = PROTOCOL_JSON_1_0,
        .operations = operations,
        .error_type = error_type,
        .is_dynamodb = true,
        .manners = { .reads_boolean_texts = true, .package = "com.amazonaws.dynamodb.v20120810." },
        .look_first = look_first,
        .body_max_bytes = 16 << 20,
        .room = room,
    };
    room->streams_service = room->service;
    room->streams_service.target_prefix = "DynamoDBStreams_20120810";
    room->streams_service.operations = streams_operations;
    room->streams_service.look_first = NULL;
    database_watch(ground->database, &room->watch, on_turn_end);
    if (store_open(&room->store, ground) != OK || store_each_table(room->store, read_back, room) != OK ||
        request_token_store_open(&room->request_token_store, ground) != OK)
        return BROKEN;
    if (streams_open(room) != OK || attach_expiries(room) != OK || backups_open(room) != OK)
        return BROKEN;
    go_on(room);
    return OK;
}

const struct service *dynamodb_service(const struct dynamodb *room)
{
    return &room->service;
}

const struct service *dynamodb_streams_service(const struct dynamodb *room)
{
    return &room->streams_service;
}

void dynamodb_close(struct dynamodb *room)
{
    if (!room)
        return;
    database_unwatch(&room->watch);
    timer_stop(room->ground->clock, &room->resumption);
    forget_tables(room);
    backups_close(room);
    streams_close(room);
    request_token_store_close(room->request_token_store);
    store_close(room->store);
    free(room);
}
