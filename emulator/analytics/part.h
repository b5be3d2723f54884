#pragma once
/* The parts of a configuration: inputs, outputs, reference data, logging options. Each has an id "<version>.<number>", unique in its
 * application; in answers a part is described with "Description" behind the names of what it holds, and an update names what it changes
 * with "Update" behind. */

#include <jansson.h>
#include <stdint.h>

/* A kind of part: where it stands in the configuration, and how it is called. */
struct part_kind {
    const char *list;         /* "Outputs" */
    const char *id;           /* "OutputId" */
    const char *descriptions; /* "OutputDescriptions" */
    const char *updates;      /* "OutputUpdates" */
};

enum part_kind_id { PART_INPUT, PART_OUTPUT, PART_REFERENCE, PART_LOGGING, PART_KIND_COUNT };
extern const struct part_kind analytics_part_kinds[PART_KIND_COUNT];

/* Gives every part of the configuration that has no id yet one of that version. */
void part_name_all(json_t *configuration, int64_t version);

/* The list of a kind, made when it is not there; borrowed. */
json_t *part_list(json_t *configuration, enum part_kind_id kind);

/* The index of the part with that id; -1: none. */
int part_find(const json_t *configuration, enum part_kind_id kind, const char *id);

/* The descriptions of all parts of a kind; new reference. */
json_t *part_describe(const json_t *configuration, enum part_kind_id kind);

/* Merges an update ("NameUpdate", "LambdaOutputUpdate": {"ResourceARNUpdate"}, ...) into value. */
void part_merge(json_t *value, const json_t *update);
