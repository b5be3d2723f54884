#pragma once
/* The one list of unit test suites: a row here, and a function `Suite *suite_<name>(void)` in the file that mirrors the source. */

#include <check.h>

#define SUITES(row) \
    row(base) row(clock) row(trace) row(track) row(vehicle) row(apigateway_identifier) row(apigateway_policy) row(apigateway_proxy_answer) row(apigateway_selection)

#define SUITE_DECLARATION(name) Suite *suite_##name(void);
SUITES(SUITE_DECLARATION)
#undef SUITE_DECLARATION
