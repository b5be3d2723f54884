#pragma once
/* `lowcloud watch`: WebSocket clients that print what is pushed to them. */

/* Runs the subcommand; argv[0] is its name. Answers the exit status: 0, 1 when a client could not connect or was closed, or fewer pushes
 * came than expected, 2 when the command line is wrong. */
int watch_main(int argc, char **argv);
