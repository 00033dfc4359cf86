/* Amounts as people of a locale write them. ICU knows the signs; the reading is ours,
 * because ICU's is lenient: it takes "12,30" for 1230 in English. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/ucurr.h>
#include <unicode/uloc.h>
#include <unicode/unum.h>
#include <unicode/unumberformatter.h>
#include <unicode/ustring.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "codec/money.h"

enum { NAME_UNITS = 16, MOST_CHARS = 200, PLAIN_TEXT = 80 };

/* How a locale writes numbers. */
struct writing {
    uint32_t point, group;
    int first_group,
            other_groups; /* digits in them, from the right; 3 and 3, or 3 and 2 */
};

/* --- currencies --- */

static bool is_code(const char *text)
{
    for (int i = 0; i < 3; i++) {
        if (text[i] < 'A' || text[i] > 'Z')
            return false;
    }
    return true;
}

int sc_money_digits(const char *currency)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar code[4];
    int32_t digits;

    if (strlen(currency) != 3 || !is_code(currency))
        return -1;
    u_uastrcpy(code, currency);
    if (ucurr_getNumericCode(code) == 0)
        return -1;
    digits = ucurr_getDefaultFractionDigits(code, &status);
    return U_SUCCESS(status) ? digits : -1;
}

static enum sc_code check_locale(const char *locale, struct sc_error *err)
{
    if (*uloc_getISO3Language(locale))
        return SC_OK;
    return sc_fail(
            err, SC_INVALID, "'%.40s' is not a locale such as de or zh-Hans", locale);
}

/* The currency of the locale's country, the likely one if none is named. */
static bool currency_of(const char *locale, char ret_code[SC_CURRENCY_TEXT])
{
    UErrorCode status = U_ZERO_ERROR;
    char name[ULOC_FULLNAME_CAPACITY], full[ULOC_FULLNAME_CAPACITY];
    UChar code[4];

    uloc_canonicalize(locale, name, sizeof(name), &status);
    uloc_addLikelySubtags(name, full, sizeof(full), &status);
    ucurr_forLocale(full, code, 4, &status);
    if (U_FAILURE(status))
        return false;
    u_austrncpy(ret_code, code, SC_CURRENCY_TEXT);
    return true;
}

/* Signs and words; those without a code belong to several countries. */
static const struct {
    const char *sign, *code, *otherwise;
} signs[] = {
    { "US$", "USD", NULL },
    { "A$", "AUD", NULL },
    { "C$", "CAD", NULL },
    { "HK$", "HKD", NULL },
    { "NT$", "TWD", NULL },
    { "S$", "SGD", NULL },
    { "R$", "BRL", NULL },
    { "CN\xc2\xa5", "CNY", NULL },
    { "JP\xc2\xa5", "JPY", NULL },
    { "RMB", "CNY", NULL },
    { "\xe2\x82\xac", "EUR", NULL }, /* euro */
    { "\xc2\xa3", "GBP", NULL },     /* pound */
    { "\xe2\x82\xa9", "KRW", NULL }, /* won */
    { "\xe2\x82\xb9", "INR", NULL }, /* rupee */
    { "\xe2\x82\xab", "VND", NULL }, /* dong */
    { "\xe0\xb8\xbf", "THB", NULL }, /* baht */
    { "z\xc5\x82", "PLN", NULL },    /* zloty */
    { "\xe5\x86\x86", "JPY", NULL }, /* yen, as a word */
    { "\xe5\x85\x83", "CNY", NULL }, /* yuan, as a word */
    { "\xc2\xa5", NULL, "JPY" },     /* yen or yuan */
    { "\xef\xbf\xa5", NULL, "JPY" }, /* the same, wide */
    { "$", NULL, "USD" },
    { "\xef\xbc\x84", NULL, "USD" }, /* wide */
    { "kr", NULL, NULL },
};

