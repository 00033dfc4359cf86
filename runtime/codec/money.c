#include "codec/money.h"

#include <string.h>

#include "base/mem.h"
#include "codec/json_number.h"

__extension__ typedef unsigned __int128 wide; /* pedantic: not ISO C */

enum { MOST_DIGITS = 38 }; /* 10^38 < 2^127 */

static enum sc_code too_large(struct sc_error *err)
{
    return sc_fail(err, SC_INVALID, "an amount of more than %d digits", MOST_DIGITS);
}

/* 10^n, n <= 38 */
static sc_int128 power_of_ten(int n)
{
    sc_int128 power = 1;

    while (n-- > 0)
        power *= 10;
    return power;
}

/* Shifts units to a larger scale; false when it does not fit. */
static bool widen(sc_int128 units, int by, sc_int128 *ret_units)
{
    if (units == 0) {
        *ret_units = 0;
        return true;
    }
    return by <= MOST_DIGITS &&
           !__builtin_mul_overflow(units, power_of_ten(by), ret_units);
}

bool sc_rounding_of_word(const char *word, enum sc_rounding *ret_rounding)
{
    static const char *const words[] = { "half_even", "half_up", "up", "down" };

    for (int i = 0; i < 4; i++) {
        if (strcmp(words[i], word) == 0) {
            *ret_rounding = (enum sc_rounding)i;
            return true;
        }
    }
    return false;
}

/* --- text --- */

/* Reads the digits up to an exponent or the end; false when they are too many. */
static bool read_digits(const char **at, struct sc_money *amount)
{
    const char *point = NULL;

    for (; **at && (**at | 0x20) != 'e'; (*at)++) {
        if (**at == '.') {
            point = *at;
            continue;
        }
        if (__builtin_mul_overflow(amount->units, 10, &amount->units) ||
                __builtin_add_overflow(amount->units, **at - '0', &amount->units))
            return false;
    }
    amount->scale = point ? (int)(*at - point - 1) : 0;
    return true;
}

enum sc_code sc_money_parse(
        const char *text, struct sc_money *ret_amount, struct sc_error *err)
{
    struct sc_money amount = { 0 };
    bool negative = *text == '-';
    const char *at = text + negative;
    int64_t scale;

    if (!sc_decimal_valid(text, strlen(text)))
        return sc_fail(err, SC_INVALID, "'%.60s' is not a number", text);
    if (!read_digits(&at, &amount))
        return too_large(err);
    scale = amount.scale - (*at ? sc_decimal_exponent(at + 1) : 0);
    if (scale < 0) {
        if (scale < -MOST_DIGITS || !widen(amount.units, (int)-scale, &amount.units))
            return too_large(err);
        scale = 0;
    }
    if (scale > SC_MONEY_SCALE)
        return sc_fail(err, SC_INVALID, "'%.60s' has more than %d decimals", text,
                SC_MONEY_SCALE);
    amount.scale = (int)scale;
    amount.units = negative ? -amount.units : amount.units;
    *ret_amount = amount;
    return SC_OK;
}

void sc_money_format(const struct sc_money *amount, char ret_text[SC_MONEY_TEXT])
{
    char digits[SC_MONEY_TEXT]; /* from the right */
    wide rest = (wide)amount->units;
    int n = 0;

    if (amount->units < 0)
        rest = 0 - rest;
    for (; rest > 0 || n <= amount->scale; rest /= 10)
        digits[n++] = (char)('0' + (int)(rest % 10));
    if (amount->units < 0)
        *ret_text++ = '-';
    while (n-- > 0) {
        *ret_text++ = digits[n];
        if (n > 0 && n == amount->scale)
            *ret_text++ = '.';
    }
    *ret_text = '\0';
}

/* --- arithmetic --- */

struct sc_money sc_money_of_int(int64_t value)
{
    return (struct sc_money){ .units = value };
}

/* Brings both to the larger scale. */
static bool align(const struct sc_money *a, const struct sc_money *b, struct sc_money *x,
        struct sc_money *y)
{
    int scale = a->scale > b->scale ? a->scale : b->scale;

    x->scale = y->scale = scale;
    return widen(a->units, scale - a->scale, &x->units) &&
           widen(b->units, scale - b->scale, &y->units);
}

enum sc_code sc_money_add(const struct sc_money *a, const struct sc_money *b,
        struct sc_money *ret_sum, struct sc_error *err)
{
    struct sc_money x = { 0 }, y = { 0 };

    if (!align(a, b, &x, &y) || __builtin_add_overflow(x.units, y.units, &x.units))
        return too_large(err);
    *ret_sum = x;
    return SC_OK;
}

