/* lowcloud's subcommands: a table of contents. */

#include "commands.h"
#include "demo.h"
#include "fleet.h"
#include "stream.h"
#include "version.h"
#include "watch.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *purpose;
} commands[] = {
    { "up", command_up, "bring up the resources of a SAM or CloudFormation template, and serve" },
    { "serve", command_serve, "serve the emulated AWS APIs, without a template" },
    { "fleet", fleet_main, "drive simulated vehicles along tracks into a Kinesis stream" },
    { "watch", watch_main, "open WebSocket clients and print what is pushed to them" },
    { "kinesis", stream_main, "look at a stream: follow it, list its shards, put lines into it" },
    { "demo", demo_main, "show the whole pipeline: vehicles, fences, pushes, and a report" },
    { "ca", command_ca, "print the path of the local CA's certificate" },
};

static int usage(FILE *stream, int status)
{
    fputs("lowcloud stands in for the AWS realtime-push pipeline: Kinesis, Kinesis Analytics, Lambda,\n"
          "API Gateway WebSocket APIs and DynamoDB, on one local port.\n\n"
          "usage: lowcloud COMMAND [OPTION ...]\n\n",
          stream);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(stream, "  %-8s %s\n", commands[i].name, commands[i].purpose);
    fputs("\n  --version, --help; each command has a --help of its own\n", stream);
    return status;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(name, commands[i].name))
            return commands[i].run(argc - 1, argv + 1);
    if (!strcmp(name, "--version") || !strcmp(name, "version")) {
        puts("lowcloud " LOWCLOUD_VERSION);
        return 0;
    }
    if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help"))
        return usage(stdout, 0);
    if (!*name)
        return usage(stderr, 2);
    fprintf(stderr, "lowcloud: there is no command '%s': lowcloud --help lists them\n", name);
    return 2;
}
