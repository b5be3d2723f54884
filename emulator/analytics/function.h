#pragma once
/* The functions that code may call, each with the types that it takes and gives, and the sqlite function that computes it. Those of sqlite
 * are used where they mean the same; the others ("sql_...") are ours, in compute.h. */

#include "analytics/syntax.h"

enum function_result {
    RESULT_FIRST,  /* the first argument's type */
    RESULT_COMMON, /* the type that all arguments fit into */
    RESULT_TYPE    /* `type` */
};

struct sql_function {
    const char *name;
    /* A letter each: N number, C text, T date or timestamp, H time, A any; '?' before the first optional one; '*': more. */
    const char *arguments;
    enum function_result result;
    enum sql_kind type;
    const char *sqlite; /* what computes it; NULL: the translator has a form of its own */
};

/* The function called name, or NULL. */
const struct sql_function *sql_function_find(const char *name);
