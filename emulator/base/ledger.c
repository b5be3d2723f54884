#include "base/ledger.h"

#include "base/memory.h"

#include <stdlib.h>

struct ledger_line {
    struct list link;
    uint64_t id;
    struct buffer text;
};

void ledger_open(struct ledger *ledger, size_t count_max, size_t bytes_max)
{
    *ledger = (struct ledger){ .count_max = count_max, .bytes_max = bytes_max };
    list_init(&ledger->lines);
}

static void drop_oldest(struct ledger *ledger)
{
    struct ledger_line *oldest = list_item(ledger->lines.next, struct ledger_line, link);

    list_remove(&oldest->link);
    ledger->count--;
    ledger->bytes -= oldest->text.size;
    buffer_clear(&oldest->text);
    free(oldest);
}

void ledger_add(struct ledger *ledger, struct buffer *line)
{
    struct ledger_line *added = memory_new(sizeof *added);

    added->id = ++ledger->newest;
    added->text = *line;
    *line = (struct buffer){ 0 };
    list_add(&ledger->lines, &added->link);
    ledger->count++;
    ledger->bytes += added->text.size;
    while (ledger->count > ledger->count_max || ledger->bytes > ledger->bytes_max)
        drop_oldest(ledger);
}

void ledger_print(const struct ledger *ledger, uint64_t since, struct buffer *out)
{
    list_each(link, following, &ledger->lines) {
        const struct ledger_line *line = list_item(link, struct ledger_line, link);

        if (line->id > since)
            buffer_add(out, line->text.data, line->text.size);
    }
}

void ledger_close(struct ledger *ledger)
{
    while (ledger->count)
        drop_oldest(ledger);
}
