/* Starting, stopping, changing; and the way of a micro-batch. */

#include "analytics/application.h"

#include "analytics/processing.h"
#include "analytics/room.h"
#include "analytics/store.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct application *application_find(const struct analytics *room, const char *name)
{
    return map_find(&room->applications, name);
}

const char *application_status_text(const struct application *application)
{
    static const char *const texts[] = { "READY", "STARTING", "RUNNING", "STOPPING" };

    return texts[application->status];
}

static int64_t now_ms(const struct application *application)
{
    return clock_now_ms(application->room->ground->clock);
}

static void put_configuration(struct application *application, json_t *configuration);

struct application *application_new(struct analytics *room, const char *name, json_t *configuration)
{
    struct application *application = memory_new(sizeof *application);

    application->room = room;
    application->name = memory_copy_text(name);
    application->arn = memory_print("arn:aws:kinesisanalytics:%s:%s:application/%s", room->ground->region, room->ground->account, name);
    application->tags = json_array();
    application->version = 1;
    application->created_ms = now_ms(application);
    application->updated_ms = application->created_ms;
    application->input.application = application;
    list_init(&application->outputs);
    put_configuration(application, configuration);
    map_put(&room->applications, name, application);
    return application;
}

/* ---- configuration ---- */

static struct output *find_output(const struct application *application, const char *id)
{
    list_each(link, following, (struct list *)&application->outputs)
        if (text_is(list_item(link, struct output, link)->id, id))
            return list_item(link, struct output, link);
    return NULL;
}

static bool is_configured(const json_t *outputs, const char *id)
{
    for (size_t i = 0; i < json_array_size(outputs); i++)
        if (text_is(json_string_value(json_object_get(json_array_get(outputs, i), "OutputId")), id))
            return true;
    return false;
}

/* Outputs are matched by id, so that what waits in one survives a change of the others. */
static void match_outputs(struct application *application)
{
    const json_t *outputs = json_object_get(application->configuration, "Outputs");

    list_each(link, following, &application->outputs)
        if (!is_configured(outputs, list_item(link, struct output, link)->id))
            output_close(list_item(link, struct output, link));
    for (size_t i = 0; i < json_array_size(outputs); i++) {
        const json_t *part = json_array_get(outputs, i);
        struct output *output = find_output(application, json_string_value(json_object_get(part, "OutputId")));

        if (output) {
            output_configure(output, part);
            continue;
        }
        output = output_open(application, part);
        list_add(&application->outputs, &output->link);
        if (application->status == APPLICATION_RUNNING)
            output_start(output);
    }
}

static void put_configuration(struct application *application, json_t *configuration)
{
    json_decref(application->configuration);
    application->configuration = configuration;
    match_outputs(application);
}

static const char *input_arn(const json_t *configuration)
{
    const json_t *input = json_array_get(json_object_get(configuration, "Inputs"), 0);

    return json_string_value(json_object_get(json_object_get(input, "KinesisStreamsInput"), "ResourceARN"));
}

/* The program and the input of a running application follow its configuration; ROWTIME goes on from where it was. */
static void replace_program(struct application *application, struct program *program)
{
    sql_engine_begin(program->engine, sql_engine_rowtime(application->program->engine));
    program_close(application->program);
    application->program = program;
}

static void follow_input(struct application *application)
{
    const char *arn = input_arn(application->configuration);
    const char *name = arn ? strrchr(arn, '/') : NULL;

    if (application->status != APPLICATION_RUNNING || text_is(application->input.stream, name ? name + 1 : ""))
        return;
    input_stop(&application->input);
    if (input_start(&application->input, application, arn ? arn : "", INPUT_NOW) != OK)
        log_warn("analytics: %s: there is no stream %s to read", application->name, arn ? arn : "");
}

bool application_adopt(struct application *application, json_t *configuration, struct arena *arena, struct program_error *error)
{
    struct program *program = NULL;

    if (!program_check(configuration, arena, error) ||
        (application->program && !(program = program_open(application->room, configuration, arena, error)))) {
        json_decref(configuration);
        return false;
    }
    if (program) { /* what is with the preprocessing function is read again, by the new configuration */
        processing_abandon(&application->input);
        replace_program(application, program);
    }
    put_configuration(application, configuration);
    follow_input(application);
    if (program)
        input_resume(&application->input);
    application->version++;
    application->updated_ms = now_ms(application);
    return analytics_store_put(application->room->store, application) == OK;
}

/* ---- running ---- */

static bool refuse(struct program_error *error, enum error_id id, const char *message)
{
    *error = (struct program_error){ id, message };
    return false;
}

static bool has_delivery(const struct application *application)
{
    list_each(link, following, (struct list *)&application->outputs)
        if (list_item(link, struct output, link)->delivery)
            return true;
    return false;
}

