#pragma once
/* MD5, which places partition keys: Kinesis by its definition, DynamoDB's Scan by what was found out about it. It protects nothing. */

#include <stddef.h>

enum { MD5_SIZE = 16 };

void md5(const void *bytes, size_t size_bytes, unsigned char digest[MD5_SIZE]);
