#include "analytics/application.h"

#include "analytics/runner.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>

struct application *application_new(struct analytics *room, const char *name, json_t *configuration, json_t *tags)
{
    struct application *application = memory_new(sizeof *application);

    application->room = room;
    application->name = memory_copy_text(name);
    application->arn =
        memory_print("arn:aws:kinesisanalytics:%s:%s:application/%s", room->ground->region, room->ground->account, application->name);
    application->configuration = configuration;
    application->tags = tags ? json_deep_copy(tags) : json_array();
    application->version = 1;
    application->made_ms = clock_now_ms(room->ground->clock);
    application->updated_ms = application->made_ms;
    map_put(&room->applications, application->name, application);
    return application;
}

void application_remove(struct application *application)
{
    application_stop(application);
    map_remove(&application->room->applications, application->name);
    json_decref(application->configuration);
    json_decref(application->tags);
    free(application->stopped);
    free(application->name);
    free(application->arn);
    free(application);
}

const char *application_state_text(const struct application *application)
{
    return application->state == APPLICATION_RUNNING ? "RUNNING" : "READY";
}

bool application_start(struct application *application, const char *position, struct arena *arena, struct program_error *error)
{
    if (!runner_open(application, position, arena, error))
        return false;
    application->state = APPLICATION_RUNNING;
    return true;
}

void application_stop(struct application *application)
{
    if (!application->runner)
        return;
    free(application->stopped);
    application->stopped_count = runner_places(application->runner, &application->stopped);
    runner_close(application->runner);
    application->runner = NULL;
    application->state = APPLICATION_READY;
}

bool application_change(struct application *application, json_t *configuration, struct arena *arena, struct program_error *error)
{
    bool was_running = application->state == APPLICATION_RUNNING;
    json_t *before = application->configuration;

    if (!program_check(configuration, arena, error)) {
        json_decref(configuration);
        return false;
    }
    application_stop(application);
    application->configuration = configuration;
    if (was_running && !application_start(application, "LAST_STOPPED_POINT", arena, error)) {
        struct program_error ignored;

        application->configuration = before;
        application_start(application, "LAST_STOPPED_POINT", arena, &ignored);
        json_decref(configuration);
        return false;
    }
    json_decref(before);
    application->version++;
    application->updated_ms = clock_now_ms(application->room->ground->clock);
    return true;
}
