#pragma once
/* The last lines of one kind, each with an id that grows by one: what is kept for those who ask later. */

#include "base/buffer.h"
#include "base/list.h"

#include <stddef.h>
#include <stdint.h>

struct ledger {
    struct list lines; /* oldest first */
    uint64_t newest;   /* id; 0: none yet */
    size_t count;
    size_t bytes;
    size_t count_max;
    size_t bytes_max;
};

void ledger_open(struct ledger *ledger, size_t count_max, size_t bytes_max);

/* Adds the line (taken; the caller has put the id newest + 1 into it, and its end), and drops the oldest ones that are too many. */
void ledger_add(struct ledger *ledger, struct buffer *line);

/* Adds the lines with an id above since to out, oldest first. */
void ledger_print(const struct ledger *ledger, uint64_t since, struct buffer *out);

void ledger_close(struct ledger *ledger);
