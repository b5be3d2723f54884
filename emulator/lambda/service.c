/* The room itself: opened, closed, and the table of its operations. */

#include "lambda/lambda.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "lambda/configuration.h"
#include "lambda/destination.h"
#include "lambda/environment.h"
#include "lambda/function.h"
#include "lambda/invocation.h"
#include "lambda/keeper.h"
#include "lambda/mapping.h"
#include "lambda/operations.h"
#include "lambda/package.h"
#include "lambda/retry.h"
#include "lambda/room.h"
#include "lambda/store.h"
#include "lambda/watch.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAMBDA_ROW(name, function, method, path, success) { #name, lambda_##function, lambda_##function##_input, method, path, success },
static const struct operation operations[] = { LAMBDA_OPERATIONS(LAMBDA_ROW){ 0 } };
#undef LAMBDA_ROW

enum { BODY_MAX_BYTES = 69905067 + 65536, CONCURRENCY_LEAST = 4, CONCURRENCY_MOST = 1000 };

/* Environments of one function at most: LOWCLOUD_LAMBDA_CONCURRENCY, or twice the processors. */
static int concurrency_max(void)
{
    const char *given = getenv("LOWCLOUD_LAMBDA_CONCURRENCY");
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t number;

    if (given && *given) {
        if (text_to_int64(given, &number) && number > 0 && number <= CONCURRENCY_MOST)
            return (int)number;
        log_warn("LOWCLOUD_LAMBDA_CONCURRENCY must be a number from 1 to %d, not %s: it is ignored", CONCURRENCY_MOST, given);
    }
    return processors * 2 > CONCURRENCY_LEAST ? (int)processors * 2 : CONCURRENCY_LEAST;
}

enum status lambda_open(struct lambda **out, const struct ground *ground, struct kinesis *kinesis, struct dynamodb *dynamodb)
{
    struct lambda *room = memory_new(sizeof *room);

    room->ground = ground;
    room->kinesis = kinesis;
    room->dynamodb = dynamodb;
    room->service = (struct service){
        .name = "lambda",
        .protocol = PROTOCOL_REST_JSON,
        .operations = operations,
        .says_type = true,
        .body_max_bytes = BODY_MAX_BYTES,
        .room = room,
    };
    list_init(&room->ending);
    list_init(&room->leaving);
    list_init(&room->absences);
    list_init(&room->retries);
    list_init(&room->refused);
    ledger_open(&room->notes, DESTINATION_KEPT_MAX, DESTINATION_KEPT_MAX_BYTES);
    room->ids = random_stream(ground->random, "lambda ids");
    room->sink = log_sink_open(ground->loop, STDERR_FILENO);
    room->bootstraps = bootstraps_open(ground);
    room->concurrency_max = concurrency_max();
    room->waiting_max_bytes = RETRY_WAITING_MAX_BYTES;
    *out = room;
    return lambda_store_open(&room->store, room);
}

const struct service *lambda_service(const struct lambda *room)
{
    return &room->service;
}

/* ---- for other rooms ---- */

/* Someone who asked for a function that is not there: told at the end of the turn, never before invoke returns. */
struct absence {
    struct deferred tell;
    struct list link;
    invocation_done *done;
    void *context;
};

static void refuse_absent(struct deferred *deferred)
{
    struct absence *absence = list_item(deferred, struct absence, tell);

    list_remove(&absence->link);
    absence->done(absence->context, &(struct invocation_result){ .end = INVOCATION_ABSENT, .payload = "", .request_id = "" });
    free(absence);
}

static void tell_absent(struct lambda *room, invocation_done *done, void *context)
{
    struct absence *absence = memory_new(sizeof *absence);

    absence->done = done;
    absence->context = context;
    list_add(&room->absences, &absence->link);
    loop_defer(room->ground->loop, &absence->tell, refuse_absent);
}

