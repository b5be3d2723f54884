#pragma once
/* The configuration of a function as its author gives it: what may be given, what is filled in, what is refused. */

#include "aws/call.h"
#include "aws/shape.h"

/* Members that CreateFunction and UpdateFunctionConfiguration share. */
extern const struct member configuration_environment[];
extern const struct member configuration_vpc[];
extern const struct member configuration_dead_letter[];
extern const struct member configuration_tracing[];
extern const struct member configuration_storage[];
extern const struct member configuration_logging[];
extern const struct member configuration_snap_start[];
extern const struct member configuration_text[];
extern const struct member configuration_file_system[];
extern const struct member configuration_architecture[];
extern const char *const configuration_package_types[];

#define CONFIGURATION_MEMBERS                                                                                                       \
    { "Role", STRING }, { "Handler", STRING, .max = 128 }, { "Description", STRING, .max = 256 }, { "Timeout", INTEGER, .min = 1 }, \
        { "MemorySize", INTEGER, .min = 128, .max = 10240 }, { "VpcConfig", STRUCTURE, .members = configuration_vpc },              \
        { "Environment", STRUCTURE, .members = configuration_environment }, { "Runtime", STRING },                                  \
        { "DeadLetterConfig", STRUCTURE, .members = configuration_dead_letter }, { "KMSKeyArn", STRING },                           \
        { "TracingConfig", STRUCTURE, .members = configuration_tracing }, { "Layers", LIST, .members = configuration_text },        \
        { "FileSystemConfigs", LIST, .max = 1, .members = configuration_file_system },                                              \
        { "EphemeralStorage", STRUCTURE, .members = configuration_storage },                                                        \
        { "SnapStart", STRUCTURE, .members = configuration_snap_start },                                                            \
    {                                                                                                                               \
        "LoggingConfig", STRUCTURE, .members = configuration_logging                                                                \
    }

/* A stored configuration (owned by the caller) for a new function called name: the members of input, defaults for the rest. */
json_t *configuration_new(const char *name, const json_t *input);

/* A copy of configuration with the members of input in their places. */
json_t *configuration_changed(const json_t *configuration, const json_t *input);

/* Why this configuration is refused, in AWS's words (in arena), or NULL. `id` gets the error. */
const char *configuration_fault(const json_t *configuration, struct arena *arena, enum error_id *id);
