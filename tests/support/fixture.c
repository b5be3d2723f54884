#include "fixture.h"

#include "base/memory.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct world fixture_world;
static json_t *last_output;

void fixture_open(void)
{
    struct world_options options = { .port = -1, .seed = 1, .frozen_ms = FIXTURE_TIME_MS };

    ck_assert_int_eq(world_open(&fixture_world, &options), OK);
}

void fixture_close(void)
{
    json_decref(last_output);
    last_output = NULL;
    world_close(&fixture_world);
}

/* JSON is easier to read in C with single quotation marks; no test needs a literal one. */
static json_t *parse(const char *text)
{
    char *copy = memory_copy_text(text);
    json_error_t why;
    json_t *value;

    for (char *at = copy; *at; at++)
        if (*at == '\'')
            *at = '"';
    value = json_loads(copy, JSON_DECODE_ANY, &why);
    ck_assert_msg(value != NULL, "%s in: %s", why.text, copy);
    free(copy);
    return value;
}

struct waiting {
    struct fixture_answer *answer;
    bool is_done;
};

static void note(struct call *call, void *context)
{
    struct waiting *waiting = context;
    struct fixture_answer *answer = waiting->answer;

    answer->error = call->error.id;
    snprintf(answer->message, sizeof answer->message, "%s", call->error.message ? call->error.message : "");
    json_decref(last_output);
    last_output = call->text.size ? json_loadb(call->text.data, call->text.size, 0, NULL) : json_incref(call->output);
    answer->output = last_output;
    waiting->is_done = true;
}

int64_t fixture_deadline_us(void)
{
    return clock_stopwatch_us() + FIXTURE_PATIENCE_S * 1000000;
}

void fixture_wait(const bool *done)
{
    int64_t deadline_us = fixture_deadline_us();

    while (!*done && clock_stopwatch_us() < deadline_us)
        loop_turn(fixture_world.ground.loop, 20);
    ck_assert_msg(*done, "nothing came within %d seconds", FIXTURE_PATIENCE_S);
}

struct fixture_answer fixture_call(const struct service *service, const char *operation, const char *input)
{
    struct fixture_answer answer = { 0 };
    struct waiting waiting = { &answer, false };

    service_call(service, &fixture_world.ground, operation, parse(input), note, &waiting);
    fixture_wait(&waiting.is_done);
    return answer;
}

json_t *fixture_done(const struct service *service, const char *operation, const char *input)
{
    struct fixture_answer answer = fixture_call(service, operation, input);

    ck_assert_msg(!answer.error, "%s %s: %s: %s", operation, input, error_name(answer.error), answer.message);
    return answer.output;
}

void fixture_refused(const struct service *service, const char *operation, const char *input, enum error_id error, const char *message)
{
    struct fixture_answer answer = fixture_call(service, operation, input);

    ck_assert_str_eq(error_name(answer.error), error_name(error));
    ck_assert_str_eq(answer.message, message);
}

void fixture_expect(const json_t *value, const char *expected)
{
    json_t *wanted = parse(expected);
    char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    char *wanted_text = json_dumps(wanted, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

    ck_assert_str_eq(text ? text : "nothing", wanted_text);
    free(text);
    free(wanted_text);
    json_decref(wanted);
}
