/* model/price_file.h - prices that a person keeps, in dollars per million tokens.
 *
 * Purpose:   what the table does not know, or knows wrongly: a contract of one's own, a
 *            model of yesterday. An entry is {"input": 0.3, "output": 1.2}, and may have
 *            "cached", "window", "max_output", "tiers": [{"above": 256000, "input": …,
 *            "output": …}], "off_peak": {"input": …, "output": …} and the hours (UTC,
 *            Monday to Friday) when that does not hold, "peak_utc": [[1, 4], [6, 10]].
 *            A file is {"date": "2026-11-20", "models": {"deepseek/my-own": ENTRY}}.
 * Contract:  a field that there is not is refused by name: a price misspelt must not
 *            count as none.
 * Ownership: the caller owns the file; what is found is a plain value.
 * Thread:    any.
 * Errors:    SC_INVALID, naming the field.
 */
#pragma once

#include "codec/json.h"
#include "model/price.h"

struct sc_price_file;

struct sc_price_file *sc_price_file_read(
        const char *text, size_t len, struct sc_error *err);
void sc_price_file_free(struct sc_price_file *file); /* NULL is fine */

/* "provider/model" first, then "model". provider may be NULL, file too. */
bool sc_price_file_find(const struct sc_price_file *file, const char *provider,
        const char *model, struct sc_price *ret_price);

void sc_price_file_each(const struct sc_price_file *file, sc_price_fn *each, void *arg);

const char *sc_price_file_date(const struct sc_price_file *file); /* "" if it has none */

/* One entry; where ("model.price") is what messages call it. */
enum sc_code sc_price_read(const struct sc_json *entry, const char *where,
        struct sc_price *ret_price, struct sc_error *err);
