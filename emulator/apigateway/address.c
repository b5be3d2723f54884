/* Telling API and stage from host and path. */

#include "apigateway/address.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

static const char own_path[] = "/_aws/execute-api/";

/* The length of a host's name without its port. */
static size_t name_length(const char *host)
{
    const char *bracket = host[0] == '[' ? strchr(host, ']') : NULL;

    return bracket ? (size_t)(bracket + 1 - host) : strcspn(host, ":");
}

bool apigateway_address_host_names_api(const char *host)
{
    static const char part[] = ".execute-api.";
    size_t length = host ? strcspn(host, ".") : 0;

    return length && !strncasecmp(host + length, part, sizeof part - 1);
}

/* "abcd123456" of "abcd123456.execute-api.us-east-1.amazonaws.com"; NULL for other hosts. */
static const char *api_of_host(const char *host, struct arena *arena)
{
    return apigateway_address_host_names_api(host) ? arena_copy(arena, host, strcspn(host, ".")) : NULL;
}

/* Takes the path's next part, decoded. */
static const char *take_part(const char **path, struct arena *arena)
{
    const char *part = *path + (**path == '/');
    size_t length = strcspn(part, "/");

    *path = part + length;
    return text_url_decode(arena, part, length, false);
}

void apigateway_address_read(const struct request *request, struct arena *arena, struct apigateway_address *address)
{
    const char *path = request->path;

    address->api_id = api_of_host(request_header(request, "Host"), arena);
    if (text_begins(path, own_path)) {
        path += sizeof own_path - 2;
        address->api_id = take_part(&path, arena);
    }
    address->stage = take_part(&path, arena);
    address->rest = path;
}

struct apigateway_stage *apigateway_address_stage(const struct apigateway *room, const struct apigateway_address *address,
                                                  bool *is_ambiguous)
{
    *is_ambiguous = false;
    if (!address->api_id)
        return apigateway_stage_find_anywhere(room, address->stage, is_ambiguous);
    return apigateway_stage_find(apigateway_api_find(room, address->api_id), address->stage);
}

static bool ends_with(const char *text, size_t length, const char *end)
{
    size_t end_length = strlen(end);

    return length >= end_length && !strncasecmp(text + length - end_length, end, end_length);
}

static bool is_local(const char *host, size_t length)
{
    return (length == 9 && !strncasecmp(host, "localhost", 9)) || ends_with(host, length, ".localhost") ||
           (length > 4 && !strncmp(host, "127.", 4)) || (length == 5 && !strncmp(host, "[::1]", 5));
}

const char *apigateway_address_domain(const struct apigateway *room, const struct request *request, struct arena *arena)
{
    const char *host = request_header(request, "Host");
    size_t length = host ? name_length(host) : 0;

    if (ends_with(host, length, ".amazonaws.com") || ends_with(host, length, ".amazonaws.com.cn"))
        return arena_copy(arena, host, length);
    if (!is_local(host, length))
        return arena_print(arena, "localhost:%d", room->ground->port);
    return arena_print(arena, "%.*s:%d", (int)length, host, room->ground->port);
}
