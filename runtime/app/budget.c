#include "app/budget.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/folders.h"
#include "base/mem.h"

enum { TEXT_MAX = 40, MICRO_DECIMALS = 6, LARGEST = 1000000000, RATES_MAX = 64 * 1024 };

static enum sc_code refuse(const char *text, struct sc_error *err)
{
    return sc_fail(err, SC_INVALID,
            "a budget is an amount with or without a currency, as 0.50 or 3CNY, not "
            "'%.40s'",
            text);
}

/* Splits "3 CNY"; dollars when there is no currency. */
static enum sc_code split(const char *text, struct sc_money *ret_amount,
        char ret_currency[SC_CURRENCY_TEXT], struct sc_error *err)
{
    size_t digits = strspn(text, "0123456789.");
    const char *behind = text + digits + strspn(text + digits, " ");
    char number[TEXT_MAX];

    if (digits == 0 || digits >= sizeof(number))
        return refuse(text, err);
    snprintf(number, sizeof(number), "%.*s", (int)digits, text);
    snprintf(ret_currency, SC_CURRENCY_TEXT, "%.3s", *behind ? behind : "USD");
    if (*behind && strlen(behind) != 3)
        return refuse(text, err);
    for (char *c = ret_currency; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    if (sc_money_parse(number, ret_amount, err) || sc_money_digits(ret_currency) < 0)
        return refuse(text, err);
    return SC_OK;
}

/* What one euro buys. */
static enum sc_code rate_of(const struct sc_json *rates, const char *currency,
        struct sc_money *ret_rate, struct sc_error *err)
{
    const char *text =
            strcmp(currency, "EUR") == 0
                    ? "1"
                    : sc_json_get_string(sc_json_get(rates, "rates"), currency, "");

    if (!*text)
        return sc_fail(err, SC_INVALID,
                "there is no exchange rate to turn a budget in %s into dollars, in which "
                "models are priced: give it in USD",
                currency);
    return sc_money_parse(text, ret_rate, err);
}

static enum sc_code to_dollars(struct sc_money *amount, const char *currency,
        const struct sc_json *rates, struct sc_error *err)
{
    const struct sc_money_round down = { MICRO_DECIMALS, SC_ROUND_DOWN };
    struct sc_money from, dollar;

    if (rate_of(rates, currency, &from, err) || rate_of(rates, "USD", &dollar, err) ||
            sc_money_mul(amount, &dollar, amount, err))
        return err->code;
    return sc_money_div(amount, &from, down, amount, err);
}

enum sc_code sc_budget_dollar(const char *currency, const struct sc_json *rates,
        int64_t *ret_micro, struct sc_error *err)
{
    const struct sc_money_round down = { MICRO_DECIMALS, SC_ROUND_DOWN };
    struct sc_error failed = { 0 };
    struct sc_money rate = { 0 }, dollar = { 0 };

    if (rate_of(rates, currency, &rate, &failed) ||
            rate_of(rates, "USD", &dollar, &failed) ||
            sc_money_div(&rate, &dollar, down, &rate, &failed)) {
        if (err)
            *err = failed;
        return failed.code;
    }
    *ret_micro = (int64_t)rate.units;
    return SC_OK;
}

struct sc_json *sc_budget_rates(const struct sc_json *paths)
{
    const char *tool = sc_json_get_string(paths, "fx.rates", "");
    const char *slash = strrchr(tool, '/');
    char *path = sc_strdupf("%.*s/sample.json", slash ? (int)(slash - tool) : 0, tool);
    size_t len;
    char *text = sc_read_text(path, RATES_MAX, &len, NULL);
    struct sc_json *rates = text ? sc_json_parse(text, len, NULL, NULL) : NULL;

    free(path);
    free(text);
    return rates;
}

enum sc_code sc_budget_read(const char *text, const struct sc_json *rates,
        struct sc_budget *ret_budget, struct sc_error *err)
{
    const struct sc_money_round down = { MICRO_DECIMALS, SC_ROUND_DOWN };
    const struct sc_money largest = sc_money_of_int(LARGEST);
    struct sc_money amount = { 0 };

    *ret_budget = (struct sc_budget){ 0 };
    if (split(text, &amount, ret_budget->currency, err))
        return err->code;
    if (sc_money_compare(&amount, &largest) > 0)
        return refuse(text, err);
    if (strcmp(ret_budget->currency, "USD") != 0) {
        if (to_dollars(&amount, ret_budget->currency, rates, err))
            return err->code;
        snprintf(ret_budget->rate_date, sizeof(ret_budget->rate_date), "%s",
                sc_json_get_string(rates, "date", ""));
    }
    if (sc_money_round(&amount, down, &amount, err))
        return err->code;
    ret_budget->micro_usd = (int64_t)amount.units;
    return SC_OK;
}
