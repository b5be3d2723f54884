#include "watch_options.h"

#include "local.h"
#include "tracker.h"

#include <stdio.h>
#include <string.h>

static const char *const url_names[] = { "LOWCLOUD_WEBSOCKET_URL", NULL };

static void print_help(const struct option_row *rows)
{
    puts("usage: lowcloud watch --url ws://HOST:PORT/STAGE [options]\n"
         "\n"
         "Opens WebSocket clients and prints each push that they receive, until Ctrl-C, --count or\n"
         "--duration. The summary counts pushes and gives the latency from the \"ts\" or \"sentAt\"\n"
         "of a push (milliseconds since the epoch, at the top of a JSON object) to its arrival.\n");
    arguments_print_help(rows);
    puts("\n"
         "The exit status is 0; 1 when a client could not connect or was closed (without --reconnect),\n"
         "or when fewer pushes came than --expect or --count ask for; 2 when the command line is wrong.");
}

static enum arguments_outcome wrong(char problem[256], const char *text)
{
    snprintf(problem, 256, "%s", text);
    return ARGUMENTS_WRONG;
}

static enum arguments_outcome settle(const struct watch_options *options, char problem[256])
{
    if (!options->url)
        return wrong(problem, "no address: --url ws://HOST:PORT/STAGE is needed");
    if (options->query && strlen(options->query) > 3000)
        return wrong(problem, "--query is longer than 3000 characters");
    if (options->headers.count > TRACKER_HEADERS_MAX)
        return wrong(problem, "--header is given more than 16 times");
    for (size_t i = 0; i < options->headers.count; i++) {
        const char *header = options->headers.items[i];

        if (strcspn(header, ":") == 0 || strcspn(header, ":") > 100 || !strchr(header, ':') || strpbrk(header, "\r\n") ||
            strlen(header) > 8000)
            return wrong(problem, "--header is not \"Name: value\"");
    }
    return ARGUMENTS_OK;
}

enum arguments_outcome watch_options_read(struct watch_options *options, int argc, char **argv, char problem[256])
{
    enum arguments_outcome outcome;
    const struct option_row rows[] = {
        { "--url", OPTION_TEXT, &options->url, 0, 0, "URL", "ws:// or wss:// address (default: LOWCLOUD_WEBSOCKET_URL)." },
        { "--clients", OPTION_COUNT, &options->clients, 1, 100000, "N", "How many clients (default 1)." },
        { "--query", OPTION_TEXT, &options->query, 0, 0, "TEXT",
          "Added to the address of each; {n} is the client's number:\n'VehicleID=car-{n}'." },
        { "--send", OPTION_LIST, &options->messages, 0, 0, "TEXT",
          "A message that each sends once it is connected; may be given\nagain; {n} is the client's number." },
        { "--count", OPTION_COUNT, &options->count, 1, 1e15, "N", "End after N pushes to all clients together." },
        { "--expect", OPTION_COUNT, &options->expect, 0, 1e15, "N", "Fail when fewer than N pushes came." },
        { "--duration", OPTION_NUMBER, &options->duration_s, 0.001, 1e7, "SECONDS", "End after so long." },
        { "--reconnect", OPTION_FLAG, &options->is_persistent, 0, 0, NULL,
          "Connect anew when a client was refused or closed, after a pause\nthat doubles from 0.1 to 5 s." },
        { "--origin", OPTION_TEXT, &options->origin, 0, 0, "URL", "The Origin header, as a browser sends it." },
        { "--header", OPTION_LIST, &options->headers, 0, 0, "'NAME: VALUE'", "A header of the handshake; may be given again." },
        { "--ca", OPTION_TEXT, &options->ca_file, 0, 0, "FILE",
          "Authorities to trust for wss, PEM (default: AWS_CA_BUNDLE, or the\nmachine's; on this machine the one that `lowcloud ca` "
          "prints)." },
        { "--seed", OPTION_COUNT, &options->seed, 0, 9e15, "N", "Fixes the pauses between tries." },
        { "--json", OPTION_FLAG, &options->is_json, 0, 0, NULL, "Everything as lines of JSON." },
        { "--quiet", OPTION_FLAG, &options->is_quiet, 0, 0, NULL, "Pushes are counted, not printed." },
        { 0 },
    };

    *options = (struct watch_options){ .clients = 1, .seed = -1 };
    outcome = arguments_parse(rows, argc, argv, problem);
    if (outcome == ARGUMENTS_HELP)
        print_help(rows);
    if (outcome != ARGUMENTS_OK)
        return outcome;
    if (!options->url)
        options->url = arguments_environment(url_names, NULL);
    if (options->url)
        options->ca_file = local_trust(options->url, options->ca_file, options->local_ca_file);
    return settle(options, problem);
}
