#pragma once
/* That nothing which a function started outlives it, or us.
 *
 * A process group's end takes most of it, and the kernel kills an environment's own process when lowcloud dies. What is left are processes
 * that a function started and that left its group or session: they are known by their environment, which they inherited. When lowcloud
 * itself is killed nobody is left to look for them; so a keeper, a process of our own that does nothing but wait for our end, does it then,
 * and takes the state directory away. */

struct keeper;

/* Kills every process in whose environment the text `mark` stands, and those that these start meanwhile. */
void keeper_sweep(const char *mark);

/* Starts a keeper for the processes that have directory in their environment. NULL, logged, when there can be no more processes. */
struct keeper *keeper_open(const char *directory);

/* Ends the keeper without its having anything to do. Accepts NULL. */
void keeper_close(struct keeper *keeper);
