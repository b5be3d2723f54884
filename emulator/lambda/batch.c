#include "lambda/batch.h"

#include "base/text.h"

#include <jansson.h>
#include <string.h>

void batch_print_text(struct buffer *event, const char *name, const char *text)
{
    buffer_print(event, "\"%s\":", name);
    buffer_add_json_string(event, text, strlen(text));
}

size_t batch_print(struct buffer *event, const struct batch_source *source, const struct source_record *records, size_t count)
{
    size_t more_bytes = source->more ? source->more->size : 0;
    size_t i;

    buffer_add_text(event, "{\"Records\":[");
    for (i = 0; i < count; i++) {
        size_t before = event->size;

        if (i)
            buffer_add_char(event, ',');
        source->type->print(event, source, &records[i]);
        if (i && event->size + more_bytes + 3 > BATCH_EVENT_MAX_BYTES) {
            event->size = before;
            event->data[before] = '\0';
            break;
        }
    }
    buffer_add_char(event, ']');
    if (more_bytes) {
        buffer_add_char(event, ',');
        buffer_add(event, source->more->data, more_bytes);
    }
    buffer_add_char(event, '}');
    return i;
}

/* The index of the record with that sequence number; count when there is none. */
static size_t find_record(const char *sequence_number, const struct source_record *records, size_t count)
{
    size_t i = 0;

    while (i < count && !text_is(records[i].sequence_number, sequence_number))
        i++;
    return i;
}

static enum batch_verdict read_failures(const json_t *failures, const struct source_record *records, size_t count, size_t *failed_at)
{
    json_t *failure;
    size_t i;

    if (!failures || json_is_null(failures) || (json_is_array(failures) && !json_array_size(failures)))
        return BATCH_DONE;
    if (!json_is_array(failures))
        return BATCH_FAILED;
    *failed_at = count;
    json_array_foreach((json_t *)failures, i, failure)
    {
        const char *identifier = json_string_value(json_object_get(failure, "itemIdentifier"));
        size_t at = identifier && *identifier ? find_record(identifier, records, count) : count;

        if (at == count)
            return BATCH_FAILED;
        *failed_at = at < *failed_at ? at : *failed_at;
    }
    return *failed_at ? BATCH_PARTLY : BATCH_FAILED;
}

enum batch_verdict batch_read_report(const char *answer, size_t size_bytes, const struct source_record *records, size_t count,
                                     size_t *failed_at)
{
    json_t *report = size_bytes ? json_loadb(answer, size_bytes, JSON_DECODE_ANY, NULL) : NULL;
    enum batch_verdict verdict = BATCH_DONE;

    if (json_is_object(report))
        verdict = read_failures(json_object_get(report, "batchItemFailures"), records, count, failed_at);
    json_decref(report);
    return verdict;
}
