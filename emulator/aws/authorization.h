#pragma once
/* What a request says of its sender: the SigV4 parts of its Authorization header or query. Signatures are not verified, only their form,
 * and only as far as AWS's own refusals of the form go. */

#include "aws/error.h"
#include "aws/exchange.h"

struct authorization {
    const char *access_key; /* NULL: unsigned */
    const char *region;     /* of the credential scope */
    const char *service;    /* of the credential scope: "dynamodb" */
};

/* Reads the request's authorization into arena. ERR_NONE, or the error that AWS answers, with its text in *message. Neither header nor
 * query: MISSING_AUTHENTICATION_TOKEN; both: INVALID_SIGNATURE; parts missing: INCOMPLETE_SIGNATURE, one sentence per missing part (facts:
 * Kinesis, 2). */
enum error_id authorization_read(const struct request *request, struct arena *arena, struct authorization *authorization,
                                 const char **message);

/* The same for services that take any Authorization header for a signature, and miss its parts; to others one that does not begin as a
 * signature is none. */
enum error_id authorization_read_any(const struct request *request, struct arena *arena, struct authorization *authorization,
                                     const char **message);
