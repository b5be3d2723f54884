#pragma once
/* The one list of unit test suites is suites.list: a line there, and a function `Suite *suite_<name>(void)` in the file that mirrors the
 * source. */

#include <check.h>

#define SUITE(name) Suite *suite_##name(void);
#include "suites.list"
#undef SUITE
