#pragma once
/* MOCK integrations: no function, a fixed answer. The request template gives a status code ({"statusCode": 200}), the integration response
 * that fits it gives the body. Templates are taken literally; one that would have to be evaluated is refused when it is made. */

#include "apigateway/plan.h"

struct apigateway_resource;

/* Why the templates (key -> text; NULL: none) cannot be taken literally; NULL: they can. For requests they must hold a statusCode too. */
const char *apigateway_mock_fault(const json_t *templates, bool is_request);

/* Fills the mock members of `to` from an integration's resource. */
void apigateway_mock_plan(const struct apigateway_resource *integration, struct arena *arena, struct apigateway_integration *to);
