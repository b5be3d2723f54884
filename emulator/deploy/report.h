#pragma once
/* What a deployment made, for the eyes of who started it: endpoints, resources and outputs. */

#include "deploy/deploy.h"

#include <stdbool.h>
#include <stdio.h>

struct deploy_endpoint {
    const char *name;    /* of the API and its stage */
    const char *address; /* "ws://127.0.0.1:4566/prod" */
};

/* Prints the result to stream: in aligned columns under headings, or, when not is_aligned (no terminal), one plain line per item with tabs
 * between its parts: "endpoint\tname\taddress", "resource\tlogical id\ttype\tphysical id\tnote", "output\tname\tvalue". */
void deploy_report(FILE *stream, bool is_aligned, const struct deploy_result *result, const struct deploy_endpoint *endpoints,
                   size_t endpoint_count);
