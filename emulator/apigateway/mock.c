/* MOCK integrations. */

#include "apigateway/mock.h"

#include "apigateway/api.h"
#include "apigateway/json_text.h"
#include "base/buffer.h"
#include "base/text.h"

#include <regex.h>
#include <string.h>

/* The status code in a request template: {"statusCode": 200}; 0: there is none. */
static int status_in(const char *template)
{
    struct apigateway_json_slice whole, status;
    struct arena arena = { 0 };
    int64_t number = 0;

    if (template && apigateway_json_text_open(template, strlen(template), &whole) == OK &&
        apigateway_json_text_member(&whole, "statusCode", strlen("statusCode"), &status) &&
        !text_to_int64(arena_copy(&arena, status.text, status.size_bytes), &number))
        number = 0;
    arena_clear(&arena);
    return number >= 100 && number <= 599 ? (int)number : 0;
}

const char *apigateway_mock_fault(const json_t *templates, bool is_request)
{
    const char *key;
    json_t *template;

    json_object_foreach((json_t *)templates, key, template)
    {
        const char *text = json_string_value(template);

        if (text && strpbrk(text, "$#"))
            return "templates with variables or directives are not supported by lowcloud";
        if (is_request && !status_in(text))
            return "a request template of a MOCK integration must be {\"statusCode\": <number>}";
    }
    return NULL;
}

static json_t *first_of(json_t *templates)
{
    json_t *fallback = json_object_get(templates, "$default");

    return fallback ? fallback : json_object_iter_value(json_object_iter(templates));
}

/* The expression between a key's slashes as POSIX writes it: for the whole text, and \d as [0-9]. In arena. */
static const char *posix_expression(const char *key, struct arena *arena)
{
    struct buffer text = { 0 };
    const char *copy;

    buffer_add_text(&text, "^(");
    for (const char *at = key + 1; at[1]; at++) {
        if (at[0] == '\\' && at[1] == 'd' && at[2]) {
            buffer_add_text(&text, "[0-9]");
            at++;
        } else {
            buffer_add_char(&text, *at);
        }
    }
    buffer_add_text(&text, ")$");
    copy = arena_copy(arena, text.data, text.size);
    buffer_clear(&text);
    return copy;
}

/* Whether an integration response's key speaks of status: "200", or an expression between slashes. */
static bool key_fits(const char *key, int status)
{
    struct arena arena = { 0 };
    const char *text = arena_print(&arena, "%d", status);
    bool fits = text_is(key, text);
    regex_t pattern;

    if (text_begins(key, "/") && text_ends(key, "/") && strlen(key) > 2 &&
        !regcomp(&pattern, posix_expression(key, &arena), REG_EXTENDED | REG_NOSUB)) {
        fits = !regexec(&pattern, text, 0, NULL, 0);
        regfree(&pattern);
    }
    arena_clear(&arena);
    return fits;
}

static const struct apigateway_resource *response_for(const struct apigateway_resource *integration, int status)
{
    const struct apigateway_resource *fallback = NULL;
    size_t cursor = 0;
    struct map_entry *entry;

    while ((entry = map_next(&integration->responses, &cursor))) {
        const struct apigateway_resource *response = entry->value;
        const char *key = json_string_value(json_object_get(response->view, "integrationResponseKey"));

        if (key_fits(key, status))
            return response;
        if (text_is(key, "$default"))
            fallback = response;
    }
    return fallback;
}

void apigateway_mock_plan(const struct apigateway_resource *integration, struct arena *arena, struct apigateway_integration *to)
{
    const struct apigateway_resource *response;
    json_t *template;

    to->mock_status = status_in(json_string_value(first_of(json_object_get(integration->view, "requestTemplates"))));
    response = response_for(integration, to->mock_status);
    if (!response)
        return;
    template = first_of(json_object_get(response->view, "responseTemplates"));
    to->mock_body = arena_text(arena, template ? json_string_value(template) : "");
}
