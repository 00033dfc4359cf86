/* codec/money.h - exact decimal amounts.
 *
 * Purpose:   prices and totals without binary fractions: what is not exact is either
 *            rounded by a rule that the caller names, or refused.
 * Contract:  an amount is units / 10^scale: a 128-bit integer (38 digits) and 0 to 30
 *            decimals. add, sub and mul are exact or fail; only div and the round
 *            functions round. The scale is kept as written: 12.30 stays 12.30. Amounts
 *            carry no currency; the few functions that need one take its code.
 *            Locales are explicit ("de", "ja_JP", "zh-Hans"); there is no default.
 * Ownership: a plain value.
 * Thread:    any.
 * Errors:    SC_INVALID: not a number, unknown locale or currency, too large, division
 *            by zero.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

__extension__ typedef __int128 sc_int128; /* pedantic: not ISO C */

enum { SC_MONEY_SCALE = 30, SC_MONEY_TEXT = 44, SC_CURRENCY_TEXT = 4 };

struct sc_money {
    sc_int128 units;
    int scale; /* 0 to SC_MONEY_SCALE */
};

enum sc_rounding {
    SC_ROUND_HALF_EVEN,
    SC_ROUND_HALF_UP, /* halves away from zero */
    SC_ROUND_UP,      /* away from zero */
    SC_ROUND_DOWN     /* towards zero */
};

/* "half_even", "half_up", "up", "down"; false for another word. */
bool sc_rounding_of_word(const char *word, enum sc_rounding *ret_rounding);

/* --- text --- */

/* A number as JSON and Lua write it: "12.30", "-5", "1.5e3". */
enum sc_code sc_money_parse(const char *text, struct sc_money *ret_amount,
        struct sc_error *err) __attribute__((warn_unused_result));

/* A number as people of the locale write it: "1.234,50" in de, "１，２００" in ja. Groups
 * must be whole: "12,30" in en and "1.2" in de are refused, not guessed. */
enum sc_code sc_money_parse_number(const char *text, const char *locale,
        struct sc_money *ret_amount, struct sc_error *err)
        __attribute__((warn_unused_result));

/* The same with a currency before or behind ("¥1,200", "12,50 EUR"): its code is stored,
 * "" if there was none. A sign that several countries use is that of the locale's. */
enum sc_code sc_money_parse_local(const char *text, const char *locale,
        struct sc_money *ret_amount, char ret_currency[SC_CURRENCY_TEXT],
        struct sc_error *err) __attribute__((warn_unused_result));

/* "-12.30"; what sc_money_parse reads. */
void sc_money_format(const struct sc_money *amount, char ret_text[SC_MONEY_TEXT]);

/* Adds "1.234,50 €": at least the currency's decimals, more if the amount has them. With
 * currency NULL the bare number. ICU does not write more than 34 digits. */
enum sc_code sc_money_format_local(const struct sc_money *amount, const char *currency,
        const char *locale, struct sc_buf *out, struct sc_error *err)
        __attribute__((warn_unused_result));

/* The decimals of a currency: 2 for EUR, 0 for JPY, 3 for KWD; -1 if there is no such. */
int sc_money_digits(const char *currency);

/* --- arithmetic --- */

struct sc_money sc_money_of_int(int64_t value);

enum sc_code sc_money_add(const struct sc_money *a, const struct sc_money *b,
        struct sc_money *ret_sum, struct sc_error *err)
        __attribute__((warn_unused_result));
enum sc_code sc_money_sub(const struct sc_money *a, const struct sc_money *b,
        struct sc_money *ret_difference, struct sc_error *err)
        __attribute__((warn_unused_result));
enum sc_code sc_money_mul(const struct sc_money *a, const struct sc_money *b,
        struct sc_money *ret_product, struct sc_error *err)
        __attribute__((warn_unused_result));

/* a / b, rounded to so many decimals. */
struct sc_money_round {
    int scale;
    enum sc_rounding rounding;
};
enum sc_code sc_money_div(const struct sc_money *a, const struct sc_money *b,
        struct sc_money_round round, struct sc_money *ret_quotient, struct sc_error *err)
        __attribute__((warn_unused_result));

/* To so many decimals; pads with zeros if there are fewer. */
enum sc_code sc_money_round(const struct sc_money *amount, struct sc_money_round round,
        struct sc_money *ret_amount, struct sc_error *err)
        __attribute__((warn_unused_result));

/* To a multiple of step (above 0): 0.05 for Swiss cash, 100 for round prices. */
enum sc_code sc_money_round_step(const struct sc_money *amount,
        const struct sc_money *step, enum sc_rounding rounding,
        struct sc_money *ret_amount, struct sc_error *err)
        __attribute__((warn_unused_result));

/* < 0, 0, > 0 by value: 1.0 equals 1. */
int sc_money_compare(const struct sc_money *a, const struct sc_money *b);
