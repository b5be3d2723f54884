#pragma once
/* What is refused of a KeySchema, of a table or an index, in AWS's order and words: false, with the fault raised. */

#include "dynamodb/fault.h"

#include <jansson.h>

/* Name and type ("HASH", "RANGE") of the element at i; "" when there is none. */
const char *key_schema_name(const json_t *schema, size_t i);
const char *key_schema_type(const json_t *schema, size_t i);

/* "[a, b]": the attributes' names of a schema or of definitions, or the texts of an array. In arena. */
const char *key_schema_print_names(const json_t *array, struct arena *arena);

/* Each attribute of an index's key has a definition. */
bool key_schema_check_defined(const json_t *schema, const json_t *definitions, struct fault *fault);

/* A table or a local index: HASH, then perhaps RANGE. */
bool key_schema_check_simple(const json_t *schema, struct fault *fault);

/* A local index: as a table's, with the table's own HASH and a RANGE. */
bool key_schema_check_local(const json_t *index, const json_t *table_schema, struct fault *fault);

/* A global index: one to four HASH parts, then up to four RANGE parts. */
bool key_schema_check_global(const json_t *schema, struct fault *fault);
