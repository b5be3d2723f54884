#pragma once
/* The subcommands that run the emulator. Each gets its own arguments (argv[0] is its name) and answers the process's exit status: 0 done, 1
 * failed, 2 misused. */

int command_serve(int argc, char **argv);
int command_up(int argc, char **argv);
int command_ca(int argc, char **argv);
