#include "deploy/report.h"

#include <string.h>

enum { COLUMNS_MAX = 4, WIDTH_MAX = 48 };

/* A table whose column widths are measured before anything is printed. */
struct table {
    FILE *stream;
    bool is_aligned;
    const char *kind; /* "resource": the first part of a plain line */
    int widths[COLUMNS_MAX];
    size_t columns;
};

/* Characters, not bytes: names may hold any UTF-8. */
static int width_of(const char *text)
{
    int width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void measure(struct table *table, const char *const *cells)
{
    for (size_t i = 0; i < table->columns; i++) {
        int width = width_of(cells[i]);

        if (width > WIDTH_MAX)
            width = WIDTH_MAX;
        if (width > table->widths[i])
            table->widths[i] = width;
    }
}

static void print_plain(const struct table *table, const char *const *cells)
{
    fputs(table->kind, table->stream);
    for (size_t i = 0; i < table->columns; i++)
        fprintf(table->stream, "\t%s", cells[i]);
    fputc('\n', table->stream);
}

static void print_aligned(const struct table *table, const char *const *cells)
{
    size_t last = table->columns;

    while (last && !*cells[last - 1])
        last--;
    for (size_t i = 0; i < last; i++) {
        int gap = table->widths[i] - width_of(cells[i]);

        fprintf(table->stream, "  %s%*s", cells[i], i + 1 < last && gap > 0 ? gap : 0, "");
    }
    fputc('\n', table->stream);
}

static void print(const struct table *table, const char *const *cells)
{
    if (table->is_aligned)
        print_aligned(table, cells);
    else
        print_plain(table, cells);
}

static void print_heading(const struct table *table, const char *heading)
{
    if (table->is_aligned)
        fprintf(table->stream, "%s\n", heading);
}

static void print_endpoints(struct table table, const struct deploy_endpoint *endpoints, size_t count)
{
    table.kind = "endpoint";
    table.columns = 2;
    for (size_t i = 0; i < count; i++)
        measure(&table, (const char *const[]){ endpoints[i].name, endpoints[i].address });
    if (count)
        print_heading(&table, "Endpoints");
    for (size_t i = 0; i < count; i++)
        print(&table, (const char *const[]){ endpoints[i].name, endpoints[i].address });
}

static const char *cell(const json_t *resource, const char *key)
{
    const char *text = json_string_value(json_object_get(resource, key));

    return text ? text : "";
}

/* "AWS::DynamoDB::Table" is "DynamoDB::Table" in the table: the prefix says nothing. */
static const char *short_type(const struct table *table, const char *type)
{
    return table->is_aligned && !strncmp(type, "AWS::", 5) ? type + 5 : type;
}

static void each_resource(struct table *table, json_t *resources, void (*each)(struct table *table, const char *const *cells))
{
    json_t *resource;
    size_t i;

    json_array_foreach(resources, i, resource)
    {
        each(table, (const char *const[]){ cell(resource, "logicalId"), short_type(table, cell(resource, "type")),
                                           cell(resource, "physicalId"), cell(resource, "note") });
    }
}

static void print_cells(struct table *table, const char *const *cells)
{
    print(table, cells);
}

static void print_resources(struct table table, json_t *resources)
{
    table.kind = "resource";
    table.columns = 4;
    each_resource(&table, resources, measure);
    if (json_array_size(resources))
        print_heading(&table, "Resources");
    each_resource(&table, resources, print_cells);
}

static void print_outputs(struct table table, json_t *outputs)
{
    const char *name;
    json_t *value;

    table.kind = "output";
    table.columns = 2;
    json_object_foreach(outputs, name, value)
    {
        measure(&table, (const char *const[]){ name, json_string_value(value) });
    }
    if (json_object_size(outputs))
        print_heading(&table, "Outputs");
    json_object_foreach(outputs, name, value)
    {
        print(&table, (const char *const[]){ name, json_string_value(value) });
    }
}

void deploy_report(FILE *stream, bool is_aligned, const struct deploy_result *result, const struct deploy_endpoint *endpoints,
                   size_t endpoint_count)
{
    struct table table = { .stream = stream, .is_aligned = is_aligned };

    print_endpoints(table, endpoints, endpoint_count);
    print_resources(table, result->resources);
    print_outputs(table, result->outputs);
}
