#pragma once
/* CloudWatch, as far as the clients of other services need it: the metrics that a Kinesis Client Library or an SDK publishes are checked,
 * and the last of them are kept for those who ask (/_lowcloud/metrics); nothing is computed from them.
 *
 * Its API is spoken in three forms: JSON 1.0 (served as other rooms are), Query (forms and XML) and Smithy's RPC v2 (CBOR). */

#include "aws/exchange.h"
#include "aws/ground.h"
#include "aws/service.h"
#include "base/buffer.h"

struct cloudwatch;

enum status cloudwatch_open(struct cloudwatch **room, const struct ground *ground);

/* The wire's view of it: GraniteServiceVersion20100801, JSON 1.0. */
const struct service *cloudwatch_service(const struct cloudwatch *room);

/* True when the exchange is CloudWatch's in one of the other two forms; then it is answered here. */
bool cloudwatch_serves(struct cloudwatch *room, struct exchange *exchange);

/* Adds the calls that are kept with an id above since, oldest first, as lines of JSON:
 * {"id":1,"time":"...","namespace":"...","data":[...]} */
void cloudwatch_print_metrics(const struct cloudwatch *room, uint64_t since, struct buffer *lines);

void cloudwatch_close(struct cloudwatch *room);
