#include "aws/authorization.h"

#include "base/buffer.h"
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

/* Adds a sentence for a part that is missing. */
static void require(bool has, struct buffer *faults, const char *sentence, const char *name)
{
    if (!has)
        buffer_print(faults, sentence, name);
}

static enum error_id refuse_incomplete(struct arena *arena, struct buffer *faults, const char **message)
{
    *message = arena_copy(arena, faults->data, faults->size);
    buffer_clear(faults);
    return ERR_INCOMPLETE_SIGNATURE;
}

static enum error_id read_header(const struct request *request, const char *header, struct arena *arena,
                                 struct authorization *authorization, const char **message)
{
    static const char *const names[] = { "Credential", "Signature", "SignedHeaders" };
    const char *credential = part(arena, header, "Credential");
    struct buffer faults = { 0 };

    if (credential)
        read_scope(arena, credential, authorization);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        require(part(arena, header, names[i]), &faults, "Authorization header requires '%s' parameter. ", names[i]);
    require(request_header(request, "X-Amz-Date") || request_header(request, "Date"), &faults,
            "Authorization header requires existence of either a 'X-Amz-Date' or a '%s' header. ", "Date");
    if (!faults.size)
        return ERR_NONE;
    buffer_print(&faults, "Authorization=%s", header);
    return refuse_incomplete(arena, &faults, message);
}

static enum error_id read_query(const struct request *request, struct arena *arena, struct authorization *authorization,
                                const char **message)
{
    static const char *const names[] = { "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date" };
    const char *credential = request_parameter(request, arena, "X-Amz-Credential");
    struct buffer faults = { 0 };

    if (credential)
        read_scope(arena, credential, authorization);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = request_parameter(request, arena, names[i]);

        require(value && *value, &faults, "AWS query-string parameters must include '%s'. ", names[i]);
    }
    if (!faults.size)
        return ERR_NONE;
    buffer_add_text(&faults, "Re-examine the query-string parameters.");
    return refuse_incomplete(arena, &faults, message);
}

enum error_id authorization_read(const struct request *request, struct arena *arena, struct authorization *authorization,
                                 const char **message)
{
    const char *header = request_header(request, "Authorization");
    bool has_query = request_parameter(request, arena, "X-Amz-Algorithm") != NULL;

    *authorization = (struct authorization){ 0 };
    if (header && has_query) {
        *message = "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.";
        return ERR_INVALID_SIGNATURE;
    }
    if (has_query)
        return read_query(request, arena, authorization, message);
    if (header && text_begins(header, "AWS4-"))
        return read_header(request, header, arena, authorization, message);
    *message = "Missing Authentication Token";
    return ERR_MISSING_AUTHENTICATION_TOKEN;
}
