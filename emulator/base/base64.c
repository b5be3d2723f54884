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

/* The value of each character + 1; 0: not of the alphabet. */
static const unsigned char values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,  ['I'] = 9,  ['J'] = 10, ['K'] = 11,
    ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22,
    ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33,
    ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44,
    ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55,
    ['3'] = 56, ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

/* The 24 bits of four characters; INT32_MIN when one is not of the alphabet. */
static int32_t quantum(const char *text)
{
    unsigned a = values[(unsigned char)text[0]];
    unsigned b = values[(unsigned char)text[1]];
    unsigned c = values[(unsigned char)text[2]];
    unsigned d = values[(unsigned char)text[3]];

    return a && b && c && d ? (int32_t)((a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1)) : INT32_MIN;
}

/* The last four characters, with their padding; how many bytes they stand for, or -1. */
static int last_quantum(const char *text, uint32_t *bits)
{
    int padding = text[3] != '=' ? 0 : text[2] != '=' ? 1 : 2;
    char filled[4] = { text[0], text[1], padding > 1 ? 'A' : text[2], padding ? 'A' : text[3] };
    int32_t value = quantum(filled);

    *bits = (uint32_t)value;
    if (value < 0 || (padding == 1 && value & 0xff) || (padding == 2 && value & 0xffff))
        return -1;
    return 3 - padding;
}

bool base64_is_valid(const char *text, size_t length)
{
    uint32_t bits;

    if (length % 4)
        return false;
    for (; length > 4; length -= 4, text += 4)
        if (quantum(text) < 0)
            return false;
    return !length || last_quantum(text, &bits) >= 0;
}

enum status base64_decode(const char *text, size_t length, void *bytes, size_t *size_bytes)
{
    unsigned char *out = bytes;
    uint32_t bits;
    int last;

    *size_bytes = 0;
    if (length % 4)
        return INVALID;
    for (; length > 4; length -= 4, text += 4) {
        int32_t value = quantum(text);

        if (value < 0)
            return INVALID;
        *out++ = (unsigned char)(value >> 16);
        *out++ = (unsigned char)(value >> 8);
        *out++ = (unsigned char)value;
    }
    last = length ? last_quantum(text, &bits) : 0;
    if (last < 0)
        return INVALID;
    for (int i = 0; i < last; i++)
        *out++ = (unsigned char)(bits >> (16 - 8 * i));
    *size_bytes = (size_t)(out - (unsigned char *)bytes);
    return OK;
}
