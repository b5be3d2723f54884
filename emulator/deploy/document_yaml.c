/* The YAML reader: libyaml's events become nodes. */

#include "deploy/document.h"

#include "base/map.h"
#include "base/text.h"

#include <string.h>
#include <yaml.h>

struct reader {
    yaml_parser_t parser;
    struct remarks *remarks;
    struct arena *arena;
    struct map anchors; /* name: a whole node */
};

/* The short tags of CloudFormation. Ref and Condition have no Fn:: before them. */
static const char *const short_tags[] = { "And",    "Base64", "Cidr",  "Contains",    "Equals",       "FindInMap", "ForEach",
                                          "GetAtt", "GetAZs", "If",    "ImportValue", "Join",         "Length",    "Not",
                                          "Or",     "Select", "Split", "Sub",         "ToJsonString", "Transform", NULL };

/* "Fn::Sub" for "!Sub", "Ref" for "!Ref", NULL for a tag that CloudFormation does not know. */
static const char *function_of(struct reader *reader, const char *tag)
{
    if (*tag != '!')
        return NULL;
    if (!strcmp(tag, "!Ref") || !strcmp(tag, "!Condition"))
        return tag[1] == 'R' ? "Ref" : "Condition";
    for (size_t i = 0; short_tags[i]; i++)
        if (!strcmp(short_tags[i], tag + 1))
            return arena_print(reader->arena, "Fn::%s", short_tags[i]);
    return NULL;
}

static int line_of(const yaml_mark_t *mark)
{
    return (int)mark->line + 1;
}

static struct node *node_at(struct reader *reader, enum node_kind kind, const yaml_event_t *event)
{
    struct node *node = node_new(reader->arena, kind, NULL);

    node->line = line_of(&event->start_mark);
    node->column = (int)event->start_mark.column + 1;
    return node;
}

static const struct node *fail_in_syntax(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    int line = parser->problem_mark.line ? line_of(&parser->problem_mark) : line_of(&parser->mark);

    if (parser->error == YAML_READER_ERROR)
        remarks_fail(reader->remarks, 0, NULL, "not valid YAML: %s at byte %zu; save the template as UTF-8", parser->problem,
                     parser->problem_offset);
    else
        remarks_fail(reader->remarks, line, NULL, "not valid YAML: %s%s%s", parser->context ? parser->context : "",
                     parser->context ? ", " : "", parser->problem ? parser->problem : "the document cannot be read");
    return NULL;
}

static bool next(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    fail_in_syntax(reader);
    return false;
}

static const char *core_tag(const char *tag)
{
    static const char prefix[] = "tag:yaml.org,2002:";

    return text_begins(tag, prefix) ? tag + sizeof prefix - 1 : NULL;
}

/* Whether a tag is one of YAML's own that a template may carry. */
static bool is_known_core_tag(const char *tag)
{
    static const char *const names[] = { "str", "int", "float", "bool", "null", "seq", "map", NULL };
    const char *name = core_tag(tag);

    for (size_t i = 0; name && names[i]; i++)
        if (!strcmp(names[i], name))
            return true;
    return !strcmp(tag, "!");
}

static bool check_tag(struct reader *reader, const char *tag, int line)
{
    if (!tag || is_known_core_tag(tag) || function_of(reader, tag))
        return true;
    remarks_fail(reader->remarks, line, NULL, "unknown tag %s; CloudFormation's short functions are !Ref, !GetAtt, !Sub and their like",
                 tag);
    return false;
}

/* Wraps node in the function that its tag names. */
static const struct node *wrap(struct reader *reader, const char *tag, struct node *node)
{
    const char *function = tag ? function_of(reader, tag) : NULL;

    return function ? node_call(reader->arena, node, function, node) : node;
}

/* Whether a scalar's look decides what it is: it stands plain, without a tag that says "text". */
static bool is_typed_by_look(const yaml_event_t *event, const char *tag)
{
    const char *core = tag ? core_tag(tag) : NULL;

    if (core)
        return strcmp(core, "str") != 0;
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !tag;
}

static const char *text_of(struct reader *reader, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;

    if (!memchr(value, '\0', length))
        return arena_copy(reader->arena, value, length);
    remarks_fail(reader->remarks, line_of(&event->start_mark), NULL, "a text holds the character NUL; take it out");
    return NULL;
}

