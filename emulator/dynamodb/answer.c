#include "dynamodb/answer.h"

#include "dynamodb/wire.h"

#include <inttypes.h>

void answer_begin(struct answer_writer *answer, struct call *call)
{
    answer->text = &call->text;
    answer->has_members = false;
}

void answer_member(struct answer_writer *answer, const char *name)
{
    buffer_add(answer->text, answer->has_members ? ",\"" : "{\"", 2);
    buffer_add_text(answer->text, name);
    buffer_add(answer->text, "\":", 2);
    answer->has_members = true;
}

void answer_item(struct answer_writer *answer, const char *name, const struct value *item)
{
    answer_member(answer, name);
    wire_write_item(answer->text, item);
}

void answer_number(struct answer_writer *answer, const char *name, int64_t number)
{
    answer_member(answer, name);
    buffer_print(answer->text, "%" PRId64, number);
}

void answer_end(struct answer_writer *answer)
{
    if (answer->has_members)
        buffer_add_char(answer->text, '}');
}

json_t *answer_item_json(const struct value *item)
{
    struct buffer text = { 0 };
    json_t *json;

    wire_write_item(&text, item);
    json = json_loadb(text.data, text.size, JSON_ALLOW_NUL, NULL);
    buffer_clear(&text);
    return json;
}
