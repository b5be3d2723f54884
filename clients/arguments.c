#include "arguments.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROBLEM_MAX = 256, HELP_COLUMN = 26 };

static const struct option_row *find(const struct option_row *rows, const char *argument, size_t name_length)
{
    for (; rows->name; rows++)
        if (strlen(rows->name) == name_length && !strncmp(rows->name, argument, name_length))
            return rows;
    return NULL;
}

static bool read_number(const char *text, double *number)
{
    char *end;

    if (!*text || strspn(text, "+-0123456789.eE") != strlen(text))
        return false;
    *number = strtod(text, &end);
    return !*end && isfinite(*number);
}

static bool take_number(const struct option_row *row, const char *text, char *problem)
{
    double number;
    bool is_whole = row->kind == OPTION_COUNT;

    if (!read_number(text, &number) || (is_whole && number != floor(number)))
        snprintf(problem, PROBLEM_MAX, "%s %.60s: not a %snumber", row->name, text, is_whole ? "whole " : "");
    else if (number < row->min || number > row->max)
        snprintf(problem, PROBLEM_MAX, "%s %.60s: not between %.12g and %.12g", row->name, text, row->min, row->max);
    else if (is_whole)
        *(int64_t *)row->value = (int64_t)number;
    else
        *(double *)row->value = number;
    return !*problem;
}

static bool take_item(const struct option_row *row, const char *text, char *problem)
{
    struct option_list *list = row->value;

    if (list->count == OPTION_LIST_MAX) {
        snprintf(problem, PROBLEM_MAX, "%s is given more than %d times", row->name, OPTION_LIST_MAX);
        return false;
    }
    list->items[list->count++] = text;
    return true;
}

static bool take_value(const struct option_row *row, const char *text, char *problem)
{
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)row->value = true;
        return true;
    case OPTION_TEXT:
        *(const char **)row->value = text;
        return true;
    case OPTION_LIST:
        return take_item(row, text, problem);
    case OPTION_NUMBER:
    case OPTION_COUNT:
        return take_number(row, text, problem);
    }
    return false;
}

/* Reads the option at argv[*at], and moves *at to the last argument that belongs to it. */
static bool take_option(const struct option_row *rows, int argc, char **argv, int *at, char *problem)
{
    const char *argument = argv[*at];
    const char *equals = strchr(argument, '=');
    const struct option_row *row = find(rows, argument, equals ? (size_t)(equals - argument) : strlen(argument));

    if (!row)
        snprintf(problem, PROBLEM_MAX, "unknown %s \"%.80s\" (--help lists all)", *argument == '-' ? "option" : "argument", argument);
    else if (row->kind == OPTION_FLAG && equals)
        snprintf(problem, PROBLEM_MAX, "%s takes no value", row->name);
    else if (row->kind != OPTION_FLAG && !equals && *at + 1 >= argc)
        snprintf(problem, PROBLEM_MAX, "%s needs a value: %s %s", row->name, row->name, row->argument);
    else if (equals || row->kind == OPTION_FLAG)
        take_value(row, equals ? equals + 1 : NULL, problem);
    else
        take_value(row, argv[++*at], problem);
    return !*problem;
}

enum arguments_outcome arguments_parse(const struct option_row *rows, int argc, char **argv, char problem[PROBLEM_MAX])
{
    *problem = '\0';
    for (int i = 1; i < argc; i++)
        if (text_is(argv[i], "--help") || text_is(argv[i], "-h"))
            return ARGUMENTS_HELP;
    for (int i = 1; i < argc; i++)
        if (!take_option(rows, argc, argv, &i, problem))
            return ARGUMENTS_WRONG;
    return ARGUMENTS_OK;
}

static void print_row(const struct option_row *row)
{
    int width = printf("  %s%s%s", row->name, row->argument ? " " : "", row->argument ? row->argument : "");

    if (width >= HELP_COLUMN) {
        putchar('\n');
        width = 0;
    }
    for (const char *line = row->help; *line; width = 0) {
        size_t length = strcspn(line, "\n");

        printf("%*s%.*s\n", HELP_COLUMN - width, "", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

void arguments_print_help(const struct option_row *rows)
{
    for (; rows->name; rows++)
        print_row(rows);
    printf("  --help%*sThis text.\n", HELP_COLUMN - 8, "");
}

const char *arguments_environment(const char *const *names, const char *otherwise)
{
    for (; *names; names++) {
        const char *value = getenv(*names);

        if (value && *value)
            return value;
    }
    return otherwise;
}