/* Is the locale's currency one that is written with a shared sign? */
static bool shares_sign(const char *sign, const char *code)
{
    static const char *const yens = "JPY CNY";
    static const char *const dollars = "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP";
    static const char *const crowns = "SEK NOK DKK ISK CZK";

    if (strcmp(sign, "kr") == 0)
        return strstr(crowns, code) != NULL;
    return strstr(strchr(sign, '$') || (unsigned char)sign[1] == 0xbc ? dollars : yens,
                   code) != NULL;
}

/* The code of the i-th sign in the locale; "" when that cannot be told. */
static void code_of_sign(size_t i, const char *locale, char ret_code[SC_CURRENCY_TEXT])
{
    const char *code = signs[i].code;
    char own[SC_CURRENCY_TEXT] = "";

    if (!code)
        code = currency_of(locale, own) && shares_sign(signs[i].sign, own)
                       ? own
                       : signs[i].otherwise;
    snprintf(ret_code, SC_CURRENCY_TEXT, "%s", code ? code : "");
}

/* --- reading --- */

struct text {
    uint32_t chars[MOST_CHARS + 1]; /* code points, then 0 */
    size_t from, to;
};

static bool is_space(uint32_t c)
{
    return c == ' ' || c == '\t' || c == 0xa0 || c == 0x202f || c == 0x2009 ||
           c == 0x3000;
}

/* Marks of direction say nothing about the number. */
static bool is_mark(uint32_t c)
{
    return c == 0x200e || c == 0x200f || c == 0x61c;
}

static bool load(const char *text, struct text *ret_text)
{
    size_t len = strlen(text), n;

    ret_text->from = ret_text->to = 0;
    for (; len > 0; text += n, len -= n) {
        uint32_t c = sc_utf8_get(text, len, &n);

        if (is_mark(c))
            continue;
        if (ret_text->to == MOST_CHARS)
            return false;
        ret_text->chars[ret_text->to++] = c;
    }
    ret_text->chars[ret_text->to] = 0;
    return true;
}

static void skip_spaces(struct text *t)
{
    while (t->from < t->to && is_space(t->chars[t->from]))
        t->from++;
    while (t->from < t->to && is_space(t->chars[t->to - 1]))
        t->to--;
}

/* Takes the sign off the front or the end. */
static bool take_sign(struct text *t, const char *sign)
{
    size_t n = 0, len = strlen(sign), width;
    uint32_t chars[8];

    for (size_t at = 0; at < len; at += width)
        chars[n++] = sc_utf8_get(sign + at, len - at, &width);
    if (t->to - t->from < n)
        return false;
    if (memcmp(t->chars + t->from, chars, n * sizeof(*chars)) == 0) {
        t->from += n;
    } else if (memcmp(t->chars + t->to - n, chars, n * sizeof(*chars)) == 0) {
        t->to -= n;
    } else {
        return false;
    }
    skip_spaces(t);
    return true;
}

/* Reads three letters at i if they are a currency. */
static bool code_at(const struct text *t, size_t i, char ret_code[SC_CURRENCY_TEXT])
{
    char code[SC_CURRENCY_TEXT] = "";

    for (size_t k = 0; k < 3; k++) {
        if (t->chars[i + k] > 'Z')
            return false;
        code[k] = (char)t->chars[i + k];
    }
    if (sc_money_digits(code) < 0)
        return false;
    memcpy(ret_code, code, SC_CURRENCY_TEXT);
    return true;
}

static void take_currency(
        struct text *t, const char *locale, char ret_code[SC_CURRENCY_TEXT])
{
    ret_code[0] = '\0';
    if (t->to - t->from > 3 && code_at(t, t->from, ret_code)) {
        t->from += 3;
        skip_spaces(t);
        return;
    }
    if (t->to - t->from > 3 && code_at(t, t->to - 3, ret_code)) {
        t->to -= 3;
        skip_spaces(t);
        return;
    }
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        if (take_sign(t, signs[i].sign)) {
            code_of_sign(i, locale, ret_code);
            return;
        }
    }
}

/* Takes a sign, or the parentheses of accountants. */
static bool take_minus(struct text *t)
{
    uint32_t c = t->from < t->to ? t->chars[t->from] : 0;
    bool negative = c == '-' || c == 0x2212 || c == 0xff0d;

    if (negative || c == '+') {
        t->from++;
    } else if (c == '(' && t->chars[t->to - 1] == ')') {
        negative = true;
        t->from++;
        t->to--;
    }
    skip_spaces(t);
    return negative;
}

