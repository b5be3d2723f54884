#include "fleet_options.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static void print_help(const struct option_row *rows)
{
    puts("usage: lowcloud fleet --track FILE [--track FILE ...] --stream NAME [options]\n"
         "\n"
         "Simulated vehicles drive along tracks and put their position fixes into a Kinesis\n"
         "stream: {\"id\",\"ts\",\"seq\",\"lat\",\"lon\",\"speedMps\",\"headingDeg\",\"accuracyM\"}, with the\n"
         "vehicle's id as partition key. The fixes of one vehicle arrive in their order.\n");
    arguments_print_help(rows);
    puts("\n"
         "Tracks: GPX; CSV with a header line that names lat, lon and time; GeoJSON LineStrings\n"
         "(times in properties.coordTimes); the JSON array [{\"point\":\"POINT(lon lat)\",\"time\":...}].\n"
         "A track without times is driven at 12 m/s.\n"
         "\n" REMOTE_CREDENTIALS_HELP " The exit status is 0 when every fix was taken (also\n"
         "after Ctrl-C), 1 when one was not, 2 when the command line is wrong.");
}

static enum arguments_outcome wrong(char problem[256], const char *text)
{
    snprintf(problem, 256, "%s", text);
    return ARGUMENTS_WRONG;
}

static enum arguments_outcome settle(struct fleet_options *options, char problem[256])
{
    if (!options->track_files.count)
        return wrong(problem, "no track: --track FILE is needed");
    if (!options->stream || !*options->stream)
        return wrong(problem, "no stream: --stream NAME is needed");
    if (remote_settle_kinesis(&options->remote, problem) != ARGUMENTS_OK)
        return ARGUMENTS_WRONG;
    if (!options->vehicles)
        options->vehicles = (int64_t)options->track_files.count;
    return ARGUMENTS_OK;
}

enum arguments_outcome fleet_options_read(struct fleet_options *options, int argc, char **argv, char problem[256])
{
    enum arguments_outcome outcome;
    const struct option_row rows[] = {
        { "--track", OPTION_LIST, &options->track_files, 0, 0, "FILE",
          "A track to drive along; may be given again. Vehicles take the\ntracks in turn." },
        { "--stream", OPTION_TEXT, &options->stream, 0, 0, "NAME", "The stream to put fixes into." },
        { "--vehicles", OPTION_COUNT, &options->vehicles, 1, 10000, "N", "How many vehicles (default: one for each track)." },
        { "--rate", OPTION_NUMBER, &options->plan.rate_hz, 0.001, 1000, "HZ",
          "Fixes per second and vehicle, between the track's points where\nneed be (default: the track's own points at their own times)." },
        { "--speed", OPTION_NUMBER, &options->plan.speed, 0.001, 10000, "FACTOR", "Times the recorded pace (default 1)." },
        { "--loops", OPTION_COUNT, &options->plan.loops, 0, 1000000, "N", "Drive each track N times (default 1; 0: for ever)." },
        { "--duration", OPTION_NUMBER, &options->duration_s, 0.001, 1e7, "SECONDS", "End after so long, wherever the vehicles are." },
        { "--jitter", OPTION_NUMBER, &options->plan.jitter_m, 0, 1000, "METRES",
          "Standard deviation of the receivers' error (default 2; 0: none)." },
        { "--spread", OPTION_FLAG, &options->is_spread, 0, 0, NULL,
          "Vehicles start anywhere on their tracks; those that share one\nalways do." },
        { "--id-prefix", OPTION_TEXT, &options->id_prefix, 0, 0, "TEXT", "Vehicles are called TEXT1, TEXT2, ... (default car-)." },
        REMOTE_KINESIS_ROWS(&options->remote),
        { "--tries", OPTION_COUNT, &options->tries, 1, 1000, "N", "Give up when a fix was not taken after N tries (default 10)." },
        { "--seed", OPTION_COUNT, &options->seed, 0, 9e15, "N",
          "The same seed gives the same positions (default: LOWCLOUD_SEED, or drawn)." },
        { "--json", OPTION_FLAG, &options->is_json, 0, 0, NULL, "The summary as one line of JSON." },
        { "--quiet", OPTION_FLAG, &options->is_quiet, 0, 0, NULL, "No progress, only the summary." },
        { 0 },
    };
    const char *seed = arguments_environment((const char *const[]){ "LOWCLOUD_SEED", NULL }, "-1");

    *options = (struct fleet_options){ .plan = { .speed = 1, .jitter_m = 2, .loops = 1 }, .tries = 10, .id_prefix = "car-" };
    if (!text_to_int64(seed, &options->seed))
        return wrong(problem, "LOWCLOUD_SEED is not a whole number");
    outcome = arguments_parse(rows, argc, argv, problem);
    if (outcome == ARGUMENTS_HELP)
        print_help(rows);
    if (outcome != ARGUMENTS_OK)
        return outcome;
    return settle(options, problem);
}
