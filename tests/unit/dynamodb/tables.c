#include "tables.h"

#include "aws/seal.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];

static struct {
    struct clock clock;
    struct random random;
    struct random_stream request_ids;
    struct seal_key seal_key;
    struct ground ground;
    struct dynamodb *room;
    char *answer;
} stage;

struct dynamodb *tables_room(void)
{
    return stage.room;
}

void tables_open_in(const char *directory)
{
    memset(&stage, 0, sizeof stage);
    clock_open(&stage.clock);
    clock_freeze(&stage.clock, 1700000000123);
    random_open(&stage.random, 7);
    stage.request_ids = random_stream(&stage.random, "request ids");
    stage.ground = (struct ground){ .clock = &stage.clock,
                                    .random = &stage.random,
                                    .request_ids = &stage.request_ids,
                                    .seal_key = &stage.seal_key,
                                    .region = "us-east-1",
                                    .account = "000000000000" };
    stage.ground.trace = trace_open(&stage.clock);
    ck_assert_int_eq(database_open(&stage.ground.database, directory), OK);
    ck_assert_int_eq(seal_key_open(&stage.seal_key, &stage.random, stage.ground.database), OK);
    ck_assert_int_eq(dynamodb_open(&stage.room, &stage.ground, NULL), OK);
}

void tables_open(void)
{
    tables_open_in(NULL);
}

void tables_close(void)
{
    dynamodb_close(stage.room);
    database_close(stage.ground.database);
    trace_close(stage.ground.trace);
    clock_close(&stage.clock);
    free(stage.answer);
    stage.answer = NULL;
}

void tables_open_kept(void)
{
    strcpy(folder, "/tmp/lowcloud-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    tables_open_in(folder);
}

void tables_open_again(void)
{
    tables_close();
    tables_open_in(folder);
}

void tables_close_kept(void)
{
    char path[96];

    tables_close();
    snprintf(path, sizeof path, "%s/lowcloud.sqlite", folder);
    unlink(path);
    rmdir(folder);
}

enum status tables_end_turn(void)
{
    return database_commit(stage.ground.database);
}

void tables_advance(int64_t ms)
{
    clock_advance(&stage.clock, ms);
}

static void swap_quotes(char *text, char from, char to)
{
    for (; *text; text++)
        if (*text == from)
            *text = to;
}

static char *dump(const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(15));

    swap_quotes(text, '"', '\'');
    return text;
}

static char *print_error(struct call *call)
{
    char *extra = call->error.extra ? dump(call->error.extra) : NULL;
    char *text = memory_print("%s: %s%s%s", error_name(call->error.id), call->error.message ? call->error.message : "", extra ? " + " : "",
                              extra ? extra : "");

    free(extra);
    return text;
}

static void keep_answer(struct call *call, void *context)
{
    json_t *json;

    (void)context;
    free(stage.answer);
    if (call->error.id) {
        stage.answer = print_error(call);
    } else if (call->text.size) {
        json = json_loadb(call->text.data, call->text.size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
        ck_assert_msg(json, "not JSON: %s", call->text.data);
        stage.answer = dump(json);
        json_decref(json);
    } else {
        stage.answer = call->output ? dump(call->output) : memory_copy_text(call->has_no_body ? "" : "{}");
    }
}

/* Streams are asked through a service of their own. */
static const struct service *service_of(const char *operation)
{
    const struct service *streams = dynamodb_streams_service(stage.room);

    return service_operation(streams, operation) ? streams : dynamodb_service(stage.room);
}

const char *tables_ask_json(const char *operation, json_t *input)
{
    service_call(service_of(operation), &stage.ground, operation, input, keep_answer, NULL);
    return stage.answer;
}

const char *tables_ask(const char *operation, const char *input)
{
    char *text = memory_copy_text(input);
    json_error_t why;
    json_t *json;

    swap_quotes(text, '\'', '"');
    json = json_loads(text, JSON_ALLOW_NUL, &why);
    ck_assert_msg(json, "the test's own JSON: %s, in %s", why.text, text);
    free(text);
    return tables_ask_json(operation, json);
}

const char *tables_print_ask(const char *operation, const char *format, ...)
{
    va_list list;
    struct arena arena = { 0 };
    const char *answer;

    va_start(list, format);
    answer = tables_ask(operation, arena_vprint(&arena, format, list));
    va_end(list);
    arena_clear(&arena);
    return answer;
}

void tables_expect(const char *operation, const char *input, const char *answer)
{
    const char *got = tables_ask(operation, input);

    ck_assert_msg(!strcmp(got, answer), "%s %s\n  answered %s\n  and not  %s", operation, input, got, answer);
}

void tables_must(const char *operation, const char *input)
{
    const char *got = tables_ask(operation, input);

    ck_assert_msg(*got == '{' || !*got, "%s %s\n  answered %s", operation, input, got);
}
