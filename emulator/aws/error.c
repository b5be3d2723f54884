#include "aws/error.h"

#define AWS_ERROR_ROW(id, name, status) { name, status },
static const struct {
    const char *name;
    int status;
} rows[ERR_COUNT] = { { "", 200 }, AWS_ERRORS(AWS_ERROR_ROW) };
#undef AWS_ERROR_ROW

const char *error_name(enum error_id id)
{
    return rows[id].name;
}

int error_status(enum error_id id)
{
    return rows[id].status;
}
