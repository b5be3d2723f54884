#include "deploy/deployment.h"

#include "base/memory.h"
#include "base/text.h"
#include "deploy/store.h"

#include <stdlib.h>
#include <string.h>

/* How long one operation may take before the deployment gives up: a room that never answers must not hang `up`. */
enum { CALL_PATIENCE_US = 60 * 1000 * 1000, TURN_MAX_MS = 100 };

/* ---- what is said ---- */

void deployment_fail(struct deployment *deployment, const struct resource *resource, const char *property, const char *format, ...)
{
    const struct field *field = property ? node_field(resource->properties, property) : NULL;
    struct path section = { .key = "Resources" };
    struct path path = { .parent = &section, .key = resource->id };
    struct path properties = { .parent = &path, .key = "Properties" };
    struct path place = { .parent = &properties, .key = property };
    const char *words;
    va_list list;

    va_start(list, format);
    words = arena_vprint(&deployment->arena, format, list);
    va_end(list);
    remarks_fail(&deployment->remarks, field ? field->line : resource->line, property ? &place : &path, "%s", words);
}

void deployment_warn(struct deployment *deployment, const struct resource *resource, const char *format, ...)
{
    struct path section = { .key = "Resources" };
    struct path path = { .parent = &section, .key = resource->id };
    const char *words;
    va_list list;

    va_start(list, format);
    words = arena_vprint(&deployment->arena, format, list);
    va_end(list);
    remarks_warn(&deployment->remarks, resource->line, &path, "%s", words);
}

/* ---- calls ---- */

/* A call that may outlive our patience: then its answer frees this. */
struct pending {
    bool is_done;
    bool is_abandoned;
    json_t *output;
    enum error_id error;
    char *message;
};

static void free_pending(struct pending *pending)
{
    json_decref(pending->output);
    free(pending->message);
    free(pending);
}

static void take_answer(struct call *call, void *context)
{
    struct pending *pending = context;

    if (pending->is_abandoned) {
        free_pending(pending);
        return;
    }
    pending->is_done = true;
    pending->error = call->error.id;
    pending->message = memory_copy_text(call->error.message);
    if (!call->error.id)
        pending->output = call->output      ? json_incref(call->output)
                          : call->text.size ? json_loadb(call->text.data, call->text.size, 0, NULL)
                                            : json_object();
}

/* The first turn runs what was put off without waiting for anything; later ones wait longer and longer. */
static void turn(struct deployment *deployment, int turns)
{
    if (deployment->ground->loop)
        loop_turn(deployment->ground->loop, turns < TURN_MAX_MS ? turns : TURN_MAX_MS);
}

static struct pending *call_and_wait(struct deployment *deployment, const struct service *service, const char *operation, json_t *input)
{
    struct pending *pending = memory_new(sizeof *pending);
    int64_t started_us = clock_stopwatch_us();

    service_call(service, deployment->ground, operation, input, take_answer, pending);
    for (int turns = 0; !pending->is_done && clock_stopwatch_us() - started_us < CALL_PATIENCE_US; turns++)
        turn(deployment, turns);
    if (pending->is_done)
        return pending;
    pending->is_abandoned = true;
    return NULL;
}

json_t *deployment_try(struct deployment *deployment, struct resource *resource, const struct service *service, const char *operation,
                       json_t *input, enum error_id tolerated, bool *is_tolerated)
{
    struct pending *pending = service ? call_and_wait(deployment, service, operation, input) : NULL;
    json_t *output = NULL;

    *is_tolerated = false;
    if (!pending) {
        if (!service)
            json_decref(input);
        deployment_fail(deployment, resource, NULL, "%s was not answered", operation);
        return NULL;
    }
    *is_tolerated = tolerated != ERR_NONE && pending->error == tolerated;
    if (!pending->error)
        output = json_incref(pending->output);
    else if (!*is_tolerated)
        deployment_fail(deployment, resource, NULL, "%s of %s was refused: %s%s%s", operation, resource->type_name,
                        error_name(pending->error), pending->message ? ": " : "", pending->message ? pending->message : "");
    free_pending(pending);
    return output;
}

json_t *deployment_call(struct deployment *deployment, struct resource *resource, const struct service *service, const char *operation,
                        json_t *input)
{
    bool is_tolerated;

    return deployment_try(deployment, resource, service, operation, input, ERR_NONE, &is_tolerated);
}