/* Are a and b the same sign, as people type it? */
static bool is_sign(uint32_t typed, uint32_t wanted)
{
    if (is_space(wanted))
        return is_space(typed);
    if (wanted == 0x2019 || wanted == '\'')
        return typed == 0x2019 || typed == '\'';
    return typed == wanted || (typed == 0xff0c && wanted == ',') ||
           (typed == 0xff0e && wanted == '.');
}

/* A number while it is read. */
struct number {
    char *out;
    size_t len, digits;
    int group; /* digits since the last group sign */
    size_t groups;
    bool whole, in_order; /* before the point; all groups so far as they should be */
};

/* Ends a group, the last one or another. Only the first may be short. */
static void end_group(struct number *number, const struct writing *w, bool last)
{
    int size = last ? w->first_group : w->other_groups;

    if (number->groups > 0 || !last)
        number->in_order =
                number->in_order &&
                (number->group == size || (number->groups == 0 && number->group > 0 &&
                                                  number->group < size));
    number->group = 0;
    number->groups++;
}

static bool add_character(struct number *number, const struct writing *w, uint32_t c)
{
    int32_t digit = u_charDigitValue((UChar32)c);

    if (digit >= 0) {
        number->out[number->len++] = (char)('0' + digit);
        number->digits++;
        number->group++;
        return true;
    }
    if (!number->whole)
        return false;
    if (is_sign(c, w->group) && !is_sign(c, w->point)) {
        end_group(number, w, false);
        return true;
    }
    if (!is_sign(c, w->point))
        return false;
    end_group(number, w, true);
    number->whole = false;
    if (number->digits == 0)
        number->out[number->len++] = '0';
    number->out[number->len++] = '.';
    return true;
}

/* Writes the number as plain digits to out (PLAIN_TEXT bytes); false if it is none. */
static bool to_plain(const struct text *t, const struct writing *w, char *out)
{
    struct number number = { .out = out, .whole = true, .in_order = true };

    for (size_t i = t->from; i < t->to; i++) {
        if (number.len + 2 >= PLAIN_TEXT || !add_character(&number, w, t->chars[i]))
            return false;
    }
    if (number.whole)
        end_group(&number, w, true);
    out[number.len] = '\0';
    return number.digits > 0 && number.in_order && out[number.len - 1] != '.';
}

static uint32_t symbol(const UNumberFormat *format, UNumberFormatSymbol which)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar text[NAME_UNITS] = { 0 };

    unum_getSymbol(format, which, text, NAME_UNITS, &status);
    return U_SUCCESS(status) ? text[0] : 0;
}

static enum sc_code load_writing(
        const char *locale, struct writing *ret_writing, struct sc_error *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UNumberFormat *format;

    if (check_locale(locale, err))
        return SC_INVALID;
    format = unum_open(UNUM_DECIMAL, NULL, 0, locale, NULL, &status);
    if (U_FAILURE(status))
        return sc_fail(err, SC_INTERNAL, "number format of '%.40s': %s", locale,
                u_errorName(status));
    ret_writing->point = symbol(format, UNUM_DECIMAL_SEPARATOR_SYMBOL);
    ret_writing->group = symbol(format, UNUM_GROUPING_SEPARATOR_SYMBOL);
    ret_writing->first_group = unum_getAttribute(format, UNUM_GROUPING_SIZE);
    ret_writing->other_groups = unum_getAttribute(format, UNUM_SECONDARY_GROUPING_SIZE);
    unum_close(format);
    if (ret_writing->first_group <= 0)
        ret_writing->first_group = 3;
    if (ret_writing->other_groups <= 0)
        ret_writing->other_groups = ret_writing->first_group;
    return SC_OK;
}