static const struct node *read_scalar(struct reader *reader, const yaml_event_t *event)
{
    const char *tag = (const char *)event->data.scalar.tag;
    struct node *node = node_at(reader, NODE_TEXT, event);
    const char *text = text_of(reader, event);

    if (!text || !check_tag(reader, tag, node->line))
        return NULL;
    node->text = text;
    if (is_typed_by_look(event, tag))
        document_type_plain(node, text);
    return wrap(reader, tag, node);
}

static const struct node *read_value(struct reader *reader, const yaml_event_t *event, int depth);

/* What aliases unfold to is bounded in number and in depth, because whoever walks the tree walks all of it. */
static bool check_size(struct reader *reader, const struct node *node)
{
    if (node->weight > DOCUMENT_VALUES_MAX)
        remarks_fail(reader->remarks, node->line, NULL, "the document unfolds to more than %d values; use fewer aliases",
                     DOCUMENT_VALUES_MAX);
    else if (node->height > DOCUMENT_DEPTH_MAX)
        remarks_fail(reader->remarks, node->line, NULL, "the document is nested more than %d levels deep", DOCUMENT_DEPTH_MAX);
    return node->weight <= DOCUMENT_VALUES_MAX && node->height <= DOCUMENT_DEPTH_MAX;
}

/* Reads elements into list, up to its end event. */
static bool read_elements(struct reader *reader, struct node *list, int depth)
{
    for (;;) {
        const struct node *value;
        yaml_event_t event;
        bool is_end;

        if (!next(reader, &event))
            return false;
        is_end = event.type == YAML_SEQUENCE_END_EVENT;
        value = is_end ? NULL : read_value(reader, &event, depth);
        yaml_event_delete(&event);
        if (is_end)
            return true;
        if (!value)
            return false;
        node_add(reader->arena, list, value);
        if (!check_size(reader, list))
            return false;
    }
}

static const struct node *read_list(struct reader *reader, const yaml_event_t *event, int depth)
{
    const char *tag = arena_text(reader->arena, (const char *)event->data.sequence_start.tag);
    struct node *list = node_at(reader, NODE_LIST, event);

    if (!check_tag(reader, tag, list->line) || !read_elements(reader, list, depth))
        return NULL;
    return wrap(reader, tag, list);
}

/* The key of an entry, or NULL after an error. */
static const char *read_key(struct reader *reader, const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT && !event->data.scalar.tag)
        return text_of(reader, event);
    remarks_fail(reader->remarks, line_of(&event->start_mark), NULL, "a key must be a text");
    return NULL;
}

/* One map's reading: its entries, and what `<<` asks to be merged behind them. */
struct map_reading {
    struct node *map;
    struct map keys;
    struct node *merges; /* a list of maps, or NULL */
};

static bool add_merge(struct reader *reader, struct map_reading *reading, const struct node *value)
{
    bool is_list = value->kind == NODE_LIST;

    if (!reading->merges)
        reading->merges = node_new(reader->arena, NODE_LIST, reading->map);
    for (size_t i = 0; i < (is_list ? value->count : 1); i++) {
        const struct node *from = is_list ? value->fields[i].value : value;

        if (from->kind != NODE_MAP) {
            remarks_fail(reader->remarks, value->line, NULL, "<< merges maps, not %s", node_kind_name(from));
            return false;
        }
        node_add(reader->arena, reading->merges, from);
    }
    return true;
}

static bool add_entry(struct reader *reader, struct map_reading *reading, const char *key, int line, const struct node *value)
{
    if (!strcmp(key, "<<"))
        return add_merge(reader, reading, value);
    if (!document_check_key(&reading->keys, key, line, reader->remarks))
        return false;
    node_put(reader->arena, reading->map, key, value);
    reading->map->fields[reading->map->count - 1].line = line;
    return check_size(reader, reading->map);
}

static bool read_entry(struct reader *reader, struct map_reading *reading, const yaml_event_t *key_event, int depth)
{
    const char *key = read_key(reader, key_event);
    const struct node *value;
    yaml_event_t event;

    if (!key || !next(reader, &event))
        return false;
    value = read_value(reader, &event, depth);
    yaml_event_delete(&event);
    return value && add_entry(reader, reading, key, line_of(&key_event->start_mark), value);
}

static bool read_entries(struct reader *reader, struct map_reading *reading, int depth)
{
    for (;;) {
        yaml_event_t event;
        bool is_end;
        bool is_read;

        if (!next(reader, &event))
            return false;
        is_end = event.type == YAML_MAPPING_END_EVENT;
        is_read = is_end || read_entry(reader, reading, &event, depth);
        yaml_event_delete(&event);
        if (is_end || !is_read)
            return is_read;
    }
}

