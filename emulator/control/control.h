#pragma once
/* /_lowcloud/...: lowcloud's own questions and levers: health, the trace, the clock. */

#include "aws/exchange.h"
#include "aws/ground.h"

struct control;

struct control *control_open(const struct ground *ground);

/* True when the exchange's path begins with /_lowcloud; then it is answered here, now or later. */
bool control_serves(struct control *control, struct exchange *exchange);

void control_close(struct control *control);
