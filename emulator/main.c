/* lowcloud's subcommands. */

#include <stdio.h>

int main(void)
{
    fputs("usage: lowcloud COMMAND\n", stderr);
    return 2;
}
