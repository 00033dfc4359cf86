/* app/spending.h - the budgets that supercargo.lua and agents set, and in which currency
 * sums are told.
 *
 * Purpose:   `budget = { task = …, day = …, month = … }`, each {amount, currency}, as
 *            micro-dollars; the same in both files, but that an agent's may be an amount
 *            alone, which is then the task's.
 * Contract:  sums are told in the `currency` of supercargo.lua where the sample of rates
 *            has it, else in dollars.
 * Thread:    loop.
 * Errors:    SC_INVALID, naming the file's field and the mend.
 */
#pragma once

#include "app/app.h"
#include "exec/budget.h"

enum sc_spending_window { SC_SPENDING_TASK, SC_SPENDING_DAY, SC_SPENDING_MONTH };

/* The budget as it stands in a file, or NULL. */
const struct sc_json *sc_spending_field(
        const struct sc_json *budget, enum sc_spending_window window);

/* Micro-dollars, -1 when budget has none. */
enum sc_code sc_spending_read(const struct sc_app *app, const struct sc_json *budget,
        enum sc_spending_window window, int64_t *ret_micro, struct sc_error *err);

/* rate_date: "" when it is dollars. */
enum { SC_SPENDING_DATE = 16 };
void sc_spending_money(const struct sc_app *app, struct sc_budget_money *ret_money,
        char ret_rate_date[SC_SPENDING_DATE]);

/* Around app->model, with all limits. */
enum sc_code sc_spending_open(struct sc_app *app, struct sc_error *err);
