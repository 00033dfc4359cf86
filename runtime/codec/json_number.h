/* codec/json_number.h - what the text of a JSON number means, without rounding.
 *
 * Purpose:   compare, test and write numbers of any length by their decimal digits; no
 *            double is involved unless one is asked for.
 * Contract:  text is a JSON number as sc_json_number gives it; exponents have at most
 *            nine digits (the reader refuses others).
 * Ownership: a decimal borrows the text.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* The value is 0.ddd * 10^point; the d are the count digits from first on (a '.' among
 * them is skipped), neither the first nor the last of them 0. Zero: count is 0. */
struct sc_decimal_view {
    const char *first;
    size_t count;
    int64_t point;
    bool negative;
};

struct sc_decimal_view sc_decimal_view(const char *text);

/* Reads what follows the 'e': "12", "+12" or "-12". */
int64_t sc_decimal_exponent(const char *text);

/* Is it a JSON number of the grammar, as long as len? */
bool sc_decimal_valid(const char *text, size_t len);

/* < 0, 0, > 0 */
int sc_decimal_compare(const char *a, const char *b);
bool sc_decimal_is_integer(const char *text);

/* false when it is not an integer or passes 64 bits. */
bool sc_decimal_int(const char *text, int64_t *ret_value);
bool sc_decimal_double(const char *text, double *ret_value);

/* Is value a whole multiple of divisor? The divisor is positive and has at most
 * SC_DECIMAL_DIVISOR digits. */
enum { SC_DECIMAL_DIVISOR = 18 };
bool sc_decimal_multiple(const char *value, const char *divisor);

/* One text for equal values: digits with a point while 1e-7 <= |value| < 1e21,
 * otherwise d.ddde+n. */
void sc_decimal_write_canonical(struct sc_buf *out, const char *text);
