/* exec/budget_text.h - a budget in words.
 *
 * Purpose:   the sentences about a budget that a person reads, in three languages, and
 *            the key by which a window of it is known.
 * Contract:  sums are told in the currency of the person, at the rate given.
 * Ownership: plain values; texts are borrowed.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum sc_budget_kind {
    SC_BUDGET_TASK,
    SC_BUDGET_AGENT_DAY,
    SC_BUDGET_AGENT_MONTH,
    SC_BUDGET_DAY,
    SC_BUDGET_MONTH,
    SC_BUDGET_KINDS
};

/* What one dollar is in the person's currency; zeroed: dollars. */
struct sc_budget_money {
    char currency[4];
    int64_t rate_micro;
};

struct sc_budget_style {
    const char *language; /* NULL: English */
    struct sc_budget_money money;
};

/* One budget as it stands at a moment. */
struct sc_budget_line {
    enum sc_budget_kind kind;
    const char *agent, *zone;
    int64_t from_ms, to_ms;
    int64_t most_micro, used_micro; /* used: settled, or lost; micro-dollars */
};

enum { SC_BUDGET_TEXT = 240, SC_BUDGET_KEY = 160 };

/* "day 2026-11-23", "agent pricing month 2026-11", "task" */
void sc_budget_key(const struct sc_budget_line *line, char ret_key[SC_BUDGET_KEY]);

/* worst_micro: what the request that is refused could cost; below 0: nobody can say. */
void sc_budget_text_refused(const struct sc_budget_line *line, int64_t worst_micro,
        const struct sc_budget_style *style, char ret_text[SC_BUDGET_TEXT]);
/* At 75 %; with ask the question at 90 %. */
void sc_budget_text_used(const struct sc_budget_line *line, bool ask,
        const struct sc_budget_style *style, char ret_text[SC_BUDGET_TEXT]);

/* "0.500000 CNY" */
enum { SC_BUDGET_SUM = 40 };
void sc_budget_sum(
        int64_t micro, const struct sc_budget_money *money, char ret_text[SC_BUDGET_SUM]);
