#include "stream_options.h"

#include "base/text.h"
#include "moment.h"

#include <stdio.h>
#include <string.h>

static void print_usage(void)
{
    puts("usage: lowcloud kinesis tail STREAM [options]     print records as they come\n"
         "       lowcloud kinesis put STREAM [options]      put each line of standard input\n"
         "       lowcloud kinesis shards STREAM [options]   list its shards");
}

static void print_help(const struct option_row *rows)
{
    print_usage();
    puts("");
    arguments_print_help(rows);
    puts("\n"
         "tail prints a line for each record: when it came, its shard, its partition key, its data (in\n"
         "base64 when that is no text). It goes on over splits and merges, and ends at Ctrl-C.\n"
         "shards shows each shard's part of the hash keys, its parents, and how old the oldest record\n"
         "is that can still be read.\n"
         "\n" REMOTE_CREDENTIALS_HELP "\n"
         "The exit status is 0 when all went well (also after Ctrl-C), 1 when it did not, 2 when the\n"
         "command line is wrong.");
}

static bool read_action(const char *name, enum stream_action *action)
{
    static const char *const names[] = { "tail", "put", "shards" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_is(name, names[i])) {
            *action = (enum stream_action)i;
            return true;
        }
    return false;
}

static bool read_start(struct stream_options *options, char problem[256])
{
    if (text_is(options->from, "start"))
        options->iterator_type = "TRIM_HORIZON";
    else if (text_is(options->from, "latest"))
        options->iterator_type = "LATEST";
    else if (moment_read(options->from, &options->from_ms))
        options->iterator_type = "AT_TIMESTAMP";
    else
        snprintf(problem, 256, "--from %.60s: neither start, nor latest, nor a moment such as 2026-11-24T09:30:00Z", options->from);
    return !*problem;
}

static enum arguments_outcome read_names(struct stream_options *options, int argc, char **argv, char problem[256])
{
    if (argc < 2 || !read_action(argv[1], &options->action)) {
        snprintf(problem, 256, "%s%.60s%s: tail, put or shards is needed (--help tells more)", argc < 2 ? "no action" : "unknown action \"",
                 argc < 2 ? "" : argv[1], argc < 2 ? "" : "\"");
        return ARGUMENTS_WRONG;
    }
    if (argc < 3 || argv[2][0] == '-' || !*argv[2]) {
        snprintf(problem, 256, "no stream: lowcloud kinesis %s STREAM", argv[1]);
        return ARGUMENTS_WRONG;
    }
    options->stream = argv[2];
    return ARGUMENTS_OK;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (text_is(argv[i], "--help") || text_is(argv[i], "-h"))
            return true;
    return false;
}

enum arguments_outcome stream_options_read(struct stream_options *options, int argc, char **argv, char problem[256])
{
    const struct option_row rows[] = {
        { "--from", OPTION_TEXT, &options->from, 0, 0, "WHERE",
          "tail: \"latest\" (default), \"start\", or a moment\n(2026-11-24T09:30:00Z, or seconds since 1970)." },
        { "--shard", OPTION_TEXT, &options->shard, 0, 0, "ID", "tail: this shard alone." },
        { "--count", OPTION_COUNT, &options->count, 1, 1e15, "N", "tail: end after N records." },
        { "--raw", OPTION_FLAG, &options->is_raw, 0, 0, NULL, "tail: the data alone, a line each." },
        { "--json", OPTION_FLAG, &options->is_json, 0, 0, NULL, "tail, shards: a line of JSON for each record or shard." },
        { "--key", OPTION_TEXT, &options->key, 0, 0, "TEXT", "put: the partition key of all lines (default: one drawn for each)." },
        { "--tries", OPTION_COUNT, &options->tries, 1, 1000, "N", "put: give up when a line was not taken after N tries (default 10)." },
        { "--seed", OPTION_COUNT, &options->seed, 0, 9e15, "N", "put: the same seed draws the same keys." },
        { "--quiet", OPTION_FLAG, &options->is_quiet, 0, 0, NULL, "put: no summary." },
        REMOTE_KINESIS_ROWS(&options->remote),
        { 0 },
    };
    enum arguments_outcome outcome;

    *options = (struct stream_options){ .from = "latest", .tries = 10, .seed = -1 };
    *problem = '\0';
    if (asks_for_help(argc, argv)) {
        print_help(rows);
        return ARGUMENTS_HELP;
    }
    outcome = read_names(options, argc, argv, problem);
    if (outcome == ARGUMENTS_OK)
        outcome = arguments_parse(rows, argc - 2, argv + 2, problem);
    if (outcome == ARGUMENTS_OK && !read_start(options, problem))
        outcome = ARGUMENTS_WRONG;
    return outcome == ARGUMENTS_OK ? remote_settle_kinesis(&options->remote, problem) : outcome;
}
