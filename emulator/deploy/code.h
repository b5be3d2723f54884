#pragma once
/* Where a function's code is: a folder beside the template (watched: a saved file is live at the next invocation), a deployment package, or
 * a few lines in the template itself. */

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum { CODE_PACKAGE_BYTES_MAX = 50 * 1000 * 1000 /* Lambda's bound of a direct upload */ };

enum code_kind { CODE_ABSENT, CODE_FOLDER, CODE_PACKAGE };

/* What stands at `location`, looked for from folder; `path` (in arena) gets the whole path. */
enum code_kind deploy_code_find(const char *folder, const char *location, struct arena *arena, const char **path);

/* The file or folder that stands for an object of S3, for there is none here: what is called like the key in a folder called like the
 * bucket beside the template, or beside the template, or what is called like the last part of the key there (as tools leave what they would
 * upload). The path in arena; NULL when there is none. */
const char *deploy_code_object(const char *folder, const char *bucket, const char *key, struct arena *arena);

/* Where the handler's file should be but is not: "connect.py" in arena. NULL when it is there, or when the runtime has no such file. */
const char *deploy_code_missing_file(const char *folder, const char *runtime, const char *handler, struct arena *arena);

/* The name that the service gives the file of inline code ("index.py"), or NULL for a runtime that takes none. */
const char *deploy_code_inline_name(const char *runtime);

/* Writes text to parent/name/file; `folder` (in arena) gets parent/name. False, with errno, when it cannot be written. */
bool deploy_code_write_inline(const char *parent, const char *name, const char *file, const char *text, struct arena *arena,
                              const char **folder);

/* The package's bytes as base64, to be freed; NULL, with errno, when it cannot be read or is too large (EFBIG). */
char *deploy_code_read_package(const char *path);
