#pragma once
/* `lowcloud fleet`: simulated vehicles that follow tracks and put JSON fixes into a Kinesis stream, lowcloud's or AWS's. */

/* Runs the subcommand; argv[0] is its name. Answers the exit status: 0 when every fix was taken (also after Ctrl-C), 1 when not, 2 when the
 * command line is wrong. */
int fleet_main(int argc, char **argv);
