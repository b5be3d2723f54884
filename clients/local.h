#pragma once
/* What the clients know of a lowcloud on this machine. */

#include <stdbool.h>

/* Whether the address ("http://host:port/...", "wss://host/...") is on this machine: localhost, 127.0.0.1 or [::1]. */
bool local_is_here(const char *url);

/* Writes the path of lowcloud's own CA certificate to path, if there is one: LOWCLOUD_CA_DIR or ~/.lowcloud, as the front door keeps it.
 * False when there is none to be read. */
bool local_authority(char path[4096]);

/* The file of authorities to trust for url: `given` (of an option), else AWS_CA_BUNDLE or LOWCLOUD_CA_FILE, else, for an address on this
 * machine, lowcloud's own (in path), else NULL: the machine's. Borrowed. */
const char *local_trust(const char *url, const char *given, char path[4096]);
