/* Intrinsic functions that make texts and lists of others. */

#include "deploy/intrinsics.h"

#include "base/base64.h"
#include "base/buffer.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static const struct node *text_result(struct scope *scope, struct buffer *text, const struct node *at, const struct path *path)
{
    const struct node *value = NULL;

    if (scope_spend(scope, 1, text->size, at, path))
        value = node_text(scope->arena, at, arena_copy(scope->arena, text->data ? text->data : "", text->size));
    buffer_clear(text);
    return value;
}

/* Element index, evaluated, which must be a list. */
static const struct node *list_element(struct scope *scope, const struct node *argument, size_t index, const struct path *path)
{
    const struct node *list = intrinsic_element(scope, argument, index, path);

    if (!list || list->kind == NODE_LIST)
        return list;
    remarks_fail(scope->remarks, list->line, path, "%s needs a list here, not %s", path->key, node_kind_name(list));
    return NULL;
}

static bool join(struct scope *scope, const char *separator, const struct node *list, const struct path *path, struct buffer *text)
{
    for (size_t i = 0; i < list->count; i++) {
        struct path place = { .parent = path, .index = i };
        const char *part = intrinsic_text_of(scope, list->fields[i].value, &place);

        if (!part || !scope_spend(scope, 0, strlen(part) + strlen(separator), list, path))
            return false;
        if (i)
            buffer_add_text(text, separator);
        buffer_add_text(text, part);
    }
    return true;
}

const struct node *intrinsic_join(struct scope *scope, const struct node *argument, const struct path *path)
{
    struct buffer text = { 0 };
    const char *separator;
    const struct node *list;

    if (!intrinsic_expects(scope, argument, 2, 2, "[separator, [values]]", path))
        return NULL;
    separator = intrinsic_text_of(scope, intrinsic_element(scope, argument, 0, path), path);
    list = separator ? list_element(scope, argument, 1, path) : NULL;
    if (list && join(scope, separator, list, path, &text))
        return text_result(scope, &text, argument, path);
    buffer_clear(&text);
    return NULL;
}

static const struct node *split(struct scope *scope, const char *separator, const char *text, const struct node *at,
                                const struct path *path)
{
    struct node *list = node_new(scope->arena, NODE_LIST, at);
    const char *end;

    if (!scope_spend(scope, 0, strlen(text), at, path))
        return NULL;
    do {
        end = strstr(text, separator);
        if (!scope_spend(scope, 1, 0, at, path))
            return NULL;
        node_add(scope->arena, list,
                 node_text(scope->arena, at, arena_copy(scope->arena, text, end ? (size_t)(end - text) : strlen(text))));
        text = end ? end + strlen(separator) : NULL;
    } while (end);
    return list;
}

const struct node *intrinsic_split(struct scope *scope, const struct node *argument, const struct path *path)
{
    const char *separator;
    const char *text;

    if (!intrinsic_expects(scope, argument, 2, 2, "[separator, text]", path))
        return NULL;
    separator = intrinsic_text_of(scope, intrinsic_element(scope, argument, 0, path), path);
    text = separator ? intrinsic_text_of(scope, intrinsic_element(scope, argument, 1, path), path) : NULL;
    if (!text)
        return NULL;
    if (*separator)
        return split(scope, separator, text, argument, path);
    remarks_fail(scope->remarks, argument->line, path, "Fn::Split needs a separator that is not empty");
    return NULL;
}

const struct node *intrinsic_select(struct scope *scope, const struct node *argument, const struct path *path)
{
    const char *text;
    const struct node *list;
    int64_t index;

    if (!intrinsic_expects(scope, argument, 2, 2, "[index, [values]]", path))
        return NULL;
    text = intrinsic_text_of(scope, intrinsic_element(scope, argument, 0, path), path);
    list = text ? list_element(scope, argument, 1, path) : NULL;
    if (!list)
        return NULL;
    if (text_to_int64(text, &index) && index >= 0 && (size_t)index < list->count)
        return list->fields[index].value;
    remarks_fail(scope->remarks, argument->line, path, "Fn::Select cannot select nonexistent value at index %s of a list of %zu", text,
                 list->count);
    return NULL;
}

const struct node *intrinsic_base64(struct scope *scope, const struct node *argument, const struct path *path)
{
    const char *text = scope_evaluate_text(scope, argument, path);
    size_t size = text ? strlen(text) : 0;
    char *encoded;

    if (!text || !scope_spend(scope, 1, base64_encoded_size(size), argument, path))
        return NULL;
    encoded = arena_take(scope->arena, base64_encoded_size(size) + 1);
    base64_encode(text, size, encoded);
    return node_text(scope->arena, argument, encoded);
}

