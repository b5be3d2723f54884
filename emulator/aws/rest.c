#include "aws/rest.h"

#include "aws/service.h"
#include "base/text.h"

#include <string.h>

/* Matches path (raw) against a template such as "/v2/apis/{apiId}"; when input is given, the labels' decoded values go into it.
 * A label followed by '+' ("{ResourceArn+}") takes slashes too; a trailing slash is forgiven. */
static bool match(const char *template, const char *path, struct arena *arena, json_t *input)
{
    while (*template) {
        if (*template == '{') {
            size_t label = strcspn(template, "}");
            bool is_greedy = template[label - 1] == '+';
            size_t length = is_greedy ? strlen(path) : strcspn(path, "/");
            size_t name_length = label - 1 - (is_greedy ? 1 : 0);

            if (!length)
                return false;
            if (input)
                json_object_set_new(input, arena_copy(arena, template + 1, name_length),
                                    json_string(text_url_decode(arena, path, length, false)));
            template += label + 1;
            path += length;
        } else if (*template ++ != *path++) {
            return false;
        }
    }
    return !*path || (path[0] == '/' && !path[1]);
}

/* "/functions/" in a template also fits "/functions". */
static bool fits(const struct operation *operation, const char *path, struct arena *arena, json_t *input)
{
    size_t length = strlen(operation->path);

    if (match(operation->path, path, arena, input))
        return true;
    return operation->path[length - 1] == '/' && strlen(path) == length - 1 && !strncmp(operation->path, path, length - 1);
}

bool rest_find(struct call *call)
{
    const struct request *request = &call->exchange->request;

    for (const struct operation *operation = call->service->operations; operation->name; operation++)
        if (!strcmp(operation->method, request->method) && fits(operation, request->path, call->arena, NULL)) {
            call->operation = operation;
            return true;
        }
    return false;
}

/* Text from a path, query or header as the value that the member's type asks for; text that does not fit stays text, and the type check
 * says so. */
static json_t *from_text(const struct member *member, const char *text)
{
    int64_t number;

    if ((member->type == INTEGER || member->type == LONG) && text_to_int64(text, &number))
        return json_integer(number);
    if (member->type == BOOLEAN && (!strcmp(text, "true") || !strcmp(text, "false")))
        return json_boolean(text[0] == 't');
    return json_string(text);
}

/* A list in the query: the name stands once per element. */
static json_t *query_list(const struct request *request, struct arena *arena, const char *name)
{
    json_t *list = json_array();
    const char *at = request->query;

    while (*at) {
        size_t length = strcspn(at, "&");
        size_t name_length = strcspn(at, "=&");

        if (!strcmp(text_url_decode(arena, at, name_length, true), name) && name_length < length)
            json_array_append_new(list, json_string(text_url_decode(arena, at + name_length + 1, length - name_length - 1, true)));
        at += length + (at[length] == '&');
    }
    return list;
}

static void gather(struct call *call, const struct member *member)
{
    const struct request *request = &call->exchange->request;
    const char *name = member->wire_name ? member->wire_name : member->name;
    const char *text = NULL;

    if (member->where == IN_QUERY && member->type == LIST) {
        json_t *list = query_list(request, call->arena, name);

        if (json_array_size(list))
            json_object_set_new(call->input, member->name, list);
        else
            json_decref(list);
        return;
    }
    if (member->where == IN_QUERY)
        text = request_parameter(request, call->arena, name);
    if (member->where == IN_HEADER)
        text = request_header(request, name);
    if (text)
        json_object_set_new(call->input, member->name, from_text(member, text));
}

static bool has_raw_body(const struct operation *operation)
{
    for (const struct member *member = operation->input; member && member->name; member++)
        if (member->where == IS_BODY)
            return true;
    return false;
}

bool rest_decode(struct call *call, const char **message)
{
    const struct request *request = &call->exchange->request;
    json_error_t why;

    *message = NULL;
    if (!has_raw_body(call->operation) && request->body_size) {
        call->input = json_loadb(request->body, request->body_size, JSON_ALLOW_NUL, &why);
        if (!json_is_object(call->input)) {
            *message =
                call->input ? "Expected a JSON object" : arena_print(call->arena, "Could not parse request body into json: %s", why.text);
            return false;
        }
    }
    if (!call->input)
        call->input = json_object();
    fits(call->operation, request->path, call->arena, call->input);
    for (const struct member *member = call->operation->input; member && member->name; member++)
        gather(call, member);
    return true;
}
