#pragma once
/* Values written in application code: numbers, texts, words such as TRUE, moments and intervals. Each function is called where its token is
 * the current one, takes it, and answers NULL when it fails. */

#include "analytics/parser.h"

struct sql_node *sql_literal_number(struct sql_parser *parser);
struct sql_node *sql_literal_text(struct sql_parser *parser);

/* TRUE, FALSE, UNKNOWN or NULL. */
struct sql_node *sql_literal_word(struct sql_parser *parser);

/* DATE '...', TIME '...', TIMESTAMP '...': begin is the word, the string is the current token. */
struct sql_node *sql_literal_moment(struct sql_parser *parser, struct sql_span begin, enum sql_kind kind);

/* INTERVAL '...' unit [TO unit]: begin is the word, the string is the current token. */
struct sql_node *sql_literal_interval(struct sql_parser *parser, struct sql_span begin);

/* A unit of time, with or without a precision; UNIT_NONE when it fails. */
enum moment_unit sql_literal_unit(struct sql_parser *parser);