enum sc_code sc_money_sub(const struct sc_money *a, const struct sc_money *b,
        struct sc_money *ret_difference, struct sc_error *err)
{
    struct sc_money x = { 0 }, y = { 0 };

    if (!align(a, b, &x, &y) || __builtin_sub_overflow(x.units, y.units, &x.units))
        return too_large(err);
    *ret_difference = x;
    return SC_OK;
}

/* Drops zeros at the end until the scale is at most `most`. */
static void trim(struct sc_money *amount, int most)
{
    while (amount->scale > most && amount->units % 10 == 0) {
        amount->units /= 10;
        amount->scale--;
    }
}

enum sc_code sc_money_mul(const struct sc_money *a, const struct sc_money *b,
        struct sc_money *ret_product, struct sc_error *err)
{
    struct sc_money x = *a, y = *b;

    if (__builtin_mul_overflow(x.units, y.units, &x.units)) {
        x.units = a->units; /* perhaps zeros at the ends were in the way */
        trim(&x, 0);
        trim(&y, 0);
        if (__builtin_mul_overflow(x.units, y.units, &x.units))
            return too_large(err);
    }
    x.scale += y.scale;
    trim(&x, SC_MONEY_SCALE);
    if (x.scale > SC_MONEY_SCALE)
        return sc_fail(err, SC_INVALID,
                "the product has more than %d decimals; round before", SC_MONEY_SCALE);
    *ret_product = x;
    return SC_OK;
}

static wide size_of(sc_int128 value)
{
    return value < 0 ? 0 - (wide)value : (wide)value;
}

/* n / d (d > 0) as a whole number, rounded. */
static wide divide(wide n, wide d, enum sc_rounding rounding)
{
    wide quotient = n / d, rest = n % d, gap = d - rest;
    bool up = false;

    if (rounding == SC_ROUND_UP)
        up = rest > 0;
    else if (rounding == SC_ROUND_HALF_UP)
        up = rest >= gap;
    else if (rounding == SC_ROUND_HALF_EVEN)
        up = rest > gap || (rest == gap && (quotient & 1));
    return quotient + up;
}

/* Gives a size its sign; false when it does not fit. */
static bool with_sign(wide size, bool negative, sc_int128 *ret_value)
{
    if (size >> 127)
        return false;
    *ret_value = negative ? -(sc_int128)size : (sc_int128)size;
    return true;
}

enum sc_code sc_money_div(const struct sc_money *a, const struct sc_money *b,
        struct sc_money_round round, struct sc_money *ret_quotient, struct sc_error *err)
{
    bool negative = (a->units < 0) != (b->units < 0);
    sc_int128 n = a->units, d = b->units;
    int shift = round.scale + b->scale - a->scale;

    SC_ASSERT(round.scale >= 0 && round.scale <= SC_MONEY_SCALE);
    if (d == 0)
        return sc_fail(err, SC_INVALID, "division by zero");
    if (shift >= 0 ? !widen(n, shift, &n) : !widen(d, -shift, &d))
        return too_large(err);
    if (!with_sign(divide(size_of(n), size_of(d), round.rounding), negative, &n))
        return too_large(err);
    *ret_quotient = (struct sc_money){ .units = n, .scale = round.scale };
    return SC_OK;
}

enum sc_code sc_money_round(const struct sc_money *amount, struct sc_money_round round,
        struct sc_money *ret_amount, struct sc_error *err)
{
    struct sc_money one = sc_money_of_int(1);

    return sc_money_div(amount, &one, round, ret_amount, err);
}

enum sc_code sc_money_round_step(const struct sc_money *amount,
        const struct sc_money *step, enum sc_rounding rounding,
        struct sc_money *ret_amount, struct sc_error *err)
{
    const struct sc_money_round whole = { 0, rounding };
    struct sc_money count = { 0 };
    enum sc_code code;

    if (step->units <= 0)
        return sc_fail(err, SC_INVALID, "the step to round to must be above 0");
    code = sc_money_div(amount, step, whole, &count, err);
    if (code == SC_OK)
        code = sc_money_mul(&count, step, ret_amount, err);
    return code;
}

int sc_money_compare(const struct sc_money *a, const struct sc_money *b)
{
    char x[SC_MONEY_TEXT], y[SC_MONEY_TEXT];

    if (a->scale == b->scale)
        return (a->units > b->units) - (a->units < b->units);
    sc_money_format(a, x);
    sc_money_format(b, y);
    return sc_decimal_compare(x, y);
}
