#pragma once
/* The Code of CreateFunction and the like members of UpdateFunctionCode: from the call to a directory. */

#include "aws/call.h"
#include "aws/shape.h"
#include "lambda/function.h"

extern const struct member deployment_code[];

/* Unpacks what `given` names (ZipFile, S3Bucket and S3Key, ImageUri). False after call_fail. *code is NULL for an image. */
bool deployment_read(struct call *call, const json_t *given, const char *function, struct code **code);