/* What is merged yields to what stands in the map, and earlier merges win over later ones. */
static bool merge(struct reader *reader, struct map_reading *reading)
{
    for (size_t i = 0; reading->merges && i < reading->merges->count; i++) {
        const struct node *from = reading->merges->fields[i].value;

        for (size_t j = 0; j < from->count; j++) {
            if (map_find(&reading->keys, from->fields[j].key))
                continue;
            map_put(&reading->keys, from->fields[j].key, reading);
            node_put(reader->arena, reading->map, from->fields[j].key, from->fields[j].value);
        }
    }
    return check_size(reader, reading->map);
}

static const struct node *read_map(struct reader *reader, const yaml_event_t *event, int depth)
{
    const char *tag = arena_text(reader->arena, (const char *)event->data.mapping_start.tag);
    struct map_reading reading = { .map = node_at(reader, NODE_MAP, event) };
    bool is_read = check_tag(reader, tag, reading.map->line) && read_entries(reader, &reading, depth) && merge(reader, &reading);

    map_clear(&reading.keys);
    return is_read ? wrap(reader, tag, reading.map) : NULL;
}

static const struct node *read_alias(struct reader *reader, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    const struct node *node = map_find(&reader->anchors, name);

    if (!node)
        remarks_fail(reader->remarks, line_of(&event->start_mark), NULL, "the alias *%s has no anchor &%s that is whole before it", name,
                     name);
    return node;
}

static const char *anchor_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return (const char *)event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return (const char *)event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return (const char *)event->data.mapping_start.anchor;
    default: /* the library's other events carry none */
        return NULL;
    }
}

static const struct node *read_fresh(struct reader *reader, const yaml_event_t *event, int depth)
{
    if (event->type == YAML_SCALAR_EVENT)
        return read_scalar(reader, event);
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return read_list(reader, event, depth);
    if (event->type == YAML_MAPPING_START_EVENT)
        return read_map(reader, event, depth);
    remarks_fail(reader->remarks, line_of(&event->start_mark), NULL, "a value is missing here");
    return NULL;
}

static const struct node *read_value(struct reader *reader, const yaml_event_t *event, int depth)
{
    const struct node *node;

    if (event->type == YAML_ALIAS_EVENT)
        return read_alias(reader, event);
    if (depth >= DOCUMENT_DEPTH_MAX) {
        remarks_fail(reader->remarks, line_of(&event->start_mark), NULL, "the document is nested more than %d levels deep",
                     DOCUMENT_DEPTH_MAX);
        return NULL;
    }
    node = read_fresh(reader, event, depth + 1);
    if (node && anchor_of(event))
        map_put(&reader->anchors, anchor_of(event), (void *)node);
    return node;
}

/* Reads on to the event of that type, past the stream's and the document's start. */
static bool skip_to_root(struct reader *reader, yaml_event_t *event)
{
    for (;;) {
        if (!next(reader, event))
            return false;
        if (event->type == YAML_STREAM_END_EVENT) {
            remarks_fail(reader->remarks, 0, NULL, "the template is empty; it needs at least a Resources section");
            yaml_event_delete(event);
            return false;
        }
        if (event->type != YAML_STREAM_START_EVENT && event->type != YAML_DOCUMENT_START_EVENT)
            return true;
        yaml_event_delete(event);
    }
}

static bool expect_end(struct reader *reader)
{
    for (;;) {
        yaml_event_t event;
        yaml_event_type_t type;
        int line;

        if (!next(reader, &event))
            return false;
        type = event.type;
        line = line_of(&event.start_mark);
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT)
            return true;
        if (type != YAML_DOCUMENT_END_EVENT) {
            remarks_fail(reader->remarks, line, NULL, "a second document begins here; a template is one document");
            return false;
        }
    }
}

static const struct node *read_document(struct reader *reader)
{
    const struct node *root;
    yaml_event_t event;

    if (!skip_to_root(reader, &event))
        return NULL;
    root = read_value(reader, &event, 0);
    yaml_event_delete(&event);
    return root && expect_end(reader) ? root : NULL;
}

const struct node *document_parse_yaml(const char *bytes, size_t size_bytes, struct remarks *remarks)
{
    struct reader reader = { .remarks = remarks, .arena = remarks->arena };
    const struct node *root;

    if (!yaml_parser_initialize(&reader.parser)) {
        remarks_fail(remarks, 0, NULL, "out of memory while reading YAML");
        return NULL;
    }
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes, size_bytes);
    root = read_document(&reader);
    yaml_parser_delete(&reader.parser);
    map_clear(&reader.anchors);
    return root;
}
