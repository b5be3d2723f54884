#pragma once
/* Command lines of the clients: one table of rows says what a subcommand understands, parses it, and prints its help. Options are written
 * "--name value" or "--name=value"; a flag takes no value. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_LIST, OPTION_NUMBER, OPTION_COUNT };

/* What an OPTION_LIST gathers, in order. The texts are borrowed from argv. */
enum { OPTION_LIST_MAX = 64 };
struct option_list {
    const char *items[OPTION_LIST_MAX];
    size_t count;
};

struct option_row {
    const char *name; /* "--rate"; NULL ends the table */
    enum option_kind kind;
    void *value;          /* bool, const char *, struct option_list, double or int64_t, by kind; holds the default */
    double min;           /* of a NUMBER or COUNT */
    double max;           /* likewise */
    const char *argument; /* what its value is called in the help: "HZ"; NULL for a flag */
    const char *help;     /* one or more lines, parted by '\n' */
};

enum arguments_outcome { ARGUMENTS_OK, ARGUMENTS_HELP, ARGUMENTS_WRONG };

/* Reads argv[1..] into the rows' values. ARGUMENTS_HELP when --help or -h is there (nothing else counts then); ARGUMENTS_WRONG with one
 * line in problem. There are no positional arguments. */
enum arguments_outcome arguments_parse(const struct option_row *rows, int argc, char **argv, char problem[256]);

/* Prints the rows as the help shows them, on standard output. */
void arguments_print_help(const struct option_row *rows);

/* The first of the environment variables (NULL ends the list) that is set and not empty, or otherwise. Borrowed. */
const char *arguments_environment(const char *const *names, const char *otherwise);
