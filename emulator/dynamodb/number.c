#include "dynamodb/number.h"

#include <gmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXPONENT_MAX = 125,     /* of the first digit: 9.99E+125 */
    EXPONENT_MIN = -130,    /* 1E-130 */
    EXPONENT_BOUND = 100000 /* written exponents are not read beyond this: every such number is out of range */
};

/* What is gathered while a text is read. */
struct reading {
    struct number *number;
    long point;
    long fraction_digits;
    bool is_past_dot;
    bool has_digits;
    bool is_too_precise;
};

static void read_digit(struct reading *reading, int digit)
{
    struct number *number = reading->number;

    reading->has_digits = true;
    reading->fraction_digits += reading->is_past_dot;
    if (!digit && !number->count) {
        reading->point -= reading->is_past_dot;
        return;
    }
    if (number->count < NUMBER_DIGITS)
        number->digits[number->count++] = (unsigned char)digit;
    else if (digit)
        reading->is_too_precise = true;
    reading->point += !reading->is_past_dot;
}

/* The exponent at text, without its 'e'; false when it is none, or more than 64 bits hold. */
static bool read_exponent(const char *text, const char *end, long *exponent)
{
    bool is_negative = text < end && *text == '-';
    int64_t written = 0;

    if (text < end && (*text == '-' || *text == '+'))
        text++;
    if (text == end)
        return false;
    for (; text < end; text++) {
        if (*text < '0' || *text > '9')
            return false;
        if (__builtin_mul_overflow(written, 10, &written) || __builtin_add_overflow(written, *text - '0', &written))
            return false;
    }
    *exponent = written < EXPONENT_BOUND ? (long)written : EXPONENT_BOUND;
    if (is_negative)
        *exponent = -*exponent;
    return true;
}

static bool read_text(struct reading *reading, const char *text, const char *end, long *exponent)
{
    if (text < end && (*text == '-' || *text == '+'))
        reading->number->is_negative = *text++ == '-';
    for (; text < end && *text != 'e' && *text != 'E'; text++) {
        if (*text == '.' && !reading->is_past_dot)
            reading->is_past_dot = true;
        else if (*text >= '0' && *text <= '9')
            read_digit(reading, *text - '0');
        else
            return false;
    }
    if (text < end && !read_exponent(text + 1, end, exponent))
        return false;
    return reading->has_digits;
}

/* As the service does, zero has an exponent too: "0e126" is an overflow while "0.0e126" is not, and "0e-131" an underflow. */
static enum number_fault finish_zero(struct number *number, long exponent)
{
    number->is_negative = false;
    number->point = 0;
    if (exponent > EXPONENT_MAX)
        return NUMBER_OVERFLOW;
    return exponent < EXPONENT_MIN ? NUMBER_UNDERFLOW : NUMBER_FINE;
}

enum number_fault number_parse(const char *text, size_t size_bytes, struct number *number)
{
    struct reading reading = { .number = number };
    long exponent = 0;

    *number = (struct number){ 0 };
    if (!read_text(&reading, text, text + size_bytes, &exponent))
        return NUMBER_NOT_NUMERIC;
    while (number->count && !reading.is_too_precise && !number->digits[number->count - 1])
        number->count--;
    if (!number->count)
        return finish_zero(number, exponent - reading.fraction_digits);
    if (reading.point + exponent - 1 > EXPONENT_MAX)
        return NUMBER_OVERFLOW;
    if (reading.point + exponent - 1 < EXPONENT_MIN)
        return NUMBER_UNDERFLOW;
    number->point = (int)(reading.point + exponent);
    return reading.is_too_precise ? NUMBER_TOO_PRECISE : NUMBER_FINE;
}

/* What Java's BigDecimal makes of the text: all significant digits, and the scale (the digits behind the point less the exponent). */
struct decimal {
    int64_t precision;
    int64_t scale;
    int64_t exponent;
};

static struct decimal decimal_of(const char *text, size_t size_bytes)
{
    struct decimal decimal = { 0 };
    bool is_behind_point = false;
    bool is_negative;
    size_t i = 0;

    for (; i < size_bytes && text[i] != 'e' && text[i] != 'E'; i++) {
        decimal.scale += is_behind_point;
        is_behind_point |= text[i] == '.';
        decimal.precision += text[i] > '0' || (text[i] == '0' && decimal.precision);
    }
    is_negative = i + 1 < size_bytes && text[i + 1] == '-';
    for (i++; i < size_bytes && decimal.exponent <= UINT32_MAX; i++)
        if (text[i] >= '0' && text[i] <= '9')
            decimal.exponent = decimal.exponent * 10 + (text[i] - '0');
    decimal.exponent = is_negative ? -decimal.exponent : decimal.exponent;
    decimal.scale -= decimal.exponent;
    return decimal;
}

static bool has_32_bits(int64_t number)
{
    return number >= INT32_MIN && number <= INT32_MAX;
}

/* Exponent and scale have 32 bits each; and the magnitude, precision less scale, is worked out in 32 bits, in which the largest of
 * numbers come out as the smallest. */
enum number_fault number_parse_older(const char *text, size_t size_bytes, struct number *number)
{
    enum number_fault why = number_parse(text, size_bytes, number);
    struct decimal decimal;

    if (why != NUMBER_OVERFLOW && why != NUMBER_UNDERFLOW)
        return why;
    decimal = decimal_of(text, size_bytes);
    if (!has_32_bits(decimal.exponent) || !has_32_bits(decimal.scale))
        return NUMBER_NOT_NUMERIC;
    return has_32_bits(decimal.precision - decimal.scale) ? why : NUMBER_UNDERFLOW;
}

