#pragma once
/* The patterns of SIMILAR TO: '%' and '_' as LIKE has them, | * + ? {m,n} ( ) [a-z] [^a-z] [[:DIGIT:]] as regular expressions do; always
 * over the whole text. A pattern is compiled to a small machine whose states are all followed at once, so no pattern and text can take more
 * than their lengths multiplied. */

#include <stdbool.h>
#include <stddef.h>

enum { SIMILAR_STEPS_MAX = 1000 }; /* of a compiled pattern */

struct similar;

/* Compiles size bytes of UTF-8; escape is a character that makes the next one stand for itself, or 0. NULL when the pattern is malformed,
 * nested too deeply or too large. */
struct similar *similar_open(const char *pattern, size_t size, int escape);

bool similar_matches(const struct similar *similar, const char *text, size_t size);

void similar_close(struct similar *similar);
