#include "app/spending.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/budget.h"
#include "app/models.h"
#include "base/mem.h"
#include "builtin/builtin.h"

static const char *const words[] = { "task", "day", "month" };

const struct sc_json *sc_spending_field(
        const struct sc_json *budget, enum sc_spending_window window)
{
    if (window == SC_SPENDING_TASK && sc_json_get(budget, "amount"))
        return budget;
    return sc_json_get(budget, words[window]);
}

enum sc_code sc_spending_read(const struct sc_app *app, const struct sc_json *budget,
        enum sc_spending_window window, int64_t *ret_micro, struct sc_error *err)
{
    const struct sc_json *field = sc_spending_field(budget, window), *amount, *currency;
    struct sc_json *rates;
    struct sc_budget read;
    struct sc_money money;
    char number[SC_MONEY_TEXT], *text;
    enum sc_code code;

    *ret_micro = -1;
    if (!field)
        return SC_OK;
    amount = sc_json_get(field, "amount");
    currency = sc_json_get(field, "currency");
    if (!sc_json_is(amount, SC_JSON_NUMBER) ||
            (currency && !sc_json_is(currency, SC_JSON_STRING)))
        return sc_fail(err, SC_INVALID,
                "budget.%s must be { amount = 5, currency = \"USD\" }", words[window]);
    if (sc_money_parse(sc_json_number(amount), &money, err))
        return sc_wrap(err, "budget.%s", words[window]);
    sc_money_format(&money, number); /* 1e-06 as people write it */
    text = sc_strdupf("%s%s", number, currency ? sc_json_string(currency) : "");
    rates = sc_budget_rates(app->paths);
    code = sc_budget_read(text, rates, &read, err);
    if (code)
        sc_wrap(err, "budget.%s", words[window]);
    else
        *ret_micro = read.micro_usd;
    sc_json_free(rates);
    free(text);
    return code;
}

void sc_spending_money(const struct sc_app *app, struct sc_budget_money *ret_money,
        char ret_rate_date[SC_SPENDING_DATE])
{
    const char *currency = sc_json_get_string(app->config, "currency", "USD");
    struct sc_json *rates;

    *ret_money = (struct sc_budget_money){ .rate_micro = 0 };
    *ret_rate_date = '\0';
    if (strcmp(currency, "USD") == 0)
        return;
    rates = sc_budget_rates(app->paths);
    if (sc_budget_dollar(currency, rates, &ret_money->rate_micro, NULL) == SC_OK) {
        snprintf(ret_money->currency, sizeof(ret_money->currency), "%.3s", currency);
        snprintf(ret_rate_date, SC_SPENDING_DATE, "%s",
                sc_json_get_string(rates, "date", ""));
    }
    sc_json_free(rates);
}

static enum sc_code set_limits(struct sc_app *app, const char *agent,
        const struct sc_json *budget, struct sc_error *err)
{
    int64_t day_micro, month_micro;

    if (sc_spending_read(app, budget, SC_SPENDING_DAY, &day_micro, err) ||
            sc_spending_read(app, budget, SC_SPENDING_MONTH, &month_micro, err))
        return sc_wrap(err, agent ? "agent %s" : "%s", agent ? agent : "supercargo.lua");
    if (day_micro >= 0 || month_micro >= 0)
        sc_budgets_limit(app->budgets, agent, day_micro, month_micro);
    return SC_OK;
}

enum sc_code sc_spending_open(struct sc_app *app, struct sc_error *err)
{
    struct sc_model *embedder = app->embedder ? app->embedder->model : NULL;
    struct sc_budgets_parts parts = { .loop = app->loop,
        .model = app->model,
        .embedder = embedder,
        .store = app->store,
        .clock = app->clock,
        .zone = sc_json_get_string(app->env, "zone", "UTC") };
    char rate_date[SC_SPENDING_DATE];
    enum sc_code code;

    if (!app->model && !embedder)
        return SC_OK;
    sc_spending_money(app, &parts.money, rate_date);
    app->budgets = sc_budgets_new(&parts);
    sc_builtins_set_model(app->builtins, sc_budgets_model(app->budgets));
    code = set_limits(app, NULL, sc_json_get(app->config, "budget"), err);
    for (size_t i = 0; i < app->catalog.agent_count && !code; i++)
        code = set_limits(app, app->catalog.agents[i].name,
                sc_json_get(app->catalog.agents[i].json, "budget"), err);
    return code;
}
