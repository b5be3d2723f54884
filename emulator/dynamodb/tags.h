#pragma once
/* The rules of tags, in AWS's words: keys of 1 to 128 and values of up to 256 characters, of letters, digits, blanks and + - = . _ : / @;
 * no key that begins with aws: */

#include "dynamodb/fault.h"

#include <jansson.h>

enum { TAGS_MAX = 50 };

/* The tags of a request: objects of Key and Value. */
bool tags_check(const json_t *tags, struct fault *fault);

/* One key. */
bool tags_check_key(const char *key, struct fault *fault);

/* How many tags a table has, with those of the request. */
bool tags_check_count(size_t count, struct fault *fault);
