#include "aws/authorization.h"

#include "base/text.h"

#include <string.h>

/* The value of "Name=value" in a header whose parts are parted by commas or blanks. */
static const char *part(struct arena *arena, const char *header, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = strstr(header, name); at; at = strstr(at + 1, name)) {
        bool begins = at == header || strchr(", ", at[-1]);

        if (begins && at[length] == '=')
            return arena_copy(arena, at + length + 1, strcspn(at + length + 1, ", "));
    }
    return NULL;
}

/* "AKID/20261124/us-east-1/dynamodb/aws4_request" */
static void read_scope(struct arena *arena, const char *credential, struct authorization *authorization)
{
    const char *parts[5] = { 0 };
    const char *at = credential;

    for (int i = 0; i < 5 && at; i++) {
        size_t length = strcspn(at, "/");

        parts[i] = arena_copy(arena, at, length);
        at = at[length] ? at + length + 1 : NULL;
    }
    authorization->access_key = parts[0];
    authorization->region = parts[2] && *parts[2] ? parts[2] : NULL;
    authorization->service = parts[3] && *parts[3] ? parts[3] : NULL;
}

static enum error_id read_header(const struct request *request, const char *header, struct arena *arena,
                                 struct authorization *authorization, const char **message)
{
    const char *credential = part(arena, header, "Credential");
    bool has_signature = part(arena, header, "Signature") != NULL;
    bool has_headers = part(arena, header, "SignedHeaders") != NULL;
    bool has_date = request_header(request, "X-Amz-Date") || request_header(request, "Date");

    if (credential)
        read_scope(arena, credential, authorization);
    if (credential && has_signature && has_headers && has_date)
        return ERR_NONE;
    *message = arena_print(arena, "%s%s%s%sAuthorization=%s", credential ? "" : "Authorization header requires 'Credential' parameter. ",
                           has_signature ? "" : "Authorization header requires 'Signature' parameter. ",
                           has_headers ? "" : "Authorization header requires 'SignedHeaders' parameter. ",
                           has_date ? "" : "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ", header);
    return ERR_INCOMPLETE_SIGNATURE;
}

enum error_id authorization_read(const struct request *request, struct arena *arena, struct authorization *authorization,
                                 const char **message)
{
    const char *header = request_header(request, "Authorization");
    const char *query = strstr(request->query, "X-Amz-") ? request_parameter(request, arena, "X-Amz-Credential") : NULL;

    *authorization = (struct authorization){ 0 };
    if (header && query) {
        *message = "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.";
        return ERR_INVALID_SIGNATURE;
    }
    if (header)
        return read_header(request, header, arena, authorization, message);
    if (!query) {
        *message = "Missing Authentication Token";
        return ERR_MISSING_AUTHENTICATION_TOKEN;
    }
    read_scope(arena, query, authorization);
    return ERR_NONE;
}
