#include "dynamodb/archive.h"

#include "base/text.h"

#include <string.h>

static bool names_archive(const char *resource, const char *kind)
{
    const char *name = text_begins(resource, "table/") ? strchr(resource, '/') + 1 : NULL;
    const char *slash = name ? strchr(name, '/') : NULL;
    size_t length = strlen(kind);

    return slash && slash > name && !strncmp(slash + 1, kind, length) && slash[1 + length] == '/' && slash[2 + length];
}

/* The part up to the next colon, or NULL; *text goes behind it. */
static const char *next_part(struct call *call, const char **text)
{
    const char *start = *text;
    const char *colon = strchr(start, ':');

    if (!colon)
        return NULL;
    *text = colon + 1;
    return call_print(call, "%.*s", (int)(colon - start), start);
}

struct archive_arn archive_arn_read(struct call *call, const char *text, const char *kind)
{
    static const char head[] = "arn:aws:dynamodb:";
    const char *rest = text_begins(text, head) ? text + strlen(head) : "";
    const char *region = next_part(call, &rest);
    const char *account = region ? next_part(call, &rest) : NULL;

    if (!account || !names_archive(rest, kind))
        return (struct archive_arn){ .resource = NULL };
    return (struct archive_arn){ .is_well_formed = true,
                                 .is_of_region = text_is(region, call->ground->region),
                                 .is_of_account = text_is(account, call->ground->account),
                                 .resource = rest };
}

const char *archive_id(const char *resource)
{
    const char *slash = strrchr(resource, '/');

    return slash ? slash + 1 : resource;
}
