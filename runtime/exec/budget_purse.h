/* exec/budget_purse.h - what is known of the money of a task while it runs here.
 *
 * Purpose:   its own budget, which of the budgets it was warned about or must ask for,
 *            and what is to be journaled of that.
 * Contract:  a warning comes once for each window of a budget, a question once until it
 *            is allowed.
 * Ownership: texts are copied.
 * Thread:    loop.
 */
#pragma once

#include "codec/json.h"
#include "exec/budget_text.h"
#include "model/model.h"

struct sc_purse {
    int64_t most_micro; /* of the task's budget; -1: none */
    int64_t used_micro, reserved_micro;
    struct sc_model_usage untold; /* of requests whose cost nobody took */
    struct sc_budget_style style; /* its language is the purse's */
    char *language;
    struct sc_json *allowed, *warned, *paused; /* arrays of keys */
    struct sc_json *notes;                     /* to be taken, in order */
};

struct sc_purse *sc_purse_new(const struct sc_model_account *account,
        const struct sc_budget_style *style, const struct sc_json *allowed);
void sc_purse_free(void *value); /* a purse, or NULL */

void sc_purse_allow(struct sc_purse *purse, const char *key);

/* Notes it when three quarters of the budget are used. */
void sc_purse_warn(struct sc_purse *purse, const struct sc_budget_line *line);

/* Are nine tenths used, and not all, and the person did not allow the rest? Noted, too.
 */
bool sc_purse_holds(struct sc_purse *purse, const struct sc_budget_line *line);

void sc_purse_refuse(
        struct sc_purse *purse, const struct sc_budget_line *line, const char *text);
