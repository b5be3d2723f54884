#pragma once
/* The code of a Lambda function as templates give it: a folder, a package, text in the template, an object in S3 that stands beside the
 * template. A folder is used where it is; all else is handed to CreateFunction. */

#include "deploy/deployment.h"

/* Finds out which form the code of properties has, and makes the function, or gives the one that exists its code. configuration (taken) is
 * CreateFunction's input without code. False after an error. */
bool function_code_deploy(struct deployment *deployment, struct resource *resource, json_t *configuration, const struct node *properties);
