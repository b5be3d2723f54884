#include "base/base64.h"

#include <stdint.h>

static const char standard_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t base64_encoded_size(size_t size_bytes)
{
    return (size_bytes + 2) / 3 * 4;
}

static void encode(const unsigned char *bytes, size_t size, const char *alphabet, char *text)
{
    for (; size >= 3; size -= 3, bytes += 3) {
        *text++ = alphabet[bytes[0] >> 2];
        *text++ = alphabet[(bytes[0] & 3) << 4 | bytes[1] >> 4];
        *text++ = alphabet[(bytes[1] & 15) << 2 | bytes[2] >> 6];
        *text++ = alphabet[bytes[2] & 63];
    }
    if (size) {
        unsigned second = size == 2 ? bytes[1] : 0;

        *text++ = alphabet[bytes[0] >> 2];
        *text++ = alphabet[(bytes[0] & 3) << 4 | second >> 4];
        *text++ = size == 2 ? alphabet[(second & 15) << 2] : '=';
        *text++ = '=';
    }
    *text = '\0';
}

void base64_encode(const void *bytes, size_t size_bytes, char *text)
{
    encode(bytes, size_bytes, standard_alphabet, text);
}

void base64_encode_url(const void *bytes, size_t size_bytes, char *text)
{
    encode(bytes, size_bytes, url_alphabet, text);
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

enum status base64_decode(const char *text, size_t length, void *bytes, size_t *size_bytes)
{
    unsigned char *out = bytes;
    size_t padding = 0;
    uint32_t bits = 0;

    *size_bytes = 0;
    if (length % 4)
        return INVALID;
    while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < length - padding; i++) {
        int value = value_of(text[i]);

        if (value < 0)
            return INVALID;
        bits = bits << 6 | (uint32_t)value;
        if (i % 4 == 3) {
            *out++ = (unsigned char)(bits >> 16);
            *out++ = (unsigned char)(bits >> 8);
            *out++ = (unsigned char)bits;
        }
    }
    if (padding == 1) {
        if (bits & 3)
            return INVALID;
        *out++ = (unsigned char)(bits >> 10);
        *out++ = (unsigned char)(bits >> 2);
    } else if (padding == 2) {
        if (bits & 15)
            return INVALID;
        *out++ = (unsigned char)(bits >> 4);
    }
    *size_bytes = (size_t)(out - (unsigned char *)bytes);
    return OK;
}
