#include "fleet_options.h"

#include "base/text.h"
#include "local.h"

#include <stdio.h>
#include <string.h>

static const char *const endpoint_names[] = { "AWS_ENDPOINT_URL_KINESIS", "AWS_ENDPOINT_URL", "LOWCLOUD_ENDPOINT", NULL };
static const char *const region_names[] = { "AWS_REGION", "AWS_DEFAULT_REGION", "LOWCLOUD_REGION", NULL };
static const char *const key_names[] = { "AWS_ACCESS_KEY_ID", NULL };
static const char *const secret_names[] = { "AWS_SECRET_ACCESS_KEY", NULL };
static const char *const token_names[] = { "AWS_SESSION_TOKEN", NULL };

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
         "\n"
         "Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; an\n"
         "endpoint on this machine needs none. The exit status is 0 when every fix was taken (also\n"
         "after Ctrl-C), 1 when one was not, 2 when the command line is wrong.");
}

static enum arguments_outcome wrong(char problem[256], const char *text)
{
    snprintf(problem, 256, "%s", text);
    return ARGUMENTS_WRONG;
}

static void fill_from_environment(struct fleet_options *options)
{
    if (!options->endpoint)
        options->endpoint = arguments_environment(endpoint_names, "http://127.0.0.1:4566");
    if (!options->region)
        options->region = arguments_environment(region_names, "us-east-1");
    options->key = arguments_environment(key_names, NULL);
    options->secret = arguments_environment(secret_names, NULL);
    options->session_token = arguments_environment(token_names, NULL);
    if (text_is(options->endpoint, "aws")) {
        snprintf(options->aws_endpoint, sizeof options->aws_endpoint, "https://kinesis.%.40s.amazonaws.com%s", options->region,
                 text_begins(options->region, "cn-") ? ".cn" : "");
        options->endpoint = options->aws_endpoint;
    }
    options->ca_file = local_trust(options->endpoint, options->ca_file, options->local_ca_file);
    if (local_is_here(options->endpoint) && (!options->key || !options->secret)) {
        options->key = options->secret = "test"; /* signed as every SDK would, by nobody in particular */
        options->session_token = NULL;
    }
}

static enum arguments_outcome settle(struct fleet_options *options, char problem[256])
{
    if (!options->track_files.count)
        return wrong(problem, "no track: --track FILE is needed");
    if (!options->stream || !*options->stream)
        return wrong(problem, "no stream: --stream NAME is needed");
    if (!text_begins(options->endpoint, "http://") && !text_begins(options->endpoint, "https://")) {
        snprintf(problem, 256, "--endpoint %.100s: begins with neither http:// nor https://", options->endpoint);
        return ARGUMENTS_WRONG;
    }
    if (!options->key || !options->secret)
        return wrong(problem,
                     "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for an endpoint that is not on this machine");
    if (strlen(options->session_token ? options->session_token : "") > 2000)
        return wrong(problem, "AWS_SESSION_TOKEN is longer than 2000 characters");
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
        { "--endpoint", OPTION_TEXT, &options->endpoint, 0, 0, "URL",
          "Where Kinesis is; \"aws\" for AWS itself (default:\nAWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL, LOWCLOUD_ENDPOINT, "
          "or\nhttp://127.0.0.1:4566)." },
        { "--region", OPTION_TEXT, &options->region, 0, 0, "NAME", "AWS region (default: AWS_REGION, AWS_DEFAULT_REGION, or us-east-1)." },
        { "--ca", OPTION_TEXT, &options->ca_file, 0, 0, "FILE",
          "Authorities to trust for https, PEM (default: AWS_CA_BUNDLE, or the\nmachine's; on this machine the one that `lowcloud ca` "
          "prints)." },
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
    fill_from_environment(options);
    return settle(options, problem);
}
