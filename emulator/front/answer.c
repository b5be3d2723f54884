/* What holds for an answer whatever version of HTTP carries it. */

#include "front/inside.h"

#include <strings.h>

bool answer_must_wait(const struct front *front)
{
    return front->ground->database && database_is_dirty(front->ground->database);
}

int answer_status(const struct answer *answer)
{
    return answer->status >= 200 && answer->status <= 999 ? answer->status : 500;
}

bool answer_has_no_body(const struct answer *answer)
{
    return answer->status == 204 || answer->status == 304;
}

bool answer_header_is_ours(const struct header *header)
{
    return header_is(header, "Content-Length") || header_is(header, "Transfer-Encoding") || header_is(header, "Date");
}

void answer_fail(struct exchange *exchange)
{
    exchange->answer.headers = (struct header_list){ 0 };
    buffer_clear(&exchange->answer.body);
    if (exchange->spoil) {
        exchange->spoil(exchange);
        return;
    }
    exchange->answer.status = 500;
    exchange_header(exchange, "Content-Type", "application/json");
    buffer_add_text(&exchange->answer.body, "{\"__type\":\"InternalFailure\",\"message\":\"The data could not be kept.\"}");
}