static void invoke(void *context, const char *text, const char *payload, size_t size_bytes, uint64_t cause, int64_t timeout_ms,
                   invocation_done *done, void *done_context)
{
    struct lambda *room = context;
    struct function_name name;
    struct function *function = function_name_read(text, &name) ? function_find(room, name.name) : NULL;
    struct function_version *version = function ? function_drawn(function, name.qualifier) : NULL;
    char *arn;

    if (!version) {
        tell_absent(room, done, done_context);
        return;
    }
    arn = *name.qualifier ? memory_print("%s:%s", version->arn, name.qualifier) : NULL;
    invocation_start(&(struct invocation_order){
        .version = version,
        .payload = payload,
        .size_bytes = size_bytes,
        .arn = arn,
        .cause = cause,
        .timeout_ms = timeout_ms,
        .done = done,
        .context = done_context,
    });
    free(arn);
}

struct invoker lambda_invoker(struct lambda *room)
{
    return (struct invoker){ invoke, room };
}

void lambda_print_destinations(const struct lambda *room, uint64_t since, struct buffer *lines)
{
    ledger_print(&room->notes, since, lines);
}

static struct code *watched_code(const char *directory)
{
    struct code *code = code_new(realpath(directory, NULL), false);

    code->watch = code_watch_open(code->directory);
    package_directory_sha256(code->directory, code->sha256, &code->size_bytes);
    return code;
}

enum status lambda_deploy_directory(struct lambda *room, const json_t *given, const char *directory, struct arena *arena,
                                    const char **message)
{
    const char *wanted = json_string_value(json_object_get(given, "FunctionName"));
    struct function *function;
    struct function_name name;
    struct stat about;
    json_t *configuration;
    enum error_id id;

    if (!wanted || !function_name_read(wanted, &name)) {
        *message = arena_print(arena, "'%s' is no name for a function", wanted ? wanted : "");
        return INVALID;
    }
    if (stat(directory, &about) || !S_ISDIR(about.st_mode)) {
        *message = arena_print(arena, "the code of %s is not in a directory at %s", name.name, directory);
        return ABSENT;
    }
    configuration = configuration_new(name.name, given);
    *message = configuration_fault(configuration, arena, &id);
    if (*message) {
        json_decref(configuration);
        return INVALID;
    }
    function = function_find(room, name.name);
    if (function) {
        function_change_configuration(function, configuration);
        function_change_code(function, watched_code(directory));
    } else {
        function = function_new(room, name.name, configuration, watched_code(directory));
    }
    json_decref(function->tags);
    function->tags = json_deep_copy(json_object_get(given, "Tags"));
    return OK;
}

/* ---- the end ---- */

static void each_pool(struct lambda *room, void (*each)(struct pool *pool))
{
    struct map_entry *entry;
    size_t cursor = 0;

    while ((entry = map_next(&room->functions, &cursor))) {
        const struct function *function = entry->value;
        size_t version = 0;

        each(&function->latest->pool);
        while ((entry = map_next(&function->versions, &version)))
            each(&((struct function_version *)entry->value)->pool);
    }
}

static void drop_refused(struct lambda *room)
{
    list_each(link, following, &room->refused) {
        struct invocation *invocation = list_item(link, struct invocation, link);

        invocation->done = NULL;
        invocation_finish(invocation);
    }
    list_each(link, following, &room->absences) {
        struct absence *absence = list_item(link, struct absence, link);

        loop_forget(&absence->tell);
        free(absence);
    }
}

void lambda_close(struct lambda *room)
{
    struct map_entry *entry;
    size_t cursor = 0;

    if (!room)
        return;
    mapping_close_all(room);
    each_pool(room, pool_strike);
    each_pool(room, pool_kill);
    list_each(link, following, &room->ending)
        environment_kill(list_item(link, struct environment, link));
    if (room->keeper)
        keeper_sweep(room->ground->state_directory);
    keeper_close(room->keeper);
    retry_close_all(room);
    drop_refused(room);
    ledger_close(&room->notes);
    while ((entry = map_next(&room->functions, &cursor)))
        function_delete(entry->value);
    map_clear(&room->functions);
    lambda_store_close(room->store);
    log_sink_close(room->sink);
    bootstraps_close(room->bootstraps);
    free(room);
}
