#include "remote.h"

#include "base/text.h"
#include "local.h"

#include <stdio.h>
#include <string.h>

static const char *const endpoint_names[] = { "AWS_ENDPOINT_URL_KINESIS", "AWS_ENDPOINT_URL", "LOWCLOUD_ENDPOINT", NULL };
static const char *const region_names[] = { "AWS_REGION", "AWS_DEFAULT_REGION", "LOWCLOUD_REGION", NULL };
static const char *const key_names[] = { "AWS_ACCESS_KEY_ID", NULL };
static const char *const secret_names[] = { "AWS_SECRET_ACCESS_KEY", NULL };
static const char *const token_names[] = { "AWS_SESSION_TOKEN", NULL };

static void fill_from_environment(struct remote *remote)
{
    if (!remote->endpoint)
        remote->endpoint = arguments_environment(endpoint_names, "http://127.0.0.1:4566");
    if (!remote->region)
        remote->region = arguments_environment(region_names, "us-east-1");
    remote->key = arguments_environment(key_names, NULL);
    remote->secret = arguments_environment(secret_names, NULL);
    remote->session_token = arguments_environment(token_names, NULL);
    if (text_is(remote->endpoint, "aws")) {
        snprintf(remote->aws_endpoint, sizeof remote->aws_endpoint, "https://kinesis.%.40s.amazonaws.com%s", remote->region,
                 text_begins(remote->region, "cn-") ? ".cn" : "");
        remote->endpoint = remote->aws_endpoint;
    }
    remote->ca_file = local_trust(remote->endpoint, remote->ca_file, remote->local_ca_file);
    if (local_is_here(remote->endpoint) && (!remote->key || !remote->secret)) {
        remote->key = remote->secret = "test"; /* signed as every SDK would, by nobody in particular */
        remote->session_token = NULL;
    }
}

enum arguments_outcome remote_settle_kinesis(struct remote *remote, char problem[256])
{
    *problem = '\0';
    fill_from_environment(remote);
    if (!text_begins(remote->endpoint, "http://") && !text_begins(remote->endpoint, "https://"))
        snprintf(problem, 256, "--endpoint %.100s: begins with neither http:// nor https://", remote->endpoint);
    else if (!remote->key || !remote->secret)
        snprintf(problem, 256,
                 "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for an endpoint that is not on this machine");
    else if (strlen(remote->session_token ? remote->session_token : "") > 2000)
        snprintf(problem, 256, "AWS_SESSION_TOKEN is longer than 2000 characters");
    return *problem ? ARGUMENTS_WRONG : ARGUMENTS_OK;
}

void remote_call_kinesis(const struct remote *remote, struct courier *courier, const char *target, const char *body, size_t size_bytes,
                         int64_t timeout_ms, void (*answered)(const struct courier_answer *answer, void *context), void *context)
{
    const char *const headers[] = { "Content-Type: application/x-amz-json-1.1", target, NULL };
    char url[1024];
    size_t length = strlen(remote->endpoint);

    while (length && remote->endpoint[length - 1] == '/')
        length--;
    snprintf(url, sizeof url, "%.*s/", (int)length, remote->endpoint);
    courier_send(courier, &(struct courier_request){
                              .url = url,
                              .body = body,
                              .size_bytes = size_bytes,
                              .headers = headers,
                              .signature = &(struct courier_signature){ .region = remote->region,
                                                                        .service = "kinesis",
                                                                        .key = remote->key,
                                                                        .secret = remote->secret,
                                                                        .session_token = remote->session_token },
                              .ca_file = remote->ca_file,
                              .timeout_ms = timeout_ms,
                              .answered = answered,
                              .context = context,
                          });
}
