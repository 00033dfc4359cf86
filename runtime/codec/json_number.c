#include "codec/json_number.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

__extension__ typedef unsigned __int128 wide; /* pedantic: not ISO C */

enum {
    EXPONENT_DIGITS = 9, /* beyond that a number is refused */
    CANONICAL_FROM = -6, /* of point: 0.000000ddd is still written out */
    CANONICAL_TO = 21,   /* and so are 21 digits before the point */
    FAST_DIGITS = 18     /* digits that cannot overflow an int64 */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && is_digit(text[n]))
        n++;
    return n;
}

/* Length of a good exponent at text ("e-12"), 0 otherwise. */
static size_t exponent_length(const char *text, size_t len)
{
    size_t at = 1, zeros = 0, n;

    if (at < len && (text[at] == '+' || text[at] == '-'))
        at++;
    n = count_digits(text + at, len - at);
    while (zeros < n && text[at + zeros] == '0')
        zeros++;
    return n == 0 || n - zeros > EXPONENT_DIGITS ? 0 : at + n;
}

bool sc_decimal_valid(const char *text, size_t len)
{
    size_t at = len > 0 && text[0] == '-', n = count_digits(text + at, len - at);

    if (n == 0 || (n > 1 && text[at] == '0'))
        return false;
    at += n;
    if (at < len && text[at] == '.') {
        n = count_digits(text + at + 1, len - at - 1);
        if (n == 0)
            return false;
        at += 1 + n;
    }
    if (at < len && (text[at] == 'e' || text[at] == 'E')) {
        n = exponent_length(text + at, len - at);
        if (n == 0)
            return false;
        at += n;
    }
    return at == len;
}

int64_t sc_decimal_exponent(const char *text)
{
    bool negative = *text == '-';
    int64_t value = 0;

    if (*text == '-' || *text == '+')
        text++;
    for (; is_digit(*text); text++)
        value = value * 10 + (*text - '0');
    return negative ? -value : value;
}

struct sc_decimal_view sc_decimal_view(const char *text)
{
    struct sc_decimal_view view = { .negative = *text == '-' };
    int64_t before_point = -1, seen = 0, first = 0, last = 0;

    for (text += view.negative; is_digit(*text) || *text == '.'; text++) {
        if (*text == '.') {
            before_point = seen;
            continue;
        }
        if (*text != '0') {
            last = seen;
            if (!view.first) {
                view.first = text;
                first = seen;
            }
        }
        seen++;
    }
    if (!view.first)
        return (struct sc_decimal_view){ .first = "", .count = 0 };
    view.count = (size_t)(last - first) + 1;
    view.point = (before_point < 0 ? seen : before_point) - first;
    if (*text == 'e' || *text == 'E')
        view.point += sc_decimal_exponent(text + 1);
    return view;
}

/* The next digit, past a point. */
static char take_digit(const char **at)
{
    if (**at == '.')
        (*at)++;
    return *(*at)++;
}

/* Compares |a| and |b|. */
static int compare_size(const struct sc_decimal_view *a, const struct sc_decimal_view *b)
{
    const char *at = a->first, *bt = b->first;
    size_t both = a->count < b->count ? a->count : b->count;

    if (a->count == 0 || b->count == 0)
        return (a->count > 0) - (b->count > 0);
    if (a->point != b->point)
        return a->point < b->point ? -1 : 1;
    for (size_t i = 0; i < both; i++) {
        char da = take_digit(&at), db = take_digit(&bt);

        if (da != db)
            return da < db ? -1 : 1;
    }
    return (a->count > both) - (b->count > both);
}

int sc_decimal_compare(const char *a, const char *b)
{
    struct sc_decimal_view va = sc_decimal_view(a), vb = sc_decimal_view(b);

    if (va.negative != vb.negative)
        return va.negative ? -1 : 1;
    return va.negative ? compare_size(&vb, &va) : compare_size(&va, &vb);
}

bool sc_decimal_is_integer(const char *text)
{
    struct sc_decimal_view view = sc_decimal_view(text);

    return view.count == 0 || view.point >= (int64_t)view.count;
}