static char *print_zeros(char *text, int count)
{
    for (int i = 0; i < count; i++)
        *text++ = '0';
    return text;
}

static char *print_digits(char *text, const struct number *number, int from, int to)
{
    for (int i = from; i < to; i++)
        *text++ = (char)('0' + number->digits[i]);
    return text;
}

size_t number_print(const struct number *number, char *text)
{
    char *end = text;

    if (number->is_negative)
        *end++ = '-';
    if (!number->count) {
        *end++ = '0';
    } else if (number->point <= 0) {
        *end++ = '0';
        *end++ = '.';
        end = print_zeros(end, -number->point);
        end = print_digits(end, number, 0, number->count);
    } else if (number->point >= number->count) {
        end = print_digits(end, number, 0, number->count);
        end = print_zeros(end, number->point - number->count);
    } else {
        end = print_digits(end, number, 0, number->point);
        *end++ = '.';
        end = print_digits(end, number, number->point, number->count);
    }
    *end = '\0';
    return (size_t)(end - text);
}

/* The pair of digits number `pair`, where the pairs are aligned to the decimal point. */
static int digit_pair(const struct number *number, int pair)
{
    int first = 2 * pair - (number->point & 1);
    int high = first >= 0 && first < number->count ? number->digits[first] : 0;
    int low = first + 1 < number->count ? number->digits[first + 1] : 0;

    return high * 10 + low;
}

size_t number_key(const struct number *number, unsigned char *key)
{
    int odd = number->point & 1;
    int pairs = (number->count + odd + 1) / 2;
    int exponent = (number->point + odd) / 2; /* base 100, from -64 to 63 */
    size_t size = 0;

    if (!number->count) {
        key[size++] = 0x80;
        return size;
    }
    key[size++] = (unsigned char)(number->is_negative ? 0x3f - exponent : 0xc0 + exponent);
    for (int i = 0; i < pairs; i++)
        key[size++] = (unsigned char)(number->is_negative ? 101 - digit_pair(number, i) : digit_pair(number, i) + 1);
    if (number->is_negative && pairs < 20)
        key[size++] = 102; /* a longer negative number is the smaller one */
    return size;
}

/* value = the digits, times ten to the power of (point - count - lowest), signed. */
static void set_integer(mpz_t value, const struct number *number, int lowest)
{
    char digits[NUMBER_DIGITS + 2];
    mpz_t power;

    *print_digits(digits, number, 0, number->count) = '\0';
    mpz_set_str(value, number->count ? digits : "0", 10);
    if (number->count) {
        mpz_init(power);
        mpz_ui_pow_ui(power, 10, (unsigned long)(number->point - number->count - lowest));
        mpz_mul(value, value, power);
        mpz_clear(power);
    }
    if (number->is_negative)
        mpz_neg(value, value);
}

static enum number_fault read_integer(const mpz_t value, int lowest, struct number *number)
{
    char text[400]; /* at most 2 + 256 + 38 digits and an exponent */
    enum number_fault fault;

    if (mpz_sizeinbase(value, 10) > sizeof text - 16)
        return NUMBER_OVERFLOW;
    mpz_get_str(text, 10, value);
    sprintf(text + strlen(text), "e%d", mpz_sgn(value) ? lowest : 0);
    fault = number_parse(text, strlen(text), number);
    return fault == NUMBER_TOO_PRECISE ? NUMBER_OVERFLOW : fault;
}

static int lowest_place(const struct number *number)
{
    return number->count ? number->point - number->count : EXPONENT_MAX;
}

enum number_fault number_add(const struct number *left, const struct number *right, bool is_difference, struct number *sum)
{
    int lowest = lowest_place(left) < lowest_place(right) ? lowest_place(left) : lowest_place(right);
    enum number_fault fault;
    mpz_t a;
    mpz_t b;

    mpz_inits(a, b, NULL);
    set_integer(a, left, lowest);
    set_integer(b, right, lowest);
    if (is_difference)
        mpz_sub(a, a, b);
    else
        mpz_add(a, a, b);
    fault = read_integer(a, lowest, sum);
    mpz_clears(a, b, NULL);
    return fault;
}

static size_t integer_digits(const char *text, size_t size_bytes)
{
    const char *dot = memchr(text, '.', size_bytes);

    return dot ? (size_t)(dot - text) : size_bytes;
}

/* Both without a sign: the longer integer part is the greater number; else the texts sort as the numbers do. */
static int compare_sizes(const char *left, size_t left_bytes, const char *right, size_t right_bytes)
{
    size_t left_digits = integer_digits(left, left_bytes);
    size_t right_digits = integer_digits(right, right_bytes);
    int order;

    if (left_digits != right_digits)
        return left_digits < right_digits ? -1 : 1;
    order = memcmp(left, right, left_bytes < right_bytes ? left_bytes : right_bytes);
    return order ? order : left_bytes < right_bytes ? -1 : left_bytes > right_bytes;
}

int number_compare_texts(const char *left, size_t left_bytes, const char *right, size_t right_bytes)
{
    bool left_negative = left_bytes && *left == '-';
    bool right_negative = right_bytes && *right == '-';

    if (left_negative != right_negative)
        return left_negative ? -1 : 1;
    if (left_negative)
        return compare_sizes(right + 1, right_bytes - 1, left + 1, left_bytes - 1);
    return compare_sizes(left, left_bytes, right, right_bytes);
}
