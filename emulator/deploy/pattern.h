#pragma once
/* CloudFormation's patterns are Java's; ours are POSIX extended. \d, \w, \s and (?: are translated; what POSIX cannot say is not checked.
 */

#include <stdbool.h>

enum pattern_match { PATTERN_MATCHES, PATTERN_DIFFERS, PATTERN_UNKNOWN };

/* Whether all of text matches pattern. UNKNOWN: the pattern is beyond us. */
enum pattern_match deploy_pattern_check(const char *pattern, const char *text);