enum error_id deployment_tolerates(struct deployment *deployment, const struct resource *resource, const char *name, enum error_id exists)
{
    const char *earlier = deploy_store_find(deployment->store, resource->id, resource->type_name, &deployment->arena);

    return text_is(earlier, name) && name ? exists : ERR_NONE;
}

/* What is waited for: a text at outer.inner, or what `holds` finds. */
struct awaited {
    const char *outer;
    const char *inner;
    bool (*holds)(const json_t *output);
    const char *what;
};

static json_t *await(struct deployment *deployment, struct resource *resource, const struct service *service, const char *operation,
                     const json_t *input, const struct awaited *awaited)
{
    int64_t started_us = clock_stopwatch_us();

    for (int turns = 0;; turns++) {
        json_t *output = deployment_call(deployment, resource, service, operation, json_deep_copy(input));
        const char *state =
            awaited->outer ? json_string_value(json_object_get(json_object_get(output, awaited->outer), awaited->inner)) : NULL;

        if (!output || (awaited->holds ? awaited->holds(output) : text_is(state, awaited->what)))
            return output;
        if (clock_stopwatch_us() - started_us > CALL_PATIENCE_US) {
            deployment_fail(deployment, resource, NULL, "it is still %s, not %s", state ? state : "as it was", awaited->what);
            json_decref(output);
            return NULL;
        }
        json_decref(output);
        turn(deployment, turns);
    }
}

json_t *deployment_await(struct deployment *deployment, struct resource *resource, const struct service *service, const char *operation,
                         const json_t *input, const char *outer, const char *inner, const char *wanted)
{
    struct awaited awaited = { .outer = outer, .inner = inner, .what = wanted };

    return await(deployment, resource, service, operation, input, &awaited);
}

json_t *deployment_await_that(struct deployment *deployment, struct resource *resource, const struct service *service,
                              const char *operation, const json_t *input, bool (*holds)(const json_t *output), const char *what)
{
    struct awaited awaited = { .holds = holds, .what = what };

    return await(deployment, resource, service, operation, input, &awaited);
}

json_t *deployment_input_by(struct deployment *deployment, struct resource *resource, const struct property *table,
                            const struct node *properties, enum property_spelling spelling)
{
    struct path section = { .key = "Resources" };
    struct path path = { .parent = &section, .key = resource->id };
    struct path place = { .parent = &path, .key = "Properties" };

    return property_input(table, properties, spelling, resource->line, &place, &deployment->remarks);
}

json_t *deployment_input(struct deployment *deployment, struct resource *resource, const struct node *properties,
                         enum property_spelling spelling)
{
    return deployment_input_by(deployment, resource, resource->type->properties, properties, spelling);
}

/* ---- names ---- */

static const char *generate(struct deployment *deployment, const struct resource *resource, size_t max)
{
    char tail[13];
    size_t room = max - sizeof tail;
    const char *head = arena_print(&deployment->arena, "%s-%s", deployment->scope.stack_name, resource->id);

    random_text(&deployment->names, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", tail, sizeof tail - 1);
    return arena_print(&deployment->arena, "%.*s-%s", (int)room, head, tail);
}

const char *deployment_name(struct deployment *deployment, struct resource *resource, const char *given, size_t max)
{
    const char *earlier;

    if (given)
        return arena_text(&deployment->arena, given);
    earlier = deploy_store_find(deployment->store, resource->id, resource->type_name, &deployment->arena);
    return earlier ? earlier : generate(deployment, resource, max);
}

void deployment_set_name(struct resource *resource, json_t *input, const char *key, const char *name)
{
    json_object_set_new(input, key, json_string(name));
    resource->physical_id = name;
    resource->reference = name;
}

void deployment_identify(struct deployment *deployment, struct resource *resource, const char *physical_id)
{
    resource->physical_id = arena_text(&deployment->arena, physical_id);
    resource->reference = resource->physical_id;
}

void deployment_attribute(struct deployment *deployment, struct resource *resource, const char *name, const char *value)
{
    if (value)
        map_put(&resource->attributes, name, arena_text(&deployment->arena, value));
}

const char *deployment_arn(struct deployment *deployment, const char *service, const char *format, ...)
{
    const char *rest;
    va_list list;

    va_start(list, format);
    rest = arena_vprint(&deployment->arena, format, list);
    va_end(list);
    return arena_print(&deployment->arena, "arn:aws:%s:%s:%s:%s", service, deployment->ground->region, deployment->ground->account, rest);
}
