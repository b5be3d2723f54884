#pragma once
/* The ids that API Gateway mints. Those of connections, requests and messages are 16 characters: eleven bytes in the URL alphabet of
 * base64, "BFHPhfCWIAMCKlQ=". Their form was read out of ids that real AWS gave (facts: API Gateway, B):
 *
 *     BFHPh f CW IAM C KlQ=
 *     |     | |  |   | `---- chance
 *     |     | |  |   `------ C in connection ids, F in request ids
 *     |     | |  `---------- the region's cell
 *     |     | `------------- chance
 *     |     `--------------- kind: one of c d e f for connections, of E F G H for requests
 *     `--------------------- a clock of tenths of seconds: ids sort by time within 1.7 years
 *
 * They come from seeded streams and the clock, so that the same run gives the same ids. */

#include "base/clock.h"
#include "base/random.h"

#include <stdbool.h>
#include <stddef.h>

enum { APIGATEWAY_IDENTIFIER_SIZE = 17 /* 16 characters and a NUL */, APIGATEWAY_API_ID_SIZE = 11 };

struct apigateway_identifier_source {
    const struct clock *clock;
    const char *cell; /* three characters */
    struct random_stream resources;
    struct random_stream connections;
    struct random_stream requests;
    struct random_stream uuids;
    struct random_stream traces;
    unsigned message_count;
};

void apigateway_identifier_open(struct apigateway_identifier_source *source, const struct random *random, const struct clock *clock,
                                const char *region);

/* An id for a connection. Two of one moment may be equal once in 2^30: who needs them different asks again. */
void apigateway_identifier_connection(struct apigateway_identifier_source *source, char id[APIGATEWAY_IDENTIFIER_SIZE]);

/* An id for a request: requestId, extendedRequestId, x-amz-apigw-id. */
void apigateway_identifier_request(struct apigateway_identifier_source *source, char id[APIGATEWAY_IDENTIFIER_SIZE]);

/* An id for a message of a connection, whose last eight characters it shares; different for any 16,384 messages in a row. */
void apigateway_identifier_message(struct apigateway_identifier_source *source, const char *connection_id,
                                   char id[APIGATEWAY_IDENTIFIER_SIZE]);

/* x-amzn-RequestId: a UUID. */
void apigateway_identifier_uuid(struct apigateway_identifier_source *source, char uuid[37]);

/* "Root=1-6731ebfc-08e1e656421db73c5d2eef31" for a request that nobody traced. */
void apigateway_identifier_trace(struct apigateway_identifier_source *source, char header[48]);

/* length lower-case letters and digits and a NUL: 10 for an API, 7 for a route or an integration, 6 for the rest. */
void apigateway_identifier_resource(struct apigateway_identifier_source *source, char *id, size_t length);

/* Whether text has the form of a connection id: sixteen characters, eleven bytes. */
bool apigateway_identifier_is_connection(const char *text);
