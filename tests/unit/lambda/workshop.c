#include "workshop.h"

#include "base/memory.h"
#include "lambda/directory.h"
#include "lambda/environment.h"
#include "lambda/function.h"
#include "lambda/invocation.h"
#include "lambda/room.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];

const char *workshop_directory(void)
{
    return directory;
}

void workshop_open(void)
{
    fixture_open();
    strcpy(directory, "/tmp/lowcloud-code-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

void workshop_close(void)
{
    fixture_close();
    directory_remove(directory);
}

void workshop_write(const char *name, const char *text, int mode)
{
    char *path = memory_print("%s/%s", directory, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

    ck_assert_msg(fd >= 0, "cannot write %s", path);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    free(path);
}

void workshop_deploy(const char *name, const char *runtime, const char *handler, const char *more)
{
    char *text = memory_print("{'FunctionName':'%s','Runtime':'%s','Handler':'%s','Role':'arn:aws:iam::000000000000:role/r'%s}", name,
                              runtime, handler, more);
    struct arena arena = { 0 };
    const char *message = "";
    json_t *configuration;

    for (char *at = text; *at; at++)
        if (*at == '\'')
            *at = '"';
    configuration = json_loads(text, 0, NULL);
    ck_assert_msg(configuration != NULL, "%s", text);
    ck_assert_msg(lambda_deploy_directory(fixture_world.lambda, configuration, directory, &arena, &message) == OK, "%s", message);
    json_decref(configuration);
    arena_clear(&arena);
    free(text);
}

void workshop_deploy_shell(const char *name, const char *handle, const char *more)
{
    static const char before[] = "#!/bin/bash\n"
                                 "LC_ALL=C; host=${AWS_LAMBDA_RUNTIME_API%:*}; port=${AWS_LAMBDA_RUNTIME_API#*:}\n"
                                 "handle() {\n";
    static const char after[] =
        "\n}\n"
        "while :; do\n"
        "  exec 3<>/dev/tcp/$host/$port || exit 9\n"
        "  printf 'GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: %s\\r\\nConnection: close\\r\\n\\r\\n' "
        "$AWS_LAMBDA_RUNTIME_API >&3\n"
        "  id= length=0\n"
        "  while IFS= read -r line <&3; do line=${line%$'\\r'}; [ -z \"$line\" ] && break\n"
        "    case $line in Lambda-Runtime-Aws-Request-Id:*) id=${line#*: };; Content-Length:*) length=${line#*: };; esac\n"
        "  done\n"
        "  IFS= read -r -N $length event <&3; exec 3>&-\n"
        "  path=response answer=\"$event\"\n"
        "  handle\n"
        "  exec 3<>/dev/tcp/$host/$port || exit 9\n"
        "  printf 'POST /2018-06-01/runtime/invocation/%s/%s HTTP/1.1\\r\\nHost: %s\\r\\nConnection: close\\r\\n"
        "Content-Length: %d\\r\\n\\r\\n%s' $id $path $AWS_LAMBDA_RUNTIME_API ${#answer} \"$answer\" >&3\n"
        "  while IFS= read -r line <&3; do :; done; exec 3>&-\n"
        "done\n";
    char *text = memory_print("%s%s%s", before, handle, after);

    workshop_write("bootstrap", text, 0755);
    workshop_deploy(name, "provided.al2023", "any", more);
    free(text);
}

static void note(void *context, const struct invocation_result *from)
{
    struct workshop_result *result = context;

    ck_assert(!result->is_done);
    result->is_done = true;
    result->end = from->end;
    result->is_error = from->error != NULL;
    result->is_timed_out = from->is_timed_out;
    result->size_bytes = from->size_bytes;
    snprintf(result->payload, sizeof result->payload, "%s", from->payload);
    snprintf(result->request_id, sizeof result->request_id, "%s", from->request_id);
    snprintf(result->version, sizeof result->version, "%s", from->executed_version ? from->executed_version : "");
    if (from->log_tail)
        memcpy(result->log, from->log_tail, from->log_tail_bytes);
}

void workshop_begin(const char *name, const char *payload, int64_t timeout_ms, struct workshop_result *result)
{
    struct invoker invoker = lambda_invoker(fixture_world.lambda);

    *result = (struct workshop_result){ 0 };
    invoker.invoke(invoker.room, name, payload, strlen(payload), 0, timeout_ms, note, result);
    ck_assert_msg(!result->is_done, "done was called before invoke returned");
}

void workshop_wait(const struct workshop_result *result)
{
    int64_t deadline_us = fixture_deadline_us();

    while (!result->is_done && clock_stopwatch_us() < deadline_us)
        loop_turn(fixture_world.ground.loop, 20);
    ck_assert_msg(result->is_done, "the invocation was not told within %d seconds", FIXTURE_PATIENCE_S);
}

struct workshop_result workshop_invoke(const char *name, const char *payload)
{
    struct workshop_result result;

    workshop_begin(name, payload, 0, &result);
    workshop_wait(&result);
    return result;
}

struct workshop_result workshop_invoke_log(const char *name, const char *payload)
{
    struct workshop_result result = { 0 };

    invocation_start(&(struct invocation_order){
        .version = workshop_function(name)->latest,
        .payload = payload,
        .size_bytes = strlen(payload),
        .wants_log = true,
        .done = note,
        .context = &result,
    });
    workshop_wait(&result);
    return result;
}

struct function *workshop_function(const char *name)
{
    return function_find(fixture_world.lambda, name);
}

int workshop_environments(const char *name)
{
    return workshop_function(name)->latest->pool.environment_count;
}

void workshop_rest(const char *name)
{
    const struct pool *pool = &workshop_function(name)->latest->pool;
    int64_t deadline_us = fixture_deadline_us();
    int resting = 0;

    while (resting < pool->environment_count && clock_stopwatch_us() < deadline_us) {
        loop_turn(fixture_world.ground.loop, 20);
        resting = 0;
        list_each(link, following, &pool->environments)
            resting += list_item(link, struct environment, link)->state == ENVIRONMENT_IDLE;
    }
    ck_assert_int_eq(resting, pool->environment_count);
}

void workshop_blur(json_t *value, const char *const *drawn)
{
    const char *name;
    json_t *member;
    size_t i;

    json_array_foreach(value, i, member) workshop_blur(member, drawn);
    json_object_foreach(value, name, member) workshop_blur(member, drawn);
    for (; *drawn; drawn++) {
        member = json_object_get(value, *drawn);
        if (json_is_string(member)) {
            ck_assert_msg(json_string_length(member) > 8, "%s", *drawn);
            json_object_set_new(value, *drawn, json_string("?"));
        }
    }
}

bool workshop_has(const char *program)
{
    const char *path = getenv("PATH");
    bool found = false;

    for (const char *at = path; at && *at && !found; at += strcspn(at, ":"), at += *at == ':') {
        char *place = memory_print("%.*s/%s", (int)strcspn(at, ":"), at, program);

        found = !access(place, X_OK);
        free(place);
    }
    if (!found)
        printf("skipped: %s is not installed\n", program);
    return found;
}
