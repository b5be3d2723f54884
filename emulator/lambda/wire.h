#pragma once
/* Lambda's value forms. */

#include "lambda/function.h"

/* A FunctionConfiguration (owned by the caller). qualifier: as the caller gave it; with one, FunctionArn carries it. */
json_t *wire_configuration(const struct function_version *version, const char *qualifier);

/* An AliasConfiguration (owned by the caller). */
json_t *wire_alias(const struct function *function, const struct function_alias *alias);

/* "2026-01-31T12:00:00.000+0000" in text. */
void wire_time(int64_t time_ms, char text[48]);

/* The functions' own ARN with a qualifier ("": none), owned by the caller. */
char *wire_arn(const struct function *function, const char *qualifier);
