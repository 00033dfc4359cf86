/* model/price.h - tokens to money.
 *
 * Purpose:   what a request cost, and what it can cost at most. The table is
 *            prices.json, compiled in; docs/models.md has its date and sources.
 * Contract:  integers only: prices are micro-USD per million tokens, costs are micro-USD
 *            rounded up. A model that is not in the table gets the dearest price known
 *            and known = false, so that a budget errs on the safe side; never zero.
 * Ownership: a plain value.
 * Thread:    any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Prices of a request whose input is longer than `above` tokens. */
struct sc_price_tier {
    int64_t above;
    int64_t input, cached, output; /* micro-USD per million tokens */
};

struct sc_price_hours {
    int from, to; /* UTC, Monday to Friday */
};

enum { SC_PRICE_TIERS = 4, SC_PRICE_PEAKS = 4, SC_PRICE_TEXT = 64 };

struct sc_price {
    struct sc_price_tier tiers[SC_PRICE_TIERS]; /* by rising `above` */
    size_t tier_count;
    struct sc_price_tier off_peak; /* instead of tiers, outside the peak hours */
    struct sc_price_hours peaks[SC_PRICE_PEAKS];
    size_t peak_count;  /* 0: one price at all hours */
    int64_t window;     /* tokens of input at most; 0: not known */
    int64_t max_output; /* tokens; 0: not known */
    bool known;
};

struct sc_model_usage;

/* The price of a model, named as the provider names it. provider ("dashscope") is
 * tried as a prefix first; it may be NULL. */
void sc_price_find(const char *provider, const char *model, struct sc_price *ret_price);

typedef void sc_price_fn(void *arg, const char *name, const struct sc_price *price);

/* Every model of the table, by name. */
void sc_price_each(sc_price_fn *each, void *arg);

/* Fills in cost_micro and cost_known from the token counts. */
void sc_price_usage(
        const struct sc_price *price, int64_t wall_ms, struct sc_model_usage *usage);

/* The most that so many tokens can cost: none cached, all put into a cache where there is
 * one, at the dearest hour. */
int64_t sc_price_worst(
        const struct sc_price *price, int64_t input_tokens, int64_t output_tokens);

/* The day of the table, "2026-11-15", and the model whose price stands for unknown ones.
 */
void sc_price_about(char ret_date[SC_PRICE_TEXT], char ret_dearest[SC_PRICE_TEXT]);
