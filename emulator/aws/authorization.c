#include "aws/authorization.h"

#include "base/buffer.h"
#include "base/text.h"

#include <string.h>

enum header_part { CREDENTIAL, SIGNATURE, SIGNED_HEADERS, HEADER_PARTS };

#define PART(name)             \
    {                          \
        name, sizeof(name) - 1 \
    }
static const struct {
    const char *name;
    size_t size;
} header_parts[HEADER_PARTS] = { PART("Credential"), PART("Signature"), PART("SignedHeaders") };

/* Finds where the value of each "Name=value" begins; the parts of the header are parted by commas or blanks. NULL for one that is missing.
 */
static void find_parts(const char *header, const char *values[HEADER_PARTS])
{
    for (const char *at = header; *(at += strspn(at, ", "));) {
        size_t length = strcspn(at, ", ");

        for (int i = 0; i < HEADER_PARTS; i++) {
            size_t size = header_parts[i].size;

            if (!values[i] && length > size && at[size] == '=' && !memcmp(at, header_parts[i].name, size))
                values[i] = at + size + 1;
        }
        at += length;
    }
}

/* "AKID/20261124/us-east-1/dynamodb/aws4_request" */
static void read_scope(struct arena *arena, const char *credential, size_t size, struct authorization *authorization)
{
    const char *parts[4] = { 0 };
    const char *end = credential + size;

    for (int i = 0; i < 4 && credential <= end; i++) {
        const char *slash = memchr(credential, '/', (size_t)(end - credential));
        size_t length = (size_t)((slash ? slash : end) - credential);

        parts[i] = i == 1 ? NULL : arena_copy(arena, credential, length);
        credential += length + 1;
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
    const char *values[HEADER_PARTS] = { 0 };
    struct buffer faults = { 0 };

    find_parts(header, values);
    if (values[CREDENTIAL])
        read_scope(arena, values[CREDENTIAL], strcspn(values[CREDENTIAL], ", "), authorization);
    for (int i = 0; i < HEADER_PARTS; i++)
        require(values[i], &faults, "Authorization header requires '%s' parameter. ", header_parts[i].name);
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
        read_scope(arena, credential, strlen(credential), authorization);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = request_parameter(request, arena, names[i]);

        require(value && *value, &faults, "AWS query-string parameters must include '%s'. ", names[i]);
    }
    if (!faults.size)
        return ERR_NONE;
    buffer_add_text(&faults, "Re-examine the query-string parameters.");
    return refuse_incomplete(arena, &faults, message);
}

/* Reads what the request says of its sender; a header that begins otherwise than with `beginning` counts as none. */
static enum error_id read_beginning(const struct request *request, struct arena *arena, const char *beginning,
                                    struct authorization *authorization, const char **message)
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
    if (header && text_begins(header, beginning))
        return read_header(request, header, arena, authorization, message);
    *message = "Missing Authentication Token";
    return ERR_MISSING_AUTHENTICATION_TOKEN;
}

enum error_id authorization_read(const struct request *request, struct arena *arena, struct authorization *authorization,
                                 const char **message)
{
    return read_beginning(request, arena, "AWS4-", authorization, message);
}

enum error_id authorization_read_any(const struct request *request, struct arena *arena, struct authorization *authorization,
                                     const char **message)
{
    return read_beginning(request, arena, "", authorization, message);
}