static enum sc_code read_local(const char *text, const char *locale,
        struct sc_money *ret_amount, char *ret_currency, struct sc_error *err)
{
    char plain[PLAIN_TEXT + 1] = "-", currency[SC_CURRENCY_TEXT] = "";
    struct writing writing = { 0 };
    struct text t;
    bool negative;
    enum sc_code code = load_writing(locale, &writing, err);

    if (code)
        return code;
    if (!load(text, &t))
        return sc_fail(
                err, SC_INVALID, "a number of more than %d characters", MOST_CHARS);
    skip_spaces(&t);
    negative = take_minus(&t);
    if (ret_currency)
        take_currency(&t, locale, currency);
    if (!negative)
        negative = take_minus(&t);
    if (!to_plain(&t, &writing, plain + 1))
        return sc_fail(err, SC_INVALID, "'%.60s' is not a number as it is written in %s",
                text, locale);
    while (plain[1] == '0' && plain[2] >= '0' && plain[2] <= '9')
        memmove(plain + 1, plain + 2, strlen(plain + 1));
    code = sc_money_parse(negative ? plain : plain + 1, ret_amount, err);
    if (code == SC_OK && ret_currency)
        memcpy(ret_currency, currency, SC_CURRENCY_TEXT);
    return code;
}

enum sc_code sc_money_parse_number(const char *text, const char *locale,
        struct sc_money *ret_amount, struct sc_error *err)
{
    return read_local(text, locale, ret_amount, NULL, err);
}

enum sc_code sc_money_parse_local(const char *text, const char *locale,
        struct sc_money *ret_amount, char ret_currency[SC_CURRENCY_TEXT],
        struct sc_error *err)
{
    return read_local(text, locale, ret_amount, ret_currency, err);
}

/* --- writing --- */

/* "currency/EUR .00" or ".0", with as many decimals as there are, and those at least
 * that the currency has. */
static void make_skeleton(
        const struct sc_money *amount, const char *currency, char *out, size_t size)
{
    int digits = currency ? sc_money_digits(currency) : 0;
    int scale = amount->scale > digits ? amount->scale : digits;
    char zeros[SC_MONEY_SCALE + 1];

    memset(zeros, '0', sizeof(zeros));
    zeros[scale] = '\0';
    snprintf(out, size, "%s%s %s%s", currency ? "currency/" : "",
            currency ? currency : "", scale ? "." : "precision-integer", zeros);
}

static UErrorCode format_plain(
        const char *skeleton, const char *locale, const char *plain, char **ret_text)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar wide_skeleton[96], units[256];
    UNumberFormatter *formatter;
    UFormattedNumber *result;
    char text[1024] = "";

    u_uastrcpy(wide_skeleton, skeleton);
    formatter = unumf_openForSkeletonAndLocale(wide_skeleton, -1, locale, &status);
    result = unumf_openResult(&status);
    unumf_formatDecimal(formatter, plain, -1, result, &status);
    unumf_resultToString(result, units, 256, &status);
    u_strToUTF8(text, sizeof(text), NULL, units, -1, &status);
    unumf_closeResult(result);
    unumf_close(formatter);
    if (U_SUCCESS(status))
        *ret_text = sc_strdup(text);
    return status;
}

enum sc_code sc_money_format_local(const struct sc_money *amount, const char *currency,
        const char *locale, struct sc_buf *out, struct sc_error *err)
{
    char plain[SC_MONEY_TEXT], skeleton[96], *text = NULL;
    UErrorCode status;

    if (check_locale(locale, err))
        return SC_INVALID;
    if (currency && sc_money_digits(currency) < 0)
        return sc_fail(
                err, SC_INVALID, "'%.20s' is not a currency such as EUR", currency);
    sc_money_format(amount, plain);
    make_skeleton(amount, currency, skeleton, sizeof(skeleton));
    status = format_plain(skeleton, locale, plain, &text);
    if (status == U_UNSUPPORTED_ERROR)
        return sc_fail(err, SC_INVALID,
                "an amount of more than 34 digits cannot be written for a locale");
    if (!text)
        return sc_fail(err, SC_INTERNAL, "writing an amount: %s", u_errorName(status));
    sc_buf_adds(out, text);
    free(text);
    return SC_OK;
}
