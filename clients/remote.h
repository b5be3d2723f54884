#pragma once
/* Where a client's AWS is, and who the client is there: the options and environment variables that all clients of an AWS service share. */

#include "arguments.h"
#include "courier.h"

struct remote {
    const char *endpoint; /* NULL until settled */
    const char *region;
    const char *ca_file; /* or NULL: the machine's authorities */
    const char *key;
    const char *secret;
    const char *session_token; /* or NULL */
    char local_ca_file[4096];  /* behind ca_file, for an endpoint on this machine */
    char aws_endpoint[128];    /* behind endpoint, for `--endpoint aws` */
};

/* The rows of an option table that read a remote of Kinesis. */
/* clang-format off */
#define REMOTE_KINESIS_ROWS(remote) \
    { "--endpoint", OPTION_TEXT, &(remote)->endpoint, 0, 0, "URL", \
      "Where Kinesis is; \"aws\" for AWS itself (default:\nAWS_ENDPOINT_URL_KINESIS, AWS_ENDPOINT_URL, LOWCLOUD_ENDPOINT, " \
      "or\nhttp://127.0.0.1:4566)." }, \
    { "--region", OPTION_TEXT, &(remote)->region, 0, 0, "NAME", "AWS region (default: AWS_REGION, AWS_DEFAULT_REGION, or us-east-1)." }, \
    { "--ca", OPTION_TEXT, &(remote)->ca_file, 0, 0, "FILE", \
      "Authorities to trust for https, PEM (default: AWS_CA_BUNDLE, or the\nmachine's; on this machine the one that `lowcloud ca` " \
      "prints)." }
/* clang-format on */

/* What the help says of credentials. */
#define REMOTE_CREDENTIALS_HELP                                                                  \
    "Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; an\n" \
    "endpoint on this machine needs none."

/* Fills in from the environment what the options left open. ARGUMENTS_WRONG with one line in problem. */
enum arguments_outcome remote_settle_kinesis(struct remote *remote, char problem[256]);

/* Sends a call of Kinesis's JSON protocol: `target` is "X-Amz-Target: Kinesis_20131202.PutRecords". Everything is copied but the remote's
 * texts. */
void remote_call_kinesis(const struct remote *remote, struct courier *courier, const char *target, const char *body, size_t size_bytes,
                         int64_t timeout_ms, void (*answered)(const struct courier_answer *answer, void *context), void *context);
