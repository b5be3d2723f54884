#pragma once
/* What is kept of tables outside of them has ARNs of one form: arn:aws:dynamodb:<region>:<account>:table/<table>/<kind>/<id>, where the
 * kind is "backup", "export" or "import". */

#include "aws/call.h"

struct archive_arn {
    bool is_well_formed;
    bool is_of_region;    /* of the region that lowcloud plays */
    bool is_of_account;   /* of its account */
    const char *resource; /* "table/<table>/<kind>/<id>", borrowed of the text; NULL when it is not well-formed */
};

struct archive_arn archive_arn_read(struct call *call, const char *text, const char *kind);

/* The id in a resource: what is behind the last slash. */
const char *archive_id(const char *resource);