/* STARTING and STOPPING last until the end of the turn, as far as nothing is under way. */
static void settle(struct deferred *deferred)
{
    struct application *application = list_item(deferred, struct application, settle);

    if (application->status == APPLICATION_STARTING) {
        application->status = APPLICATION_RUNNING;
        list_each(link, following, &application->outputs)
            output_start(list_item(link, struct output, link));
    } else if (application->status == APPLICATION_STOPPING && !has_delivery(application)) {
        application->status = APPLICATION_READY;
    }
}

bool application_start(struct application *application, enum input_position position, struct arena *arena, struct program_error *error)
{
    const char *arn = input_arn(application->configuration);

    if (!arn)
        return refuse(error, ERR_INVALID_APPLICATION_CONFIGURATION, "The application has no input");
    application->program = program_open(application->room, application->configuration, arena, error);
    if (!application->program)
        return false;
    if (input_start(&application->input, application, arn, position) != OK) {
        program_close(application->program);
        application->program = NULL;
        return refuse(error, ERR_INVALID_APPLICATION_CONFIGURATION,
                      arena_print(arena, "There is no stream %s for the application to read", arn));
    }
    if (position != INPUT_LAST_STOPPED_POINT)
        list_each(link, following, &application->outputs)
            output_discard(list_item(link, struct output, link));
    application->position = position;
    application->was_started = true;
    application->status = APPLICATION_STARTING;
    loop_defer(application->room->ground->loop, &application->settle, settle);
    if (analytics_store_put(application->room->store, application) != OK)
        return refuse(error, ERR_INTERNAL_FAILURE, NULL);
    analytics_store_places(application->room->store, application); /* from here on nothing may be missed, killed or not */
    return true;
}

static void halt(struct application *application)
{
    input_stop(&application->input);
    list_each(link, following, &application->outputs)
        output_stop(list_item(link, struct output, link));
    program_close(application->program);
    application->program = NULL;
}

void application_stop(struct application *application)
{
    halt(application);
    application->status = APPLICATION_STOPPING;
    application->was_started = false;
    loop_defer(application->room->ground->loop, &application->settle, settle);
    analytics_store_put(application->room->store, application);
}

void application_close(struct application *application)
{
    halt(application);
    loop_forget(&application->settle);
    list_each(link, following, &application->outputs)
        output_close(list_item(link, struct output, link));
    input_close(&application->input);
    json_decref(application->configuration);
    json_decref(application->tags);
    free(application->name);
    free(application->arn);
    free(application);
}

void application_delete(struct application *application)
{
    analytics_store_remove(application->room->store, application);
    map_remove(&application->room->applications, application->name);
    application_close(application);
}

/* ---- a micro-batch ---- */

struct adding {
    struct application *application;
    size_t stream;
    const struct sql_origin *origin;
};

static void add_row(void *context, const struct value *values)
{
    const struct adding *adding = context;
    struct program *program = adding->application->program;

    sql_engine_add(program->engine, program->inputs[adding->stream], values, adding->origin);
}

static void add_fault(void *context, const char *message, const void *data, size_t size_bytes)
{
    const struct adding *adding = context;

    sql_engine_add_error(adding->application->program->engine, "COERCION_ERROR", message, data, size_bytes, NULL, adding->origin->cause);
}

void application_begin_batch(struct application *application)
{
    sql_engine_begin(application->program->engine, now_ms(application));
}

void application_add_record(struct application *application, size_t stream, const void *data, size_t size_bytes,
                            const struct sql_origin *origin)
{
    struct adding adding = { application, stream, origin };
    struct analytics_schema_reader reader = {
        sql_engine_arena(application->program->engine), INPUT_ROWS_PER_RECORD, INPUT_READ_MAX, add_row, add_fault, &adding
    };

    analytics_schema_read(&application->program->input_schema, data, size_bytes, &reader);
}

void application_run_batch(struct application *application)
{
    sql_engine_run(application->program->engine);
    list_each(link, following, &application->outputs)
        output_take(list_item(link, struct output, link), application->program);
    sql_engine_end(application->program->engine);
    analytics_store_places(application->room->store, application);
}

bool application_is_idle(const struct application *application)
{
    list_each(link, following, (struct list *)&application->outputs)
        if (!output_is_idle(list_item(link, struct output, link)))
            return false;
    return !application->input.processing;
}

bool application_is_full(const struct application *application)
{
    list_each(link, following, (struct list *)&application->outputs)
        if (output_is_full(list_item(link, struct output, link)))
            return true;
    return false;
}

void application_output_moved(struct application *application)
{
    analytics_store_places(application->room->store, application);
    if (application->status == APPLICATION_STOPPING)
        loop_defer(application->room->ground->loop, &application->settle, settle);
    else if (application->program && !application_is_full(application))
        input_resume(&application->input);
}
