#pragma once
/* A DynamoDB room on a frozen clock, a fixed seed and a database in memory, asked through its operations as the wire asks. JSON is written
 * with single quotes here. */

#include "dynamodb/room.h"

#include <check.h>

/* The room of the running test. */
struct dynamodb *tables_room(void);

void tables_open(void);
void tables_close(void);

/* Opens the room on files in directory instead; and closes and opens it again. */
void tables_open_in(const char *directory);

/* Opens the room on files in a folder of its own; closes it and opens it again on them; closes it and takes the folder away. */
void tables_open_kept(void);
void tables_open_again(void);
void tables_close_kept(void);

/* The answer's JSON, members in order of name, compact, with single quotes; or "ValidationException: text" (and, behind " + ", what else
 * the error carries). Good until the next call. */
const char *tables_ask(const char *operation, const char *input);

/* The same for JSON, taken, whose quotes are its own. */
const char *tables_ask_json(const char *operation, json_t *input);

/* The same for input that is printed first. */
const char *tables_print_ask(const char *operation, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Asks and expects just that answer. */
void tables_expect(const char *operation, const char *input, const char *answer);

/* Asks and expects success. */
void tables_must(const char *operation, const char *input);

/* Ends the turn: OK when what it wrote is kept, BROKEN when it is lost. */
enum status tables_end_turn(void);

/* Moves the frozen clock. */
void tables_advance(int64_t ms);

/* A row of a table of refusals. */
struct refusal {
    const char *input;
    const char *answer;
};
