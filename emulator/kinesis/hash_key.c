#include "kinesis/hash_key.h"

#include "base/md5.h"

#include <string.h>

hash_key hash_key_of(const char *partition_key, size_t size_bytes)
{
    unsigned char digest[MD5_SIZE];
    hash_key key = 0;

    md5(partition_key, size_bytes, digest);
    for (int i = 0; i < MD5_SIZE; i++)
        key = key << 8 | digest[i];
    return key;
}

enum status hash_key_parse(const char *text, hash_key *key)
{
    const hash_key most = ~(hash_key)0;

    *key = 0;
    if (!*text || (text[0] == '0' && text[1]))
        return INVALID;
    for (; *text; text++) {
        unsigned digit = (unsigned)(*text - '0');

        if (digit > 9 || *key > (most - digit) / 10)
            return INVALID;
        *key = *key * 10 + digit;
    }
    return OK;
}

void hash_key_print(hash_key key, char text[HASH_KEY_SIZE])
{
    char reversed[HASH_KEY_SIZE];
    size_t length = 0;

    do {
        reversed[length++] = (char)('0' + (int)(key % 10));
        key /= 10;
    } while (key);
    for (size_t i = 0; i < length; i++)
        text[i] = reversed[length - 1 - i];
    text[length] = '\0';
}

/* 2^128 / count without 2^128, which does not fit. */
static hash_key step_of(unsigned count)
{
    const hash_key most = ~(hash_key)0;

    return most / count + (most % count == count - 1 ? 1 : 0);
}

hash_key hash_key_range_start(unsigned index, unsigned count)
{
    return step_of(count) * index;
}
