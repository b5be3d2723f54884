#pragma once
/* `lowcloud demo`: the whole pipeline in a minute. It brings up a scenario's template in a lowcloud of its own, opens tracking clients,
 * drives vehicles, prints the pushes as they arrive, and holds them against what the tracks and the fences alone say must come. */

/* Runs the subcommand; argv[0] is its name. Answers the exit status: 0 only when every expected push arrived in its order and no other did,
 * 1 otherwise, 2 when the command line is wrong. */
int demo_main(int argc, char **argv);
