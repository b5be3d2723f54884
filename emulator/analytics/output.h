#pragma once
/* Where rows go: to a function, in the form of facts D2, record by record acknowledged, or to a stream. What is not acknowledged is sent
 * again, the same records with a higher retryHint, after a pause that grows; so an output keeps order and loses nothing while it runs. */

#include "analytics/engine.h"
#include "analytics/room.h"
#include "analytics/row.h"

struct application;
struct output;

/* Opens the output that a part of the configuration describes; it reads rows of relation. `drained` is told whenever all that it took has
 * been delivered. */
struct output *output_open(const struct application *application, const json_t *description, const struct sql_relation *relation,
                           void (*drained)(void *context), void *context);

/* The relation whose rows it wants. */
const struct sql_relation *output_relation(const struct output *output);

/* Takes rows (printed now) that the batch with that trace event gave. */
void output_take(struct output *output, const struct sql_rows *rows, uint64_t batch);

/* Whether something is still to be delivered. */
bool output_is_busy(const struct output *output);

/* Begins to deliver what was taken. */
void output_deliver(struct output *output);

/* Drops what is not delivered. */
void output_close(struct output *output);
