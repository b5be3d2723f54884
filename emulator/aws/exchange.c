#include "aws/exchange.h"

#include "base/text.h"

#include <string.h>

const char *header_find(const struct header_list *list, const char *name, size_t name_size)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct header *header = &list->items[i];

        /* The lengths or the first letters differ mostly, and a bit of case does not matter to this first look. */
        if (header->name_size == name_size && ((header->name[0] ^ name[0]) & ~0x20) == 0 && !strcasecmp(header->name, name))
            return header->value;
    }
    return NULL;
}

const char *request_parameter(const struct request *request, struct arena *arena, const char *name)
{
    const char *at = request->query;

    while (*at) {
        size_t length = strcspn(at, "&");
        size_t name_length = strcspn(at, "=&");
        const char *found = text_url_decode(arena, at, name_length, true);

        if (!strcmp(found, name))
            return name_length < length ? text_url_decode(arena, at + name_length + 1, length - name_length - 1, true) : "";
        at += length + (at[length] == '&');
    }
    return NULL;
}

void header_add(struct header_list *list, struct arena *arena, const char *name, const char *value)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 16;
        struct header *items = arena_take(arena, capacity * sizeof *items);

        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = (struct header){ name, value, strlen(name) };
}

void exchange_header(struct exchange *exchange, const char *name, const char *value)
{
    header_add(&exchange->answer.headers, &exchange->arena, name, arena_text(&exchange->arena, value));
}

void exchange_reply(struct exchange *exchange, int status, const char *content_type, const char *body)
{
    exchange->answer.status = status;
    exchange_header(exchange, "Content-Type", content_type);
    buffer_add_text(&exchange->answer.body, body);
    exchange_send(exchange);
}

void exchange_send(struct exchange *exchange)
{
    exchange->left = NULL;
    exchange->drained = NULL;
    exchange->send(exchange);
}

void exchange_begin(struct exchange *exchange)
{
    exchange->is_flowing = true;
    exchange->flow(exchange);
}

void exchange_flow(struct exchange *exchange)
{
    exchange->flow(exchange);
}

size_t exchange_waiting(const struct exchange *exchange)
{
    return exchange->answer.body.size + exchange->untaken_bytes;
}

void exchange_end(struct exchange *exchange)
{
    exchange_send(exchange);
}

void exchange_leave(struct exchange *exchange)
{
    void (*left)(struct exchange *, void *) = exchange->left;

    exchange->left = NULL;
    if (left)
        left(exchange, exchange->context);
}
