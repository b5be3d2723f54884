#pragma once
/* A template file as a tree of nodes that know their places. JSON is read strictly; everything else is YAML, with CloudFormation's short
 * tags (!Ref X is { Ref: X }, !Sub is { Fn::Sub: ... }) and the scalars as CloudFormation reads them: true, yes and on are booleans, 5 and
 * 1.5 are numbers, dates and numbers with leading zeros stay texts, and whatever stands in quotes is a text.
 *
 * What a document may be is bounded: 1 MB (CloudFormation's own bound), 100 levels, and 200,000 values once its aliases are unfolded. A key
 * that stands twice in a map is an error. */

#include "deploy/node.h"
#include "deploy/remarks.h"

enum { DOCUMENT_BYTES_MAX = 1000 * 1000, DOCUMENT_DEPTH_MAX = 100, DOCUMENT_VALUES_MAX = 200 * 1000 };

/* Reads the file at remarks->file. NULL after an error, which remarks holds. The tree lives in remarks->arena. */
const struct node *document_read(struct remarks *remarks);

/* Reads bytes that came from a file called remarks->file. */
const struct node *document_parse(const char *bytes, size_t size_bytes, struct remarks *remarks);

/* inside: the two readers, and the checks that they share */
const struct node *document_parse_json(const char *bytes, size_t size_bytes, struct remarks *remarks);
const struct node *document_parse_yaml(const char *bytes, size_t size_bytes, struct remarks *remarks);

/* Sets kind and text of a plain scalar by what it looks like. */
void document_type_plain(struct node *node, const char *text);

/* False, with an error, when map holds key already. keys: those of this map, to find them fast. */
struct map;
bool document_check_key(struct map *keys, const char *key, int line, struct remarks *remarks);
