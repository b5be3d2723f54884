#pragma once
/* Rows as they leave an application: JSON objects or CSV lines. */

#include "analytics/relation.h"
#include "base/buffer.h"

enum row_format { ROW_JSON, ROW_CSV };

/* "JSON" or "CSV"; false for anything else. */
bool analytics_row_format(const char *text, enum row_format *format);

/* Adds the declared columns of a row: {"NAME":value,...} with the names as declared, times as "2024-05-06 07:08:09.5", NULL as null; or one
 * line of CSV, ended by a newline, fields quoted where they must be, NULL as nothing. */
void analytics_row_print(struct buffer *text, enum row_format format, const struct sql_relation *relation, const struct value *values);
