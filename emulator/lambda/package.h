#pragma once
/* Deployment packages: a zip archive in memory becomes a directory.
 *
 * An archive is not trusted: names that lead outside, links and devices are refused, and what it unpacks to is counted as it is written,
 * whatever its headers claim. File modes are kept, because a custom runtime's bootstrap must stay executable. */

#include "base/arena.h"
#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { PACKAGE_ZIPPED_MAX_BYTES = 52428800, PACKAGE_UNZIPPED_MAX_BYTES = 262144000, PACKAGE_FILES_MAX = 65536 };

/* Unpacks the archive into directory, which is made. INVALID: not an archive, or one that is refused; FULL: it unpacks to 262,144,000 bytes
 * or more; BROKEN: the disk failed (logged). After a failure nothing is left behind. `message` (in arena) is AWS's text for the caller. */
enum status package_unpack(const void *bytes, size_t size_bytes, const char *directory, struct arena *arena, const char **message);

/* The SHA-256 of bytes, in base64: CodeSha256. */
void package_sha256(const void *bytes, size_t size_bytes, char text[45]);

/* The same over the names, sizes and times of a directory's files: it stands for code that is never zipped. */
void package_directory_sha256(const char *directory, char text[45], int64_t *size_bytes);
