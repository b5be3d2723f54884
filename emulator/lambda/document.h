#pragma once
/* Functions and mappings as the JSON documents that the store keeps. */

#include "lambda/function.h"
#include "lambda/mapping.h"

/* Owned by the caller. */
json_t *document_of_function(const struct function *function);
json_t *document_of_mapping(const struct mapping *mapping);

/* Gives the code with that hash, with one more user; NULL: there is none. */
typedef struct code *document_code(void *context, const char *sha256);

/* Makes the function or mapping that a document speaks of, in the room. NULL or false: the document is none of ours. */
struct function *document_read_function(struct lambda *room, const char *name, const json_t *document, document_code *code, void *context);
bool document_read_mapping(struct lambda *room, const char *uuid, const json_t *document);
