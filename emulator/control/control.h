#pragma once
/* /_lowcloud/...: lowcloud's own questions and levers: health, the trace, the clock. */

#include "aws/exchange.h"
#include "aws/ground.h"
#include "base/buffer.h"

struct control;

struct control *control_open(const struct ground *ground);

/* A page of the world's: a listing whose entries have growing ids. `print` adds the entries with an id above since, as lines of JSON. */
struct control_listing {
    const char *path;
    void (*print)(void *context, uint64_t since, struct buffer *lines);
    void *context;
};

/* Serves GET <path>?since=<id>. At most CONTROL_LISTINGS_MAX of them. */
enum { CONTROL_LISTINGS_MAX = 4 };
void control_add_listing(struct control *control, const struct control_listing *listing);

/* True when the exchange's path begins with /_lowcloud; then it is answered here, now or later. */
bool control_serves(struct control *control, struct exchange *exchange);

void control_close(struct control *control);
