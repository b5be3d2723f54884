#include "local.h"

#include "arguments.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const ca_names[] = { "AWS_CA_BUNDLE", "LOWCLOUD_CA_FILE", NULL };

bool local_is_here(const char *url)
{
    static const char *const hosts[] = { "localhost", "127.0.0.1", "[::1]", NULL };
    const char *host = strstr(url, "://");

    host = host ? host + 3 : url;
    for (size_t i = 0; hosts[i]; i++) {
        size_t length = strlen(hosts[i]);

        if (text_begins(host, hosts[i]) && (!host[length] || strchr(":/?#", host[length])))
            return true;
    }
    return false;
}

bool local_authority(char path[4096])
{
    const char *directory = arguments_environment((const char *const[]){ "LOWCLOUD_CA_DIR", NULL }, NULL);
    const char *home = arguments_environment((const char *const[]){ "HOME", NULL }, "/tmp");

    if (directory)
        snprintf(path, 4096, "%s/ca.pem", directory);
    else
        snprintf(path, 4096, "%s/.lowcloud/ca.pem", home);
    return access(path, R_OK) == 0;
}

const char *local_trust(const char *url, const char *given, char path[4096])
{
    const char *file = given ? given : arguments_environment(ca_names, NULL);

    if (file || !local_is_here(url))
        return file;
    return local_authority(path) ? path : NULL;
}
