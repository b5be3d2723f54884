#pragma once
/* Answers are written straight into the call's text: "{", members, "}". */

#include "aws/call.h"
#include "dynamodb/change.h"

struct answer_writer {
    struct buffer *text;
    bool has_members;
};

void answer_begin(struct answer_writer *answer, struct call *call);

/* Begins a member; its value follows in answer->text. */
void answer_member(struct answer_writer *answer, const char *name);
void answer_item(struct answer_writer *answer, const char *name, const struct value *item);
void answer_number(struct answer_writer *answer, const char *name, int64_t number);

/* An answer without members has no text: the wire says {}. */
void answer_end(struct answer_writer *answer);

/* An item as JSON beside a service error: `Item` of ConditionalCheckFailedException. */
json_t *answer_item_json(const struct value *item);