/* "12", "-7": what most integers look like. */
static bool read_short_int(const char *text, int64_t *ret_value)
{
    bool negative = *text == '-';
    int64_t value = 0;
    size_t n = 0;

    for (text += negative; is_digit(*text); text++) {
        if (++n > FAST_DIGITS)
            return false;
        value = value * 10 + (*text - '0');
    }
    if (n == 0 || *text)
        return false;
    *ret_value = negative ? -value : value;
    return true;
}

bool sc_decimal_int(const char *text, int64_t *ret_value)
{
    struct sc_decimal_view view;
    const char *at;
    uint64_t size = 0, most = INT64_MAX;

    if (read_short_int(text, ret_value))
        return true;
    view = sc_decimal_view(text);
    if (view.count > 0 && (view.point < (int64_t)view.count || view.point > 19))
        return false;
    at = view.first;
    for (int64_t i = 0; view.count > 0 && i < view.point; i++) {
        uint64_t digit = i < (int64_t)view.count ? (uint64_t)(take_digit(&at) - '0') : 0;

        if (size > (UINT64_MAX - digit) / 10)
            return false;
        size = size * 10 + digit;
    }
    if (size > most + view.negative)
        return false;
    *ret_value = view.negative ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}

bool sc_decimal_double(const char *text, double *ret_value)
{
    int64_t whole;
    double value;

    if (*text != '-' && read_short_int(text, &whole)) {
        *ret_value = (double)whole;
        return true;
    }
    value = strtod(text, NULL); /* the program never leaves the C locale */
    if (!isfinite(value))
        return false;
    *ret_value = value;
    return true;
}

/* 10^power modulo m, m < 2^63 */
static uint64_t power_of_ten(uint64_t power, uint64_t m)
{
    wide base = 10 % m, result = 1 % m;

    for (; power > 0; power >>= 1) {
        if (power & 1)
            result = result * base % m;
        base = base * base % m;
    }
    return (uint64_t)result;
}

bool sc_decimal_multiple(const char *value, const char *divisor)
{
    struct sc_decimal_view v = sc_decimal_view(value), d = sc_decimal_view(divisor);
    int64_t shift = (v.point - (int64_t)v.count) - (d.point - (int64_t)d.count);
    const char *at = d.first;
    uint64_t m = 0;
    wide rest = 0;

    if (v.count == 0)
        return true;
    if (shift < 0)
        return false; /* v has a lower last digit than any multiple */
    for (size_t i = 0; i < d.count; i++)
        m = m * 10 + (uint64_t)(take_digit(&at) - '0');
    SC_ASSERT(m > 0);
    at = v.first;
    for (size_t i = 0; i < v.count; i++)
        rest = (rest * 10 + (uint64_t)(take_digit(&at) - '0')) % m;
    return rest * power_of_ten((uint64_t)shift, m) % m == 0;
}

static void add_digits(struct sc_buf *out, const char **at, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sc_buf_addc(out, take_digit(at));
}

static void add_zeros(struct sc_buf *out, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        sc_buf_addc(out, '0');
}

void sc_decimal_write_canonical(struct sc_buf *out, const char *text)
{
    struct sc_decimal_view view = sc_decimal_view(text);
    const char *at = view.first;

    if (view.count == 0) {
        sc_buf_addc(out, '0');
        return;
    }
    if (view.negative)
        sc_buf_addc(out, '-');
    if (view.point < CANONICAL_FROM || view.point > CANONICAL_TO) {
        add_digits(out, &at, 1);
        if (view.count > 1)
            sc_buf_addc(out, '.');
        add_digits(out, &at, view.count - 1);
        sc_buf_addf(out, "e%+" PRId64, view.point - 1);
    } else if (view.point <= 0) {
        sc_buf_adds(out, "0.");
        add_zeros(out, -view.point);
        add_digits(out, &at, view.count);
    } else if (view.point >= (int64_t)view.count) {
        add_digits(out, &at, view.count);
        add_zeros(out, view.point - (int64_t)view.count);
    } else {
        add_digits(out, &at, (size_t)view.point);
        sc_buf_addc(out, '.');
        add_digits(out, &at, view.count - (size_t)view.point);
    }
}
