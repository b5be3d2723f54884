#pragma once
/* The platform's own lines in a function's log, as CloudWatch would show them: INIT_START, INIT_REPORT, START, END and REPORT, with what
 * was measured on the way. */

#include "lambda/environment.h"

/* "INIT_START Runtime Version: python:3.12": managed runtimes alone have it. */
void environment_report_init(struct environment *environment);

/* An init that failed with an error, "Runtime.ExitError" for one; and one that was over its time. */
void environment_report_init_error(struct environment *environment, const char *error_type);
void environment_report_init_timeout(struct environment *environment);

/* The line that opens the invocation at hand. */
void environment_report_start(struct environment *environment);

/* The lines that end it; status is their tail: "", "Status: timeout" or "Status: error\tError Type: ..." */
void environment_report_end(struct environment *environment, const char *status);
