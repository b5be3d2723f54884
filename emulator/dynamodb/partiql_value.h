#pragma once
/* PartiQL's literals and parameters as attribute values: 'text', 1.5, [1, 'a'], {'k': true}, <<1, 2>>, ?. A parameter stands only where a
 * whole value does: inside a collection AWS refuses it. */

#include "dynamodb/number.h"
#include "dynamodb/partiql_statement.h"

/* What the terms of one statement are read with. */
struct partiql_scope {
    const struct value *parameters;
    size_t parameter_count;
    struct fault *fault; /* and the arena */
};

/* Whether the term is a value by itself: a literal or a parameter. */
bool partiql_is_value(const struct term *term);

/* Reads the value; false, with a fault, when it is none or cannot be kept. */
bool partiql_read_value(const struct partiql_scope *scope, const struct term *term, struct value *value);

/* The item of an INSERT: {'key': value, ...}, in which each attribute may be a parameter; or one parameter that is a map. */
bool partiql_read_item(const struct partiql_scope *scope, const struct term *term, struct value *item);

/* How AWS names a term that cannot stand here: "Parameter", "VariableReference", the function's name. */
const char *partiql_term_name(const struct partiql_scope *scope, const struct term *term);
