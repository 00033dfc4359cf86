/* app/model_prices.h - supercargo model prices.
 *
 * Purpose:   what models cost, for people and as JSON: dollars per million tokens.
 * Ownership: texts are the caller's.
 * Thread:    loop.
 */
#pragma once

#include "app/app.h"
#include "model/price.h"

/* Adds input, cached, output, and what else there is: window, tiers, off_peak. */
void sc_price_to_json(struct sc_json *json, const struct sc_price *price);

/* "0.3 / 0.006 / 1.2" of such an object. */
char *sc_price_text(const struct sc_json *price);

int sc_model_prices(const struct sc_app *app); /* the command; its exit code */
