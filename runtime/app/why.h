/* app/why.h - why a task did what it did: everything that is recorded of it, as one
 *             object.
 *
 * Purpose:   what `supercargo why` prints and its --json is.
 * Contract:  {id, state, words, language, asked {by, via, at_ms}, route,
 *            recalled [items of memory], agent {name, version, now}, program, tools
 * [{name, version, now, steps}], requests [{n, at_ms, ms, model, provider, purse,
 * request_id, usage, became, error, sent {messages, tools}}], prompts {hash: text}, steps
 * [of the report, with args], approvals, receipts, retries, checks, files, usage, answer,
 * error}. "now" is there when it differs, null when there is none any more. Ownership:
 * the caller frees. Thread:    loop. Errors:    of the store.
 */
#pragma once

#include "app/app.h"

/* The app has its tools open; id is whole. */
struct sc_json *sc_why(struct sc_app *app, const char *id, struct sc_error *err);

/* One page. */
void sc_why_print(FILE *out, const struct sc_json *why, const char *language);
