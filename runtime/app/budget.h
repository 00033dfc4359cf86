/* app/budget.h - the most that models may cost in a task.
 *
 * Purpose:   turn "0.50", "3CNY" or an agent's {amount, currency} into micro-dollars, the
 *            unit of model prices.
 * Contract:  another currency is converted at the dated sample of reference rates that
 *            comes with the tool fx.rates, rounded down, so that a budget needs no
 *            network; the rate's day is told. A currency without a rate is refused, not
 *            guessed.
 * Ownership: the caller's.
 * Thread:    loop.
 * Errors:    SC_INVALID with a sentence that names the mend.
 */
#pragma once

#include <stdint.h>

#include "codec/json.h"
#include "codec/money.h"

enum { SC_BUDGET_DATE = 16 };

struct sc_budget {
    int64_t micro_usd;
    char currency[SC_CURRENCY_TEXT];
    char rate_date[SC_BUDGET_DATE]; /* "" for dollars */
};

/* The sample that comes with the tool fx.rates; NULL without it. paths: name of a tool ->
 * its file. */
struct sc_json *sc_budget_rates(const struct sc_json *paths);

/* What one dollar buys of a currency, in its micro-units. */
enum sc_code sc_budget_dollar(const char *currency, const struct sc_json *rates,
        int64_t *ret_micro, struct sc_error *err);

/* text: an amount, or one with a currency behind it. rates: the sample as it stands in
 * its file, {date, rates: what one euro buys}; NULL: dollars only. */
enum sc_code sc_budget_read(const char *text, const struct sc_json *rates,
        struct sc_budget *ret_budget, struct sc_error *err);
