/* OpenSSL's direct function: its general interface looks the algorithm up by name at each call, which costs three times as much as the
 * digest. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/md5.h"

#include <openssl/md5.h>

void md5(const void *bytes, size_t size_bytes, unsigned char digest[MD5_SIZE])
{
    MD5(bytes, size_bytes, digest);
}
