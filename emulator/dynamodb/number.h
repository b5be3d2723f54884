#pragma once
/* DynamoDB's numbers: decimals of up to 38 significant digits, from 1E-130 to 9.99...E+125, zero and their negatives; never a double.
 *
 * The picture to hold: a number is 0.d1d2d3... times ten to the power of `point`. It has two written forms: the normal text that the
 * service answers with (plain decimal, no exponent, no superfluous zero), which is unique, so equal numbers have equal texts; and a key
 * of bytes that memcmp sorts as the numbers sort. */

#include <stdbool.h>
#include <stddef.h>

enum {
    NUMBER_DIGITS = 38,
    NUMBER_TEXT_BYTES = 176, /* room for any normal text and its NUL: sign, "0.", 129 zeros, 38 digits */
    NUMBER_KEY_BYTES = 21
};

/* Why a text or a result is no number that can be kept. */
enum number_fault {
    NUMBER_FINE = 0,
    NUMBER_NOT_NUMERIC,
    NUMBER_OVERFLOW,
    NUMBER_UNDERFLOW,
    NUMBER_TOO_PRECISE /* more than 38 significant digits */
};

struct number {
    bool is_negative;
    int count; /* significant digits; 0: the number is zero */
    int point; /* where the decimal point stands, counted from before the first digit */
    unsigned char digits[NUMBER_DIGITS];
};

/* Reads size_bytes of text: sign, digits, dot, exponent, no blanks; "+3", ".5", "007" and "1e3" are numbers. */
enum number_fault number_parse(const char *text, size_t size_bytes, struct number *number);

/* The same, refused as the service's older reader does, to which a number is a Java BigDecimal: an exponent that 32 bits do not hold is not
 * numeric, and the very largest of numbers are underflows. */
enum number_fault number_parse_older(const char *text, size_t size_bytes, struct number *number);

/* Writes the normal form and a NUL into text (NUMBER_TEXT_BYTES of room); answers its length. */
size_t number_print(const struct number *number, char *text);

/* Writes the sortable form into key (NUMBER_KEY_BYTES of room); answers its size: 1 to 21 bytes. */
size_t number_key(const struct number *number, unsigned char *key);

/* The exact sum; with is_difference, left - right. Results obey the limits of number_parse; too many digits are an overflow, as the
 * service says. */
enum number_fault number_add(const struct number *left, const struct number *right, bool is_difference, struct number *sum);

/* Orders two normal texts by value: negative, zero or positive. */
int number_compare_texts(const char *left, size_t left_bytes, const char *right, size_t right_bytes);