/* Every region has the zones a, b and c here. */
const struct node *intrinsic_get_azs(struct scope *scope, const struct node *argument, const struct path *path)
{
    const char *region = scope_evaluate_text(scope, argument, path);
    struct node *list = node_new(scope->arena, NODE_LIST, argument);

    if (!region || !scope_spend(scope, 3, 3 * strlen(region), argument, path))
        return NULL;
    for (char zone = 'a'; zone <= 'c'; zone++)
        node_add(scope->arena, list,
                 node_text(scope->arena, argument, arena_print(scope->arena, "%s%c", *region ? region : scope->region, zone)));
    return list;
}

/* ---- Fn::Cidr ---- */

/* Reads "10.0.0.0/16". */
static bool read_block(const char *text, uint32_t *address, int64_t *mask_bits)
{
    const char *slash = strchr(text, '/');
    char host[INET_ADDRSTRLEN];
    struct in_addr parsed;

    if (!slash || (size_t)(slash - text) >= sizeof host || !text_to_int64(slash + 1, mask_bits) || *mask_bits < 0 || *mask_bits > 32)
        return false;
    memcpy(host, text, (size_t)(slash - text));
    host[slash - text] = '\0';
    if (inet_pton(AF_INET, host, &parsed) != 1)
        return false;
    *address = *mask_bits ? ntohl(parsed.s_addr) & (uint32_t)(0xffffffffu << (32 - *mask_bits)) : 0;
    return true;
}

static const struct node *cut_block(struct scope *scope, uint32_t address, int64_t count, int64_t bits, const struct node *at)
{
    struct node *list = node_new(scope->arena, NODE_LIST, at);

    for (int64_t i = 0; i < count; i++) {
        struct in_addr place = { .s_addr = htonl((uint32_t)(address + ((uint64_t)i << bits))) };
        char text[INET_ADDRSTRLEN];

        inet_ntop(AF_INET, &place, text, sizeof text);
        node_add(scope->arena, list, node_text(scope->arena, at, arena_print(scope->arena, "%s/%d", text, (int)(32 - bits))));
    }
    return list;
}

/* [block, count, host bits]: count blocks of 2^bits addresses; IPv4 alone. */
const struct node *intrinsic_cidr(struct scope *scope, const struct node *argument, const struct path *path)
{
    const char *texts[3] = { NULL, NULL, "8" };
    uint32_t address;
    int64_t mask_bits;
    int64_t count;
    int64_t bits;

    if (!intrinsic_expects(scope, argument, 2, 3, "[block, count, host bits]", path))
        return NULL;
    for (size_t i = 0; i < argument->count; i++)
        if (!(texts[i] = intrinsic_text_of(scope, intrinsic_element(scope, argument, i, path), path)))
            return NULL;
    if (read_block(texts[0], &address, &mask_bits) && text_to_int64(texts[1], &count) && count >= 1 && count <= 256 &&
        text_to_int64(texts[2], &bits) && bits >= 0 && bits < 32 && mask_bits + bits <= 32 &&
        ((uint64_t)count << bits) <= ((uint64_t)1 << (32 - mask_bits)))
        return scope_spend(scope, (size_t)count, 0, argument, path) ? cut_block(scope, address, count, bits, argument) : NULL;
    remarks_fail(scope->remarks, argument->line, path, "Fn::Cidr cannot cut %s into %s blocks of %s host bits (IPv4 only)", texts[0],
                 texts[1], texts[2]);
    return NULL;
}

/* ---- AWS::LanguageExtensions ---- */

const struct node *intrinsic_length(struct scope *scope, const struct node *argument, const struct path *path)
{
    const struct node *list = scope_evaluate(scope, argument, path);
    struct node *length;

    if (!list)
        return NULL;
    if (list->kind != NODE_LIST) {
        remarks_fail(scope->remarks, argument->line, path, "Fn::Length needs a list, not %s", node_kind_name(list));
        return NULL;
    }
    length = node_new(scope->arena, NODE_NUMBER, argument);
    length->text = arena_print(scope->arena, "%zu", list->count);
    return length;
}

const struct node *intrinsic_to_json_string(struct scope *scope, const struct node *argument, const struct path *path)
{
    const struct node *value = scope_evaluate(scope, argument, path);
    struct buffer text = { 0 };
    json_t *json;
    char *dump;

    if (!value)
        return NULL;
    json = node_to_json(value);
    dump = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(json);
    buffer_add_text(&text, dump ? dump : "null");
    free(dump);
    return text_result(scope, &text, argument, path);
}
