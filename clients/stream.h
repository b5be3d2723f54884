#pragma once

/* `lowcloud kinesis`: looks at a stream, follows it, and puts lines into it. argv[0] is its name; answers the process's exit status. */
int stream_main(int argc, char **argv);
